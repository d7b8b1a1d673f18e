"""What is left for each key buys of each usable model, and by which of them a prompt costs least. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_FLOOR, Context, Decimal
from typing import Literal

from lib.calls.draft import CallDraft, asked_of
from lib.calls.quoting import bills_input_alone, by_second, quote
from lib.connections.model import Connection
from lib.cost.book import PriceBook
from lib.cost.conversion import Conversion
from lib.cost.kinds import TOKEN_RATES
from lib.cost.price import MILLION, Price, believable, cost
from lib.cost.relay import Unpriced
from lib.verdicts.judged import Judged
from lib.verdicts.overview import quotas
from lib.vocabulary import Capability, Money, Quota, Usage, Verdict

Good = Literal["token", "token_in", "token_out", "call", "image", "second", "character"]
"""What is bought. `token`: of `MIX`; the other two are tokens of one direction alone."""
Gap = Literal["price", "free", "balance", "unlimited", "characters", "rate"]
"""Why nobody can say how much is bought: no price; it costs nothing; nobody knows what is left; there is no limit; what
is left is counted in characters; the user has no rate between the two currencies."""

MIX: Mapping[str, int] = {"input": 3, "output": 1}
"""Tokens of text: three are read for one that is written."""
HEARD: Mapping[str, int] = {"input_audio": 1}
PUT_IN: Mapping[str, int] = {"input": 1}
MADE: Mapping[Capability, Mapping[str, int]] = {
    "image": {"output_image": 1}, "image_edit": {"output_image": 1}, "video": {"output": 1},
    "speech": {"output_audio": 1}, "music": {"output_audio": 1},
}  # fmt: skip
"""The tokens that what is made consists of; what it is asked for with is few beside."""
BY_CHARACTER: tuple[Capability, ...] = ("speech", "translation")
"""Of these a quota in characters says how much is left (DeepL's and ElevenLabs')."""
OF_IMAGES: tuple[Capability, ...] = ("image", "image_edit")
DOWN = Context(prec=40, rounding=ROUND_FLOOR, traps=[])
ENDLESS = 15
"""Digits of a count from which on it is as good as free."""


@dataclass(frozen=True, slots=True)
class Bought:
    """`count` of `good`, each costing `each`. None: see `gap`."""

    good: Good | None
    count: int | None = None
    each: Money | None = None
    gap: Gap | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """A usable model by one connection: what it costs, what is left there, and what that buys.

    `protocol`: the one it is spoken to in. `unpriced`: why the relay's list tells no price.
    """

    verdict: Verdict
    protocol: str
    price: Price | None
    unpriced: Unpriced | None
    left: Quota | None
    bought: Bought


def offers(
    judged: Judged, capability: Capability, book_of: Callable[[Connection], PriceBook],
    spoken: Callable[[Verdict], str], at: datetime, conversion: Conversion,
) -> tuple[Offer, ...]:  # fmt: skip
    """All that can be used for a capability, with the prices of a time and the user's rates."""
    left = quotas(judged.facts.evidence)
    found = serving(judged.verdicts, capability)
    books = {one.id: book_of(one) for one in judged.facts.configuration.connections}

    def offer(verdict: Verdict) -> Offer:
        book, protocol, mine = books[verdict.connection], spoken(verdict), left.get(verdict.connection)
        price = book.price(verdict.model, at)
        buys = bought(capability, protocol, price, mine, conversion)
        return Offer(verdict, protocol, price, None if price else book.unpriced(verdict.model), mine, buys)

    return tuple(map(offer, found))


def serving(found: Sequence[Verdict], capability: Capability) -> tuple[Verdict, ...]:
    """The usable verdicts for a capability, one for each model of a connection; a text model translates when asked."""
    serves = ("text", "translation") if capability == "translation" else (capability,)
    usable = (one for name in serves for one in found if one.capability == name and one.state == "usable")
    return tuple({(one.connection, one.model): one for one in usable if one.model}.values())


def bought(
    capability: Capability, protocol: str, price: Price | None, left: Quota | None, conversion: Conversion
) -> Bought:
    """What is left buys, rounded down to whole ones; or why that can't be told."""
    if left is not None and left.characters is not None and capability in BY_CHARACTER:
        return Bought("character", max(0, left.characters))
    good, each = _one(capability, protocol, price) if price else (None, None)
    if each is None:
        return Bought(good, gap="price")
    gap, money = ("free", None) if not each.amount else _money(left, each.currency, conversion)
    if money is None:
        return Bought(good, each=each, gap=gap)
    whole = DOWN.divide(max(Decimal(0), money.amount), each.amount).to_integral_value(ROUND_FLOOR)
    return Bought(good, each=each, gap="free") if whole.adjusted() >= ENDLESS else Bought(good, int(whole), each)


def _money(left: Quota | None, currency: str, conversion: Conversion) -> tuple[Gap, Money | None]:
    """What is left in a currency, to 10⁻⁹; else why that isn't known."""
    if left is None or left.unlimited:
        return "unlimited" if left else "balance", None
    if left.characters is not None:
        return "characters", None
    known = left.remaining and believable(left.remaining.amount, left.remaining.currency)
    there = known and conversion.to(currency, known)
    return "rate" if known else "balance", Money.of_nano(there.nano, currency) if there else None


def _one(capability: Capability, protocol: str, price: Price) -> tuple[Good, Money | None]:
    """What a price is for, and what one of that costs; of calls and images as the biller rounds it."""
    if price.unit == "token":
        good, shares = _tokens(capability, protocol)
        return good, _a_token(price, shares)
    if price.unit == "character" or price.unit == "second" or by_second(price, protocol):
        good = "character" if price.unit == "character" else "second"
        return good, None if price.amount is None else Money(price.amount, price.currency)
    good = "image" if price.unit == "image" or capability in OF_IMAGES else "call"
    return good, cost(price, Usage(calls=1, images=1))


def _a_token(price: Price, shares: Mapping[str, int]) -> Money | None:
    """What one costs on average, of so many of each kind."""
    rates = dict(zip(TOKEN_RATES, price.rates, strict=True))
    parts = [rate * share for name, share in shares.items() if (rate := rates[name]) is not None]
    whole = len(parts) == len(shares)
    return Money(sum(parts, Decimal(0)) / sum(shares.values()) / MILLION, price.currency) if whole else None


def _tokens(capability: Capability, protocol: str) -> tuple[Good, Mapping[str, int]]:
    """Which tokens are counted, and in what share."""
    if capability == "transcription":
        return "token_in", HEARD
    if bills_input_alone(capability, protocol):
        return "token_in", PUT_IN
    return ("token_out", MADE[capability]) if capability in MADE else ("token", MIX)


def cheapest(found: Sequence[Offer], draft: CallDraft, conversion: Conversion) -> list[Offer]:
    """Offers by what a draft would cost there at most, the least first; without those of which nobody knows it.

    Nor with what no rate of the user's makes comparable.
    """
    most = [quote(one.price, asked_of(draft, one.verdict.model, one.protocol), one.protocol) for one in found]
    ranked = sorted(zip(conversion.comparable(most), range(len(found)), strict=True))
    return [found[place] for figure, place in ranked if figure.is_finite()]
