"""What calls that are gone have added to the sums. Frozen, as 0001."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

CROSS = "day provider model capability connection unit cause currency"
SUMS = (
    "calls failed unknown_cost_calls cost_nano estimated_nano official_nano input_tokens cached_input_tokens "
    "cache_write_tokens output_tokens reasoning_tokens duration_ms timed_calls first_byte_ms first_byte_calls "
    "billed_nano estimated_calls billed_calls official_calls checked_calls checked_estimated_nano checked_billed_nano "
    "compared_calls compared_cost_nano compared_official_nano images seconds_micro characters saved_nano"
)


def upgrade() -> None:
    """Makes both tables; nothing has gone before."""
    op.create_table(
        "rollup_gone",
        *(sa.Column(name, sa.Text(), primary_key=True) for name in CROSS.split()),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in SUMS.split()),
    )
    op.create_table(
        "histogram_gone",
        *(sa.Column(name, sa.Text(), primary_key=True) for name in ("measure", *CROSS.split())),
        sa.Column("bucket", sa.Integer(), primary_key=True),
        sa.Column("calls", sa.BigInteger(), nullable=False),
        sqlite_with_rowid=False,
    )
