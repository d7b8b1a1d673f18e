"""What a server answered last, word for word: a relay's status and list, a key's models, figures, voices, languages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection, delete, select

from lib.ledger.database import upsert
from lib.ledger.schema import snapshots

Kind = Literal["status", "pricing", "models", "token", "voices", "languages"]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The body of an answer and when it came."""

    at: datetime
    body: str


def put(conn: Connection, kind: Kind, subject: str, at: datetime, body: str) -> None:
    """Keeps the newest answer about a subject (a relay's or a connection's id)."""
    row = {"kind": kind, "subject": subject, "at": at, "body": body}
    upsert(conn, snapshots, [row], replace=("at", "body"), newer="at")


def get(conn: Connection, kind: Kind, subject: str) -> Snapshot | None:
    """The newest answer, None if there is none."""
    found = conn.execute(
        select(snapshots.c.at, snapshots.c.body).where(snapshots.c.kind == kind, snapshots.c.subject == subject)
    ).one_or_none()
    return None if found is None else Snapshot(found.at, found.body)


def came_at(conn: Connection, kind: Kind, subject: str) -> datetime | None:
    """When the newest answer came, without its body, which may be a megabyte; None if there is none."""
    asked = select(snapshots.c.at).where(snapshots.c.kind == kind, snapshots.c.subject == subject)
    return conn.execute(asked).scalar_one_or_none()


def forget(conn: Connection, *subjects: str) -> None:
    """Deletes every answer about some subjects."""
    conn.execute(delete(snapshots).where(snapshots.c.subject.in_(subjects)))
