"""Speech and transcription as OpenAI gives them (wire.md 3). All speech is WAV, whatever format was asked for."""

import asyncio
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from demo import media
from demo.auth import admit
from demo.catalogue import Model
from demo.charge import Usage
from demo.faults import faults, work
from demo.files import web_page
from demo.intake import check_channel, check_means, distribute, form_body, json_body, validated
from demo.lines import path_of
from demo.refusals import Refused
from demo.relay import relay_of
from demo.settlement import opened
from demo.tokens import split

SECONDS = 1.5
AUDIO_TOKENS_OUT, AUDIO_TOKENS_IN = 21, 10
"""About what a second of speech costs in tokens (gpt-4o-mini-tts: 0.015 USD a minute at 12 a million) and one heard."""


class SpeechRequest(BaseModel):
    """What the demo reads of a speech request."""

    model: str
    input: str = Field(min_length=1, max_length=4096)
    voice: str = Field(min_length=1)
    speed: float = Field(1.0, ge=0.25, le=4)


class TranscriptionRequest(BaseModel):
    """What the demo reads of a transcription request."""

    model: str
    language: str = ""
    response_format: str = "json"


async def speech(request: Request) -> Response:
    """POST /v1/audio/speech: a WAV."""
    key, body = admit(request), await json_body(request)
    model = distribute(key, body.get("model"))
    with opened(request, key, model) as settlement:
        asked = validated(SpeechRequest, body)
        check_channel(model, path_of(request.scope), served=model.capability == "speech")
        sound = await asyncio.to_thread(media.wav, asked.input)
        usage = _spoken(model, asked.input, media.duration(sound))
        check_means(key, settlement, usage)
        await work(relay_of(request), asked.input, SECONDS)
        settlement.settle(usage)
    return web_page() if "html" in faults(asked.input) else Response(sound, media_type="audio/wav")


async def transcriptions(request: Request) -> Response:
    """POST /v1/audio/transcriptions: what was said, as json, text, verbose_json, srt or vtt."""
    key, form = admit(request), await form_body(request)
    model = distribute(key, form.fields.get("model"))
    with opened(request, key, model) as settlement:
        asked = validated(TranscriptionRequest, form.fields)
        check_channel(model, path_of(request.scope), served=model.capability == "transcription")
        if asked.response_format not in FORMATS or not form.files.get("file"):
            field = "response_format" if form.files.get("file") else "file"
            raise Refused("bad_field", reason=f"field {field} is required")
        sound = form.files["file"][0]
        text, seconds = transcript(sound), media.duration(sound)
        heard = max(1, int(seconds * AUDIO_TOKENS_IN))
        usage = Usage(heard, len(split(text)), sound=heard)
        check_means(key, settlement, usage)
        await work(relay_of(request), text, SECONDS)
        settlement.settle(usage)
    return FORMATS[asked.response_format](model, asked.language, text, seconds, usage)


def transcript(sound: bytes) -> str:
    """What `sound` says: the words it was made from, or else only what can be told of any recording."""
    return media.heard(sound) or f"A recording of {media.duration(sound):.1f} seconds in {len(sound)} bytes."


def _spoken(model: Model, text: str, seconds: Decimal) -> Usage:
    """Characters where the model has no price of its own for what it gives, else tokens in and out."""
    if model.completion_ratio == 1:
        return Usage(len(text), 0)
    return Usage(len(split(text)), int(seconds * AUDIO_TOKENS_OUT))


def _json(model: Model, _: str, text: str, seconds: Decimal, usage: Usage) -> Response:
    return JSONResponse({"text": text, "usage": _usage(model, seconds, usage)})


def _verbose(model: Model, language: str, text: str, seconds: Decimal, usage: Usage) -> Response:
    segment = {"id": 0, "seek": 0, "start": 0.0, "end": float(seconds), "text": text, "tokens": [], "temperature": 0.0}
    odds = {"avg_logprob": -0.2, "compression_ratio": 1.0, "no_speech_prob": 0.01}
    document = {
        "task": "transcribe",
        "language": language or ("english" if text.isascii() else "chinese"),
        "duration": float(seconds),
        "text": text,
        "segments": [segment | odds],
        "usage": _usage(model, seconds, usage),
    }
    return JSONResponse(document)


def _text(_: Model, __: str, text: str, ___: Decimal, ____: Usage) -> Response:
    return PlainTextResponse(text + "\n")


def _srt(_: Model, __: str, text: str, seconds: Decimal, ___: Usage) -> Response:
    return PlainTextResponse(f"1\n{_clock(Decimal(0), ',')} --> {_clock(seconds, ',')}\n{text}\n\n")


def _vtt(_: Model, __: str, text: str, seconds: Decimal, ___: Usage) -> Response:
    cue = f"WEBVTT\n\n{_clock(Decimal(0), '.')} --> {_clock(seconds, '.')}\n{text}\n\n"
    return Response(cue, media_type="text/vtt")


FORMATS: Mapping[str, Callable[[Model, str, str, Decimal, Usage], Response]] = MappingProxyType(
    {"json": _json, "verbose_json": _verbose, "text": _text, "srt": _srt, "vtt": _vtt}
)


def _usage(model: Model, seconds: Decimal, usage: Usage) -> dict[str, Any]:
    if model.kind == "call":
        return {"type": "duration", "seconds": int(seconds.quantize(Decimal(1), ROUND_HALF_UP))}
    return {
        "type": "tokens",
        "input_tokens": usage.prompt,
        "input_token_details": {"text_tokens": 0, "audio_tokens": usage.prompt},
        "output_tokens": usage.completion,
        "total_tokens": usage.prompt + usage.completion,
    }


def _clock(seconds: Decimal, point: str) -> str:
    whole, thousandths = divmod(int(seconds * 1000), 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{point}{thousandths:03}"
