"""Commands of the digest: on, off, now, settings, setup, status."""
