"""What is configured, after imports, removals and switches of the line."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lib.connections.keys import KeyStore, key_for
from lib.connections.store import apply_import, choose_line, load, plan_import, remove
from lib.errors import BadKey, WrongUse
from lib.ledger import Ledger, evidence, snapshots
from lib.ledger import calls as log
from lib.vocabulary import Evidence
from tests.ledger.ledger_rows import row

KEY = "sk-s3cret-000000000000first"
HK, US = "https://hk.example.com", "https://us.example.com"
RELAY = {"id": "mine", "name": "Mine", "lines": [{"id": "hk", "name": "HK", "base_url": HK},
         {"id": "us", "name": "US", "base_url": US}], "line": "hk"}  # fmt: skip
CHAT = {"id": "chat", "provider": "zhipu", "relay": "mine"}
OWN = {"id": "own", "provider": "openai", "base_url": HK}
NOW = datetime(2026, 11, 24, tzinfo=UTC)

Import = Callable[..., None]


@pytest.fixture
def import_(ledger: Ledger, keys: KeyStore) -> Import:
    """Imports connections, with the relay `mine` unless others are given."""

    def run(*connections: dict[str, Any], relays: list[Any] | None = None) -> None:
        document = {"relays": [RELAY] if relays is None else relays, "connections": connections}
        apply_import(ledger, keys, plan_import(json.dumps(document)))

    return run


def asked_for(ledger: Ledger, keys: KeyStore, id: str) -> str | None:
    """The key that a request of this connection would carry; "again" where it has to be entered again."""
    configuration = load(ledger)
    connection = configuration.connection(id)
    try:
        key = key_for(keys, connection, configuration.address(connection))
    except BadKey:
        return "again"
    return key.get_secret_value() if key else None


def test_an_export_is_an_import_without_keys(ledger: Ledger, keys: KeyStore, import_: Import) -> None:
    price = {"input": "1.5", "output": "6", "model": "glm-4", "unit": "token", "currency": "CNY"}
    later = {**price, "cache_write_1h": "3", "valid_from": "2026-12-01", "tiers": [{"input": "3", "above": 200000}]}
    given = {**CHAT, "capabilities": ["text"], "group": "vip", "models": ["glm-4"], "prices": [price, later],
             "protocol": "openai"}  # fmt: skip
    import_({**given, "key": KEY}, OWN)
    exported = load(ledger).export()
    assert exported == {"relays": [RELAY], "connections": [given, OWN]}
    apply_import(ledger, keys, plan_import(json.dumps(exported)))
    assert load(ledger).export() == exported
    assert asked_for(ledger, keys, "chat") == KEY


def test_a_key_is_in_no_value_of_the_configuration_nor_in_the_database(
    ledger: Ledger, import_: Import, own_home: Path
) -> None:
    import_({**CHAT, "key": KEY})
    configuration = load(ledger)
    shown = [str(configuration), repr(configuration), configuration.model_dump_json(), str(configuration.export())]
    assert "s3cret" not in "".join(shown)
    assert configuration.connection("chat").key_tail == "irst"
    ledger.close()
    kept = [file for file in own_home.iterdir() if b"s3cret" in file.read_bytes()]
    assert [file.name for file in kept] == ["keys.json"]


def test_the_order_is_the_users_and_a_second_import_replaces_in_place(ledger: Ledger, import_: Import) -> None:
    import_(OWN, CHAT)
    import_({**OWN, "group": "vip"}, {**CHAT, "id": "another"})
    assert [one.id for one in load(ledger).connections] == ["own", "chat", "another"]
    assert load(ledger).connection("own").group == "vip"


def test_a_preset_is_a_relay_as_soon_as_a_connection_names_it(ledger: Ledger, import_: Import) -> None:
    import_({**CHAT, "relay": "gptbest"}, relays=[])
    configuration = load(ledger)
    assert configuration.relay("gptbest").preset == "gptbest"
    assert configuration.address(configuration.connection("chat")) == configuration.relay("gptbest").chosen.base_url


def test_a_relay_that_is_there_is_not_made_anew_from_its_preset(ledger: Ledger, import_: Import) -> None:
    import_(relays=[{**RELAY, "id": "gptbest", "preset": "gptbest"}])
    import_({**CHAT, "relay": "gptbest"}, relays=[])
    assert load(ledger).relay("gptbest").chosen.base_url == HK


def test_an_unknown_relay_changes_nothing(ledger: Ledger, keys: KeyStore, import_: Import) -> None:
    with pytest.raises(WrongUse, match=r"^connections\[1\]\.relay: there is no relay nowhere"):
        import_({**CHAT, "key": KEY}, {**CHAT, "id": "other", "relay": "nowhere"})
    assert load(ledger).export() == {"relays": [], "connections": []}
    assert keys.read("chat") is None


def test_a_key_that_cant_be_saved_changes_nothing(
    ledger: Ledger, keys: KeyStore, import_: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RELAYSCOPE_KEYS", "env")
    with pytest.raises(WrongUse, match="RELAYSCOPE_KEY_CHAT"):
        import_({**CHAT, "key": KEY})
    assert load(ledger).export() == {"relays": [], "connections": []}


AGAIN = {**CHAT, "key": KEY}
OTHER_RELAY = {**RELAY, "id": "other"}


@pytest.mark.parametrize(
    ("then", "anew"),
    [
        pytest.param(AGAIN, False, id="the same key again"),
        pytest.param({**CHAT, "models": ["glm-4"]}, False, id="the key stays"),
        pytest.param({**CHAT, "key": "sk-s3cret-0000000000second"}, True, id="another key"),
        pytest.param({**AGAIN, "relay": "other"}, True, id="another relay"),
    ],
)
def test_since_when_a_relay_s_log_is_this_connection_s(
    ledger: Ledger, import_: Import, then: dict[str, Any], anew: bool
) -> None:
    import_(AGAIN, relays=[RELAY, OTHER_RELAY])
    assert load(ledger).connection("chat").anew_since is None
    choose_line(ledger, "mine", "us")
    import_(then, relays=[RELAY, OTHER_RELAY])
    since = load(ledger).connection("chat").anew_since
    assert (since is not None) is anew
    import_({**then, "group": "vip"}, relays=[RELAY, OTHER_RELAY])
    assert load(ledger).connection("chat").anew_since == since


def test_one_that_takes_the_place_of_one_that_was_removed_has_a_log_of_its_own(
    ledger: Ledger, keys: KeyStore, import_: Import
) -> None:
    import_(AGAIN)
    ledger.write(lambda db: log.insert(db, row(relay="mine", connection="chat"), log.Payload()))
    remove(ledger, keys, "chat")
    import_(AGAIN, {**CHAT, "id": "unused"})
    assert [one.anew_since is not None for one in load(ledger).connections] == [True, False]


# ---- a key goes only where it was saved for


def test_lines_are_switched_freely(ledger: Ledger, keys: KeyStore, import_: Import) -> None:
    import_({**CHAT, "key": KEY})
    choose_line(ledger, "mine", "us")
    assert load(ledger).address(load(ledger).connection("chat")) == US
    assert asked_for(ledger, keys, "chat") == KEY


MOVED = {**RELAY, "lines": [{"id": "hk", "name": "HK", "base_url": "https://evil.example.com"}]}
LONGER = {**RELAY, "lines": [*RELAY["lines"], {"id": "jp", "name": "JP", "base_url": "https://jp.example.com"}]}  # type: ignore[misc]


@pytest.mark.parametrize(
    ("relay", "connection", "key"),
    [
        (RELAY, CHAT, KEY),
        (LONGER, CHAT, KEY),
        ({**LONGER, "line": "jp"}, CHAT, "again"),
        (MOVED, CHAT, "again"),
        (RELAY, {**CHAT, "relay": None, "base_url": "https://evil.example.com"}, "again"),
        (MOVED, {**CHAT, "key": "sk-s3cret-0000000000second"}, "sk-s3cret-0000000000second"),
    ],
)
def test_after_a_second_import(
    ledger: Ledger, keys: KeyStore, import_: Import, relay: Any, connection: Any, key: str
) -> None:
    import_({**CHAT, "key": KEY})
    import_(connection, relays=[relay])
    assert asked_for(ledger, keys, "chat") == key


def test_a_relay_moved_under_a_connection_gets_no_key_of_it(ledger: Ledger, keys: KeyStore, import_: Import) -> None:
    import_({**CHAT, "key": KEY})
    import_(relays=[MOVED])
    assert asked_for(ledger, keys, "chat") == "again"


def test_without_a_key_there_is_none(ledger: Ledger, keys: KeyStore, import_: Import) -> None:
    import_(CHAT)
    assert asked_for(ledger, keys, "chat") is None


# ---- removing


def see(ledger: Ledger, id: str) -> None:
    """Stores evidence and snapshots of a connection."""
    seen = Evidence(NOW, id, "line", True, "usable", "GET", "/v1/models")
    ledger.write(lambda db: evidence.add(db, seen))
    ledger.write(lambda db: snapshots.put(db, "models", id, NOW, "{}"))
    ledger.write(lambda db: snapshots.put(db, "status", f"connection:{id}", NOW, "{}"))


def seen_of(ledger: Ledger, id: str) -> list[bool]:
    """Whether evidence, the model list and the status of a connection are there."""
    with ledger.read() as db:
        found = [snapshots.get(db, "models", id), snapshots.get(db, "status", f"connection:{id}")]
        return [bool(evidence.newest(db, id)), *(one is not None for one in found)]


def test_a_removed_connection_leaves_nothing_but_its_calls(ledger: Ledger, keys: KeyStore, import_: Import) -> None:
    import_({**CHAT, "key": KEY}, {**OWN, "key": KEY})
    see(ledger, "chat")
    see(ledger, "own")
    remove(ledger, keys, "chat")
    assert [one.id for one in load(ledger).connections] == ["own"]
    assert (keys.read("chat"), seen_of(ledger, "chat")) == (None, [False, False, False])
    assert seen_of(ledger, "own") == [True, True, True]
    assert asked_for(ledger, keys, "own") == KEY


def test_a_relay_in_use_stays(ledger: Ledger, keys: KeyStore, import_: Import) -> None:
    import_(CHAT)
    with pytest.raises(WrongUse, match="The relay mine is in use: remove chat first"):
        remove(ledger, keys, "mine")
    remove(ledger, keys, "chat")
    ledger.write(lambda db: snapshots.put(db, "pricing", "relay:mine", NOW, "{}"))
    remove(ledger, keys, "mine")
    assert load(ledger).relays == ()
    with ledger.read() as db:
        assert snapshots.get(db, "pricing", "relay:mine") is None


def test_what_isnt_there_cant_be_removed(ledger: Ledger, keys: KeyStore) -> None:
    with pytest.raises(WrongUse, match="There is no connection or relay nowhere"):
        remove(ledger, keys, "nowhere")


@pytest.mark.parametrize(
    ("again", "kept"),
    [
        (OWN, True),
        ({**OWN, "group": "vip", "key": KEY}, True),
        ({**OWN, "key": "sk-another-000000000000"}, False),
        ({**OWN, "base_url": US}, False),
        ({**OWN, "provider": "zhipu"}, False),
    ],
)
def test_what_was_seen_of_another_key_or_address_is_forgotten(
    ledger: Ledger, import_: Import, again: dict[str, Any], kept: bool
) -> None:
    import_({**OWN, "key": KEY})
    see(ledger, "own")
    import_(again)
    assert seen_of(ledger, "own") == [kept, kept, kept]


@pytest.mark.parametrize(
    ("relay", "line", "said"), [("nowhere", "hk", "no relay nowhere"), ("mine", "jp", "it has hk, us")]
)
def test_only_a_line_that_is_there_is_chosen(
    ledger: Ledger, import_: Import, relay: str, line: str, said: str
) -> None:
    import_()
    with pytest.raises(WrongUse, match=said):
        choose_line(ledger, relay, line)
    assert load(ledger).relay("mine").line == "hk"
