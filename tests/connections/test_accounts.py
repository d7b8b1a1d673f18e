"""Access to a user's account at a relay: where it lies, where it may go, and that nothing else has it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import SecretStr

from lib.connections import accounts
from lib.connections.accounts import Access
from lib.connections.keys import KeyStore
from lib.connections.store import apply_import, choose_line, load, plan_import, remove
from lib.errors import KeyElsewhere, WrongUse
from lib.ledger import Ledger, settings

TOKEN, OTHER = "AcCe55Token00000000000000000f1rst", "AcCe55Token0000000000000000s3cond"
HK, US = "https://hk.example.com", "https://us.example.com"
LINES = [{"id": "hk", "name": "HK", "base_url": HK}, {"id": "us", "name": "US", "base_url": US}]
VARIABLE = "RELAYSCOPE_ACCOUNT_MINE"


@pytest.fixture(autouse=True)
def relay(ledger: Ledger, keys: KeyStore) -> None:
    set_up(ledger, keys, *LINES)


def set_up(ledger: Ledger, keys: KeyStore, *lines: object) -> None:
    apply_import(ledger, keys, plan_import(json.dumps({"relays": [{"id": "mine", "lines": lines}], "connections": []})))


def save(ledger: Ledger, keys: KeyStore, number: str = "7", token: str | None = TOKEN) -> None:
    given = None if token is None else SecretStr(token)
    accounts.save(ledger, keys, load(ledger).relay("mine"), number, given)


def sent(ledger: Ledger, keys: KeyStore) -> tuple[str, str, str] | str | None:
    """Where a request would go, and with which number and token; "again" where it has to be entered again."""
    try:
        found = accounts.account(ledger, keys, load(ledger).relay("mine"))
    except KeyElsewhere:
        return "again"
    return found and (found.endpoint.base_url, found.number, found.endpoint.secret)


def test_it_goes_to_every_line_the_relay_had(ledger: Ledger, keys: KeyStore) -> None:
    assert sent(ledger, keys) is None
    save(ledger, keys, number=" 7 ", token=f"Bearer {TOKEN}\n")
    assert sent(ledger, keys) == (HK, "7", TOKEN)
    choose_line(ledger, "mine", "us")
    assert sent(ledger, keys) == (US, "7", TOKEN)
    assert accounts.shown(ledger, "mine") == Access(number="7", bound=(HK, US), tail="f1rst"[-4:])


def test_it_goes_nowhere_else(ledger: Ledger, keys: KeyStore) -> None:
    save(ledger, keys)
    set_up(ledger, keys, {"id": "hk", "name": "HK", "base_url": "https://evil.example.com"})
    assert sent(ledger, keys) == "again"
    save(ledger, keys, "8", None)
    assert sent(ledger, keys) == "again", "another number makes it no other address's"
    save(ledger, keys)
    assert sent(ledger, keys) == ("https://evil.example.com", "7", TOKEN)


def test_the_environment_wins_and_is_for_the_first_address_too(
    ledger: Ledger, keys: KeyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(ledger, keys)
    monkeypatch.setenv(VARIABLE, f"12:{OTHER}")
    assert sent(ledger, keys) == (HK, "12", OTHER)
    monkeypatch.setenv(VARIABLE, OTHER)
    assert sent(ledger, keys) == (HK, "7", OTHER), "without a number, the one that is saved"
    set_up(ledger, keys, {"id": "hk", "name": "HK", "base_url": "https://evil.example.com"})
    assert sent(ledger, keys) == "again"


def test_another_number_keeps_the_token(ledger: Ledger, keys: KeyStore) -> None:
    save(ledger, keys)
    save(ledger, keys, "", None)
    assert sent(ledger, keys) == (HK, "", TOKEN)


@pytest.mark.parametrize(
    ("number", "token", "why"),
    [
        ("me", TOKEN, "digits only"),
        ("７", TOKEN, "digits only"),
        ("7", "", "empty"),
        ("7", "sk-1234567890", "key for calls"),
        ("7", None, "Enter the access token"),
        ("7", "two words", "space"),
    ],
)
def test_what_cant_be_one_changes_nothing(
    ledger: Ledger, keys: KeyStore, number: str, token: str | None, why: str
) -> None:
    with pytest.raises(WrongUse, match=why) as refused:
        save(ledger, keys, number, token)
    assert not token or token not in repr(refused.value)
    assert (accounts.shown(ledger, "mine"), keys.saved("account:mine")) == (None, None)


def test_where_keys_come_from_the_environment_the_variable_is_named(
    ledger: Ledger, keys: KeyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RELAYSCOPE_KEYS", "env")
    with pytest.raises(WrongUse, match=VARIABLE):
        save(ledger, keys)


@pytest.mark.parametrize("by", ["forget", "remove"])
def test_it_goes_with_its_relay_or_alone(
    ledger: Ledger, keys: KeyStore, by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(ledger, keys)
    with monkeypatch.context() as environment:
        environment.setenv(VARIABLE, OTHER)
        sent(ledger, keys)
    if by == "forget":
        accounts.forget(ledger, keys, "mine")
    else:
        remove(ledger, keys, "mine")
    assert (accounts.shown(ledger, "mine"), keys.saved("account:mine")) == (None, None)
    with ledger.read() as db:
        assert settings.get(db, "env_key:account:mine") is None


def test_a_relay_in_use_keeps_it(ledger: Ledger, keys: KeyStore) -> None:
    apply_import(ledger, keys, plan_import('{"connections": [{"id": "c", "provider": "openai", "relay": "mine"}]}'))
    save(ledger, keys)
    with pytest.raises(WrongUse, match="in use"):
        remove(ledger, keys, "mine")
    assert sent(ledger, keys) == (HK, "7", TOKEN)


def test_the_token_is_in_no_value_export_nor_database(ledger: Ledger, keys: KeyStore, own_home: Path) -> None:
    save(ledger, keys)
    relay = load(ledger).relay("mine")
    found = accounts.account(ledger, keys, relay)
    shown = [repr(found), str(accounts.shown(ledger, "mine")), str(load(ledger).export()), repr(relay)]
    assert TOKEN[:-4] not in "".join(shown)
    ledger.close()
    kept = [file.name for file in own_home.iterdir() if TOKEN.encode() in file.read_bytes()]
    assert kept == ["keys.json"]
