"""The most a user wants to spend in a month, and how near he is to it. It warns; it stops nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from lib.cost.conversion import Conversion, Currency
from lib.ledger import settings
from lib.vocabulary import Money

SETTING = "budget"

State = Literal["fine", "near", "over", "unknown"]
"""`unknown`: part of what was spent is in a currency without a rate, so nobody can say."""


class Budget(BaseModel):
    """An amount for each month of the user's zone; `warn_at` is the share of it from which on he wants to know."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    amount: Annotated[Decimal, Field(gt=0, max_digits=18)]
    currency: Currency = "USD"
    warn_at: Annotated[Decimal, Field(gt=0, le=1)] = Decimal("0.8")

    @property
    def money(self) -> Money:
        """The amount with its currency."""
        return Money(self.amount, self.currency)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a month stands to its budget: `spent` so far as could be converted, `missing` what couldn't, by currency."""

    state: State
    spent: Money
    missing: tuple[str, ...] = ()


def standing(spent: Iterable[Money], budget: Budget, conversion: Conversion) -> Standing:
    """What a month's amounts, by currency, come to. What is over already is over, whatever the rest may be."""
    amounts = tuple(spent)
    converted = [conversion.to(budget.currency, money) for money in amounts]
    known = sum((money.amount for money in converted if money), Decimal(0))
    missing = tuple(money.currency for money, found in zip(amounts, converted, strict=True) if found is None)
    return Standing(_state(known, budget, bool(missing)), Money(known, budget.currency), missing)


def _state(known: Decimal, budget: Budget, part_unknown: bool) -> State:
    if known >= budget.amount:
        return "over"
    if part_unknown:
        return "unknown"
    return "near" if known >= budget.amount * budget.warn_at else "fine"


def load(db: Connection) -> Budget | None:
    """The user's budget; None where he has none."""
    stored = settings.get(db, SETTING)
    return Budget.model_validate_json(stored) if stored else None


def save(db: Connection, budget: Budget | None) -> None:
    """Keeps the budget, or that there is none."""
    settings.put(db, SETTING, budget.model_dump_json() if budget else "")
