"""A price, and what a call costs by it: exact Decimal arithmetic, rounded only as the biller itself rounds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Any

from lib.cost.kinds import INSTEAD, TOKEN_RATES, Count, by_kind, without_cache
from lib.vocabulary import MOST, BillingUnit, Money, PriceSource, Usage
from lib.wire import Json

MILLION = Decimal(1_000_000)

CATALOGUE = ("unit", "input", "cached_input", "output", "amount", "currency", "source")
"""The contract's fields of a price, in its order."""


FORMER = "former"
"""Where the record of a call's price keeps those it had before, with the estimates they gave, newest last."""


@dataclass(frozen=True, slots=True)
class Tier:
    """From more than `above` tokens of input on, `rates` hold in place of the price's own, for all tokens of a call."""

    above: int
    rates: Mapping[str, Decimal]

    def to_record(self) -> dict[str, Json]:
        """As JSON."""
        return {"above": self.above, **{name: _plain(rate) for name, rate in self.rates.items()}}

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> Tier:
        """The inverse of `to_record`."""
        return cls(record["above"], {name: Decimal(rate) for name, rate in record.items() if name != "above"})


@dataclass(frozen=True, slots=True)
class Price:
    """What one model costs. None: not listed.

    `amount` is for one of any other unit, the rest for 1,000,000 tokens; what isn't listed of them costs as `INSTEAD`
    says. `quantum` is the smallest amount the biller charges (a relay's quota unit), `origin` where the price was read.
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
    cache_write_1h: Decimal | None = None
    cached_audio: Decimal | None = None
    cached_image: Decimal | None = None
    input_audio: Decimal | None = None
    input_image: Decimal | None = None
    output_audio: Decimal | None = None
    output_image: Decimal | None = None
    tiers: tuple[Tier, ...] = ()

    def to_record(self) -> dict[str, Json]:
        """All that is listed, as JSON: what is stored with a call that was priced by it."""
        plain = {one.name: _plain(getattr(self, one.name)) for one in fields(self) if one.name != "tiers"}
        told: dict[str, Json] = {name: value for name, value in plain.items() if value is not None}
        return {**told, "tiers": [tier.to_record() for tier in self.tiers]} if self.tiers else told

    @classmethod
    def of_record(cls, record: Mapping[str, Any]) -> Price:
        """The inverse of `to_record`; the prices that a call had before are left out."""
        told = {name: text for name, text in record.items() if text is not None and name != FORMER}
        return cls(**{name: READ.get(name, Decimal)(text) for name, text in told.items()})

    def json(self) -> dict[str, Json]:
        """The contract's form, as the catalogue shows it."""
        record = self.to_record()
        return {name: record.get(name) for name in CATALOGUE}

    @property
    def rates(self) -> tuple[Decimal | None, ...]:
        """All figures of the price, of a token price in the order of `TOKEN_RATES`."""
        return tuple(map(self._rate, TOKEN_RATES)) if self.unit == "token" else (self.amount,)

    def _rate(self, name: str) -> Decimal | None:
        figures: Iterator[Decimal | None] = (getattr(self, one) for one in (name, *INSTEAD[name]))
        return next((figure for figure in figures if figure is not None), None)

    def of_size(self, input_tokens: int | None) -> Price:
        """The price of a call with so much input: of the tiers it reaches the last."""
        reached = [tier for tier in self.tiers if (input_tokens or 0) > tier.above]
        rates: dict[str, Any] = dict(max(reached, key=lambda tier: tier.above).rates) if reached else {}
        return replace(self, **rates, tiers=()) if self.tiers else self


def stored(record: Mapping[str, Any] | None) -> Price | None:
    """The price that a call's record holds; None where it had none."""
    return Price.of_record(record) if record and "unit" in record else None


READ: Mapping[str, Callable[[Any], Any]] = {
    "tiers": lambda told: tuple(map(Tier.of_record, told)),
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


def believable(amount: Decimal, currency: str) -> Money | None:
    """An amount that a call can cost; None for one so large that a figure it came from must be nonsense."""
    return Money(amount, currency) if abs(amount) <= MOST else None


def cost(price: Price, usage: Usage) -> Money | None:
    """What a usage costs by a price; None where one of them lacks a figure the other needs, or can't be true."""
    price = price.of_size(usage.input_tokens)
    return _billed(price, _counts(price, usage), ROUND_HALF_UP)


def saved_by_cache(price: Price, usage: Usage) -> Money | None:
    """By how much the cache made a usage cheaper than the same tokens all as plain input; less than nothing where what
    was written to it cost more than what was read from it saved. None where the cost is unknown."""
    plain, paid = cost(price, without_cache(usage)), cost(price, usage)
    return Money(plain.amount - paid.amount, price.currency) if plain and paid else None


@dataclass(frozen=True, slots=True)
class Part:
    """One line of a cost: `count` of what `name` says (a token price's field, else the unit) at `rate`."""

    name: str
    count: Count
    rate: Decimal | None
    amount: Decimal | None


def parts(price: Price, usage: Usage) -> tuple[Part, ...]:
    """What a cost is made of, before the biller rounds it; without what wasn't used."""
    price = price.of_size(usage.input_tokens)
    names = TOKEN_RATES if price.unit == "token" else (price.unit,)
    per = MILLION if price.unit == "token" else Decimal(1)
    found = zip(names, _counts(price, usage), price.rates, strict=True)
    return tuple(Part(name, count, rate, _amount(rate, count, per)) for name, count, rate in found if count != 0)


def _amount(rate: Decimal | None, count: Count, per: Decimal) -> Decimal | None:
    if rate == 0:
        return Decimal(0)
    return None if rate is None or count is None else rate * count / per


def at_most(price: Price, *, input_tokens: int, output_tokens: int, words: bool = True) -> Money | None:
    """The most a call can cost: nothing of its input cached, all of its output used.

    `words`: neither is anything else; otherwise each is of the kind that costs most. None where the price doesn't say,
    or bills by what isn't known before the call (images, seconds, characters).
    """
    price = price.of_size(input_tokens)
    if price.unit == "call":
        return _billed(price, (1,), ROUND_CEILING)
    if price.unit != "token":
        return None
    dearest = price if words else replace(price, input=_most(price, INPUTS), output=_most(price, OUTPUTS))
    return _billed(dearest, _counts(dearest, Usage(input_tokens, output_tokens=output_tokens)), ROUND_CEILING)


INPUTS, OUTPUTS = ("input", "input_audio", "input_image"), ("output", "output_audio", "output_image")


def _most(price: Price, names: tuple[str, ...]) -> Decimal | None:
    """The dearest of some rates; None where the plain one isn't known."""
    rates = dict(zip(TOKEN_RATES, price.rates, strict=True))
    return None if rates[names[0]] is None else max(rate for name in names if (rate := rates[name]) is not None)


def _counts(price: Price, usage: Usage) -> tuple[Count, ...]:
    """How much was used of what each of the price's rates is for."""
    if price.unit == "token":
        counted = by_kind(without_cache(usage) if _knows_no_cache(price, usage) else usage)
        return tuple(counted.get(name, 0) for name in TOKEN_RATES)
    if price.unit == "call":
        return (usage.images or usage.calls or 1,)  # a relay's price of a call is one of an image
    return ({"image": usage.images, "second": usage.seconds, "character": usage.characters}[price.unit],)


def _knows_no_cache(price: Price, usage: Usage) -> bool:
    """Whether new-api bills this as sound: it takes nothing off then for what was cached (PostAudioConsumeQuota)."""
    sound = usage.input_audio_tokens or usage.output_audio_tokens
    return price.source == "relay" and price.input_audio is not None and bool(sound)


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
