"""How calls are spread over what they took and cost, and what the cache saved. Frozen, as 0001.

Whoever migrates counts the calls, in the same transaction. Of calls made before nobody knows what the cache saved.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

TABLES = {
    "histogram_model": "measure day model currency",
    "histogram_cross": "measure day provider model capability connection unit cause currency",
}


def upgrade() -> None:
    """Adds the columns and makes the tables."""
    op.add_column("calls", sa.Column("saved_nano", sa.BigInteger()))
    for name in ("rollups", "rollup_cross"):
        op.add_column(name, sa.Column("saved_nano", sa.BigInteger(), nullable=False, server_default="0"))
    for table, key in TABLES.items():
        op.create_table(
            table,
            *(sa.Column(name, sa.Text(), primary_key=True) for name in key.split()),
            sa.Column("bucket", sa.Integer(), primary_key=True),
            sa.Column("calls", sa.BigInteger(), nullable=False),
            sqlite_with_rowid=False,
        )
