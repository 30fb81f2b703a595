"""Digests that are due: written into the database by the real stores before the bot starts, and made older."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from bot.domain.channels import Channel
from bot.domain.feed import find_newest_feed_date
from bot.domain.preferences import Preferences
from bot.domain.schedules import Schedule
from bot.ports.stores import Stores
from bot.ports.workspaces import Workspace
from tests.papers import publish
from tests.stores import open_stores

LISTS: Final = 4
"""Dates with lists; a digest of settled votes uses the newest that is old enough."""
_MOMENTS: Final = {
    "channels": ("next_run", "due"),
    "digests": ("at", "due"),
    "deliveries": ("not_before", "lease", "created", "sent", "attempted_at", "lookup_since", "expires"),
    "attempts": ("began", "ended"),
    "circuits": ("opened", "open_until"),
}
_DATES: Final = {"digests": "day", "coverage": "day", "deliveries": "subject"}


def list_days(now: datetime) -> list[date]:
    """Return the dates of which there are lists, oldest first."""
    newest = find_newest_feed_date(now)
    return [newest - timedelta(days=number) for number in reversed(range(LISTS))]


async def store_due_digests(
    data: Path, channels: Sequence[Channel], now: datetime, *, spacing: timedelta = timedelta(0)
) -> date:
    """Let a digest be due in each channel, now or *spacing* after one another; return their local date.

    Every second has the abstracts in a thread below it.
    """
    async with open_stores(data, now) as stores:
        await stores.key_values.set("furnished", "yes")
        for day in list_days(now):
            await publish(stores, day, now)
        for platform, workspace in {(channel.platform, channel.workspace) for channel in channels}:
            await stores.workspaces.save(Workspace(platform, workspace, "Acme"))
        for platform in {channel.platform for channel in channels}:
            mine = [channel for channel in channels if channel.platform == platform]
            for number, channel in enumerate(mine):
                await _subscribe(stores, channel, now, now + number * spacing, abstracts=bool(number % 2))
    return now.date()


async def _subscribe(stores: Stores, channel: Channel, now: datetime, due: datetime, *, abstracts: bool) -> None:
    await stores.channels.get_or_create(channel, now)
    # The next one is of the day after, whatever the hour.
    schedule = Schedule(due.time().replace(second=0, microsecond=0), "UTC", tuple(range(7)))
    await stores.channels.save_preferences(channel, Preferences(on=True, schedule=schedule, abstracts=abstracts), due)


def age_rows(data: Path, by: timedelta) -> None:
    """Let what is recorded of digests be older by so much, as if that time had passed; no bot runs meanwhile."""

    def move(moment: str | None) -> str | None:
        return moment and (datetime.fromisoformat(moment) - by).isoformat(" ", "microseconds")

    with closing(sqlite3.connect(data / "broadsheet.db")) as connection, connection:
        connection.create_function("move", 1, move)
        for table, columns in _MOMENTS.items():
            changes = ", ".join(f"{column} = move({column})" for column in columns)
            connection.execute(f"UPDATE {table} SET {changes}")  # noqa: S608 - names of our own


def move_dates(data: Path, days: int) -> None:
    """Let what is recorded of digests be of local dates so many days before; no bot runs meanwhile."""
    with closing(sqlite3.connect(data / "broadsheet.db")) as connection, connection:
        for table, column in _DATES.items():
            mine = " WHERE kind = 'digest'" if table == "deliveries" else ""
            connection.execute(f"UPDATE {table} SET {column} = date({column}, '-{days} days'){mine}")  # noqa: S608
