"""What a relay's public list says a model costs: new-api's and one-api's ratios as a price (wire.md 1C, "Formula").

One token at ratio 1 is one quota unit. With a site's default of 500,000 units for USD 1, ratio 1 is USD 2 per million.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from lib.cost.price import MILLION, Price
from lib.vocabulary import BillingUnit
from lib.wire.newapi import BY_CALL, QUOTA_PER_UNIT, ListedApi, Listing, RelayStatus

DEFAULT_GROUP = "default"
CACHE_RATIO, CREATE_CACHE_RATIO = Decimal(1), Decimal("1.25")
AUDIO_RATIO = AUDIO_COMPLETION_RATIO = Decimal(1)
"""What holds where the list doesn't say."""
AN_HOUR = Decimal("1.6")
"""How much more than for five minutes a token costs that is kept in the cache for an hour, and has no ratio of its own
(6 to 3.75, new-api's relay/helper/price.go)."""
NO_PRICE_SET = Decimal("37.5")
"""The model ratio that stands where none was set; its completion ratio is guessed by the name (new-api's issue 5299,
setting/ratio_setting/model_ratio.go): 75 and mostly 150 per million."""


def price_of(
    api: ListedApi, group: str | None, listing: Listing, status: RelayStatus | None, read_on: date | None = None
) -> Price | None:
    """The price of a listed API for a key of `group` (None: the site's default group), in USD, as it was on a day.

    None where the list doesn't tell (`unpriced`). 0 means free.
    """
    if unpriced(api) is not None:
        return None
    quantum = 1 / Decimal(status.quota_per_unit if status else QUOTA_PER_UNIT)
    rates: dict[str, Any] = _rates(api, quantum, listing.group_ratio.get(group or DEFAULT_GROUP, Decimal(1)))
    return Price(
        unit="call" if api.by_call else "token",
        currency="USD",
        source="relay",
        quantum=quantum,
        origin=f"/api/pricing#{group or DEFAULT_GROUP}",
        as_of=read_on,
        **rates,
    )


Unpriced = Literal["formula", "no_price_set", "not_understood"]
"""Why what a relay lists has no price that could be told: an expression prices it; its owner set none; or ratios or a
way of billing that can't be."""


def unpriced(api: ListedApi) -> Unpriced | None:
    """Why a listed API has no price; None where it has one."""
    if api.formula:
        return "formula"
    if _has_the_default_price(api):
        return "no_price_set"
    ratios = (api.model_ratio, api.model_price, api.completion_ratio, api.cache_ratio, api.create_cache_ratio)
    more = (api.image_ratio, api.audio_ratio, api.audio_completion_ratio)
    possible = api.quota_type in (0, BY_CALL) and all(ratio is None or ratio >= 0 for ratio in (*ratios, *more))
    return None if possible else "not_understood"


def _has_the_default_price(api: ListedApi) -> bool:
    """Whether it shows what stands for no price; a ratio of its cache beside says that somebody did set one."""
    return api.quota_type == 0 and api.model_ratio == NO_PRICE_SET and api.cache_ratio is None


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
    parts = {"cached_input": _or(api.cache_ratio, CACHE_RATIO), "output": api.completion_ratio, **_kinds(api)}
    return Working("token", price.quantum * MILLION, api.model_ratio, group, of_group, parts)


def _rates(api: ListedApi, quantum: Decimal, group_ratio: Decimal) -> dict[str, Decimal]:
    if api.by_call:
        return {"amount": api.model_price * group_ratio}
    plain = api.model_ratio * quantum * MILLION * group_ratio
    written = _or(api.create_cache_ratio, CREATE_CACHE_RATIO)
    ratios = {
        "input": Decimal(1),
        "cached_input": _or(api.cache_ratio, CACHE_RATIO),
        "cache_write": written,
        "cache_write_1h": written * AN_HOUR,
        "output": api.completion_ratio,
        **_kinds(api),
    }
    return {name: plain * ratio for name, ratio in ratios.items()}


def _kinds(api: ListedApi) -> dict[str, Decimal]:
    """The ratios of sound and images where they are listed, to the input's price; others cost as words do.

    Of sound listed for one direction only, the other's ratio is 1.
    """
    pictures = {} if api.image_ratio is None else {"input_image": api.image_ratio}
    if api.audio_ratio is None and api.audio_completion_ratio is None:
        return pictures
    heard = _or(api.audio_ratio, AUDIO_RATIO)
    spoken = heard * _or(api.audio_completion_ratio, AUDIO_COMPLETION_RATIO)
    return {**pictures, "input_audio": heard, "output_audio": spoken}


def _or(ratio: Decimal | None, default: Decimal) -> Decimal:
    return default if ratio is None else ratio
