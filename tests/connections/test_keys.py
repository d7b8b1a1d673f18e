"""Where keys lie, which one wins, and where one may go."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError
from pydantic import SecretStr

from lib.connections.keys import KeyStore, key_for
from lib.connections.store import apply_import, choose_line, load, plan_import, remove
from lib.errors import BadKey, WrongUse
from lib.ledger import Ledger

KEY = SecretStr("sk-s3cret-0000000000000001")
OTHER = SecretStr("sk-s3cret-0000000000000002")
HK, US = "https://hk.example.com", "https://us.example.com"
LINES = [{"id": "hk", "name": "HK", "base_url": HK}, {"id": "us", "name": "US", "base_url": US}]
CHAT = {"id": "chat", "provider": "zhipu", "relay": "mine"}
FILE = json.dumps({"relays": [{"id": "mine", "lines": LINES}], "connections": [CHAT]})


class Keychain(KeyringBackend):
    """A keychain in memory."""

    priority = 5.0  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.items: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.items.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.items[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.items:
            raise PasswordDeleteError(username)
        del self.items[service, username]


class LowKeychain(Keychain):
    """One that isn't safe enough to be chosen."""

    priority = 0.5  # type: ignore[assignment]


class ForgetfulKeychain(Keychain):
    """One that doesn't keep what it's given."""

    def set_password(self, service: str, username: str, password: str) -> None:
        self.items[service, username] = ""


class FailingKeychain(Keychain):
    """One whose system is broken."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise OSError(f"no service for {password}")


class SilentKeychain(Keychain):
    """One that waits for somebody to unlock it."""

    def __init__(self) -> None:
        super().__init__()
        self.unlocked = Event()

    def set_password(self, service: str, username: str, password: str) -> None:
        self.unlocked.wait()


@pytest.fixture(autouse=True)
def former_keychain() -> Iterator[None]:
    former = keyring.get_keyring()
    yield
    keyring.set_keyring(former)


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody says where keys are kept."""
    monkeypatch.delenv("RELAYSCOPE_KEYS")


def test_a_key_is_kept_replaced_and_forgotten(keys: KeyStore, own_home: Path) -> None:
    assert keys.read("chat") is None
    keys.save("chat", KEY)
    keys.save("other", OTHER)
    assert (keys.read("chat"), keys.read("other")) == (KEY, OTHER)
    keys.save("chat", OTHER)
    assert keys.read("chat") == OTHER
    keys.forget("chat")
    keys.forget("chat")
    assert (keys.read("chat"), keys.read("other")) == (None, OTHER)
    assert keys.where == str(own_home / "keys.json")


def test_the_file_is_its_owners_alone(keys: KeyStore, own_home: Path) -> None:
    former = os.umask(0)
    try:
        keys.save("chat", KEY)
    finally:
        os.umask(former)
    assert stat.S_IMODE((own_home / "keys.json").stat().st_mode) == 0o600
    assert [file.name for file in own_home.glob("keys*") if "s3cret" in file.read_text()] == ["keys.json"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"chat"'])
def test_a_broken_file_is_named_and_not_overwritten(keys: KeyStore, own_home: Path, text: str) -> None:
    own_home.mkdir(exist_ok=True)
    (own_home / "keys.json").write_text(text)
    for action in (lambda: keys.read("chat"), lambda: keys.save("chat", KEY)):
        with pytest.raises(WrongUse, match=r"keys\.json can't be read"):
            action()
    assert (own_home / "keys.json").read_text() == text


@pytest.mark.usefixtures("free")
def test_a_keychain_that_works_is_chosen_with_the_first_key(keys: KeyStore, own_home: Path, ledger: Ledger) -> None:
    chain = Keychain()
    keyring.set_keyring(chain)
    assert (keys.kind, keys.where, keys.read("chat")) == (None, "", None)
    assert chain.items == {}
    keys.save("chat", KEY)
    assert keys.kind == "keyring"
    assert {service for service, _ in chain.items} == {"relayscope"}
    assert len(chain.items) == 1
    assert not (own_home / "keys.json").exists()
    assert KeyStore(own_home, ledger).read("chat") == KEY
    keys.forget("chat")
    keys.forget("chat")
    assert keys.read("chat") is None


@pytest.mark.usefixtures("free")
@pytest.mark.parametrize("backend", [LowKeychain, ForgetfulKeychain, FailingKeychain])
def test_else_a_file_is(keys: KeyStore, backend: type[Keychain]) -> None:
    keyring.set_keyring(backend())
    keys.save("chat", KEY)
    assert (keys.kind, keys.read("chat")) == ("file", KEY)


@pytest.mark.usefixtures("free")
def test_a_keychain_that_waits_is_not_waited_for(keys: KeyStore) -> None:
    chain = SilentKeychain()
    keyring.set_keyring(chain)
    keys.save("chat", KEY)
    chain.unlocked.set()
    assert (keys.kind, keys.read("chat")) == ("file", KEY)


@pytest.mark.usefixtures("free")
def test_what_was_chosen_stays(keys: KeyStore) -> None:
    keyring.set_keyring(LowKeychain())
    keys.save("chat", KEY)
    keyring.set_keyring(Keychain())
    keys.save("other", OTHER)
    assert (keys.kind, keys.read("chat"), keys.read("other")) == ("file", KEY, OTHER)


def test_one_says_where_keys_are_kept(keys: KeyStore, monkeypatch: pytest.MonkeyPatch) -> None:
    chain = Keychain()
    keyring.set_keyring(chain)
    monkeypatch.setenv("RELAYSCOPE_KEYS", "keyring")
    keys.save("chat", KEY)
    assert (keys.kind, len(chain.items)) == ("keyring", 1)


def test_a_keychain_that_fails_is_told_without_the_key(keys: KeyStore, monkeypatch: pytest.MonkeyPatch) -> None:
    keyring.set_keyring(FailingKeychain())
    monkeypatch.setenv("RELAYSCOPE_KEYS", "keyring")
    with pytest.raises(WrongUse, match=r"The keychain failed \(OSError\)") as refusal:
        keys.save("chat", KEY)
    assert "s3cret" not in str(refusal.value)


def test_a_wrong_choice_is_told(keys: KeyStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAYSCOPE_KEYS", "vault")
    with pytest.raises(WrongUse, match="RELAYSCOPE_KEYS must be keyring, env or file"):
        keys.read("chat")


def test_the_environment_cant_be_written(keys: KeyStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAYSCOPE_KEYS", "env")
    with pytest.raises(WrongUse, match="Set RELAYSCOPE_KEY_CHAT instead"):
        keys.save("chat", KEY)
    keys.forget("chat")
    assert keys.read("chat") is None


# ---- a key of the environment


@pytest.fixture
def from_environment(monkeypatch: pytest.MonkeyPatch, ledger: Ledger, keys: KeyStore) -> None:
    """The connection `chat` through the relay `mine`; its key is a variable."""
    apply_import(ledger, keys, plan_import(FILE))
    monkeypatch.setenv("RELAYSCOPE_KEY_CHAT", f" Bearer {KEY.get_secret_value()}\n")


def ask(ledger: Ledger, keys: KeyStore) -> SecretStr | None:
    configuration = load(ledger)
    connection = configuration.connection("chat")
    return key_for(keys, connection, configuration.address(connection))


@pytest.mark.usefixtures("from_environment")
def test_a_key_of_the_environment_wins_and_goes_to_every_line(ledger: Ledger, keys: KeyStore) -> None:
    keys.save("chat", OTHER)
    assert keys.read("chat") == KEY
    assert ask(ledger, keys) == KEY
    choose_line(ledger, "mine", "us")
    assert ask(ledger, keys) == KEY


@pytest.mark.usefixtures("from_environment")
def test_a_key_of_the_environment_goes_only_where_it_was_first_used(ledger: Ledger, keys: KeyStore) -> None:
    assert ask(ledger, keys) == KEY
    moved = plan_import(FILE.replace("hk.example.com", "evil.example.com"))
    apply_import(ledger, keys, moved)
    with pytest.raises(BadKey, match="KEY_CHAT was first used for another address than https://evil") as refusal:
        ask(ledger, keys)
    assert "s3cret" not in str(refusal.value)
    remove(ledger, keys, "chat")
    apply_import(ledger, keys, moved)
    assert ask(ledger, keys) == KEY


@pytest.mark.usefixtures("from_environment")
def test_a_variable_that_holds_no_key_is_told(ledger: Ledger, keys: KeyStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAYSCOPE_KEY_CHAT", "sk-s3cret 钥")
    with pytest.raises(BadKey) as refusal:
        ask(ledger, keys)
    assert "s3cret" not in str(refusal.value)


# ---- a stored key


def test_a_stored_key_goes_only_to_what_it_was_saved_for(ledger: Ledger, keys: KeyStore) -> None:
    file = json.loads(FILE)
    file["connections"][0]["key"] = KEY.get_secret_value()
    apply_import(ledger, keys, plan_import(json.dumps(file)))
    connection = load(ledger).connection("chat")
    assert key_for(keys, connection, US) == KEY
    with pytest.raises(BadKey, match="The key of chat was saved for another address than https://evil") as refusal:
        key_for(keys, connection, "https://evil.example.com")
    assert "s3cret" not in str(refusal.value)


def test_a_key_of_an_import_that_ended_halfway_goes_nowhere(ledger: Ledger, keys: KeyStore) -> None:
    file = json.loads(FILE)
    file["connections"][0]["key"] = KEY.get_secret_value()
    apply_import(ledger, keys, plan_import(json.dumps(file)))
    keys.save("chat", OTHER)
    with pytest.raises(BadKey):
        ask(ledger, keys)
