"""The most a user wants to spend in a day or a month, and how near he is to it. Pure, but for where it is kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from sqlalchemy import Connection

from lib.cost.conversion import Conversion, Currency
from lib.ledger import settings
from lib.vocabulary import Money

SETTING = "budget"
DAYS_KNOWN = 3
"""So many whole days have to be known before a month is forecast."""

Period = Literal["day", "month"]
Of = Literal["all", "connection", "provider", "model"]
Place = tuple[Period, Of, str]
State = Literal["fine", "near", "over", "unknown"]
"""`unknown`: part of what was spent is in a currency without a rate, so nobody can say."""


class Budget(BaseModel):
    """An amount for each day or month of the user's zone, of all calls or of what `of` and `name` say.

    `warn_at` is the share of it from which on he wants to know. `stops`: a call that would break it isn't sent;
    `lets_unknown`: but for those of unknown cost.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    amount: Annotated[Decimal, Field(gt=0, max_digits=18)]
    currency: Currency = "USD"
    warn_at: Annotated[Decimal, Field(gt=0, le=1)] = Decimal("0.8")
    period: Period = "month"
    of: Of = "all"
    name: str = ""
    stops: bool = False
    lets_unknown: bool = False

    @property
    def money(self) -> Money:
        """The amount with its currency."""
        return Money(self.amount, self.currency)

    @property
    def place(self) -> Place:
        """What it is for: of one place there is one budget."""
        return self.period, self.of, self.name

    def first_day(self, today: date) -> date:
        """The day its period began."""
        return today.replace(day=1) if self.period == "month" else today

    def holds_for(self, connection: str, provider: str, model: str) -> bool:
        """Whether a call counts in it."""
        named = {"all": "", "connection": connection, "provider": provider, "model": model}
        return self.of == "all" or self.name == named[self.of]


@dataclass(frozen=True, slots=True)
class Standing:
    """How a period stands to its budget: `spent` so far as could be converted, `missing` what couldn't, by currency."""

    state: State
    spent: Money
    missing: tuple[str, ...] = ()


def standing(spent: Iterable[Money], budget: Budget, conversion: Conversion) -> Standing:
    """What a period's amounts, by currency, come to. What is over already is over, whatever the rest may be."""
    known, missing = _converted(spent, budget, conversion)
    return Standing(_state(known, budget, bool(missing)), Money(known, budget.currency), missing)


def _converted(amounts: Iterable[Money], budget: Budget, conversion: Conversion) -> tuple[Decimal, tuple[str, ...]]:
    """The sum in the budget's currency, and the currencies that have no rate. Nothing is nothing in any."""
    told = [money for money in amounts if money.amount]
    found = [conversion.to(budget.currency, money) for money in told]
    missing = tuple(dict.fromkeys(money.currency for money, known in zip(told, found, strict=True) if known is None))
    return sum((money.amount for money in found if money), Decimal(0)), missing


def _state(known: Decimal, budget: Budget, part_unknown: bool) -> State:
    if known >= budget.amount:
        return "over"
    if part_unknown:
        return "unknown"
    return "near" if known >= budget.amount * budget.warn_at else "fine"


Why = Literal["budget_exceeded", "budget_price_unknown", "budget_no_rate"]
"""The causes by which a budget refuses a call."""


def broken(
    budget: Budget, spent: Iterable[Money], unsettled: Iterable[Money], quoted: Money | None, conversion: Conversion
) -> Why | None:
    """Why a call of that quote may not be sent by a budget that stops; None where it may.

    `unsettled`: the most that calls can cost of which nobody knows more. What reaches the budget to the last unit is
    within.
    """
    if not budget.stops:
        return None
    if quoted is None:
        return None if budget.lets_unknown else "budget_price_unknown"
    if not quoted.amount:
        return None
    known, missing = _converted((*spent, *unsettled, quoted), budget, conversion)
    if known > budget.amount:
        return "budget_exceeded"
    return "budget_no_rate" if missing else None


def forecast(spent_before: Decimal, spent: Decimal, today: date) -> Decimal | None:
    """What a month comes to at the pace of its whole days so far, `spent_before` today; None in its first days.

    `spent`: today's included, which may be more than that pace.
    """
    days = today.day - 1
    if days < DAYS_KNOWN:
        return None
    begins = today.replace(day=1)
    of_month = ((begins + timedelta(days=31)).replace(day=1) - begins).days
    pace = spent_before / days
    return max(spent_before + pace, spent) + pace * (of_month - today.day)


_STORED = TypeAdapter(Budget | tuple[Budget, ...])


def load(db: Connection) -> tuple[Budget, ...]:
    """The user's budgets, in the order in which they were made; also the one of all months that once was kept alone."""
    stored = settings.get(db, SETTING)
    found = _STORED.validate_json(stored) if stored else ()
    return (found,) if isinstance(found, Budget) else found


def hold(db: Connection) -> None:
    """In a transaction that writes: no other decides by the budgets until it ends."""
    settings.hold(db, SETTING)


def save(db: Connection, budgets: Sequence[Budget]) -> None:
    """Keeps the budgets, the last of each place."""
    kept = tuple({one.place: one for one in budgets}.values())
    settings.put(db, SETTING, TypeAdapter(tuple[Budget, ...]).dump_json(kept).decode())
