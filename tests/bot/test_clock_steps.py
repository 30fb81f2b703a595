"""What counts as setting the clock, and what is only its drift."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from bot.bootstrap.context import read_monotonic
from bot.clock_steps import StepDetector
from tests.fakes import FakeMonotonic

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@dataclass
class Wall:
    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now


def passed(wall: Wall, monotonic: FakeMonotonic, seconds: float, step: timedelta) -> None:
    """Let time pass, with the wall clock set by *step* meanwhile."""
    monotonic.now += seconds
    wall.now += timedelta(seconds=seconds) + step


@pytest.mark.parametrize("hours", [-24, -1, 1, 24])
def test_a_step_is_measured_once_and_so_is_its_correction(hours: int) -> None:
    wall, monotonic, step = Wall(), FakeMonotonic(), timedelta(hours=hours)
    detector = StepDetector(wall, monotonic)
    for happened in (step, timedelta(0), -step, timedelta(0)):
        passed(wall, monotonic, 2, happened)
        assert detector.measure_step() == happened


def test_time_that_passes_is_no_step_however_much_it_is() -> None:
    wall, monotonic = Wall(), FakeMonotonic()
    detector = StepDetector(wall, monotonic)
    passed(wall, monotonic, 8 * 3600, timedelta(0))
    assert not detector.measure_step(), "the machine slept"


def test_drift_never_adds_up_to_a_step() -> None:
    wall, monotonic = Wall(), FakeMonotonic()
    detector = StepDetector(wall, monotonic)
    for _ in range(100):
        passed(wall, monotonic, 2, timedelta(milliseconds=100))
        assert not detector.measure_step()


def test_the_monotonic_clock_goes_forward() -> None:
    assert 0 < read_monotonic() <= read_monotonic()
