"""A price, and what a call costs by it: exact Decimal arithmetic, rounded only as the biller itself rounds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Any

from lib.vocabulary import MOST, BillingUnit, Money, PriceSource, Usage
from lib.wire import Json

MILLION = Decimal(1_000_000)

CATALOGUE = ("unit", "input", "cached_input", "output", "amount", "currency", "source")
"""The contract's fields of a price, in its order."""


@dataclass(frozen=True, slots=True)
class Price:
    """What one model costs. None: not listed.

    `input`, `cached_input`, `cache_write` and `output` are for 1,000,000 tokens, `amount` is for one of any other unit.
    `quantum` is the smallest amount the biller charges (a relay's quota unit), `origin` where the price was read.
    """

    unit: BillingUnit
    currency: str
    source: PriceSource
    input: Decimal | None = None
    cached_input: Decimal | None = None
    cache_write: Decimal | None = None
    output: Decimal | None = None
    amount: Decimal | None = None
    quantum: Decimal | None = None
    origin: str = ""
    as_of: date | None = None

    def to_record(self) -> dict[str, Json]:
        """Everything, as JSON: what is stored with a call that was priced by it."""
        return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> Price:
        """The inverse of `to_record`."""
        return cls(**{name: READ.get(name, Decimal)(text) for name, text in record.items() if text is not None})

    def json(self) -> dict[str, Json]:
        """The contract's form, as the catalogue shows it."""
        record = self.to_record()
        return {name: record[name] for name in CATALOGUE}

    @property
    def rates(self) -> tuple[Decimal | None, ...]:
        """All figures of the price; what isn't listed of a token price is billed as plain input."""
        if self.unit != "token":
            return (self.amount,)
        return tuple(
            self.input if rate is None else rate
            for rate in (self.input, self.cached_input, self.cache_write, self.output)
        )


TOKEN_RATES = ("input", "cached_input", "cache_write", "output")
"""The fields of a price by token, in the order of `rates`."""

READ: Mapping[str, Callable[[str], Any]] = {
    "unit": str,
    "currency": str,
    "source": str,
    "origin": str,
    "as_of": date.fromisoformat,
}
"""How the fields of a record are read that are no figures."""


def _plain(value: Decimal | date | str | None) -> str | None:
    if isinstance(value, Decimal):
        return Money(value).plain
    return value.isoformat() if isinstance(value, date) else value


Count = int | Decimal | None


def believable(amount: Decimal, currency: str) -> Money | None:
    """An amount that a call can cost; None for one so large that a figure it came from must be nonsense."""
    return Money(amount, currency) if abs(amount) <= MOST else None


def cost(price: Price, usage: Usage) -> Money | None:
    """What a usage costs by a price; None where one of them lacks a figure the other needs, or can't be true."""
    return _billed(price, _counts(price.unit, usage), ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Part:
    """One line of a cost: `count` of what `name` says (a token price's field, else the unit) at `rate`."""

    name: str
    count: Count
    rate: Decimal | None
    amount: Decimal | None


def parts(price: Price, usage: Usage) -> tuple[Part, ...]:
    """What a cost is made of, before the biller rounds it; without what wasn't used."""
    names = TOKEN_RATES if price.unit == "token" else (price.unit,)
    per = MILLION if price.unit == "token" else Decimal(1)
    found = zip(names, _counts(price.unit, usage), price.rates, strict=True)
    return tuple(Part(name, count, rate, _amount(rate, count, per)) for name, count, rate in found if count != 0)


def _amount(rate: Decimal | None, count: Count, per: Decimal) -> Decimal | None:
    if rate == 0:
        return Decimal(0)
    return None if rate is None or count is None else rate * count / per


def at_most(price: Price, *, input_tokens: int, output_tokens: int) -> Money | None:
    """The most a call can cost: nothing of its input cached, all of its output used.

    None where the price doesn't say, or bills by what isn't known before the call (images, seconds, characters).
    """
    if price.unit == "token":
        return _billed(price, (input_tokens, 0, 0, output_tokens), ROUND_CEILING)
    return _billed(price, (1,), ROUND_CEILING) if price.unit == "call" else None


def _counts(unit: BillingUnit, usage: Usage) -> tuple[Count, ...]:
    """How much was used of what each of the price's rates is for."""
    if unit == "token":
        cached, written = usage.cached_input_tokens or 0, usage.cache_write_tokens or 0
        if usage.input_tokens is None and usage.characters is not None:
            return usage.characters, 0, 0, usage.output_tokens or 0  # speech: new-api counts a character as a token
        plain = None if usage.input_tokens is None else max(0, usage.input_tokens - cached - written)
        return plain, cached, written, usage.output_tokens
    if unit == "call":
        return (usage.images or usage.calls or 1,)  # a relay's price of a call is one of an image
    return ({"image": usage.images, "second": usage.seconds, "character": usage.characters}[unit],)


def _billed(price: Price, counts: tuple[Count, ...], rounding: str) -> Money | None:
    """In whole quanta if the price has one: at least one for what was used and isn't free (new-api's rule)."""
    total = _sum(price.rates, counts)
    if total is None:
        return None
    exact = total / MILLION if price.unit == "token" else total
    if not price.quantum:
        return believable(exact, price.currency)
    quanta = (exact / price.quantum).to_integral_value(rounding)
    if any(counts) and any(price.rates):
        quanta = max(Decimal(1), quanta)
    return believable(quanta * price.quantum, price.currency)


def _sum(rates: tuple[Decimal | None, ...], counts: tuple[Count, ...]) -> Decimal | None:
    """Σ rate × count. What is free needs no count, and of what wasn't used no rate is needed."""
    total = Decimal(0)
    for rate, count in zip(rates, counts, strict=True):
        if rate == 0 or count == 0:
            continue
        if rate is None or count is None:
            return None
        total += rate * count
    return total
