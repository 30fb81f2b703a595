"""Slack: cards become blocks, commands and buttons become requests, in one workspace or many."""
