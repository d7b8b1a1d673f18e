"""The prices that hold for one connection: the first that knows, of the user, the relay's list and the official one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from lib.connections.model import OwnPrice
from lib.cost.conversion import Conversion
from lib.cost.official import NOTHING_SAID, official_price
from lib.cost.price import Price, Tier
from lib.cost.relay import Unpriced, price_of, unpriced
from lib.vocabulary import Money
from lib.wire import Json
from lib.wire.newapi import ListedApi, Listing, RelayStatus

MARKUP_STEP = Decimal("0.0001")


class PriceBook:
    """Made anew for every page, so nothing is looked up before it is asked for. The relay's list was read on a day."""

    def __init__(
        self, own: Sequence[OwnPrice], listing: Listing | None, status: RelayStatus | None, group: str | None,
        read_on: date | None = None,
    ) -> None:  # fmt: skip
        self._own = own
        self._listing = listing
        self._status = status
        self._group = group
        self._read_on = read_on

    @cached_property
    def _listed(self) -> dict[str, ListedApi]:
        """The relay's list by model; of one listed twice the first."""
        return {api.model: api for api in reversed(self._listing.apis)} if self._listing else {}

    def price(self, model: str, at: datetime, params: Mapping[str, Json] = NOTHING_SAID) -> Price | None:
        """What a call of a model costs here; None: nobody knows.

        Where the relay lists a model at a price that can't be told, its maker's would only seem to be it.
        """
        found = self._users(model, at) or self._relays(model)
        return found if found or self.unpriced(model) else official_price(model, at, params)

    def unpriced(self, model: str) -> Unpriced | None:
        """Why the relay's list tells no price of a model that it lists; None where it does, or doesn't list it."""
        api = self._listed.get(model)
        return unpriced(api) if api else None

    def official(self, model: str, at: datetime) -> Price | None:
        """What a model costs at its maker."""
        return official_price(model, at)

    def _users(self, model: str, at: datetime) -> Price | None:
        day = at.astimezone(UTC).date()
        begun = [own for own in self._own if own.model == model and (own.valid_from or day) <= day]
        return _own_price(max(begun, key=lambda own: own.valid_from or date.min)) if begun else None

    def _relays(self, model: str) -> Price | None:
        api = self._listed.get(model)
        if api is None or self._listing is None:
            return None
        return price_of(api, self._group, self._listing, self._status, self._read_on)


def _own_price(own: OwnPrice) -> Price:
    """The user's own price; by token, an amount alone holds for all tokens alike."""
    if own.unit != "token":
        return Price(own.unit, own.currency, "user", amount=own.amount, as_of=own.valid_from)
    rates: dict[str, Any] = own.rates if own.amount is None else {"input": own.amount, **own.rates}
    tiers = tuple(Tier(tier.above, tier.rates) for tier in own.tiers or ())
    return Price("token", own.currency, "user", as_of=own.valid_from, tiers=tiers, **rates)


def markup(price: Price, official: Price, conversion: Conversion) -> Decimal | None:
    """How much more a price is than the official one, as a share of it; of token prices, by their input.

    None unless both are for one unit, in one currency or two with a dated rate, and the official one isn't free.
    """
    ours, theirs = price.rates[0], official.rates[0]
    if price.unit != official.unit or ours is None or not theirs:
        return None
    here = conversion.to(official.currency, Money(ours, price.currency))
    return (here.amount / theirs - 1).quantize(MARKUP_STEP) if here else None
