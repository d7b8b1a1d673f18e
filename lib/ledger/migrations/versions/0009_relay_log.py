"""What relays log of a key's calls, and since when that is known. Frozen, as 0001 is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Makes the tables; no log was read before."""
    op.create_table(
        "relay_log",
        sa.Column("id", sa.Integer(), primary_key=True),
        *_texts("relay", "scope", "connection"),
        sa.Column("at", sa.BigInteger(), nullable=False),
        *_texts("kind", "model"),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("quota", "amount_nano")),
        *_texts("currency"),
        *(sa.Column(f"{name}_tokens", sa.BigInteger()) for name in ("input", "output", "cached", "written")),
        sa.Column("seconds", sa.BigInteger()),
        sa.Column("streamed", sa.Boolean(), nullable=False),
        *_texts("group", "token", "request_id", "task_id", "content"),
        sa.Column("ratios", sa.JSON(), nullable=False),
    )
    op.create_index("relay_log_by_scope", "relay_log", ["relay", "scope", "at"])
    op.create_table(
        "relay_pulls",
        *(sa.Column(name, sa.Text(), primary_key=True) for name in ("relay", "connection")),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("since", sa.BigInteger()),
    )


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]
