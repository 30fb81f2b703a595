"""How Slack reaches the bot: the Bolt app, Socket Mode, signed HTTP requests."""
