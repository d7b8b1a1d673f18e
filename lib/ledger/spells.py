"""How each rung, and the real calls of each model, have stood: a spell is a time in which all showed the same.

Each change begins a spell; what confirms it only lengthens it. So the history grows with changes, not with checks.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, RowMapping, delete, insert, select, update

from lib.ledger.schema import evidence, evidence_newest, evidence_spells
from lib.vocabulary import OF_A_MODEL, Capability, State, Step

KEPT = 3
"""Of a spell its first piece of evidence is kept, and so many of the newest; between them nothing has changed."""
NEWEST = 30
MOST = 100
"""So many changes of a connection are looked back on where it is asked how its APIs stood meanwhile."""
NAMED = ("connection", "step", "model", "capability")
SAME = ("ok", "state", "cause")
Called = Collection[tuple[str, Capability | None]]
"""Models, each with what it was called for."""


@dataclass(frozen=True, slots=True)
class Spell:
    """A time in which a rung, or a model's calls, showed one state for one cause (its code; empty where it passed).

    `until`: when that was last seen, of `times`. `ended`: when something else was; None: it holds.
    """

    id: int
    connection: str
    step: Step
    model: str
    capability: Capability | Literal[""]
    ok: bool
    state: State
    cause: str
    since: datetime
    until: datetime
    times: int
    ended: datetime | None = None

    @property
    def subject(self) -> tuple[str, ...]:
        """What it is about."""
        return (self.connection, self.step, self.model, self.capability)


def lengthen(conn: Connection, seen: Mapping[str, Any]) -> int:
    """The id of the spell that a piece of evidence belongs to: the one it confirms, else one that it begins."""
    table = evidence_spells.c
    last = select(evidence_spells).where(*_about(seen), table.since <= seen["at"])
    row = conn.execute(last.order_by(table.since.desc(), table.id.desc()).limit(1)).mappings().first()
    if row is None or any(row[name] != seen[name] for name in SAME):
        new = {name: seen[name] for name in (*NAMED, *SAME)}
        key = conn.execute(insert(evidence_spells), {**new, "since": seen["at"], "until": seen["at"], "times": 1})
        return int(key.inserted_primary_key[0])  # type: ignore[index]
    longer = {"until": max(row["until"], seen["at"]), "times": row["times"] + 1}
    conn.execute(update(evidence_spells).where(table.id == row["id"]).values(longer))
    return int(row["id"])


def thin(conn: Connection, spell: int) -> None:
    """Forgets what lies between a spell's first piece of evidence and its newest ones."""
    mine = select(evidence.c.id).where(evidence.c.spell == spell).order_by(evidence.c.at, evidence.c.id)
    between = conn.scalars(mine).all()[1:-KEPT]
    if between:
        conn.execute(delete(evidence).where(evidence.c.id.in_(between)))


def newest(conn: Connection, connection: str, called: Called | None = None, limit: int | None = NEWEST) -> list[Spell]:
    """The newest spells of a connection, newest first: of its rungs, and of real calls.

    `called`: of these alone (None: all). `limit` None: every spell. Found by index, however long the history.
    """
    if called is None:
        return _ended(_of(conn, [evidence_spells.c.connection == connection], limit))
    known = select(*(evidence_newest.c[name] for name in NAMED)).where(evidence_newest.c.connection == connection)
    mine = [
        row
        for row in conn.execute(known.distinct()).mappings()
        if row["step"] not in OF_A_MODEL or (row["model"], row["capability"] or None) in called
    ]
    found = [one for row in mine for one in _of(conn, _about(row), limit)]
    return _ended(sorted(found, key=_age, reverse=True)[:limit])


def looked_back(conn: Connection, connection: str, limit: int = MOST) -> list[Spell]:
    """All spells of a connection, oldest first; of more than the limit the newest, and what held as they began.

    What held then is told as if it had begun then: what was before is out of sight.
    """
    table = evidence_spells.c
    found = _of(conn, [table.connection == connection], limit)
    if len(found) < limit:
        return found[::-1]
    begin = found[-1].since
    known = select(evidence.c.spell).join(evidence_newest, evidence_newest.c.evidence == evidence.c.id)
    standing = known.where(evidence_newest.c.connection == connection)
    held = _of(conn, [table.id.in_(standing), table.since < begin], limit)
    return [*(replace(one, since=begin) for one in reversed(held)), *reversed(found)]


def _about(subject: Mapping[str, Any] | RowMapping) -> list[ColumnElement[bool]]:
    return [evidence_spells.c[name] == subject[name] for name in NAMED]


def _of(conn: Connection, which: Sequence[ColumnElement[bool]], limit: int | None) -> list[Spell]:
    table = evidence_spells.c
    rows = select(evidence_spells).where(*which).order_by(table.since.desc(), table.id.desc()).limit(limit)
    return [Spell(**row) for row in conn.execute(rows).mappings()]


def _age(one: Spell) -> tuple[datetime, int]:
    return one.since, one.id


def _ended(newest_first: Sequence[Spell]) -> list[Spell]:
    """Each one with the beginning of what followed it."""
    later: dict[tuple[str, ...], datetime] = {}
    found = []
    for one in newest_first:
        found.append(replace(one, ended=later.get(one.subject)))
        later[one.subject] = one.since
    return found
