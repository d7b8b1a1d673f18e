"""ElevenLabs' speech, voices and subscription (wire.md 8). A character costs a credit.

The demo has no MP3 encoder: whatever `output_format` asks for, but `pcm_…`, is answered as WAV, and says so.
"""

import base64
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from demo import media
from demo.auth import admit
from demo.books import Key
from demo.charge import Usage
from demo.deepl import left
from demo.faults import faults, slowed
from demo.intake import check_channel, check_means, distribute, json_body, validated
from demo.refusals import Refused
from demo.relay import relay_of
from demo.settlement import opened

DEFAULT_MODEL = "eleven_multilingual_v2"
SECONDS = 1.0
HEADER_BYTES = 44
UNITS_A_CREDIT = 20
"""Flash models sell a million characters at 40 USD."""

VOICES = {
    "21m00Tcm4TlvDq8ikWAM": ("Rachel", "female", "american", "Calm and clear"),
    "EXAVITQu4vr4xnSDxMaL": ("Sarah", "female", "american", "Warm and young"),
    "JBFqnCBsd6RMkjVDRZzb": ("George", "male", "british", "Raspy and friendly"),
    "onwK4e9ZLuTAKqWW03F9": ("Daniel", "male", "british", "A steady broadcaster"),
}
"""Id → name, gender, accent, description."""


class VoiceSettings(BaseModel):
    """How it is spoken."""

    stability: float | None = Field(None, ge=0, le=1)
    similarity_boost: float | None = Field(None, ge=0, le=1)
    style: float | None = Field(None, ge=0, le=1)
    speed: float | None = Field(None, ge=0.7, le=1.2)


class SpeechRequest(BaseModel):
    """What is read of a request; all else is accepted and has no effect."""

    text: str = Field(min_length=1)
    model_id: str = DEFAULT_MODEL
    voice_settings: VoiceSettings | None = None


async def speak(request: Request) -> Response:
    """POST /v1/text-to-speech/{voice} and its /stream: the sound itself."""
    sound, text = await _spoken(request)
    pcm = request.query_params.get("output_format", "").startswith("pcm")
    data = sound[HEADER_BYTES : HEADER_BYTES + int.from_bytes(sound[40:44], "little")] if pcm else sound
    return Response(data, media_type="audio/pcm" if pcm else "audio/wav", headers=_headers(request, text))


async def speak_timed(request: Request) -> Response:
    """POST /v1/text-to-speech/{voice}/with-timestamps: the sound in base64 and when each character is spoken."""
    sound, text = await _spoken(request)
    step = float(media.duration(sound)) / len(text)
    alignment = {
        "characters": list(text),
        "character_start_times_seconds": [round(step * at, 3) for at in range(len(text))],
        "character_end_times_seconds": [round(step * (at + 1), 3) for at in range(len(text))],
    }
    body = {"audio_base64": base64.b64encode(sound).decode(), "alignment": alignment, "normalized_alignment": alignment}
    return JSONResponse(body, headers=_headers(request, text))


async def voices(request: Request) -> Response:
    """GET /v1/voices: all of them."""
    admit(request, spent=True)
    return JSONResponse({"voices": list(_voices())})


async def voices_paged(request: Request) -> Response:
    """GET /v2/voices: all of them, on one page."""
    admit(request, spent=True)
    listed = list(_voices())
    page = {"has_more": False, "total_count": len(listed), "next_page_token": None}
    return JSONResponse({"voices": listed, **page})


async def subscription(request: Request) -> Response:
    """GET /v1/user/subscription: credits used and granted; also of a key that is used up."""
    return JSONResponse(_subscription(admit(request, spent=True)))


async def user(request: Request) -> Response:
    """GET /v1/user: the same, with the account."""
    key = admit(request, spent=True)
    told = {"user_id": key.spec.account, "is_new_user": False, "xi_api_key": None}
    return JSONResponse({**told, "subscription": _subscription(key)})


async def _spoken(request: Request) -> tuple[bytes, str]:
    key, relay, voice = admit(request), relay_of(request), request.path_params["voice"]
    asked = validated(SpeechRequest, await json_body(request))
    if voice not in VOICES:
        raise Refused("no_voice", voice=voice)
    model = distribute(key, asked.model_id)
    usage = Usage(len(asked.text), 0)
    with opened(request, key, model) as settlement:
        check_channel(model, request.url.path, served=model.capability == "speech")
        check_means(key, settlement, usage)
        if "fail" in faults(asked.text):
            raise Refused("upstream_failed")
    await relay.pause(slowed(SECONDS, asked.text))
    sound = await run_in_threadpool(media.wav, asked.text)
    settlement.settle(usage)
    return sound, asked.text


def _headers(request: Request, text: str) -> dict[str, str]:
    concurrency = {"current-concurrent-requests": "1", "maximum-concurrent-requests": "5"}
    return {"request-id": request.state.request_id, "character-cost": str(len(text)), **concurrency}


def _voices() -> Iterator[dict[str, Any]]:
    for id, (name, gender, accent, description) in VOICES.items():
        yield {
            "voice_id": id,
            "name": name,
            "category": "premade",
            "labels": {"gender": gender, "accent": accent},
            "description": description,
            "preview_url": None,
            "settings": None,
        }


def _subscription(key: Key) -> dict[str, Any]:
    count = key.used // UNITS_A_CREDIT
    return {
        "tier": "creator",
        "status": "active",
        "character_count": count,
        "character_limit": count + left(key) // UNITS_A_CREDIT,
        "can_extend_character_limit": False,
        "next_character_count_reset_unix": None,
        "voice_limit": 30,
        "currency": "usd",
    }
