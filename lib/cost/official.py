"""What the maker of a model itself charges: `genai-prices` as installed, never updated over the network, then our own
data of providers for what isn't billed by token.

`genai-prices` takes a third of a second to import, so it is imported by the first question.
"""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from lib.cost.price import Price, believable, cost
from lib.providers import maker_of, providers
from lib.providers.names import KNOWN_NAMES
from lib.vocabulary import BillingUnit, Money, Usage

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, ModelPrice, Provider

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

BY_UNIT: tuple[tuple[str, BillingUnit, int], ...] = (
    ("input_mchars", "character", 1_000_000),
    ("audio_hours", "second", 3_600),
)
"""Prices of models that aren't billed by token: the figure's name, our unit, and how many units it is for."""

CJK = re.compile(
    "[\u3000-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]+"
)


def official_price(model: str, at: datetime) -> Price | None:
    """What the model's maker charged at a time; of prices in tiers the first. None: not known."""
    found = _listed(model)
    return _price(*found, at) if found else _stated(model)


def official_cost(model: str, usage: Usage, at: datetime) -> Money | None:
    """What a usage would have cost at the model's maker, with its tiers. None: not known."""
    found = _listed(model)
    price = official_price(model, at)
    if price is None:
        return None
    return _tiered(*found, usage, at) if found and price.unit == "token" else cost(price, usage)


@lru_cache(KNOWN_NAMES)
def _listed(model: str) -> tuple[Provider, ModelInfo] | None:
    """The model in its maker's list: by our own rules of who made it, else by the name as `genai-prices` reads it."""
    from genai_prices.data_snapshot import get_snapshot

    lists = {provider.id: provider for provider in get_snapshot().providers}
    own = LISTS.get(maker_of(model, ""))
    matching = own or [one for one in FIRST_PARTY if (match := lists[one].model_match) and match.is_match(model)]
    return next(((lists[one], found) for one in matching if (found := lists[one].find_model(model))), None)


def _stated(model: str) -> Price | None:
    """What our data of the model's maker say: a price that isn't by token."""
    found = next((one for one in providers()[maker_of(model, "")].prices if one.model == model.lower()), None)
    if found is None:
        return None
    return Price(found.unit, found.currency, "official", amount=found.amount, origin=found.source, as_of=found.as_of)


def _price(provider: Provider, model: ModelInfo, at: datetime) -> Price | None:
    prices = model.get_prices(at)
    origin = provider.pricing_urls[0] if provider.pricing_urls else ""
    if (plain := _base(prices, "input_mtok")) is not None:
        return Price(
            unit="token",
            currency="USD",
            source="official",
            input=plain,
            cached_input=_base(prices, "cache_read_mtok"),
            cache_write=_base(prices, "cache_write_mtok"),
            output=_base(prices, "output_mtok"),
            origin=origin,
        )
    for name, unit, units in BY_UNIT:
        if (figure := _base(prices, name)) is not None:
            return Price(unit, "USD", "official", amount=figure / units, origin=origin)
    return None


def _base(prices: ModelPrice, name: str) -> Decimal | None:
    from genai_prices.types import TieredPrices

    figure: Decimal | TieredPrices | None = getattr(prices, name)
    return figure.base if isinstance(figure, TieredPrices) else figure


def _tiered(provider: Provider, model: ModelInfo, usage: Usage, at: datetime) -> Money | None:
    if usage.input_tokens is None or usage.output_tokens is None:
        return None
    from genai_prices.types import Usage as Tokens

    cached, written = usage.cached_input_tokens or 0, usage.cache_write_tokens or 0
    tokens = Tokens(
        input_tokens=max(usage.input_tokens, cached + written),
        cache_read_tokens=cached,
        cache_write_tokens=written,
        output_tokens=usage.output_tokens,
    )
    return believable(model.calc_price(tokens, provider, genai_request_timestamp=at).total_price, "USD")


def approximate_tokens(text: str) -> int:
    """About how many tokens a text has: 4 characters each, 1.5 of Chinese, Japanese or Korean; rounded up."""
    dense = sum(len(run) for run in CJK.findall(text))
    return -(-(3 * (len(text) - dense) + 8 * dense) // 12)
