"""The prices that hold for one connection: the first that knows, of the user, the relay's list and the official one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from lib.connections.model import OwnPrice
from lib.cost.conversion import Conversion
from lib.cost.official import official_price
from lib.cost.price import Price
from lib.cost.relay import price_of
from lib.vocabulary import Money
from lib.wire.newapi import ListedApi, Listing, RelayStatus

MARKUP_STEP = Decimal("0.0001")


class PriceBook:
    """Made anew for every page, so nothing is looked up before it is asked for."""

    def __init__(
        self, own: Sequence[OwnPrice], listing: Listing | None, status: RelayStatus | None, group: str | None
    ) -> None:
        self._own = own
        self._listing = listing
        self._status = status
        self._group = group

    @cached_property
    def _listed(self) -> dict[str, ListedApi]:
        """The relay's list by model; of one listed twice the first."""
        return {api.model: api for api in reversed(self._listing.apis)} if self._listing else {}

    def price(self, model: str, at: datetime) -> Price | None:
        """What a model costs here; None: nobody knows."""
        return self._users(model) or self._relays(model) or self.official(model, at)

    def official(self, model: str, at: datetime) -> Price | None:
        """What a model costs at its maker."""
        return official_price(model, at)

    def _users(self, model: str) -> Price | None:
        return next((_own_price(own) for own in self._own if own.model == model), None)

    def _relays(self, model: str) -> Price | None:
        api = self._listed.get(model)
        if api is None or self._listing is None:
            return None
        return price_of(api, self._group, self._listing, self._status)


def _own_price(own: OwnPrice) -> Price:
    """The user's own price; by token, an amount alone holds for input and output alike."""
    if own.unit == "token":
        plain = own.amount if own.input is None else own.input
        return Price(
            "token", own.currency, "user", input=plain, cached_input=own.cached_input, output=own.output
        )
    return Price(own.unit, own.currency, "user", amount=own.amount)


def markup(price: Price, official: Price, conversion: Conversion) -> Decimal | None:
    """How much more a price is than the official one, as a share of it; of token prices, by their input.

    None unless both are for one unit, in one currency or two with a dated rate, and the official one isn't free.
    """
    ours, theirs = price.rates[0], official.rates[0]
    if price.unit != official.unit or ours is None or not theirs:
        return None
    here = conversion.to(official.currency, Money(ours, price.currency))
    return (here.amount / theirs - 1).quantize(MARKUP_STEP) if here else None
