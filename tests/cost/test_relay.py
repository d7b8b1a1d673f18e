"""A relay's listed ratios as a price (wire.md 1C), computed by hand."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from lib.cost.price import Price, at_most, cost
from lib.cost.relay import price_of, unpriced, working
from lib.vocabulary import Money, Usage
from lib.wire.newapi import ListedApi, Listing, RelayStatus

GROUPS = {"default": Decimal(1), "vip": Decimal("0.5"), "pricey": Decimal("1.6")}
LISTING = Listing((), GROUPS)
STATUS = RelayStatus("GPTBest", "v1", 500_000, "USD")
GPT_4O_MINI = ListedApi(
    model="gpt-4o-mini",
    vendor="OpenAI",
    endpoints=("openai",),
    groups=("default",),
    quota_type=0,
    model_ratio=Decimal("0.075"),
    completion_ratio=Decimal(4),
    cache_ratio=None,
    create_cache_ratio=None,
    model_price=Decimal(0),
    formula=False,
)
CACHED = {"cache_ratio": Decimal("0.5"), "create_cache_ratio": Decimal("1.5")}
SORA = replace(GPT_4O_MINI, model="sora-2", quota_type=1, model_ratio=Decimal(0), model_price=Decimal("0.1"))


def listed(api: ListedApi = GPT_4O_MINI, group: str | None = None, **changes: Any) -> Price | None:
    return price_of(replace(api, **changes), group, LISTING, STATUS)


def rates(price: Price | None) -> tuple[Decimal | None, ...]:
    assert price is not None
    return price.input, price.cached_input, price.cache_write, price.output


@pytest.mark.parametrize(
    ("group", "changes", "expected"),
    [
        # 0.075 × 2 = 0.15; × 4 = 0.60; cached × 1, written × 1.25
        (None, {}, ("0.15", "0.15", "0.1875", "0.6")),
        ("default", {}, ("0.15", "0.15", "0.1875", "0.6")),
        ("vip", {}, ("0.075", "0.075", "0.09375", "0.3")),
        # 0.15 × 1.6 = 0.24; × 4 = 0.96; 0.24 × 0.5 = 0.12; 0.24 × 1.5 = 0.36
        ("pricey", CACHED, ("0.24", "0.12", "0.36", "0.96")),
        # a group that isn't listed counts as 1
        ("unheard-of", {}, ("0.15", "0.15", "0.1875", "0.6")),
        # cached for nothing is not "not listed"
        (None, {"cache_ratio": Decimal(0)}, ("0.15", "0", "0.1875", "0.6")),
        (None, {"model_ratio": Decimal(0)}, ("0", "0", "0", "0")),
        # both ratios of "no price set", but one that somebody set: 75, 75 × 0.5, 75 × 1.25, 75 × 2
        (None, {"model_ratio": Decimal("37.5"), "completion_ratio": Decimal(2), "cache_ratio": Decimal("0.5")},
         ("75", "37.5", "93.75", "150")),
    ],
)
def test_a_price_by_token(group: str | None, changes: dict[str, Any], expected: tuple[str, ...]) -> None:
    price = listed(GPT_4O_MINI, group, **changes)
    assert rates(price) == tuple(Decimal(rate) for rate in expected)
    assert price is not None
    assert (price.unit, price.currency, price.source) == ("token", "USD", "relay")


@pytest.mark.parametrize(("group", "amount"), [(None, "0.1"), ("vip", "0.05"), ("pricey", "0.16")])
def test_a_price_by_call(group: str | None, amount: str) -> None:
    price = listed(SORA, group)
    assert price is not None
    assert (price.unit, price.amount, price.input) == ("call", Decimal(amount), None)
    assert at_most(price, input_tokens=9, output_tokens=9) == Money(Decimal(amount), "USD")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"formula": True}, "formula"),
        ({"model_ratio": Decimal("37.5"), "completion_ratio": Decimal(2)}, "no_price_set"),  # shown as 75 and 150
        ({"model_ratio": Decimal("37.5"), "completion_ratio": Decimal(5)}, "no_price_set"),  # of a Claude: 75 and 375
        ({"model_ratio": Decimal(-1)}, "not_understood"),
        ({"quota_type": 1, "model_price": Decimal(-1)}, "not_understood"),
        ({"quota_type": 7}, "not_understood"),
    ],
    ids=["formula", "no price set", "of a claude", "negative ratio", "negative price", "unknown billing"],
)
def test_what_the_list_does_not_tell_is_unknown_and_says_why(changes: dict[str, Any], why: str) -> None:
    assert listed(**changes) is None
    assert unpriced(replace(GPT_4O_MINI, **changes)) == why
    assert unpriced(GPT_4O_MINI) is None


KINDS = {"image_ratio": Decimal(2), "audio_ratio": Decimal(16), "audio_completion_ratio": Decimal(3)}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        # nothing listed: sound and images cost as words
        ({}, (None, None, None, "0.3")),
        # 0.15 × 2 = 0.30; 0.15 × 16 = 2.40; 2.40 × 3 = 7.20; written for an hour 0.15 × 1.25 × 1.6
        (KINDS, ("0.3", "2.4", "7.2", "0.3")),
        ({"audio_ratio": Decimal(16)}, (None, "2.4", "2.4", "0.3")),
        ({"audio_completion_ratio": Decimal(3)}, (None, "0.15", "0.45", "0.3")),
        ({"create_cache_ratio": Decimal("1.5")}, (None, None, None, "0.36")),
    ],
)
def test_sound_images_and_an_hour_in_the_cache(changes: dict[str, Any], expected: tuple[str | None, ...]) -> None:
    price = listed(GPT_4O_MINI, **changes)
    assert price is not None
    found = (price.input_image, price.input_audio, price.output_audio, price.cache_write_1h)
    assert found == tuple(None if rate is None else Decimal(rate) for rate in expected)


def test_what_is_billed_as_sound_has_no_cheaper_cache() -> None:
    """new-api's PostAudioConsumeQuota counts words and sound alone: (60 + 40 × 16 + 10 × 4) × 0.075 = 55.5 units."""
    price = listed(GPT_4O_MINI, **KINDS, **CACHED)
    usage = Usage(100, 50, output_tokens=10, input_audio_tokens=40)
    assert price is not None
    assert cost(price, usage) == Money(56 * Decimal("0.000002"), "USD")


def test_a_free_model_costs_nothing_which_is_not_unknown() -> None:
    price = listed(model_ratio=Decimal(0))
    assert price is not None
    assert cost(price, Usage(input_tokens=1000, output_tokens=1000)) == Money(Decimal(0), "USD")


@pytest.mark.parametrize(
    ("status", "quantum"),
    [
        (STATUS, "0.000002"),
        (replace(STATUS, quota_per_unit=1_000_000), "0.000001"),
        (None, "0.000002"),
    ],
)
def test_the_smallest_amount_is_the_sites_quota_unit(status: RelayStatus | None, quantum: str) -> None:
    price = price_of(GPT_4O_MINI, None, LISTING, status)
    assert price is not None
    assert price.quantum == Decimal(quantum)
    assert price.input == GPT_4O_MINI.model_ratio * Decimal(quantum) * 1_000_000


def test_a_call_costs_what_the_relay_takes_off_the_quota() -> None:
    # (9 + 3 × 4) × 0.075 × 0.5 = 0.7875 quota units: 1 unit = $0.000002
    price = listed(GPT_4O_MINI, "vip")
    assert price is not None
    assert cost(price, Usage(input_tokens=9, output_tokens=3)) == Money(Decimal("0.000002"), "USD")


@pytest.mark.parametrize(
    ("group", "changes", "expected"),
    [
        (None, {}, ("token", "2", "0.075", "default", "1", {"cached_input": "1", "output": "4"})),
        ("vip", CACHED, ("token", "2", "0.075", "vip", "0.5", {"cached_input": "0.5", "output": "4"})),
        ("vip", {"quota_type": 1, "model_price": Decimal("0.1")}, ("call", "0.1", "1", "vip", "0.5", {})),
    ],
)
def test_how_a_price_comes_about(group: str | None, changes: dict[str, Any], expected: tuple[object, ...]) -> None:
    api = replace(GPT_4O_MINI, **changes)
    how, price = working(api, group, LISTING, STATUS), price_of(api, group, LISTING, STATUS)
    assert how is not None
    assert price is not None
    parts = {name: str(ratio) for name, ratio in how.parts.items()}
    told = how.unit, Money(how.base).plain, str(how.ratio), how.group, str(how.group_ratio), parts
    assert told == expected
    assert how.base * how.ratio * how.group_ratio == price.rates[0]


def test_a_price_that_is_not_told_has_no_arithmetic() -> None:
    assert working(replace(GPT_4O_MINI, formula=True), None, LISTING, STATUS) is None
