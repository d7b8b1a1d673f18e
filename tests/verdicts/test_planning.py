"""What is left buys so many, or it is said why nobody can tell: never 0 for what isn't known."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from lib.calls.draft import CallDraft
from lib.connections.model import OwnPrice
from lib.cost.book import PriceBook
from lib.cost.conversion import Conversion, Rate
from lib.cost.price import Price
from lib.verdicts.planning import Bought, Good, Offer, bought, cheapest, serving
from lib.vocabulary import BillingUnit, Capability, Money, Quota, Reason, State, Verdict

NOW = datetime(2026, 11, 24, tzinfo=UTC)
NO_RATES = Conversion()
YUAN = Conversion(rates={"CNY": Rate(per_usd=Decimal("7.2"), as_of=NOW.date())})
THIRDS = Conversion(rates={
    "CNY": Rate(per_usd=Decimal(3), as_of=NOW.date()), "JPY": Rate(per_usd=Decimal(300), as_of=NOW.date()),
})  # fmt: skip
UNIT = Decimal("0.000002")
"""USD: new-api's quota unit, the least that it charges."""


def left(amount: str, currency: str = "USD") -> Quota:
    return Quota(Money(Decimal(amount), currency), False, NOW)


def price(unit: BillingUnit, amount: str | None = None, currency: str = "USD", **more: Any) -> Price:
    figures: dict[str, Any] = {name: Decimal(one) if isinstance(one, str) else one for name, one in more.items()}
    return Price(unit, currency, "relay", amount=None if amount is None else Decimal(amount), **figures)


TEXT = price("token", input="0.10", output="0.50")
SORA = price("call", "0.1")


@pytest.mark.parametrize(
    ("capability", "protocol", "priced", "balance", "good", "count"),
    [
        # (3 × 0.10 + 1 × 0.50) ÷ 4 = 0.20 a million: 3.2 ÷ 0.20 = 16 million
        ("text", "openai", TEXT, "3.2", "token", 16_000_000),
        ("translation", "openai", TEXT, "3.2", "token", 16_000_000),
        # output not listed costs as the input does
        ("text", "openai", price("token", input="0.7"), "1", "token", 1_428_571),
        ("text", "openai", price("token", input="0", output="4"), "1", "token", 1_000_000),
        ("embedding", "openai", TEXT, "1", "token_in", 10_000_000),
        ("speech", "openai", price("token", input="15", output="60"), "3", "token_in", 200_000),
        ("speech", "gemini", price("token", input="0.5", output="10"), "3", "token_out", 300_000),
        ("image", "gemini", price("token", input="0.3", output="2.5", output_image="30"), "3", "token_out", 100_000),
        ("transcription", "openai", price("token", input="1", input_audio="6"), "3", "token_in", 500_000),
        ("image", "openai", price("call", "0.039"), "12.5", "image", 320),
        ("image", "openai", price("image", "0.04"), "0.12", "image", 3),
        ("music", "suno", price("call", "0.1"), "0.99", "call", 9),
        # what costs less than the biller's least costs that
        ("music", "suno", price("call", "0.0000004", quantum=UNIT), "0.01", "call", 5_000),
        # new-api bills its video routes by second where a price for a call is listed (wire.md 2A)
        ("video", "openai_video", SORA, "1.25", "second", 12),
        ("video", "video_v2", SORA, "1.25", "call", 12),
        ("video", "openai", price("second", "0.1"), "2", "second", 20),
        ("speech", "elevenlabs", price("character", "0.00003"), "1", "character", 33_333),
        ("text", "openai", TEXT, "0", "token", 0),
        ("text", "openai", TEXT, "-2", "token", 0),
        ("image", "openai", price("call", "0.04"), "0.039999999", "image", 0),
    ],
)
def test_what_is_left_buys(
    capability: Capability, protocol: str, priced: Price, balance: str, good: Good, count: int
) -> None:
    found = bought(capability, protocol, priced, left(balance), NO_RATES)
    assert (found.good, found.count, found.gap) == (good, count, None)


@pytest.mark.parametrize(
    ("priced", "balance", "rates", "count"),
    [
        (price("call", "0.1"), left("7.2", "CNY"), YUAN, 10),
        (price("call", "0.72", "CNY"), left("1"), YUAN, 10),
        (price("call", "1", "CNY"), left("1", "CNY"), NO_RATES, 1),
        # 100 JPY ÷ 300 × 3 is 1 CNY, though a third has no end
        (price("call", "1", "CNY"), left("100", "JPY"), THIRDS, 1),
    ],
)
def test_currencies_are_turned_by_the_users_rates(
    priced: Price, balance: Quota, rates: Conversion, count: int
) -> None:
    assert bought("music", "suno", priced, balance, rates).count == count


CHARACTERS = Quota(None, False, NOW, 9_700)


@pytest.mark.parametrize(
    ("capability", "priced", "balance", "expected"),
    [
        ("text", None, left("3"), ("price", None)),
        ("text", price("token", output="3"), left("3"), ("price", None)),
        ("image", price("image"), left("3"), ("price", None)),
        ("video", price("second"), None, ("price", None)),
        ("text", TEXT, None, ("balance", None)),
        ("text", TEXT, Quota(None, False, NOW), ("balance", None)),
        ("text", TEXT, left("1E+40"), ("balance", None)),
        ("text", TEXT, Quota(None, True, NOW), ("unlimited", None)),
        ("text", TEXT, left("3", "CNY"), ("rate", None)),
        ("text", price("token", input="0", output="0"), None, ("free", None)),
        ("image", price("call", "0"), left("3"), ("free", None)),
        ("text", price("token", input="1E-40"), left("3"), ("free", None)),
        ("text", price("token", input="1E-999900"), left("3"), ("free", None)),
        ("text", TEXT, CHARACTERS, ("characters", None)),
        ("translation", None, CHARACTERS, (None, 9_700)),
        ("speech", TEXT, CHARACTERS, (None, 9_700)),
        ("speech", TEXT, Quota(left("0").remaining, False, NOW, 0), (None, 0)),
    ],
)
def test_what_nobody_can_tell_is_said(
    capability: Capability, priced: Price | None, balance: Quota | None, expected: tuple[str | None, int | None]
) -> None:
    found = bought(capability, "openai", priced, balance, NO_RATES)
    assert (found.gap, found.count) == expected


@given(some.decimals("0.000000001", 10**6, places=9), some.decimals("0.000000001", 10**3, places=9))
def test_it_buys_all_that_it_can_and_no_more(balance: Decimal, each: Decimal) -> None:
    found = bought("music", "suno", price("call", str(each)), left(str(balance)), NO_RATES)
    if found.count is not None:
        assert found.count * each <= balance < (found.count + 1) * each


def verdict(connection: str, model: str, capability: Capability = "text", state: State = "usable") -> Verdict:
    return Verdict(connection, capability, model, state, None, Reason("should_work", "nobody"))


TEXTS = [verdict("one", "a"), verdict("one", "b", state="bad_key"), verdict("two", "a"), verdict("one", "")]


@pytest.mark.parametrize(
    ("capability", "found"),
    [
        ("text", [("one", "a", "text"), ("two", "a", "text")]),
        ("video", []),
        # a text model translates when it is asked to; one made for it counts as that
        ("translation", [("one", "a", "text"), ("two", "a", "translation")]),
    ],
)
def test_what_serves(capability: Capability, found: list[tuple[str, str, str]]) -> None:
    served = serving([*TEXTS, verdict("two", "a", "translation")], capability)
    assert [(one.connection, one.model, one.capability) for one in served] == found


BOOK = PriceBook(
    [
        OwnPrice(model="dear", unit="call", amount=Decimal(2)),
        OwnPrice(model="cheap", unit="token", input=Decimal("0.1")),
        OwnPrice(model="yuan", unit="call", amount=Decimal(1), currency="CNY"),
        OwnPrice(model="free", unit="call", amount=Decimal(0), currency="CNY"),
        OwnPrice(model="by_second", unit="second", amount=Decimal(1)),
    ],
    None, None, None,
)  # fmt: skip


@pytest.mark.parametrize(
    ("rates", "expected"),
    [
        (NO_RATES, ["free", "cheap", "dear"]),
        (YUAN, ["free", "cheap", "yuan", "dear"]),
    ],
)
def test_the_cheapest_first_and_the_unknown_not_at_all(rates: Conversion, expected: list[str]) -> None:
    names = ["by_second", "nobody-knows", "dear", "yuan", "cheap", "free"]
    found = [
        Offer(verdict("one", name), "openai", BOOK.price(name, NOW), None, None, Bought(None)) for name in names
    ]
    drafted = CallDraft("", "text", "Hello")
    assert [one.verdict.model for one in cheapest(found, drafted, rates)] == expected
