"""What belongs in a cell, what its models cost, and how each listed API is priced for the key that reaches it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from lib.cost.conversion import Conversion, Rate
from lib.cost.price import Price
from lib.engine import Engine
from lib.ledger import evidence as proofs
from lib.ledger import snapshots
from lib.providers import Provider
from lib.verdicts.openings import ways
from lib.verdicts.prices import Range, ranges
from lib.verdicts.views import pairs
from lib.vocabulary import BillingUnit, Evidence, Step

NOW = datetime.now(UTC) - timedelta(minutes=1)
RUNGS: tuple[Step, ...] = ("line", "key", "quota", "permission")


def listed(name: str, price: float, *, by_call: bool = False) -> dict[str, Any]:
    """An entry of a price list, priced in USD: for a million tokens, or for a call."""
    groups = ("default", "vip")
    ratio = {"model_price": price, "quota_type": 1} if by_call else {"model_ratio": price / 2, "quota_type": 0}
    return {"model_name": name, "enable_groups": groups, "completion_ratio": 4, **ratio}


LISTS = {
    "one": [listed("gpt-4o", 5), listed("gpt-4o-mini", 0.3), listed("gpt-4.1-per-call", 0.02, by_call=True),
            listed("claude-haiku-4-5", 2)],
    "two": [listed("gpt-4o", 4)],
    "three": [listed("qwen3-tts-flash", 1), listed("qwen-flash", 1)],
}  # fmt: skip
CONFIGURED = {
    "relays": [
        {"id": id, "name": id, "lines": [{"id": "a", "name": "a", "base_url": f"https://{id}.example"}]} for id in LISTS
    ],
    "connections": [
        {"id": "mine", "provider": "openai", "relay": "one", "capabilities": ["text"], "models": ["gpt-4o-mini"],
         "group": "vip"},
        {"id": "own", "provider": "openai", "relay": "two", "capabilities": ["text"], "models": ["gpt-4o"],
         "prices": [{"model": "gpt-4o", "unit": "token", "amount": "14.4", "currency": "CNY"}]},
    ],
}  # fmt: skip


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """Two relays with their lists; of two connections the first works."""
    engine = Engine(tmp_path)
    engine.import_(json.dumps(CONFIGURED))

    def write(db: snapshots.Connection) -> None:
        for relay, data in LISTS.items():
            body = {"success": True, "data": data, "group_ratio": {"default": 1, "vip": 0.5}}
            snapshots.put(db, "pricing", f"relay:{relay}", NOW, json.dumps(body))
        snapshots.put(db, "models", "mine", NOW, json.dumps({"object": "list", "data": [{"id": "gpt-4o-mini"}]}))
        for step in RUNGS:
            proofs.add(db, Evidence(NOW, "mine", step, True, "usable", "GET", "/"))

    engine.ledger.write(write)
    yield engine
    engine.ledger.close()


@pytest.mark.parametrize(
    ("place", "usable", "models"),
    [
        (None, {"gpt-4o-mini"}, {"gpt-4o", "gpt-4o-mini", "gpt-4.1-per-call"}),
        ("relay:one", {"gpt-4o-mini"}, {"gpt-4o", "gpt-4o-mini", "gpt-4.1-per-call"}),
        ("relay:two", set(), {"gpt-4o"}),
        ("relay:none", set(), set()),
    ],
)
def test_a_cell_holds_what_is_listed_and_judged_at_a_place(
    engine: Engine, place: str | None, usable: set[str], models: set[str]
) -> None:
    found = engine.judged().members(place)["openai", "text"]
    assert (found.usable, found.models) == (usable, models)


def test_what_our_data_do_not_know_of_a_maker_counts_under_custom(engine: Engine) -> None:
    cells = engine.judged().members("relay:three")
    assert (cells["qwen", "text"].listed, cells["custom", "speech"].listed) == ({"qwen-flash"}, {"qwen3-tts-flash"})
    assert list(cells) == list(pairs())


def test_there_is_one_cell_for_each_pair_wherever_one_looks(engine: Engine) -> None:
    for place in (None, "relay:one", "relay:two"):
        assert [(cell.provider, cell.capability) for cell in engine.judged().matrix(place)] == list(pairs())


def test_a_relays_own_matrix_knows_nothing_of_the_others(engine: Engine) -> None:
    cells = {place: {c.provider: c for c in engine.judged().matrix(place)} for place in (None, "relay:two")}
    texts = [next(c for c in engine.judged().matrix(place) if c.capability == "text") for place in (None, "relay:two")]
    assert [(c.state, c.connection, c.usable, c.listed) for c in texts] == [
        ("usable", "mine", 1, 3), ("untested", "own", 0, 1),
    ]  # fmt: skip
    assert {c["anthropic"].state for c in cells.values()} == {"not_configured"}


def test_a_price_is_that_of_the_key_that_reaches_it(engine: Engine) -> None:
    prices = engine.prices()
    one = {priced.row.model: priced for priced in prices.catalogue("relay:one")}
    mini, big = one["gpt-4o-mini"], one["gpt-4o"]
    assert mini.price is not None
    assert big.price is not None
    assert (mini.row.connection, mini.price.input) == ("mine", Decimal("0.15"))  # 0.3 × 0.5 for the group vip
    assert (big.row.connection, big.price.input, big.markup) == (None, Decimal(5), Decimal("1.0000"))
    own = prices.catalogue("relay:two")[0]
    assert own.price is not None
    assert (own.price.source, own.price.currency, own.markup) == ("user", "CNY", None)


def test_currencies_are_compared_by_the_users_dated_rate(engine: Engine) -> None:
    rates = Conversion(rates={"CNY": Rate(per_usd=Decimal("7.2"), as_of=date(2026, 11, 1))})
    assert engine.prices(rates).catalogue("relay:two")[0].markup == Decimal("-0.2000")  # 14.4 / 7.2 = 2 beside 2.5
    assert engine.prices().catalogue("relay:two")[0].markup is None


def test_a_cell_costs_what_its_working_models_do_else_what_all_do(engine: Engine) -> None:
    everywhere = engine.prices().ranges()
    assert everywhere["openai", "text"] == (Range("token", "USD", Decimal("0.15"), Decimal("0.15"), 1),)
    assert everywhere["anthropic", "text"] == (Range("token", "USD", Decimal(2), Decimal(2), 1),)
    assert everywhere["midjourney", "image"] == ()
    assert engine.prices().ranges("relay:two")["openai", "text"][0].currency == "CNY"


def test_prices_are_made_anew_only_where_something_changed(engine: Engine) -> None:
    before = engine.prices()
    assert engine.prices() is before
    body = {"success": True, "data": [listed("gpt-4o", 3)]}
    later = NOW + timedelta(seconds=1)
    engine.ledger.write(lambda db: snapshots.put(db, "pricing", "relay:two", later, json.dumps(body)))
    after = engine.prices()
    assert after is not before
    engine.ledger.write(lambda db: proofs.add(db, Evidence(later, "mine", "key", True, "usable", "GET", "/")))
    assert engine.prices() is not after


def priced(rate: str | None, unit: BillingUnit = "token", currency: str = "USD") -> Price:
    figure = None if rate is None else Decimal(rate)
    price = Price(unit, currency, "relay", output=Decimal(99))
    return replace(price, input=figure) if unit == "token" else replace(price, amount=figure)


@pytest.mark.parametrize(
    ("prices", "expected"),
    [
        ([], []),
        ([priced(None)], []),
        ([priced("2"), priced("0"), priced("30")], [("token", "USD", "0", "30", 3)]),
        ([priced("1", "call"), priced("2"), priced("3")],
         [("token", "USD", "2", "3", 2), ("call", "USD", "1", "1", 1)]),
        ([priced("2", currency="CNY"), priced("2")], [("token", "CNY", "2", "2", 1), ("token", "USD", "2", "2", 1)]),
    ],
)  # fmt: skip
def test_a_range_is_of_one_unit_and_currency(prices: list[Price], expected: list[tuple[object, ...]]) -> None:
    found = [(one.unit, one.currency, str(one.least), str(one.most), one.models) for one in ranges(prices)]
    assert found == expected


def test_what_a_new_key_would_open(engine: Engine) -> None:
    found = engine.judged().openings(date(2026, 11, 25))
    ways = {(one.provider, one.relay): one for one in found}
    assert not {"openai", "custom"} & {one.provider for one in found}
    assert ways["anthropic", "one"].models == {"text": ("claude-haiku-4-5",)}
    assert ways["anthropic", None].models.keys() == {"text"}
    assert ways["qwen", "three"].models == {"text": ("qwen-flash",), "speech": ("qwen3-tts-flash",)}
    assert ways["qwen", "three"].billing == ("token",)
    assert ("anthropic", "three") not in ways
    assert "sora" not in {one.provider for one in found}


@pytest.mark.parametrize(("day", "opens"), [(date(2026, 9, 23), True), (date(2026, 9, 24), False)])
def test_what_its_maker_has_retired_is_not_promised(day: date, opens: bool) -> None:
    retired = Provider.model_validate(
        {"id": "x", "name": "X", "base_url": "https://x.example", "docs_url": "https://x.example", "read_on": day,
         "capabilities": {"video": {"protocol": "openai_video", "billing": "call", "retired_on": "2026-09-24"}}}
    )  # fmt: skip
    assert [dict(one.models) for one in ways(retired, {}, day)] == ([{"video": ()}] if opens else [])
