"""Data about people: mutes, saved papers, audit, privacy."""
