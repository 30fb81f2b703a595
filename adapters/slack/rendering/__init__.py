"""Rendering: cards to Block Kit, within its limits and escaped."""
