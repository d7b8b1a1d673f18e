"""What is typed in a connection's form becomes what import reads: tables over pure functions."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lib.connections.importing import plan_import
from lib.connections.model import Configuration, Connection, Line, Relay
from lib.connections.store import planned
from lib.errors import WrongUse
from ui.connection_draft import (
    MODELS_OFFERED,
    NEW,
    OFFICIAL,
    OWN,
    Draft,
    document,
    filled,
    free_id,
    needs_key,
    of,
    offered,
    relay_id,
    ways,
)

HK = Line(id="hk", name="HK", base_url="https://hk.example.com")
THERE = Configuration(relays=(Relay(id="mine", name="Mine", lines=(HK,), line="hk"),))
TYPED = Draft("chat", "openai", "relay:mine")


def made(typed: Draft, configuration: Configuration = THERE) -> dict[str, Any]:
    return document(typed, configuration, "Main")


@pytest.mark.parametrize(
    ("typed", "where"),
    [
        (TYPED, {"relay": "mine"}),
        (replace(TYPED, way="preset:gptbest"), {"relay": "gptbest"}),
        (replace(TYPED, way=OFFICIAL), {}),
        (replace(TYPED, way=OWN, address="api.example.org/v1/"), {"base_url": "https://api.example.org"}),
        (replace(TYPED, way=NEW, address="https://api.example.org/v1/chat/completions"), {"relay": "example_org"}),
        (replace(TYPED, way=NEW, address=" https://hk.example.com/v1 "), {"relay": "mine"}),
        (replace(TYPED, way=NEW, address="https://hk-api.gptbest.vip"), {"relay": "gptbest"}),
    ],
)
def test_where_requests_go(typed: Draft, where: dict[str, str]) -> None:
    text = made(typed)
    assert text["connections"] == [{"id": "chat", "provider": "openai", **where}]
    planned(plan_import(json.dumps(text)), THERE)


def test_a_new_relay_comes_with_its_line_and_takes_nobodys_place() -> None:
    typed = replace(TYPED, way=NEW, address="https://mine/v1".replace("mine", "mine.dev"), name=" ")
    (relay,) = made(typed)["relays"]
    assert relay["lines"] == [{"id": "main", "name": "Main", "base_url": "https://mine.dev"}]
    assert (relay["id"], relay["name"]) == ("mine_dev", "mine.dev")
    there = Configuration(relays=(Relay(id="mine_dev", name="x", lines=(HK,), line="hk"),))
    assert made(typed, there)["relays"][0]["id"] == "mine_dev_2"


@pytest.mark.parametrize("way", [NEW, OWN])
@pytest.mark.parametrize("address", ["", "  ", "not an address", "https://docs.example.com", "https://a.b?key=sk-1"])
def test_an_address_that_is_none_is_refused(way: str, address: str) -> None:
    with pytest.raises(WrongUse):
        made(replace(TYPED, way=way, address=address))


def test_empty_fields_are_left_out_and_others_told() -> None:
    full = replace(
        TYPED, key=" sk-1234567890 ", capabilities=("text",), models=(" gpt-4o ", " "), group=" vip ",
        protocol="openai", prices=({"model": "gpt-4o", "unit": "call", "amount": "0.10", "currency": "USD"}, {}),
    )  # fmt: skip
    (connection,) = made(full)["connections"]
    assert connection == {
        "id": "chat", "provider": "openai", "relay": "mine", "key": "sk-1234567890", "capabilities": ["text"],
        "models": ["gpt-4o"], "group": "vip", "protocol": "openai",
        "prices": [{"model": "gpt-4o", "unit": "call", "amount": "0.10", "currency": "USD"}],
    }  # fmt: skip
    assert "sk-1234567890" not in repr(full)


def test_a_connection_edited_without_a_change_stays_as_it_is() -> None:
    text = {
        "connections": [
            {
                "id": "a", "provider": "zhipu", "relay": "mine", "group": "vip", "models": ["glm-4"],
                "capabilities": ["text"], "protocol": "openai",
                "prices": [
                    {"model": "glm-4", "unit": "token", "input": "0.1", "output": "2", "currency": "CNY"},
                    {"model": "glm-4", "unit": "token", "input": "0.2", "valid_from": "2026-12-01",
                     "cache_write_1h": "1", "tiers": [{"above": 200000, "input": "0.4"}]},
                ],
            },
            {"id": "b", "provider": "openai"},
            {"id": "c", "provider": "openai", "base_url": "https://own.example.com/path"},
        ]
    }  # fmt: skip
    before = planned(plan_import(json.dumps(text)), THERE)
    for one in before.connections:
        after = planned(plan_import(json.dumps(made(of(one), before))), before)
        assert after == before


@pytest.mark.parametrize(
    ("rows", "numbers"),
    [
        ([], []),
        ([{"unit": "call", "currency": "USD"}], []),
        ([{}, {"model": "x"}, {"model": None, "amount": ""}, {"amount": "1"}], [2, 4]),
    ],
)
def test_rows_of_prices_keep_their_numbers(rows: list[dict[str, Any]], numbers: list[int]) -> None:
    assert [number for number, _ in filled(rows)] == numbers


@pytest.mark.parametrize(
    ("address", "id"),
    [
        ("https://api.example.com", "example_com"),
        ("https://www.example.com/openai", "example_com_openai"),
        ("http://127.0.0.1:8000", "relay_127_0_0_1_8000"),
        ("http://[::1]:8000", "relay_1_8000"),
        ("https://" + "a" * 60 + ".com", "a" * 40),
    ],
)
def test_a_relays_id_is_made_of_its_address(address: str, id: str) -> None:
    assert relay_id(address) == id


@given(some.from_regex(r"[a-z][a-z0-9_]{0,39}", fullmatch=True), some.integers(0, 12))
def test_a_free_id_is_free_and_an_id(wanted: str, times: int) -> None:
    taken: set[str] = set()
    for _ in range(times + 1):
        id = free_id(wanted, taken)
        assert id not in taken
        assert len(id) <= 40
        taken.add(id)


SAVED = Connection(id="chat", provider="openai", relay="mine", bound=("https://hk.example.com",), key_tail="0002")


@pytest.mark.parametrize(
    ("key", "saved", "address", "needed"),
    [
        ("sk-1", None, "https://new.example", False),
        (" ", None, "https://new.example", True),
        ("", SAVED, "https://hk.example.com", False),
        ("", SAVED, "https://new.example", True),
        ("sk-1", SAVED, "https://new.example", False),
    ],
)
def test_a_key_is_asked_for_where_none_is_for_the_address(
    key: str, saved: Connection | None, address: str, needed: bool
) -> None:
    assert needs_key(replace(TYPED, key=key), saved, address) is needed


def test_a_relay_only_provider_has_no_address_of_its_own() -> None:
    assert OWN in ways("openai", THERE)
    assert OFFICIAL not in ways("sora", THERE)
    assert ways("custom", Configuration())[0] == "preset:gptbest"


def test_the_models_offered_begin_with_what_fits_and_are_not_too_many() -> None:
    names = [f"other-{n}" for n in range(MODELS_OFFERED)] + ["dall-e-3", "gpt-4o"]
    found = offered(names, "openai", ("text",), ["mine"])
    assert found[:2] == ["mine", "gpt-4o"]
    assert len(found) == MODELS_OFFERED
