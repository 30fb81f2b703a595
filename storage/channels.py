"""Where is posted, and how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.models import Channel, DeliveryState, Kind, Preferences
from bot.ports.places import Standing
from storage.database import Database
from storage.keys import channel_key, channel_of, enter, those
from storage.preferences import dump, load
from storage.tables import LISTENING, channels, deliveries


@dataclass(frozen=True, slots=True)
class ChannelStore:
    """`bot.ports.places.Channels` on the database."""

    database: Database

    async def get(self, channel: Channel) -> Standing | None:
        """Return the channel's standing, if it is known."""
        async with self.database.read() as connection:
            return await _standing(connection, channel)

    async def open(self, channel: Channel, now: datetime) -> Standing:
        """Return the channel's standing; an unknown one becomes known, a renamed one gets its name."""
        found = await self.get(channel)
        if found and channel.name in ("", found.channel.name):
            return found
        async with self.database.write() as connection:
            await enter(connection, channel, now)
            if channel.name:
                await connection.execute(update(channels).where(those(channel)).values(name=channel.name))
            standing = await _standing(connection, channel)
        assert standing is not None  # noqa: S101 - entered in this transaction
        return standing

    async def set(
        self, channel: Channel, preferences: Preferences, next_run: datetime | None, due: datetime | None = None
    ) -> None:
        """Keep the preferences, when to look again, and the post to look for."""
        values = {
            "preferences": dump(preferences),
            "enabled": preferences.on,
            "paused": preferences.paused,
            "next_run": next_run,
            "due": due or next_run,
        }
        async with self.database.write() as connection:
            key = await enter(connection, channel, None)
            await connection.execute(update(channels).where(channels.c.id == key).values(values))

    async def of(self, platform: str, workspace: str) -> Sequence[Standing]:
        """Return the channels of a workspace, by name."""
        mine = (channels.c.platform == platform) & (channels.c.workspace == workspace)
        query = select(channels).where(mine).order_by(channels.c.name, channels.c.id)
        async with self.database.read() as connection:
            return [standing_of(row) for row in (await connection.execute(query)).mappings()]

    async def due(self, now: datetime, limit: int) -> Sequence[Standing]:
        """Return the channels whose time has come, the longest waiting first."""
        async with self.database.read() as connection:
            return [standing_of(row) for row in (await connection.execute(due(now, limit))).mappings()]

    async def on(self, *, retired: bool = False) -> Sequence[Standing]:
        """Return the channels that have a digest and get it; with *retired* those too that get none any more."""
        which = text("enabled AND NOT paused" if retired else LISTENING)
        async with self.database.read() as connection:
            rows = await connection.execute(select(channels).where(which).order_by(channels.c.id))
            return [standing_of(row) for row in rows.mappings()]

    async def silent(self, limit: int) -> Sequence[Standing]:
        """Return channels that have a digest and are retired, by platform and name."""
        these = (text("enabled AND NOT paused AND retired <> ''"), channels.c.kind != Kind.DIRECT.value)
        query = select(channels).where(*these).order_by(channels.c.platform, channels.c.name, channels.c.id)
        async with self.database.read() as connection:
            return [standing_of(row) for row in (await connection.execute(query.limit(limit))).mappings()]

    async def retire(self, channel: Channel, reason: str) -> bool:
        """Stop posting to the channel; what waits for it is given up for the same reason."""
        async with self.database.write() as connection:
            statement = update(channels).where(those(channel), channels.c.retired == "").values(retired=reason)
            key = await connection.scalar(statement.returning(channels.c.id))
            if key is None:
                return False
            waiting = deliveries.c.state.in_((DeliveryState.PENDING.value, DeliveryState.RETRY.value))
            statement = update(deliveries).where(deliveries.c.channel_id == key, waiting)
            await connection.execute(statement.values(state=DeliveryState.DEAD.value, reason=reason))
            return True

    async def restore(self, channel: Channel, next_run: datetime | None) -> None:
        """Take a retired channel back."""
        values = {"retired": "", "next_run": next_run, "due": next_run}
        async with self.database.write() as connection:
            await connection.execute(update(channels).where(those(channel)).values(values))

    async def move(self, old: Channel, new: Channel) -> bool:
        """Give a channel its new identity; what hangs on it follows by its number."""
        async with self.database.write() as connection:
            if await channel_key(connection, new) is not None:
                return False
            identity = {"workspace": new.workspace, "external_id": new.id}
            moved = update(channels).where(those(old)).values(identity | ({"name": new.name} if new.name else {}))
            return bool((await connection.execute(moved)).rowcount)


def due(now: datetime, limit: int) -> Select[Any]:
    """Return the clock's query; it must read nothing but the partial index, however many channels there are."""
    query = select(channels).where(text(LISTENING), channels.c.next_run <= now)
    return query.order_by(channels.c.next_run).limit(limit)


def standing_of(row: Mapping[Any, Any]) -> Standing:
    """Return the standing of a row of the channels' table."""
    return Standing(
        key=row["id"],
        channel=channel_of(row),
        preferences=load(row["preferences"]),
        next_run=row["next_run"],
        due=row["due"],
        retired=row["retired"],
        since=row["since"],
    )


async def _standing(connection: AsyncConnection, channel: Channel) -> Standing | None:
    row = (await connection.execute(select(channels).where(those(channel)))).mappings().first()
    return standing_of(row) if row else None
