"""From when on a relay's log has rows that no call was settled by yet. Frozen, as 0001 is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Adds the column; what was read before was settled when it was read."""
    op.add_column("relay_pulls", sa.Column("unsettled", sa.BigInteger()))
