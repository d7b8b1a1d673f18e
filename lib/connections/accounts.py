"""The user's own account at a relay, where he gives access to it: kept as keys are, sent only where it was saved for.

A variable `RELAYSCOPE_ACCOUNT_<RELAY>` with `number:token` wins over what is stored.
"""

from __future__ import annotations

from pydantic import SecretStr
from sqlalchemy import Connection as Db
from sqlalchemy import delete

from lib.connections.addresses import clean_key, tail
from lib.connections.keys import KeyStore, binding
from lib.connections.model import Model, Relay
from lib.errors import BadKey, KeyElsewhere, WrongUse
from lib.i18n import N_
from lib.ledger import Ledger, settings
from lib.ledger.schema import settings as table
from lib.wire import Endpoint
from lib.wire.relay_log import Account

NOT_A_NUMBER = N_("The user number has digits only. It stands in the relay's personal settings, as ID.")
NOT_A_TOKEN = N_("This is a key for calls. The access token is made in the relay's personal settings, under security.")
ELSEWHERE = N_("The access token was saved for another address than {address}. Enter it again for this address.")
NO_TOKEN = N_("Enter the access token.")


class Access(Model):
    """What may be shown of it: the user's number, the addresses the token was saved for, and the token's end."""

    number: str = ""
    bound: tuple[str, ...] = ()
    tail: str = ""


def stored_as(relay_id: str) -> str:
    """The name under which the key store has the token, and settings the rest: no connection can be called so."""
    return f"account:{relay_id}"


def shown(ledger: Ledger, relay_id: str) -> Access | None:
    """What may be shown of the access that is stored; None where there is none. Reads no token."""
    with ledger.read() as db:
        kept = settings.get(db, stored_as(relay_id))
    return Access.model_validate_json(kept) if kept else None


def save(ledger: Ledger, keys: KeyStore, relay: Relay, number: str, token: SecretStr | None) -> None:
    """Keeps a user's number (digits; "" for builds that want none) and access token, for the relay's lines as they are.

    Without a token the one that is stored stays, for the addresses it was saved for. Raises `WrongUse`.
    """
    before, number = shown(ledger, relay.id), _number(number)
    if token is None:
        if before is None:
            raise WrongUse(NO_TOKEN)
        kept = before.model_copy(update={"number": number})
    else:
        secret = _clean(token)
        keys.save(stored_as(relay.id), SecretStr(secret))
        kept = Access(number=number, bound=_addresses(relay), tail=tail(secret))
    ledger.write(lambda db: settings.put(db, stored_as(relay.id), kept.model_dump_json()))


def forget(ledger: Ledger, keys: KeyStore, relay_id: str) -> None:
    """Deletes what is stored; nothing happens where there is nothing."""
    if shown(ledger, relay_id) is not None:
        keys.forget(stored_as(relay_id))
    ledger.write(lambda db: drop(db, relay_id))


def drop(db: Db, relay_id: str) -> None:
    """Deletes what settings have, within a transaction."""
    names = (stored_as(relay_id), binding(stored_as(relay_id)))
    db.execute(delete(table).where(table.c.name.in_(names)))


def use_here(ledger: Ledger, relay_id: str) -> None:
    """What the environment holds is for the addresses that the relay has when it is used next."""
    ledger.write(lambda db: db.execute(delete(table).where(table.c.name == binding(stored_as(relay_id)))))


def account(ledger: Ledger, keys: KeyStore, relay: Relay) -> Account | None:
    """Access to the user's account at a relay's line in use; None where he gave none.

    Raises `KeyElsewhere` where it was saved (or, in the environment, first used) for other addresses, `BadKey` where
    the environment holds what can't be one.
    """
    address, name, kept = relay.chosen.base_url, stored_as(relay.id), shown(ledger, relay.id)
    given = keys.of_environment(name)
    if given is not None:
        bound = keys.first_used(name, lambda: _addresses(relay))
        told, _, secret = given.get_secret_value().rpartition(":")
        number = _number(told)
    else:
        token = keys.saved(name) if kept else None
        if kept is None or token is None:
            return None
        number, secret = kept.number, token.get_secret_value()
        bound = kept.bound if tail(secret) == kept.tail else ()  # else it was saved, and the rest wasn't any more
    if address not in bound:
        raise KeyElsewhere(ELSEWHERE, address=address)
    return Account(Endpoint(address, SecretStr(secret)), number or (kept.number if kept else ""))


def _number(typed: str) -> str:
    """The user's number, "" where there is none. Raises `BadKey`, which never repeats what was typed."""
    number = typed.strip()
    if number and not (number.isascii() and number.isdecimal()):
        raise BadKey(NOT_A_NUMBER)
    return number


def _clean(token: SecretStr) -> str:
    """The token meant. Raises `BadKey`, which never repeats it."""
    secret = clean_key(token.get_secret_value())
    if secret.startswith("sk-"):
        raise BadKey(NOT_A_TOKEN)
    return secret


def _addresses(relay: Relay) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line.base_url for line in relay.lines))
