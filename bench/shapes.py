"""Which APIs the calls of a bench went to: as they do in use, and as it is hardest for rollups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import product

from lib.vocabulary import BillingUnit, Capability
from tests.many_calls import Api

PROVIDERS = ("openai", "anthropic", "gemini", "zhipu", "deepseek", "elevenlabs")
KEYS = ("main", "team", "test")
MODELS = 8
CURRENCIES = {"USD": 8, "CNY": 2}
EVENLY: Mapping[Capability, int] = {"text": 80, "image": 8, "video": 2, "speech": 5, "embedding": 5}
UNITS: Mapping[Capability, BillingUnit] = {"image": "image", "video": "second", "speech": "character"}
OF: Mapping[Capability, int] = {"text": 22, "image": 4, "video": 2, "speech": 2}
"""Models of a busy user's, thirty in all."""


def real() -> Sequence[Api]:
    """Thirty models on four connections, each model on one or two of them; the first is called most by far."""
    named = [(capability, n) for capability, count in OF.items() for n in range(count)]
    return [
        _api(PROVIDERS[place % 5], key, f"{capability}-{n}", capability, "CNY" if place % 5 == 3 else "USD", share)
        for place, (capability, n) in enumerate(named)
        for key, share in (("relay", 1200 // (place + 1)), *([("spare", 120 // (place + 1))] if place % 3 == 0 else []))
    ]


def even() -> Sequence[Api]:
    """As `reference/lab/log_gen.py` spreads them: every provider, connection, model, capability and currency met by
    every other."""
    spread = product(zip(PROVIDERS, (35, 25, 15, 10, 10, 5), strict=True), KEYS, range(MODELS), EVENLY, CURRENCIES)
    return [
        _api(provider, f"{provider}-{key}", f"{provider}-model-{n}", capability, currency,
             often * EVENLY[capability] * CURRENCIES[currency] * 2 ** (MODELS - n))
        for (provider, often), key, n, capability, currency in spread
    ]  # fmt: skip


def _api(provider: str, connection: str, model: str, capability: Capability, currency: str, share: int) -> Api:
    return Api(connection, provider, model, capability, UNITS.get(capability, "token"), currency=currency, share=share)
