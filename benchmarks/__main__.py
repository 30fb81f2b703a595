"""`python -m benchmarks [NAME…] [--quick]`."""

from __future__ import annotations

import argparse
from importlib import import_module
from typing import Final

BENCHMARKS: Final = ("due", "importing", "cold", "idle", "memory", "search", "ack", "fanout")
"""Modules of this package; each is imported when it runs, so that none pays for another's libraries."""


def main() -> None:
    """Run what was asked for, or everything, and print a line a figure."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Our figures beside their baselines.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(BENCHMARKS)}; all when left out")
    parser.add_argument("--quick", action="store_true", help="smaller numbers, for a look; figures are not comparable")
    asked = parser.parse_args()
    unknown = [name for name in asked.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"{unknown[0]} is none of {', '.join(BENCHMARKS)}")
    for name in asked.names or BENCHMARKS:
        print(f"{name}{' (quick)' if asked.quick else ''}")
        for figure in import_module(f"benchmarks.{name}").run(asked.quick):
            print(f"  {figure}", flush=True)


if __name__ == "__main__":
    main()
