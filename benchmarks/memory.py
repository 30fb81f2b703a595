"""The most memory that an import of a year and a rebuild of the index take, each in a process of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from typing import Final

from benchmarks import stage
from benchmarks.report import Figure

YEAR: Final = 261
"""Weekdays of a year: the newest lists that are recorded."""
_QUICK: Final = 40
_LIMIT: Final = 512
_AT_ONCE: Final = """
import gzip, json, sys
days = [json.loads(gzip.open(p).read() if p.endswith(".gz") else open(p, "rb").read()) for p in sys.argv[1:]]
"""


def run(quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - every benchmark takes the one flag
    """Measure the peaks."""
    days = stage.names(stage.recorded_days()[-(_QUICK if quick else YEAR) :])
    with stage.folder() as folder:
        env = stage.environment(folder)
        imported = stage.peak("-m", "bot", "import", *days, env=env)
        shutil.rmtree(folder / "index")
        rebuilt = stage.peak("-m", "bot", "search", "x", "--json", env=env)
        at_once = stage.peak("-c", _AT_ONCE, *days, env=env)
    against = "parsing the same files all at once"
    yield Figure(f"peak memory of importing {len(days)} lists", imported, "MiB", _LIMIT, at_once, against)
    yield Figure("peak memory of rebuilding the index", rebuilt, "MiB", _LIMIT, at_once, against)
