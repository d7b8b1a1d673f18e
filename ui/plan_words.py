"""What is left and what it buys, in words; and in which order the offers stand. Pure but for the language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from lib.cost.conversion import Conversion
from lib.i18n import N_
from lib.verdicts.planning import Gap, Good, Offer
from ui.prices import WHY_UNPRICED, price_words
from ui.words import number, t

BUYS, PRICE = "buys", "price"
ORDERS: Mapping[str, str] = {BUYS: N_("Buys most first"), PRICE: N_("Cheapest first")}
THOUSAND, MANY = 1_000, 100_000
ENDLESS = Decimal("-Infinity")
IN_THOUSANDS: tuple[Good, ...] = ("token", "token_in", "token_out")
GOODS: Mapping[Good, str] = {
    "token": N_("thousand tokens, 3 in : 1 out"),
    "token_in": N_("thousand tokens in"),
    "token_out": N_("thousand tokens out"),
    "call": N_("single calls"),
    "image": N_("pictures"),
    "second": N_("seconds"),
    "character": N_("characters"),
}
GAPS: Mapping[Gap, str] = {
    "price": N_("Nobody knows its price. Set your own at the connection."),
    "free": N_("It costs nothing."),
    "balance": N_("What is left isn't known. Check the connection, or look at its provider's site."),
    "unlimited": N_("The key has no limit. What its account has left, a key isn't told."),
    "characters": N_("What is left is counted in characters. How many this takes isn't known."),
    "rate": N_("No rate from {here} to {there}. Set it in Settings."),
}
"""Why there is no count, and what to do."""


def good(name: Good | None) -> str:
    """What is counted."""
    return t(GOODS[name]) if name else ""


def amount(offer: Offer) -> Decimal | None:
    """How much is bought, of tokens in thousands: whole ones where they are many."""
    buys = offer.bought
    if buys.count is None or buys.good not in IN_THOUSANDS:
        return None if buys.count is None else Decimal(buys.count)
    return Decimal(buys.count // THOUSAND if buys.count >= MANY else Decimal(buys.count) / THOUSAND)


def told(offer: Offer) -> str:
    """`320 pictures`; empty where nobody knows."""
    found = amount(offer)
    return "" if found is None else f"{number(found, '#,##0.###')} {good(offer.bought.good)}"


def price(offer: Offer) -> str:
    """What it costs, by what it is billed: a relay may list as the price of a call what it charges for a second."""
    found = offer.price
    if found is not None and offer.bought.good == "second":
        found = replace(found, unit="second")
    return price_words(found, offer.unpriced)


def gap(offer: Offer) -> str:
    """Why there is no count, and what to do; empty where there is one."""
    why = offer.bought.gap
    if why is None:
        return ""
    if why == "price" and offer.unpriced:
        return " ".join((t(WHY_UNPRICED[offer.unpriced]), t(N_("Set your own price at the connection."))))
    here = offer.left.remaining.currency if offer.left and offer.left.remaining else ""
    return t(GAPS[why], here=here, there=offer.price.currency if offer.price else "")


def ordered(found: Sequence[Offer], order: str, conversion: Conversion) -> list[Offer]:
    """What is counted alike together, the most usual first; in it by what is bought, or by price. The unknown last, and
    what costs nothing first.
    """
    usual = Counter(one.bought.good for one in found)
    figures = conversion.comparable([one.bought.each for one in found])

    def place(at: int) -> tuple[bool, int, str, Decimal, Decimal]:
        buys = found[at].bought
        unknown = buys.each is None and buys.count is None if order == PRICE else buys.gap not in (None, "free")
        most = ENDLESS if buys.gap == "free" else -Decimal(buys.count or 0)
        return unknown, -usual[buys.good], buys.good or "", figures[at] if order == PRICE else most, figures[at]

    return [found[at] for at in sorted(range(len(found)), key=place)]
