"""Interactions: application commands, message components, modals and autocomplete."""
