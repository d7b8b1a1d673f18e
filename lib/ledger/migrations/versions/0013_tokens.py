"""What a relay calls a connection's key, which account's log has it, and what stands for it. Frozen, as 0001 is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Adds the columns; all are known once the log is read again."""
    for name in ("token", "account", "key"):
        op.add_column("relay_pulls", sa.Column(name, sa.Text()))
