"""Keeping a channel's preferences, with a line in the audit trail that can be taken back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.cards import Action
from bot.commands import snapshots
from bot.commands.desk import Desk
from bot.language import gettext
from bot.models import Preferences
from bot.ports.commands import Request
from bot.ports.places import Standing


async def keep(
    desk: Desk,
    request: Request,
    standing: Standing,
    preferences: Preferences,
    summary: str,
    *,
    following: datetime | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Keep *preferences*; the next post is *following*, else the schedule's next one while the digest is on.

    A change that has nothing to do with the time leaves a digest that waits, or is put off, where it is. *before* and
    *after* hold what else changed with it, for `undo`.
    """
    if following is None and timing(preferences) == timing(standing.preferences):
        await desk.stores.channels.set(request.channel, preferences, standing.next_run, standing.due)
    else:
        upcoming = following or next_run(preferences, request.now)
        await desk.stores.channels.set(request.channel, preferences, upcoming)
    await desk.stores.audit.note(
        request.channel,
        request.person,
        "preferences",
        summary,
        request.now,
        before={"preferences": snapshots.of_preferences(standing.preferences), **(before or {})},
        after={"preferences": snapshots.of_preferences(preferences), **(after or {})},
    )


def undoing(request: Request) -> Action:
    """Return the button that takes back what this request changed, and nothing else."""
    return Action(gettext("Undo"), "undo", {"of": request.now.isoformat()})


def timing(preferences: Preferences) -> tuple[object, ...]:
    """Return what decides when a digest comes."""
    return preferences.on, preferences.paused, preferences.schedule


def next_run(preferences: Preferences, now: datetime) -> datetime | None:
    """Return the next post of a digest that is on."""
    return preferences.schedule.next_after(now) if preferences.on else None
