"""A month's budget: how near it is, also in another currency, and what is said where nobody can tell."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

from lib.cost import budget
from lib.cost.budget import Budget, broken, forecast, standing
from lib.cost.conversion import Conversion, Rate
from lib.ledger import Ledger, settings
from lib.vocabulary import Money

YUAN = Conversion(rates={"CNY": Rate(per_usd=Decimal("7.2"), as_of=date(2026, 11, 1))})
TEN = Budget(amount=Decimal(10))


def amounts(text: str) -> list[Money]:
    return [Money(Decimal(part.split()[0]), part.split()[1]) for part in text.split(", ") if part]


@pytest.mark.parametrize(
    ("spent", "state", "sum_", "missing"),
    [
        ("", "fine", "0", ()),
        ("7.99 USD", "fine", "7.99", ()),
        ("8 USD", "near", "8", ()),
        ("9.999999999 USD", "near", "9.999999999", ()),
        ("10 USD", "over", "10", ()),
        ("36 CNY", "fine", "5", ()),
        ("36 CNY, 4 USD", "near", "9", ()),
        ("72 CNY", "over", "10", ()),
        ("1 EUR", "unknown", "0", ("EUR",)),
        ("9 USD, 1 EUR", "unknown", "9", ("EUR",)),
        ("10 USD, 1 EUR", "over", "10", ("EUR",)),
    ],
)
def test_how_a_month_stands(spent: str, state: str, sum_: str, missing: tuple[str, ...]) -> None:
    found = standing(amounts(spent), TEN, YUAN)
    assert (found.state, found.spent.plain, found.missing) == (state, sum_, missing)


def test_the_share_is_the_users() -> None:
    early = Budget(amount=Decimal(100), currency="CNY", warn_at=Decimal("0.25"))
    assert standing(amounts("5 USD"), early, YUAN).state == "near"
    assert standing(amounts("3 USD"), early, YUAN).state == "fine"


@pytest.mark.parametrize("wrong", [{"amount": 0}, {"amount": -1}, {"amount": 1, "warn_at": 0},
                                   {"amount": 1, "warn_at": 1.01}, {"amount": 1, "currency": "yuan"}])
def test_what_is_no_budget(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Budget.model_validate(wrong)


OF_A_DAY = Budget(amount=Decimal(1), period="day", of="connection", name="sora", stops=True, lets_unknown=True)


@pytest.mark.parametrize(
    ("saved", "kept"),
    [
        ((), ()),
        ((TEN,), (TEN,)),
        ((TEN, OF_A_DAY), (TEN, OF_A_DAY)),
        ((TEN, OF_A_DAY, Budget(amount=Decimal(20))), (Budget(amount=Decimal(20)), OF_A_DAY)),
    ],
)
def test_they_are_kept_one_of_each_place(tmp_path: Path, saved: tuple[Budget, ...], kept: tuple[Budget, ...]) -> None:
    with Ledger.open(None, tmp_path) as ledger:
        ledger.write(lambda db: budget.save(db, saved))
        with ledger.read() as db:
            assert budget.load(db) == kept


@pytest.mark.parametrize(("stored", "kept"), [("", ()), ('{"amount":"10","currency":"USD","warn_at":"0.8"}', (TEN,))])
def test_one_that_was_kept_alone_is_found(tmp_path: Path, stored: str, kept: tuple[Budget, ...]) -> None:
    with Ledger.open(None, tmp_path) as ledger:
        ledger.write(lambda db: settings.put(db, budget.SETTING, stored))
        with ledger.read() as db:
            assert budget.load(db) == kept


STOPS = Budget(amount=Decimal(10), stops=True)
LETS = STOPS.model_copy(update={"lets_unknown": True})


@pytest.mark.parametrize(
    ("kept", "spent", "under_way", "quoted", "why"),
    [
        (TEN, "20 USD", "", "1 USD", None),
        (STOPS, "9 USD", "", "1 USD", None),
        (STOPS, "9 USD", "", "1.000000001 USD", "budget_exceeded"),
        (STOPS, "8 USD", "1.5 USD", "1 USD", "budget_exceeded"),
        (STOPS, "10 USD", "", "0 USD", None),
        (STOPS, "10 USD", "", "0 EUR", None),
        (STOPS, "", "", "", "budget_price_unknown"),
        (LETS, "11 USD", "", "", None),
        (LETS, "11 USD", "", "1 USD", "budget_exceeded"),
        (STOPS, "36 CNY", "", "36 CNY", None),
        (STOPS, "36 CNY", "", "36.1 CNY", "budget_exceeded"),
        (STOPS, "1 EUR", "", "1 USD", "budget_no_rate"),
        (STOPS, "10 USD, 1 EUR", "", "1 USD", "budget_exceeded"),
        (STOPS, "0 EUR", "", "1 USD", None),
        (STOPS, "", "", "1 EUR", "budget_no_rate"),
    ],
)
def test_what_may_be_sent(kept: Budget, spent: str, under_way: str, quoted: str, why: str | None) -> None:
    asked = next(iter(amounts(quoted)), None)
    assert broken(kept, amounts(spent), amounts(under_way), asked, YUAN) == why


@pytest.mark.parametrize(
    ("before", "spent", "today", "comes_to"),
    [
        ("9", "9", date(2026, 11, 3), None),
        ("9", "9", date(2026, 11, 4), "90"),
        ("9", "12", date(2026, 11, 4), "90"),
        ("9", "13", date(2026, 11, 4), "91"),
        ("0", "0", date(2026, 11, 4), "0"),
        ("0", "5", date(2026, 11, 4), "5"),
        ("14", "14", date(2027, 2, 15), "28"),
        ("30", "30", date(2026, 12, 31), "31"),
    ],
)
def test_a_months_forecast(before: str, spent: str, today: date, comes_to: str | None) -> None:
    assert forecast(Decimal(before), Decimal(spent), today) == (comes_to and Decimal(comes_to))


@pytest.mark.parametrize(
    ("of", "name", "holds"),
    [("all", "", True), ("connection", "sora", True), ("connection", "gemini", False), ("provider", "openai", True),
     ("model", "sora-2", True), ("model", "sora", False)],
)  # fmt: skip
def test_what_counts_in_it(of: budget.Of, name: str, holds: bool) -> None:
    assert Budget(amount=Decimal(1), of=of, name=name).holds_for("sora", "openai", "sora-2") is holds
