"""Digest preferences: the fields of the settings form, saving, next sends, snapshots."""
