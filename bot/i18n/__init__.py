"""Internationalization: translation (gettext) and formatting (Babel)."""
