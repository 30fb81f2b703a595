"""The chats: each turns cards into what its platform shows, and what people do there into requests."""
