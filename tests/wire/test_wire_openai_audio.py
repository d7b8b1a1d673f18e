"""OpenAI's speech and transcripts."""

from __future__ import annotations

import io
import json
import wave
from decimal import Decimal
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from lib.vocabulary import Usage
from lib.wire import Endpoint, Media, Request, Unfit, Unreadable, UsageSeen, openai

ENDPOINT = Endpoint("https://api.openai.com", SecretStr("sk-1234"))
MP3 = b"ID3\x04" + bytes(60)
WORDS = Request("tts-1", "你好 world", "speech")
RECORDING = Media(MP3, "audio/mpeg", "talk.mp3")
HEARD = Request("whisper-1", "", "transcription", inputs=(RECORDING,))

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
TRANSCRIPT = st.dictionaries(st.sampled_from(["text", "usage", "duration", "error", "message"]), JSON)


def hearing(**params: Any) -> Request:
    return Request("whisper-1", "", "transcription", inputs=(RECORDING,), params=params)


# speech


def test_speech_has_a_voice() -> None:  # wire.md 3: voice is required
    built = openai.build(ENDPOINT, WORDS)
    assert (built.method, str(built.url)) == ("POST", "https://api.openai.com/v1/audio/speech")
    assert json.loads(built.content) == {"model": "tts-1", "input": "你好 world", "voice": "alloy"}


def test_a_voice_is_chosen_and_words_are_not_replaced() -> None:
    asked = Request("tts-1", "hi", "speech", params={"voice": "nova", "input": "x", "response_format": "wav"})
    body = json.loads(openai.build(ENDPOINT, asked).content)
    assert body == {"model": "tts-1", "input": "hi", "voice": "nova", "response_format": "wav"}


@pytest.mark.parametrize(
    ("told", "asked", "mime"),
    [
        ("audio/mpeg", None, "audio/mpeg"),
        ("audio/wav; charset=utf-8", None, "audio/wav"),
        ("application/octet-stream", "opus", "audio/ogg"),
        ("", "flac", "audio/flac"),
        ("", None, "audio/mpeg"),
    ],
)
def test_speech_is_what_is_told_else_what_was_asked(told: str, asked: str | None, mime: str) -> None:
    response = httpx.Response(200, content=MP3, headers={"content-type": told} if told else {})
    request = Request("tts-1", "你好 world", "speech", params={"response_format": asked} if asked else {})
    outcome = openai.read(response, request)
    assert outcome.made == (Media(MP3, mime),)
    assert outcome.usage == UsageSeen(Usage(characters=8, calls=1), {})


def test_bare_samples_become_a_wav() -> None:
    response = httpx.Response(200, content=bytes(4800), headers={"content-type": "audio/pcm"})
    (made,) = openai.read(response, Request("tts-1", "x", "speech", params={"response_format": "pcm"})).made
    assert isinstance(made, Media)
    assert made.mime == "audio/wav"
    with wave.open(io.BytesIO(made.data)) as reader:
        assert (reader.getframerate(), reader.getsampwidth(), reader.getnframes()) == (24_000, 2, 2400)


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(200),
        httpx.Response(200, html="<html></html>"),
        httpx.Response(200, json={"error": {"message": "no"}}),
        httpx.Response(200, content=b'{"error": "no"}'),
        httpx.Response(500, content=MP3, headers={"content-type": "audio/mpeg"}),
        httpx.Response(401, json={"error": {"code": "invalid_api_key", "message": "no"}}),  # wire.md 3
    ],
)
def test_no_speech_is_unreadable(response: httpx.Response) -> None:
    with pytest.raises(Unreadable):
        openai.read(response, WORDS)


# transcripts


def test_a_recording_is_sent_as_a_form() -> None:
    asked = Request("whisper-1", "names: Ada", "transcription", inputs=(RECORDING,),
                    params={"language": "en", "file": "x", "timestamp_granularities": ["word", "segment"]})
    built = openai.build(ENDPOINT, asked)
    body = built.read().decode("latin-1")
    assert str(built.url) == "https://api.openai.com/v1/audio/transcriptions"
    assert 'name="file"; filename="talk.mp3"\r\nContent-Type: audio/mpeg\r\n' in body
    assert body.count('name="file"') == 1
    for name, value in (("model", "whisper-1"), ("response_format", "json"), ("language", "en"),
                        ("prompt", "names: Ada"), ("timestamp_granularities[]", "segment")):
        assert f'name="{name}"\r\n\r\n{value}\r\n' in body


@pytest.mark.parametrize(("inputs", "code"), [((), "needs_input"), ((RECORDING,) * 2, "too_many_inputs")])
def test_one_recording_at_a_time(inputs: tuple[Media, ...], code: str) -> None:
    with pytest.raises(Unfit) as unfit:
        openai.build(ENDPOINT, Request("whisper-1", "", "transcription", inputs=inputs))
    assert unfit.value.code == code


@pytest.mark.parametrize(
    ("more", "usage"),
    [  # wire.md 3
        ({"usage": {"type": "duration", "seconds": 3.5}}, Usage(seconds=Decimal("3.5"), calls=1)),
        ({"usage": {"type": "tokens", "input_tokens": 14, "output_tokens": 4, "total_tokens": 18,
                    "input_token_details": {"audio_tokens": 14, "text_tokens": 0}}},
         Usage(input_tokens=14, output_tokens=4, calls=1, input_audio_tokens=14)),
        ({"task": "transcribe", "language": "english", "duration": 8.47, "segments": []},
         Usage(seconds=Decimal("8.47"), calls=1)),
        ({"duration": "8", "usage": None}, Usage(seconds=Decimal(8), calls=1)),
        ({}, Usage(calls=1)),
    ],
)
def test_a_transcript_and_its_use(more: dict[str, Any], usage: Usage) -> None:
    outcome = openai.read(httpx.Response(200, json={"text": "hello", **more}), HEARD)
    assert (outcome.text, outcome.finished) == ("hello", "stop")
    assert outcome.usage == UsageSeen(usage, more.get("usage") or {})


@pytest.mark.parametrize(
    ("name", "content", "text"),
    [
        ("text", "hello\n", "hello"),
        ("text", "42", "42"),
        ("srt", "1\n00:00:00,000 --> 00:00:01,000\nhi\n\n", "1\n00:00:00,000 --> 00:00:01,000\nhi"),
        ("vtt", "WEBVTT\n\n00:00.000 --> 00:01.000\nhi", "WEBVTT\n\n00:00.000 --> 00:01.000\nhi"),
        ("text", '{"text": "hello"}', "hello"),
    ],
)
def test_plain_transcripts(name: str, content: str, text: str) -> None:
    assert openai.read(httpx.Response(200, text=content), hearing(response_format=name)).text == text


def test_silence_is_a_transcript() -> None:
    assert openai.read(httpx.Response(200, json={"text": ""}), HEARD).text == ""


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(200),
        httpx.Response(200, html="<html></html>"),
        httpx.Response(200, json={"error": {"message": "no"}}),
        httpx.Response(200, json={"text": None}),
        httpx.Response(400, text="bad"),
    ],
)
@pytest.mark.parametrize("request_", [HEARD, hearing(response_format="srt")])
def test_no_transcript_is_unreadable(response: httpx.Response, request_: Request) -> None:
    with pytest.raises(Unreadable):
        openai.read(response, request_)


@settings(deadline=None)
@given(st.binary() | (JSON | TRANSCRIPT).map(lambda body: json.dumps(body).encode()), st.sampled_from([200, 400]))
def test_no_bytes_break_the_readers(content: bytes, status: int) -> None:
    pcm = Request("tts-1", "x", "speech", params={"response_format": "pcm"})
    for request in (WORDS, pcm, HEARD, hearing(response_format="vtt")):
        try:
            openai.read(httpx.Response(status, content=content), request)
        except Unreadable as refused:
            refused.said.message.encode()
