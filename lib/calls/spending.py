"""How the user's budgets stand, and which of them a call would break: from the rollups, however long the log is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from lib.calls.draft import Drafted
from lib.calls.guard import refusal
from lib.cost import budget as budgets
from lib.cost import conversion
from lib.cost.budget import Budget, Place, Standing, broken, forecast, standing
from lib.errors import Refused
from lib.ledger.calls import quoted_only
from lib.ledger.contribution import Dimension
from lib.ledger.days import day_begins, zone_named
from lib.ledger.rollups import stored_zone
from lib.ledger.usage import Asked, sums
from lib.vocabulary import Money


@dataclass(frozen=True, slots=True)
class Spending:
    """How one budget stands."""

    budget: Budget
    standing: Standing


def spendings(db: Connection, at: datetime) -> tuple[Spending, ...]:
    """How each budget stands at a time."""
    rates, today = conversion.load(db), _day(db, at)
    return tuple(Spending(one, standing(_spent(db, one, today), one, rates)) for one in budgets.load(db))


def forecasts(db: Connection, at: datetime) -> dict[Place, Money]:
    """By its place, what each month's budget comes to at the pace of the days before; none where nobody can say."""
    rates, today = conversion.load(db), _day(db, at)
    found = {one.place: _forecast(db, one, today, rates) for one in budgets.load(db)}
    return {place: amount for place, amount in found.items() if amount is not None}


def _day(db: Connection, at: datetime) -> date:
    return at.astimezone(zone_named(stored_zone(db))).date()


def over_budget(db: Connection, drafted: Drafted, at: datetime) -> Refused | None:
    """Why a budget doesn't let a call be sent; None where all do, or the user wants it all the same.

    Calls that haven't ended, or whose cost nobody knows, count by the most they can cost. Ask it in the transaction
    that logs the call: of several at once each then sees the others.
    """
    stopping = [one for one in budgets.load(db) if one.stops and _counts(one, drafted)]
    if not stopping or drafted.draft.over_budget or drafted.draft.unpaid:
        return None
    rates, zone = conversion.load(db), zone_named(stored_zone(db))
    today = at.astimezone(zone).date()
    for one in stopping:
        spent, unsettled = _spent(db, one, today), _unsettled(db, one, day_begins(one.first_day(today), zone))
        if why := broken(one, spent, unsettled, drafted.quoted, rates):
            return refusal(why, **_told(one, today, drafted, (*spent, *unsettled)))
    return None


def _counts(budget: Budget, drafted: Drafted) -> bool:
    connection = drafted.route.connection
    return budget.holds_for(connection.id, connection.provider, drafted.model)


def _unsettled(db: Connection, budget: Budget, since: datetime) -> list[Money]:
    """The most that those calls of its period can cost whose cost isn't known, or not yet."""
    return [quoted for *called, quoted in quoted_only(db, since) if budget.holds_for(*called)]


def _spent(db: Connection, budget: Budget, until: date) -> tuple[Money, ...]:
    """What the calls of its period came to, from the first day to that one, by currency."""
    where: dict[Dimension, str] = {} if budget.of == "all" else {budget.of: budget.name}
    found = sums(db, Asked(budget.first_day(until), until, where), ()).values()
    return tuple(money for row in found for money in row.cost.values())


def _forecast(db: Connection, budget: Budget, today: date, rates: conversion.Conversion) -> Money | None:
    if budget.period != "month" or today.day == 1:
        return None
    before, now = (
        standing(_spent(db, budget, day), budget, rates) for day in (today - timedelta(days=1), today)
    )
    amount = None if now.missing else forecast(before.spent.amount, now.spent.amount, today)
    return None if amount is None else Money(amount, budget.currency)


def _told(budget: Budget, today: date, drafted: Drafted, used: Iterable[Money]) -> dict[str, str]:
    """What the causes' words are filled with."""
    return {
        "budget": _words([budget.money]),
        "of": " · ".join(filter(None, (today.isoformat()[: 7 if budget.period == "month" else 10], budget.name))),
        "used": _words(used),
        "quoted": _words([drafted.quoted] if drafted.quoted else []),
    }


def _words(amounts: Iterable[Money]) -> str:
    found = conversion.Conversion().total(amounts).values()
    return " + ".join(f"{one.currency} {one.plain}" for one in found if one.amount) or "0"
