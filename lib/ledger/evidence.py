"""What requests showed: every change is kept, and of what confirms it the first and the newest (`spells`).

The newest pieces are found by key, never by a scan.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from lib.ledger import spells
from lib.ledger.database import hold_still, upsert
from lib.ledger.schema import evidence, evidence_newest, evidence_spells
from lib.vocabulary import Evidence, Reason

_FIELDS = tuple(f.name for f in fields(Evidence))
_NAMED = ("connection", "step", "model", "capability")


NOT_ASKED = "rationed"
"""The cause of a rung that could not be asked for now: it lifts nothing that is known of it."""


def add(conn: Connection, seen: Evidence) -> None:
    """Keeps a piece of evidence, in its spell, and notes it as the newest of its kind.

    What was told before, or that a rung was not asked though it is known how it stands, is nothing new.
    """
    hold_still(conn, evidence_spells)
    record = _record(seen)
    key = {name: record[name] or "" for name in _NAMED}
    if _is_told(conn, seen) or (_not_asked(record["reason"]) and _is_known(conn, key)):
        return
    cause = (record["reason"] or {}).get("code", "")
    spell = spells.lengthen(conn, {**record, **key, "cause": cause})
    number = conn.execute(evidence.insert(), {**record, "spell": spell}).inserted_primary_key
    upsert(
        conn,
        evidence_newest,
        [{**key, "ok": seen.ok, "at": seen.at, "evidence": number[0] if number else None}],
        replace=("at", "evidence"),
        newer="at",
    )
    spells.thin(conn, spell)


def _is_told(conn: Connection, seen: Evidence) -> bool:
    then = select(evidence).where(evidence.c.connection == seen.connection, evidence.c.at == seen.at)
    same = then.where(*(evidence.c[name] == getattr(seen, name) for name in _NAMED))
    return seen in map(_evidence, conn.execute(same).mappings())


def _not_asked(reason: Mapping[str, Any] | None) -> bool:
    return reason is not None and reason["code"] == NOT_ASKED


def _is_known(conn: Connection, key: Mapping[str, str]) -> bool:
    """Whether an answer of this kind ever came."""
    told = select(evidence.c.reason).join(evidence_newest, evidence_newest.c.evidence == evidence.c.id)
    mine = (evidence_newest.c[name] == value for name, value in key.items())
    return not all(map(_not_asked, conn.scalars(told.where(*mine))))


def of_spells(conn: Connection, ids: Sequence[int]) -> Mapping[int, Sequence[Evidence]]:
    """What is kept of each of some spells, newest first."""
    rows = select(evidence).where(evidence.c.spell.in_(ids)).order_by(evidence.c.at.desc(), evidence.c.id.desc())
    found: dict[int, list[Evidence]] = {one: [] for one in ids}
    for row in conn.execute(rows).mappings():
        found[row["spell"]].append(_evidence(row))
    return found


def newest(conn: Connection, connection: str | None = None) -> list[Evidence]:
    """The newest evidence of each (connection, step, model, capability), and the newest that was good; oldest first."""
    query = select(evidence).join(evidence_newest, evidence_newest.c.evidence == evidence.c.id)
    if connection is not None:
        query = query.where(evidence_newest.c.connection == connection)
    rows = conn.execute(query.order_by(evidence.c.at, evidence.c.id)).mappings().all()
    last = {_key(row): row["id"] for row in rows}
    return [_evidence(row) for row in rows if row["ok"] or last[_key(row)] == row["id"]]


def _key(row: RowMapping) -> Sequence[str | None]:
    return tuple(row[name] for name in _NAMED)


def _record(seen: Evidence) -> Mapping[str, Any]:
    plain = {name: getattr(seen, name) for name in _FIELDS}
    return {
        **plain,
        "reason": None if seen.reason is None else {**asdict(seen.reason), "params": dict(seen.reason.params)},
        "detail": dict(seen.detail),
    }


def _evidence(row: RowMapping) -> Evidence:
    plain = {name: row[name] for name in _FIELDS}
    reason = row["reason"]
    return Evidence(**{**plain, "reason": None if reason is None else Reason(**reason)})
