"""Prices in words: a single one, a range, a share, and how a relay's price comes about."""

from __future__ import annotations

from decimal import Decimal

import pytest

from lib.cost.kinds import TOKEN_RATES
from lib.cost.price import Price, Tier
from lib.cost.relay import Working
from lib.verdicts.prices import Range
from lib.vocabulary import Usage
from ui.prices import USED, arithmetic, markup_words, price_words, range_words, reached, tiers_words
from ui.prices_table import kept

D = Decimal


@pytest.mark.parametrize(
    ("price", "words"),
    [
        (None, "unknown"),
        (Price("token", "USD", "relay", input=D("0.15"), output=D("0.6")), "USD 0.15 in, 0.60 out per 1M tokens"),
        (Price("token", "USD", "relay", input=D("0.02"), output=D("0.02")), "USD 0.02 per 1M tokens"),
        (Price("token", "CNY", "user", input=D(4)), "CNY 4.00 per 1M tokens"),
        (Price("token", "USD", "relay", input=D(0), output=D(0)), "USD 0.00 per 1M tokens"),
        (Price("call", "USD", "relay", amount=D("0.0336")), "USD 0.0336 per call"),
        (Price("call", "USD", "relay"), "unknown per call"),
        (Price("character", "USD", "official", amount=D("0.000015")), "USD 15.00 per 1M characters"),
    ],
)
def test_a_price(price: Price | None, words: str) -> None:
    assert price_words(price) == words


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (Range("token", "USD", D("0.15"), D(75), 9), "USD 0.15 – 75.00 per 1M tokens"),
        (Range("call", "USD", D("0.1"), D("0.1"), 2), "USD 0.10 per call"),
        (Range("character", "USD", D("0.000015"), D("0.00003"), 2), "USD 15.00 – 30.00 per 1M characters"),
    ],
)
def test_a_range(found: Range, words: str) -> None:
    assert range_words(found) == words


@pytest.mark.parametrize(
    ("share", "words"),
    [(None, "–"), (D("0.2"), "+20 %"), (D("-0.805"), "-80.5 %"), (D(0), "0 %"), (D(12), "+1200 %")],
)
def test_a_markup(share: Decimal | None, words: str) -> None:
    assert markup_words(share) == words


def test_the_arithmetic_of_a_price_by_token() -> None:
    how = Working("token", D(2), D("0.075"), "vip", D("0.8"), {"cached_input": D("0.5"), "output": D(4)})
    assert list(arithmetic(how)) == [
        "Input: USD 2.00 × ratio 0.075 × group 0.8 (vip) = USD 0.12 per 1M tokens",
        "Output: input × 4 = USD 0.48 per 1M tokens",
        "Cached input: input × 0.5 = USD 0.06 per 1M tokens",
    ]


def test_the_arithmetic_of_a_price_by_call() -> None:
    how = Working("call", D("0.1"), D(1), "default", D(1), {})
    assert list(arithmetic(how)) == ["USD 0.10 × group 1 (default) = USD 0.10 per call"]


def test_every_kind_of_token_has_words_in_the_log() -> None:
    assert set(TOKEN_RATES) <= set(USED)


TIERED = Price("token", "USD", "user", input=D("1.25"), output=D(10), tiers=(
    Tier(500_000, {"input": D(5)}), Tier(200_000, {"output": D(15), "cached_input": D("0.25"), "input": D("2.5")}),
))  # fmt: skip


def test_a_line_for_each_tier_the_lowest_first() -> None:
    assert list(tiers_words(TIERED.tiers, "USD")) == [
        "Above 200,000 tokens of input, per 1M: Input tokens USD 2.50 · Cached input tokens USD 0.25 · "
        "Output tokens USD 15.00",
        "Above 500,000 tokens of input, per 1M: Input tokens USD 5.00",
    ]


@pytest.mark.parametrize(
    ("tokens", "words"),
    [
        (None, ""),
        (200_000, ""),
        (200_001, "as above 200,000 tokens of input"),
        (900_000, "as above 500,000 tokens of input"),
    ],
)
def test_the_tier_a_call_reached(tokens: int | None, words: str) -> None:
    assert reached(TIERED, Usage(tokens)) == words


@pytest.mark.parametrize(
    ("rest", "lines"),
    [
        ("", []),
        (
            '{"cache_write": "3.75", "tiers": [{"above": 200000, "input": "2.5"}]}',
            ["m · Per 1M: Tokens written to the cache CNY 3.75",
             "m · Above 200,000 tokens of input, per 1M: Input tokens CNY 2.50"],
        ),
    ],
)  # fmt: skip
def test_what_the_table_of_own_prices_does_not_show_is_told(rest: str, lines: list[str]) -> None:
    assert list(kept({"model": "m", "unit": "token", "currency": "CNY", "rest": rest})) == lines
