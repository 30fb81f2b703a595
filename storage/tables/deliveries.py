"""Tables of deliveries: digests, feed dates covered, messages and their attempts, circuits, web messages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sqlalchemy import Index, Text, UniqueConstraint
from sqlmodel import Field

from storage.tables.columns import (
    TableRow,
    define_counter_column,
    define_foreign_key,
    define_partial_index,
    define_primary_key,
    define_text_column,
)

OPEN_DELIVERY_CONDITION: Final = "state NOT IN ('sent', 'dead')"
"""Which messages are still on their way; word for word the condition of two partial indexes."""


class DigestRow(TableRow, table=True):
    """What became of one local date of a channel.

    ``due`` is the moment it was for, ``at`` when it was planned, then posted.
    """

    __tablename__ = "digests"
    __table_args__ = (UniqueConstraint("channel_id", "day"),)
    id: int | None = define_primary_key()
    channel_id: int = define_foreign_key("channels.id")
    day: date
    state: str
    reason: str = define_text_column()
    at: datetime
    due: datetime | None = None


class CoverageRow(TableRow, table=True):
    """A feed date that a channel has had, or that was skipped for a reason, in the digest of ``day``."""

    __tablename__ = "coverage"
    __table_args__ = ({"sqlite_with_rowid": False},)
    channel_id: int = define_foreign_key("channels.id", primary_key=True)
    feed_date: date = Field(primary_key=True)
    reason: str = define_text_column()
    day: date | None = None


class DeliveryRow(TableRow, table=True):
    """A message on its way. ``card`` is versioned JSON as text; ``not_before`` also ends the quarantine of doubt.

    ``platform`` and ``workspace`` repeat the channel's, for the queue of each. ``attempt`` is the number of the last
    claim and fences it: what settles an older one changes nothing. ``attempts`` counts what backoff grows with,
    ``refusals`` what the platform said no to, ``lookups`` how often it was looked up. With ``lookup_since`` it may
    have been posted since then. After ``expires`` it is not sent any more.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("channel_id", "kind", "subject", "part", "operation"),
        define_partial_index("ix_deliveries_open", "id", where=OPEN_DELIVERY_CONDITION),
        define_partial_index("ix_deliveries_busy", "channel_id", "state", where=OPEN_DELIVERY_CONDITION),
        define_partial_index("ix_deliveries_queue", "platform", "id", where=OPEN_DELIVERY_CONDITION),
        define_partial_index("ix_deliveries_sent", "sent", where="kind IN ('digest', 'lift') AND state = 'sent'"),
        Index("ix_deliveries_parent", "parent_id"),
    )
    id: int | None = define_primary_key()
    channel_id: int = define_foreign_key("channels.id")
    kind: str
    subject: str
    part: int
    operation: str
    parent_id: int | None = Field(default=None, foreign_key="deliveries.id", ondelete="SET NULL")
    card: str = Field(sa_type=Text)
    state: str
    attempts: int = define_counter_column()
    not_before: datetime
    lease: datetime | None = None
    message: str = define_text_column()
    reason: str = define_text_column()
    created: datetime
    sent: datetime | None = None
    platform: str = define_text_column()
    workspace: str = define_text_column()
    owner: str = define_text_column()
    attempt: int = define_counter_column()
    attempted_at: datetime | None = None
    refusals: int = define_counter_column()
    lookups: int = define_counter_column()
    lookup_since: datetime | None = None
    lookup_cursor: str = define_text_column()
    expires: datetime | None = None


class DeliveryAttemptRow(TableRow, table=True):
    """One attempt to send a message, and what came of it."""

    __tablename__ = "attempts"
    __table_args__ = ({"sqlite_with_rowid": False},)
    delivery_id: int = define_foreign_key("deliveries.id", primary_key=True, cascade=True)
    number: int = Field(primary_key=True)
    began: datetime
    ended: datetime | None = None
    outcome: str = define_text_column()
    reason: str = define_text_column()


class CircuitRow(TableRow, table=True):
    """A platform, or one of its workspaces, to which nothing is sent until then: it gives no answer, or refuses all."""

    __tablename__ = "circuits"
    __table_args__ = ({"sqlite_with_rowid": False},)
    platform: str = Field(primary_key=True)
    workspace: str = Field(primary_key=True)
    opened: datetime
    open_until: datetime
    failures: int
    reason: str = define_text_column()


class ClaimedPaperRow(TableRow, table=True):
    """A paper that was claimed for a channel, so that it is posted there once."""

    __tablename__ = "postings"
    __table_args__ = ({"sqlite_with_rowid": False},)
    channel_id: int = define_foreign_key("channels.id", primary_key=True)
    paper_id: int = define_foreign_key("papers.id", primary_key=True)
    delivery_id: int = Field(foreign_key="deliveries.id", ondelete="CASCADE", index=True)


class WebMessageRow(TableRow, table=True):
    """A message of the browser's workspace."""

    __tablename__ = "posts"
    __table_args__ = (UniqueConstraint("channel_id", "kind", "subject", "part", "operation"),)
    id: int | None = define_primary_key()
    channel_id: int = define_foreign_key("channels.id")
    kind: str
    subject: str
    part: int
    operation: str
    card: str = Field(sa_type=Text)
    at: datetime
    parent: str = define_text_column()
    edited: datetime | None = None


digests: Final = DigestRow.__table__
coverage: Final = CoverageRow.__table__
deliveries: Final = DeliveryRow.__table__
attempts: Final = DeliveryAttemptRow.__table__
circuits: Final = CircuitRow.__table__
postings: Final = ClaimedPaperRow.__table__
posts: Final = WebMessageRow.__table__
