"""Subscriptions: workspaces, channels, follows."""
