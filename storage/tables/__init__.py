"""The SQL tables (SQLModel), one metadata for SQLite and PostgreSQL.

Times are aware UTC: a plain ``datetime`` column refuses naive values. JSON columns hold data, never objects. Everything
that grows with channels times papers points to both by integer keys.
"""

from storage.tables.channels import ACTIVE_CHANNEL_CONDITION, channels, workspaces
from storage.tables.columns import metadata
from storage.tables.deliveries import (
    OPEN_DELIVERY_CONDITION,
    attempts,
    circuits,
    coverage,
    deliveries,
    digests,
    postings,
    posts,
)
from storage.tables.papers import days, papers, ranks, sightings, sources, validators
from storage.tables.system import actions, events, marks, secrets
from storage.tables.users import changes, follows, hits, mutes, saves, seen, topics

__all__ = [
    "ACTIVE_CHANNEL_CONDITION",
    "OPEN_DELIVERY_CONDITION",
    "actions",
    "attempts",
    "changes",
    "channels",
    "circuits",
    "coverage",
    "days",
    "deliveries",
    "digests",
    "events",
    "follows",
    "hits",
    "marks",
    "metadata",
    "mutes",
    "papers",
    "postings",
    "posts",
    "ranks",
    "saves",
    "secrets",
    "seen",
    "sightings",
    "sources",
    "topics",
    "validators",
    "workspaces",
]
