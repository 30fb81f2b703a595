"""Benchmark runner `python -m benchmarks [NAME…] [--quick]`: prints each figure, its goal and its baseline."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Final

from benchmarks.report import Figure

BENCHMARKS: Final = ("due", "importing", "cold", "idle", "memory", "search", "ack", "fanout")
"""Modules of this package; each is imported when it runs, so that none pays for another's libraries."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what was asked for, or everything, and print a line a figure; return 1 when a goal was missed, else 0."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Our figures beside their baselines.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(BENCHMARKS)}; all when left out")
    parser.add_argument("--quick", action="store_true", help="smaller numbers, for a look; figures are not comparable")
    options = parser.parse_args(arguments)
    unknown = [name for name in options.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"{unknown[0]} is none of {', '.join(BENCHMARKS)}")
    missed = 0
    for name in options.names or BENCHMARKS:
        print(f"{name}{' (quick)' if options.quick else ''}")
        missed += _print_figures(import_module(f"benchmarks.{name}").run(options.quick))
    if missed:
        print(f"{missed} {'goal was' if missed == 1 else 'goals were'} missed.")
    return 1 if missed else 0


def _print_figures(figures: Iterable[Figure]) -> int:
    """Print each figure as soon as it is there; return how many missed their goal."""
    missed = 0
    for figure in figures:
        print(f"  {figure}", flush=True)
        missed += figure.is_missed
    return missed


if __name__ == "__main__":
    sys.exit(main())
