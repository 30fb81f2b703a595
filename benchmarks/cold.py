"""Cold start of the command line: the seconds that one `search` takes, beside bare Python and all imports."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from typing import Final

from benchmarks import stage
from benchmarks.report import Figure
from bot.sources.sample import recordings

_IMPORT_EVERYTHING: Final = (
    "import alembic.command, apscheduler.schedulers.asyncio, discord, slack_bolt.async_app, adapters.web.server, "
    "bot.bootstrap.run, storage.stores, storage.search_index.index"
)


def run(quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - every benchmark takes the one flag
    """Measure a search, the smallest Python, and Python with everything imported."""
    times = 3 if quick else 5
    with stage.make_temporary_folder() as folder:
        env = stage.build_environment(folder)
        stage.time_python("-m", "bot", "import", str(recordings.FOLDER), env=env)

        def measure_median(*arguments: str) -> float:
            return median(stage.time_python(*arguments, env=env) for _ in range(times))

        ours = measure_median("-m", "bot", "search", "x", "--json")
        least = measure_median("-c", "import sqlite3")
        everything = measure_median("-c", _IMPORT_EVERYTHING)
    yield Figure("search on the sample from cold", ours, "s", 1.5, least, "python -c 'import sqlite3'")
    yield Figure("the same", ours, "s", 1.5, everything, "importing everything, both platforms' libraries too")
