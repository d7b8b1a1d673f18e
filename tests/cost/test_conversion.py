"""Amounts in the currency the user wants to see, by his dated rates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

from lib.cost.conversion import Conversion, Rate, load, save
from lib.ledger import Ledger
from lib.vocabulary import Money

RATES = {
    "CNY": Rate(per_usd=Decimal("7.2"), as_of=date(2026, 11, 1)),
    "EUR": Rate(per_usd=Decimal("0.9"), as_of=date(2026, 10, 1)),
}


@pytest.mark.parametrize(
    ("wanted", "given", "shown"),
    [
        (None, Money(Decimal(1), "CNY"), Money(Decimal(1), "CNY")),
        ("CNY", Money(Decimal(2), "USD"), Money(Decimal("14.4"), "CNY")),
        ("USD", Money(Decimal("14.4"), "CNY"), Money(Decimal(2), "USD")),
        ("EUR", Money(Decimal("7.2"), "CNY"), Money(Decimal("0.9"), "EUR")),
        ("CNY", Money(Decimal(3), "JPY"), Money(Decimal(3), "JPY")),
        ("JPY", Money(Decimal(3), "USD"), Money(Decimal(3), "USD")),
    ],
)
def test_an_amount_is_shown_in_the_currency_wanted_where_a_rate_is_known(
    wanted: str | None, given: Money, shown: Money
) -> None:
    assert Conversion(currency=wanted, rates=RATES).view(given) == shown


def test_a_total_puts_the_wanted_currency_first_and_keeps_what_has_no_rate_apart() -> None:
    amounts = [Money(Decimal(1), "AUD"), Money(Decimal(1), "USD"), Money(Decimal("7.2"), "CNY")]
    total = Conversion(currency="CNY", rates=RATES).total(amounts)
    assert list(total.items()) == [("CNY", Money(Decimal("14.4"), "CNY")), ("AUD", Money(Decimal(1), "AUD"))]


@pytest.mark.parametrize(
    ("wanted", "of", "day"),
    [("CNY", "USD", date(2026, 11, 1)), ("CNY", "EUR", date(2026, 10, 1)), ("CNY", "CNY", None), (None, "CNY", None)],
)
def test_a_conversion_names_the_day_of_its_oldest_rate(wanted: str | None, of: str, day: date | None) -> None:
    assert Conversion(currency=wanted, rates=RATES).as_of(of) == day


@pytest.mark.parametrize("rate", [Decimal(0), Decimal(-1), Decimal("Infinity"), Decimal("NaN")])
def test_a_rate_is_a_positive_number(rate: Decimal) -> None:
    with pytest.raises(ValidationError):
        Rate(per_usd=rate, as_of=date(2026, 11, 1))


def test_a_choice_is_kept(tmp_path: Path) -> None:
    with Ledger.open(None, tmp_path) as ledger:
        chosen = Conversion(currency="CNY", rates=RATES)
        with ledger.read() as db:
            assert load(db) == Conversion()
        ledger.write(lambda db: save(db, chosen))
        with ledger.read() as db:
            assert load(db) == chosen
