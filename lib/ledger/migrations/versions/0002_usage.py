"""What the page of usage and cost asks for: unit and cost of a call as columns, and wider rollups.

Frozen, as 0001 is. The rollups are made empty: whoever migrates fills them from the calls, in the same transaction.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

SUMS = (
    "calls failed unknown_cost_calls cost_nano estimated_nano official_nano input_tokens cached_input_tokens "
    "cache_write_tokens output_tokens reasoning_tokens duration_ms timed_calls first_byte_ms first_byte_calls "
    "billed_nano estimated_calls billed_calls official_calls checked_calls checked_estimated_nano checked_billed_nano "
    "compared_calls compared_cost_nano compared_official_nano images seconds_micro characters"
)
ROLLUPS = {
    "rollups": "dimension day key currency",
    "rollup_cross": "day provider model capability connection unit cause currency",
}
UNIT = {
    "sqlite": "json_extract(payloads.prices, '$.unit')",
    "postgresql": "payloads.prices ->> 'unit'",
}
FILL = """
UPDATE calls SET
    period = substr(id, 1, 3),
    cost_nano = CASE WHEN billed_nano IS NULL THEN estimated_nano ELSE billed_nano END,
    cost_currency = CASE WHEN billed_nano IS NULL THEN estimated_currency ELSE billed_currency END,
    unit = (SELECT {unit} FROM payloads WHERE payloads.call = calls.id)
"""


def _calls() -> None:
    for name, kind in (("unit", sa.Text()), ("cost_nano", sa.BigInteger()), ("cost_currency", sa.Text())):
        op.add_column("calls", sa.Column(name, kind))
    op.add_column("calls", sa.Column("period", sa.Text()))
    op.execute(FILL.format(unit=UNIT[op.get_bind().dialect.name]))
    for name in ("provider", "error_state"):
        op.create_index(f"calls_by_{name}", "calls", [name, "id"])
    op.create_index("calls_by_cost", "calls", ["period", "cost_currency", "cost_nano", "id"])
    unknown = sa.text("billed_nano IS NULL AND estimated_nano IS NULL")
    op.create_index("calls_of_unknown_cost", "calls", ["id"], sqlite_where=unknown, postgresql_where=unknown)


def _rollups() -> None:
    for table, key in ROLLUPS.items():
        op.drop_table(table)
        op.create_table(
            table,
            *(sa.Column(name, sa.Text(), primary_key=True) for name in key.split()),
            *(sa.Column(name, sa.BigInteger(), nullable=False) for name in SUMS.split()),
        )


def upgrade() -> None:
    """Adds the columns, fills them, makes the rollups anew."""
    _calls()
    _rollups()
