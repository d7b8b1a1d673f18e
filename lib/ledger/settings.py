"""Named settings of the user, each a text. Who owns a setting owns the meaning of its value."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select

from lib.ledger.database import upsert
from lib.ledger.schema import settings

_NAMED = select(settings.c.value).where(settings.c.name == bindparam("name"))
_HELD = _NAMED.with_for_update()


def get(conn: Connection, name: str) -> str | None:
    """The value, None if it was never set."""
    return conn.scalar(_NAMED, {"name": name})


def hold(conn: Connection, name: str) -> None:
    """Nobody else who holds it goes on until this transaction ends. For writers; SQLite has one at a time anyway."""
    conn.execute(_HELD, {"name": name})


def put(conn: Connection, name: str, value: str) -> None:
    """Sets the value."""
    upsert(conn, settings, [{"name": name, "value": value}], replace=("value",))
