"""An installation as the vault keeps it, and as slack_sdk has it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from slack_sdk.oauth.installation_store import Bot


def bot_of(kept: Mapping[str, Any]) -> Bot:
    """Return what the vault keeps as slack_sdk's object."""
    return Bot(**{name: value for name, value in kept.items() if name != "user_id"})


def plain(bot: Bot) -> dict[str, Any]:
    """Return *bot* as JSON data: times in ISO 8601, which slack_sdk reads back."""
    data = bot.to_dict()
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in data.items()}
