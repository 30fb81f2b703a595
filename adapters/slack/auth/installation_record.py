"""Installation record: slack_sdk’s Bot and Installation as JSON for the vault, and as a workspace."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from slack_sdk.oauth.installation_store import Bot, Installation

from bot.ports.workspaces import Workspace


def decode_bot(record: Mapping[str, Any]) -> Bot:
    """Return what the vault keeps as slack_sdk's object."""
    return Bot(**record)


def encode_bot(bot: Bot) -> dict[str, Any]:
    """Return *bot* as JSON data: times in ISO 8601, which slack_sdk reads back. Nothing of it names a person."""
    data = bot.to_dict()
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in data.items()}


def to_workspace(installation: Installation) -> Workspace:
    """Return the workspace of an installation, or the organization as one, with whoever installed it."""
    managers = (installation.user_id,) if installation.user_id else ()
    if not installation.is_enterprise_install:
        return Workspace("slack", installation.team_id or "", installation.team_name or "", managers=managers)
    owner = installation.enterprise_id or ""
    return Workspace("slack", owner, installation.enterprise_name or "", managers=managers, organization=owner)
