"""Dates and zones, offered while one is typed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Final

from bot import wording
from bot.commands import moments
from bot.commands.desk import Desk
from bot.ports.commands import Request, Suggestion

MOST: Final = 25
_LISTS: Final = timedelta(days=31)
_SINCE: Final = (7, 14, 30, 90, 180, 365)
"""Days before today that a search goes back to."""
_UNTIL: Final = (1, 2, 3, 7, 14, 21, 28)
"""Days after today that a pause lasts to."""
_COMMON: Final = (
    "Europe/London", "Europe/Paris", "Europe/Berlin", "Europe/Zurich", "Europe/Madrid", "America/New_York",
    "America/Toronto", "America/Chicago", "America/Los_Angeles", "America/Sao_Paulo", "Asia/Tokyo", "Asia/Seoul",
    "Asia/Shanghai", "Asia/Hong_Kong", "Asia/Singapore", "Asia/Kolkata", "Asia/Dubai", "Asia/Jerusalem",
    "Australia/Sydney", "UTC",
)  # fmt: skip
"""Zones in which many read papers, offered before anything is typed."""


async def days(desk: Desk, prefix: str, _: Request) -> Sequence[Suggestion]:
    """Offer the newest dates that have a list."""
    newest = await desk.stores.days.newest()
    lists = await desk.stores.days.between(newest.date - _LISTS, newest.date) if newest else ()
    offered = [
        Suggestion(day.date.isoformat(), f"{wording.day(day.date)}, {wording.count(len(day.papers), 'paper')}")
        for day in reversed(lists)
        if day.papers
    ]
    return [suggestion for suggestion in offered if suggestion.value.startswith(prefix)][:MOST]


async def _dates(steps: Sequence[int], prefix: str, request: Request) -> Sequence[Suggestion]:
    """Offer dates so many days from today."""
    today = request.now.date()
    every = [today + timedelta(days=step) for step in steps]
    offered = [Suggestion(each.isoformat(), wording.day(each, year=True)) for each in every]
    return [each for each in offered if each.value.startswith(prefix.strip())]


since = partial(_dates, tuple(-step for step in _SINCE))
"""Offer dates from which on papers are searched."""
until = partial(_dates, _UNTIL)
"""Offer dates up to which a digest is paused."""


async def zones(desk: Desk, prefix: str, request: Request) -> Sequence[Suggestion]:
    """Offer zones by name, by city and by what people call them; at first this place's and the common ones."""
    typed = " ".join(prefix.casefold().replace("_", " ").split())
    if not typed:
        here = (await desk.standing(request)).preferences.schedule.timezone
        return [Suggestion(name) for name in dict.fromkeys([here, *_COMMON])][:MOST]
    known = moments.zones()
    spelled = sorted((name for name in known if typed in name.replace("_", " ")), key=lambda name: _rank(name, typed))
    called: dict[str, str] = {}
    for name in spelled:
        called.setdefault(known[name], "" if name in known[name].casefold().replace("_", " ") else name.title())
    return [Suggestion(zone, name) for zone, name in called.items()][:MOST]


def _rank(name: str, typed: str) -> tuple[bool, bool, str]:
    """Order what is found: what is called so, what begins so, the others."""
    last = name.replace("_", " ").rsplit("/", 1)[-1]
    return last != typed, not last.startswith(typed), name
