"""ElevenLabs' protocol: what is sent, and every form of answer (wire.md 8, ElevenLabs)."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from lib.vocabulary import Usage
from lib.wire import Allowance, Choice, Endpoint, Media, Request, Said, Unfit, Unreadable, UsageSeen, elevenlabs
from lib.wire.protocols import PROTOCOLS

ENDPOINT = Endpoint("https://api.elevenlabs.io", SecretStr("sk_1234"))
ASKED = Request("eleven_flash_v2_5", "Hello", "speech")
SOUND = b"ID3\x04\x00"

FIELDS = ["voices", "voice_id", "name", "character_count", "character_limit", "detail", "status", "message"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(FIELDS) | st.text(), inner),
)


def asked(**params: Any) -> Request:
    return Request("eleven_flash_v2_5", "Hello", "speech", params=params)


# what is sent


def test_a_text_and_the_first_voice() -> None:
    request = elevenlabs.build(ENDPOINT, ASKED)
    assert (request.method, str(request.url)) == (
        "POST",
        "https://api.elevenlabs.io/v1/text-to-speech/21m00Tcm4TlvDq8ikWAM",
    )
    assert request.headers["xi-api-key"] == "sk_1234"
    assert "authorization" not in request.headers
    assert json.loads(request.content) == {"text": "Hello", "model_id": "eleven_flash_v2_5"}


@pytest.mark.parametrize(
    ("params", "path", "body"),
    [
        ({"voice": "v1"}, "/v1/text-to-speech/v1", {}),
        ({"voice_id": "v1", "voice": "v2"}, "/v1/text-to-speech/v1", {}),
        ({"voice": "a/../b?c"}, "/v1/text-to-speech/a%2F..%2Fb%3Fc", {}),
        (
            {"output_format": "pcm_16000", "enable_logging": False, "seed": 7},
            "/v1/text-to-speech/21m00Tcm4TlvDq8ikWAM?output_format=pcm_16000&enable_logging=false",
            {"seed": 7},
        ),
        (
            {"voice_settings": {"speed": 1.1}, "text": "no", "model_id": "no"},
            "/v1/text-to-speech/21m00Tcm4TlvDq8ikWAM",
            {"voice_settings": {"speed": 1.1}},
        ),
    ],
)
def test_where_each_parameter_goes(params: dict[str, Any], path: str, body: dict[str, Any]) -> None:
    request = elevenlabs.build(ENDPOINT, asked(**params))
    assert request.url.raw_path.decode() == path
    assert json.loads(request.content) == {**body, "text": "Hello", "model_id": "eleven_flash_v2_5"}


def test_it_does_nothing_but_speak() -> None:
    with pytest.raises(Unfit) as unfit:
        elevenlabs.build(ENDPOINT, Request("eleven_flash_v2_5", "Hello", "music"))
    assert unfit.value.code == "not_in_protocol"
    assert set(PROTOCOLS["elevenlabs"].MAKES) == {("speech", "generate")}


@pytest.mark.parametrize(
    ("build", "path"),
    [(elevenlabs.voices_request, "/v1/voices"), (elevenlabs.subscription_request, "/v1/user/subscription")],
)
def test_what_is_asked_for_free(build: Any, path: str) -> None:
    request = build(ENDPOINT)
    assert (request.method, request.url.path, request.headers["xi-api-key"]) == ("GET", path, "sk_1234")
    assert "xi-api-key" not in build(Endpoint("https://api.elevenlabs.io")).headers


# what comes back


@pytest.mark.parametrize(
    ("headers", "usage"),
    [
        ({"character-cost": "3"}, UsageSeen(Usage(characters=3, calls=1), {"character-cost": "3"})),
        ({"character-cost": "0"}, UsageSeen(Usage(characters=0, calls=1), {"character-cost": "0"})),
        ({"character-cost": "?"}, UsageSeen(Usage(characters=5, calls=1), {"character-cost": "?"})),
        ({}, UsageSeen(Usage(characters=5, calls=1), {})),
    ],
)
def test_a_sound_and_what_it_was_billed(headers: dict[str, str], usage: UsageSeen) -> None:
    response = httpx.Response(200, content=SOUND, headers={"content-type": "audio/mpeg", **headers})
    outcome = elevenlabs.read(response, ASKED)
    assert (outcome.made, outcome.finished, outcome.usage) == ((Media(SOUND, "audio/mpeg"),), "stop", usage)


@pytest.mark.parametrize(
    ("told", "output_format", "mime"),
    [
        ("Audio/MPEG; x=y", None, "audio/mpeg"),
        ("audio/pcm", "mp3_22050_32", "audio/pcm"),
        ("application/octet-stream", None, "audio/mpeg"),
        ("", "mp3_22050_32", "audio/mpeg"),
        ("", "opus_48000_32", "audio/ogg"),
        ("", "wav_44100", "audio/wav"),
        ("", "pcm_16000", "audio/pcm"),
        ("", "ulaw_8000", "application/octet-stream"),
    ],
)
def test_the_type_is_the_servers_else_what_was_asked(told: str, output_format: str | None, mime: str) -> None:
    request = asked(output_format=output_format) if output_format else ASKED
    response = httpx.Response(200, content=SOUND, headers={"content-type": told})
    assert elevenlabs.read(response, request).made == (Media(SOUND, mime),)


@pytest.mark.parametrize(
    ("response", "said"),
    [
        pytest.param(
            httpx.Response(401, json={"detail": {"status": "quota_exceeded", "message": "0 credits remaining"}},
                           headers={"request-id": "r1"}),
            Said(401, kind="quota_exceeded", message="0 credits remaining", request_id="r1"),
            id="wire.md 8: no quota is a 401",
        ),
        pytest.param(
            httpx.Response(401, json={"detail": {"type": "authentication_error", "code": "invalid_api_key",
                                                 "message": "Invalid API key", "status": "invalid_api_key"}}),
            Said(401, code="invalid_api_key", kind="authentication_error", message="Invalid API key"),
            id="wire.md 8: the newer form",
        ),
        pytest.param(
            httpx.Response(422, json={"detail": [{"loc": ["body"], "msg": "Field required", "type": "missing"}]}),
            Said(422, kind="missing", message="Field required"),
            id="wire.md 8: a list of details",
        ),
        pytest.param(
            httpx.Response(200, json={"detail": {"status": "system_busy", "message": "busy"}}),
            Said(200, kind="system_busy", message="busy"),
            id="a fault in a 200",
        ),
        pytest.param(httpx.Response(200), Said(200, empty=True), id="nothing at all"),
        pytest.param(httpx.Response(200, html="<html><title>x</title>"), Said(200, message="x", html=True), id="page"),
    ],
)
def test_what_is_no_sound_is_unreadable(response: httpx.Response, said: Said) -> None:
    with pytest.raises(Unreadable) as refused:
        elevenlabs.read(response, ASKED)
    assert refused.value.said == said


def test_the_voices_of_an_account() -> None:
    body = {"voices": [{"voice_id": "v1", "name": "Rachel", "category": "premade"}, {"voice_id": "v2"}, {"name": "x"}]}
    assert elevenlabs.read_voices(httpx.Response(200, json=body)) == (Choice("v1", "Rachel"), Choice("v2", "v2"))


@pytest.mark.parametrize(
    ("body", "allowance"),
    [
        ({"tier": "free", "character_count": 17231, "character_limit": 100000}, Allowance(17231, 100000)),
        ({"character_count": 0, "character_limit": None}, Allowance(0, None)),
    ],
)
def test_what_is_used_up(body: dict[str, Any], allowance: Allowance) -> None:
    assert elevenlabs.read_subscription(httpx.Response(200, json=body)) == allowance


@pytest.mark.parametrize("read", [elevenlabs.read_voices, elevenlabs.read_subscription])
@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(200),
        httpx.Response(200, json={"voices": [], "tier": "free"}),
        httpx.Response(200, html="<html></html>"),
        httpx.Response(401, json={"detail": {"status": "missing_permissions", "message": "no"}}),
    ],
)
def test_no_figures_and_no_voices_are_refused(read: Any, response: httpx.Response) -> None:
    with pytest.raises(Unreadable):
        read(response)


@settings(deadline=None)
@given(
    st.binary() | JSON.map(lambda body: json.dumps(body).encode()),
    st.sampled_from([200, 401, 422]),
    st.sampled_from(["application/json", "audio/mpeg", "text/html", ""]),
)
def test_no_answer_breaks_the_readers(content: bytes, status: int, told: str) -> None:
    response = httpx.Response(status, content=content, headers={"content-type": told})
    for read in (lambda one: elevenlabs.read(one, ASKED), elevenlabs.read_voices, elevenlabs.read_subscription):
        try:
            read(response)
        except Unreadable as refused:
            refused.said.message.encode()
