"""The most memory that an import of a year and a rebuild of the index take: each alone, and both with the bot."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from benchmarks import stage
from benchmarks.live import ask, running
from benchmarks.report import Figure

YEAR: Final = 261
"""Weekdays of a year: the newest lists that are recorded."""
_QUICK: Final = 40
_LIMIT: Final = 512
"""MiB: the goal, and what no process may take at all in data."""
_AT_ONCE: Final = """
import gzip, json, sys
days = [json.loads(gzip.open(p).read() if p.endswith(".gz") else open(p, "rb").read()) for p in sys.argv[1:]]
"""


def run(quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - every benchmark takes the one flag
    """Measure the peaks."""
    days = stage.names(stage.recorded_days()[-(_QUICK if quick else YEAR) :])
    with stage.folder() as folder:
        at_once = stage.peak("-c", _AT_ONCE, *days, env=stage.environment(folder))
        imported, rebuilt = _apart(folder, days)
    with stage.folder() as folder:
        whole = _together(folder, days)
    against = "parsing the same files all at once"
    yield Figure(f"peak memory of importing {len(days)} lists", imported, "MiB", _LIMIT, at_once, against)
    yield Figure("peak memory of rebuilding the index", rebuilt, "MiB", _LIMIT, at_once, against)
    yield Figure(
        "peaks of run, which rebuilt it, and of an import beside it, added", whole, "MiB", _LIMIT, at_once, against
    )


def _apart(folder: Path, days: Sequence[str]) -> tuple[float, float]:
    """Return the peaks of an import and of a rebuild, each in a process of its own."""
    env = stage.environment(folder)
    imported = stage.peak("-m", "bot", "import", *days, env=env, limit=_LIMIT)
    shutil.rmtree(folder / "index")
    return imported, stage.peak("-m", "bot", "search", "x", "--json", env=env, limit=_LIMIT)


def _together(folder: Path, days: Sequence[str]) -> float:
    """Return the peaks of `run` and of an import beside it, added: no less than what both held at any moment.

    The index is deleted under the running bot, which has to notice and to rebuild it.
    """
    env = stage.environment(folder)
    with running(env, _LIMIT) as bot:
        imported = stage.peak("-m", "bot", "import", *days, env=env, limit=_LIMIT)
        shutil.rmtree(folder / "index")
        ask(env, "search diffusion")
        assert any((folder / "index").rglob("meta.json"))  # noqa: S101 - what is measured must be so
        return imported + stage.most(bot)
