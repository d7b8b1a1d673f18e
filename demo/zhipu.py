"""Zhipu's own API below /api/paas/v4: conversation, pictures, vectors, and films that are asked after (wire.md 6)."""

import json
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from demo import jobs, media
from demo.auth import admit
from demo.charge import Usage
from demo.chat import ChatRequest, ChatStream, Completion, begin
from demo.faults import faults, work
from demo.files import address
from demo.intake import check_channel, check_means, distribute, json_body, validated
from demo.pictures import pictures, sent
from demo.refusals import Refused
from demo.relay import relay_of
from demo.settlement import opened
from demo.tokens import split

KIND = "zhipu"
IMAGE_SECONDS, VIDEO_SECONDS_A_SECOND = 3.0, 4.0
DIMENSIONS = {"embedding-2": 1024}
DEFAULT_DIMENSIONS = 2048
STATUS = {"SUCCESS": "SUCCESS", "FAILURE": "FAIL"}
LEAST_SIDE, MOST_SIDE = 512, 2048


class Thinking(BaseModel):
    """Whether the model thinks first."""

    type: Literal["enabled", "disabled"] = "enabled"


class GlmRequest(ChatRequest):
    """Chat with GLM's own parameters; Zhipu's temperature ends at 1."""

    temperature: float | None = Field(None, ge=0, le=1)
    thinking: Thinking | None = None

    def thinks(self) -> bool:
        """Where it is asked to, or where the model always does."""
        return self.thinking.type == "enabled" if self.thinking else super().thinks()


class ImageRequest(BaseModel):
    """A picture."""

    prompt: str = Field(min_length=1)
    size: str = "1024x1024"


class EmbeddingRequest(BaseModel):
    """Texts to be made vectors."""

    input: str | list[str] = Field(min_length=1)
    dimensions: int | None = Field(None, ge=1, le=DEFAULT_DIMENSIONS)


class VideoRequest(BaseModel):
    """A film."""

    prompt: str = Field("", max_length=512)
    image_url: str | list[str] | None = None
    size: str = "1280x720"
    duration: Literal[5, 10] = 5
    request_id: str | None = None


async def chat(request: Request) -> Response:
    """POST /chat/completions: OpenAI's shape with a request id; the stream's last chunk has the usage."""
    key, body = admit(request), await json_body(request)
    model = distribute(key, body.get("model"))
    with opened(request, key, model, is_stream=body.get("stream") is True) as settlement:
        asked = validated(GlmRequest, body)
        completion = begin(asked, relay_of(request), key, settlement)
        if "refuse" in faults(asked.last_words("user")):
            raise Refused("sensitive")
    head = completion.head | {"id": request.state.request_id, "request_id": body.get("request_id") or completion.id}
    if asked.stream:
        return ChatStream(completion, _events(completion, head))
    await completion.finish()
    thoughts = completion.text("reasoning_content")
    message = {"role": "assistant", "content": completion.text("content")}
    message |= {"reasoning_content": thoughts} if thoughts else {}
    choice = {"index": 0, "finish_reason": completion.finish_reason, "message": message}
    return JSONResponse({**head, "choices": [choice], "usage": _usage(completion.usage())})


async def images(request: Request) -> Response:
    """POST /images/generations: an address."""
    key, body = admit(request), await json_body(request)
    model = distribute(key, body.get("model"))
    with opened(request, key, model) as settlement:
        asked = validated(ImageRequest, body)
        check_channel(model, request.url.path, served=model.capability == "image")
        usage = Usage(max(1, len(split(asked.prompt))), 0)
        check_means(key, settlement, usage)
        width, height = _pixels(asked.size)
        await work(relay_of(request), asked.prompt, IMAGE_SECONDS)
        params = {"width": width, "height": height}
        job = jobs.begin(request, settlement, usage, kind=KIND, prompt=asked.prompt, params=params, seconds=0)
    filter_ = [{"role": "assistant", "level": 3}]
    data = [{"url": address(request, job, "png")}]
    return JSONResponse({"created": int(job.created_at), "data": data, "content_filter": filter_})


async def embeddings(request: Request) -> Response:
    """POST /embeddings."""
    key, body = admit(request), await json_body(request)
    model = distribute(key, body.get("model"))
    with opened(request, key, model) as settlement:
        asked = validated(EmbeddingRequest, body)
        check_channel(model, request.url.path, served=model.capability == "embedding")
        texts = [asked.input] if isinstance(asked.input, str) else asked.input
        usage = Usage(max(1, sum(len(split(text)) for text in texts)), 0)
        check_means(key, settlement, usage)
    settlement.settle(usage)
    size = asked.dimensions or DIMENSIONS.get(model.name, DEFAULT_DIMENSIONS)
    vectors = [media.vector(text, size) for text in texts]
    data = [{"index": at, "object": "embedding", "embedding": vector} for at, vector in enumerate(vectors)]
    return JSONResponse({"model": model.name, "data": data, "object": "list", "usage": _usage(usage)})


async def videos(request: Request) -> Response:
    """POST /videos/generations: an id to ask after."""
    key, body = admit(request), await json_body(request)
    model = distribute(key, body.get("model"))
    with opened(request, key, model) as settlement:
        asked = validated(VideoRequest, body)
        check_channel(model, request.url.path, served=model.capability == "video")
        if not asked.prompt and not asked.image_url:
            raise Refused("bad_field", reason="prompt和image_url不能同时为空")
        usage = Usage(max(1, len(split(asked.prompt))), 0, times=Decimal(asked.duration))
        check_means(key, settlement, usage)
        job = jobs.begin(
            request,
            settlement,
            usage,
            kind=KIND,
            prompt=asked.prompt,
            params={"seconds": asked.duration, "request_id": asked.request_id or request.state.request_id},
            inputs=await pictures(request, sent(asked.image_url)),
            seconds=asked.duration * VIDEO_SECONDS_A_SECOND,
        )
    return JSONResponse(_task(job.id, job.params["request_id"], model.name, "PROCESSING"))


async def result(request: Request) -> Response:
    """GET /async-result/{id}: how a film stands."""
    seen = jobs.look(request, admit(request), request.path_params["id"], KIND)
    status = STATUS.get(seen.state.status, "PROCESSING")
    told = _task(seen.job.id, seen.job.params.get("request_id", ""), seen.job.model, status)
    if status == "FAIL":
        return JSONResponse(told | {"error": {"code": "1234", "message": seen.state.reason}})
    if not seen.ready:
        return JSONResponse(told | {"task_status": "PROCESSING"})
    film = {"url": address(request, seen.job, "mp4"), "cover_image_url": address(request, seen.job, "png")}
    return JSONResponse(told | {"video_result": [film]})


def _task(id: str, request_id: str, model: str, status: str) -> dict[str, Any]:
    return {"id": id, "request_id": request_id, "model": model, "task_status": status}


async def _events(completion: Completion, head: dict[str, Any]) -> AsyncIterator[str]:
    async for kind, text in completion.paced():
        choice = {"index": 0, "delta": {"role": "assistant", kind: text}}
        yield _data(head | {"choices": [choice]})
    completion.settle()
    last = {"index": 0, "finish_reason": completion.finish_reason, "delta": {"role": "assistant", "content": ""}}
    yield _data(head | {"choices": [last], "usage": _usage(completion.usage())})
    yield "data: [DONE]\n\n"


def _data(document: dict[str, Any]) -> str:
    return f"data: {json.dumps(document, ensure_ascii=False)}\n\n"


def _usage(usage: Usage) -> dict[str, Any]:
    return {
        "prompt_tokens": usage.prompt,
        "completion_tokens": usage.completion,
        "total_tokens": usage.prompt + usage.completion,
        "prompt_tokens_details": {"cached_tokens": usage.cached},
    }


def _pixels(size: str) -> tuple[int, int]:
    sides = size.split("x")
    if len(sides) != 2 or not all(side.isdecimal() and LEAST_SIDE <= int(side) <= MOST_SIDE for side in sides):
        raise Refused("bad_field", reason="size 参数非法")
    return int(sides[0]), int(sides[1])
