"""Changes what is configured: imports a file, removes, switches a line. A change is whole or doesn't happen."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping, Sequence
from datetime import UTC, datetime

from pydantic import SecretStr
from sqlalchemy import Connection as Db
from sqlalchemy import delete

from lib.connections import accounts
from lib.connections.addresses import tail
from lib.connections.importing import ImportFile, plan_import, relays_wanted
from lib.connections.keys import KeyStore, binding
from lib.connections.model import Configuration, Connection, Relay
from lib.connections.rows import drop, load, put, read
from lib.errors import WrongUse
from lib.i18n import N_
from lib.ledger import Ledger, relay_log, rollups, snapshots
from lib.ledger.schema import balances, evidence, evidence_newest, evidence_spells, settings

__all__ = [
    "ImportFile",
    "apply_import",
    "choose_line",
    "load",
    "plan_import",
    "planned",
    "remove",
    "remove_connection",
    "remove_relay",
]


def planned(plan: ImportFile, before: Configuration) -> Configuration:
    """What will be configured once a plan is applied. Raises `WrongUse` where a relay is nowhere."""
    after = _with(before, relays_wanted(plan, before), plan.connections)
    connections = (_bound(one, plan.keys.get(one.id), before, after) for one in plan.connections)
    return _with(after, (), tuple(connections))


def apply_import(ledger: Ledger, keys: KeyStore, plan: ImportFile, *, only_new: bool = False) -> None:
    """Saves relays, connections and keys, each in place of the one of its id; what isn't in the plan stays.

    A connection without a key in the plan keeps the one it has, for the addresses that was saved for. Raises
    `WrongUse` where a relay is nowhere, a key can't be saved, or, with `only_new`, an id is there already; nothing
    has changed then.
    """
    before = load(ledger)
    if only_new:
        _refuse_taken(plan, before)
    after = planned(plan, before)
    relays = relays_wanted(plan, before)
    wanted = [after.connection(one.id) for one in plan.connections]
    stale = [one.id for one in wanted if _is_another(one, plan.keys.get(one.id), keys, before, after)]
    others = [one.id for one in wanted if _has_another_log(one, plan.keys.get(one.id), keys, before)]
    connections = _since_when(wanted, others, before, ledger)
    moved = [one.id for one in relays if _has_moved(one, before)]

    def change(db: Db) -> None:
        if only_new:
            _refuse_taken(plan, read(db))  # again: another tab may have been quicker
        for relay in relays:
            put(db, relay)
        for connection in connections:
            put(db, connection)
        for id in stale:
            _forget_connection(db, id)
        for id in moved:
            snapshots.forget(db, f"relay:{id}")

    _with_keys(keys, plan.keys, lambda: ledger.write(change))


def remove(ledger: Ledger, keys: KeyStore, id: str) -> None:
    """Removes a connection with its key and what was seen of it, or a relay nothing depends on. The log stays.

    Raises `WrongUse` for an unknown id and for a relay in use, naming its connections.
    """
    configured = load(ledger)
    if any(one.id == id for one in configured.connections):
        remove_connection(ledger, keys, id)
    elif any(one.id == id for one in configured.relays):
        remove_relay(ledger, keys, id)
    else:
        raise WrongUse(N_("There is no connection or relay {id}."), id=id)


def remove_connection(ledger: Ledger, keys: KeyStore, id: str) -> None:
    """Removes a connection with its key and what was seen of it. Raises `WrongUse` for an unknown id."""
    connection = load(ledger).connection(id)
    keys.forget(id)
    ledger.write(lambda db: _remove_connection(db, connection))


def remove_relay(ledger: Ledger, keys: KeyStore, id: str) -> None:
    """Removes a relay with the access to the user's account. Raises `WrongUse` for an unknown id and for one in use,
    naming its connections."""
    _refuse_in_use(load(ledger), id)
    accounts.forget(ledger, keys, id)
    ledger.write(lambda db: _remove_relay(db, id))


def choose_line(ledger: Ledger, relay_id: str, line_id: str) -> None:
    """Switches a relay to another of its lines. Raises `WrongUse` for an unknown relay or line."""

    def change(db: Db) -> None:
        relay = read(db).relay(relay_id)
        ids = [line.id for line in relay.lines]
        if line_id not in ids:
            raise WrongUse(
                N_("The relay {relay} has no line {line}; it has {lines}."),
                relay=relay_id, line=line_id, lines=", ".join(ids),
            )  # fmt: skip
        put(db, relay.model_copy(update={"line": line_id}))

    ledger.write(change)


def _with(before: Configuration, relays: tuple[Relay, ...], connections: tuple[Connection, ...]) -> Configuration:
    return Configuration(
        relays=tuple({one.id: one for one in (*before.relays, *relays)}.values()),
        connections=tuple({one.id: one for one in (*before.connections, *connections)}.values()),
    )


def _refuse_taken(plan: ImportFile, configured: Configuration) -> None:
    """Raises `WrongUse` where a relay or connection of the plan would take another's place."""
    for new, there in ((plan.connections, configured.connections), (plan.relays, configured.relays)):
        taken = sorted({one.id for one in new} & {one.id for one in there})
        if taken:
            raise WrongUse(N_("The id {id} is taken already. Choose another."), id=taken[0])


def _old(id: str, before: Configuration) -> Connection | None:
    return next((one for one in before.connections if one.id == id), None)


def _bound(
    connection: Connection, key: SecretStr | None, before: Configuration, after: Configuration
) -> Connection:
    """A new key is for the addresses the connection has now, a kept one for those it was saved for."""
    old = _old(connection.id, before)
    if key is not None:
        binding = {"bound": after.addresses(connection), "key_tail": tail(key.get_secret_value())}
    else:
        binding = {"bound": old.bound, "key_tail": old.key_tail} if old else {}
    return connection.model_copy(update=binding)


def _is_another(
    new: Connection, key: SecretStr | None, keys: KeyStore, before: Configuration, after: Configuration
) -> bool:
    """Whether what was seen of the connection of this id says nothing of the new one."""
    old = _old(new.id, before)
    if old is None:
        return False
    return _has_another_key(new, key, keys) or (old.provider, before.address(old)) != (new.provider, after.address(new))


def _has_another_log(new: Connection, key: SecretStr | None, keys: KeyStore, before: Configuration) -> bool:
    """Whether the relay's log of the connection of this id isn't the new one's: another key's, or another relay's."""
    old = _old(new.id, before)
    return old is not None and (_has_another_key(new, key, keys) or old.relay != new.relay)


def _has_another_key(new: Connection, key: SecretStr | None, keys: KeyStore) -> bool:
    return key is not None and key != keys.saved(new.id)


def _since_when(
    wanted: Sequence[Connection], others: Container[str], before: Configuration, ledger: Ledger
) -> list[Connection]:
    """The connections, those marked that take the place of another: one that is changed, or one that was removed."""
    with ledger.read() as db:
        called = set(rollups.keys(db, "connection"))
    now = datetime.now(UTC)
    found = [(one, _old(one.id, before)) for one in wanted]
    anew = {one.id: now for one, old in found if one.id in others or (old is None and one.id in called)}
    kept = {old.id: old.anew_since for _, old in found if old}
    return [one.model_copy(update={"anew_since": anew.get(one.id, kept.get(one.id))}) for one in wanted]


def _has_moved(relay: Relay, before: Configuration) -> bool:
    """Whether not one address is left of the relay of this id."""
    old = [line.base_url for one in before.relays if one.id == relay.id for line in one.lines]
    return bool(old) and not {line.base_url for line in relay.lines} & set(old)


def _with_keys(keys: KeyStore, new: Mapping[str, SecretStr], write: Callable[[], None]) -> None:
    """Saves keys, then the rest; if either fails, the keys are what they were."""
    old: dict[str, SecretStr | None] = {}
    try:
        for id, key in new.items():
            old[id] = keys.saved(id)
            keys.save(id, key)
        write()
    except BaseException:
        for id, former in old.items():
            if former is None:
                keys.forget(id)
            elif keys.saved(id) != former:
                keys.save(id, former)
        raise


def _remove_connection(db: Db, connection: Connection) -> None:
    drop(db, connection)
    _forget_connection(db, connection.id)
    db.execute(delete(settings).where(settings.c.name == binding(connection.id)))


def _refuse_in_use(configured: Configuration, id: str) -> None:
    users = [one.id for one in configured.connections if one.relay == id]
    if users:
        raise WrongUse(
            N_("The relay {id} is in use: remove {connections} first."), id=id, connections=", ".join(users)
        )


def _remove_relay(db: Db, id: str) -> None:
    configured = read(db)
    _refuse_in_use(configured, id)
    drop(db, configured.relay(id))
    snapshots.forget(db, f"relay:{id}")
    relay_log.forget(db, id)


def _forget_connection(db: Db, id: str) -> None:
    """Deletes what was seen of a connection."""
    for table in (evidence_newest, evidence, evidence_spells, balances):
        db.execute(delete(table).where(table.c.connection == id))
    snapshots.forget(db, id, f"connection:{id}")
    relay_log.forget_token(db, id)
