"""Prices in words: what a model costs, from what to what a cell's models do, and how a relay's price comes about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from lib.cost.kinds import TOKEN_RATES
from lib.cost.price import Price, Tier
from lib.cost.relay import Unpriced, Working
from lib.i18n import N_
from lib.verdicts.prices import Range
from lib.vocabulary import BillingUnit, Money, PriceSource, Usage
from ui.words import money, number, t

TOKENS = N_("{amount} per 1M tokens")
UNIT: Mapping[BillingUnit, str] = {
    "token": TOKENS,
    "call": N_("{amount} per call"),
    "image": N_("{amount} per image"),
    "second": N_("{amount} per second"),
    "character": N_("{amount} per 1M characters"),
}
MANY: Mapping[BillingUnit, Decimal] = {"character": Decimal(1_000_000)}
"""Units whose single price would be all zeros."""
SOURCES: Mapping[PriceSource, str] = {
    "user": N_("your own price"),
    "relay": N_("the relay's list"),
    "official": N_("the official list"),
}

USED: Mapping[str, str] = {
    "input": N_("Input tokens"),
    "cached_input": N_("Cached input tokens"),
    "cached_audio": N_("Cached audio tokens"),
    "cached_image": N_("Cached image tokens"),
    "cache_write": N_("Tokens written to the cache"),
    "cache_write_1h": N_("Tokens written to the cache for an hour"),
    "input_audio": N_("Audio tokens put in"),
    "input_image": N_("Image tokens put in"),
    "output": N_("Output tokens"),
    "output_audio": N_("Audio tokens put out"),
    "output_image": N_("Image tokens put out"),
    "call": N_("Calls"),
    "image": N_("Images"),
    "second": N_("Seconds"),
    "character": N_("Characters"),
}
"""What is used and priced, by the field of a token's price, else by unit."""

UNPRICED: Mapping[Unpriced, str] = {
    "formula": N_("unknown: priced by a formula"),
    "no_price_set": N_("unknown: no price set"),
    "not_understood": N_("unknown"),
}
WHY_UNPRICED: Mapping[Unpriced, str] = {
    "formula": N_("The relay prices it by a formula, which Relayscope can't compute."),
    "no_price_set": N_("The relay's list shows the figure that stands where no price was set."),
    "not_understood": N_("The relay's list names no price that can be understood."),
}


def price_words(price: Price | None, why: Unpriced | None = None) -> str:
    """`USD 0.15 in, 0.60 out per 1M tokens`; that nobody knows it where that is so, and why."""
    if price is None:
        return t(UNPRICED[why]) if why else t(N_("unknown"))
    if price.unit == "token":
        return t(TOKENS, amount=_by_token(price))
    return t(UNIT[price.unit], amount=_money(price.amount, price))


def _by_token(price: Price) -> str:
    if price.output is None or price.output == price.input:
        return _money(price.input, price)
    return t(N_("{input} in, {output} out"), input=_money(price.input, price), output=_figure(price.output, price))


def _money(figure: Decimal | None, price: Price) -> str:
    return money(None if figure is None else Money(figure * MANY.get(price.unit, 1), price.currency))


def _figure(figure: Decimal, price: Price) -> str:
    return _money(figure, price).removeprefix(price.currency).strip()


def rates_words(rates: Mapping[str, Decimal], currency: str) -> str:
    """`Input tokens USD 2.50 · Output tokens USD 15.00`: the prices of a million of each kind."""
    return " · ".join(f"{t(USED[name])} {money(Money(rates[name], currency))}" for name in TOKEN_RATES if name in rates)


def tiers_words(tiers: Iterable[Tier], currency: str) -> Iterator[str]:
    """A line for each tier of a price, the lowest first."""
    for tier in sorted(tiers, key=lambda one: one.above):
        told = N_("Above {n} tokens of input, per 1M: {rates}")
        yield t(told, n=_count(tier.above), rates=rates_words(tier.rates, currency))


def reached(price: Price, usage: Usage) -> str:
    """Which tier a usage reached; empty where none."""
    above = max((tier.above for tier in price.tiers if (usage.input_tokens or 0) > tier.above), default=None)
    return "" if above is None else t(N_("as above {n} tokens of input"), n=_count(above))


def _count(tokens: int) -> str:
    return number(Decimal(tokens), "#,##0")


def range_words(found: Range, *, unit: bool = True) -> str:
    """`USD 0.15 – 75 per 1M tokens`, or without its unit."""
    many = MANY.get(found.unit, 1)
    least, most = (money(Money(one * many, found.currency)) for one in (found.least, found.most))
    amount = least if least == most else f"{least} – {most.removeprefix(found.currency).strip()}"
    return t(UNIT[found.unit], amount=amount) if unit else amount


def markup_words(share: Decimal | None) -> str:
    """`+20 %` over the official price; `0 %` where it is the same."""
    if share is None:
        return "–"
    return f"{number(share * 100, '+0.#;-0.#')} %" if share else "0 %"


def arithmetic(how: Working) -> Iterator[str]:
    """A relay's price line by line: base × ratio × group = price."""
    base, group = money(Money(how.base)), f"{_plain(how.group_ratio)} ({how.group})"
    plain = how.base * how.ratio * how.group_ratio
    if how.unit == "call":
        yield t(N_("{base} × group {group} = {amount} per call"), base=base, group=group, amount=money(Money(plain)))
        return
    yield t(
        N_("Input: {base} × ratio {ratio} × group {group} = {amount} per 1M tokens"), base=base,
        ratio=_plain(how.ratio), group=group, amount=money(Money(plain)),
    )
    for name, words in PARTS.items():
        if (ratio := how.parts.get(name)) is not None:
            yield t(words, ratio=_plain(ratio), amount=money(Money(plain * ratio)))


PARTS: Mapping[str, str] = {
    "output": N_("Output: input × {ratio} = {amount} per 1M tokens"),
    "cached_input": N_("Cached input: input × {ratio} = {amount} per 1M tokens"),
    "input_image": N_("Images put in: input × {ratio} = {amount} per 1M tokens"),
    "input_audio": N_("Audio put in: input × {ratio} = {amount} per 1M tokens"),
    "output_audio": N_("Audio put out: input × {ratio} = {amount} per 1M tokens"),
}


def _plain(ratio: Decimal) -> str:
    return Money(ratio).plain
