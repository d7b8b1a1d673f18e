"""What an import file may say, and the one sentence about each thing it may not."""

from __future__ import annotations

import json
import traceback
from decimal import Decimal
from typing import Any

import pytest

from lib.connections.model import Configuration, Connection, Relay
from lib.connections.store import ImportFile, plan_import
from lib.errors import WrongUse
from lib.providers import presets, provider

KEY = "sk-s3cret-0000000000000000"
LINES = [
    {"id": "hk", "name": "HK", "base_url": "hk.example.com/v1"},
    {"id": "us", "name": "US", "base_url": "us.example.com"},
]
RELAY = {"id": "mine", "name": "Mine", "lines": LINES}


def plan(*connections: dict[str, Any], relays: list[Any] | None = None) -> ImportFile:
    """The plan of a file with these connections through the relay `mine`, unless they say otherwise."""
    filled = [{"id": f"c{n}", "provider": "openai", **one} for n, one in enumerate(connections)]
    for one in filled:
        if "base_url" not in one:
            one.setdefault("relay", "mine")
    document = {"relays": [RELAY] if relays is None else relays, "connections": filled}
    return plan_import(json.dumps(document, ensure_ascii=False))


def relay(**given: Any) -> Relay:
    return plan(relays=[{**RELAY, **given}]).relays[0]


def test_a_relay_has_its_lines_cleaned_and_takes_the_first() -> None:
    assert [line.base_url for line in relay().lines] == ["https://hk.example.com", "https://us.example.com"]
    assert relay().chosen.id == "hk"
    assert relay(line="us").chosen.name == "US"


def test_a_relay_of_a_preset_takes_its_lines() -> None:
    preset = presets()["gptbest"]
    made = plan(relays=[{"id": "best", "preset": "gptbest"}]).relays[0]
    assert (made.id, made.name, made.line) == ("best", preset.name, preset.line)
    assert [line.base_url for line in made.lines] == [line.base_url for line in preset.lines]


def test_a_connection_takes_all_its_fields() -> None:
    price = {"model": "sora-2", "unit": "call", "amount": "0.10", "currency": "CNY"}
    made = plan({"provider": "sora", "capabilities": ["video"], "group": "default", "models": ["sora-2"],
                 "prices": [price], "protocol": "openai", "key": f"Bearer {KEY}"})  # fmt: skip
    (one,) = made.connections
    assert (one.capabilities, one.group, one.models, one.protocol) == (("video",), "default", ("sora-2",), "openai")
    assert (one.prices[0].amount, one.prices[0].currency) == (Decimal("0.10"), "CNY")
    assert made.keys["c0"].get_secret_value() == KEY


@pytest.mark.parametrize(("written", "exact"), [('"0.10"', "0.10"), ("0.1", "0.1"), ("3", "3"), ("1e-7", "1E-7")])
def test_a_price_is_exact_however_it_is_written(written: str, exact: str) -> None:
    price = '{"model": "m", "unit": "image", "amount": ' + written + "}"
    text = '{"connections": [{"id": "a", "provider": "openai", "prices": [' + price + "]}]}"
    assert plan_import(text).connections[0].prices[0].amount == Decimal(exact)


def test_without_relay_and_address_it_is_the_providers_own() -> None:
    made = plan_import('\ufeff{"connections": [{"id": "a", "provider": "openai"}]}').connections[0]
    assert (made.relay, made.base_url) == (None, provider("openai").base_url)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"id": "A"}, "connections[0].id: must be small letters"),
    ({"id": "1a"}, "connections[0].id: must be small letters"),
    ({"id": "a" * 41}, "connections[0].id: must be small letters"),
    ({"id": "a\n"}, "connections[0].id: must be small letters"),
    ({"modles": []}, "connections[0].modles: there is no such field."),
    ({"provider": "nobody"}, "connections[0].provider: there is no provider nobody"),
    ({"provider": None}, "connections[0].provider: must be text"),
    ({"capabilities": ["text", "smell"]}, "connections[0].capabilities[1]: must be one of"),
    ({"capabilities": []}, "connections[0].capabilities: is empty."),
    ({"capabilities": "text"}, "connections[0].capabilities: must be a list"),
    ({"models": []}, "connections[0].models: is empty."),
    ({"models": [" "]}, "connections[0].models[0]: is empty."),
    ({"relay": "mine", "base_url": "https://a.example.com"}, "connections[0]: has relay and base_url"),
    ({"base_url": None, "provider": "custom"}, "connections[0]: "),
    ({"base_url": "https://a.example.com", "provider": "midjourney"},
     "connections[0].base_url: Midjourney is reached through a relay"),
    ({"base_url": "https://docs.example.com"}, "connections[0].base_url (https://docs.example.com) is a documentation"),
    ({"base_url": 5}, "connections[0].base_url: must be text"),
    ({"key": ""}, "connections[0].key: the key is empty."),
    ({"key": "sk s3cret"}, "connections[0].key: the key has a space"),
    ({"key": "sk-s3cret钥"}, "connections[0].key: the key has characters"),
    ({"key": ["sk-s3cret"]}, "connections[0].key: must be text"),
    ({"prices": [{"model": "m"}]}, "connections[0].prices[0].unit: this field is missing."),
    ({"prices": [{"model": "m", "unit": "call"}]}, "connections[0].prices[0]: a price by call has an amount"),
    ({"prices": [{"model": "m", "unit": "token", "amount": "1", "input": "1"}]},
     "connections[0].prices[0]: a price by token has either"),
    ({"prices": [{"model": "m", "unit": "token"}]}, "connections[0].prices[0]: a price by token has either"),
    ({"prices": [{"model": "m", "unit": "call", "amount": "-1"}]},
     "connections[0].prices[0].amount: must be an amount"),
    ({"prices": [{"model": "m", "unit": "call", "amount": "NaN"}]},
     "connections[0].prices[0].amount: must be an amount"),
    ({"prices": [{"model": "m", "unit": "call", "amount": "1e999999"}]}, "connections[0].prices[0].amount: must be"),
    ({"prices": [{"model": "m", "unit": "call", "amount": "1", "valid_from": "soon"}]},
     "connections[0].prices[0].valid_from: must be a day"),
    ({"prices": [{"model": "m", "unit": "call", "amount": "1", "valid_from": "2026-02-30"}]},
     "connections[0].prices[0].valid_from: must be a day"),
    ({"prices": [{"model": "m", "unit": "call", "amount": "1", "tiers": [{"above": 1, "input": "1"}]}]},
     "connections[0].prices[0]: a price by call has an amount"),
    ({"prices": [{"model": "m", "unit": "token", "input": "1", "tiers": [{"above": "many", "input": "1"}]}]},
     "connections[0].prices[0].tiers[0].above: must be a whole number"),
    ({"prices": [{"model": "m", "unit": "token", "input": "1", "tiers": [{"above": 1, "input": "dear"}]}]},
     "connections[0].prices[0].tiers[0].input: must be an amount"),
    ({"prices": [{"model": "m", "unit": "token", "input": "1", "tiers": [{"above": 1}]}]},
     "connections[0].prices[0].tiers[0]: a tier names at least one price"),
    ({"prices": [{"model": "m", "unit": "token", "input": "1", "tiers": [{"input": "2"}]}]},
     "connections[0].prices[0].tiers[0].above: this field is missing"),
    ({"prices": [{"model": "m", "unit": "token", "input": "1", "tiers": []}]},
     "connections[0].prices[0].tiers: is empty"),
    ({"prices": [{"model": "m", "unit": "token", "input": "1",
                  "tiers": [{"above": 1, "input": "2"}, {"above": 1, "output": "2"}]}]},
     "connections[0].prices[0]: two of its tiers have the same above"),
    ({"prices": [{"model": "m", "unit": "call", "amount": "1", "currency": "yuan"}]},
     "connections[0].prices[0].currency: must be a currency's three letters"),
    ({"bound": ["https://a.example.com"]}, "connections[0].bound: there is no such field."),
]  # fmt: skip


@pytest.mark.parametrize(("given", "said"), WRONG)
def test_what_is_wrong_with_a_connection_is_said_in_one_line(given: dict[str, Any], said: str) -> None:
    with pytest.raises(WrongUse) as refusal:
        plan(given)
    assert str(refusal.value).startswith(said)
    assert "\n" not in str(refusal.value)
    assert "s3cret" not in "".join(traceback.format_exception(refusal.value))


WRONG_RELAYS: list[tuple[dict[str, Any], str]] = [
    ({"lines": []}, "relays[0].lines: is empty."),
    ({"lines": None}, "relays[0]: a relay needs lines"),
    ({"lines": [*LINES, LINES[0]]}, "relays[0].lines: the id hk is there 2 times."),
    ({"line": "tokyo"}, "relays[0].line: there is no line tokyo; there are hk, us."),
    ({"preset": "nowhere"}, "relays[0].preset: there is no preset nowhere"),
    ({"lines": [{"id": "a", "name": "A"}]}, "relays[0].lines[0].base_url: this field is missing."),
    ({"lines": [{"id": "a", "name": "A", "base_url": "gpt-best.apifox.cn"}]}, "relays[0].lines[0].base_url (gpt-best"),
    ({"key": KEY}, "relays[0].key: there is no such field."),
]


@pytest.mark.parametrize(("given", "said"), WRONG_RELAYS)
def test_what_is_wrong_with_a_relay_is_said_in_one_line(given: dict[str, Any], said: str) -> None:
    with pytest.raises(WrongUse) as refusal:
        relay(**given)
    assert str(refusal.value).startswith(said)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not JSON: line 1, column 1"),
        ('{"connections": [\n{"id": "a", "key": "sk-s3cret"]}', "not JSON: line 2, column"),
        ("[" * 100_000, "not JSON"),
        ("[]", "The file must be an object, in braces."),
        ("null", "The file must be an object, in braces."),
        ('{"connection": []}', "connection: there is no such field."),
        ('{"connections": {}}', "connections: must be a list"),
        ('{"connections": ["sora"]}', r"connections\[0\]: must be an object"),
        ('{"connections": [{"id": "a", "provider": "openai"}, {"id": "a", "provider": "zhipu"}]}',
         "the id a is there 2 times"),
        ('{"relays": [{"id": "gptbest", "preset": "gptbest"}, {"id": "gptbest", "preset": "gptbest"}]}',
         "the id gptbest is there 2 times"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_said_in_one_line(text: str, said: str) -> None:
    with pytest.raises(WrongUse, match=said) as refusal:
        plan_import(text)
    assert "s3cret" not in "".join(traceback.format_exception(refusal.value))
    assert refusal.value.__context__ is None


def test_no_plan_shows_a_key() -> None:
    made = plan({"key": KEY})
    assert "s3cret" not in "".join([str(made), repr(made), made.model_dump_json(), str(made.model_dump())])


def test_a_missing_connection_is_named() -> None:
    configuration = Configuration(connections=(Connection(id="a", provider="openai", base_url="https://a.example.com"),))
    with pytest.raises(WrongUse, match="There is no connection b"):
        configuration.connection("b")
    with pytest.raises(WrongUse, match="There is no relay a"):
        configuration.relay("a")
    assert configuration.line(configuration.connection("a")) is None
