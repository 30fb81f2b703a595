"""Hugging Face Daily Papers: its API, records and the state of a day’s list."""
