"""Doctor checks of Slack: tokens, scopes, channels."""
