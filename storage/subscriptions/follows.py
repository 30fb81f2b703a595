"""Follows, topics and topic matches (tables follows, topics, topic_hits), and the alerts that are owed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.domain.channels import Channel
from bot.domain.follows import Follow
from bot.domain.people import Person
from storage.database import Database
from storage.sql import (
    build_insert,
    find_paper_row_ids,
    get_or_create_channel_id,
    match_channel,
    split_into_chunks,
    to_channel,
)
from storage.tables import channels, follows, hits, mutes, papers, postings, topics


@dataclass(frozen=True, slots=True)
class FollowStore:
    """`bot.ports.follows.Follows` on the database."""

    database: Database

    async def add(self, follow: Follow) -> bool:
        """Keep a follow; one that is known only changes whether it wants alerts."""
        async with self.database.begin_write() as connection:
            channel = await get_or_create_channel_id(connection, follow.channel, follow.followed_since)
            await connection.execute(
                build_insert(connection, topics).on_conflict_do_nothing(), [{"text": follow.topic}]
            )
            topic = await connection.scalar(select(topics.c.id).where(topics.c.text == follow.topic))
            row = {
                "channel_id": channel,
                "topic_id": topic,
                "person": follow.added_by.id,
                "person_name": follow.added_by.name,
                "since": follow.followed_since,
                "alerts": follow.alerts,
            }
            insert_result = await connection.execute(
                build_insert(connection, follows).values(row).on_conflict_do_nothing()
            )
            if not insert_result.rowcount:
                same = and_(follows.c.channel_id == channel, follows.c.topic_id == topic)
                await connection.execute(update(follows).where(same).values(alerts=follow.alerts))
            return bool(insert_result.rowcount)

    async def remove(self, channel: Channel, topic: str) -> Follow | None:
        """Forget a follow; a topic that nobody follows any more goes with its matches."""
        async with self.database.begin_write() as connection:
            query = _build_follow_query().where(match_channel(channel), topics.c.text == topic)
            row = (await connection.execute(query)).mappings().first()
            if row is None:
                return None
            await connection.execute(delete(follows).where(follows.c.id == row["follow_id"]))
            await delete_unfollowed_topics(connection, [row["topic_id"]])
            return _to_follow(row)

    async def list_for_channel(self, channel: Channel) -> Sequence[Follow]:
        """Return the follows of a channel, oldest first."""
        return await self._fetch_follows(_build_follow_query().where(match_channel(channel)))

    async def list_all(self, platform: str = "", workspace: str = "") -> Sequence[Follow]:
        """Return the follows of a workspace, or of all when none is named."""
        query = _build_follow_query().where(channels.c.platform == platform) if platform else _build_follow_query()
        return await self._fetch_follows(query.where(channels.c.workspace == workspace) if workspace else query)

    async def list_topics_by_channel(self, channels: Collection[int]) -> dict[int, Sequence[str]]:
        """Return the topics of channels by number."""
        found: dict[int, list[str]] = {}
        query = select(follows.c.channel_id, topics.c.text).join(topics, topics.c.id == follows.c.topic_id)
        async with self.database.begin_read() as connection:
            for chunk in split_into_chunks(channels):
                mine = query.where(follows.c.channel_id.in_(chunk)).order_by(follows.c.id)
                for channel, topic in await connection.execute(mine):
                    found.setdefault(channel, []).append(topic)
        return dict(found)

    async def count_by_topic(self) -> Mapping[str, int]:
        """Return every topic that is followed, with the number of its follows."""
        query = select(topics.c.text, func.count()).join(follows, follows.c.topic_id == topics.c.id)
        async with self.database.begin_read() as connection:
            rows = await connection.execute(query.group_by(topics.c.text).order_by(topics.c.text))
            return {row[0]: row[1] for row in rows}

    async def record_matches(self, matches: Collection[tuple[str, str]], now: datetime) -> int:
        """Record matches; topics that nobody follows and papers that are not stored are passed over."""
        if not matches:
            return 0
        async with self.database.begin_write() as connection:
            paper_row_ids = await find_paper_row_ids(connection, (paper for _, paper in matches))
            topic_ids = await _find_topic_ids(connection, (topic for topic, _ in matches))
            rows = [
                {"topic_id": topic_ids[topic], "paper_id": paper_row_ids[paper], "at": now}
                for topic, paper in sorted(matches)
                if topic in topic_ids and paper in paper_row_ids
            ]
            return await _insert_matches(connection, rows)

    async def list_unsent_alerts(self, since: datetime) -> Mapping[Channel, Sequence[tuple[str, Sequence[str]]]]:
        """Return what alerts are owed: by channel, papers with the topics that matched."""
        owed: dict[Channel, dict[str, list[str]]] = {}
        async with self.database.begin_read() as connection:
            for row in (await connection.execute(_build_unsent_query(since))).mappings():
                owed.setdefault(to_channel(row), {}).setdefault(row["paper"], []).append(row["topic"])
        return {channel: list(papers.items()) for channel, papers in owed.items()}

    async def _fetch_follows(self, query: Select[Any]) -> Sequence[Follow]:
        async with self.database.begin_read() as connection:
            return [_to_follow(row) for row in (await connection.execute(query)).mappings()]


async def delete_unfollowed_topics(connection: AsyncConnection, topic_ids: Collection[int]) -> None:
    """Delete those of *topic_ids*, topics by number, that nobody follows any more, and with them their matches."""
    followed = select(follows.c.id).where(follows.c.topic_id == topics.c.id)
    for chunk in split_into_chunks(topic_ids):
        await connection.execute(delete(topics).where(topics.c.id.in_(chunk), ~followed.exists()))


def _build_follow_query() -> Select[Any]:
    places = (channels.c.platform, channels.c.workspace, channels.c.external_id, channels.c.kind, channels.c.name)
    return (
        select(follows, follows.c.id.label("follow_id"), topics.c.text, *places)
        .join_from(follows, channels, channels.c.id == follows.c.channel_id)
        .join(topics, topics.c.id == follows.c.topic_id)
        .order_by(follows.c.since, follows.c.id)
    )


def _to_follow(row: Mapping[Any, Any]) -> Follow:
    by = Person(row["person"], row["person_name"])
    return Follow(to_channel(row), row["text"], by, row["since"], row["alerts"])


def _build_unsent_query(since: datetime) -> Select[Any]:
    """Return the query of `FollowStore.list_unsent_alerts`: one row for each channel, paper and topic."""
    places = (channels.c.platform, channels.c.workspace, channels.c.external_id, channels.c.kind, channels.c.name)
    claimed = select(postings.c.paper_id).where(
        postings.c.channel_id == channels.c.id, postings.c.paper_id == hits.c.paper_id
    )
    unwanted = select(mutes.c.id).where(
        mutes.c.channel_id == channels.c.id,
        ((mutes.c.kind == "paper") & (mutes.c.value == papers.c.external_id))
        | ((mutes.c.kind == "topic") & (mutes.c.value == topics.c.text)),
    )
    return (
        select(*places, papers.c.external_id.label("paper"), topics.c.text.label("topic"))
        .join_from(hits, follows, follows.c.topic_id == hits.c.topic_id)
        .join(channels, channels.c.id == follows.c.channel_id)
        .join(papers, papers.c.id == hits.c.paper_id)
        .join(topics, topics.c.id == hits.c.topic_id)
        .where(hits.c.at > since, hits.c.at > follows.c.since, follows.c.alerts)
        .where(channels.c.retired == "", ~channels.c.paused, ~claimed.exists(), ~unwanted.exists())
        .order_by(channels.c.id, hits.c.at, papers.c.id, topics.c.text)
    )


async def _find_topic_ids(connection: AsyncConnection, texts: Any) -> dict[str, int]:
    found: dict[str, int] = {}
    for chunk in split_into_chunks(dict.fromkeys(texts)):
        rows = await connection.execute(select(topics.c.text, topics.c.id).where(topics.c.text.in_(chunk)))
        found |= {row[0]: row[1] for row in rows}
    return found


async def _insert_matches(connection: AsyncConnection, rows: list[dict[str, Any]]) -> int:
    """Record matches; return how many were new."""
    if not rows:
        return 0
    statement = build_insert(connection, hits).on_conflict_do_nothing().returning(hits.c.paper_id)
    return len((await connection.execute(statement, rows)).all())
