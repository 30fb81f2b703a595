"""A digest is what became of its first message; attempts are kept, claims are fenced, platforms have circuits."""

import sqlalchemy as sa
from alembic import op
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

OPEN = sa.text("state NOT IN ('sent', 'dead')")
DELIVERY_COLUMNS = (
    ("platform", sa.Text, "''"),
    ("workspace", sa.Text, "''"),
    ("owner", sa.Text, "''"),
    ("attempt", sa.Integer, "0"),
    ("attempted_at", UTCDateTime, None),
    ("refusals", sa.Integer, "0"),
    ("lookups", sa.Integer, "0"),
    ("lookup_since", UTCDateTime, None),
    ("lookup_cursor", sa.Text, "''"),
    ("expires", UTCDateTime, None),
)


def upgrade() -> None:
    """Step forward."""
    for name, kind, default in DELIVERY_COLUMNS:
        value = None if default is None else sa.text(default)
        op.add_column("deliveries", sa.Column(name, kind(), nullable=default is None, server_default=value))
    op.add_column("digests", sa.Column("due", UTCDateTime(), nullable=True))
    op.add_column("coverage", sa.Column("day", sa.Date(), nullable=True))
    _create_tables()
    _fill()
    op.create_index("ix_deliveries_queue", "deliveries", ["platform", "id"], sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade() -> None:
    """Step back."""
    op.execute("UPDATE digests SET state = 'posted' WHERE state IN ('planned', 'duplicated')")
    op.execute("UPDATE digests SET state = 'failed' WHERE state = 'refused'")
    op.drop_index("ix_deliveries_queue", "deliveries")
    op.drop_table("circuits")
    op.drop_table("attempts")
    op.drop_column("coverage", "day")
    op.drop_column("digests", "due")
    for name, _, _ in reversed(DELIVERY_COLUMNS):
        op.drop_column("deliveries", name)


def _create_tables() -> None:
    op.create_table(
        "attempts",
        sa.Column("delivery_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("began", UTCDateTime(), nullable=False),
        sa.Column("ended", UTCDateTime(), nullable=True),
        sa.Column("outcome", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["deliveries.id"], name=op.f("fk_attempts_delivery_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("delivery_id", "number", name=op.f("pk_attempts")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "circuits",
        sa.Column("platform", sa.String(), nullable=False),
        sa.Column("workspace", sa.String(), nullable=False),
        sa.Column("opened", UTCDateTime(), nullable=False),
        sa.Column("open_until", UTCDateTime(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.PrimaryKeyConstraint("platform", "workspace", name=op.f("pk_circuits")),
        sqlite_with_rowid=False,
    )


def _fill() -> None:
    """Tell each message its queue, and each digest what became of its first message."""
    op.execute(
        "UPDATE deliveries SET "
        "platform = (SELECT platform FROM channels WHERE channels.id = deliveries.channel_id), "
        "workspace = (SELECT workspace FROM channels WHERE channels.id = deliveries.channel_id), "
        "attempt = attempts"
    )
    op.execute(
        "UPDATE deliveries SET lookup_since = created, attempted_at = created "
        "WHERE attempts > 0 AND state NOT IN ('sent', 'dead')"
    )
    first = (
        "FROM deliveries WHERE deliveries.channel_id = digests.channel_id AND deliveries.kind = 'digest' "
        "AND deliveries.operation = 'post' AND deliveries.subject = CAST(digests.day AS TEXT)"
    )
    some_sent, some_open = f"EXISTS (SELECT 1 {first} AND state = 'sent')", f"EXISTS (SELECT 1 {first} AND {OPEN.text})"
    op.execute(f"UPDATE digests SET state = 'planned' WHERE state = 'posted' AND NOT {some_sent} AND {some_open}")  # noqa: S608 - constants
    op.execute(
        f"UPDATE digests SET state = 'failed', reason = COALESCE((SELECT reason {first} AND part = 0), '') "  # noqa: S608 - constants
        f"WHERE state = 'posted' AND NOT {some_sent} AND EXISTS (SELECT 1 {first})"
    )
    # What a dead message had claimed was never posted: later digests may have it.
    op.execute(
        "DELETE FROM postings WHERE delivery_id IN (SELECT deliveries.id FROM deliveries JOIN digests "
        "ON digests.channel_id = deliveries.channel_id AND CAST(digests.day AS TEXT) = deliveries.subject "
        "WHERE deliveries.kind = 'digest' AND deliveries.state = 'dead' AND digests.state = 'failed')"
    )
