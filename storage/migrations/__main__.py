"""``python -m storage.migrations``: check that the migrations make the tables that the code declares."""

from __future__ import annotations

import sys

from storage.maintenance.upgrade import find_schema_differences


def main() -> int:
    """Print what is missing; return 1 when something is."""
    differences = find_schema_differences()
    for difference in differences:
        sys.stderr.write(f"The migrations lack: {difference}\n")
    return 1 if differences else 0


sys.exit(main())
