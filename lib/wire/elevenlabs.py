"""ElevenLabs' API (wire.md 8): text spoken by one of its voices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import quote

import httpx
from pydantic import Field

from lib.vocabulary import Usage
from lib.wire import (
    Allowance,
    Choice,
    Endpoint,
    Json,
    Makes,
    Media,
    Outcome,
    Request,
    Unreadable,
    UsageSeen,
    refuse_others,
)
from lib.wire.answers import Answer, Count, Objects, Words, document, plain, said

__all__ = [
    "MAKES",
    "build",
    "read",
    "read_subscription",
    "read_voices",
    "said",
    "subscription_request",
    "voices_request",
]

MAKES: Makes = frozenset({("speech", "generate")})

FIRST_VOICE = "21m00Tcm4TlvDq8ikWAM"
"""Rachel, of the stock voices that every account has (elevenlabs.io/docs, quickstarts; not in wire.md)."""
COST = "character-cost"
"""The header that tells the characters billed."""
VOICE = ("voice_id", "voice")
"""Parameters by which a voice is chosen; it stands in the path."""
IN_ADDRESS = ("output_format", "enable_logging", "optimize_streaming_latency")
"""Parameters that the API takes in the query (elevenlabs.io/docs; wire.md 8 names the first)."""
FORMATS: Mapping[str, str] = {"mp3": "audio/mpeg", "opus": "audio/ogg", "wav": "audio/wav", "pcm": "audio/pcm"}
"""Types by the start of `output_format`, which is mp3_44100_128 unless said."""


def build(endpoint: Endpoint, request: Request) -> httpx.Request:
    """The speech that would be asked for. Raises `Unfit`."""
    refuse_others(MAKES, request, "elevenlabs")
    params = request.params
    voice = next((chosen for name in VOICE if (chosen := plain(params.get(name)))), FIRST_VOICE)
    body = {name: value for name, value in params.items() if name not in (*VOICE, *IN_ADDRESS)}
    return httpx.Request(
        "POST",
        f"{endpoint.base_url}/v1/text-to-speech/{quote(voice, safe='')}",
        params={name: _in_address(params[name]) for name in IN_ADDRESS if name in params},
        headers=_key(endpoint),
        json={**body, "text": request.prompt, "model_id": request.model},
    )


def read(response: httpx.Response, request: Request) -> Outcome:
    """The sound, and the characters billed for it: what the server says, else the text's. Raises `Unreadable`."""
    told = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not response.is_success or not response.content or told in ("application/json", "text/html"):
        raise Unreadable(said(response))
    mime = told if told.startswith("audio/") else _mime(request)
    return Outcome(usage=_usage(response, request), made=(Media(response.content, mime),))


def voices_request(endpoint: Endpoint) -> httpx.Request:
    """Asks which voices the account has; costs nothing."""
    return httpx.Request("GET", f"{endpoint.base_url}/v1/voices", headers=_key(endpoint))


def read_voices(response: httpx.Response) -> tuple[Choice, ...]:
    """What `voice` can be; raises `Unreadable`, also where there is none."""
    listed = _Voices.model_validate(document(response)).voices
    found = tuple(Choice(one.voice_id, one.name or one.voice_id) for one in listed if one.voice_id)
    if not found:
        raise Unreadable(said(response))
    return found


def subscription_request(endpoint: Endpoint) -> httpx.Request:
    """Asks what is used up in this period; costs nothing."""
    return httpx.Request("GET", f"{endpoint.base_url}/v1/user/subscription", headers=_key(endpoint))


def read_subscription(response: httpx.Response) -> Allowance:
    """Credits used and the plan's limit of them; raises `Unreadable`."""
    told = _Subscription.model_validate(document(response))
    if told.character_count is None:
        raise Unreadable(said(response))
    return Allowance(told.character_count, told.character_limit)


def _key(endpoint: Endpoint) -> dict[str, str]:
    return {"xi-api-key": endpoint.secret} if endpoint.key else {}


def _usage(response: httpx.Response, request: Request) -> UsageSeen:
    told = response.headers.get(COST)
    raw = {COST: told} if told else {}
    billed = _Cost.model_validate(raw).billed
    return UsageSeen(Usage(characters=len(request.prompt) if billed is None else billed, calls=1), raw)


def _in_address(value: Json) -> str:
    return str(value).lower() if isinstance(value, bool) else plain(value)


def _mime(request: Request) -> str:
    asked = plain(request.params.get("output_format")) or "mp3"
    return FORMATS.get(asked.partition("_")[0], "application/octet-stream")


class _Cost(Answer):
    billed: Count = Field(None, validation_alias=COST)


class _Voice(Answer):
    voice_id: Words = ""
    name: Words = ""


class _Voices(Answer):
    voices: Annotated[tuple[_Voice, ...], Objects] = ()


class _Subscription(Answer):
    character_count: Count = None
    character_limit: Count = None
