"""Personal data: export of everything stored about a person, erasure, and pseudonyms in shared rows."""

from __future__ import annotations

import asyncio
import logging
import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Table, and_, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.channels import DIRECT_MESSAGE_WORKSPACE, Channel
from bot.domain.deliveries import DeliveryState
from bot.domain.preferences import Preferences
from bot.reasons.reason import Reason, decode_reason, encode_reason
from storage.database import Database
from storage.preferences_json import encode_preferences
from storage.sql import build_insert, find_channel_id, match_channel
from storage.subscriptions.follows import delete_unfollowed_topics
from storage.tables import (
    changes,
    channels,
    deliveries,
    follows,
    marks,
    mutes,
    papers,
    posts,
    saves,
    seen,
    topics,
    workspaces,
)
from storage.users.erasures import ErasureList
from storage.users.person_lookup import list_people

log = logging.getLogger(__name__)

ERASURE_MARK: Final = "erasures"

_REASON_COLUMNS: Final = frozenset({"retired", "summary"})
_UNSENT_CONDITION: Final = deliveries.c.state.not_in((DeliveryState.SENT.value, DeliveryState.DEAD.value))


@dataclass(frozen=True, slots=True)
class PrivacyStore:
    """`bot.ports.privacy.Privacy` on the database."""

    database: Database
    erasures: ErasureList

    async def export_data(self, person: Channel) -> dict[str, Any]:
        """Return everything stored about the person whose direct channel this is, as JSON data."""
        async with self.database.begin_read() as connection:
            export: dict[str, Any] = {
                "platform": person.platform,
                "workspace": person.workspace,
                "person": person.id,
                "manager": bool(await _fetch_managed_workspaces(connection, person)),
                "direct channel": await _fetch_rows(connection, _build_direct_channel_query(person)),
            }
            for name, query in _build_export_queries(person).items():
                export[name] = await _fetch_rows(connection, query)
        return export

    async def erase_data(self, person: Channel, now: datetime) -> dict[str, int]:
        """Delete what is a person's own; put a pseudonym where others need the line.

        A line in the list of erasures is written before the transaction ends: without it nothing is erased, so that
        nobody is told of an erasure that a backup could undo.
        """
        async with self.database.begin_write() as connection:
            counts = await _erase_person(connection, person)
            listed = await asyncio.to_thread(self.erasures.list_erasures)
            number = 1 + max([await _fetch_erasure_number(connection), *(each.number for each in listed)])
            await _store_erasure_number(connection, number)
            await asyncio.to_thread(self.erasures.append, number, now.date(), person)
            return counts

    async def apply_erasures(self) -> int:
        """Erase again who was erased after this database was backed up; return how many people were in it."""
        listed = await asyncio.to_thread(self.erasures.list_erasures)
        async with self.database.begin_write() as connection:
            applied_number = await _fetch_erasure_number(connection)
            unknown = {each.hash for each in listed if each.number > applied_number}
            if not unknown:
                return 0
            if not self.erasures.has_key():
                log.warning("The key of the erasures is gone; who asked to be forgotten can't be recognised")
            people = await list_people(connection)
            forgotten = [person for person in people if self.erasures.hash_person(person) in unknown]
            for person in forgotten:
                await _erase_person(connection, person)
            await _store_erasure_number(connection, max(each.number for each in listed))
        return len(forgotten)


async def _erase_person(connection: AsyncConnection, person: Channel) -> dict[str, int]:
    pseudonym = f"former-{secrets.token_hex(3)}"
    own = await find_channel_id(connection, person)
    counts = await _delete_own_rows(connection, own) | await _pseudonymize_rows(connection, person, pseudonym)
    await _remove_manager(connection, person)
    await connection.execute(
        update(channels).where(channels.c.id == own).values(_build_erased_channel_values(pseudonym))
    )
    return counts


async def _fetch_erasure_number(connection: AsyncConnection) -> int:
    """Return the number of the last erasure that this database knows of."""
    return int(await connection.scalar(select(marks.c.value).where(marks.c.name == ERASURE_MARK)) or 0)


async def _store_erasure_number(connection: AsyncConnection, number: int) -> None:
    statement = build_insert(connection, marks).values(name=ERASURE_MARK, value=str(number))
    fresh = {"value": str(number)}
    await connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=fresh))


def _build_erased_channel_values(pseudonym: str) -> dict[str, Any]:
    """Return the values of a direct channel that nobody can be recognised by."""
    return {
        "external_id": pseudonym,
        "name": "",
        "preferences": encode_preferences(Preferences()),
        "enabled": False,
        "next_run": None,
        "due": None,
        "retired": encode_reason(Reason("person.forgotten")),
    }


def _build_export_queries(person: Channel) -> dict[str, Select[Any]]:
    """Return, by name, the queries of what hangs on a person."""
    own = match_channel(person)
    followed = (
        select(topics.c.text.label("topic"), follows.c.since, follows.c.alerts)
        .join_from(follows, topics, topics.c.id == follows.c.topic_id)
        .join(channels, channels.c.id == follows.c.channel_id)
    )
    seen_papers = (
        select(papers.c.external_id.label("paper"), seen.c.at)
        .join_from(seen, papers, papers.c.id == seen.c.paper_id)
        .join(channels, channels.c.id == seen.c.channel_id)
    )
    where = channels.c.name.label("channel")
    sent = select(deliveries.c.kind, deliveries.c.subject, deliveries.c.state, deliveries.c.created, deliveries.c.card)
    return {
        "follows": followed.where(own),
        "follows added to channels": followed.add_columns(where).where(*_match_rows_in_channels(person, follows)),
        "saves": _join_channels(saves, select(saves.c.paper, saves.c.at)).where(own),
        "seen": seen_papers.where(own),
        "mutes": _join_channels(mutes, select(mutes.c.kind, mutes.c.value, mutes.c.at)).where(own),
        "mutes added to channels": _join_channels(mutes, select(mutes.c.kind, mutes.c.value, mutes.c.at, where)).where(
            *_match_rows_in_channels(person, mutes)
        ),
        "messages": _join_channels(deliveries, sent).where(own),
        "posts": _join_channels(posts, select(posts.c.kind, posts.c.subject, posts.c.at, posts.c.card)).where(own),
        "changes": _join_channels(changes, select(changes.c.at, changes.c.kind, changes.c.summary, where)).where(
            _match_reachable_channels(person), changes.c.person == person.id
        ),
    }


def _join_channels(table: Table, query: Select[Any]) -> Select[Any]:
    return query.join_from(table, channels, channels.c.id == table.c.channel_id)


def _match_rows_in_channels(person: Channel, table: Table) -> tuple[Any, ...]:
    """Return the conditions for a person's rows in the channels of their workspace that are not theirs alone."""
    return (_match_reachable_channels(person), channels.c.external_id != person.id, table.c.person == person.id)


def _match_reachable_channels(person: Channel) -> ColumnElement[bool]:
    """Return the condition of the channels in which a person can have left something."""
    platform = channels.c.platform == person.platform
    return (
        platform
        if person.workspace == DIRECT_MESSAGE_WORKSPACE
        else and_(platform, channels.c.workspace == person.workspace)
    )


def _build_direct_channel_query(person: Channel) -> Select[Any]:
    columns = ("name", "kind", "preferences", "next_run", "retired", "since")
    return select(*(channels.c[name] for name in columns)).where(match_channel(person))


async def _fetch_rows(connection: AsyncConnection, query: Select[Any]) -> list[dict[str, Any]]:
    rows = (await connection.execute(query)).mappings()
    return [{name: _to_json_value(name, value) for name, value in row.items()} for row in rows]


def _to_json_value(column: str, value: Any) -> Any:
    """Return what a column holds as people read it: a reason is its sentence."""
    if column in _REASON_COLUMNS:
        return str(decode_reason(value) or "")
    return value.isoformat() if isinstance(value, date | datetime) else value


async def _fetch_managed_workspaces(connection: AsyncConnection, person: Channel) -> dict[int, list[str]]:
    """Return the managers of the workspaces that list the person as one: their own, and others of its organization."""
    platform = workspaces.c.platform == person.platform
    home = (
        platform
        if person.workspace == DIRECT_MESSAGE_WORKSPACE
        else and_(platform, workspaces.c.external_id == person.workspace)
    )
    organization = select(workspaces.c.organization).where(home, workspaces.c.organization != "").scalar_subquery()
    beside = and_(workspaces.c.platform == person.platform, workspaces.c.organization == organization)
    rows = await connection.execute(select(workspaces.c.id, workspaces.c.managers).where(or_(home, beside)))
    return {row.id: row.managers for row in rows if person.id in row.managers}


async def _remove_manager(connection: AsyncConnection, person: Channel) -> None:
    """Take the person off those lists, even as the last one: whom the platform lets manage still may."""
    for key, managers in (await _fetch_managed_workspaces(connection, person)).items():
        rest = [manager for manager in managers if manager != person.id]
        await connection.execute(update(workspaces).where(workspaces.c.id == key).values(managers=rest))


async def _pseudonymize_rows(connection: AsyncConnection, person: Channel, pseudonym: str) -> dict[str, int]:
    """Put *pseudonym* in place of the person wherever a line of others names them."""
    here = select(channels.c.id).where(_match_reachable_channels(person))
    counts = {}
    for name, table in (("changes", changes), ("added", follows), ("muted", mutes)):
        mine = and_(table.c.person == person.id, table.c.channel_id.in_(here))
        renamed = update(table).where(mine).values(person=pseudonym, person_name="")
        counts[name] = (await connection.execute(renamed)).rowcount
    return counts


async def _delete_own_rows(connection: AsyncConnection, channel_id: int | None) -> dict[str, int]:
    """Delete what hangs on a person's direct channel."""
    followed = list(await connection.scalars(select(follows.c.topic_id).where(follows.c.channel_id == channel_id)))
    doomed = {
        "follows": (follows, follows.c.channel_id == channel_id),
        "saves": (saves, saves.c.channel_id == channel_id),
        "seen": (seen, seen.c.channel_id == channel_id),
        "mutes": (mutes, mutes.c.channel_id == channel_id),
        "messages": (deliveries, and_(deliveries.c.channel_id == channel_id, _UNSENT_CONDITION)),
        "posts": (posts, posts.c.channel_id == channel_id),
    }
    counts = {}
    for name, (table, which) in doomed.items():
        counts[name] = (await connection.execute(delete(table).where(which))).rowcount
    await delete_unfollowed_topics(connection, followed)
    return counts
