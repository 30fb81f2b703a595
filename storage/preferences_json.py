"""Digest preferences as JSON: what a row lacks has its default, so that a new one needs no migration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import time
from typing import Any, Final

from bot.domain.feed import FeedMode
from bot.domain.preferences import Preferences
from bot.domain.schedules import Cadence, Schedule

_PLAIN_FIELDS: Final = tuple(f.name for f in fields(Preferences) if f.name not in ("schedule", "mode"))


def encode_preferences(preferences: Preferences) -> dict[str, Any]:
    """Return *preferences* as JSON data."""
    schedule = preferences.schedule
    return {
        **{name: getattr(preferences, name) for name in _PLAIN_FIELDS},
        "mode": preferences.mode.value,
        "at": schedule.at.isoformat(timespec="minutes"),
        "timezone": schedule.timezone,
        "days": list(schedule.days),
        "cadence": schedule.cadence.value,
    }


def decode_preferences(data: Mapping[str, Any]) -> Preferences:
    """Return the preferences that `encode_preferences` wrote."""
    usual = Preferences()
    schedule = Schedule(
        at=time.fromisoformat(data["at"]) if "at" in data else usual.schedule.at,
        timezone=data.get("timezone", usual.schedule.timezone),
        days=tuple(data.get("days", usual.schedule.days)),
        cadence=Cadence(data.get("cadence", usual.schedule.cadence)),
    )
    plain = {name: data[name] for name in _PLAIN_FIELDS if name in data}
    return Preferences(schedule=schedule, mode=FeedMode(data.get("mode", usual.mode)), **plain)
