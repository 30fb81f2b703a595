"""Votes of papers that readers lifted are brought up to date too: they are found as digests are."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

DIGESTS = sa.text("kind = 'digest' AND state = 'sent'")
VOTED = sa.text("kind IN ('digest', 'lift') AND state = 'sent'")


def upgrade() -> None:
    """Step forward."""
    _index(VOTED)


def downgrade() -> None:
    """Step back."""
    _index(DIGESTS)


def _index(where: sa.TextClause) -> None:
    op.drop_index("ix_deliveries_sent", "deliveries")
    op.create_index("ix_deliveries_sent", "deliveries", ["sent"], sqlite_where=where, postgresql_where=where)
