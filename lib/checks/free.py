"""What a key may ask of each protocol for nothing: its own model list, or what is left. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import httpx

from lib.vocabulary import Money, Quota
from lib.wire import Allowance, Endpoint, anthropic, deepl, elevenlabs, gemini, openai, stability, zhipu

MODELS: Mapping[str, Callable[[Endpoint], httpx.Request]] = {
    "openai": openai.models_request,
    "anthropic": anthropic.models_request,
    "gemini": gemini.models_request,
    "zhipu": zhipu.models_request,
}
"""By protocol, the key's own model list."""
CREDIT_USD = Decimal("0.01")
"""wire.md 8: what a credit of Stability is worth."""


@dataclass(frozen=True, slots=True)
class Balance:
    """How to ask what is left, and what the answer says; `read` raises `Unreadable`.

    Of a quota in characters, as DeepL's and ElevenLabs' are, `remaining` is None until it is used up.
    """

    request: Callable[[Endpoint], httpx.Request]
    read: Callable[[httpx.Response, datetime], Quota]


def _allowance(read: Callable[[httpx.Response], Allowance]) -> Callable[[httpx.Response, datetime], Quota]:
    def quota(response: httpx.Response, at: datetime) -> Quota:
        told = read(response)
        left = None if told.limit is None else max(0, told.limit - told.used)
        return Quota(Money(Decimal(0)) if left == 0 else None, left is None, at, left)

    return quota


def _credits(response: httpx.Response, at: datetime) -> Quota:
    return Quota(Money(stability.read_balance(response) * CREDIT_USD), False, at)


BALANCES: Mapping[str, Balance] = {
    "deepl": Balance(deepl.usage_request, _allowance(deepl.read_usage)),
    "elevenlabs": Balance(elevenlabs.subscription_request, _allowance(elevenlabs.read_subscription)),
    "stability": Balance(stability.balance_request, _credits),
}
"""By protocol, what is left for a key or its account; that it answers proves the key."""
