"""Diagnostics: `doctor` and the checks of the platforms."""
