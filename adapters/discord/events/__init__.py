"""Gateway events besides interactions: guilds, channels, roles, reactions."""
