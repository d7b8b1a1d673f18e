"""Reads what relays logged of our keys, out of the ration of their addresses, and settles our calls by it."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Literal

import httpx
from pydantic import SecretStr
from sqlalchemy import Connection as Db

from lib.calls.known import Known
from lib.calls.route import Route
from lib.causes import CAUSES, judge, of_line_fault, reason
from lib.checks import account_log
from lib.checks.account_log import fingerprint, redacted
from lib.checks.rationed import NEVER, Spent, ask
from lib.connections.model import Relay
from lib.cost.price import Price
from lib.cost.reconciliation import Reconciled, reconcile
from lib.errors import LineFault
from lib.http import Http, without_keys
from lib.ledger import Ledger, relay_log, retention, rollups
from lib.ledger import calls as log
from lib.ledger.relay_log import Logged, Owner, Pulled
from lib.ledger.row import CallRow
from lib.vocabulary import UNFINISHED, Money, Reason
from lib.wire import Unreadable
from lib.wire.newapi import QUOTA_PER_UNIT
from lib.wire.relay_log import Account, RelayLog, log_request, read_log

AROUND = timedelta(days=1)
"""How much more of both logs is read than is asked for: of a call at the border the rows may be beyond it."""
FOR_OTHERS, FOR_CALLED = 2, 15
"""Requests of a ration that are left to others: by a key that calls were made with, and by one that none was."""
NOT_FOUND = 404
AT_ONCE = 500
"""Calls that are read at once."""


Way = Literal["account", "key"]
"""How a log is read: as the account's, of all its keys at once, or key by key."""


@dataclass(frozen=True, slots=True)
class Told:
    """What asking for one key's log came to. `connections` share the key; `why`: why nothing came, None where it did.

    `changed`: how many rows came or went by it. `way`: how it was read; one by account without connections tells of the
    account's log as a whole.
    """

    connections: tuple[str, ...]
    why: Reason | None = None
    changed: int = 0
    way: Way = "key"


OnTold = Callable[[Told], None]


async def pull(
    http: Http, known: Known, relay_id: str, *, key_in_address: bool = False, on_told: OnTold | None = None
) -> tuple[Told, ...]:
    """Asks a relay for the log of every key that a connection through it has, each key once, one after the other.

    Where the user gives access to his account, its log is read before, and tells of all keys that surely are its own;
    the others are asked for one by one. Keys that calls were made with come first, those not read for longest before
    the others. `key_in_address`: as old builds want it. Raises `WrongUse` for an unknown relay.
    """
    found: list[Told] = []

    def note(told: Told) -> None:
        found.append(told)
        if on_told is not None:
            on_told(told)

    of_account = await _pull_account(http, known, relay_id, note)
    for asked in _in_turn(known, relay_id):
        if asked.names[0] in of_account:
            note(Told(asked.names, way="account"))
        else:
            note(await _pull(http, known, relay_id, asked, key_in_address))
    return tuple(found)


async def _pull_account(http: Http, known: Known, relay_id: str, note: OnTold) -> frozenset[str]:
    """Reads the log of the user's account, where he gives access to it; returns the connections that it tells of."""
    relay = known.configuration().relay(relay_id)
    account = await account_log.access(known, relay)
    if account is None:
        return frozenset()
    read = account if isinstance(account, Reason) else await _read_account(http, known, relay, account)
    if isinstance(read, Reason):
        note(Told((), read, way="account"))
        return frozenset()
    changed, of_account = read
    note(Told((), changed=changed, way="account"))
    return of_account


async def _read_account(
    http: Http, known: Known, relay: Relay, account: Account
) -> tuple[int, frozenset[str]] | Reason:
    name, by_key = account_log.name_of(relay.id, account), _by_key(known, relay.id)
    with known.ledger.read() as db:
        before = relay_log.reached(relay_log.pulls(db, relay.id), name)
    since = (before.at - account_log.OVERLAP).replace(microsecond=0) if before else None
    secrets = [key for routes in by_key if (key := routes[0].endpoint.key)]
    at, log = datetime.now(UTC), await account_log.read(http, account, since, secrets)
    if isinstance(log, Reason):
        return log
    owners, units = [_owner(relay.id, routes) for routes in by_key], _units(known, f"relay:{relay.id}")
    keep = partial(relay_log.keep_account, relay=relay.id, account=name, owners=owners, log=log, at=at, units=units)
    return await known.ledger.awrite(keep)


def keys_of(known: Known, relay_id: str) -> int:
    """How many keys there are to ask a relay for. Raises `WrongUse` for an unknown relay."""
    return len(_by_key(known, relay_id))


@dataclass(frozen=True, slots=True)
class _Asked:
    """One key: the ways of the connections that have it, and how much of the ration is left to others."""

    routes: tuple[Route, ...]
    keep_back: int

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(route.connection.id for route in self.routes)


def _in_turn(known: Known, relay_id: str) -> list[_Asked]:
    with known.ledger.read() as db:
        read, called = relay_log.pulls(db, relay_id), set(rollups.keys(db, "connection"))
    found = [_Asked(routes, _keep_back(routes, called)) for routes in _by_key(known, relay_id)]
    return sorted(found, key=lambda one: (one.keep_back, read[one.names[0]].at if one.names[0] in read else NEVER))


def _keep_back(routes: Sequence[Route], called: Container[str]) -> int:
    return FOR_OTHERS if any(route.connection.id in called for route in routes) else FOR_CALLED


def _by_key(known: Known, relay_id: str) -> list[tuple[Route, ...]]:
    """The ways of a relay's connections, those with one key together."""
    configuration = known.configuration()
    relay = configuration.relay(relay_id)
    found: dict[str, list[Route]] = {}
    for connection in configuration.connections:
        if connection.relay == relay.id:
            route = known.route(connection.id)
            found.setdefault(_secret(route.endpoint.key) or connection.id, []).append(route)
    return [tuple(routes) for routes in found.values()]


def _secret(key: SecretStr | None) -> str:
    return key.get_secret_value() if key else ""


async def _pull(http: Http, known: Known, relay_id: str, asked: _Asked, key_in_address: bool) -> Told:
    route = asked.routes[0]
    if (keyless := route.keyless) is not None:
        return Told(asked.names, reason(CAUSES[keyless.code], **keyless.params))
    request = log_request(route.endpoint, key_in_address=key_in_address)
    try:
        response = await ask(http, known.ledger, request, asked.keep_back)
    except LineFault as fault:
        return Told(asked.names, without_keys(reason(of_line_fault(fault), **fault.params)))
    read, at = _read(response, route), datetime.now(UTC)
    if isinstance(read, Reason):
        return Told(asked.names, read)
    owner, units = _owner(relay_id, asked.routes), _units(known, route.place)
    keep = partial(relay_log.keep, relay=relay_id, owner=owner, log=read, at=at, units=units)
    return Told(asked.names, changed=await known.ledger.awrite(keep))


def _owner(relay_id: str, routes: Sequence[Route]) -> Owner:
    """Whose log it is, with what stands for the key."""
    connections = {one.connection.id: one.connection.anew_since for one in routes}
    stands_for = fingerprint(relay_id, _secret(routes[0].endpoint.key) or routes[0].connection.id)
    return Owner(f"key {stands_for}", connections)


def _units(known: Known, place: str) -> int:
    """How many of a relay's units are worth one US dollar."""
    status = known.status(place)
    return status.quota_per_unit if status else QUOTA_PER_UNIT


def _read(response: httpx.Response | Spent, route: Route) -> RelayLog | Reason:
    """One key's log, or why it isn't told; whatever its words, they hold no key."""
    if isinstance(response, Spent):
        return reason(CAUSES["rationed"], **response.params)
    try:
        found = read_log(response)
    except Unreadable as unreadable:
        said = unreadable.said
        nothing = said.html or said.empty or said.status == NOT_FOUND
        cause = CAUSES["no_such_endpoint"] if nothing else judge(said, "newapi", through_relay=True, posted=False)
        return without_keys(reason(cause, said))
    secrets = [route.endpoint.key] if route.endpoint.key else []
    return replace(found, rows=redacted(found.rows, secrets))


@dataclass(frozen=True, slots=True)
class _Logs:
    """Both logs of some time and a day around it, and for which times the relay's is known."""

    calls: Sequence[CallRow]
    rows: Sequence[Logged]
    known: Mapping[str, Pulled]

    def reconciled(self, db: Db) -> Reconciled:
        return reconcile(self.calls, self.rows, self.covered, partial(_prices, db))

    def covered(self, call: CallRow) -> bool:
        """Whether the relay's log is known for the time of a call."""
        pulled = self.known.get(call.connection)
        return pulled is not None and pulled.covers(call.created_at, call.finished_at or call.created_at)


def reconciled(db: Db, relay_id: str, since: datetime | None = None, until: datetime | None = None) -> Reconciled:
    """Our calls through a relay beside its log, as far as both are known. Sends nothing, changes nothing."""
    since = max(filter(None, (since, retention.kept_since(db))), default=None)
    return _logs(db, relay_id, since, until).reconciled(db).of(since, until)


def _logs(db: Db, relay_id: str, since: datetime | None, until: datetime | None) -> _Logs:
    begun, ended = since and since - AROUND, until and until + AROUND
    known = relay_log.pulls(db, relay_id)
    rows = relay_log.rows(db, relay_id, begun, ended)
    return _Logs(_calls(db, relay_id, _first_known(known, rows, begun), ended) if known else [], rows, known)


def _first_known(
    known: Mapping[str, Pulled], rows: Sequence[Logged], begun: datetime | None
) -> datetime | None:
    """From when on calls may have to do with what is known of the log, or with what isn't there."""
    borders = [one.since for one in known.values() if one.since is not None]
    if len(borders) < len(known):
        return begun
    oldest = min([*borders, *(one.row.at for one in rows[:1])]) - AROUND
    return max(begun, oldest) if begun else oldest


def _calls(db: Db, relay_id: str, since: datetime | None, until: datetime | None) -> list[CallRow]:
    found: list[CallRow] = []
    after: str | None = ""
    while after is not None:
        page = log.page(db, relay=relay_id, since=since, until=until, limit=AT_ONCE, after=after or None)
        found += page.rows
        after = page.next
    return found


def _prices(db: Db, ids: Sequence[str]) -> dict[str, Price]:
    found: dict[str, Price] = {}
    for first in range(0, len(ids), AT_ONCE):
        for name, payload in log.settled_by(db, ids[first : first + AT_ONCE]).items():
            if payload.prices and payload.prices.get("unit"):
                found[name] = Price.of_record(payload.prices)
    return found


@dataclass(frozen=True, slots=True)
class _Unsettled:
    """The calls to be settled as they were found, and what each was billed by the log.

    `running`: since when there are calls that can't be settled yet, not having ended.
    """

    calls: Mapping[str, CallRow]
    bills: Mapping[str, Money]
    known: Mapping[str, Pulled]
    running: datetime | None

    def billed(self, row: CallRow) -> Mapping[str, Any]:
        """What changes in a call as it stands now."""
        return {"billed": self.bills.get(row.id)} if row.billed == self.calls[row.id].billed else {}


def settle(ledger: Ledger, relay_id: str) -> int:
    """Writes into calls what the relay's log says they were billed; takes back what it no longer says.

    Looks only around what was read since the last time. Both logs are read beside other writes, the calls written some
    at a time; one that another process settled meanwhile is left as that left it, and looked at the next time. Blocks;
    not for the writer's thread. Returns how many calls changed.
    """
    with ledger.read() as db:
        found = _unsettled(db, relay_id)
    ids, changed = sorted(found.calls), set[str]()
    for first in range(0, len(ids), AT_ONCE):
        write = partial(log.change, ids=ids[first : first + AT_ONCE], changes=found.billed)
        changed |= {row.id for row in ledger.write(write)}
    left = [found.calls[id].created_at for id in ids if id not in changed]
    but_from = min(filter(None, (found.running, *left)), default=None)
    ledger.write(lambda db: relay_log.settled(db, relay_id, found.known, but_from))
    return len(changed)


def _unsettled(db: Db, relay_id: str) -> _Unsettled:
    known = relay_log.pulls(db, relay_id)
    oldest = min((one.unsettled for one in known.values() if one.unsettled), default=None)
    if oldest is None:
        return _Unsettled({}, {}, {}, None)
    since = max(filter(None, (oldest - AROUND, retention.kept_since(db))))
    logs = _logs(db, relay_id, since, None)
    bills = {one.call.id: one.bill.amount for one in logs.reconciled(db).of(since, None).matched}
    calls = [call for call in logs.calls if call.created_at >= since]
    running = [call.created_at for call in calls if call.status in UNFINISHED]
    told = (call for call in calls if call.status not in UNFINISHED and (call.id in bills or logs.covered(call)))
    found = {call.id: call for call in told if call.billed != bills.get(call.id)}
    return _Unsettled(found, bills, known, min(running, default=None))
