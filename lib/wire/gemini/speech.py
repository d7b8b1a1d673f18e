"""Gemini's speech: bare samples, put into a WAV file (wire.md 4; ai.google.dev/gemini-api/docs/speech-generation)."""

from __future__ import annotations

import io
import re
import wave
from dataclasses import replace
from decimal import Decimal

import httpx

from lib.wire import Endpoint, Json, Makes, Media, Outcome, Request, Unreadable
from lib.wire.answers import document, plain, said
from lib.wire.gemini.asking import body_of, post
from lib.wire.gemini.told import Told, usage_of

MAKES: Makes = frozenset({("speech", "generate")})

VOICE = "Kore"
RATE = 24_000
"""Samples a second, where the type doesn't tell."""
MOST_RATE = 384_000
WIDTH = 2
"""Bytes of a sample: 16 bits, the low byte first, as Google's own example writes them to a WAV."""
SAMPLES = re.compile(r"audio/(?:l16|pcm|raw)\b", re.IGNORECASE)
TOLD_RATE = re.compile(r"rate=(\d{1,6})(?!\d)", re.IGNORECASE)


def build(endpoint: Endpoint, request: Request) -> httpx.Request:
    """The speech that would be asked for; `voice` names one of the stock voices."""
    params = {name: value for name, value in request.params.items() if name != "voice"}
    voice = plain(request.params.get("voice")) or VOICE
    defaults: dict[str, Json] = {
        "responseModalities": ["AUDIO"],
        "speechConfig": {"voiceConfig": {"prebuiltVoiceConfig": {"voiceName": voice}}},
    }
    return post(endpoint, request.model, "generateContent", body_of(request, defaults, params))


def read(response: httpx.Response, _request: Request) -> Outcome:
    """The sound as one file. Raises `Unreadable` where there is none, unless it was filtered."""
    body = document(response)
    told = Told.model_validate(body)
    sounds = [one for one in told.media if one.mime.lower().startswith("audio/")]
    if not sounds and told.finished == "content_filter":
        return Outcome(usage=usage_of(body), finished="content_filter", refused=told.blocked)
    if not sounds:
        bare = said(response)
        raise Unreadable(replace(bare, message=told.why_nothing or bare.message))
    if not SAMPLES.match(sounds[0].mime):
        return Outcome(made=tuple(sounds), usage=usage_of(body))
    samples, rate = b"".join(one.data for one in sounds), _rate(sounds[0].mime)
    seconds = round(Decimal(len(samples) // WIDTH) / rate, 3)
    return Outcome(made=(Media(_wav(samples, rate), "audio/wav"),), usage=usage_of(body, seconds=seconds))


def _rate(mime: str) -> int:
    found = TOLD_RATE.search(mime)
    rate = int(found[1]) if found else RATE
    return rate if 0 < rate <= MOST_RATE else RATE


def _wav(samples: bytes, rate: int) -> bytes:
    """One channel; half a sample at the end is left out."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(WIDTH)
        sound.setframerate(rate)
        sound.writeframes(samples[: len(samples) // WIDTH * WIDTH])
    return file.getvalue()
