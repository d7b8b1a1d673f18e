"""What relays log of a key's calls, by whatever program they were made; and for which times that is known.

Relays number rows anew in each answer (users.md, account log rows), so a row is known by its place in a key's log: what
is read of a span of time takes the place of what was known of it. An account's log is those of all its keys; whichever
way a row was read, it is kept under its key's number, once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from decimal import Decimal
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, delete, func, insert, select, update

from lib.ledger.database import hold_still, upsert
from lib.ledger.ids import between
from lib.ledger.schema import EPOCH, calls, relay_log, relay_pulls
from lib.vocabulary import MOST, Money
from lib.wire.relay_log import LogRow, RelayLog

LONGEST_CALL = timedelta(days=1)
AT_ONCE = 500
SECOND = timedelta(seconds=1)
"""As finely as relays tell time."""
ACCOUNT = ""
"""In place of a connection: the whole log of an account, and rows of keys that no connection has."""
NUMBERED = relay_log.c.scope.startswith("#")
UNNUMBERED = "account"
"""What stands for the keys of an account's rows that tell no number; a row that is read by key is kept by it."""


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

    `unsettled`: from when on there are rows that calls weren't settled by yet; None where there are none. `token`: what
    the relay calls the key, its number if it tells one; `account`: in whose log its rows are; None: that isn't known.
    `key`: what stands for the key they are of (`Owner.key`); None of an account.
    """

    at: datetime
    since: datetime | None
    unsettled: datetime | None = None
    token: str | None = None
    account: str | None = None
    key: str | None = None

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
    since = _whole_since(log, at)
    rows = [row for row in log.rows if since is None or row.at >= since]
    changed: list[datetime] = []
    for scope, own in _by_scope(owner.key, rows).items():
        place = {"relay": relay, "scope": scope, "connection": owner.first}
        records, oldest = [_record(row, units) for row in own], since or min(row.at for row in own)
        _take_over(conn, place, records)
        if scope == owner.key:
            records = _not_among(records, _elsewhere(conn, relay, NUMBERED, oldest))
        _drop_alike(conn, relay, relay_log.c.scope.in_({UNNUMBERED, owner.key} - {scope}), records)
        changed += _replace(conn, place, oldest, records)
    numbers = {row.token for row in rows if row.token.isdecimal()}
    now = Pulled(at, since, min(changed, default=None), numbers.pop() if len(numbers) == 1 else None)
    _write(conn, relay, _known(pulls(conn, relay), {owner.key: now}, [owner]))
    return len(changed)


def keep_account(
    conn: Connection, relay: str, account: str, owners: Sequence[Owner], log: RelayLog, at: datetime, units: int
) -> tuple[int, frozenset[str]]:
    """Keeps an account's log as it was read; returns how many rows came or went by it, and whose it surely is.

    `account`: what stands for it, never its token. `owners`: the keys of the user's connections. That one is of this
    account is known where its number is in the log, or the request of a call that was made with it, now or before;
    a key of another account, or one never used, tells neither. Of the connections that are returned the log is known
    as far as the account's is; the others are left to their keys.
    """
    hold_still(conn, relay_log)
    since, before = _whole_since(log, at), pulls(conn, relay)
    rows = [row for row in log.rows if since is None or row.at >= since]
    oldest, changed, by_scope = since or min((row.at for row in rows), default=at), [], _by_scope(UNNUMBERED, rows)
    readers = _readers(conn, relay, by_scope)
    for scope, own in by_scope.items():
        records = [_record(row, units) for row in own]
        if scope == UNNUMBERED:
            records = _not_among(records, _elsewhere(conn, relay, relay_log.c.scope != UNNUMBERED, oldest))
        else:
            _drop_alike(conn, relay, ~NUMBERED, records)
        place = {"relay": relay, "scope": scope, "connection": readers.get(scope, ACCOUNT)}
        changed += _replace(conn, place, oldest, records)
    whole = _reached(reached(before, account), Pulled(at, since, min(changed, default=None), account=account))
    whose = _whose(owners, _named(_of_keys(before, owners), account, rows) | _called(conn, relay, owners, rows, oldest))
    now = {owner.key: replace(whole, token=token) for token, found in whose.items() for owner in found}
    told = [owner for owner in owners if owner.key in now]
    _write(conn, relay, {ACCOUNT: whole} | _known(before, now, told))
    _attribute(conn, relay, {token: found[0].first for token, found in whose.items() if len(found) == 1})
    return len(changed), frozenset(name for owner in told for name in owner.connections)


def _known(before: Mapping[str, Pulled], now: Mapping[str, Pulled], owners: Sequence[Owner]) -> dict[str, Pulled]:
    """How far the logs of connections are known, by what is now known of their keys; none before the key was theirs."""
    of_keys = _of_keys(before, owners)
    return {
        name: _reached(of_keys.get(name), replace(one, since=_later(one.since, anew), key=owner.key))
        for owner in owners
        for name, anew in owner.connections.items()
        if (one := now.get(owner.key))
    }


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    return max(filter(None, (one, other)), default=None)


def _of_keys(known: Mapping[str, Pulled], owners: Sequence[Owner]) -> dict[str, Pulled]:
    """What is known of connections by the keys they have now; the environment may have given one another."""
    keys = {name: owner.key for owner in owners for name in owner.connections}
    return {name: one for name, one in known.items() if one.key in (None, keys.get(name)) and name in keys}


def reached(known: Mapping[str, Pulled], account: str) -> Pulled | None:
    """For which times an account's log is known; None where it was never read, or another's was."""
    found = known.get(ACCOUNT)
    return found if found and found.account == account else None


def _named(before: Mapping[str, Pulled], account: str, rows: Iterable[LogRow]) -> set[tuple[str, str]]:
    """What the relay calls keys that are of this account: by its own log before, or by a number that is in it now."""
    numbers = {row.token for row in rows if row.token.isdecimal()}
    told = ((one.token, name) for name, one in before.items() if one.account == account or one.token in numbers)
    return {(token, name) for token, name in told if token}


def _called(
    conn: Connection, relay: str, owners: Sequence[Owner], rows: Iterable[LogRow], oldest: datetime
) -> set[tuple[str, str]]:
    """What the relay calls the keys of calls since some time, by the names of their requests in an account's rows.

    The calls are gone through once: a join by names that have no index would go through them for each row.
    """
    columns, anew = calls.c, {name: at for one in owners for name, at in one.connections.items()}
    tokens = {row.request_id: row.token for row in rows if row.request_id}
    query = select(columns.request_id, columns.connection, columns.created_at).where(
        columns.relay == relay, columns.connection.in_(anew), *between(oldest - LONGEST_CALL, None)
    )
    found = conn.execute(query).all() if tokens else []
    return {(tokens[id], name) for id, name, at in found if id in tokens and (anew[name] or at) <= at}


def _whose(owners: Sequence[Owner], named: Collection[tuple[str, str]]) -> dict[str, list[Owner]]:
    """By what the relay calls a key, the keys it may be."""
    tokens = sorted({token for token, _ in named})
    return {
        token: [one for one in owners if any((token, name) in named for name in one.connections)] for token in tokens
    }


def _readers(conn: Connection, relay: str, scopes: Collection[str]) -> dict[str, str]:
    """By what stands for a key, the connection that its rows were last known to be of."""
    columns, numbers = relay_log.c, [one for one in scopes if one != UNNUMBERED]
    query = select(columns.scope, func.max(columns.connection)).group_by(columns.scope)
    found = conn.execute(query.where(columns.relay == relay, columns.scope.in_(numbers)))
    return {scope: name for scope, name in found}


def _attribute(conn: Connection, relay: str, whose: Mapping[str, str]) -> None:
    """Notes whose an account's rows are."""
    columns = relay_log.c
    for token, name in whose.items():
        there = (columns.relay == relay) & (columns.token == token) & columns.scope.in_((f"#{token}", UNNUMBERED))
        conn.execute(update(relay_log).where(there & (columns.connection != name)).values(connection=name))


def _elsewhere(
    conn: Connection, relay: str, where: ColumnElement[bool], oldest: datetime
) -> list[dict[str, Any]]:
    """The rows since then that are kept in other scopes."""
    columns = relay_log.c
    query = select(*_COMPARED).where(columns.relay == relay, where, columns.at >= oldest)
    return [dict(found) for found in conn.execute(query).mappings()]


def _not_among(records: Iterable[dict[str, Any]], others: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The records without those that are among others, each as often as it is there."""
    there = Counter(map(_alike, others))
    found = []
    for record in records:
        if there[_alike(record)] > 0:
            there[_alike(record)] -= 1
        else:
            found.append(record)
    return found


def _drop_alike(
    conn: Connection, relay: str, where: ColumnElement[bool], records: list[dict[str, Any]]
) -> None:
    """Deletes of the rows in some scopes those that are now better known: by key, or by its number."""
    columns = relay_log.c
    there = (columns.relay == relay) & where & (columns.at >= min((one["at"] for one in records), default=EPOCH))
    known = [dict(found) for found in conn.execute(select(columns.id, *_COMPARED).where(there)).mappings()]
    left = {one["id"] for one in _not_among(known, records)}
    gone = [one["id"] for one in known if one["id"] not in left]
    for first in range(0, len(gone), AT_ONCE):
        conn.execute(delete(relay_log).where(columns.id.in_(gone[first : first + AT_ONCE])))


def _alike(record: Mapping[str, Any]) -> tuple[object, ...]:
    """What both ways tell alike of a row (users.md, account log rows)."""
    names = ("request_id", "at", "kind", "model", "quota", "input_tokens", "output_tokens")
    return tuple(record[name] for name in names)


def _whole_since(log: RelayLog, at: datetime) -> datetime | None:
    """From when on a log that was read at a time is whole: of its oldest second it may tell a part only, and nothing of
    what was before where it has no rows of calls. None: always."""
    if not log.cut:
        return log.since
    return min(row.at for row in log.rows) + SECOND if log.rows else at


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
        if records:
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
    since = min(now.since, before.since) if joined and now.since and before.since else None if joined else now.since
    token, account = now.token or before.token, now.account or before.account
    return Pulled(now.at, since, unsettled, token, account, now.key)


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
    names = [f.name for f in fields(Pulled)]
    return {one["connection"]: Pulled(*(one[name] for name in names)) for one in conn.execute(query).mappings()}


def rows(conn: Connection, relay: str, since: datetime | None = None, until: datetime | None = None) -> list[Logged]:
    """A relay's rows of some time (None: no border), oldest first."""
    columns = relay_log.c
    query = select(relay_log).where(columns.relay == relay).order_by(columns.at, columns.id)
    if since is not None:
        query = query.where(columns.at >= since)
    if until is not None:
        query = query.where(columns.at < until)
    return [_of_record(found) for found in conn.execute(query).mappings()]


def forget_token(conn: Connection, connection: str) -> None:
    """Forgets what relays call a connection's key, and whose it is: it has another."""
    conn.execute(update(relay_pulls).where(relay_pulls.c.connection == connection).values(token=None, account=None))


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
