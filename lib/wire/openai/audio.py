"""Speech made of words, and words of speech (wire.md 3)."""

from __future__ import annotations

import io
import wave
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated

import httpx

from lib.vocabulary import Usage
from lib.wire import Endpoint, Json, Makes, Media, Outcome, Request, Unfit, Unreadable, UsageSeen
from lib.wire.answers import Amount, Answer, Object, Words, document, parsed, plain, said
from lib.wire.forms import form, part
from lib.wire.openai.tokens import raw_usage, tokens

MAKES: Makes = frozenset({("speech", "generate"), ("transcription", "generate")})

FIRST_VOICE = "alloy"
MIMES: Mapping[str, str] = {
    "mp3": "audio/mpeg", "opus": "audio/ogg", "aac": "audio/aac", "flac": "audio/flac", "wav": "audio/wav",
}  # fmt: skip
"""What each `response_format` of speech is; mp3 where none is asked for."""
PCM_RATE = 24_000
"""Samples a second of `pcm`: 16 bits, one channel (OpenAI's guide "Text to speech", Supported output formats)."""
PLAIN = ("text", "srt", "vtt")
"""The formats of a transcript that are no JSON."""


def build(endpoint: Endpoint, request: Request) -> httpx.Request:
    """What would be sent. Raises `Unfit` for a transcription without a recording, or with several."""
    return (_speech if request.capability == "speech" else _transcription)(endpoint, request)


def read(response: httpx.Response, request: Request) -> Outcome:
    """A recording or a transcript; raises `Unreadable`."""
    return (_read_speech if request.capability == "speech" else _read_transcript)(response, request)


def _speech(endpoint: Endpoint, request: Request) -> httpx.Request:
    body: dict[str, Json] = {
        "voice": FIRST_VOICE, **request.params, "model": request.model, "input": request.prompt,
    }  # fmt: skip
    return httpx.Request("POST", endpoint.at("/v1/audio/speech"), headers=endpoint.bearer, json=body)


def _transcription(endpoint: Endpoint, request: Request) -> httpx.Request:
    """The prompt, where there is one, is what the transcript should be in the style of."""
    if not request.inputs:
        raise Unfit("needs_input")
    if len(request.inputs) > 1:
        raise Unfit("too_many_inputs", most="1")
    fields: dict[str, Json] = {"response_format": "json", **request.params, "model": request.model}
    if request.prompt:
        fields["prompt"] = request.prompt
    fields.pop("file", None)
    return form(endpoint, "/v1/audio/transcriptions", fields, [part("file", request.inputs[0])])


def _read_speech(response: httpx.Response, request: Request) -> Outcome:
    """The audio itself: the server tells nothing of its use, but is billed by the characters that were sent."""
    told = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not response.is_success or not response.content or _is_words(told, response.content):
        raise Unreadable(said(response))
    usage = UsageSeen(Usage(characters=len(request.prompt), calls=1), {})
    return Outcome(made=(_audio(response.content, told, plain(request.params.get("response_format"))),), usage=usage)


def _is_words(told: str, content: bytes) -> bool:
    """Whether an answer is a web page or JSON in place of audio, whatever it calls itself."""
    if told.startswith("audio/"):
        return False
    return told.startswith("text/") or "json" in told or content[:64].lstrip()[:1] in (b"{", b"[", b"<")


def _audio(data: bytes, told: str, asked: str) -> Media:
    """Bare samples get the head of a WAV file: without it nothing knows what they are."""
    if asked == "pcm" and not data.startswith(b"RIFF"):
        return Media(_wav(data), "audio/wav")
    return Media(data, told if told.startswith("audio/") else MIMES.get(asked, MIMES["mp3"]))


def _wav(samples: bytes) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(PCM_RATE)
        writer.writeframes(samples)
    return file.getvalue()


def _read_transcript(response: httpx.Response, request: Request) -> Outcome:
    """JSON, whatever was asked for; else plain words where these were."""
    if request.params.get("response_format") in PLAIN and not _is_object(response.content):
        return _of_plain(response)
    body = document(response)
    answer = _Transcript.model_validate(body)
    if not isinstance(body.get("text"), str):
        raise Unreadable(said(response))
    raw = raw_usage(body)
    usage = replace(tokens(raw), seconds=answer.usage.seconds or answer.duration)
    return Outcome(answer.text, usage=UsageSeen(usage, raw))


def _of_plain(response: httpx.Response) -> Outcome:
    told = said(response)
    text = plain(response.content.decode("utf-8", "replace").strip())
    if not response.is_success or not text or told.html:
        raise Unreadable(told)
    return Outcome(text, usage=UsageSeen(Usage(calls=1), {}))


def _is_object(content: bytes) -> bool:
    try:
        return isinstance(parsed(content), dict)
    except ValueError:
        return False


class _Duration(Answer):
    seconds: Amount = None


class _Transcript(Answer):
    """`usage` tells seconds or tokens, `duration` is verbose_json's and diarized_json's."""

    text: Words = ""
    duration: Amount = None
    usage: Annotated[_Duration, Object] = _Duration()
