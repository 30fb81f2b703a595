"""Saving a channel’s preferences with an entry in the audit log that undo can take back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.cards.models import Action
from bot.commands.context import CommandContext
from bot.commands.preferences import snapshots
from bot.domain.preferences import Preferences
from bot.i18n.translation import gettext
from bot.ports.channels import ChannelState
from bot.ports.commands import Request
from bot.reasons.reason import Reason


async def save_preferences(
    context: CommandContext,
    request: Request,
    channel_state: ChannelState,
    preferences: Preferences,
    summary: Reason,
    *,
    next_run_at: datetime | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> None:
    """Keep *preferences*; the next post is *next_run_at*, else the schedule's next one while the digest is on.

    A change that has nothing to do with the time leaves a digest that waits, or is put off, where it is. *before* and
    *after* hold what else changed with it, for `undo`.
    """
    if next_run_at is None and get_timing(preferences) == get_timing(channel_state.preferences):
        await context.stores.channels.save_preferences(
            request.channel, preferences, channel_state.next_run, channel_state.due
        )
    else:
        upcoming = next_run_at or compute_next_run(preferences, request.now)
        await context.stores.channels.save_preferences(request.channel, preferences, upcoming)
    await context.stores.audit.record_change(
        request.channel,
        request.person,
        "preferences",
        summary,
        request.now,
        before={"preferences": snapshots.encode_preferences(channel_state.preferences), **(before or {})},
        after={"preferences": snapshots.encode_preferences(preferences), **(after or {})},
    )


def build_undo_button(request: Request) -> Action:
    """Return the button that takes back what this request changed, and nothing else."""
    return Action(gettext("Undo"), "undo", {"of": request.now.isoformat()})


def get_timing(preferences: Preferences) -> tuple[object, ...]:
    """Return what decides when a digest comes."""
    return preferences.on, preferences.paused, preferences.schedule


def compute_next_run(preferences: Preferences, now: datetime) -> datetime | None:
    """Return the next post of a digest that is on."""
    return preferences.schedule.find_next_post(now) if preferences.on else None
