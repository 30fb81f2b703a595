"""Members whom a workspace's managers keep from using the bot there."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

DATA = sa.JSON().with_variant(JSONB(), "postgresql")


def upgrade() -> None:
    """Step forward."""
    op.add_column("workspaces", sa.Column("blocked", DATA, server_default=sa.text("'[]'"), nullable=False))


def downgrade() -> None:
    """Step back."""
    op.drop_column("workspaces", "blocked")
