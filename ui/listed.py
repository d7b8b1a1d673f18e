"""The catalogue as it is shown: its rows in words, made once for each basis and language; the filters; the file."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from weakref import WeakKeyDictionary

from lib.cli.sheet import Field, sheet
from lib.cost.price import Price
from lib.i18n import N_
from lib.verdicts.prices import Priced, Prices
from lib.vocabulary import STATES, BillingUnit, Money
from ui.prices import MANY, SOURCES, price_words
from ui.theme import look
from ui.words import capability, language, maker, t, worded

PER: dict[BillingUnit, str] = {
    "token": N_("1M tokens"),
    "call": N_("call"),
    "image": N_("image"),
    "second": N_("second"),
    "character": N_("1M characters"),
}
"""What a price is for, in a column of its own."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A listed API in the reader's words. `searched`: everything a search looks through, in lower case."""

    one: Priced
    state: str
    capabilities: str
    maker: str
    why: str
    searched: str

    @property
    def billing(self) -> BillingUnit | None:
        """What it bills by: here, else at its maker; None where nobody knows."""
        price = self.one.price or self.one.official
        return price.unit if price else None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the user asks for; nothing asked, everything fits. `text` is in lower case."""

    text: str = ""
    states: Collection[str] = ()
    capabilities: Collection[str] = ()
    makers: Collection[str] = ()
    billing: Collection[str] = ()
    usable: bool = False


_made: WeakKeyDictionary[Prices, dict[tuple[str, str], tuple[Listed, ...]]] = WeakKeyDictionary()


def listed(prices: Prices, place: str) -> tuple[Listed, ...]:
    """Every API listed at a place, in words: what can be used first, and what a call has proven before all."""
    made = _made.setdefault(prices, {})
    key = place, language()
    if key not in made:
        made[key] = tuple(map(_in_words, sorted(prices.catalogue(place), key=_rank)))
    return made[key]


def _rank(one: Priced) -> tuple[int, bool]:
    return STATES.index(one.row.state), one.row.proof != "call"


def _in_words(one: Priced) -> Listed:
    row = one.row
    made_by, vendor = maker(row.maker), row.api.vendor if row.api else ""
    capabilities = ", ".join(map(capability, row.capabilities))
    why = "" if row.state == "usable" else worded(row.why).message
    searched = " ".join((row.model, made_by, vendor, capabilities, *row.connections)).casefold()
    return Listed(one, t(look(row.state, row.proof).word), capabilities, made_by, why, searched)


def fitting(rows: Sequence[Listed], asked: Wanted) -> list[Listed]:
    """The rows that fit; every word of the text must be found."""
    words = asked.text.split()
    return [
        row
        for row in rows
        if (not asked.usable or row.one.row.state == "usable")
        and (not asked.states or row.one.row.state in asked.states)
        and (not asked.makers or row.one.row.maker in asked.makers)
        and (not asked.billing or row.billing in asked.billing)
        and (not asked.capabilities or not set(asked.capabilities).isdisjoint(row.one.row.capabilities))
        and all(word in row.searched for word in words)
    ]


def figures(price: Price | None) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    """A price as three figures: plain (input), cached input, output; the last two only by token."""
    if price is None:
        return None, None, None
    if price.unit == "token":
        return price.input, price.cached_input, price.output
    return None if price.amount is None else price.amount * MANY.get(price.unit, 1), None, None


def per(price: Price | None) -> str:
    """`USD / 1M tokens`."""
    return f"{price.currency} / {t(PER[price.unit])}" if price else ""


HEAD = (
    N_("Model"), N_("Capability"), N_("Provider"), N_("Vendor"), N_("State"), N_("Why"), N_("Next step"),
    N_("Connections"), N_("Endpoints"), N_("Groups"), N_("Price is in"), N_("Price (input)"), N_("Cached input"),
    N_("Output"), N_("Price from"), N_("Official price is in"), N_("Official price (input)"),
    N_("Official cached input"), N_("Official output"), N_("Mark-up"),
)  # fmt: skip


def file(rows: Sequence[Listed]) -> str:
    """The rows as CSV, with all that is known of each."""
    return sheet([t(name) for name in HEAD], map(tuple, map(_line, rows)))


def _line(row: Listed) -> Iterator[Field]:
    found, api, price = row.one.row, row.one.row.api, row.one.price
    yield from (found.model, row.capabilities, row.maker, api.vendor if api else "", row.state)
    yield from (row.why, "" if found.state == "usable" else worded(found.why).remedy, ", ".join(found.connections))
    yield from (", ".join(api.endpoints), ", ".join(api.groups)) if api else ("", "")
    unknown = price_words(None, row.one.unpriced) if row.one.unpriced else ""
    yield from (per(price) or unknown, *map(_plain, figures(price)), t(SOURCES[price.source]) if price else "")
    yield from (per(row.one.official), *map(_plain, (*figures(row.one.official), row.one.markup)))


def _plain(figure: Decimal | None) -> str | None:
    return None if figure is None else Money(figure).plain
