"""Application commands: the slash command tree, its options, and its sync with Discord."""
