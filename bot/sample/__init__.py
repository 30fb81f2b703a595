"""A month of real lists, so that the first run shows something; see README.md beside them for their origin."""

from __future__ import annotations

from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
"""The folder of recorded lists, one ``YYYY-MM-DD.json.gz`` a day, that `bot.sources.recorded.read_batches` takes."""
