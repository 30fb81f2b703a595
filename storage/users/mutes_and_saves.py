"""Mutes, saved papers (the reading list) and papers a person has seen (tables mutes, saves, seen)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Table, and_, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.channels import Channel
from bot.domain.people import Person
from storage.database import Database
from storage.sql import (
    build_insert,
    find_channel_id,
    find_paper_row_ids,
    get_or_create_channel_id,
    match_channel,
    split_into_chunks,
)
from storage.tables import channels, mutes, papers, saves, seen


@dataclass(frozen=True, slots=True)
class MuteAndSaveStore:
    """`bot.ports.follows.MutesAndSaves` on the database."""

    database: Database

    async def mute(
        self, channel: Channel, kind: Literal["topic", "paper"], value: str, by: Person, now: datetime
    ) -> bool:
        """Mute a topic or a paper; return False when it was already."""
        row = {"kind": kind, "value": value, "person": by.id, "person_name": by.name, "at": now}
        async with self.database.begin_write() as connection:
            return await _insert_row(
                connection, mutes, row | {"channel_id": await get_or_create_channel_id(connection, channel, now)}
            )

    async def unmute(self, channel: Channel, kind: Literal["topic", "paper"], value: str) -> bool:
        """Lift a mute; return False when there was none."""
        async with self.database.begin_write() as connection:
            return await _delete_row(connection, mutes, channel, kind=kind, value=value)

    async def list_mutes(self, channels: Collection[int]) -> dict[int, Sequence[tuple[str, str]]]:
        """Return (kind, value) of the mutes by channel number."""
        found: dict[int, list[tuple[str, str]]] = {}
        async with self.database.begin_read() as connection:
            for chunk in split_into_chunks(channels):
                mine = select(mutes.c.channel_id, mutes.c.kind, mutes.c.value).where(mutes.c.channel_id.in_(chunk))
                for channel, kind, value in await connection.execute(mine.order_by(mutes.c.id)):
                    found.setdefault(channel, []).append((kind, value))
        return dict(found)

    async def save(self, person: Channel, paper: str, now: datetime) -> bool:
        """Put a paper on a person's reading list; return False when it was there."""
        async with self.database.begin_write() as connection:
            channel = await get_or_create_channel_id(connection, person, now)
            return await _insert_row(connection, saves, {"channel_id": channel, "paper": paper, "at": now})

    async def unsave(self, person: Channel, paper: str) -> bool:
        """Take a paper off; return False when it was not there."""
        async with self.database.begin_write() as connection:
            return await _delete_row(connection, saves, person, paper=paper)

    async def list_saved_papers(self, person: Channel) -> Sequence[tuple[str, datetime]]:
        """Return the reading list, newest first."""
        query = select(saves.c.paper, saves.c.at).join(channels, channels.c.id == saves.c.channel_id)
        newest = query.where(match_channel(person)).order_by(saves.c.at.desc(), saves.c.id.desc())
        async with self.database.begin_read() as connection:
            return [(row.paper, row.at) for row in await connection.execute(newest)]

    async def record_seen(self, person: Channel, papers: Collection[str], now: datetime) -> None:
        """Note that a person was shown papers; those that are not stored are passed over."""
        async with self.database.begin_write() as connection:
            channel = await get_or_create_channel_id(connection, person, now)
            keys = await find_paper_row_ids(connection, papers)
            rows = [{"channel_id": channel, "paper_id": key, "at": now} for key in keys.values()]
            if rows:
                await connection.execute(build_insert(connection, seen).on_conflict_do_nothing(), rows)

    async def find_seen_papers(self, person: Channel, papers: Collection[str]) -> set[str]:
        """Return which of the papers the person was shown."""
        found: set[str] = set()
        async with self.database.begin_read() as connection:
            for chunk in split_into_chunks(papers):
                found |= set(await connection.scalars(_build_seen_query(person, chunk)))
        return found


def _build_seen_query(person: Channel, ids: Collection[str]) -> Any:
    return (
        select(papers.c.external_id)
        .join(seen, seen.c.paper_id == papers.c.id)
        .join(channels, channels.c.id == seen.c.channel_id)
        .where(match_channel(person), papers.c.external_id.in_(ids))
    )


async def _insert_row(connection: AsyncConnection, table: Table, row: dict[str, Any]) -> bool:
    """Insert *row*; return False when it is there already."""
    return bool(
        (await connection.execute(build_insert(connection, table).values(row).on_conflict_do_nothing())).rowcount
    )


async def _delete_row(connection: AsyncConnection, table: Table, channel: Channel, **values: str) -> bool:
    """Delete a channel's row with *values*; return False when there is none."""
    key = await find_channel_id(connection, channel)
    same = and_(table.c.channel_id == key, *(table.c[name] == value for name, value in values.items()))
    return bool((await connection.execute(delete(table).where(same))).rowcount)
