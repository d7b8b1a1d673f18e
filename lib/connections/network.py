"""How the user goes out to the network: his proxy and time-outs. The proxy's password is kept where his keys are."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated

from pydantic import Field, SecretStr
from sqlalchemy import Connection as Db

from lib.connections.keys import KeyStore
from lib.connections.model import Model
from lib.errors import WrongUse
from lib.http import Outward, Proxy, Timeouts
from lib.ledger import Ledger, settings

SETTING = "network"
PASSWORD = "_proxy"
"""The name under which the key store has the password: no connection can be called so."""

CONNECT_S, READ_S, WHOLE_S = (1, 120), (5, 3600), (5, 600)
"""The shortest and the longest that may be waited."""
_USUAL = Timeouts()


class Network(Model):
    """What is stored; whatever is absent is as `Timeouts` has it."""

    proxy: str | None = None
    user: str = ""
    has_password: bool = False
    by_environment: bool = False
    connect: Annotated[float, Field(ge=CONNECT_S[0], le=CONNECT_S[1])] = _USUAL.connect
    read: Annotated[float, Field(ge=READ_S[0], le=READ_S[1])] = _USUAL.read
    whole: Annotated[float, Field(ge=WHOLE_S[0], le=WHOLE_S[1])] = _USUAL.whole


def load(ledger: Ledger, keys: KeyStore) -> Outward:
    """The way out as stored. A password that can't be read is left out: the proxy will say that it wants one."""
    with ledger.read() as db:
        stored = settings.get(db, SETTING)
    kept = Network.model_validate_json(stored) if stored else Network()
    timeouts = Timeouts(connect=kept.connect, read=kept.read, whole=kept.whole)
    password = _password(keys) if kept.has_password else SecretStr("")
    proxy = Proxy(kept.proxy, kept.user, password) if kept.proxy else None
    return Outward(proxy, kept.by_environment, timeouts)


def _password(keys: KeyStore) -> SecretStr:
    with suppress(WrongUse):
        return keys.read(PASSWORD) or SecretStr("")
    return SecretStr("")


def save(ledger: Ledger, keys: KeyStore, outward: Outward) -> None:
    """Keeps the way out. Raises `WrongUse` where the password can't be kept; nothing has changed then."""
    proxy, waits = outward.proxy, outward.timeouts
    secret = proxy.password if proxy else SecretStr("")
    if secret.get_secret_value():
        keys.save(PASSWORD, secret)
    elif keys.kind is not None:
        keys.forget(PASSWORD)
    kept = Network(
        proxy=proxy.url if proxy else None, user=proxy.user if proxy else "",
        has_password=bool(secret.get_secret_value()), by_environment=outward.by_environment,
        connect=waits.connect, read=waits.read, whole=waits.whole,
    )  # fmt: skip

    def write(db: Db) -> None:
        settings.put(db, SETTING, kept.model_dump_json(exclude_defaults=True))

    ledger.write(write)
