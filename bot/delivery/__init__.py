"""Delivery: recorded messages to the chats (transactional outbox), and notices to those who manage."""
