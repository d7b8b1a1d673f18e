"""Whose price holds: the user's own, the relay's, the maker's; and how they compare."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from lib.connections.model import OwnPrice, TokenRates
from lib.cost.book import PriceBook, markup
from lib.cost.conversion import Conversion, Rate
from lib.cost.kinds import TOKEN_RATES
from lib.cost.price import Price, cost
from lib.vocabulary import BillingUnit, Money, PriceSource, Usage
from lib.wire.newapi import ListedApi, Listing

AT = datetime(2026, 1, 1, 12, tzinfo=UTC)
SHANGHAI = timezone(timedelta(hours=8))


def api(model: str, ratio: str = "0.1", *, formula: bool = False) -> ListedApi:
    return ListedApi(
        model=model,
        vendor="",
        endpoints=("openai",),
        groups=("default",),
        quota_type=0,
        model_ratio=Decimal(ratio),
        completion_ratio=Decimal(4),
        cache_ratio=None,
        create_cache_ratio=None,
        model_price=Decimal(0),
        formula=formula,
    )


LISTING = Listing(
    apis=(api("gpt-4o"), api("gpt-4o-mini"), api("gpt-4o-mini", "9"), api("o3", formula=True), api("unheard-of", "0")),
    group_ratio={"default": Decimal(1), "vip": Decimal("0.5")},
)


def own(model: str = "gpt-4o", unit: BillingUnit = "token", currency: str = "CNY", **rates: Any) -> OwnPrice:
    return OwnPrice.model_validate({"model": model, "unit": unit, "currency": currency, **rates})


def book(*own_prices: OwnPrice, listing: Listing | None = LISTING, group: str | None = None) -> PriceBook:
    return PriceBook(own_prices, listing, None, group)


@pytest.mark.parametrize(
    ("prices", "model", "source", "rate"),
    [
        (book(own(input="3")), "gpt-4o", "user", "3"),
        (book(own(input="3")), "gpt-4o-mini", "relay", "0.2"),  # of one listed twice the first: 0.1 × 2
        (book(), "gpt-4o", "relay", "0.2"),
        (book(group="vip"), "gpt-4o", "relay", "0.1"),
        (book(), "unheard-of", "relay", "0"),  # free is a price
        (book(), "claude-sonnet-4-5", "official", "3"),
        (book(listing=None), "gpt-4o", "official", "2.5"),
    ],
)
def test_the_first_that_knows_sets_the_price(prices: PriceBook, model: str, source: PriceSource, rate: str) -> None:
    price = prices.price(model, AT)
    assert price is not None
    assert (price.source, price.input) == (source, Decimal(rate))


def test_a_relays_price_is_of_the_day_its_list_was_read() -> None:
    price = PriceBook((), LISTING, None, None, date(2025, 12, 31)).price("gpt-4o", AT)
    assert price is not None
    assert price.as_of == date(2025, 12, 31)


def test_a_price_nobody_knows_is_unknown() -> None:
    assert book().price("no-such-model", AT) is None
    assert book().unpriced("no-such-model") is None
    assert book().official("no-such-model", AT) is None


def test_what_a_relay_prices_by_a_formula_is_unknown_not_the_makers() -> None:
    prices = book()
    assert prices.official("o3", AT) is not None
    assert prices.price("o3", AT) is None
    assert prices.unpriced("o3") == "formula"
    told = book(own("o3", input="3")).price("o3", AT)
    assert told is not None
    assert told.source == "user"


SINCE = (
    own(input="1"),
    own(input="2", valid_from="2025-06-01"),
    own(input="3", valid_from="2026-01-01"),
    own(input="4", valid_from="2026-01-02"),
)


@pytest.mark.parametrize(
    ("at", "rate"),
    [
        (datetime(2025, 5, 31, 23, 59, tzinfo=UTC), "1"),
        (datetime(2025, 6, 1, tzinfo=UTC), "2"),
        (AT, "3"),
        (datetime(2026, 1, 2, 7, 59, tzinfo=SHANGHAI), "3"),  # the day is UTC's
        (datetime(2026, 1, 2, 8, tzinfo=SHANGHAI), "4"),
    ],
)
def test_of_the_users_prices_the_latest_begun_holds(at: datetime, rate: str) -> None:
    for order in (SINCE, SINCE[::-1]):
        price = book(*order).price("gpt-4o", at)
        assert price is not None
        assert price.input == Decimal(rate)


def test_before_the_users_first_day_the_relays_price_holds() -> None:
    price = book(own(input="3", valid_from="2026-01-02")).price("gpt-4o", AT)
    assert price is not None
    assert price.source == "relay"


def test_the_users_tiers_and_rarer_tokens() -> None:
    theirs = own(input="2", output="8", input_audio="20", tiers=[{"above": 1000, "input": "4"}])
    price = book(theirs).price("gpt-4o", AT)
    assert price is not None
    # up to the tier: 900 × 2 + 100 × 20 + 10 × 8; above it all at 4, the rest as before
    amounts = [
        (Usage(input_tokens=1000, output_tokens=10, input_audio_tokens=100), "0.00388"),
        (Usage(input_tokens=1001, output_tokens=10, input_audio_tokens=100), "0.005684"),
    ]
    for usage, amount in amounts:
        assert cost(price, usage) == Money(Decimal(amount), "CNY")
    assert Price.of_record(price.to_record()) == price


def test_the_users_fields_are_those_of_a_price() -> None:
    assert set(TokenRates.model_fields) == set(TOKEN_RATES)


def test_the_official_figures_ignore_what_holds_here() -> None:
    prices = book(own(input="3"))
    official = prices.official("gpt-4o", AT)
    assert official is not None
    assert (official.source, official.input) == ("official", Decimal("2.5"))


@pytest.mark.parametrize(
    ("given", "usage", "amount"),
    [
        # output at the price of input: 1000 × 3 + 100 × 3
        (own(input="3"), Usage(input_tokens=1000, output_tokens=100), "0.0033"),
        # one amount for both: 1000 × 4 + 100 × 4
        (own(amount="4"), Usage(input_tokens=1000, output_tokens=100), "0.0044"),
        # 1000 × 2 + 100 × 8
        (own(input="2", output="8"), Usage(input_tokens=1000, output_tokens=100), "0.0028"),
        # 600 × 2 + 400 × 1 + 100 × 8
        (own(input="2", output="8", cached_input="1"), Usage(1000, 400, output_tokens=100), "0.0024"),
        (own(unit="call", amount="0.10"), Usage(), "0.1"),
        (own(unit="image", amount="0.10"), Usage(images=2), "0.2"),
    ],
)
def test_the_users_own_price(given: OwnPrice, usage: Usage, amount: str) -> None:
    price = book(given).price("gpt-4o", AT)
    assert price is not None
    assert cost(price, usage) == Money(Decimal(amount), "CNY")


def priced(rate: str | None, unit: BillingUnit = "token", currency: str = "USD") -> Price:
    figure = None if rate is None else Decimal(rate)
    if unit == "token":
        return Price(unit, currency, "relay", input=figure, output=Decimal(99))
    return Price(unit, currency, "relay", amount=figure)


@pytest.mark.parametrize(
    ("price", "official", "expected"),
    [
        (priced("3"), priced("2.5"), "0.2000"),
        (priced("0.5"), priced("2.5"), "-0.8000"),
        (priced("2.5"), priced("2.5"), "0.0000"),
        (priced("0"), priced("2.5"), "-1.0000"),
        (priced("1"), priced("3"), "-0.6667"),
        (priced("0.12", "call"), priced("0.1", "call"), "0.2000"),
        (priced("3"), priced("0"), None),
        (priced("3"), priced(None), None),
        (priced(None), priced("3"), None),
        (priced("3", "call"), priced("3"), None),
        (priced("3", currency="EUR"), priced("3"), None),
        (priced("14.4", currency="CNY"), priced("2.5"), "-0.2000"),  # 14.4 / 7.2 = 2
        (priced("2"), priced("7.2", currency="CNY"), "1.0000"),
        (priced("7.2", "call", "CNY"), priced("1"), None),
    ],
)
def test_the_markup_over_the_official_price(price: Price, official: Price, expected: str | None) -> None:
    rates = {"CNY": Rate(per_usd=Decimal("7.2"), as_of=AT.date())}
    found = markup(price, official, Conversion(rates=rates))
    assert (None if found is None else str(found)) == expected
