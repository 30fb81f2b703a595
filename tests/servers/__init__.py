"""Servers that play the platforms and sources on loopback."""
