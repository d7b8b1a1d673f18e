"""Gemini's images, speech, vectors and videos (wire.md 4)."""

from __future__ import annotations

import io
import json
import wave
from base64 import b64encode
from decimal import Decimal
from functools import partial
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from lib.vocabulary import Capability, Usage
from lib.wire import (
    Endpoint,
    Link,
    Media,
    Outcome,
    Request,
    Said,
    Task,
    TaskState,
    Unfit,
    Unreadable,
    UsageSeen,
    gemini,
)

GOOGLE = "https://generativelanguage.googleapis.com"
ENDPOINT = Endpoint(GOOGLE, SecretStr("k-1"))
PNG = Media(b"\x89PNG", "image/png")
PNG_TEXT = "iVBORw=="
OPERATION = "models/veo-3.1-fast-generate-preview/operations/abc123"
TASK = Task(OPERATION)
FIELDS = ["candidates", "content", "parts", "text", "inlineData", "mimeType", "data", "finishReason", "predictions",
          "bytesBase64Encoded", "embedding", "values", "name", "done", "response", "generateVideoResponse", "error",
          "generatedSamples", "video", "uri", "raiMediaFilteredReasons", "usageMetadata", "promptFeedback"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from([PNG_TEXT, "audio/L16"]),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(FIELDS) | st.text(), inner),
)


def asked(capability: Capability, model: str, prompt: str = "猫", **fields: Any) -> Request:
    operation = "edit" if capability == "image_edit" else "generate"
    return Request(model, prompt, capability, operation, **fields)  # type: ignore[arg-type]


IMAGE = asked("image", "gemini-2.5-flash-image")
IMAGEN = asked("image", "imagen-4.0-generate-001")
SPEECH = asked("speech", "gemini-2.5-flash-preview-tts")
VECTOR = asked("embedding", "gemini-embedding-001")
VIDEO = asked("video", "veo-3.1-fast-generate-preview")


def body_of(request: httpx.Request) -> Any:
    return json.loads(request.content)


def answer(*parts: Any, finish: str = "STOP", **others: Any) -> httpx.Response:
    return httpx.Response(200, json={"candidates": [{"content": {"parts": parts}, "finishReason": finish}], **others})


def inline(data: bytes, mime: str) -> dict[str, Any]:
    return {"inlineData": {"mimeType": mime, "data": b64encode(data).decode()}}


# images


def test_an_image_is_asked_for_in_words() -> None:
    params = {"aspect_ratio": "16:9", "imageSize": "2K", "temperature": 1}
    request = gemini.build(ENDPOINT, asked("image", "gemini-2.5-flash-image", params=params))
    assert str(request.url) == f"{GOOGLE}/v1beta/models/gemini-2.5-flash-image:generateContent"
    assert body_of(request) == {
        "contents": [{"role": "user", "parts": [{"text": "猫"}]}],
        "generationConfig": {
            "responseModalities": ["TEXT", "IMAGE"],
            "imageConfig": {"aspectRatio": "16:9", "imageSize": "2K"},
            "temperature": 1,
        },
    }


def test_an_edit_carries_its_images() -> None:
    body = body_of(gemini.build(ENDPOINT, asked("image_edit", "gemini-2.5-flash-image", inputs=(PNG, PNG))))
    part = {"inlineData": {"mimeType": "image/png", "data": PNG_TEXT}}
    assert body["contents"] == [{"role": "user", "parts": [part, part, {"text": "猫"}]}]
    assert body["generationConfig"] == {"responseModalities": ["TEXT", "IMAGE"]}


def test_images_are_taken_out_of_the_parts() -> None:
    usage = {"promptTokenCount": 5, "candidatesTokenCount": 1290}
    outcome = gemini.read(answer({"text": "Here."}, inline(PNG.data, "image/png"), usageMetadata=usage), IMAGE)
    assert outcome == Outcome(
        "Here.", "", UsageSeen(Usage(5, output_tokens=1290, images=1, calls=1), usage), "stop", (PNG,)
    )


@pytest.mark.parametrize(
    ("request_", "response"),
    [
        (IMAGE, answer(finish="IMAGE_SAFETY")),
        (IMAGE, httpx.Response(200, json={"promptFeedback": {"blockReason": "IMAGE_SAFETY"}})),
        (IMAGEN, httpx.Response(200, json={"predictions": [{"raiFilteredReason": "Blocked by safety filters."}]})),
        (SPEECH, answer(finish="PROHIBITED_CONTENT")),
    ],
)
def test_what_is_filtered_is_told_so(request_: Request, response: httpx.Response) -> None:
    outcome = gemini.read(response, request_)
    assert (outcome.made, outcome.finished) == ((), "content_filter")


@pytest.mark.parametrize(
    ("request_", "response", "said"),
    [
        (IMAGE, answer({"text": "What shall it show?"}), Said(200, message="What shall it show?")),
        (IMAGE, answer(finish="NO_IMAGE"), Said(200, message="NO_IMAGE")),
        (SPEECH, answer({"text": "No."}), Said(200, message="No.")),
        (SPEECH, answer(inline(b"x", "image/png")), Said(200, message="STOP")),
        (IMAGEN, httpx.Response(200, json={"predictions": []}), Said(200, message='{"predictions":[]}')),
        (VECTOR, httpx.Response(200, json={"embedding": {"values": []}}),
         Said(200, message='{"embedding":{"values":[]}}')),
        (VIDEO, httpx.Response(200, json={"name": "a/../b"}), Said(200, message='{"name":"a/../b"}')),
        (IMAGE, httpx.Response(503, json={"error": {"code": 503, "message": "Overloaded", "status": "UNAVAILABLE"}}),
         Said(503, code="503", kind="UNAVAILABLE", message="Overloaded")),
    ],
)  # fmt: skip
def test_without_what_was_asked_for_an_answer_is_unreadable(
    request_: Request, response: httpx.Response, said: Said
) -> None:
    with pytest.raises(Unreadable) as refused:
        gemini.read(response, request_)
    assert refused.value.said == said


def test_imagen_has_a_method_of_its_own() -> None:
    request = gemini.build(ENDPOINT, asked("image", "imagen-4.0-generate-001", params={"aspect_ratio": "1:1"}))
    assert str(request.url) == f"{GOOGLE}/v1beta/models/imagen-4.0-generate-001:predict"
    assert body_of(request) == {
        "instances": [{"prompt": "猫"}],
        "parameters": {"sampleCount": 1, "aspectRatio": "1:1"},
    }
    body = {"predictions": [{"bytesBase64Encoded": PNG_TEXT, "mimeType": "image/png"}, {"raiFilteredReason": "x"}]}
    outcome = gemini.read(httpx.Response(200, json=body), IMAGEN)
    assert outcome == Outcome(made=(PNG,), usage=UsageSeen(Usage(images=1, calls=1), {}))


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (asked("image_edit", "gemini-2.5-flash-image"), "needs_input"),
        (asked("image_edit", "imagen-4.0-generate-001", inputs=(PNG,)), "not_in_protocol"),
        (asked("image", "imagen-4.0-generate-001", inputs=(PNG,)), "too_many_inputs"),
        (asked("video", "veo-3.1-generate-preview", inputs=(PNG,) * 3), "too_many_inputs"),
        (Request("m", "a", "image_edit", "upscale", inputs=(PNG,)), "not_in_protocol"),
    ],
)
def test_what_is_unfit(request_: Request, code: str) -> None:
    with pytest.raises(Unfit) as refused:
        gemini.build(ENDPOINT, request_)
    assert refused.value.code == code


# speech


@pytest.mark.parametrize(("params", "voice"), [({}, "Kore"), ({"voice": "Puck"}, "Puck")])
def test_speech_is_asked_for_with_a_voice(params: Any, voice: str) -> None:
    request = gemini.build(ENDPOINT, asked("speech", "gemini-2.5-flash-preview-tts", params=params))
    assert str(request.url).endswith("/gemini-2.5-flash-preview-tts:generateContent")
    assert body_of(request) == {
        "contents": [{"role": "user", "parts": [{"text": "猫"}]}],
        "generationConfig": {
            "responseModalities": ["AUDIO"],
            "speechConfig": {"voiceConfig": {"prebuiltVoiceConfig": {"voiceName": voice}}},
        },
    }


@pytest.mark.parametrize(
    ("mime", "rate", "seconds"),
    [
        ("audio/L16;codec=pcm;rate=24000", 24_000, "0.5"),
        ("audio/L16;rate=16000", 16_000, "0.75"),
        ("audio/pcm", 24_000, "0.5"),
        ("audio/L16;rate=0", 24_000, "0.5"),
        ("audio/L16;rate=9999999999", 24_000, "0.5"),
    ],
)
def test_samples_become_a_wav(mime: str, rate: int, seconds: str) -> None:
    samples = b"\x01\x02" * 12_000
    outcome = gemini.read(answer(inline(samples[:10_000], mime), inline(samples[10_000:] + b"\x03", mime)), SPEECH)
    (made,) = outcome.made
    assert isinstance(made, Media)
    assert made.mime == "audio/wav"
    with wave.open(io.BytesIO(made.data)) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, rate)
        assert sound.readframes(20_000) == samples
    assert outcome.usage == UsageSeen(Usage(seconds=Decimal(seconds), calls=1), {})


def test_sound_in_a_form_of_its_own_is_left_as_it_is() -> None:
    assert gemini.read(answer(inline(b"RIFF", "audio/wav")), SPEECH).made == (Media(b"RIFF", "audio/wav"),)


# vectors


def test_a_vector() -> None:
    request = gemini.build(ENDPOINT, asked("embedding", "gemini-embedding-001", params={"dimensions": 2}))
    assert str(request.url) == f"{GOOGLE}/v1beta/models/gemini-embedding-001:embedContent"
    assert body_of(request) == {"content": {"parts": [{"text": "猫"}]}, "outputDimensionality": 2}
    outcome = gemini.read(httpx.Response(200, json={"embedding": {"values": [0.5, -1]}}), VECTOR)
    assert outcome.made == (
        Media(b'{"model":"gemini-embedding-001","embeddings":[[0.5,-1]]}', "application/json"),
    )


# videos


@pytest.mark.parametrize(
    ("model", "params", "inputs", "instance", "parameters"),
    [
        ("veo-3.1-generate-preview", {}, (), {}, {"durationSeconds": 4}),
        ("veo-2.0-generate-001", {}, (), {}, {"durationSeconds": 5}),
        ("veo-3.1-generate-preview", {"durationSeconds": 8, "aspect_ratio": "9:16"}, (), {},
         {"durationSeconds": 8, "aspectRatio": "9:16"}),
        ("veo-3.1-generate-preview", {"resolution": "1080p"}, (), {}, {"resolution": "1080p"}),
        ("veo-3.1-generate-preview", {}, (PNG, PNG),
         {"image": {"bytesBase64Encoded": PNG_TEXT, "mimeType": "image/png"},
          "lastFrame": {"bytesBase64Encoded": PNG_TEXT, "mimeType": "image/png"}}, {}),
    ],
)  # fmt: skip
def test_a_video_as_it_is_asked_for(model: str, params: Any, inputs: Any, instance: Any, parameters: Any) -> None:
    request = gemini.build(ENDPOINT, asked("video", model, params=params, inputs=inputs))
    assert str(request.url) == f"{GOOGLE}/v1beta/models/{model}:predictLongRunning"
    assert body_of(request) == {"instances": [{"prompt": "猫", **instance}], "parameters": parameters}


def test_a_video_is_accepted_and_polled_by_its_operation() -> None:
    outcome = gemini.read(httpx.Response(200, json={"name": OPERATION}), VIDEO)
    assert (outcome.task, outcome.finished) == (TASK, None)
    assert outcome.usage == UsageSeen(Usage(seconds=Decimal(4), calls=1), {})
    request = gemini.poll(ENDPOINT, TASK)
    assert (request.method, str(request.url)) == ("GET", f"{GOOGLE}/v1beta/{OPERATION}")
    assert request.headers["x-goog-api-key"] == "k-1"
    assert gemini.cancel(ENDPOINT, TASK) is None


URI = f"{GOOGLE}/v1beta/files/abc:download?alt=media"


def ended(response: Any) -> dict[str, Any]:
    return {"name": OPERATION, "done": True, "response": response}


@pytest.mark.parametrize(
    ("body", "state"),
    [
        ({"name": OPERATION}, TaskState("running")),
        ({"name": OPERATION, "done": False, "metadata": {}}, TaskState("running")),
        pytest.param(
            ended({"generateVideoResponse": {"generatedSamples": [{"video": {"uri": URI}}]}}),
            TaskState("succeeded", 100, made=(Link(URI, keyed=True),)),
            id="wire.md 4",
        ),
        pytest.param(
            ended({"generatedVideos": [{"video": {"uri": URI}}]}),
            TaskState("succeeded", 100, made=(Link(URI, keyed=True),)),
            id="as python-genai names it",
        ),
        pytest.param(
            ended({"videos": [{"bytesBase64Encoded": PNG_TEXT, "mimeType": "video/mp4"}]}),
            TaskState("succeeded", 100, made=(Media(b"\x89PNG", "video/mp4"),)),
            id="as Vertex answers",
        ),
        (ended({"generateVideoResponse": {}}), TaskState("succeeded", 100)),
        (
            ended({"generateVideoResponse": {"raiMediaFilteredCount": 1, "raiMediaFilteredReasons": ["A real face."]}}),
            TaskState("failed", 100, said=Said(200, code="content_filter", message="A real face.")),
        ),
        pytest.param(
            ended({"generateVideoResponse": {"raiMediaFilteredCount": 1}}),
            TaskState("failed", 100, said=Said(200, code="content_filter")),
            id="held back without a reason: nothing more comes",
        ),
        (
            {"name": OPERATION, "done": True, "error": {"code": 13, "message": "Internal"}},
            TaskState("failed", 100, said=Said(200, code="13", message="Internal")),
        ),
    ],
)
def test_how_a_video_stands(body: Any, state: TaskState) -> None:
    assert gemini.read_poll(httpx.Response(200, json=body), TASK) == state


def test_an_operation_that_is_not_known_is_unknown() -> None:
    body = {"error": {"code": 404, "message": "Operation not found", "status": "NOT_FOUND"}}
    assert gemini.read_poll(httpx.Response(404, json=body), TASK).status == "unknown"


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(404, html="<html></html>"),
        httpx.Response(404, json={"error": {"message": "Invalid URL (GET /v1beta/x)"}}),
        httpx.Response(403, json={"error": {"code": 403, "message": "no", "status": "PERMISSION_DENIED"}}),
        httpx.Response(503, json={"name": OPERATION, "done": True}),
        httpx.Response(200, json={"error": {"message": "无效的令牌"}}),
        httpx.Response(200, json={}),
        httpx.Response(200, html="<html></html>"),
        httpx.Response(200),
    ],
)
def test_what_says_nothing_of_a_task_is_unreadable(response: httpx.Response) -> None:
    with pytest.raises(Unreadable):
        gemini.read_poll(response, TASK)


@pytest.mark.parametrize(
    ("link", "keyed"),
    [
        (Link(URI, keyed=True), True),
        (Link(URI), False),
        (Link("https://elsewhere.example/v1beta/files/abc", keyed=True), False),
        (Link(URI.replace("https:", "http:"), keyed=True), False),
    ],
)
def test_the_key_goes_only_where_it_belongs(link: Link, keyed: bool) -> None:
    request = gemini.fetch(ENDPOINT, link)
    assert (request.method, str(request.url)) == ("GET", link.url)
    assert ("x-goog-api-key" in request.headers) == keyed


# whatever comes


@settings(deadline=None)
@given(st.binary() | JSON.map(lambda body: json.dumps(body).encode()), st.sampled_from([200, 404, 502]))
def test_no_answer_breaks_the_readers(content: bytes, status: int) -> None:
    readers: list[Any] = [partial(gemini.read, request=one) for one in (IMAGE, IMAGEN, SPEECH, VECTOR, VIDEO)]
    for read in (*readers, lambda response: gemini.read_poll(response, TASK)):
        try:
            read(httpx.Response(status, content=content))
        except Unreadable as refused:
            refused.said.message.encode()
