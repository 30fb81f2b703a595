"""Audit log snapshots: encodes preferences and follows as JSON data for undo, and decodes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, time
from typing import Any

from bot.domain.channels import Channel
from bot.domain.feed import FeedMode
from bot.domain.follows import Follow
from bot.domain.people import Person
from bot.domain.preferences import Preferences
from bot.domain.schedules import Cadence, Schedule


def encode_preferences(preferences: Preferences) -> dict[str, Any]:
    """Return preferences as JSON data."""
    schedule = preferences.schedule
    when = {
        "at": schedule.at.isoformat("minutes"),
        "timezone": schedule.timezone,
        "days": list(schedule.days),
        "cadence": schedule.cadence.value,
    }
    return asdict(preferences) | {"schedule": when, "mode": preferences.mode.value}


def decode_preferences(data: Mapping[str, Any]) -> Preferences:
    """Return what `encode_preferences` wrote."""
    when = data["schedule"]
    schedule = Schedule(time.fromisoformat(when["at"]), when["timezone"], tuple(when["days"]), Cadence(when["cadence"]))
    return Preferences(**{**data, "schedule": schedule, "mode": FeedMode(data["mode"])})


def encode_follow(follow: Follow) -> dict[str, Any]:
    """Return a follow as JSON data: without its channel, and without its person, who may want to be forgotten."""
    return {"topic": follow.topic, "since": follow.followed_since.isoformat(), "alerts": follow.alerts}


def decode_follow(channel: Channel, by: Person, data: Mapping[str, Any]) -> Follow:
    """Return what `encode_follow` wrote; *by* brings it back."""
    return Follow(channel, data["topic"], by, datetime.fromisoformat(data["since"]), data["alerts"])
