"""Broadsheet in Discord."""
