"""Work that finishes later, and the files a call was given and made. Frozen, as 0001 is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Makes both tables."""
    op.create_table(
        "tasks",
        sa.Column("call", sa.Text(), sa.ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("progress", sa.Integer()),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("links", sa.JSON(), nullable=False),
    )
    op.create_table(
        "media",
        sa.Column("call", sa.Text(), sa.ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("role", sa.Text(), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("mime", sa.Text(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
    )
    op.create_index("media_by_sha256", "media", ["sha256"])
