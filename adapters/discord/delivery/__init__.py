"""Delivery to Discord: the Chat port, destinations, forum posts, message lookup."""
