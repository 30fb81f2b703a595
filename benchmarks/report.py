"""Figure: one measurement with its goal and its baseline, printed as one line; percentiles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement.

    ``baseline`` is what ``baseline_label`` took in the same run, in the same unit; a goal is a bound.
    """

    label: str
    value: float
    unit: str
    goal: float | None = None
    baseline: float | None = None
    baseline_label: str = ""

    @property
    def is_missed(self) -> bool:
        """Whether there is a goal, and this is beyond it."""
        return self.goal is not None and not self.value <= self.goal

    def __str__(self) -> str:
        verdict = "" if self.goal is None else f", goal ≤ {self.goal:g} {'MISSED' if self.is_missed else 'met'}"
        return f"{self.label}: {_format_number(self.value)} {self.unit}{verdict}{self._format_baseline()}"

    def _format_baseline(self) -> str:
        """Say how the baseline compares: "; 1/12 of one job per channel (1,200 ms)"."""
        if not self.baseline:
            return ""
        ratio = self.value / self.baseline
        times = f"1/{_format_number(1 / ratio)} of" if 0 < ratio < 1 else f"{_format_number(ratio)} times"
        return f"; {times} {self.baseline_label} ({_format_number(self.baseline)} {self.unit})"


def _format_number(number: float) -> str:
    """Write three significant digits: "0.0123", "4.56", "1,230"."""
    if number >= 1000:  # noqa: PLR2004 - from here on digits are grouped
        return f"{float(f'{number:.3g}'):,.0f}"
    return f"{number:.3g}"


def compute_percentile(values: Sequence[float], percent: int) -> float:
    """Return the *percent*-th percentile of two values or more."""
    return quantiles(values, n=100, method="inclusive")[percent - 1]
