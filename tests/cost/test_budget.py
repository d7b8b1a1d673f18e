"""A month's budget: how near it is, also in another currency, and what is said where nobody can tell."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError

from lib.cost import budget
from lib.cost.budget import Budget, standing
from lib.cost.conversion import Conversion, Rate
from lib.ledger import Ledger
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


def test_it_is_kept_and_given_up(tmp_path: Path) -> None:
    with Ledger.open(None, tmp_path) as ledger:
        for kept in (TEN, None):
            ledger.write(lambda db, kept=kept: budget.save(db, kept))  # type: ignore[misc]
            with ledger.read() as db:
                assert budget.load(db) == kept
