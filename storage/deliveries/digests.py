"""Digests: one record per channel and local date, with the feed dates covered (tables digests, coverage)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Text, and_, bindparam, cast, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.channels import Channel
from bot.domain.deliveries import DeliveryState
from bot.ports.channels import ChannelState
from bot.ports.deliveries import POSTED_STATES, DigestRecord, PaperMessage, PastDigest
from bot.reasons.reason import Reason, decode_reason, encode_reason
from storage.database import Database
from storage.deliveries.records import DraftBatch, fetch_claimed_papers
from storage.sql import build_insert, get_or_create_channel_ids, match_channel, split_into_chunks
from storage.tables import channels, coverage, deliveries, digests, papers, postings


@dataclass(frozen=True, slots=True)
class DigestStore:
    """`bot.ports.deliveries.Digests` on the database."""

    database: Database

    async def list_coverage(self, channels: Collection[int], since: date) -> dict[int, dict[date, Reason | None]]:
        """Return the feed dates that each channel has covered or skipped."""
        found: dict[int, dict[date, Reason | None]] = {}
        async with self.database.begin_read() as connection:
            for chunk in split_into_chunks(channels):
                mine = coverage.c.channel_id.in_(chunk)
                for row in await connection.execute(select(coverage).where(mine, coverage.c.feed_date >= since)):
                    found.setdefault(row.channel_id, {})[row.feed_date] = decode_reason(row.reason)
        return found

    async def find_claimed_papers(self, channels: Collection[int], papers: Collection[str]) -> set[tuple[int, str]]:
        """Return which papers were claimed for which channels."""
        async with self.database.begin_read() as connection:
            return await fetch_claimed_papers(connection, channels, papers)

    async def commit_digests(self, records: Sequence[DigestRecord], now: datetime) -> Sequence[DigestRecord]:
        """Record digests with all that hangs on them; only those of a new channel and date get their messages."""
        if not records:
            return []
        async with self.database.begin_write() as connection:
            records = await _drop_claimed_digests(connection, records)
            new = await _insert_new_digests(connection, records, now)
            await _insert_coverage(connection, new)
            drafts = [draft for edition in new for draft in edition.drafts]
            if drafts:
                await DraftBatch(connection, await _find_channel_ids(connection, new, now), now).insert_drafts(drafts)
            await _update_next_runs(connection, records)
        return new

    async def postpone_digests(self, waits: Sequence[tuple[ChannelState, datetime, datetime]]) -> None:
        """Let channels wait."""
        if not waits:
            return
        rows = [{"key": s.channel_id, "seen": s.next_run, "post": due, "again": again} for s, due, again in waits]
        statement = update(channels).where(channels.c.id == bindparam("key"), _match_unchanged_run())
        async with self.database.begin_write() as connection:
            await connection.execute(statement.values(due=bindparam("post"), next_run=bindparam("again")), rows)

    async def list_past_digests(self, channel: Channel, limit: int = 10) -> Sequence[PastDigest]:
        """Return the latest digests of a channel, newest first."""
        first = and_(
            deliveries.c.channel_id == digests.c.channel_id,
            deliveries.c.kind == "digest",
            deliveries.c.subject == cast(digests.c.day, Text),
            deliveries.c.part == 0,
            deliveries.c.operation == "post",
        )
        query = (
            select(digests, deliveries.c.reason.label("trouble"))
            .join(channels, channels.c.id == digests.c.channel_id)
            .outerjoin(deliveries, and_(first, digests.c.state == "planned"))
            .where(match_channel(channel))
        )
        async with self.database.begin_read() as connection:
            rows = await connection.execute(query.order_by(digests.c.day.desc()).limit(limit))
            return [
                PastDigest(row.day, row.state, decode_reason(row.reason or row.trouble or ""), row.at) for row in rows
            ]

    async def list_recent_papers(self, channel: Channel, limit: int) -> Sequence[str]:
        """Return the papers that were last claimed for a channel."""
        query = (
            select(papers.c.external_id)
            .join(postings, postings.c.paper_id == papers.c.id)
            .join(channels, channels.c.id == postings.c.channel_id)
            .where(match_channel(channel))
        )
        async with self.database.begin_read() as connection:
            rows = await connection.execute(query.order_by(postings.c.delivery_id.desc()).limit(limit))
            return [row.external_id for row in rows]

    async def list_messages_of_paper(self, channel: Channel, paper: str) -> Sequence[PaperMessage]:
        """Return the messages that claimed a paper for a channel."""
        query = (
            select(deliveries.c.kind, deliveries.c.subject, deliveries.c.created, deliveries.c.sent, deliveries.c.state)
            .join(postings, postings.c.delivery_id == deliveries.c.id)
            .join(channels, channels.c.id == postings.c.channel_id)
            .join(papers, papers.c.id == postings.c.paper_id)
            .where(match_channel(channel), papers.c.external_id == paper)
        )
        async with self.database.begin_read() as connection:
            rows = await connection.execute(query.order_by(deliveries.c.id))
            return [
                PaperMessage(row.kind, row.subject, row.sent or row.created, row.state == DeliveryState.SENT)
                for row in rows
            ]


async def _drop_claimed_digests(connection: AsyncConnection, records: Sequence[DigestRecord]) -> Sequence[DigestRecord]:
    """Leave out the digests of whose papers an alert claimed one since they were planned; their turn comes again.

    A channel that allows repeats may have had any of them.
    """
    claims = {
        (edition.channel_state.channel_id, paper)
        for edition in records
        if not edition.channel_state.preferences.repeats
        for draft in edition.drafts
        for paper in draft.papers
    }
    if not claims:
        return records
    taken_claims = claims & await fetch_claimed_papers(
        connection, {key for key, _ in claims}, {paper for _, paper in claims}
    )
    late = {key for key, _ in taken_claims}
    return [edition for edition in records if edition.channel_state.channel_id not in late]


async def _insert_new_digests(
    connection: AsyncConnection, records: Sequence[DigestRecord], now: datetime
) -> list[DigestRecord]:
    """Write the digests down; return the first of each channel and date that was not there, or was no post so far."""
    if not records:
        return []
    unique = {(edition.channel_state.channel_id, edition.day): edition for edition in reversed(records)}
    rows = [
        {
            "channel_id": key,
            "day": day,
            "state": edition.state,
            "reason": encode_reason(edition.reason),
            "at": now,
            "due": edition.due,
        }
        for (key, day), edition in reversed(unique.items())
    ]
    written = build_insert(connection, digests)
    statement = written.on_conflict_do_update(
        index_elements=[digests.c.channel_id, digests.c.day],
        set_={name: written.excluded[name] for name in ("state", "reason", "at", "due")},
        # One by one: a list would have to be written out, which many rows at once do not allow.
        where=and_(
            *(digests.c.state != state for state in ("planned", *POSTED_STATES)), written.excluded.state == "planned"
        ),
    ).returning(digests.c.channel_id, digests.c.day)
    new = {(row[0], row[1]) for row in await connection.execute(statement, rows)}
    return [edition for key, edition in reversed(unique.items()) if key in new]


async def _insert_coverage(connection: AsyncConnection, records: Sequence[DigestRecord]) -> None:
    rows = [
        {
            "channel_id": edition.channel_state.channel_id,
            "feed_date": day,
            "reason": encode_reason(reason),
            "day": edition.day,
        }
        for edition in records
        for day, reason in edition.coverage.items()
    ]
    if rows:
        await connection.execute(build_insert(connection, coverage).on_conflict_do_nothing(), rows)


async def _find_channel_ids(
    connection: AsyncConnection, records: Sequence[DigestRecord], now: datetime
) -> Mapping[str, int]:
    """Return the numbers of the channels that messages go to; nearly always the digests' own."""
    known = {edition.channel_state.channel.key: edition.channel_state.channel_id for edition in records}
    keys = [key for edition in records for draft in edition.drafts for key in (draft.key, draft.parent) if key]
    others = {key.channel.key: key.channel for key in keys if key.channel.key not in known}
    return known | (await get_or_create_channel_ids(connection, others.values(), now) if others else {})


async def _update_next_runs(connection: AsyncConnection, records: Sequence[DigestRecord]) -> None:
    """Set the next runs, except where somebody changed the channel since its state was read."""
    if not records:
        return
    rows = [
        {"key": edition.channel_state.channel_id, "seen": edition.channel_state.next_run, "next": edition.next_run}
        for edition in records
    ]
    statement = update(channels).where(channels.c.id == bindparam("key"), _match_unchanged_run())
    await connection.execute(statement.values(next_run=bindparam("next"), due=bindparam("next")), rows)


def _match_unchanged_run() -> ColumnElement[bool]:
    """Return the condition that nobody changed a channel since its state was read."""
    return channels.c.next_run.is_not_distinct_from(bindparam("seen", type_=channels.c.next_run.type))
