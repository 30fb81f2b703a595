"""System tables: button payloads, key-value store, processed events, vault."""
