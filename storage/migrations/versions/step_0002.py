"""What chats on other people's machines need: sealed secrets, the arguments of long buttons, workspaces that leave."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

DATA = sa.JSON().with_variant(JSONB(), "postgresql")
UTC = UTCDateTime()
EMPTY = sa.text("''")


def upgrade() -> None:
    """Step forward."""
    op.create_table(
        "secrets",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.Column("lease", UTC, nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_secrets")),
    )
    op.create_table(
        "actions",
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("data", DATA, nullable=False),
        sa.Column("at", UTC, nullable=False),
        sa.PrimaryKeyConstraint("token", name=op.f("pk_actions")),
    )
    op.create_index(op.f("ix_actions_at"), "actions", ["at"])
    op.add_column("workspaces", sa.Column("organization", sa.Text(), server_default=EMPTY, nullable=False))
    op.add_column("workspaces", sa.Column("policy", sa.Text(), server_default=EMPTY, nullable=False))
    op.add_column("workspaces", sa.Column("left", UTC, nullable=True))


def downgrade() -> None:
    """Step back."""
    for column in ("left", "policy", "organization"):
        op.drop_column("workspaces", column)
    op.drop_table("actions")
    op.drop_table("secrets")
