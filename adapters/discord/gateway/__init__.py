"""The gateway: discord.py’s client, login, connection and shards."""
