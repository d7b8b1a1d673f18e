"""Images as OpenAI and GPTBest give them: generations, edits, variations, and tasks (wire.md 1B, 3)."""

import base64
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from demo.auth import admit
from demo.books import Job
from demo.catalogue import Model
from demo.charge import Usage
from demo.faults import work
from demo.files import address, made
from demo.intake import Form, check_channel, check_means, distribute, form_body, validated
from demo.jobs import Sight, begin, look
from demo.lines import path_of
from demo.pictures import pictures, sent
from demo.refusals import Refused
from demo.relay import relay_of
from demo.settlement import Settlement, opened
from demo.tokens import split

KIND = "image"
SECONDS, TASK_SECONDS = 4.0, 12.0
"""How long an image takes, answered at once and as a task, in the relay's time."""

ALWAYS_BASE64 = re.compile(r"^gpt-.*image|^chatgpt-image")
"""gpt-image never gives addresses (wire.md 3)."""

VARIATION = "variation"
DEFAULT_MODELS: Mapping[str, str] = MappingProxyType({"/v1/images/variations": "dall-e-2"})

ASPECTS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        "1:1": (1024, 1024),
        "16:9": (1360, 768),
        "9:16": (768, 1360),
        "4:3": (1184, 880),
        "3:4": (880, 1184),
        "3:2": (1248, 832),
        "2:3": (832, 1248),
        "21:9": (1536, 640),
        "4:5": (912, 1152),
        "5:4": (1152, 912),
    }
)
"""Nano-banana's sizes (wire.md, addendum)."""

SCALES: Mapping[str, int] = MappingProxyType({"1K": 1, "2K": 2, "4K": 4})
LONGEST_SIDE = 4096

OUTPUT_TOKENS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {"low": (272, 408), "medium": (1056, 1584), "high": (4160, 6240)}
)
"""gpt-image's output tokens by quality, square and else (OpenAI's image guide); `auto` is taken as medium."""
GEMINI_TOKENS = 1290
INPUT_TOKENS = 323
"""What a Gemini image costs in tokens (ai.google.dev, pricing), and about what an input image costs gpt-image."""


class ImageRequest(BaseModel):
    """What the demo reads of an image request; every other parameter is accepted and has no effect."""

    model: str
    prompt: str = Field(min_length=1)
    n: int = Field(1, ge=1, le=10)
    size: str | None = None
    quality: str | None = None
    response_format: str | None = None
    aspect_ratio: str | None = None
    image_size: str | None = None

    def pixels(self) -> tuple[int, int]:
        """Width and height; Refused where they are none."""
        aspect = ASPECTS.get(self.aspect_ratio or "")
        if aspect is None:
            return _pixels(self.size)
        scale = SCALES.get(self.image_size or "1K", 1)
        return min(aspect[0] * scale, LONGEST_SIDE), min(aspect[1] * scale, LONGEST_SIDE)

    def usage(self, inputs: int) -> Usage:
        """What it uses: tokens, and `n` images where they are sold by the image."""
        images = INPUT_TOKENS * inputs
        prompt = max(1, len(split(self.prompt))) + images
        return Usage(prompt, self._output_tokens() * self.n, times=Decimal(self.n), images=images)

    def _output_tokens(self) -> int:
        if not ALWAYS_BASE64.search(self.model):
            return GEMINI_TOKENS
        width, height = self.pixels()
        return OUTPUT_TOKENS.get(self.quality or "", OUTPUT_TOKENS["medium"])[width != height]


async def generations(request: Request) -> Response:
    """POST /v1/images/generations: from words, or with `image` (nano-banana) from pictures too."""
    return await _images(request, ())


async def edits(request: Request) -> Response:
    """POST /v1/images/edits: multipart `image` or `image[]`, and `mask`."""
    return await _images(request, ("image", "mask"))


async def variations(request: Request) -> Response:
    """POST /v1/images/variations: multipart `image`, no prompt."""
    return await _images(request, ("image",), VARIATION)


async def image_task(request: Request) -> Response:
    """GET /v1/images/tasks/{id}: how an image asked for with `?async=true` stands (wire.md 1B)."""
    sight = look(request, admit(request), request.path_params["id"], KIND)
    return JSONResponse({"code": "success", "message": "", "data": _task(request, sight)})


def makes_images(model: Model) -> bool:
    """Whether the OpenAI image endpoints serve it; Midjourney has its own."""
    return model.capability in ("image", "image_edit") and model.vendor != "Midjourney"


async def _images(request: Request, needed: Sequence[str], prompt: str | None = None) -> Response:
    key, form = admit(request), await form_body(request)
    path = path_of(request.scope)
    model = distribute(key, form.fields.get("model") or DEFAULT_MODELS.get(path))
    with opened(request, key, model) as settlement:
        asked = validated(ImageRequest, {"prompt": prompt, **form.fields, "model": model.name})
        check_channel(model, path, served=makes_images(model))
        inputs = await pictures(request, _given(form, needed))
        usage = asked.usage(len(inputs))
        check_means(key, settlement, usage)
        later = request.query_params.get("async") == "true"
        if not later:
            await work(relay_of(request), asked.prompt, SECONDS)
        job = begin_picture(request, settlement, asked, inputs, TASK_SECONDS if later else 0)
    if later:
        return JSONResponse({"code": "success", "message": "", "data": job.id})
    return JSONResponse(_answer(request, job))


def begin_picture(
    request: Request, settlement: Settlement, asked: ImageRequest, inputs: Sequence[bytes], seconds: float = 0
) -> Job:
    """Charge the pictures and keep their job; without `seconds` it is done."""
    return begin(
        request,
        settlement,
        asked.usage(len(inputs)),
        kind=KIND,
        prompt=asked.prompt,
        params=_params(asked, len(inputs)),
        inputs=inputs,
        seconds=seconds,
    )


def _given(form: Form, needed: Sequence[str]) -> list[bytes | str]:
    files = form.all_files(*needed) if needed else form.all_files("image")
    given: list[bytes | str] = [*files, *sent(form.fields.get("image")), *sent(form.fields.get("images"))]
    if "image" in needed and not given:
        raise Refused("bad_field", reason="field image is required")
    return given


def _params(asked: ImageRequest, inputs: int) -> dict[str, Any]:
    width, height = asked.pixels()
    encoded = bool(ALWAYS_BASE64.search(asked.model)) or asked.response_format == "b64_json"
    usage = asked.usage(inputs)
    return {
        "n": asked.n,
        "width": width,
        "height": height,
        "encoded": encoded,
        "quality": asked.quality or "medium",
        "tokens": [usage.prompt, usage.completion, INPUT_TOKENS * inputs],
    }


def _pixels(size: str | None) -> tuple[int, int]:
    if size in (None, "", "auto"):
        return ASPECTS["1:1"]
    match = re.fullmatch(r"(\d{1,4})[xX*](\d{1,4})", size or "")
    sides = (int(match[1]), int(match[2])) if match else (0, 0)
    if not all(16 <= side <= LONGEST_SIDE for side in sides):
        raise Refused("bad_field", reason=f"invalid size: {size}")
    return sides


def _answer(request: Request, job: Job) -> dict[str, Any]:
    """OpenAI's answer, with what gpt-image adds."""
    data = [_image(request, job, number) for number in range(job.params["n"])]
    document: dict[str, Any] = {"created": int(job.created_at), "data": data}
    return document | _gpt_image(job) if ALWAYS_BASE64.search(job.model) else document


def _image(request: Request, job: Job, number: int) -> dict[str, str]:
    revised = {"revised_prompt": job.prompt} if job.model == "dall-e-3" else {}
    if not job.params["encoded"]:
        return {"url": address(request, job, "png", number), **revised}
    picture = made(relay_of(request).books, job, number, "png")
    return {"b64_json": base64.b64encode(picture).decode(), **revised}


def _gpt_image(job: Job) -> dict[str, Any]:
    prompt, completion, pictured = job.params["tokens"]
    return {
        "background": "opaque",
        "output_format": "png",
        "quality": job.params["quality"],
        "size": f"{job.params['width']}x{job.params['height']}",
        "usage": {
            "input_tokens": prompt,
            "output_tokens": completion,
            "total_tokens": prompt + completion,
            "input_tokens_details": {"text_tokens": prompt - pictured, "image_tokens": pictured},
        },
    }


def _task(request: Request, sight: Sight) -> dict[str, Any]:
    result = _answer(request, sight.job) if sight.ready else None
    return {
        "task_id": sight.job.id,
        "status": sight.state.status,
        "progress": f"{sight.state.percent}%",
        "fail_reason": sight.state.reason,
        "submit_time": int(sight.job.created_at),
        "start_time": int(sight.state.started_at or 0),
        "finish_time": int(sight.state.finished_at or 0),
        "data": result,
    }
