"""What a relay's public list says a model costs: new-api's and one-api's ratios as a price (wire.md 1C, "Formula").

One token at ratio 1 is one quota unit. With a site's default of 500,000 units for USD 1, ratio 1 is USD 2 per million.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from lib.cost.price import MILLION, Price
from lib.vocabulary import BillingUnit
from lib.wire.newapi import QUOTA_PER_UNIT, ListedApi, Listing, RelayStatus

DEFAULT_GROUP = "default"
CACHE_RATIO, CREATE_CACHE_RATIO = Decimal(1), Decimal("1.25")
"""What holds where the list doesn't say."""
NO_PRICE_SET = (Decimal("37.5"), Decimal(2))
"""Model and completion ratio of a model without a price, shown as 75 and 150 per million (new-api's issue 5299)."""


def price_of(
    api: ListedApi, group: str | None, listing: Listing, status: RelayStatus | None
) -> Price | None:
    """The price of a listed API for a key of `group` (None: the site's default group), in USD.

    None where the list doesn't tell: priced by an expression, no price set, or figures that can't be. 0 means free.
    """
    quantum = 1 / Decimal(status.quota_per_unit if status else QUOTA_PER_UNIT)
    rates = _rates(api, quantum, listing.group_ratio.get(group or DEFAULT_GROUP, Decimal(1)))
    if rates is None or any(rate < 0 for rate in rates.values()):
        return None
    return Price(
        unit="call" if "amount" in rates else "token",
        currency="USD",
        source="relay",
        quantum=quantum,
        origin=f"/api/pricing#{group or DEFAULT_GROUP}",
        as_of=None,
        **rates,
    )


@dataclass(frozen=True, slots=True)
class Working:
    """How a listed price comes about. `base` USD for `unit` × the API's `ratio` × the group's is the price.

    By token, base is what ratio 1 costs for a million, and `parts` are what other tokens cost beside the input's.
    """

    unit: BillingUnit
    base: Decimal
    ratio: Decimal
    group: str
    group_ratio: Decimal
    parts: Mapping[str, Decimal]


def working(api: ListedApi, group: str | None, listing: Listing, status: RelayStatus | None) -> Working | None:
    """The arithmetic behind `price_of`; None where that is None."""
    price, group = price_of(api, group, listing, status), group or DEFAULT_GROUP
    if price is None or price.quantum is None:
        return None
    of_group = listing.group_ratio.get(group, Decimal(1))
    if price.unit == "call":
        return Working("call", api.model_price, Decimal(1), group, of_group, {})
    parts = {"cached_input": _or(api.cache_ratio, CACHE_RATIO), "output": api.completion_ratio}
    return Working("token", price.quantum * MILLION, api.model_ratio, group, of_group, parts)


def _rates(api: ListedApi, quantum: Decimal, group_ratio: Decimal) -> dict[str, Decimal] | None:
    if api.formula or (api.quota_type == 0 and (api.model_ratio, api.completion_ratio) == NO_PRICE_SET):
        return None
    if api.quota_type == 1:
        return {"amount": api.model_price * group_ratio}
    if api.quota_type != 0:
        return None
    plain = api.model_ratio * quantum * MILLION * group_ratio
    return {
        "input": plain,
        "cached_input": plain * _or(api.cache_ratio, CACHE_RATIO),
        "cache_write": plain * _or(api.create_cache_ratio, CREATE_CACHE_RATIO),
        "output": plain * api.completion_ratio,
    }


def _or(ratio: Decimal | None, default: Decimal) -> Decimal:
    return default if ratio is None else ratio
