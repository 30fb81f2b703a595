"""The first tables."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

DATA = sa.JSON().with_variant(JSONB(), "postgresql")
UTC = UTCDateTime()
EMPTY = sa.text("''")
ZERO = sa.text("0")


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


LISTENING = _where("enabled AND NOT paused AND retired = ''")
OPEN = _where("state NOT IN ('sent', 'dead')")
SENT_DIGEST = _where("kind = 'digest' AND state = 'sent'")


TABLES = [
    "marks",
    "events",
    "changes",
    "seen",
    "saves",
    "mutes",
    "topic_hits",
    "follows",
    "topics",
    "posts",
    "postings",
    "deliveries",
    "coverage",
    "digests",
    "channels",
    "workspaces",
    "validators",
    "sources",
    "ranks",
    "days",
    "sightings",
    "papers",
]


def upgrade() -> None:
    """Step forward."""
    _library()
    _places()
    _messages()
    _people()
    _machine()


def downgrade() -> None:
    """Step back."""
    for table in TABLES:
        op.drop_table(table)


def _library() -> None:
    op.create_table(
        "papers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("abstract", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("authors", DATA, nullable=False),
        sa.Column("categories", DATA, nullable=False),
        sa.Column("published", sa.Date(), nullable=True),
        sa.Column("votes", sa.Integer(), nullable=True),
        sa.Column("comments", sa.Integer(), server_default=ZERO, nullable=False),
        sa.Column("summary", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("keywords", DATA, nullable=False),
        sa.Column("organization", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("code", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("stars", sa.Integer(), nullable=True),
        sa.Column("project", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("thumbnail", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("withdrawn", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("listed", sa.Date(), nullable=True),
        sa.Column("relisted", sa.Date(), nullable=True),
        sa.Column("seen", UTC, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_papers"),
        sa.UniqueConstraint("external_id", name="uq_papers_external_id"),
        sa.UniqueConstraint("sequence", name="uq_papers_sequence"),
    )
    op.create_index("ix_papers_day", "papers", ["day"])
    op.create_table(
        "sightings",
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("votes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name="fk_sightings_paper_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("paper_id", "at", name="pk_sightings"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("papers", DATA, nullable=False),
        sa.Column("fetched", UTC, nullable=True),
        sa.PrimaryKeyConstraint("day", name="pk_days"),
    )
    op.create_table(
        "ranks",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("papers", DATA, nullable=False),
        sa.Column("fetched", UTC, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_ranks"),
    )
    op.create_table(
        "sources",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), server_default=ZERO, nullable=False),
        sa.Column("open_until", UTC, nullable=True),
        sa.Column("succeeded", UTC, nullable=True),
        sa.Column("failed", UTC, nullable=True),
        sa.Column("error", sa.Text(), server_default=EMPTY, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_sources"),
    )
    op.create_table(
        "validators",
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("etag", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("modified", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("digest", sa.Text(), server_default=EMPTY, nullable=False),
        sa.PrimaryKeyConstraint("url", name="pk_validators"),
    )


def _places() -> None:
    op.create_table(
        "workspaces",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("name", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("managers", DATA, nullable=False),
        sa.Column("limits", DATA, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_workspaces"),
        sa.UniqueConstraint("platform", "external_id", name="uq_workspaces_platform_external_id"),
    )
    op.create_table(
        "channels",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("name", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("preferences", DATA, nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("paused", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("next_run", UTC, nullable=True),
        sa.Column("due", UTC, nullable=True),
        sa.Column("retired", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("since", UTC, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_channels"),
        sa.UniqueConstraint("platform", "workspace", "external_id", name="uq_channels_platform_workspace_external_id"),
    )
    op.create_index("ix_channels_listening", "channels", ["next_run"], **LISTENING)


def _messages() -> None:
    op.create_table(
        "digests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reason", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name="fk_digests_channel_id", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name="pk_digests"),
        sa.UniqueConstraint("channel_id", "day", name="uq_digests_channel_id_day"),
    )
    op.create_table(
        "coverage",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("feed_date", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), server_default=EMPTY, nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name="fk_coverage_channel_id", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("channel_id", "feed_date", name="pk_coverage"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column("parent_id", sa.Integer(), nullable=True),
        sa.Column("card", sa.Text(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=ZERO, nullable=False),
        sa.Column("not_before", UTC, nullable=False),
        sa.Column("lease", UTC, nullable=True),
        sa.Column("message", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("reason", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("created", UTC, nullable=False),
        sa.Column("sent", UTC, nullable=True),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name="fk_deliveries_channel_id", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["parent_id"], ["deliveries.id"], name="fk_deliveries_parent_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint(
            "channel_id",
            "kind",
            "subject",
            "part",
            "operation",
            name="uq_deliveries_channel_id_kind_subject_part_operation",
        ),
    )
    op.create_index("ix_deliveries_busy", "deliveries", ["channel_id", "state"], **OPEN)
    op.create_index("ix_deliveries_open", "deliveries", ["id"], **OPEN)
    op.create_index("ix_deliveries_parent", "deliveries", ["parent_id"])
    op.create_index("ix_deliveries_sent", "deliveries", ["sent"], **SENT_DIGEST)
    op.create_table(
        "postings",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name="fk_postings_channel_id", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], name="fk_postings_delivery_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name="fk_postings_paper_id", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("channel_id", "paper_id", name="pk_postings"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_postings_delivery_id", "postings", ["delivery_id"])
    op.create_table(
        "posts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column("card", sa.Text(), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("parent", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("edited", UTC, nullable=True),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name="fk_posts_channel_id", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name="pk_posts"),
        sa.UniqueConstraint(
            "channel_id", "kind", "subject", "part", "operation", name="uq_posts_channel_id_kind_subject_part_operation"
        ),
    )


def _people() -> None:
    op.create_table(
        "topics",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_topics"),
        sa.UniqueConstraint("text", name="uq_topics_text"),
    )
    op.create_table(
        "follows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("person_name", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("since", UTC, nullable=False),
        sa.Column("alerts", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name="fk_follows_channel_id", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["topic_id"], ["topics.id"], name="fk_follows_topic_id"),
        sa.PrimaryKeyConstraint("id", name="pk_follows"),
        sa.UniqueConstraint("channel_id", "topic_id", name="uq_follows_channel_id_topic_id"),
    )
    op.create_index("ix_follows_topic_id", "follows", ["topic_id"])
    op.create_table(
        "topic_hits",
        sa.Column("topic_id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name="fk_topic_hits_paper_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["topic_id"], ["topics.id"], name="fk_topic_hits_topic_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("topic_id", "paper_id", name="pk_topic_hits"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_topic_hits_at", "topic_hits", ["at"])
    op.create_table(
        "mutes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("person_name", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name="fk_mutes_channel_id", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name="pk_mutes"),
        sa.UniqueConstraint("channel_id", "kind", "value", name="uq_mutes_channel_id_kind_value"),
    )
    op.create_table(
        "saves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("paper", sa.String(), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name="fk_saves_channel_id", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name="pk_saves"),
        sa.UniqueConstraint("channel_id", "paper", name="uq_saves_channel_id_paper"),
    )
    op.create_table(
        "seen",
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.Integer(), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name="fk_seen_channel_id", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["paper_id"], ["papers.id"], name="fk_seen_paper_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("channel_id", "paper_id", name="pk_seen"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel_id", sa.Integer(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("person_name", sa.Text(), server_default=EMPTY, nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("before", DATA, nullable=False),
        sa.Column("after", DATA, nullable=False),
        sa.Column("undone", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["channel_id"], ["channels.id"], name="fk_changes_channel_id", ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name="pk_changes"),
    )
    op.create_index("ix_changes_at", "changes", ["at"])
    op.create_index("ix_changes_channel_id_at", "changes", ["channel_id", "at"])


def _machine() -> None:
    op.create_table(
        "events",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_events"),
    )
    op.create_index("ix_events_at", "events", ["at"])
    op.create_table(
        "marks",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_marks"),
    )
