"""Autocomplete of dates and time zones: list dates, since and until dates, and IANA zones."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Final

from bot.commands.context import CommandContext
from bot.commands.parsing import dates
from bot.i18n import formatting
from bot.ports.commands import Request, Suggestion

MAX_SUGGESTIONS: Final = 25
_LOOKBACK: Final = timedelta(days=31)
_SINCE_DAYS: Final = (7, 14, 30, 90, 180, 365)
"""Days before today that a search goes back to."""
_UNTIL_DAYS: Final = (1, 2, 3, 7, 14, 21, 28)
"""Days after today that a pause lasts to."""
_COMMON_ZONES: Final = (
    "Europe/London", "Europe/Paris", "Europe/Berlin", "Europe/Zurich", "Europe/Madrid", "America/New_York",
    "America/Toronto", "America/Chicago", "America/Los_Angeles", "America/Sao_Paulo", "Asia/Tokyo", "Asia/Seoul",
    "Asia/Shanghai", "Asia/Hong_Kong", "Asia/Singapore", "Asia/Kolkata", "Asia/Dubai", "Asia/Jerusalem",
    "Australia/Sydney", "UTC",
)  # fmt: skip
"""Zones in which many read papers, offered before anything is typed."""


async def suggest_list_dates(context: CommandContext, prefix: str, _: Request) -> Sequence[Suggestion]:
    """Offer the newest dates that have a list."""
    newest = await context.stores.feed_days.get_newest()
    lists = await context.stores.feed_days.list_between(newest.date - _LOOKBACK, newest.date) if newest else ()
    offered = [
        Suggestion(
            day.date.isoformat(),
            f"{formatting.format_day(day.date)}, {formatting.format_count(len(day.papers), 'paper')}",
        )
        for day in reversed(lists)
        if day.papers
    ]
    return [suggestion for suggestion in offered if suggestion.value.startswith(prefix)][:MAX_SUGGESTIONS]


async def _suggest_dates(day_offsets: Sequence[int], prefix: str, request: Request) -> Sequence[Suggestion]:
    """Offer dates so many days from today."""
    today = request.now.date()
    every = [today + timedelta(days=step) for step in day_offsets]
    offered = [Suggestion(each.isoformat(), formatting.format_day(each, year=True)) for each in every]
    return [each for each in offered if each.value.startswith(prefix.strip())]


suggest_since_dates = partial(_suggest_dates, tuple(-step for step in _SINCE_DAYS))
"""Offer dates from which on papers are searched."""
suggest_until_dates = partial(_suggest_dates, _UNTIL_DAYS)
"""Offer dates up to which a digest is paused."""


async def suggest_zones(context: CommandContext, prefix: str, request: Request) -> Sequence[Suggestion]:
    """Offer zones by name, by city and by what people call them; at first this place's and the common ones."""
    typed = " ".join(prefix.casefold().replace("_", " ").split())
    if not typed:
        channel_zone = (await context.load_channel_state(request)).preferences.schedule.timezone
        return [Suggestion(name) for name in dict.fromkeys([channel_zone, *_COMMON_ZONES])][:MAX_SUGGESTIONS]
    zones = dates.list_zones()
    matching_names = sorted(
        (name for name in zones if typed in name.replace("_", " ")), key=lambda name: _rank_zone(name, typed)
    )
    names_by_zone: dict[str, str] = {}
    for name in matching_names:
        names_by_zone.setdefault(zones[name], "" if name in zones[name].casefold().replace("_", " ") else name.title())
    return [Suggestion(zone, name) for zone, name in names_by_zone.items()][:MAX_SUGGESTIONS]


def _rank_zone(name: str, typed: str) -> tuple[bool, bool, str]:
    """Order what is found: what is called so, what begins so, the others."""
    last = name.replace("_", " ").rsplit("/", 1)[-1]
    return last != typed, not last.startswith(typed), name
