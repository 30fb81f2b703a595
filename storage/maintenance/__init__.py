"""Maintenance: backup, upgrade, and the lock on the data directory."""
