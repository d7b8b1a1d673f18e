"""What requests showed. Every piece is kept; the newest ones are found by key, never by a scan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from lib.ledger.database import upsert
from lib.ledger.schema import evidence, evidence_newest
from lib.vocabulary import Evidence, Reason

_FIELDS = tuple(f.name for f in fields(Evidence))
_NAMED = ("connection", "step", "model", "capability")


NOT_ASKED = "rationed"
"""The cause of a rung that could not be asked for now: it lifts nothing that is known of it."""


def add(conn: Connection, seen: Evidence) -> None:
    """Appends a piece of evidence and notes it as the newest of its kind."""
    record = _record(seen)
    number = conn.execute(evidence.insert(), record).inserted_primary_key
    key = {name: record[name] or "" for name in _NAMED}
    if _not_asked(record["reason"]) and _is_known(conn, key):
        return
    upsert(
        conn,
        evidence_newest,
        [{**key, "ok": seen.ok, "at": seen.at, "evidence": number[0] if number else None}],
        replace=("at", "evidence"),
        newer="at",
    )


def _not_asked(reason: Mapping[str, Any] | None) -> bool:
    return reason is not None and reason["code"] == NOT_ASKED


def _is_known(conn: Connection, key: Mapping[str, str]) -> bool:
    """Whether an answer of this kind ever came."""
    told = select(evidence.c.reason).join(evidence_newest, evidence_newest.c.evidence == evidence.c.id)
    mine = (evidence_newest.c[name] == value for name, value in key.items())
    return not all(map(_not_asked, conn.scalars(told.where(*mine))))


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
