"""Usages as servers really told them, and what they cost, in arithmetic: each row names where it was copied from.

Only the usage is copied; the answer around it is the smallest that the protocol's reader takes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import httpx

from lib.calls.result import Reading
from lib.connections.model import OwnPrice
from lib.vocabulary import Usage
from lib.wire import Request, anthropic, gemini, openai, zhipu
from lib.wire.newapi import Listing, read_pricing

D = Decimal
M = D(1_000_000)
UNIT = 1 / D(500_000)
"""What a quota unit of new-api's is worth."""
PNG = "iVBORw0KGgo="
"""The first bytes of one, in base64."""


def round_up(units: Decimal) -> Decimal:
    """Quota units as new-api rounds them: half away from zero."""
    return units.quantize(D(1), ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Reader:
    """A protocol's reader. `around` puts usage into an answer, `theirs` names what reads it in `genai-prices`."""

    protocol: Any
    asked: Request
    around: Callable[[Any], Any]
    theirs: tuple[str, str] | None

    def usage(self, told: Any) -> Usage:
        """What the real reader makes of it; of a stream event by event."""
        return _streamed(self, told) if isinstance(told, list) else _whole(self, told)


def _whole(reader: Reader, told: Mapping[str, Any]) -> Usage:
    outcome = reader.protocol.read(httpx.Response(200, json=reader.around(told)), reader.asked)
    assert outcome.usage is not None
    assert outcome.usage.raw == told
    seen: Usage = outcome.usage.usage
    return seen


def _streamed(reader: Reader, told: list[Any]) -> Usage:
    reading = Reading()
    for data in told:
        for event in reader.protocol.events(data if isinstance(data, str) else json.dumps(reader.around(data))):
            reading.take(event)
    assert reading.usage is not None
    return reading.usage.usage


def _chat(told: Any) -> Any:
    return {"choices": [{"index": 0, "message": {"content": "."}, "finish_reason": "stop"}], "usage": told}


def _message(told: Any) -> Any:
    return {"content": [{"type": "text", "text": "."}], "stop_reason": "end_turn", "usage": told}


def _candidate(told: Any) -> Any:
    return {"candidates": [{"content": {"parts": [{"text": "."}]}, "finishReason": "STOP"}], "usageMetadata": told}


def _picture(told: Any) -> Any:
    parts = [{"inlineData": {"mimeType": "image/png", "data": PNG}}]
    return {"candidates": [{"content": {"parts": parts}, "finishReason": "STOP"}], "usageMetadata": told}


def _asked(capability: Any = "text") -> Request:
    return Request("a-model", "?", capability=capability)


def _images(told: Any) -> Any:
    return {"data": [{"b64_json": PNG}], "usage": told}


def _vector(told: Any) -> Any:
    return {"data": [{"index": 0, "embedding": [0.5]}], "usage": told}


def _words(told: Any) -> Any:
    return {"text": ".", "usage": told}


CHAT = CHAT_STREAM = Reader(openai, _asked(), _chat, ("openai", "chat"))
ZHIPU = ZHIPU_STREAM = Reader(zhipu, _asked(), _chat, ("openai", "chat"))
MESSAGES = MESSAGES_STREAM = Reader(anthropic, _asked(), _message, ("anthropic", "default"))
GEMINI = GEMINI_STREAM = Reader(gemini, _asked(), _candidate, ("google", "default"))
IMAGE = Reader(gemini, _asked("image"), _picture, ("google", "default"))
IMAGES = Reader(openai, _asked("image"), _images, ("openai", "images"))
EMBEDDING = Reader(openai, _asked("embedding"), _vector, ("openai", "embeddings"))
TRANSCRIPT = Reader(openai, _asked("transcription"), _words, None)


@dataclass(frozen=True, slots=True)
class Row:
    """A usage and what it costs: at the model's maker, or by what a relay lists or the user says.

    `told` is the usage as `source` has it; of a stream a list: the data of its events, or the usage of each.
    """

    source: str
    reader: Reader
    model: str
    told: Any
    costs: Decimal
    prices: tuple[Listing, str] | OwnPrice | None = None

    @property
    def last_told(self) -> Any:
        """The whole answer, or the last that a stream told of its usage."""
        last = self.told[-1] if isinstance(self.told, list) else self.told
        return json.loads(last) if isinstance(last, str) else self.reader.around(last)


def listed(group: str = "default", **ratios: str) -> tuple[Listing, str]:
    """A relay's list with one model in it, as new-api answers `/api/pricing` (wire.md 1C)."""
    entry = {"quota_type": 0, **{name: float(ratio) for name, ratio in ratios.items()}}
    entries = [{**entry, "model_name": LISTED_NAME, "enable_groups": ["default", "vip"]}]
    body = {"success": True, "data": entries, "group_ratio": {"default": 1, "vip": 0.8}}
    return read_pricing(httpx.Response(200, json=body)), group


LISTED_NAME = "listed"


def own(**fields: str) -> OwnPrice:
    """A price of the user's."""
    return OwnPrice.model_validate({"model": LISTED_NAME, "unit": "token", **fields})


def rows() -> Iterator[Row]:
    """All of them."""
    from tests.cost.usages import by_anthropic, by_gemini, by_openai, by_relays, by_zhipu_and_deepseek

    for one in (by_openai, by_anthropic, by_gemini, by_zhipu_and_deepseek, by_relays):
        yield from one.ROWS
