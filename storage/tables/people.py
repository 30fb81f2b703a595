"""What people want and did: topics, follows, mutes, reading lists, the audit trail."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Index, Text, UniqueConstraint
from sqlmodel import Field

from storage.tables.rows import Row, data, flag, key, text, to


class TopicRow(Row, table=True):
    """A topic's canonical text; equal topics of different channels are one row."""

    __tablename__ = "topics"
    id: int | None = key()
    text: str = Field(unique=True)


class FollowRow(Row, table=True):
    """A channel follows a topic."""

    __tablename__ = "follows"
    __table_args__ = (UniqueConstraint("channel_id", "topic_id"),)
    id: int | None = key()
    channel_id: int = to("channels.id")
    topic_id: int = Field(foreign_key="topics.id", index=True)
    person: str
    person_name: str = text()
    since: datetime
    alerts: bool = flag()


class HitRow(Row, table=True):
    """A paper that matched a topic."""

    __tablename__ = "topic_hits"
    __table_args__ = (Index("ix_topic_hits_at", "at"), {"sqlite_with_rowid": False})
    topic_id: int = to("topics.id", primary_key=True, cascade=True)
    paper_id: int = to("papers.id", primary_key=True, cascade=True)
    at: datetime


class MuteRow(Row, table=True):
    """A topic or a paper that a channel does not want."""

    __tablename__ = "mutes"
    __table_args__ = (UniqueConstraint("channel_id", "kind", "value"),)
    id: int | None = key()
    channel_id: int = to("channels.id")
    kind: str
    value: str
    person: str
    person_name: str = text()
    at: datetime


class SaveRow(Row, table=True):
    """A paper on a person's reading list."""

    __tablename__ = "saves"
    __table_args__ = (UniqueConstraint("channel_id", "paper"),)
    id: int | None = key()
    channel_id: int = to("channels.id")
    paper: str
    at: datetime


class SeenRow(Row, table=True):
    """A paper that a person was shown."""

    __tablename__ = "seen"
    __table_args__ = ({"sqlite_with_rowid": False},)
    channel_id: int = to("channels.id", primary_key=True)
    paper_id: int = to("papers.id", primary_key=True, cascade=True)
    at: datetime


class ChangeRow(Row, table=True):
    """One line of the audit trail; ``before`` and ``after`` are what `undo` puts back."""

    __tablename__ = "changes"
    __table_args__ = (Index("ix_changes_channel_id_at", "channel_id", "at"), Index("ix_changes_at", "at"))
    id: int | None = key()
    channel_id: int = to("channels.id")
    person: str
    person_name: str = text()
    at: datetime
    kind: str
    summary: str = Field(sa_type=Text)
    before: dict[str, Any] = data()
    after: dict[str, Any] = data()
    undone: bool = flag()


topics: Final = TopicRow.__table__
follows: Final = FollowRow.__table__
hits: Final = HitRow.__table__
mutes: Final = MuteRow.__table__
saves: Final = SaveRow.__table__
seen: Final = SeenRow.__table__
changes: Final = ChangeRow.__table__
