"""Papers, lists and channels to test with."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from bot.domain.channels import Channel
from bot.domain.feed import DayState, FeedDay
from bot.domain.papers import Paper
from bot.domain.preferences import Preferences
from bot.domain.schedules import Schedule
from bot.ports.channels import ChannelState
from bot.ports.stores import Stores


def paper(identifier: str, title: str = "", **fields: Any) -> Paper:
    """Return a paper that is told apart by its id."""
    defaults: dict[str, Any] = {"abstract": f"We propose {identifier}.", "authors": ("Ada Lovelace", "Alan Turing")}
    return Paper(identifier, title or f"Paper {identifier}: A Study", **(defaults | fields))


def of_day(day: date, number: int = 8) -> tuple[Paper, ...]:
    """Return the papers of one list, the first with the most votes."""
    return tuple(paper(f"{day:%y%m}.{day:%d}{n:03}", votes=100 - n, listed=day) for n in range(number))


async def publish(stores: Stores, day: date, now: datetime, *, state: DayState = DayState.OK, number: int = 8) -> None:
    """Store the list of *day* as a poller would."""
    papers = of_day(day, number)
    await stores.papers.add(papers, now)
    await stores.feed_days.save_days([FeedDay(day, state, tuple(p.id for p in papers), now)])


async def subscribe(stores: Stores, channel: Channel, zone: str, now: datetime, **changes: Any) -> ChannelState:
    """Turn a channel's digest on, weekdays at 09:00 local time unless *changes* say else."""
    channel_state = await stores.channels.get_or_create(channel, now)
    schedule = changes.pop("schedule", Schedule(time(9), zone))
    preferences = replace(Preferences(on=True, schedule=schedule), **changes)
    await stores.channels.save_preferences(channel, preferences, schedule.find_next_post(now))
    return replace(channel_state, preferences=preferences)
