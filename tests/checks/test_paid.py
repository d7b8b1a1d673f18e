"""Which model the smallest real call asks: the one that could cost least."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from lib.checks.paid import RIDDLE, cheapest
from lib.connections.model import OwnPrice
from lib.cost.book import PriceBook
from lib.cost.conversion import Conversion, Rate
from lib.vocabulary import Usage

NOW = datetime(2026, 11, 24, tzinfo=UTC)
BOOK = PriceBook(
    [
        OwnPrice(model="free", unit="call", amount=Decimal(0)),
        OwnPrice(model="dear", unit="token", input=Decimal(10), output=Decimal(40)),
        # a thousand tokens in and a thousand out: what costs least isn't what has the lowest price of input
        OwnPrice(model="talkative", unit="token", input=Decimal(1), output=Decimal(20)),
        OwnPrice(model="terse", unit="token", input=Decimal(2), output=Decimal(2)),
        OwnPrice(model="by_call", unit="call", amount=Decimal("0.006")),
        OwnPrice(model="by_second", unit="second", amount=Decimal("0.000001")),
        OwnPrice(model="yuan", unit="call", amount=Decimal("0.02"), currency="CNY"),
        OwnPrice(model="fewer_yuan", unit="call", amount=Decimal("0.01"), currency="CNY"),
        OwnPrice(model="no_yuan", unit="call", amount=Decimal(0), currency="CNY"),
    ],
    None, None, None,
)  # fmt: skip


@pytest.mark.parametrize(
    ("models", "chosen"),
    [
        (["dear", "talkative", "terse", "by_call"], "terse"),
        (["dear", "talkative", "by_call"], "by_call"),
        (["dear", "free", "terse"], "free"),
        (["nobody-knows", "dear"], "dear"),
        (["by_second", "dear"], "dear"),
        (["nobody-knows", "nor-this"], "nobody-knows"),
    ],
)
def test_the_cheapest_call(models: list[str], chosen: str) -> None:
    assert cheapest(models, BOOK, NOW, Usage(), Conversion()) == chosen


RATED = Conversion(rates={"CNY": Rate(per_usd=Decimal(7), as_of=NOW.date())})


@pytest.mark.parametrize(
    ("models", "conversion", "chosen"),
    [
        (["by_call", "yuan"], RATED, "yuan"),
        (["yuan", "by_call"], RATED, "yuan"),
        (["fewer_yuan", "terse", "by_call"], Conversion(), "terse"),
        (["yuan", "dear", "fewer_yuan"], Conversion(), "fewer_yuan"),
        (["nobody-knows", "yuan", "fewer_yuan"], Conversion(), "fewer_yuan"),
        (["terse", "by_call", "no_yuan"], Conversion(), "no_yuan"),
    ],
)
def test_currencies_are_compared_by_the_users_rates_or_not_at_all(
    models: list[str], conversion: Conversion, chosen: str
) -> None:
    assert cheapest(models, BOOK, NOW, Usage(), conversion) == chosen


def test_of_a_job_what_is_billed_is_known_before() -> None:
    assert cheapest(["dear", "by_second"], BOOK, NOW, Usage(seconds=Decimal(4)), Conversion()) == "by_second"


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("42", True),
        ("The answer is **42**.", True),
        ("17 + 25 = 42", True),
        ("42.", True),
        ("42, I think", True),
        ("答案是42。", True),
        ("41", False),
        ("142", False),
        ("420", False),
        ("4.42", False),
        ("42.5", False),
        ("42,000", False),
        ("17 + 25", False),
        ("", False),
    ],
)
def test_whether_the_sum_is_right(text: str, right: bool) -> None:
    assert (RIDDLE.told(text) == {}) is right
