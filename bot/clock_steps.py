"""Clock steps: tells when the wall clock (CLOCK_REALTIME) was set, which a monotonic one never is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

MIN_STEP: Final = timedelta(seconds=2)
"""What is less than this comes of slewing (adjtime) or of a busy machine, and delays nothing that matters."""


@dataclass(slots=True)
class StepDetector:
    """Compares two clocks: ``clock`` gives aware UTC, ``monotonic`` seconds that count suspend and never jump."""

    clock: Callable[[], datetime]
    monotonic: Callable[[], float]
    _offset: datetime = field(init=False)
    """What the wall clock shows when the monotonic one is at zero."""

    def __post_init__(self) -> None:
        """Begin with the clocks as they are."""
        self._offset = self._read_offset()

    def measure_step(self) -> timedelta:
        """Return by how much the wall clock was set since the last call: negative is back, zero not at all."""
        before, self._offset = self._offset, self._read_offset()
        step = self._offset - before
        return step if abs(step) >= MIN_STEP else timedelta(0)

    def _read_offset(self) -> datetime:
        return self.clock() - timedelta(seconds=self.monotonic())
