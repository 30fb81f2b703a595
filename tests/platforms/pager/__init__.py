"""A made-up chat, as docs/extending.md says to add one: a folder that could stand in `adapters`, and one line."""
