"""Ports (Protocols): commands come in; chat, stores and sources are implemented by adapters and storage."""
