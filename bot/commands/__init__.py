"""The chat commands, one file per noun, and the table that reads, answers and completes them."""
