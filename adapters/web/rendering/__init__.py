"""Rendering: cards, forms and pages to HTML."""
