"""Benchmarks: each prints our figure beside a baseline that was measured in the same run."""
