"""What the maker of a model itself charges: `genai-prices` as installed, never updated over the network, then our own
data of providers for what isn't billed by token.

`genai-prices` takes a third of a second to import, so it is imported by the first question.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from lib.cost.price import Price, Tier, cost
from lib.providers import maker_of, providers
from lib.providers.names import KNOWN_NAMES
from lib.vocabulary import BillingUnit, Money, Usage
from lib.wire import Json

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, Provider, TieredPrices

LISTS = {
    "openai": ("openai",),
    "anthropic": ("anthropic",),
    "gemini": ("google",),
    "zhipu": ("zhipuai", "zai"),
    "deepseek": ("deepseek",),
    "elevenlabs": ("elevenlabs",),
}
"""Our makers' own lists in `genai-prices`, the first that knows the model first."""

FIRST_PARTY = ("x-ai", "moonshotai", "minimax", "mistral", "cohere", "meta", "voyageai", *sum(LISTS.values(), ()))
"""Lists of makers. All others resell: their price is never the official one."""

FIGURES = {
    "input": "input_mtok",
    "cached_input": "cache_read_mtok",
    "cached_audio": "cache_audio_read_mtok",
    "cached_image": "cache_image_read_mtok",
    "cache_write": "cache_write_mtok",
    "cache_write_1h": "cache_write_1h_mtok",
    "input_audio": "input_audio_mtok",
    "input_image": "input_image_mtok",
    "output": "output_mtok",
    "output_audio": "output_audio_mtok",
    "output_image": "output_image_mtok",
}
"""Our fields of a price by token, and their names in `genai-prices`."""

BY_UNIT: tuple[tuple[str, BillingUnit, int], ...] = (
    ("input_mchars", "character", 1_000_000),
    ("audio_hours", "second", 3_600),
)
"""Prices of models that aren't billed by token: the figure's name, our unit, and how many units it is for."""

NOTHING_SAID: Mapping[str, Json] = {}

CJK = re.compile(
    "[\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]+"
)


def official_price(model: str, at: datetime, params: Mapping[str, Json] = NOTHING_SAID) -> Price | None:
    """What the model's maker charged at a time, with its tiers. None: not known, or not for such parameters."""
    found = _listed(model)
    return _price(*found, at) if found else _stated(model, params)


def official_cost(
    model: str, usage: Usage, at: datetime, params: Mapping[str, Json] = NOTHING_SAID
) -> Money | None:  # fmt: skip
    """What a usage would have cost at the model's maker. None: not known."""
    price = official_price(model, at, params)
    return cost(price, usage) if price else None


@lru_cache(KNOWN_NAMES)
def _listed(model: str) -> tuple[Provider, ModelInfo] | None:
    """The model in its maker's list: by our own rules of who made it, else by the name as `genai-prices` reads it."""
    from genai_prices.data_snapshot import get_snapshot

    lists = {provider.id: provider for provider in get_snapshot().providers}
    own = LISTS.get(maker_of(model, ""))
    matching = own or [one for one in FIRST_PARTY if (match := lists[one].model_match) and match.is_match(model)]
    return next(((lists[one], found) for one in matching if (found := lists[one].find_model(model))), None)


def _stated(model: str, params: Mapping[str, Json]) -> Price | None:
    """What our data of the model's maker say: a price that isn't by token."""
    listed = (one for one in providers()[maker_of(model, "")].prices if one.model == model.lower())
    found = next((one for one in listed if one.holds_for(params)), None)
    if found is None:
        return None
    return Price(found.unit, found.currency, "official", amount=found.amount, origin=found.source, as_of=found.as_of)


def _price(provider: Provider, model: ModelInfo, at: datetime) -> Price | None:
    prices = model.get_prices(at)
    origin = provider.pricing_urls[0] if provider.pricing_urls else ""
    listed = {name: figure for name, key in FIGURES.items() if (figure := getattr(prices, key)) is not None}
    if "input" in listed:
        rates: dict[str, Any] = {name: _above(figure, 0) for name, figure in listed.items()}
        return Price("token", "USD", "official", origin=origin, tiers=_tiers(listed), **rates)
    for name, unit, units in BY_UNIT:
        if (figure := getattr(prices, name)) is not None:
            return Price(unit, "USD", "official", amount=_above(figure, 0) / units, origin=origin)
    return None


def _tiers(listed: Mapping[str, Decimal | TieredPrices]) -> tuple[Tier, ...]:
    """Where one figure has a tier, all figures that have some hold as they are from there on."""
    tiered = {name: figure for name, figure in listed.items() if not isinstance(figure, Decimal)}
    starts = sorted({tier.start for figure in tiered.values() for tier in figure.tiers})
    return tuple(Tier(start, {name: _above(one, start + 1) for name, one in tiered.items()}) for start in starts)


def _above(figure: Decimal | TieredPrices, input_tokens: int) -> Decimal:
    """A figure for a call of so much input."""
    if isinstance(figure, Decimal):
        return figure
    return next((tier.price for tier in reversed(figure.tiers) if input_tokens > tier.start), figure.base)


def approximate_tokens(text: str) -> int:
    """About how many tokens a text has: 4 characters each, 1.5 of Chinese, Japanese or Korean; rounded up."""
    dense = sum(len(run) for run in CJK.findall(text))
    return -(-(3 * (len(text) - dense) + 8 * dense) // 12)
