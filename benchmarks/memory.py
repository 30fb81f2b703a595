"""Peak memory of importing a year of lists and of rebuilding the search index, alone and beside the bot."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from benchmarks import stage
from benchmarks.live import run_bot, send_command
from benchmarks.report import Figure

WEEKDAYS_PER_YEAR: Final = 261
"""Weekdays of a year: the newest lists that are recorded."""
_QUICK_LIST_COUNT: Final = 40
_MEMORY_LIMIT: Final = 512
"""MiB: the goal, and what no process may take at all in data."""
_PARSE_ALL_CODE: Final = """
import gzip, json, sys
days = [json.loads(gzip.open(p).read() if p.endswith(".gz") else open(p, "rb").read()) for p in sys.argv[1:]]
"""


def run(quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - every benchmark takes the one flag
    """Measure the peaks."""
    days = stage.to_arguments(stage.find_recorded_lists()[-(_QUICK_LIST_COUNT if quick else WEEKDAYS_PER_YEAR) :])
    with stage.make_temporary_folder() as folder:
        at_once = stage.measure_peak_memory("-c", _PARSE_ALL_CODE, *days, env=stage.build_environment(folder))
        imported, rebuilt = _measure_separately(folder, days)
    with stage.make_temporary_folder() as folder:
        whole = _measure_together(folder, days)
    against = "parsing the same files all at once"
    yield Figure(f"peak memory of importing {len(days)} lists", imported, "MiB", _MEMORY_LIMIT, at_once, against)
    yield Figure("peak memory of rebuilding the index", rebuilt, "MiB", _MEMORY_LIMIT, at_once, against)
    yield Figure(
        "peaks of run, which rebuilt it, and of an import beside it, added",
        whole,
        "MiB",
        _MEMORY_LIMIT,
        at_once,
        against,
    )


def _measure_separately(folder: Path, days: Sequence[str]) -> tuple[float, float]:
    """Return the peaks of an import and of a rebuild, each in a process of its own."""
    env = stage.build_environment(folder)
    imported = stage.measure_peak_memory("-m", "bot", "import", *days, env=env, limit=_MEMORY_LIMIT)
    shutil.rmtree(folder / "index")
    return imported, stage.measure_peak_memory("-m", "bot", "search", "x", "--json", env=env, limit=_MEMORY_LIMIT)


def _measure_together(folder: Path, days: Sequence[str]) -> float:
    """Return the peaks of `run` and of an import beside it, added: no less than what both held at any moment.

    The index is deleted under the running bot, which has to notice and to rebuild it.
    """
    env = stage.build_environment(folder)
    with run_bot(env, _MEMORY_LIMIT) as bot:
        imported = stage.measure_peak_memory("-m", "bot", "import", *days, env=env, limit=_MEMORY_LIMIT)
        shutil.rmtree(folder / "index")
        send_command(env, "search diffusion")
        assert any((folder / "index").rglob("meta.json"))  # noqa: S101 - what is measured must be so
        return imported + stage.read_peak_memory(bot)
