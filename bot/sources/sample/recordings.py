"""Sample data: a month of recorded Hugging Face lists for the first run; see README.md beside them for their origin."""

from __future__ import annotations

from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent
"""The folder of recorded lists, one ``YYYY-MM-DD.json.gz`` a day, that `bot.sources.file_import.read_batches` takes."""
