"""What a server offers to do next with what a task made. Frozen, as 0001 is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Adds the column; of earlier tasks nothing is known."""
    op.add_column("tasks", sa.Column("follow_ups", sa.JSON(), nullable=False, server_default="[]"))
