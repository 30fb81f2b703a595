"""A figure, its goal and its baseline, as one line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement. ``baseline`` is what ``against`` took in the same run, in the same unit; a goal is a bound."""

    what: str
    ours: float
    unit: str
    goal: float | None = None
    baseline: float | None = None
    against: str = ""

    @property
    def missed(self) -> bool:
        """Whether there is a goal, and this is beyond it."""
        return self.goal is not None and not self.ours <= self.goal

    def __str__(self) -> str:
        verdict = "" if self.goal is None else f", goal ≤ {self.goal:g} {'MISSED' if self.missed else 'met'}"
        return f"{self.what}: {_written(self.ours)} {self.unit}{verdict}{self._beside()}"

    def _beside(self) -> str:
        """Say how the baseline compares: "; 1/12 of one job per channel (1,200 ms)"."""
        if not self.baseline:
            return ""
        ratio = self.ours / self.baseline
        times = f"1/{_written(1 / ratio)} of" if 0 < ratio < 1 else f"{_written(ratio)} times"
        return f"; {times} {self.against} ({_written(self.baseline)} {self.unit})"


def _written(number: float) -> str:
    """Write three significant digits: "0.0123", "4.56", "1,230"."""
    if number >= 1000:  # noqa: PLR2004 - from here on digits are grouped
        return f"{float(f'{number:.3g}'):,.0f}"
    return f"{number:.3g}"


def percentile(values: Sequence[float], percent: int) -> float:
    """Return the *percent*-th percentile of two values or more."""
    return quantiles(values, n=100, method="inclusive")[percent - 1]
