"""Digests: feed days to cover (`feed_selection`), papers and card (`composition`), when they are due (`planner`)."""
