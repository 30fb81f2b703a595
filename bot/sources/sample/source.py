"""The bundled sample as a source: recorded lists for a first start, which real ones replace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.ports.sources import Source
from bot.sources.sample.recordings import FOLDER

if TYPE_CHECKING:
    from bot.config import Settings
    from bot.sources.http.client import Connect

NOTICE: Final = "Real papers of February 2026. Today’s lists follow once there is internet."
"""What the workspace says while the sample is what is stored."""


def open_source(settings: Settings, connect: Connect) -> Source:  # noqa: ARG001 - nothing to set, nobody to ask
    """Return the sample, which is on disk."""
    return Source("sample", "Sample", recordings=FOLDER)
