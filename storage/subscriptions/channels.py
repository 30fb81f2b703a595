"""Channels: preferences, next run, retirement (table channels), and the query for those that are due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.channels import Channel, ChannelKind
from bot.domain.deliveries import DIGEST_GRACE, AttemptOutcome
from bot.domain.preferences import Preferences
from bot.ports.channels import ChannelState
from bot.reasons.reason import Reason, decode_reason, encode_reason
from storage.database import Database
from storage.deliveries.delivery_queries import match_open
from storage.deliveries.settlement import abandon_waiting
from storage.preferences_json import decode_preferences, encode_preferences
from storage.sql import find_channel_id, get_or_create_channel_id, match_channel, to_channel
from storage.tables import ACTIVE_CHANNEL_CONDITION, channels, deliveries, digests


@dataclass(frozen=True, slots=True)
class ChannelStore:
    """`bot.ports.channels.Channels` on the database."""

    database: Database

    async def get(self, channel: Channel) -> ChannelState | None:
        """Return the channel's state, if it is known."""
        async with self.database.begin_read() as connection:
            return await _fetch_channel_state(connection, channel)

    async def get_or_create(self, channel: Channel, now: datetime) -> ChannelState:
        """Return the channel's state; an unknown one becomes known, a renamed one gets its name."""
        stored_state = await self.get(channel)
        if stored_state and channel.name in ("", stored_state.channel.name):
            return stored_state
        async with self.database.begin_write() as connection:
            await get_or_create_channel_id(connection, channel, now)
            if channel.name:
                await connection.execute(update(channels).where(match_channel(channel)).values(name=channel.name))
            channel_state = await _fetch_channel_state(connection, channel)
        assert channel_state is not None  # noqa: S101 - entered in this transaction
        return channel_state

    async def save_preferences(
        self, channel: Channel, preferences: Preferences, next_run: datetime | None, due: datetime | None = None
    ) -> None:
        """Keep the preferences, when to look again, and the post to look for."""
        values = {
            "preferences": encode_preferences(preferences),
            "enabled": preferences.on,
            "paused": preferences.paused,
            "next_run": next_run,
            "due": due or next_run,
        }
        async with self.database.begin_write() as connection:
            key = await get_or_create_channel_id(connection, channel, None)
            await connection.execute(update(channels).where(channels.c.id == key).values(values))

    async def list_for_workspace(self, platform: str, workspace: str) -> Sequence[ChannelState]:
        """Return the channels of a workspace, by name."""
        mine = (channels.c.platform == platform) & (channels.c.workspace == workspace)
        query = select(channels).where(mine).order_by(channels.c.name, channels.c.id)
        async with self.database.begin_read() as connection:
            return [to_channel_state(row) for row in (await connection.execute(query)).mappings()]

    async def list_due(self, now: datetime, limit: int) -> Sequence[ChannelState]:
        """Return the channels whose time has come, the longest waiting first."""
        async with self.database.begin_read() as connection:
            return [to_channel_state(row) for row in (await connection.execute(build_due_query(now, limit))).mappings()]

    async def list_enabled(self, *, include_retired: bool = False) -> Sequence[ChannelState]:
        """Return the channels that have a digest and get it.

        With *include_retired* those too that get none any more.
        """
        which = text("enabled AND NOT paused" if include_retired else ACTIVE_CHANNEL_CONDITION)
        async with self.database.begin_read() as connection:
            rows = await connection.execute(select(channels).where(which).order_by(channels.c.id))
            return [to_channel_state(row) for row in rows.mappings()]

    async def list_retired(self, limit: int) -> Sequence[ChannelState]:
        """Return channels that have a digest and are retired, by platform and name."""
        these = (text("enabled AND NOT paused AND retired <> ''"), channels.c.kind != ChannelKind.DIRECT.value)
        query = select(channels).where(*these).order_by(channels.c.platform, channels.c.name, channels.c.id)
        async with self.database.begin_read() as connection:
            return [to_channel_state(row) for row in (await connection.execute(query.limit(limit))).mappings()]

    async def retire(self, channel: Channel, reason: Reason) -> bool:
        """Stop posting to the channel; what waits for it is given up for the same reason."""
        encoded_reason = encode_reason(reason)
        async with self.database.begin_write() as connection:
            statement = (
                update(channels).where(match_channel(channel), channels.c.retired == "").values(retired=encoded_reason)
            )
            key = await connection.scalar(statement.returning(channels.c.id))
            if key is None:
                return False
            mine = deliveries.c.channel_id == key
            await abandon_waiting(connection, mine, encoded_reason, AttemptOutcome.REFUSED)
            return True

    async def restore(self, channel: Channel, next_run: datetime | None, now: datetime) -> None:
        """Take a retired channel back; a digest that was refused lately is due again."""
        mine = match_channel(channel)
        refused = (
            select(digests.c.due)
            .join(channels, channels.c.id == digests.c.channel_id)
            .where(mine, digests.c.state == "refused", digests.c.due > now - DIGEST_GRACE)
        )
        async with self.database.begin_write() as connection:
            due = await connection.scalar(refused.order_by(digests.c.day.desc()).limit(1))
            plan = (now, due) if next_run and due else (next_run, next_run)
            values = {"retired": "", "next_run": plan[0], "due": plan[1]}
            await connection.execute(update(channels).where(mine).values(values))

    async def move_identity(self, old: Channel, new: Channel) -> bool:
        """Give a channel its new identity; what hangs on it follows by its number."""
        async with self.database.begin_write() as connection:
            if await find_channel_id(connection, new) is not None:
                return False
            identity = {"workspace": new.workspace, "external_id": new.id}
            values = identity | ({"name": new.name} if new.name else {})
            moved = update(channels).where(match_channel(old)).values(values).returning(channels.c.id)
            key = await connection.scalar(moved)
            queue = update(deliveries).where(deliveries.c.channel_id == key, match_open("deliveries"))
            await connection.execute(queue.values(workspace=new.workspace))
            return key is not None


def build_due_query(now: datetime, limit: int) -> Select[Any]:
    """Return the clock's query; it must read nothing but the partial index, however many channels there are."""
    query = select(channels).where(text(ACTIVE_CHANNEL_CONDITION), channels.c.next_run <= now)
    return query.order_by(channels.c.next_run).limit(limit)


def to_channel_state(row: Mapping[Any, Any]) -> ChannelState:
    """Return the channel state of a row of the channels' table."""
    return ChannelState(
        channel_id=row["id"],
        channel=to_channel(row),
        preferences=decode_preferences(row["preferences"]),
        next_run=row["next_run"],
        due=row["due"],
        retired_reason=decode_reason(row["retired"]),
        known_since=row["since"],
    )


async def _fetch_channel_state(connection: AsyncConnection, channel: Channel) -> ChannelState | None:
    row = (await connection.execute(select(channels).where(match_channel(channel)))).mappings().first()
    return to_channel_state(row) if row else None
