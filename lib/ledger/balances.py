"""What was left for a connection's key, whenever that was asked and had changed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection, func, literal, select

from lib.ledger.database import upsert
from lib.ledger.schema import balances
from lib.vocabulary import MOST, Evidence, Money


@dataclass(frozen=True, slots=True)
class Balance:
    """What was left at a moment."""

    connection: str
    at: datetime
    left: Money


def note(conn: Connection, seen: Evidence) -> None:
    """Notes what a quota rung told to be left, if that is an amount and another one than before."""
    told = seen.detail.get("remaining") if seen.step == "quota" else None
    if told is None or abs(Decimal(told)) > MOST:
        return
    left, columns = Money(Decimal(told), seen.detail["currency"]), balances.c
    last = select(columns.remaining_nano, columns.currency).where(columns.connection == seen.connection)
    before = conn.execute(last.order_by(columns.at.desc()).limit(1)).one_or_none()
    if before is None or tuple(before) != (left.nano, left.currency):
        row = {"connection": seen.connection, "at": seen.at, "remaining_nano": left.nano, "currency": left.currency}
        upsert(conn, balances, [row], replace=("remaining_nano", "currency"))


def of(conn: Connection, connections: Collection[str], since: datetime | None = None) -> list[Balance]:
    """What was left for some connections, oldest first; with what still held at `since`."""
    columns, older = balances.c, balances.alias()
    query = select(balances).where(columns.connection.in_(connections)).order_by(columns.connection, columns.at)
    if since is not None:
        held = select(func.max(older.c.at)).where(older.c.connection == columns.connection, older.c.at <= since)
        query = query.where(columns.at >= func.coalesce(held.scalar_subquery(), literal(since, columns.at.type)))
    return [
        Balance(one.connection, one.at, Money.of_nano(one.remaining_nano, one.currency)) for one in conn.execute(query)
    ]
