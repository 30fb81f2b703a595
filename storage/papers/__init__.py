"""Papers, feed days, and the state of sources."""
