"""How amounts are shown in one currency: by dated rates of the user's. What is stored never changes by it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from statistics import mode
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import Connection

from lib.connections.model import CURRENCY_PATTERN
from lib.ledger import settings
from lib.vocabulary import Money

SETTING = "conversion"

Currency = Annotated[str, StringConstraints(pattern=CURRENCY_PATTERN)]


class Rate(BaseModel):
    """What one US dollar was worth in a currency on a day."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    per_usd: Annotated[Decimal, Field(gt=0, max_digits=18)]
    as_of: date


class Conversion(BaseModel):
    """`currency`: the one to show amounts in; None: each in its own. `rates` by currency; USD needs none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    currency: Currency | None = None
    rates: dict[Currency, Rate] = {}

    def to(self, currency: str, money: Money) -> Money | None:
        """An amount in another currency; None where a rate is missing."""
        if money.currency == currency:
            return money
        here, there = self._per_usd(money.currency), self._per_usd(currency)
        return None if here is None or there is None else Money(money.amount / here * there, currency)

    def comparable(self, amounts: Sequence[Money | None]) -> list[Decimal]:
        """Amounts as figures in the currency of most of them: infinite where one is unknown, or its rate is missing.

        Nothing is nothing in any currency.
        """
        usual = mode([one.currency for one in amounts if one] or ["USD"])
        turned = (one and (self.to(usual, one) if one.amount else one) for one in amounts)
        return [one.amount if one else Decimal("Infinity") for one in turned]

    def view(self, money: Money) -> Money:
        """An amount as it is to be shown: in its own currency where no other is wanted, or the rate is missing."""
        return (self.to(self.currency, money) if self.currency else None) or money

    def total(self, amounts: Iterable[Money]) -> dict[str, Money]:
        """Amounts as they are to be shown, summed by currency; the first is the one wanted."""
        sums: dict[str, Money] = {}
        for money in map(self.view, amounts):
            before = sums.get(money.currency)
            sums[money.currency] = Money(before.amount + money.amount if before else money.amount, money.currency)
        return dict(sorted(sums.items(), key=lambda one: (one[0] != self.currency, one[0])))

    def as_of(self, currency: str) -> date | None:
        """The day of the rate that turns a currency into the one wanted; None where none is needed or known."""
        if self.currency in (None, currency):
            return None
        days = [self.rates[name].as_of for name in (currency, self.currency or "") if name in self.rates]
        return min(days, default=None)

    def _per_usd(self, currency: str) -> Decimal | None:
        if currency == "USD":
            return Decimal(1)
        return self.rates[currency].per_usd if currency in self.rates else None


def load(db: Connection) -> Conversion:
    """The user's choice; each amount in its own currency until he makes one."""
    stored = settings.get(db, SETTING)
    return Conversion.model_validate_json(stored) if stored else Conversion()


def save(db: Connection, conversion: Conversion) -> None:
    """Keeps the user's choice."""
    settings.put(db, SETTING, conversion.model_dump_json())
