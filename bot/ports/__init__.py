"""What crosses the walls: requests come in (`commands`); messages (`chats`), data (`stores`) and papers (`sources`)."""
