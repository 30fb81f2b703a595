"""Rendering: cards to Discord messages, within its limits and escaped."""
