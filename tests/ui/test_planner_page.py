"""The planner: what is left buys, in words and in order; where a prompt costs least; nothing is sent by it."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection
from streamlit.testing.v1 import AppTest

from lib.cost.conversion import Conversion, Rate
from lib.cost.relay import Unpriced
from lib.ledger import evidence, snapshots
from lib.verdicts.planning import Bought, Good, Offer
from lib.vocabulary import Evidence, Money, Quota, Reason, Verdict
from tests.ui.conftest import ROOT, go, words
from ui.asking import key
from ui.engine import door
from ui.plan_prompt import PROMPT
from ui.plan_words import BUYS, PRICE, gap, ordered, told

NOW = datetime.now(UTC)
RELAY = {"id": "mine", "name": "Mine", "lines": [{"id": "a", "name": "A", "base_url": "http://127.0.0.1:9"}]}
LISTED: list[dict[str, Any]] = [
    {"model_name": "gpt-4o", "quota_type": 0, "model_ratio": 1.25, "completion_ratio": 4},
    {"model_name": "gpt-4o-mini", "quota_type": 0, "model_ratio": 0.075, "completion_ratio": 4},
    {"model_name": "gpt-4.1", "quota_type": 0, "model_ratio": 37.5, "completion_ratio": 2},
]
RATE = Conversion(rates={"CNY": Rate(per_usd=Decimal(8), as_of=date(2026, 11, 1))})


def at(app: AppTest, **view: str) -> AppTest:
    """The planner at an address."""
    for name, value in view.items():
        app.query_params[name] = value
    go(app, "planner")
    assert not app.exception
    return app


def own(balance: dict[str, str], names: list[str] | None = None) -> AppTest:
    """A key of the user's own with a price list, and what was last told of its balance."""
    names = names or [one["model_name"] for one in LISTED]
    connection = {"id": "key", "provider": "openai", "relay": "mine", "capabilities": ["text"], "models": names,
                  "key": "sk-not-a-key-0000000000000000000000000001"}  # fmt: skip
    door().own.import_(json.dumps({"relays": [RELAY], "connections": [connection]}))
    passed = [Evidence(NOW, "key", step, True, "usable", "GET", "/") for step in ("line", "key", "permission")]
    quota = Evidence(NOW, "key", "quota", True, "usable", "GET", "/", detail=balance)
    pricing = json.dumps({"success": True, "data": LISTED, "group_ratio": {"default": 1}})
    models = json.dumps({"object": "list", "data": [{"id": name} for name in names]})
    ledger = door().own.ledger
    for one in (*passed, quota):
        ledger.write(partial(_seen, one))
    ledger.write(lambda db: snapshots.put(db, "pricing", "relay:mine", NOW, pricing))
    ledger.write(lambda db: snapshots.put(db, "models", "key", NOW, models))
    return AppTest.from_file(str(ROOT / "ui" / "router.py"), default_timeout=60)


def _seen(one: Evidence, db: Connection) -> None:
    evidence.add(db, one)


def column(app: AppTest, name: str) -> list[Any]:
    return list(app.dataframe[0].value[name])


def test_no_connection_says_what_to_do() -> None:
    door().leave_demo()
    app = at(AppTest.from_file(str(ROOT / "ui" / "router.py"), default_timeout=60))
    assert "No connection can be used yet" in words(app)
    assert app.button(key="planner_set_up").label == "Set up your own"


def test_the_demos_balances_in_what_they_buy(app: AppTest) -> None:
    app = at(app, capability="image")
    assert app.selectbox(key="planner_capability").options == ["text", "images", "video", "translation"]
    assert column(app, "model") == ["gemini-2.5-flash-image"]
    assert column(app, "of") == ["pictures"]
    (buys,) = column(app, "buys")
    (offer,) = door().engine.offers("image", Conversion())
    assert offer.left is not None
    assert offer.left.remaining is not None
    assert offer.bought.each is not None
    assert buys == offer.left.remaining.amount // offer.bought.each.amount > 0
    app = app.selectbox(key="planner_capability").select("video").run()
    assert app.query_params["capability"] == "video"
    assert "buys" not in app.dataframe[0].value or column(app, "buys") == [None]
    assert "The key has no limit" in column(app, "of")[0]
    assert column(app, "price")[0].replace("\u00a0", " ") == "USD 0.10 per second"  # listed as the price of a call


def test_by_token_and_what_has_no_price() -> None:
    app = at(own({"remaining": "8", "currency": "USD"}))
    # (3 × 0.15 + 0.60) ÷ 4 = 0.2625 a million; (3 × 2.5 + 10) ÷ 4 = 4.375
    assert column(app, "model") == ["gpt-4o-mini", "gpt-4o", "gpt-4.1"]
    assert column(app, "buys")[:2] == [30476, 1828]
    assert column(app, "of")[0] == "thousand tokens, 3 in : 1 out"
    assert "no price was set" in column(app, "of")[2]
    assert column(app, "left")[0].replace("\u00a0", " ") == "USD 8.00"


def test_a_balance_in_another_currency_wants_a_rate() -> None:
    app = at(own({"remaining": "64", "currency": "CNY"}))
    assert column(app, "of")[0] == "No rate from CNY to USD. Set it in Settings."
    assert "2 of unknown count: No rate from CNY to USD." in words(app).replace("\\", "")
    door().own.show_in(RATE)
    assert column(app.run(), "buys")[:2] == [30476, 1828]


def test_what_is_left_unknown_is_said() -> None:
    app = at(own({"unlimited": "1"}))
    assert "The key has no limit" in column(app, "of")[0]


def test_the_view_stands_in_the_address() -> None:
    app = at(own({"remaining": "8", "currency": "USD"}), sort=PRICE)
    assert app.selectbox(key="planner_sort").value == PRICE
    app = app.selectbox(key="planner_sort").select(BUYS).run()
    assert app.query_params["sort"] == BUYS
    assert at(app, capability="nonsense", sort="nonsense").selectbox(key="planner_sort").value == BUYS


def test_a_prompt_finds_where_it_costs_least_and_goes_there() -> None:
    app = at(own({"remaining": "8", "currency": "USD"}))
    assert not [one for one in app.button if one.key == "planner_use"]
    app = app.text_area(key=PROMPT).input("A poem about rain").run()
    # 1,000 tokens in at 0.15 and gpt-4o-mini's limit of 16,384 out at 0.60 a million, in quota units of 0.000002
    assert "Cheapest: `gpt-4o-mini` by **key**, at most **USD 0.00998**." in words(app).replace("\\", "")
    app = app.button(key="planner_use").click().run()
    assert app.title[0].value == "Text"
    state = app.session_state
    chosen = [state[key("text", name)] for name in ("connection", "model", "prompt")]
    assert chosen == ["key", "gpt-4o-mini", "A poem about rain"]
    assert door().own.log.page().rows == ()


def test_a_prompt_of_unknown_price_everywhere() -> None:
    app = at(own({"remaining": "8", "currency": "USD"}, ["gpt-4.1"]))
    app = app.text_area(key=PROMPT).input("A poem about rain").run()
    assert column(app, "model") == ["gpt-4.1"]
    assert "Of none of them is known beforehand" in words(app)


LEFT = Quota(Money(Decimal(8), "CNY"), False, NOW)


def offer(found: Bought, model: str = "m", unpriced: Unpriced | None = None, left: Quota | None = LEFT) -> Offer:
    verdict = Verdict("key", "text", model, "usable", None, Reason("should_work", "nobody"))
    return Offer(verdict, "openai", None, unpriced, left, found)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (Bought("image", 1320), "1,320 pictures"),
        (Bought("call", 0), "0 single calls"),
        (Bought("token", 16_000_400), "16,000 thousand tokens, 3 in : 1 out"),
        (Bought("token_in", 40), "0.04 thousand tokens in"),
        (Bought("image", gap="free"), ""),
    ],
)
def test_so_much_in_words(found: Bought, said: str) -> None:
    assert told(offer(found)) == said


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (offer(Bought("image", 3)), ""),
        (offer(Bought(None, gap="price")), "Nobody knows its price."),
        (offer(Bought(None, gap="price"), unpriced="formula"), "The relay prices it by a formula"),
        (offer(Bought("token", gap="balance"), left=None), "What is left isn't known."),
        (offer(Bought("token", gap="characters")), "What is left is counted in characters."),
        (offer(Bought("token", gap="free")), "It costs nothing."),
    ],
)
def test_why_there_is_no_count(found: Offer, said: str) -> None:
    assert gap(found).startswith(said)
    assert bool(gap(found)) == bool(said)


def usd(text: str) -> Money:
    return Money(Decimal(text))


def test_the_order() -> None:
    def one(name: str, good: Good | None, count: int | None, each: Money | None) -> Offer:
        return offer(Bought(good, count, each, None if count is not None else "balance" if each else "price"), name)

    found = [
        one("unknown", None, None, None),
        offer(Bought("call", None, usd("0"), "free"), "free"),
        one("few", "call", 3, usd("1")),
        one("many", "call", 30, usd("0.1")),
        one("yuan", "call", 20, Money(Decimal("0.4"), "CNY")),
        one("token", "token", 3_000_000, usd("0.000001")),
        one("no balance", "call", None, usd("0.5")),
    ]
    assert [one.verdict.model for one in ordered(found, BUYS, RATE)] == [
        "free", "many", "yuan", "few", "token", "no balance", "unknown",
    ]  # fmt: skip
    assert [one.verdict.model for one in ordered(found, PRICE, RATE)] == [
        "free", "yuan", "many", "no balance", "few", "token", "unknown",
    ]  # fmt: skip
