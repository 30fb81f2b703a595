"""Chat commands: the slash commands, mentions and typed lines people use, and the table that answers them."""
