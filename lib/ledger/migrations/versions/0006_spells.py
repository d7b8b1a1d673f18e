"""Evidence by spells: how each rung has stood, and of what only confirms it the first and the newest. Frozen, as 0001.

What was kept so far is told off in the order of its time.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

NEWEST = 3


def upgrade() -> None:
    """Makes the table and the column, and fills them."""
    spells = op.create_table(
        "evidence_spells",
        sa.Column("id", sa.Integer(), primary_key=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("connection", "step", "model", "capability")),
        sa.Column("ok", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("state", "cause")),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("since", "until")),
        sa.Column("times", sa.Integer(), nullable=False),
    )
    op.create_index(
        "spells_by_subject", "evidence_spells", ["connection", "step", "model", "capability", "since"]
    )
    op.create_index("spells_by_connection", "evidence_spells", ["connection", "since"])
    op.add_column("evidence", sa.Column("spell", sa.Integer()))
    op.create_index("evidence_by_spell", "evidence", ["spell", "at"])
    op.create_index("evidence_by_connection", "evidence", ["connection", "at"])
    _fill(op.get_bind(), spells)


def _fill(conn: sa.Connection, spells: sa.Table) -> None:
    known = sa.table(
        "evidence",
        *map(sa.column, ("id", "at", "connection", "step", "model", "capability", "ok", "state", "spell")),
        sa.column("reason", sa.JSON()),
    )
    running: dict[tuple[str, ...], dict[str, Any]] = {}
    made: list[dict[str, Any]] = []
    members: list[dict[str, int]] = []
    for row in conn.execute(sa.select(known).order_by(known.c.at, known.c.id)).mappings():
        subject = (row["connection"], row["step"], row["model"] or "", row["capability"] or "")
        same = {"ok": bool(row["ok"]), "state": row["state"], "cause": (row["reason"] or {}).get("code", "")}
        spell = running.get(subject)
        if spell is None or any(spell[name] != value for name, value in same.items()):
            named = dict(zip(("connection", "step", "model", "capability"), subject, strict=True))
            spell = running[subject] = {"id": len(made) + 1, **named, **same, "since": row["at"], "times": 0}
            made.append(spell)
        spell |= {"until": row["at"], "times": spell["times"] + 1}
        members.append({"piece": row["id"], "belongs": spell["id"]})
    if not made:
        return
    conn.execute(spells.insert(), made)
    if conn.dialect.name == "postgresql":  # it counts ids by itself
        sequence = "pg_get_serial_sequence('evidence_spells', 'id')"
        conn.exec_driver_sql(f"SELECT setval({sequence}, MAX(id)) FROM evidence_spells")
    belongs = sa.update(known).where(known.c.id == sa.bindparam("piece")).values(spell=sa.bindparam("belongs"))
    conn.execute(belongs, members)
    _thin(conn)


def _thin(conn: sa.Connection) -> None:
    """Forgets what lies between the first and the newest of each spell."""
    from_end = "ROW_NUMBER() OVER (PARTITION BY spell ORDER BY at DESC, id DESC)"
    from_start = "ROW_NUMBER() OVER (PARTITION BY spell ORDER BY at, id)"
    numbered = f"SELECT id, {from_end} AS last, {from_start} AS first FROM evidence"
    conn.exec_driver_sql(
        f"DELETE FROM evidence WHERE id IN (SELECT id FROM ({numbered}) AS n WHERE first > 1 AND last > {NEWEST})"
    )
