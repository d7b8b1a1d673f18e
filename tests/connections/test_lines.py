"""What may be changed about a relay's lines, and whose keys are asked for again then."""

from __future__ import annotations

import json

import pytest

from lib.connections.keys import KeyStore, key_for
from lib.connections.lines import as_import, changed, id_for, keys_again, tell_apart
from lib.connections.model import Line, Relay
from lib.connections.store import apply_import, choose_line, load, plan_import
from lib.errors import KeyElsewhere, WrongUse
from lib.ledger import Ledger

HK, US, JP = (Line(id=name, name=name.upper(), base_url=f"https://{name}.example.com") for name in ("hk", "us", "jp"))
MINE = Relay(id="mine", name="Mine", lines=(HK, US), line="hk")
MOVED = US.model_copy(update={"base_url": "https://elsewhere.example.com"})


@pytest.mark.parametrize(
    ("lines", "refused"),
    [
        ((HK, US, JP), None),
        ((US, HK), None),
        ((HK,), None),
        ((US,), "The line HK of Mine is in use. Switch to another line first"),
        ((), "The line HK of Mine is in use"),
        ((HK, US.model_copy(update={"name": "HK"})), "Two lines are called HK"),
        ((HK, US.model_copy(update={"base_url": HK.base_url})), "The lines HK and US have the same address"),
    ],
)
def test_lines_are_changed_but_the_one_in_use_stays(lines: tuple[Line, ...], refused: str | None) -> None:
    if refused is None:
        assert changed(MINE, lines).lines == lines
        assert changed(MINE, lines, "Ours").name == "Ours"
        return
    with pytest.raises(WrongUse, match=refused):
        changed(MINE, lines)


def test_an_address_typed_twice_is_told_by_the_lines_names() -> None:
    with pytest.raises(WrongUse) as refusal:
        tell_apart((HK, JP, JP.model_copy(update={"name": "Tokyo"})))
    assert refusal.value.params == {"one": "JP", "other": "Tokyo", "address": JP.base_url}


def imported(ledger: Ledger, keys: KeyStore) -> None:
    """The relay with two connections: `chat` has a key, `later` none yet; `own` goes elsewhere."""
    relay = json.loads(as_import(MINE))["relays"]
    connections = [
        {"id": "chat", "provider": "zhipu", "relay": "mine", "key": "sk-chat-0000000000"},
        {"id": "later", "provider": "zhipu", "relay": "mine"},
        {"id": "own", "provider": "openai", "key": "sk-own-00000000000"},
    ]
    apply_import(ledger, keys, plan_import(json.dumps({"relays": relay, "connections": connections})))


@pytest.mark.parametrize(
    ("lines", "again"),
    [
        ((HK, US), {}),
        ((HK,), {}),
        ((HK, US, JP), {"jp": ("chat",)}),
        ((HK, MOVED), {"us": ("chat",)}),
        ((HK, US.model_copy(update={"name": "Los Angeles"})), {}),
    ],
)
def test_a_new_address_asks_for_the_key_again(
    ledger: Ledger, keys: KeyStore, lines: tuple[Line, ...], again: dict[str, tuple[str, ...]]
) -> None:
    imported(ledger, keys)
    relay = changed(load(ledger).relay("mine"), lines)
    assert keys_again(load(ledger), relay) == again
    apply_import(ledger, keys, plan_import(as_import(relay)))
    assert load(ledger).relay("mine") == relay
    chat = load(ledger).connection("chat")
    for line in lines:
        choose_line(ledger, "mine", line.id)
        address = load(ledger).address(chat)
        if line.id in again:
            with pytest.raises(KeyElsewhere):
                key_for(keys, chat, address)
        else:
            assert key_for(keys, chat, address)


@pytest.mark.parametrize(
    ("name", "taken", "id"),
    [
        ("HK", (), "hk"),
        ("HK", ("hk",), "hk_2"),
        ("HK", ("hk", "hk_2"), "hk_3"),
        ("  Los Angeles — 2 ", (), "los_angeles_2"),
        ("香港", (), "line"),
        ("2nd", ("line",), "line_2"),
        ("x" * 60, (), "x" * 36),
    ],
)
def test_an_id_is_made_of_a_name(name: str, taken: tuple[str, ...], id: str) -> None:
    assert id_for(name, taken, "line") == id
