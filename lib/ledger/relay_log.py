"""What relays log of a key's calls, by whatever program they were made; and for which times that is known.

Relays number rows anew in each answer (users.md, account log rows), so a row is known by its place in a key's log: what
is read of a span of time takes the place of what was known of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from decimal import Decimal
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

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
    """For which times a connection's log is known: since then (None: whatever there is), up to when it was read.

    `unsettled`: from when on there are rows that calls weren't settled by yet; None where there are none.
    """

    at: datetime
    since: datetime | None
    unsettled: datetime | None = None

    def covers(self, begun: datetime, ended: datetime) -> bool:
        """Whether a call of that time must be there, if the relay logged it."""
        return (self.since is None or self.since <= begun) and ended <= self.at


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose log it is. `key`: what stands for the key among rows that tell no number, never the key itself.

    `connections`: those that have the key, the one it was read with first; each with since when its calls are by this
    key (None: always).
    """

    key: str
    connections: Mapping[str, datetime | None]

    @property
    def first(self) -> str:
        """The connection it was read with."""
        return next(iter(self.connections))


def keep(conn: Connection, relay: str, owner: Owner, log: RelayLog, at: datetime, units: int) -> int:
    """Keeps a key's log as it was read, and how far it reaches; returns how many rows came or went by it.

    `units` are worth one US dollar.
    """
    hold_still(conn, relay_log)
    since = _whole_since(log)
    rows = [row for row in log.rows if since is None or row.at >= since]
    changed: list[datetime] = []
    for scope, own in _by_scope(owner.key, rows).items():
        place = {"relay": relay, "scope": scope, "connection": owner.first}
        records = [_record(row, units) for row in own]
        _take_over(conn, place, records)
        changed += _replace(conn, place, since or min(row.at for row in own), records)
    before = pulls(conn, relay)
    unsettled = min(changed, default=None)
    known = {
        name: _reached(before.get(name), Pulled(at, max(filter(None, (since, anew)), default=None), unsettled))
        for name, anew in owner.connections.items()
    }
    _write(conn, relay, known)
    return len(changed)


def _whole_since(log: RelayLog) -> datetime | None:
    """From when on a log is whole: of its oldest second it may tell a part only. None: always."""
    return min(row.at for row in log.rows) + SECOND if log.cut and log.rows else None


def _by_scope(key: str, rows: Iterable[LogRow]) -> dict[str, list[LogRow]]:
    """The rows by the number of their key, else by what stands for it."""
    found: dict[str, list[LogRow]] = {}
    for row in rows:
        found.setdefault(f"#{row.token}" if row.token.isdecimal() else key, []).append(row)
    return found


def _take_over(conn: Connection, place: Mapping[str, str], records: list[dict[str, Any]]) -> None:
    """Rows were kept under `connection/name` once: where some are among these, they are this key's, whoever asked."""
    columns, told = relay_log.c, set(map(_told, records))
    before = (columns.relay == place["relay"]) & columns.scope.contains("/")
    found = conn.execute(select(columns.scope, *_COMPARED).where(before)).mappings().all()
    alike = {one["scope"] for one in found if _told({name: one[name] for name in _NAMES}) in told}
    if alike:
        conn.execute(update(relay_log).where(before & columns.scope.in_(alike)).values(scope=place["scope"]))


def _replace(
    conn: Connection, place: Mapping[str, str], oldest: datetime, records: list[dict[str, Any]]
) -> list[datetime]:
    """Puts rows in the place of those known since then; returns the times of those that went or came by it."""
    columns = relay_log.c
    there = (columns.relay == place["relay"]) & (columns.scope == place["scope"]) & (columns.at >= oldest)
    known = [dict(found) for found in conn.execute(select(*_COMPARED).where(there)).mappings()]
    gone, come = _without(known, records), _without(records, known)
    if gone or come:
        conn.execute(delete(relay_log).where(there))
        conn.execute(insert(relay_log), [{**place, **one} for one in records])
    return [at for at, _ in (*gone.elements(), *come.elements())]


def _without(records: list[dict[str, Any]], others: list[dict[str, Any]]) -> Counter[tuple[datetime, str]]:
    """What of some records isn't among others, each as often as it is there."""
    return Counter(map(_told, records)) - Counter(map(_told, others))


def _told(record: Mapping[str, Any]) -> tuple[datetime, str]:
    return record["at"], repr(sorted(record.items(), key=itemgetter(0)))


def _record(row: LogRow, units: int) -> dict[str, Any]:
    plain = {name: getattr(row, name) for name in _PLAIN}
    amount = Money(min(Decimal(row.quota) / units, MOST))
    ratios = {name: f"{row.ratios[name]:f}" for name in sorted(row.ratios)}
    return plain | {"amount_nano": amount.nano, "currency": amount.currency, "ratios": ratios}


def _reached(before: Pulled | None, now: Pulled) -> Pulled:
    """Joins what was known before to what is known now, where nothing is between them."""
    if before is None:
        return now
    joined = now.since is not None and now.since <= before.at
    unsettled = min(filter(None, (before.unsettled, now.unsettled)), default=None)
    return Pulled(now.at, before.since if joined else now.since, unsettled)


def settled(conn: Connection, relay: str, known: Mapping[str, Pulled], but_from: datetime | None) -> None:
    """Notes that calls are settled by what was known, all or (`but_from`) those before that time; of logs that were
    read again meanwhile, nothing."""
    now = pulls(conn, relay)
    done = {name: replace(one, unsettled=but_from) for name, one in known.items() if now.get(name) == one}
    _write(conn, relay, done)


def _write(conn: Connection, relay: str, known: Mapping[str, Pulled]) -> None:
    rows = [{"relay": relay, "connection": name, **asdict(one)} for name, one in known.items()]
    upsert(conn, relay_pulls, rows, replace=tuple(f.name for f in fields(Pulled)))


def pulls(conn: Connection, relay: str) -> dict[str, Pulled]:
    """By connection, for which times its log at a relay is known."""
    query = select(relay_pulls).where(relay_pulls.c.relay == relay)
    return {found.connection: Pulled(found.at, found.since, found.unsettled) for found in conn.execute(query)}


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
_NAMES = (*_PLAIN, "amount_nano", "currency", "ratios")
_COMPARED = tuple(relay_log.c[name] for name in _NAMES)
