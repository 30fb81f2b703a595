"""Digests: one for each channel and local date, with the feed dates that each covered."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.models import Channel
from bot.ports.ledger import Edition, PastEdition
from bot.ports.places import Standing
from storage.claims import claimed
from storage.database import Database
from storage.drafts import Record
from storage.keys import chunks, enter_all, insert, those
from storage.tables import channels, coverage, deliveries, digests, papers, postings


@dataclass(frozen=True, slots=True)
class EditionStore:
    """`bot.ports.ledger.Editions` on the database."""

    database: Database

    async def covered(self, channels: Collection[int], since: date) -> dict[int, dict[date, str]]:
        """Return the feed dates that each channel has covered or skipped."""
        found: dict[int, dict[date, str]] = {}
        async with self.database.read() as connection:
            for chunk in chunks(channels):
                mine = coverage.c.channel_id.in_(chunk)
                for row in await connection.execute(select(coverage).where(mine, coverage.c.feed_date >= since)):
                    found.setdefault(row.channel_id, {})[row.feed_date] = row.reason
        return found

    async def posted(self, channels: Collection[int], papers: Collection[str]) -> set[tuple[int, str]]:
        """Return which papers were claimed for which channels."""
        async with self.database.read() as connection:
            return await claimed(connection, channels, papers)

    async def commit(self, editions: Sequence[Edition], now: datetime) -> Sequence[Edition]:
        """Record editions with all that hangs on them; only those of a new channel and date get their messages."""
        if not editions:
            return []
        async with self.database.write() as connection:
            editions = await _unclaimed(connection, editions)
            new = await _fresh(connection, editions, now)
            await _cover(connection, new)
            drafts = [draft for edition in new for draft in edition.drafts]
            if drafts:
                await Record(connection, await _places(connection, new, now), now).write(drafts)
            await _advance(connection, editions)
        return new

    async def hold(self, waits: Sequence[tuple[Standing, datetime, datetime]]) -> None:
        """Let channels wait."""
        if not waits:
            return
        rows = [{"key": s.key, "seen": s.next_run, "post": due, "again": again} for s, due, again in waits]
        statement = update(channels).where(channels.c.id == bindparam("key"), _as_seen())
        async with self.database.write() as connection:
            await connection.execute(statement.values(due=bindparam("post"), next_run=bindparam("again")), rows)

    async def history(self, channel: Channel, limit: int = 10) -> Sequence[PastEdition]:
        """Return the latest editions of a channel, newest first."""
        query = select(digests).join(channels, channels.c.id == digests.c.channel_id).where(those(channel))
        async with self.database.read() as connection:
            rows = await connection.execute(query.order_by(digests.c.day.desc()).limit(limit))
            return [PastEdition(row.day, row.state, row.reason, row.at) for row in rows]

    async def lately(self, channel: Channel, limit: int) -> Sequence[str]:
        """Return the papers that were last claimed for a channel."""
        query = (
            select(papers.c.external_id)
            .join(postings, postings.c.paper_id == papers.c.id)
            .join(channels, channels.c.id == postings.c.channel_id)
            .where(those(channel))
        )
        async with self.database.read() as connection:
            rows = await connection.execute(query.order_by(postings.c.delivery_id.desc()).limit(limit))
            return [row.external_id for row in rows]

    async def of_paper(self, channel: Channel, paper: str) -> Sequence[tuple[str, str, datetime]]:
        """Return the messages that claimed a paper for a channel."""
        query = (
            select(deliveries.c.kind, deliveries.c.subject, deliveries.c.created, deliveries.c.sent)
            .join(postings, postings.c.delivery_id == deliveries.c.id)
            .join(channels, channels.c.id == postings.c.channel_id)
            .join(papers, papers.c.id == postings.c.paper_id)
            .where(those(channel), papers.c.external_id == paper)
        )
        async with self.database.read() as connection:
            rows = await connection.execute(query.order_by(deliveries.c.id))
            return [(row.kind, row.subject, row.sent or row.created) for row in rows]


async def _unclaimed(connection: AsyncConnection, editions: Sequence[Edition]) -> Sequence[Edition]:
    """Leave out the editions of whose papers an alert claimed one since they were planned; their turn comes again.

    A channel that allows repeats may have had any of them.
    """
    wanted = {
        (edition.standing.key, paper)
        for edition in editions
        if not edition.standing.preferences.repeats
        for draft in edition.drafts
        for paper in draft.papers
    }
    if not wanted:
        return editions
    taken = wanted & await claimed(connection, {key for key, _ in wanted}, {paper for _, paper in wanted})
    late = {key for key, _ in taken}
    return [edition for edition in editions if edition.standing.key not in late]


async def _fresh(connection: AsyncConnection, editions: Sequence[Edition], now: datetime) -> list[Edition]:
    """Write the editions down; return the first of each channel and date that was not there, or was no post so far."""
    if not editions:
        return []
    unique = {(edition.standing.key, edition.day): edition for edition in reversed(editions)}
    rows = [
        {"channel_id": key, "day": day, "state": edition.state, "reason": edition.reason, "at": now}
        for (key, day), edition in reversed(unique.items())
    ]
    written = insert(connection, digests)
    statement = written.on_conflict_do_update(
        index_elements=[digests.c.channel_id, digests.c.day],
        set_={"state": written.excluded.state, "reason": written.excluded.reason, "at": written.excluded.at},
        where=and_(digests.c.state != "posted", written.excluded.state == "posted"),
    ).returning(digests.c.channel_id, digests.c.day)
    new = {(row[0], row[1]) for row in await connection.execute(statement, rows)}
    return [edition for key, edition in reversed(unique.items()) if key in new]


async def _cover(connection: AsyncConnection, editions: Sequence[Edition]) -> None:
    rows = [
        {"channel_id": edition.standing.key, "feed_date": day, "reason": reason}
        for edition in editions
        for day, reason in edition.covered.items()
    ]
    if rows:
        await connection.execute(insert(connection, coverage).on_conflict_do_nothing(), rows)


async def _places(connection: AsyncConnection, editions: Sequence[Edition], now: datetime) -> Mapping[str, int]:
    """Return the numbers of the channels that messages go to; nearly always the editions' own."""
    known = {edition.standing.channel.key: edition.standing.key for edition in editions}
    keys = [key for edition in editions for draft in edition.drafts for key in (draft.key, draft.parent) if key]
    others = {key.channel.key: key.channel for key in keys if key.channel.key not in known}
    return known | (await enter_all(connection, others.values(), now) if others else {})


async def _advance(connection: AsyncConnection, editions: Sequence[Edition]) -> None:
    """Set the next runs, except where somebody changed the channel since its standing was read."""
    if not editions:
        return
    rows = [
        {"key": edition.standing.key, "seen": edition.standing.next_run, "next": edition.next_run}
        for edition in editions
    ]
    statement = update(channels).where(channels.c.id == bindparam("key"), _as_seen())
    await connection.execute(statement.values(next_run=bindparam("next"), due=bindparam("next")), rows)


def _as_seen() -> ColumnElement[bool]:
    """Return the condition that nobody changed a channel since its standing was read."""
    return channels.c.next_run.is_not_distinct_from(bindparam("seen", type_=channels.c.next_run.type))
