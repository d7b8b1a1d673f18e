"""The most that a call can cost, for what is asked in each protocol's own parameters; never too low."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest

from lib.calls.quoting import quote
from lib.cost.price import Price
from lib.vocabulary import BillingUnit, Capability
from lib.wire import Json, Media, Request
from tests.calls.test_recordings import wav

MINUTE = Media(wav(60, 8_000), "audio/wav")
PNG = Media(b"\x89PNG\r\n\x1a\n" + bytes(16), "image/png")
WEBM = Media(b"\x1a\x45\xdf\xa3\x42\x82\x84webm" + bytes(16), "audio/webm")
MP4 = Media(b"\x00\x00\x00\x14ftypisom" + bytes(8), "video/mp4")
MILLION = Decimal(1_000_000)


def priced(unit: BillingUnit) -> Price:
    """1 for one of the unit, and for a token in either direction."""
    return Price(unit, "USD", "user", input=MILLION, output=MILLION, amount=Decimal(1))


@pytest.mark.parametrize(
    ("model", "files", "tokens"),
    [
        ("gpt-4o-transcribe", (MINUTE,), 1_000 + 100),  # 10 a second, and the contract's floor
        ("gemini-2.5-flash", (MINUTE,), 60 * 32 + 100),
        ("gemini-2.5-flash", (MINUTE, MINUTE), 120 * 32 + 100),
        ("gpt-4o-transcribe", (WEBM,), None),  # doesn't say how long it is
        ("gpt-4o-transcribe", (MINUTE, WEBM), None),
        ("gpt-4o-transcribe", (MP4,), None),
    ],
)
def test_a_recording_in_tokens(model: str, files: tuple[Media, ...], tokens: int | None) -> None:
    asked = Request(model, "", "transcription", inputs=files, params={"max_tokens": 100})
    quoted = quote(priced("token"), asked, "openai")
    assert (quoted and quoted.amount) == tokens


@pytest.mark.parametrize(("files", "seconds"), [((MINUTE,), 60), ((WEBM,), None)])
def test_a_recording_in_seconds(files: tuple[Media, ...], seconds: int | None) -> None:
    quoted = quote(priced("second"), Request("whisper-1", "", "transcription", inputs=files), "openai")
    assert (quoted and quoted.amount) == seconds


@pytest.mark.parametrize(
    ("capability", "model", "files", "tokens"),
    [
        ("text", "glm-4v", (PNG,), 5_000 + 100),
        ("image_edit", "gemini-2.5-flash-image", (PNG, PNG), 10_000 + 100),
        ("text", "gpt-4o-mini-2024-07-18", (PNG,), 48_169 + 100),
        ("text", "gemini-2.5-flash", (MINUTE,), 60 * 32 + 100),
        ("text", "gemini-2.5-flash", (MP4,), None),  # as many as it has pictures
        ("text", "gemini-2.5-flash", (Media(b"%PDF-1.7", "application/pdf"),), None),
    ],
)
def test_files_in_tokens(capability: Capability, model: str, files: tuple[Media, ...], tokens: int | None) -> None:
    asked = Request(model, "", capability, inputs=files, params={"max_tokens": 100})
    quoted = quote(priced("token"), asked, "openai")
    assert (quoted and quoted.amount) == tokens


def test_a_film_in_tokens_is_as_many_as_it_is_long_and_large() -> None:
    asked = Request("seedance", "Waves", "video", inputs=(PNG,))
    assert quote(priced("token"), asked, "video_v2") is None


@pytest.mark.parametrize(
    ("protocol", "params", "many"),
    [
        ("openai", {}, 1),
        ("openai", {"n": 3}, 3),
        ("openai", {"n": "3"}, 3),  # in a form, numbers are words
        ("openai", {"n": 0}, 1),
        ("openai", {"n": -1}, 1),
        ("openai", {"n": True}, 1),
        ("openai", {"batch_size": 4}, 4),
        ("openai", {"sequential_image_generation_options": {"max_images": 6}}, 6),
        ("image_async", {"n": 2}, 2),
        ("chat_image", {"n": 2}, 2),
        ("gemini", {"n": 2}, 2),
        ("gemini", {"sampleCount": 4}, 4),
        ("gemini", {"parameters": {"sampleCount": 3}}, 3),
        ("gemini", {"candidateCount": 2}, 2),
        ("gemini", {"generationConfig": {"candidateCount": 2}}, 2),
        ("gemini", {"parameters": "sampleCount"}, 1),
        ("midjourney", {"mode": "fast"}, 1),
    ],
)
@pytest.mark.parametrize("unit", ["image", "call"])
def test_how_many(unit: BillingUnit, protocol: str, params: Mapping[str, Json], many: int) -> None:
    quoted = quote(priced(unit), Request("a-model", "A fox", "image", params=params), protocol)
    assert quoted is not None
    assert quoted.amount == many


@pytest.mark.parametrize(
    ("params", "tokens"),
    [
        ({"max_tokens": 100}, 100),
        ({"max_completion_tokens": "100"}, 100),
        ({"maxOutputTokens": 65_536}, 65_536),
        ({"generationConfig": {"maxOutputTokens": 65_536}}, 65_536),
        ({"generationConfig": {"maxOutputTokens": 100, "candidateCount": 3}}, 300),
        ({"max_tokens": -1}, 8_192),
        ({}, 8_192),
    ],
)
def test_how_long(params: Mapping[str, Json], tokens: int) -> None:
    quoted = quote(priced("token"), Request("a-model", "Hi", params=params), "gemini")
    assert quoted is not None
    assert quoted.amount == 1_000 + tokens


@pytest.mark.parametrize(
    ("params", "seconds"),
    [({}, None), ({"durationSeconds": 8}, 8), ({"durationSeconds": 8, "sampleCount": 2}, 16)],
)
def test_films_by_the_second(params: Mapping[str, Json], seconds: int | None) -> None:
    quoted = quote(priced("second"), Request("veo-3.1", "Waves", "video", params=params), "gemini")
    assert (quoted and quoted.amount) == seconds
