"""Shared SQL: dialect-aware INSERT … ON CONFLICT, chunked IN lists, row ids of channels and papers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any, Final, TypeVar, cast

from sqlalchemy import ColumnElement, Table, and_, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.channels import Channel, ChannelKind
from bot.domain.preferences import Preferences
from storage.preferences_json import encode_preferences
from storage.tables import channels, papers

CHUNK_SIZE: Final = 500
"""Values in one list of a statement; far below what any database takes."""

T = TypeVar("T")


def build_insert(connection: AsyncConnection, table: Table) -> sqlite.Insert:
    """Return an insert that knows ``on_conflict_do_nothing`` and ``on_conflict_do_update``, for either dialect."""
    if connection.dialect.name == "postgresql":
        return cast("sqlite.Insert", postgresql.insert(table))
    return sqlite.insert(table)


def split_into_chunks(values: Iterable[T], size: int = CHUNK_SIZE) -> Iterator[list[T]]:
    """Cut *values* into lists of at most *size*."""
    rest = iter(values)
    while chunk := list(islice(rest, size)):
        yield chunk


def match_channel(channel: Channel) -> ColumnElement[bool]:
    """Return the condition that picks *channel*'s row."""
    return and_(
        channels.c.platform == channel.platform,
        channels.c.workspace == channel.workspace,
        channels.c.external_id == channel.id,
    )


def to_channel(row: Mapping[Any, Any]) -> Channel:
    """Return the channel of a row of its table."""
    return Channel(row["platform"], row["workspace"], row["external_id"], ChannelKind(row["kind"]), row["name"])


async def find_channel_id(connection: AsyncConnection, channel: Channel) -> int | None:
    """Return the number of *channel*, or None when it is not known."""
    return cast("int | None", await connection.scalar(select(channels.c.id).where(match_channel(channel))))


async def get_or_create_channel_id(connection: AsyncConnection, channel: Channel, now: datetime | None) -> int:
    """Return the number of *channel*, which becomes known if it was not."""
    known = await find_channel_id(connection, channel)
    return known if known is not None else (await get_or_create_channel_ids(connection, [channel], now))[channel.key]


async def get_or_create_channel_ids(
    connection: AsyncConnection, requested_channels: Collection[Channel], now: datetime | None
) -> dict[str, int]:
    """Return the numbers of channels by `Channel.key`; those that were not known become known."""
    ids_by_key = await _find_channel_ids(connection, requested_channels)
    missing_channels = {channel.key: channel for channel in requested_channels if channel.key not in ids_by_key}
    if missing_channels:
        rows = [_build_channel_row(channel, now) for channel in missing_channels.values()]
        await connection.execute(build_insert(connection, channels).on_conflict_do_nothing(), rows)
        ids_by_key |= await _find_channel_ids(connection, missing_channels.values())
    return ids_by_key


async def _find_channel_ids(connection: AsyncConnection, wanted: Collection[Channel]) -> dict[str, int]:
    identity = (channels.c.platform, channels.c.workspace, channels.c.external_id)
    found: dict[str, int] = {}
    for chunk in split_into_chunks(dict.fromkeys((c.platform, c.workspace, c.id) for c in wanted)):
        query = select(channels.c.id, *identity).where(tuple_(*identity).in_(chunk))
        found |= {":".join(row[1:]): row[0] for row in await connection.execute(query)}
    return found


def _build_channel_row(channel: Channel, now: datetime | None) -> dict[str, Any]:
    return {
        "platform": channel.platform,
        "workspace": channel.workspace,
        "external_id": channel.id,
        "kind": channel.kind.value,
        "name": channel.name,
        "preferences": encode_preferences(Preferences()),
        "since": now,
    }


async def find_paper_row_ids(connection: AsyncConnection, ids: Iterable[str]) -> dict[str, int]:
    """Return the numbers of the known ones of *ids*."""
    found: dict[str, int] = {}
    for chunk in split_into_chunks(dict.fromkeys(ids)):
        query = select(papers.c.external_id, papers.c.id).where(papers.c.external_id.in_(chunk))
        found |= {row[0]: row[1] for row in await connection.execute(query)}
    return found
