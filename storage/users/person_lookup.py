"""Everybody whom the database names: direct channels, who followed, muted or changed something, managers."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.channels import DIRECT_MESSAGE_WORKSPACE, Channel, ChannelKind
from storage.tables import changes, channels, follows, mutes, workspaces

Name = tuple[str, str, str]
"""Platform, workspace, and a person's id there."""


async def list_people(connection: AsyncConnection) -> AbstractSet[Channel]:
    """Return the direct channel of each person, also as it is on platforms where it belongs to no workspace."""
    names = await _fetch_named(connection) | await _fetch_managers(connection)
    places = {(name[0], place, name[2]) for name in names for place in (name[1], DIRECT_MESSAGE_WORKSPACE)}
    return {Channel(*each, ChannelKind.DIRECT) for each in places}


async def _fetch_named(connection: AsyncConnection) -> set[Name]:
    """Return whom a direct channel belongs to, and whom a line in a channel names."""
    place = (channels.c.platform, channels.c.workspace)
    direct = select(*place, channels.c.external_id).where(channels.c.kind == ChannelKind.DIRECT.value)
    lines = [
        select(*place, table.c.person).join_from(table, channels, channels.c.id == table.c.channel_id).distinct()
        for table in (changes, follows, mutes)
    ]
    return {(row[0], row[1], row[2]) for query in (direct, *lines) for row in await connection.execute(query)}


async def _fetch_managers(connection: AsyncConnection) -> set[Name]:
    """Return the managers, each in every workspace of the organization: they may be at home in another."""
    columns = (workspaces.c.platform, workspaces.c.external_id, workspaces.c.organization, workspaces.c.managers)
    rows = (await connection.execute(select(*columns))).all()
    return {
        (row.platform, home.external_id, manager)
        for row in rows
        if row.managers
        for home in rows
        if home.platform == row.platform
        and (home is row or (row.organization and home.organization == row.organization))
        for manager in row.managers
    }
