"""What a call costs by a price: hand-computed tables, and what must hold of any price and usage."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.cost.kinds import TOKEN_RATES
from lib.cost.price import Price, Tier, at_most, believable, cost, parts
from lib.vocabulary import BillingUnit, Money, PriceSource, Usage

QUANTUM = Decimal("0.000002")  # 1 / 500,000


def figures(*rates: str | None) -> dict[str, Decimal | None]:
    """input, output, cached_input, cache_write per million."""
    names = ("input", "output", "cached_input", "cache_write")
    return {name: None if rate is None else Decimal(rate) for name, rate in zip(names, rates, strict=False)}


def by_token(*rates: str | None, quantum: Decimal | None = None) -> Price:
    return Price("token", "USD", "official", quantum=quantum, **figures(*rates))


def by_unit(unit: BillingUnit, amount: str | None, quantum: Decimal | None = None) -> Price:
    amounts = None if amount is None else Decimal(amount)
    return Price(unit, "USD", "user", amount=amounts, quantum=quantum)


TOKENS = Usage(input_tokens=1000, cached_input_tokens=400, cache_write_tokens=100, output_tokens=50)

EXACT: list[tuple[Price, Usage, str | None]] = [
    # 12 × 0.15 + 7 × 0.60 = 6.00 millionths
    (by_token("0.15", "0.60"), Usage(input_tokens=12, output_tokens=7), "0.000006"),
    # (1000−400−100) × 2 + 400 × 0.5 + 100 × 2.5 + 50 × 8 = 1000 + 200 + 250 + 400
    (by_token("2", "8", "0.5", "2.5"), TOKENS, "0.00185"),
    # cached and written at the plain input price: 1000 × 2 + 50 × 8
    (by_token("2", "8"), TOKENS, "0.0024"),
    # output at the input price: 1000 × 2 + 50 × 2
    (by_token("2"), TOKENS, "0.0021"),
    # more cached than there was: nothing uncached, 30 × 0.5 + 1 × 8
    (by_token("2", "8", "0.5"), Usage(input_tokens=10, cached_input_tokens=30, output_tokens=1), "0.000023"),
    (by_token("2", "8"), Usage(), None),
    (by_token("2", "8"), Usage(input_tokens=10), None),
    (by_token("2", "8"), Usage(output_tokens=10), None),
    (by_token(None, "8"), Usage(input_tokens=10, output_tokens=1), None),
    # free output needs no count: 10 × 2
    (by_token("2", "0"), Usage(input_tokens=10), "0.00002"),
    # free is 0, not unknown
    (by_token("0", "0"), Usage(), "0"),
    (by_token("0.15", "0.60"), Usage(input_tokens=0, output_tokens=0), "0"),
    (by_unit("call", "0.10"), Usage(), "0.10"),
    (by_unit("call", "0.10"), Usage(calls=3), "0.30"),
    (by_unit("call", None), Usage(calls=3), None),
    (by_unit("image", "0.04"), Usage(images=2), "0.08"),
    (by_unit("image", "0.04"), Usage(), None),
    (by_unit("second", "0.1"), Usage(seconds=Decimal("4.5")), "0.45"),
    (by_unit("second", "0.1"), Usage(images=1), None),
    (by_unit("character", "0.00002"), Usage(characters=150), "0.003"),
    (by_unit("character", "0.00002"), Usage(), None),
]

FULL = Price(
    "token", "USD", "user", input=Decimal(2), output=Decimal(8), cached_input=Decimal("0.5"),
    cache_write=Decimal("2.5"), cache_write_1h=Decimal(4), cached_audio=Decimal(1), cached_image=Decimal("0.75"),
    input_audio=Decimal(20), input_image=Decimal(3), output_audio=Decimal(40), output_image=Decimal(30),
)  # fmt: skip
EVERYTHING = Usage(
    1000, 400, 100, 500, cache_write_1h_tokens=40, cached_audio_tokens=30, cached_image_tokens=20,
    input_audio_tokens=130, input_image_tokens=70, output_audio_tokens=200, output_image_tokens=50,
)  # fmt: skip
KINDS: list[tuple[Price, Usage, str]] = [
    # of 1000: 400 cached (30 sound, 20 images), 100 written (40 for an hour), 100 sound, 50 images, 350 words
    # 350 × 2 + 350 × 0.5 + 30 × 1 + 20 × 0.75 + 60 × 2.5 + 40 × 4 + 100 × 20 + 50 × 3 + 250 × 8 + 200 × 40 + 50 × 30
    (FULL, EVERYTHING, "0.01488"),
    # nothing of it listed: input at 2, output at 8
    (by_token("2", "8"), EVERYTHING, "0.006"),
    # sound in the cache as what is cached, an hour in it as what is written: 500 × 2 + 400 × 0.5 + 100 × 2.5 + 500 × 8
    (by_token("2", "8", "0.5", "2.5"), EVERYTHING, "0.00545"),
    # parts that are more than the whole: none is charged twice
    (FULL, Usage(100, 80, 0, 0, input_audio_tokens=50), "0.00044"),  # 80 × 0.5 + 20 × 20
    (FULL, Usage(10, output_tokens=5, output_audio_tokens=9, output_image_tokens=9), "0.00022"),  # 10 × 2 + 5 × 40
    (FULL, Usage(10, 0, 5, 0, cache_write_1h_tokens=9), "0.00003"),  # 5 × 2 + 5 × 4
]

IN_TIERS = Price(
    "token", "USD", "official", input=Decimal(1), output=Decimal(2),
    tiers=(Tier(300, {"input": Decimal(5)}), Tier(200, {"input": Decimal(3), "output": Decimal(4)})),
)  # fmt: skip


@pytest.mark.parametrize(("price", "usage", "amount"), KINDS)
def test_every_kind_of_token_has_its_price_or_the_next(price: Price, usage: Usage, amount: str) -> None:
    assert cost(price, usage) == money(amount)


@pytest.mark.parametrize(
    ("tokens", "amount"),
    [
        (200, "0.00022"),  # 200 × 1 + 10 × 2
        (201, "0.000643"),  # all of them at 3, and the output at 4
        (300, "0.00094"),
        (301, "0.001525"),  # 301 × 5 + 10 × 2: what the last tier reached doesn't name is as in the price
    ],
)
def test_a_tier_holds_for_all_tokens_of_a_call(tokens: int, amount: str) -> None:
    usage = Usage(tokens, output_tokens=10)
    assert cost(IN_TIERS, usage) == at_most(IN_TIERS, input_tokens=tokens, output_tokens=10) == money(amount)
    assert sum(one.amount or 0 for one in parts(IN_TIERS, usage)) == Decimal(amount)


IN_QUANTA: list[tuple[Price, Usage, str]] = [
    # 6.00 millionths are 3 quanta of 2
    (by_token("0.15", "0.60", quantum=QUANTUM), Usage(input_tokens=12, output_tokens=7), "0.000006"),
    # 5 × 1 = 5 millionths = 2.5 quanta, half away from zero: 3
    (by_token("1", "1", quantum=QUANTUM), Usage(input_tokens=5, output_tokens=0), "0.000006"),
    # 2.4 quanta: 2
    (by_token("0.96", "1", quantum=QUANTUM), Usage(input_tokens=5, output_tokens=0), "0.000004"),
    # 0.05 quanta, and something was used: 1
    (by_token("0.1", "0.1", quantum=QUANTUM), Usage(input_tokens=1, output_tokens=0), "0.000002"),
    # no tokens: nothing is charged
    (by_token("0.1", "0.1", quantum=QUANTUM), Usage(input_tokens=0, output_tokens=0), "0"),
    # free: not even one
    (by_token("0", "0", quantum=QUANTUM), Usage(input_tokens=9, output_tokens=9), "0"),
    (by_unit("call", "0.0000051", quantum=QUANTUM), Usage(), "0.000006"),
    (by_unit("call", "0", quantum=QUANTUM), Usage(), "0"),
    # Veloera's million units to the dollar: 1.4 millionths are 1 quantum of 1
    (by_token("1.4", quantum=Decimal("0.000001")), Usage(input_tokens=1, output_tokens=0), "0.000001"),
]


def money(amount: str | None) -> Money | None:
    return None if amount is None else Money(Decimal(amount), "USD")


@pytest.mark.parametrize(("price", "usage", "amount"), EXACT)
def test_what_a_usage_costs(price: Price, usage: Usage, amount: str | None) -> None:
    assert cost(price, usage) == money(amount)


@pytest.mark.parametrize(("price", "usage", "amount"), IN_QUANTA)
def test_a_relay_charges_whole_quota_units(price: Price, usage: Usage, amount: str) -> None:
    assert cost(price, usage) == money(amount)


@pytest.mark.parametrize(
    ("price", "amount"),
    [
        # 1000 × 2 + 500 × 8, whatever a cached token costs
        (by_token("2", "8", "0.1"), "0.006"),
        (by_token("2"), "0.003"),
        (by_token(None, "8"), None),
        # 1000 × 0.001 + 500 × 0.0021 = 2.05 millionths = 1.025 quanta: 2
        (by_token("0.001", "0.0021", quantum=QUANTUM), "0.000004"),
        (by_token("0", "0", quantum=QUANTUM), "0"),
        (by_unit("call", "0.10"), "0.10"),
        (by_unit("call", None), None),
        (by_unit("image", "0.04"), None),
        (by_unit("second", "0.1"), None),
        (by_unit("character", "0.1"), None),
    ],
)
def test_the_most_a_call_can_cost(price: Price, amount: str | None) -> None:
    assert at_most(price, input_tokens=1000, output_tokens=500) == money(amount)


@pytest.mark.parametrize(
    ("price", "amount"),
    [
        (FULL, "0.04"),  # 1000 × 20 + 500 × 40: all of it sound
        (by_token("2", "8"), "0.006"),
        (by_token(None, "8"), None),
        (Price("token", "USD", "official", input=Decimal(2), output_image=Decimal(30)), "0.017"),
    ],
)
def test_the_most_that_anything_but_words_can_cost(price: Price, amount: str | None) -> None:
    assert at_most(price, input_tokens=1000, output_tokens=500, words=False) == money(amount)


def test_a_cost_keeps_the_currency_of_its_price() -> None:
    price = Price("call", "CNY", "user", amount=Decimal("0.5"))
    assert cost(price, Usage()) == at_most(price, input_tokens=1, output_tokens=1) == Money(Decimal("0.5"), "CNY")


def test_the_catalogue_form_has_decimal_strings_and_null_for_the_unknown() -> None:
    price = Price("token", "USD", "relay", input=Decimal("1E-7"), output=Decimal("2.50"), quantum=QUANTUM, origin="o")
    assert price.json() == {
        "unit": "token",
        "input": "0.0000001",
        "cached_input": None,
        "output": "2.5",
        "amount": None,
        "currency": "USD",
        "source": "relay",
    }


RATES = st.decimals(0, 1000, places=6)
COUNTS = st.integers(0, 2_000_000)
PRICES = st.builds(
    Price,
    unit=st.sampled_from(get_args(BillingUnit)),
    currency=st.sampled_from(("USD", "CNY")),
    source=st.sampled_from(get_args(PriceSource)),
    **{name: st.none() | RATES for name in (*TOKEN_RATES, "amount")},
    tiers=st.lists(
        st.builds(Tier, COUNTS, st.dictionaries(st.sampled_from(TOKEN_RATES), RATES, min_size=1)), max_size=2
    ).map(tuple),
    quantum=st.sampled_from((None, QUANTUM, Decimal("0.000001"))),
    origin=st.text(max_size=8),
    as_of=st.none() | st.dates(min_value=date(2020, 1, 1)),
)
USAGES = st.builds(
    Usage,
    **{one.name: st.none() | COUNTS for one in fields(Usage) if one.name != "seconds"},
    seconds=st.none() | st.decimals(0, 1000, places=3),
)


@given(price=PRICES, usage=USAGES)
def test_no_cost_is_negative_and_all_are_whole_quanta(price: Price, usage: Usage) -> None:
    found = cost(price, usage)
    if found is not None:
        assert found.amount >= 0
        assert not price.quantum or found.amount % price.quantum == 0


def test_a_cost_is_told_as_what_it_is_made_of() -> None:
    told = [(one.name, one.count, str(one.rate), str(one.amount)) for one in parts(by_token("2", "8", "0.5"), TOKENS)]
    assert told == [
        ("input", 500, "2", "0.001"), ("cached_input", 400, "0.5", "0.0002"), ("cache_write", 100, "2", "0.0002"),
        ("output", 50, "8", "0.0004"),
    ]
    (call,) = parts(by_unit("call", "0.1"), Usage())
    assert (call.name, call.count, call.amount) == ("call", 1, Decimal("0.1"))


@given(price=PRICES, usage=USAGES)
def test_the_parts_of_an_exact_cost_are_all_of_it(price: Price, usage: Usage) -> None:
    amounts = [one.amount for one in parts(price, usage)]
    if price.quantum is None:
        whole = None if None in amounts else sum(filter(None, amounts), Decimal(0))
        assert cost(price, usage) == (None if whole is None else believable(whole, price.currency))


@given(price=PRICES)
def test_a_record_gives_the_same_price_back(price: Price) -> None:
    record: dict[str, Any] = price.to_record()
    assert Price.of_record(record) == price


@given(input_rate=RATES, output=RATES, share=st.decimals(0, 1, places=3), data=st.data(), price=PRICES)
def test_no_call_within_its_limits_costs_more_than_quoted(
    input_rate: Decimal, output: Decimal, share: Decimal, data: st.DataObject, price: Price
) -> None:
    quantum = price.quantum
    price = Price("token", "USD", "relay", input_rate, input_rate * share, output=output, quantum=quantum)
    most_in, most_out = data.draw(COUNTS), data.draw(COUNTS)
    used_in = data.draw(st.integers(0, most_in))
    usage = Usage(used_in, data.draw(st.integers(0, used_in)), output_tokens=data.draw(st.integers(0, most_out)))
    quoted, found = at_most(price, input_tokens=most_in, output_tokens=most_out), cost(price, usage)
    assert quoted is not None
    assert found is not None
    assert found.amount <= quoted.amount


@given(rate=RATES, inputs=COUNTS, outputs=COUNTS)
def test_a_cost_is_exact(rate: Decimal, inputs: int, outputs: int) -> None:
    found = cost(Price("token", "USD", "user", input=rate), Usage(input_tokens=inputs, output_tokens=outputs))
    assert found is not None
    assert Fraction(found.amount) == Fraction(rate) * (inputs + outputs) / 1_000_000
