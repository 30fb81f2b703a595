"""The messages of the browser's workspace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.cards import Card
from bot.models import Channel, DeliveryKey
from bot.ports.places import Post
from storage.database import Database
from storage.drafts import dump, load
from storage.keys import channel_of, enter, insert, those
from storage.tables import channels, posts


@dataclass(frozen=True, slots=True)
class BoardStore:
    """`bot.ports.places.Board` on the database."""

    database: Database

    async def put(self, key: DeliveryKey, card: Card, at: datetime, parent: str = "") -> Post:
        """Keep a message; the same key gives the message that is there already."""
        async with self.database.write() as connection:
            row = {
                "channel_id": await enter(connection, key.channel, at),
                "kind": key.kind,
                "subject": key.subject,
                "part": key.part,
                "operation": key.operation,
                "card": dump(card),
                "at": at,
                "parent": parent,
            }
            await connection.execute(insert(connection, posts).values(row).on_conflict_do_nothing())
            return (await _posts(connection, _same(key)))[0]

    async def find(self, key: DeliveryKey) -> Post | None:
        """Return the message with a key."""
        async with self.database.read() as connection:
            return next(iter(await _posts(connection, _same(key))), None)

    async def edit(self, post: int, card: Card, at: datetime) -> Post | None:
        """Replace a message's card; None when there is no such message."""
        async with self.database.write() as connection:
            changed = update(posts).where(posts.c.id == post).values(card=dump(card), edited=at)
            await connection.execute(changed)
            return next(iter(await _posts(connection, posts.c.id == post)), None)

    async def latest(self, channel: Channel, limit: int = 50, before: int | None = None) -> Sequence[Post]:
        """Return a channel's latest messages, oldest first."""
        mine = those(channel) if before is None else and_(those(channel), posts.c.id < before)
        async with self.database.read() as connection:
            return (await _posts(connection, mine, limit))[::-1]


def _same(key: DeliveryKey) -> ColumnElement[bool]:
    return and_(
        those(key.channel),
        posts.c.kind == key.kind,
        posts.c.subject == key.subject,
        posts.c.part == key.part,
        posts.c.operation == key.operation,
    )


async def _posts(connection: AsyncConnection, which: ColumnElement[bool], limit: int | None = None) -> list[Post]:
    """Return messages, newest first."""
    places = (channels.c.platform, channels.c.workspace, channels.c.external_id, channels.c.kind, channels.c.name)
    columns = (posts.c.id.label("post"), posts.c.card, posts.c.at, posts.c.parent, posts.c.edited, *places)
    query = select(*columns).join_from(posts, channels, channels.c.id == posts.c.channel_id).where(which)
    rows = await connection.execute(query.order_by(posts.c.id.desc()).limit(limit))
    return [_post(row) for row in rows.mappings()]


def _post(row: Mapping[Any, Any]) -> Post:
    return Post(row["post"], channel_of(row), load(row["card"]), row["at"], row["parent"], row["edited"])
