"""Named settings of the user, each a text. Who owns a setting owns the meaning of its value."""

from __future__ import annotations

from sqlalchemy import Connection, select

from lib.ledger.database import upsert
from lib.ledger.schema import settings


def get(conn: Connection, name: str) -> str | None:
    """The value, None if it was never set."""
    return conn.scalar(select(settings.c.value).where(settings.c.name == name))


def put(conn: Connection, name: str, value: str) -> None:
    """Sets the value."""
    upsert(conn, settings, [{"name": name, "value": value}], replace=("value",))
