"""What is stored about a person, and how it goes."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Table, and_, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.models import EVERYWHERE, Channel, DeliveryState, Preferences
from storage.database import Database
from storage.follows import forsake
from storage.keys import channel_key, those
from storage.preferences import dump
from storage.tables import (
    changes,
    channels,
    deliveries,
    follows,
    mutes,
    papers,
    posts,
    saves,
    seen,
    topics,
    workspaces,
)

_UNSENT: Final = deliveries.c.state.not_in((DeliveryState.SENT.value, DeliveryState.DEAD.value))


@dataclass(frozen=True, slots=True)
class PrivacyStore:
    """`bot.ports.people.Privacy` on the database."""

    database: Database

    async def about(self, person: Channel) -> dict[str, Any]:
        """Return everything stored about the person whose direct channel this is, as JSON data."""
        async with self.database.read() as connection:
            told: dict[str, Any] = {
                "platform": person.platform,
                "workspace": person.workspace,
                "person": person.id,
                "manager": bool(await _managed(connection, person)),
                "direct channel": await _rows(connection, _direct(person)),
            }
            for name, query in _queries(person).items():
                told[name] = await _rows(connection, query)
        return told

    async def forget(self, person: Channel) -> dict[str, int]:
        """Delete what is a person's own; put a pseudonym where others need the line."""
        pseudonym = f"former-{secrets.token_hex(3)}"
        async with self.database.write() as connection:
            own = await channel_key(connection, person)
            counts = await _erase(connection, own) | await _disown(connection, person, pseudonym)
            await _resign(connection, person)
            await connection.execute(update(channels).where(channels.c.id == own).values(_stranger(pseudonym)))
            return counts


def _stranger(pseudonym: str) -> dict[str, Any]:
    """Return the values of a direct channel that nobody can be recognised by."""
    return {
        "external_id": pseudonym,
        "name": "",
        "preferences": dump(Preferences()),
        "enabled": False,
        "next_run": None,
        "due": None,
        "retired": "forgotten",
    }


def _queries(person: Channel) -> dict[str, Select[Any]]:
    """Return, by name, the queries of what hangs on a person."""
    own = those(person)
    followed = (
        select(topics.c.text.label("topic"), follows.c.since, follows.c.alerts)
        .join_from(follows, topics, topics.c.id == follows.c.topic_id)
        .join(channels, channels.c.id == follows.c.channel_id)
    )
    shown = (
        select(papers.c.external_id.label("paper"), seen.c.at)
        .join_from(seen, papers, papers.c.id == seen.c.paper_id)
        .join(channels, channels.c.id == seen.c.channel_id)
    )
    where = channels.c.name.label("channel")
    sent = select(deliveries.c.kind, deliveries.c.subject, deliveries.c.state, deliveries.c.created, deliveries.c.card)
    return {
        "follows": followed.where(own),
        "follows added to channels": followed.add_columns(where).where(*_elsewhere(person, follows)),
        "saves": _of(saves, select(saves.c.paper, saves.c.at)).where(own),
        "seen": shown.where(own),
        "mutes": _of(mutes, select(mutes.c.kind, mutes.c.value, mutes.c.at)).where(own),
        "mutes added to channels": _of(mutes, select(mutes.c.kind, mutes.c.value, mutes.c.at, where)).where(
            *_elsewhere(person, mutes)
        ),
        "messages": _of(deliveries, sent).where(own),
        "posts": _of(posts, select(posts.c.kind, posts.c.subject, posts.c.at, posts.c.card)).where(own),
        "changes": _of(changes, select(changes.c.at, changes.c.kind, changes.c.summary, where)).where(
            _around(person), changes.c.person == person.id
        ),
    }


def _of(table: Table, query: Select[Any]) -> Select[Any]:
    return query.join_from(table, channels, channels.c.id == table.c.channel_id)


def _elsewhere(person: Channel, table: Table) -> tuple[Any, ...]:
    """Return the conditions for a person's rows in the channels of their workspace that are not theirs alone."""
    return (_around(person), channels.c.external_id != person.id, table.c.person == person.id)


def _around(person: Channel) -> ColumnElement[bool]:
    """Return the condition of the channels in which a person can have left something."""
    platform = channels.c.platform == person.platform
    return platform if person.workspace == EVERYWHERE else and_(platform, channels.c.workspace == person.workspace)


def _direct(person: Channel) -> Select[Any]:
    columns = ("name", "kind", "preferences", "next_run", "retired", "since")
    return select(*(channels.c[name] for name in columns)).where(those(person))


async def _rows(connection: AsyncConnection, query: Select[Any]) -> list[dict[str, Any]]:
    rows = (await connection.execute(query)).mappings()
    return [{name: _plain(value) for name, value in row.items()} for row in rows]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value


async def _managed(connection: AsyncConnection, person: Channel) -> dict[int, list[str]]:
    """Return the managers of the workspaces that list the person as one: their own, and others of its organization."""
    platform = workspaces.c.platform == person.platform
    home = platform if person.workspace == EVERYWHERE else and_(platform, workspaces.c.external_id == person.workspace)
    organization = select(workspaces.c.organization).where(home, workspaces.c.organization != "").scalar_subquery()
    beside = and_(workspaces.c.platform == person.platform, workspaces.c.organization == organization)
    rows = await connection.execute(select(workspaces.c.id, workspaces.c.managers).where(or_(home, beside)))
    return {row.id: row.managers for row in rows if person.id in row.managers}


async def _resign(connection: AsyncConnection, person: Channel) -> None:
    """Take the person off those lists, even as the last one: whom the platform lets manage still may."""
    for key, managers in (await _managed(connection, person)).items():
        rest = [manager for manager in managers if manager != person.id]
        await connection.execute(update(workspaces).where(workspaces.c.id == key).values(managers=rest))


async def _disown(connection: AsyncConnection, person: Channel, pseudonym: str) -> dict[str, int]:
    """Put *pseudonym* in place of the person wherever a line of others names them."""
    here = select(channels.c.id).where(_around(person))
    counts = {}
    for name, table in (("changes", changes), ("added", follows), ("muted", mutes)):
        mine = and_(table.c.person == person.id, table.c.channel_id.in_(here))
        renamed = update(table).where(mine).values(person=pseudonym, person_name="")
        counts[name] = (await connection.execute(renamed)).rowcount
    return counts


async def _erase(connection: AsyncConnection, own: int | None) -> dict[str, int]:
    """Delete what hangs on a person's direct channel."""
    followed = list(await connection.scalars(select(follows.c.topic_id).where(follows.c.channel_id == own)))
    doomed = {
        "follows": (follows, follows.c.channel_id == own),
        "saves": (saves, saves.c.channel_id == own),
        "seen": (seen, seen.c.channel_id == own),
        "mutes": (mutes, mutes.c.channel_id == own),
        "messages": (deliveries, and_(deliveries.c.channel_id == own, _UNSENT)),
        "posts": (posts, posts.c.channel_id == own),
    }
    counts = {}
    for name, (table, which) in doomed.items():
        counts[name] = (await connection.execute(delete(table).where(which))).rowcount
    await forsake(connection, followed)
    return counts
