"""Messages of the browser workspace (table posts), which has no platform to keep them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.cards.models import Card
from bot.domain.channels import Channel
from bot.domain.deliveries import DeliveryKey
from bot.ports.web_messages import WebMessage
from storage.database import Database
from storage.deliveries.records import decode_card, encode_card
from storage.sql import build_insert, get_or_create_channel_id, match_channel, to_channel
from storage.tables import channels, posts


@dataclass(frozen=True, slots=True)
class WebMessageStore:
    """`bot.ports.web_messages.WebMessages` on the database."""

    database: Database

    async def add(self, key: DeliveryKey, card: Card, at: datetime, parent: str = "") -> WebMessage:
        """Keep a message; the same key gives the message that is there already."""
        async with self.database.begin_write() as connection:
            row = {
                "channel_id": await get_or_create_channel_id(connection, key.channel, at),
                "kind": key.kind,
                "subject": key.subject,
                "part": key.part,
                "operation": key.operation,
                "card": encode_card(card),
                "at": at,
                "parent": parent,
            }
            await connection.execute(build_insert(connection, posts).values(row).on_conflict_do_nothing())
            return (await _fetch_messages(connection, _match_key(key)))[0]

    async def find_by_key(self, key: DeliveryKey) -> WebMessage | None:
        """Return the message with a key."""
        async with self.database.begin_read() as connection:
            return next(iter(await _fetch_messages(connection, _match_key(key))), None)

    async def edit_card(self, message: int, card: Card, at: datetime) -> WebMessage | None:
        """Replace a message's card; None when there is no such message."""
        async with self.database.begin_write() as connection:
            changed = update(posts).where(posts.c.id == message).values(card=encode_card(card), edited=at)
            await connection.execute(changed)
            return next(iter(await _fetch_messages(connection, posts.c.id == message)), None)

    async def list_latest(self, channel: Channel, limit: int = 50, before: int | None = None) -> Sequence[WebMessage]:
        """Return a channel's latest messages, oldest first."""
        mine = match_channel(channel) if before is None else and_(match_channel(channel), posts.c.id < before)
        async with self.database.begin_read() as connection:
            return (await _fetch_messages(connection, mine, limit))[::-1]


def _match_key(key: DeliveryKey) -> ColumnElement[bool]:
    return and_(
        match_channel(key.channel),
        posts.c.kind == key.kind,
        posts.c.subject == key.subject,
        posts.c.part == key.part,
        posts.c.operation == key.operation,
    )


async def _fetch_messages(
    connection: AsyncConnection, condition: ColumnElement[bool], limit: int | None = None
) -> list[WebMessage]:
    """Return messages, newest first."""
    places = (channels.c.platform, channels.c.workspace, channels.c.external_id, channels.c.kind, channels.c.name)
    columns = (posts.c.id.label("post"), posts.c.card, posts.c.at, posts.c.parent, posts.c.edited, *places)
    query = select(*columns).join_from(posts, channels, channels.c.id == posts.c.channel_id).where(condition)
    rows = await connection.execute(query.order_by(posts.c.id.desc()).limit(limit))
    return [_to_web_message(row) for row in rows.mappings()]


def _to_web_message(row: Mapping[Any, Any]) -> WebMessage:
    return WebMessage(row["post"], to_channel(row), decode_card(row["card"]), row["at"], row["parent"], row["edited"])
