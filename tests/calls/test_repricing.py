"""Price again: which calls change and to what, what a preview tells, what is stored, and that twice changes nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from lib.calls import repricing
from lib.calls.repricing import Repriced, Tally, record_of, repriced
from lib.connections.model import OwnPrice
from lib.cost.book import PriceBook
from lib.cost.price import FORMER, Price
from lib.engine import Engine
from lib.ledger import calls as log
from lib.ledger import rollups
from lib.ledger.calls import Payload
from lib.ledger.row import LET_IN, CallRow
from lib.vocabulary import Money, Usage
from lib.wire.newapi import ListedApi, Listing
from lib.wire.tasks import RATIOS
from tests.ledger.ledger_rows import row, usd

AT = datetime(2026, 3, 8, 3, 30, tzinfo=UTC)
OLD = Price("token", "USD", "relay", input=Decimal(1), output=Decimal(1)).to_record()
USED = Usage(1_000_000, output_tokens=500_000)


def own(**rates: Any) -> PriceBook:
    return PriceBook([OwnPrice(model="m", currency="USD", **rates)], None, None, None)


TOKENS = own(unit="token", input=Decimal(2), output=Decimal(4))
"""1,000,000 × 2 / 1,000,000 + 500,000 × 4 / 1,000,000 = 4."""
DATED = PriceBook(
    [
        OwnPrice(model="m", currency="USD", unit="token", input=Decimal(rate), output=Decimal(0), valid_from=day)
        for rate, day in (("1", None), ("2", AT.date()), ("9", AT.date() + timedelta(days=1)))
    ],
    None, None, None,
)  # fmt: skip
"""2 on the day of the call, 9 from the day after it."""
CALL = own(unit="call", amount=Decimal("0.1"))
LISTED = ListedApi(
    model="m", vendor="", endpoints=("openai",), groups=("default",), quota_type=1, model_ratio=Decimal(0),
    completion_ratio=Decimal(0), cache_ratio=None, create_cache_ratio=None, model_price=Decimal("0.1"), formula=False,
)  # fmt: skip
RELAY = PriceBook([], Listing(apis=(LISTED,), group_ratio={"default": Decimal(1)}), None, None)
NOBODY = PriceBook([], None, None, None)


def made(**changes: Any) -> CallRow:
    known = {"model": "m", "status": "succeeded", "sent_at": AT, "usage": USED, "estimated": usd("1.5"), **changes}
    return row(AT, **known)


PRICED: list[tuple[str, CallRow, Payload, PriceBook | None, Money | None]] = [
    ("dearer", made(), Payload(prices=OLD), TOKENS, usd("4")),
    ("known now", made(estimated=None), Payload(), TOKENS, usd("4")),
    ("known now, and told why not before", made(estimated=None), Payload(prices={"unpriced": "formula"}), TOKENS,
     usd("4")),
    ("billed or not", made(billed=usd("9")), Payload(prices=OLD), TOKENS, usd("4")),
    ("by the price of its own day", made(), Payload(prices=OLD), DATED, usd("2")),
    ("as it was", made(estimated=usd("4")), Payload(prices=OLD), TOKENS, None),
    ("in another currency", made(estimated=Money(Decimal(4), "CNY")), Payload(prices=OLD), TOKENS, usd("4")),
    ("nobody knows today", made(), Payload(prices=OLD), NOBODY, None),
    ("no connection any more", made(), Payload(prices=OLD), None, None),
    ("never sent", made(sent_at=None, status="cancelled", estimated=None), Payload(), TOKENS, None),
    ("under way", made(status="streaming", estimated=None), Payload(), TOKENS, None),
    ("failed for nothing", made(status="failed", estimated=usd("0")), Payload(prices=OLD), TOKENS, None),
    ("let in unpaid", made(status="failed", estimated=None, error_code=LET_IN), Payload(), TOKENS, None),
    ("failed, but charged", made(status="failed"), Payload(prices=OLD), TOKENS, usd("4")),
    ("free until now", made(estimated=usd("0")), Payload(prices=OLD), TOKENS, usd("4")),
    ("broken off", made(status="interrupted"), Payload(prices=OLD), TOKENS, usd("4")),
    ("nobody knows the use", made(status="unknown", estimated=None, usage=Usage()), Payload(), CALL, None),
    ("by call, whatever was used", made(estimated=None, usage=Usage()), Payload(), CALL, usd("0.1")),
    ("two images", made(usage=Usage(images=2, calls=1)), Payload(), CALL, usd("0.2")),
    ("eight seconds of a call's price", made(protocol="openai_video", usage=Usage(calls=1)),
     Payload(prices=OLD, raw_usage={RATIOS: '{"seconds": 8}'}), RELAY, usd("0.8")),
    ("submitted elsewhere", made(protocol="openai_video", estimated=None, usage=Usage(calls=1)), Payload(), RELAY,
     None),
    ("tokens nobody counted", made(usage=Usage(calls=1)), Payload(prices=OLD), TOKENS, None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("call", "payload", "book", "estimated"), [one[1:] for one in PRICED], ids=[one[0] for one in PRICED]
)
def test_a_call_by_todays_prices(
    call: CallRow, payload: Payload, book: PriceBook | None, estimated: Money | None
) -> None:
    found = repriced(call, payload, book)
    assert (found and found.estimated) == estimated


def former(amount: str) -> dict[str, Any]:
    return {"price": OLD, "estimated": {"amount": amount, "currency": "USD"}, "official": None}


def test_the_price_before_goes_with_a_call_however_often() -> None:
    first = record_of(repriced_by("2"), OLD)
    assert Price.of_record(first).input == Decimal(2)
    assert first[FORMER] == [former("1.5")]
    second = record_of(repriced_by("3"), json.loads(json.dumps(first)))
    assert [one["price"]["input"] for one in second[FORMER]] == ["1", "2"]
    nothing = {"price": None, "estimated": None, "official": None}
    assert record_of(repriced_by("2", estimated=None), None)[FORMER] == [nothing]


DALLE = PriceBook([OwnPrice(model="dall-e-3", currency="USD", unit="image", amount=Decimal("0.03"))], None, None, None)
LARGE = Payload(request_json={"params": {"size": "1792x1024", "quality": "hd"}})


@pytest.mark.parametrize(
    ("estimated", "official", "changes"),
    [
        (usd("0.03"), None, (usd("0.03"), usd("0.12"))),
        (usd("0.03"), usd("0.08"), (usd("0.03"), usd("0.12"))),
        (usd("0.05"), usd("0.12"), (usd("0.03"), usd("0.12"))),
        (usd("0.03"), usd("0.12"), None),
    ],
)
def test_the_official_figure_goes_along(
    estimated: Money, official: Money | None, changes: tuple[Money, Money] | None
) -> None:
    """Our openai.toml, of the day of the call: DALL·E 3 in the large size and hd quality."""
    call = made(model="dall-e-3", usage=Usage(images=1, calls=1), estimated=estimated, official=official)
    found = repriced(call, LARGE, DALLE)
    assert (found and (found.changes["estimated"], found.changes["official"])) == changes


def test_an_official_figure_that_was_known_is_not_lost() -> None:
    found = repriced(made(official=usd("9")), Payload(prices=OLD), TOKENS)
    assert found is not None
    assert found.changes["official"] == usd("9")
    assert record_of(found, OLD)[FORMER][-1]["official"] == {"amount": "9", "currency": "USD"}


def test_what_only_an_official_price_changed_is_not_among_those_that_change_most() -> None:
    call = made(model="dall-e-3", usage=Usage(images=1, calls=1), estimated=usd("0.03"))
    tally = Tally()
    tally.take(call, repriced(call, LARGE, DALLE))
    assert (tally.changed, tally.most) == (1, [])


def repriced_by(rate: str, **changes: Any) -> Repriced:
    found = repriced(made(**changes), Payload(prices=OLD), own(unit="token", amount=Decimal(rate)))
    assert found is not None
    return found


# ---- on a ledger


CONNECTION = {"id": "chat", "provider": "custom", "base_url": "http://127.0.0.1:9", "models": ["m", "n"]}
MANY = 7


def prices(amount: str, currency: str = "USD") -> str:
    price = {"model": "m", "unit": "token", "amount": amount, "currency": currency}
    return json.dumps({"connections": [{**CONNECTION, "prices": [price]}]})


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """A log of calls at USD 1 for each million tokens, the nth with n million; one of them billed, one of a model whose
    price nobody knows, one whose estimate wasn't known.
    """
    monkeypatch.setattr(repricing, "AT_ONCE", 3)
    opened = Engine(tmp_path, keys="file")
    opened.import_(prices("1"))
    opened.ledger.write(fill)
    yield opened
    opened.ledger.close()


def fill(db: log.Connection) -> None:
    for n in range(1, MANY + 1):
        odd: dict[str, Any] = {
            2: {"billed": usd("7")}, 4: {"model": "n", "estimated": None}, 5: {"estimated": None},
        }.get(n, {})  # fmt: skip
        plain = {"connection": "chat", "usage": Usage(n * 10**6, output_tokens=0), "estimated": usd(str(n)), **odd}
        one = made(**plain)
        at = AT + timedelta(seconds=n)
        log.insert(db, row(at, **{
            name: getattr(one, name) for name in
            ("status", "sent_at", "model", "connection", "usage", "estimated", "billed")
        }), Payload(prompt=str(n), prices=None if odd.get("estimated", one.estimated) is None else OLD))  # fmt: skip


def price_again(engine: Engine, *, write: bool, tally: Tally | None = None, **question: Any) -> Tally:
    tally = tally or Tally()
    asyncio.run(engine.price_again(question, tally, write=write))
    return tally


def rows(engine: Engine) -> dict[str, CallRow]:
    """By prompt."""
    found = engine.log.page().rows
    said = engine.log.prompts([one.id for one in found], 9)
    return {said[one.id]: one for one in found}


def nano(amount: str) -> int:
    return usd(amount).nano


def test_a_preview_tells_and_changes_nothing(engine: Engine) -> None:
    engine.import_(prices("3"))
    before = rows(engine)
    found = price_again(engine, write=False)
    assert (found.seen, found.changed, found.known) == (7, 6, 1)
    assert found.before == {"USD": nano("19")}  # 1 + 2 + 3 + 6 + 7
    assert found.after == {"USD": nano("72")}  # 3 × (1 + 2 + 3 + 5 + 6 + 7)
    assert [one.estimated for one in found.most] == [usd(amount) for amount in ("15", "21", "18", "9", "6", "3")]
    assert rows(engine) == before


def test_new_estimates_are_stored_with_prices_and_sums(engine: Engine) -> None:
    engine.import_(prices("3"))
    found = price_again(engine, write=True)
    assert (found.seen, found.changed) == (7, 6)
    there = rows(engine)
    assert {said: one.estimated for said, one in there.items()} == {
        "1": usd("3"), "2": usd("6"), "3": usd("9"), "4": None, "5": usd("15"), "6": usd("18"), "7": usd("21"),
    }  # fmt: skip
    assert there["2"].billed == usd("7")
    assert (there["5"].price_source, there["5"].unit) == ("user", "token")
    kept = engine.log.call(there["1"].id)[1].prices
    assert Price.of_record(kept).input == Decimal(3)
    assert kept[FORMER] == [former("1")]
    with engine.ledger.read() as db:
        assert rollups.prove(db)
        (total,) = rollups.report(db, "connection", None, None, "UTC")
        assert total.cost == {"USD": usd("73")}  # 7 billed + 3 × (1 + 3 + 5 + 6 + 7)
        assert total.unknown_cost_calls == 1


def test_what_was_asked_for_decides_where_prices_differ_by_it(engine: Engine) -> None:
    """Our openai.toml: DALL·E 3 in the large size and hd quality."""
    large = made(connection="chat", model="dall-e-3", usage=Usage(images=1, calls=1), estimated=None)
    asked = {"params": {"size": "1792x1024", "quality": "hd"}}
    engine.ledger.write(lambda db: log.insert(db, large, Payload(prompt="large", request_json=asked)))
    assert price_again(engine, write=True, model="dall-e-3").known == 1
    assert rows(engine)["large"].estimated == usd("0.12")


def test_twice_changes_nothing(engine: Engine) -> None:
    engine.import_(prices("3"))
    price_again(engine, write=True)
    before = {one.id: engine.log.call(one.id) for one in rows(engine).values()}
    assert price_again(engine, write=False).changed == 0
    assert price_again(engine, write=True).changed == 0
    assert {one.id: engine.log.call(one.id) for one in rows(engine).values()} == before


def test_there_and_back_is_what_it_was_but_for_what_is_remembered(engine: Engine) -> None:
    engine.import_(prices("3"))
    price_again(engine, write=True)
    engine.import_(prices("1"))
    price_again(engine, write=True)
    there = rows(engine)
    assert {said: one.estimated for said, one in there.items() if said != "5"} == {
        "1": usd("1"), "2": usd("2"), "3": usd("3"), "4": None, "6": usd("6"), "7": usd("7"),
    }  # fmt: skip
    told = engine.log.call(there["5"].id)[1].prices[FORMER]
    assert [one["estimated"] for one in told] == [None, {"amount": "15", "currency": "USD"}]


def test_only_what_is_filtered_changes(engine: Engine) -> None:
    engine.import_(prices("3"))
    assert price_again(engine, write=True, text="6").changed == 1
    assert rows(engine)["7"].estimated == usd("7")
    assert price_again(engine, write=True, model="n").seen == 1


def test_another_currency_moves_the_sums_there(engine: Engine) -> None:
    engine.import_(prices("10", "CNY"))
    found = price_again(engine, write=True)
    assert (found.before, found.after) == ({"USD": nano("19")}, {"CNY": nano("240")})
    with engine.ledger.read() as db:
        assert rollups.prove(db)


def test_a_removed_connections_calls_keep_what_they_have(engine: Engine) -> None:
    engine.remove_connection("chat")
    assert price_again(engine, write=True).changed == 0


class StoppedAfterOne(Tally):
    """Wants no more after the first batch."""

    def take(self, row: CallRow, again: Repriced | None) -> None:
        super().take(row, again)
        self.stopped = True


def test_stopped_between_batches_the_sums_hold(engine: Engine) -> None:
    engine.import_(prices("3"))
    found = price_again(engine, write=True, tally=StoppedAfterOne())
    assert (found.seen, found.changed) == (3, 3)
    there = rows(engine)
    assert [there[said].estimated for said in ("7", "6", "5", "3")] == [usd("21"), usd("18"), usd("15"), usd("3")]
    with engine.ledger.read() as db:
        assert rollups.prove(db)


def test_a_fault_leaves_a_batch_as_it_was(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    engine.import_(prices("3"))
    before = rows(engine)

    def broken(*_: Any) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(log, "keep_prices", broken)
    with pytest.raises(RuntimeError, match="disk"):
        price_again(engine, write=True)
    assert rows(engine) == before
    with engine.ledger.read() as db:
        assert rollups.prove(db)
