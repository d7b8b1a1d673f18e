"""Gemini's own API: generateContent and its stream for text, pictures and speech, countTokens (wire.md 4).

What is of another kind (vectors, Imagen, Veo) is in `gemini_media.py`.
"""

import base64
import io
import json
import re
import wave
from array import array
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from demo import gemini_media, media
from demo.auth import admit
from demo.books import Key
from demo.catalogue import Model
from demo.charge import Usage
from demo.chat import ChatStream, Completion, Piece, begin, prompt_usage
from demo.faults import faults, slowed
from demo.gemini_asked import Asked, Generate, as_chat
from demo.intake import check_channel, check_means, distribute, json_body, validated
from demo.refusals import Refused
from demo.relay import relay_of
from demo.settlement import opened

FINISH = {"stop": "STOP", "length": "MAX_TOKENS"}
TOKENS_A_CHUNK = 8

SIDES: Mapping[str, tuple[int, int]] = {
    "1:1": (1024, 1024), "16:9": (1344, 768), "9:16": (768, 1344), "4:3": (1184, 864), "3:4": (864, 1184),
    "3:2": (1248, 832), "2:3": (832, 1248), "21:9": (1536, 672), "4:5": (896, 1152), "5:4": (1152, 896),
}  # fmt: skip
"""Pixels of an image by its aspect ratio at 1K (ai.google.dev, image generation)."""
TIMES = {"512": 1, "1K": 1, "2K": 2, "4K": 4}
IMAGE_TOKENS_OUT = 1290
IMAGE_SECONDS, SPEECH_SECONDS = 4.0, 1.5

AUDIO_RATE = 24_000
AUDIO_TYPE = f"audio/L16;codec=pcm;rate={AUDIO_RATE}"
AUDIO_TOKENS_A_SECOND = 25


@dataclass(frozen=True, slots=True)
class Made:
    """A picture or sound: its type and bytes, and what its tokens are counted as."""

    mime_type: str
    data: bytes
    modality: str
    tokens: int


async def call(request: Request) -> Response:
    """POST /v1beta/models/{model}:{method}, also below /v1, as Google and new-api have both."""
    name, _, method = request.path_params["call"].rpartition(":")
    key = admit(request)
    model = distribute(key, name)
    handler = METHODS.get(method)
    if handler is None:
        raise Refused("not_served", model=name, path=f":{method}", endpoints=", ".join(model.endpoints))
    return await handler(request, key, model)


async def generate(request: Request, key: Key, model: Model) -> Response:
    """A whole answer."""
    asked = validated(Generate, await json_body(request))
    if model.capability in MAKERS:
        return JSONResponse(await _made(request, key, model, asked))
    with opened(request, key, model) as settlement:
        chat = as_chat(model.name, asked)
        completion = begin(chat, relay_of(request), key, settlement)
    if verdict := _filtered(completion, asked):
        return JSONResponse(verdict)
    await completion.finish()
    parts = _parts(completion, completion.pieces)
    return JSONResponse(_chunk(completion, parts, FINISH[completion.finish_reason]))


async def stream(request: Request, key: Key, model: Model) -> Response:
    """The same in pieces: server-sent events with `?alt=sse`, else one JSON array that grows."""
    asked = validated(Generate, await json_body(request))
    sse = request.query_params.get("alt") == "sse"
    if model.capability in MAKERS:
        return _once(await _made(request, key, model, asked), sse=sse)
    with opened(request, key, model, is_stream=True) as settlement:
        chat = as_chat(model.name, asked)
        completion = begin(chat, relay_of(request), key, settlement)
    if verdict := _filtered(completion, asked):
        return _once(verdict, sse=sse)
    events = _events(completion) if sse else _array(_chunks(completion))
    return ChatStream(completion, events, media_type="text/event-stream" if sse else "application/json")


async def count(request: Request, key: Key, model: Model) -> Response:
    """How many tokens a request has; free. `generateContentRequest` may hold it."""
    body = await json_body(request)
    asked = validated(Generate, body.get("generateContentRequest", body))
    usage = prompt_usage(as_chat(model.name, asked), relay_of(request), key)
    details = [{"modality": "TEXT", "tokenCount": usage.prompt}]
    return JSONResponse({"totalTokens": usage.prompt, "promptTokensDetails": details})


Handler = Callable[[Request, Key, Model], Awaitable[Response]]
METHODS: Mapping[str, Handler] = {
    "generateContent": generate,
    "streamGenerateContent": stream,
    "countTokens": count,
    "embedContent": gemini_media.embed,
    "batchEmbedContents": gemini_media.embed_many,
    "predict": gemini_media.predict,
    "predictLongRunning": gemini_media.predict_later,
}


def _filtered(completion: Completion, asked: Generate) -> dict[str, Any] | None:
    """What stands in the answer's place where the prompt asks to be blocked, at once or after the fact."""
    verdict = blocked(asked.prompt())
    if verdict is None:
        return None
    completion.settle()
    return {**verdict, **_tail(completion.asked.model, completion.id, _usage(completion.usage()))}


def blocked(prompt: str, *, image: bool = False) -> dict[str, Any] | None:
    """A blocked prompt has no candidates, a blocked answer one without content; HTTP says 200 both times."""
    wrong = faults(prompt)
    if "fail" in wrong:
        raise Refused("upstream_failed")
    if "refuse" in wrong:
        return {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}
    if "refuse-late" in wrong:
        reason = "IMAGE_SAFETY" if image else "SAFETY"
        return {"candidates": [{"content": {"role": "model"}, "finishReason": reason, "index": 0}]}
    return None


def _parts(completion: Completion, pieces: list[Piece]) -> list[dict[str, Any]]:
    assert isinstance(completion.asked, Asked)
    thoughts = "".join(text for kind, text in pieces if kind != "content")
    words = "".join(text for kind, text in pieces if kind == "content")
    shown = [{"text": thoughts, "thought": True}] if thoughts and completion.asked.aloud else []
    return [*shown, *([{"text": words}] if words else [])]


def _chunk(completion: Completion, parts: list[dict[str, Any]], finish: str | None) -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"role": "model", "parts": parts}, "index": 0}
    if finish:
        candidate["finishReason"] = finish
    usage = _usage(completion.usage())
    return {"candidates": [candidate], **_tail(completion.asked.model, completion.id, usage)}


def _tail(model: str, id: str, usage: dict[str, Any]) -> dict[str, Any]:
    return {"usageMetadata": usage, "modelVersion": model, "responseId": id}


async def _chunks(completion: Completion) -> AsyncIterator[dict[str, Any]]:
    waiting: list[Piece] = []
    async for piece in completion.paced():
        waiting.append(piece)
        if len(waiting) < TOKENS_A_CHUNK:
            continue
        if parts := _parts(completion, waiting):
            yield _chunk(completion, parts, None)
        waiting = []
    completion.settle()
    yield _chunk(completion, _parts(completion, waiting), FINISH[completion.finish_reason])


async def _events(completion: Completion) -> AsyncIterator[str]:
    async for chunk in _chunks(completion):
        yield _event(chunk)


def _event(chunk: dict[str, Any]) -> str:
    return f"data: {json.dumps(chunk, ensure_ascii=False)}\r\n\r\n"


async def _array(chunks: AsyncIterator[dict[str, Any]]) -> AsyncIterator[str]:
    before = "["
    async for chunk in chunks:
        yield before + json.dumps(chunk, ensure_ascii=False)
        before = ",\r\n"
    yield "]"


def _once(chunk: dict[str, Any], *, sse: bool) -> Response:
    return Response(_event(chunk), media_type="text/event-stream") if sse else JSONResponse([chunk])


def _usage(usage: Usage, out: dict[str, int] | None = None) -> dict[str, Any]:
    """`usageMetadata`; `out`: what was made, tokens by modality, where it isn't text."""
    told = {
        "promptTokenCount": usage.prompt,
        "candidatesTokenCount": usage.completion - usage.reasoning,
        "totalTokenCount": usage.prompt + usage.completion,
        "promptTokensDetails": [{"modality": "TEXT", "tokenCount": usage.prompt}],
    }
    optional = {"thoughtsTokenCount": usage.reasoning, "cachedContentTokenCount": usage.cached}
    details = [{"modality": modality, "tokenCount": tokens} for modality, tokens in (out or {}).items()]
    return told | {name: n for name, n in optional.items() if n} | ({"candidatesTokensDetails": details} if out else {})


async def _made(request: Request, key: Key, model: Model, asked: Generate) -> dict[str, Any]:
    """The answer of a model that makes pictures or speech."""
    prompt, relay = asked.prompt(), relay_of(request)
    counted = prompt_usage(as_chat(model.name, asked), relay, key).prompt
    name = f"r{request.state.request_id}"
    with opened(request, key, model) as settlement:
        check_channel(model, request.url.path, served=model.vendor == "Google")
        check_means(key, settlement, Usage(counted, IMAGE_TOKENS_OUT))
        if verdict := blocked(prompt, image=model.capability == "image"):
            return {**verdict, **_tail(model.name, name, _usage(Usage(counted, 0)))}
        seconds, maker = MAKERS[model.capability]
        await relay.pause(slowed(seconds, prompt))
        made = await run_in_threadpool(maker, asked)
    usage = Usage(counted, made.tokens)
    settlement.settle(usage)
    data = base64.b64encode(made.data).decode()
    content = {"role": "model", "parts": [{"inlineData": {"mimeType": made.mime_type, "data": data}}]}
    candidate = {"content": content, "finishReason": "STOP", "index": 0}
    return {"candidates": [candidate], **_tail(model.name, name, _usage(usage, {made.modality: made.tokens}))}


def _picture(asked: Generate) -> Made:
    config = asked.generation_config.image_config
    ratio, size = config.aspect_ratio or "1:1", config.image_size or "1K"
    if ratio not in SIDES or size not in TIMES:
        raise Refused("bad_field", reason=f"imageConfig: aspectRatio {ratio} or imageSize {size} is not supported")
    width, height = (side * TIMES[size] for side in SIDES[ratio])
    try:
        data = media.png(asked.prompt(), width, height, of=asked.files())
    except OSError as error:
        raise Refused("bad_field", reason="Unable to process input image.") from error
    return Made("image/png", data, "IMAGE", IMAGE_TOKENS_OUT)


def _speech(asked: Generate) -> Made:
    spoken = re.sub(r"^say[^:：]*[:：]\s*", "", asked.prompt(), flags=re.IGNORECASE)
    pcm = _resampled(media.wav(spoken))
    return Made(AUDIO_TYPE, pcm, "AUDIO", max(1, len(pcm) // 2 * AUDIO_TOKENS_A_SECOND // AUDIO_RATE))


def _resampled(sound: bytes) -> bytes:
    """The samples of a WAV at Gemini's rate: raw, 16 bit, one channel."""
    with wave.open(io.BytesIO(sound)) as file:
        samples, rate = array("h", file.readframes(file.getnframes())), file.getframerate()
    length = len(samples) * AUDIO_RATE // rate
    return array("h", (samples[at * rate // AUDIO_RATE] for at in range(length))).tobytes()


MAKERS: Mapping[str, tuple[float, Callable[[Generate], Made]]] = {
    "image": (IMAGE_SECONDS, _picture),
    "speech": (SPEECH_SECONDS, _speech),
}
"""Capability → how long it takes, and what makes it."""
