"""Tables of users: topics, follows, topic matches, mutes, saved and seen papers, the audit trail."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Index, Text, UniqueConstraint
from sqlmodel import Field

from storage.tables.columns import (
    TableRow,
    define_flag_column,
    define_foreign_key,
    define_json_column,
    define_primary_key,
    define_text_column,
)


class TopicRow(TableRow, table=True):
    """A topic's canonical text; equal topics of different channels are one row."""

    __tablename__ = "topics"
    id: int | None = define_primary_key()
    text: str = Field(unique=True)


class FollowRow(TableRow, table=True):
    """A channel follows a topic."""

    __tablename__ = "follows"
    __table_args__ = (UniqueConstraint("channel_id", "topic_id"),)
    id: int | None = define_primary_key()
    channel_id: int = define_foreign_key("channels.id")
    topic_id: int = Field(foreign_key="topics.id", index=True)
    person: str
    person_name: str = define_text_column()
    since: datetime
    alerts: bool = define_flag_column()


class TopicHitRow(TableRow, table=True):
    """A paper that matched a topic."""

    __tablename__ = "topic_hits"
    __table_args__ = (Index("ix_topic_hits_at", "at"), {"sqlite_with_rowid": False})
    topic_id: int = define_foreign_key("topics.id", primary_key=True, cascade=True)
    paper_id: int = define_foreign_key("papers.id", primary_key=True, cascade=True)
    at: datetime


class MuteRow(TableRow, table=True):
    """A topic or a paper that a channel does not want."""

    __tablename__ = "mutes"
    __table_args__ = (UniqueConstraint("channel_id", "kind", "value"),)
    id: int | None = define_primary_key()
    channel_id: int = define_foreign_key("channels.id")
    kind: str
    value: str
    person: str
    person_name: str = define_text_column()
    at: datetime


class SavedPaperRow(TableRow, table=True):
    """A paper on a person's reading list."""

    __tablename__ = "saves"
    __table_args__ = (UniqueConstraint("channel_id", "paper"),)
    id: int | None = define_primary_key()
    channel_id: int = define_foreign_key("channels.id")
    paper: str
    at: datetime


class SeenPaperRow(TableRow, table=True):
    """A paper that a person was shown."""

    __tablename__ = "seen"
    __table_args__ = ({"sqlite_with_rowid": False},)
    channel_id: int = define_foreign_key("channels.id", primary_key=True)
    paper_id: int = define_foreign_key("papers.id", primary_key=True, cascade=True)
    at: datetime


class ChangeRow(TableRow, table=True):
    """One line of the audit trail; ``before`` and ``after`` are what `undo` puts back."""

    __tablename__ = "changes"
    __table_args__ = (Index("ix_changes_channel_id_at", "channel_id", "at"), Index("ix_changes_at", "at"))
    id: int | None = define_primary_key()
    channel_id: int = define_foreign_key("channels.id")
    person: str
    person_name: str = define_text_column()
    at: datetime
    kind: str
    summary: str = Field(sa_type=Text)
    before: dict[str, Any] = define_json_column()
    after: dict[str, Any] = define_json_column()
    undone: bool = define_flag_column()


topics: Final = TopicRow.__table__
follows: Final = FollowRow.__table__
hits: Final = TopicHitRow.__table__
mutes: Final = MuteRow.__table__
saves: Final = SavedPaperRow.__table__
seen: Final = SeenPaperRow.__table__
changes: Final = ChangeRow.__table__
