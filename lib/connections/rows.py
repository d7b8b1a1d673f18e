"""Relays and connections in the ledger's tables: one row each, the value as JSON."""

from __future__ import annotations

from sqlalchemy import Connection as Db
from sqlalchemy import Table, delete, func, select

from lib.connections.model import Configuration, Connection, Relay
from lib.ledger import Ledger
from lib.ledger.database import upsert
from lib.ledger.schema import connections, relays


def load(ledger: Ledger) -> Configuration:
    """What is configured, in the order it came in."""
    with ledger.read() as db:
        return read(db)


def read(db: Db) -> Configuration:
    """The same within a transaction."""
    return Configuration(
        relays=tuple(Relay.model_validate(body) for body in _bodies(db, relays)),
        connections=tuple(Connection.model_validate(body) for body in _bodies(db, connections)),
    )


def _bodies(db: Db, table: Table) -> list[object]:
    return list(db.scalars(select(table.c.body).order_by(table.c.position, table.c.id)))


def put(db: Db, value: Relay | Connection) -> None:
    """Adds a relay or connection at the end, or replaces the one of its id where it stands."""
    table = relays if isinstance(value, Relay) else connections
    last = db.scalar(select(func.max(table.c.position))) or 0
    row = {"id": value.id, "position": last + 1, "body": value.model_dump(mode="json", exclude_none=True)}
    upsert(db, table, [row], replace=("body",))


def drop(db: Db, value: Relay | Connection) -> None:
    """Takes a relay or connection out."""
    table = relays if isinstance(value, Relay) else connections
    db.execute(delete(table).where(table.c.id == value.id))
