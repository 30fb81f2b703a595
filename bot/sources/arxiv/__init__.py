"""arXiv: its API and Atom feeds."""
