"""Delivery to Slack: the Chat port and message lookup."""
