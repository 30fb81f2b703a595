"""Discord’s REST API: requests, rate limits, JSON error codes."""
