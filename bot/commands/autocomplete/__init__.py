"""Autocomplete of command arguments."""
