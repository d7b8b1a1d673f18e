"""What relays log of a key's calls, by whatever program they were made; and for which times that is known.

Relays number rows anew in each answer (users.md, account log rows), so a row is known by its place in a key's log: what
is read of a span of time takes the place of what was known of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from decimal import Decimal
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, select

from lib.ledger.database import hold_still, upsert
from lib.ledger.schema import relay_log, relay_pulls
from lib.vocabulary import MOST, Money
from lib.wire.relay_log import LogRow, RelayLog

SECOND = timedelta(seconds=1)
"""As finely as relays tell time."""


@dataclass(frozen=True, slots=True)
class Logged:
    """A relay's row as it is kept: with whose key it was read, and its quota as money (of a refund, what came back)."""

    id: int
    connection: str
    amount: Money
    row: LogRow


@dataclass(frozen=True, slots=True)
class Pulled:
    """For which times a connection's log is known: since then (None: whatever there is), up to when it was read."""

    at: datetime
    since: datetime | None

    def covers(self, begun: datetime, ended: datetime) -> bool:
        """Whether a call of that time must be there, if the relay logged it."""
        return (self.since is None or self.since <= begun) and ended <= self.at


def keep(conn: Connection, relay: str, connections: Sequence[str], log: RelayLog, at: datetime, units: int) -> int:
    """Keeps a key's log as it was read, and how far it reaches; returns how many rows came or went by it.

    `connections`: those that share the key, the one it was read with first. `units` are worth one US dollar.
    """
    hold_still(conn, relay_log)
    since = _whole_since(log)
    rows = [row for row in log.rows if since is None or row.at >= since]
    changed = 0
    for scope, own in _by_key(connections[0], rows).items():
        place = {"relay": relay, "scope": scope, "connection": connections[0]}
        changed += _replace(conn, place, since or min(row.at for row in own), [_record(row, units) for row in own])
    for connection in connections:
        _reach(conn, relay, connection, at, since)
    return changed


def _whole_since(log: RelayLog) -> datetime | None:
    """From when on a log is whole: of its oldest second it may tell a part only. None: always."""
    return min(row.at for row in log.rows) + SECOND if log.cut and log.rows else None


def _by_key(connection: str, rows: Iterable[LogRow]) -> dict[str, list[LogRow]]:
    """The rows by what names their key; a relay that names none is asked with one key at a time."""
    found: dict[str, list[LogRow]] = {}
    for row in rows:
        found.setdefault(f"#{row.token}" if row.token.isdecimal() else f"{connection}/{row.token}", []).append(row)
    return found


def _replace(conn: Connection, place: Mapping[str, str], oldest: datetime, records: list[dict[str, Any]]) -> int:
    columns = relay_log.c
    there = (columns.relay == place["relay"]) & (columns.scope == place["scope"]) & (columns.at >= oldest)
    known = [dict(found) for found in conn.execute(select(*_COMPARED).where(there)).mappings()]
    gone, come = _without(known, records), _without(records, known)
    if gone or come:
        conn.execute(delete(relay_log).where(there))
        conn.execute(insert(relay_log), [{**place, **one} for one in records])
    return gone.total() + come.total()


def _without(records: list[dict[str, Any]], others: list[dict[str, Any]]) -> Counter[str]:
    """What of some records isn't among others, each as often as it is there."""
    return Counter(map(_told, records)) - Counter(map(_told, others))


def _told(record: Mapping[str, Any]) -> str:
    return repr(sorted(record.items(), key=itemgetter(0)))


def _record(row: LogRow, units: int) -> dict[str, Any]:
    plain = {name: getattr(row, name) for name in _PLAIN}
    amount = Money(min(Decimal(row.quota) / units, MOST))
    ratios = {name: f"{row.ratios[name]:f}" for name in sorted(row.ratios)}
    return plain | {"amount_nano": amount.nano, "currency": amount.currency, "ratios": ratios}


def _reach(conn: Connection, relay: str, connection: str, at: datetime, since: datetime | None) -> None:
    """Joins what was known before to what is known now, where nothing is between them."""
    before = pulls(conn, relay).get(connection)
    if since is not None and before is not None and since <= before.at:
        since = before.since
    row = {"relay": relay, "connection": connection, "at": at, "since": since}
    upsert(conn, relay_pulls, [row], replace=("at", "since"))


def pulls(conn: Connection, relay: str) -> dict[str, Pulled]:
    """By connection, for which times its log at a relay is known."""
    columns = relay_pulls.c
    query = select(columns.connection, columns.at, columns.since).where(columns.relay == relay)
    return {found.connection: Pulled(found.at, found.since) for found in conn.execute(query)}


def rows(conn: Connection, relay: str, since: datetime | None = None, until: datetime | None = None) -> list[Logged]:
    """A relay's rows of some time (None: no border), oldest first."""
    columns = relay_log.c
    query = select(relay_log).where(columns.relay == relay).order_by(columns.at, columns.id)
    if since is not None:
        query = query.where(columns.at >= since)
    if until is not None:
        query = query.where(columns.at < until)
    return [_of_record(found) for found in conn.execute(query).mappings()]


def forget(conn: Connection, relay: str) -> None:
    """Deletes what is known of a relay's log."""
    for table in (relay_log, relay_pulls):
        conn.execute(delete(table).where(table.c.relay == relay))


def _of_record(columns: RowMapping) -> Logged:
    ratios: Mapping[str, str] = columns["ratios"]
    row = LogRow(
        **{name: columns[name] for name in _PLAIN},
        ratios={name: Decimal(ratio) for name, ratio in ratios.items()},
    )
    return Logged(columns["id"], columns["connection"], Money.of_nano(columns["amount_nano"], columns["currency"]), row)


_PLAIN = tuple(f.name for f in fields(LogRow) if f.name != "ratios")
_COMPARED = tuple(relay_log.c[name] for name in (*_PLAIN, "amount_nano", "currency", "ratios"))
