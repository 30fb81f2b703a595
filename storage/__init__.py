"""What is kept: one relational database, and a search index derived from it. Implements `bot.ports.stores`."""
