"""Installations: OAuth v2, token rotation, one workspace by token."""
