"""The makers' own prices, as `genai-prices` knows them: whose they are, since when, and in which tier."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from subprocess import run
from sys import executable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.cost.official import approximate_tokens, official_cost, official_price
from lib.providers import providers
from lib.vocabulary import Money, Usage
from lib.wire import Json

AT = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("model", "cached", "rates"),
    [
        ("gpt-4o-mini", "0.075", ("0.15", "0.6")),
        ("GPT-4o-mini", "0.075", ("0.15", "0.6")),
        ("gpt-4o-2024-08-06", "1.25", ("2.5", "10")),
        ("claude-sonnet-4-5-20250929", "0.3", ("3", "15")),  # Google resells it; Anthropic's is the official one
        ("gemini-2.5-pro", "0.125", ("1.25", "10")),  # the first tier
        ("glm-4.6", "0.11", ("0.6", "2.2")),  # in the maker's second list only
        ("grok-4", "0.75", ("3", "15")),  # a maker we have no data of
    ],
)
def test_a_token_price_is_the_makers(model: str, cached: str, rates: tuple[str, str]) -> None:
    price = official_price(model, AT)
    assert price is not None
    assert (price.unit, price.currency, price.source) == ("token", "USD", "official")
    assert (price.input, price.output, price.cached_input) == (*map(Decimal, rates), Decimal(cached))
    assert price.origin.startswith("https://")


@pytest.mark.parametrize("model", ["", "no-such-model", "llama-3.3-70b-versatile", "qwen3-max"])
def test_a_resellers_price_is_never_the_official_one(model: str) -> None:
    assert official_price(model, AT) is None
    assert official_cost(model, Usage(input_tokens=1, output_tokens=1), AT) is None


@pytest.mark.parametrize(
    ("model", "unit", "amount", "usage", "costs"),
    [
        # 15 per million characters; 0.36 an hour
        ("tts-1", "character", "0.000015", Usage(characters=100), "0.0015"),
        ("whisper-1", "second", "0.0001", Usage(seconds=Decimal(90)), "0.009"),
    ],
)
def test_a_price_by_what_is_heard_or_spoken(model: str, unit: str, amount: str, usage: Usage, costs: str) -> None:
    price = official_price(model, AT)
    assert price is not None
    assert (price.unit, price.amount) == (unit, Decimal(amount))
    assert official_cost(model, usage, AT) == Money(Decimal(costs), "USD")
    assert official_cost(model, Usage(), AT) is None


@pytest.mark.parametrize(("model", "amount"), [("stable-image-core", "0.03"), ("SD3.5-large", "0.065")])
def test_a_price_by_call_is_the_one_its_provider_states(model: str, amount: str) -> None:
    """Stability's 3 and 6.5 credits of USD 0.01."""
    price = official_price(model, AT)
    assert price is not None
    assert (price.unit, price.amount, price.as_of) == ("call", Decimal(amount), date(2026, 11, 24))
    assert price.origin.startswith("https://")
    assert official_cost(model, Usage(calls=2), AT) == Money(2 * Decimal(amount), "USD")


LARGE = {"size": "1792x1024"}


@pytest.mark.parametrize(
    ("model", "params", "usage", "costs"),
    [
        ("sora-2", {}, Usage(seconds=Decimal(8)), "0.8 USD"),
        ("sora-2", {"size": "720x1280", "seconds": "8"}, Usage(seconds=Decimal(8)), "0.8 USD"),
        ("sora-2", LARGE, Usage(seconds=Decimal(8)), None),
        ("sora-2-pro", LARGE, Usage(seconds=Decimal(4)), "2.0 USD"),
        ("dall-e-3", {"quality": "hd"}, Usage(images=2), "0.16 USD"),
        ("dall-e-3", {"quality": "hd", **LARGE}, Usage(images=1), "0.12 USD"),
        ("dall-e-2", {"size": "256x256"}, Usage(images=1), "0.016 USD"),
        ("veo-3.1-generate-preview", {"resolution": "4k"}, Usage(seconds=Decimal(4)), "2.4 USD"),
        ("veo-3.1-fast-generate-preview", {"resolution": "4k"}, Usage(seconds=Decimal(4)), None),
        ("imagen-4.0-generate-001", {}, Usage(images=3), "0.12 USD"),
        ("cogview-4", {}, Usage(images=1), "0.06 CNY"),
        ("cogvideox-3", {}, Usage(calls=1), "1 CNY"),
        ("cogvideox-flash", {}, Usage(calls=1), "0 CNY"),
        ("stable-image-inpaint", {}, Usage(calls=1), "0.05 USD"),
        # nobody publishes what one of these costs: sold by subscription, by plan, or free to some
        ("mj_imagine", {}, Usage(calls=1), None),
        ("suno_music", {}, Usage(calls=1), None),
        ("eleven_v3", {}, Usage(characters=100), None),
        ("deepl", {}, Usage(characters=100), None),
    ],
)
def test_what_a_call_costs_at_a_maker_who_sells_by_it(
    model: str, params: dict[str, Json], usage: Usage, costs: str | None
) -> None:
    expected = None if costs is None else Money(Decimal(costs.split()[0]), costs.split()[1])
    assert official_cost(model, usage, AT, params) == expected


def test_every_stated_price_has_its_page_and_day() -> None:
    stated = [price for provider in providers().values() for price in provider.prices]
    assert all(price.source.startswith("https://") and price.as_of <= date(2026, 11, 26) for price in stated)
    assert len({(price.model, str(price.only)) for price in stated}) == len(stated)


def test_a_tiered_price_has_all_its_tiers() -> None:
    price = official_price("claude-sonnet-4-5", AT)
    assert price is not None
    (tier,) = price.tiers
    rates = {"input": "6", "cached_input": "0.6", "cache_write": "7.5", "cache_write_1h": "12", "output": "22.5"}
    assert (tier.above, tier.rates) == (200_000, {name: Decimal(rate) for name, rate in rates.items()})


@pytest.mark.parametrize(
    ("at", "rate"),
    [
        (datetime(2025, 6, 9, tzinfo=UTC), "10"),
        (datetime(2025, 6, 11, tzinfo=UTC), "2"),
    ],
)
def test_a_price_holds_from_its_day(at: datetime, rate: str) -> None:
    """o3 became cheaper by four fifths on 10 June 2025."""
    price = official_price("o3", at)
    assert price is not None
    assert price.input == Decimal(rate)


@pytest.mark.parametrize(
    ("model", "usage", "amount"),
    [
        # 12 × 0.15 + 7 × 0.60 = 6 millionths
        ("gpt-4o-mini", Usage(input_tokens=12, output_tokens=7), "0.000006"),
        # (1000 − 400) × 2.5 + 400 × 1.25 + 50 × 10 = 1500 + 500 + 500
        ("gpt-4o", Usage(input_tokens=1000, cached_input_tokens=400, output_tokens=50), "0.0025"),
        # 600 × 3 + 300 × 0.30 + 100 × 3.75 + 50 × 15 = 1800 + 90 + 375 + 750
        ("claude-sonnet-4-5", Usage(1000, 300, 100, 50), "0.003015"),
        # up to 200,000 the first tier, beyond it all at the second: 100,000 × 1.25 + 10 × 10; 300,000 × 2.5 + 10 × 15
        ("gemini-2.5-pro", Usage(input_tokens=100_000, output_tokens=10), "0.1251"),
        ("gemini-2.5-pro", Usage(input_tokens=300_000, output_tokens=10), "0.75015"),
        # more cached than there was: 30 × 1.25 + 1 × 10
        ("gpt-4o", Usage(input_tokens=10, cached_input_tokens=30, output_tokens=1), "0.0000475"),
        ("gpt-4o", Usage(input_tokens=0, output_tokens=0), "0"),
    ],
)
def test_what_a_usage_costs_at_the_maker(model: str, usage: Usage, amount: str) -> None:
    assert official_cost(model, usage, AT) == Money(Decimal(amount), "USD")


@pytest.mark.parametrize("usage", [Usage(), Usage(input_tokens=1), Usage(output_tokens=1)])
def test_unknown_usage_costs_an_unknown_amount(usage: Usage) -> None:
    assert official_cost("gpt-4o", usage, AT) is None


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", 0),
        ("a", 1),
        ("four", 1),
        ("fives", 2),  # 5 / 4
        ("你好", 2),  # 2 / 1.5 = 1.33
        ("你好吗", 2),  # 3 / 1.5
        ("こんにちは", 4),  # 5 / 1.5 = 3.33
        ("안녕", 2),
        ("hello 你好,", 4),  # 7 / 4 + 2 / 1.5 = 1.75 + 1.33
        ("𠮷野家", 2),
        ("Straße", 2),
    ],
)
def test_tokens_are_approximated_by_characters(text: str, tokens: int) -> None:
    assert approximate_tokens(text) == tokens


@given(st.text(), st.text())
def test_more_text_is_never_fewer_tokens(one: str, other: str) -> None:
    assert max(map(approximate_tokens, (one, other))) <= approximate_tokens(one + other) <= len(one + other)


def test_the_price_lists_are_not_imported_before_they_are_needed() -> None:
    code = "import sys, lib.cost.book; sys.exit('genai_prices' in sys.modules)"
    assert run([executable, "-c", code], check=False).returncode == 0
