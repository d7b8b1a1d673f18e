"""Where keys are kept, and the rule that a key only goes to an address it was saved for.

A variable `RELAYSCOPE_KEY_<ID>` wins over what is stored and can't be written. What is stored lies in the system's
keychain where one works, else in a file only its owner can read; `RELAYSCOPE_KEYS` decides otherwise.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import cast, get_args

from pydantic import SecretStr

from lib.connections.addresses import clean_key, tail
from lib.connections.model import Connection
from lib.connections.rows import load
from lib.connections.vaults import Keychain, KeyFile, Vault, keychain_works
from lib.errors import KeyElsewhere, WrongUse
from lib.i18n import N_
from lib.ledger import Ledger, settings
from lib.vocabulary import KeyStore as Kind

CHOICE = "RELAYSCOPE_KEYS"
SETTING = "key_store"


def key_variable(id: str) -> str:
    """The environment variable of a connection's key; of what is stored as `kind:id`, that of this kind."""
    kind, _, name = id.rpartition(":")
    return f"RELAYSCOPE_{(kind or 'key').upper()}_{name.upper()}"


def binding(id: str) -> str:
    """The setting that says for which addresses a connection's key of the environment is."""
    return f"env_key:{id}"


class KeyStore:
    """The keys of one data folder. Safe to use from any thread but the ledger's writer.

    `kept` decides where, whatever the user's choice: the demo's keys have no business in his keychain.
    """

    def __init__(self, home: Path, ledger: Ledger, kept: Kind | None = None) -> None:
        self._home = home
        self._ledger = ledger
        self._kept = kept

    @property
    def kind(self) -> Kind | None:
        """Where keys are kept; None as long as no key was saved. Raises `WrongUse` for a wrong RELAYSCOPE_KEYS."""
        if self._kept is not None:
            return self._kept
        forced = os.environ.get(CHOICE)
        if forced and forced not in get_args(Kind):
            raise WrongUse(N_("{variable} must be keyring, env or file."), variable=CHOICE)
        return cast("Kind | None", forced or self._setting(SETTING))

    @property
    def where(self) -> str:
        """The place for a person to look: a file, the keychain's name, the variables' names; empty if none yet."""
        kind = self.kind
        if kind == "env":
            return key_variable("…")
        return self._vault(kind).where if kind else ""

    def save(self, id: str, key: SecretStr) -> None:
        """Keeps a key. Raises `WrongUse` where it can't; the first one decides where all are kept."""
        kind = self.kind or ("keyring" if keychain_works() else "file")
        if kind == "env":
            raise WrongUse(
                N_("Keys come from the environment here ({choice}=env). Set {variable} instead."),
                choice=CHOICE, variable=key_variable(id),
            )  # fmt: skip
        self._vault(kind).put(id, key.get_secret_value())
        if self._setting(SETTING) != kind:
            self._ledger.write(lambda db: settings.put(db, SETTING, kind))

    def read(self, id: str) -> SecretStr | None:
        """A connection's key: of the environment, else as stored; None if there is none."""
        return self.of_environment(id) or self.saved(id)

    def of_environment(self, id: str) -> SecretStr | None:
        """The key that a variable of the environment holds. Raises `BadKey` where it holds what can't be one."""
        text = os.environ.get(key_variable(id))
        return SecretStr(clean_key(text)) if text else None

    def saved(self, id: str) -> SecretStr | None:
        """The key as stored, whatever the environment says."""
        kind = self.kind
        key = self._vault(kind).get(id) if kind and kind != "env" else None
        return SecretStr(key) if key else None

    def forget(self, id: str) -> None:
        """Deletes a stored key; nothing happens where there is none."""
        kind = self.kind
        if kind and kind != "env":
            self._vault(kind).drop(id)

    def bound_by_environment(self, connection: Connection) -> tuple[str, ...]:
        """The addresses a key of the environment is for: those the connection had when it was first used."""
        return self.first_used(connection.id, lambda: load(self._ledger).addresses(connection))

    def first_used(self, id: str, addresses: Callable[[], tuple[str, ...]]) -> tuple[str, ...]:
        """The addresses that what the environment holds was first used for: these, where it wasn't used before."""
        before = self._setting(binding(id))
        if before is not None:
            return tuple(json.loads(before))
        now = addresses()
        self._ledger.write(lambda db: settings.put(db, binding(id), json.dumps(now)))
        return now

    def first_used_elsewhere(self, id: str, address: str) -> bool:
        """Whether what the environment holds was first used for other addresses than this. Reads no key."""
        before = self._setting(binding(id))
        return before is not None and address not in json.loads(before)

    def is_elsewhere(self, connection: Connection, address: str) -> bool:
        """Whether the connection's key was saved (or first used) for other addresses than this. Reads no key."""
        if os.environ.get(key_variable(connection.id)):
            return self.first_used_elsewhere(connection.id, address)
        return bool(connection.bound) and address not in connection.bound

    def _setting(self, name: str) -> str | None:
        with self._ledger.read() as db:
            return settings.get(db, name)

    def _vault(self, kind: Kind) -> Vault:
        return Keychain() if kind == "keyring" else KeyFile(self._home)


def key_for(keys: KeyStore, connection: Connection, address: str) -> SecretStr | None:
    """The connection's key for requests to `address`; None where there is none.

    Raises `KeyElsewhere` where the key was saved (or, in the environment, first used) for other addresses, `BadKey`
    where the environment holds what can't be one.
    """
    key = keys.of_environment(connection.id)
    if key is not None:
        if address not in keys.bound_by_environment(connection):
            raise KeyElsewhere(
                N_("The key in {variable} was first used for another address than {address}. "
                   "Remove {connection} and import it again to use it there."),
                variable=key_variable(connection.id), connection=connection.id, address=address,
            )  # fmt: skip
        return key
    key = keys.saved(connection.id)
    # The tail tells whether it is the very key the addresses belong to, should an import have ended halfway.
    if key is not None and (address not in connection.bound or tail(key.get_secret_value()) != connection.key_tail):
        raise KeyElsewhere(
            N_("The key of {connection} was saved for another address than {address}. "
               "Enter it again for this address."),
            connection=connection.id, address=address,
        )  # fmt: skip
    return key
