"""Stability's own API below /v2beta, and the balance in credits, of which a dollar buys 100 (wire.md 8)."""

import base64
import io
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from PIL import Image
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from demo import media
from demo.auth import admit
from demo.charge import Usage
from demo.deepl import left
from demo.faults import faults, slowed
from demo.intake import Form, check_channel, check_means, distribute, form_body, validated
from demo.keys import QUOTA_PER_USD
from demo.lines import path_of
from demo.pictures import checked
from demo.refusals import Refused
from demo.relay import relay_of
from demo.settlement import opened
from demo.tokens import split

SECONDS = 3.0
CREDITS_A_DOLLAR = 100
SIDES: Mapping[str, tuple[int, int]] = {
    "1:1": (1024, 1024), "16:9": (1344, 768), "9:16": (768, 1344), "3:2": (1216, 832), "2:3": (832, 1216),
    "5:4": (1152, 896), "4:5": (896, 1152), "21:9": (1536, 640), "9:21": (640, 1536),
}  # fmt: skip


class ImageRequest(BaseModel):
    """What is read of a request; all else is accepted and has no effect."""

    prompt: str = Field("", max_length=10_000)
    aspect_ratio: str = "1:1"
    seed: int = Field(0, ge=0, le=4_294_967_294)
    strength: float = Field(0.5, ge=0, le=1)
    output_format: Literal["png", "jpeg", "webp"] = "png"


Maker = Callable[[ImageRequest, list[bytes]], bytes]


@dataclass(frozen=True, slots=True)
class Service:
    """One path: its model (None: the request says), whether it needs words, how many pictures, and what it makes."""

    model: str | None
    worded: bool
    least_pictures: int
    make: Maker


def _generated(asked: ImageRequest, inputs: list[bytes]) -> bytes:
    return media.png(_words(asked), *SIDES[asked.aspect_ratio], of=inputs)


def _edited(asked: ImageRequest, inputs: list[bytes]) -> bytes:
    with Image.open(io.BytesIO(inputs[0])) as image:
        width, height = image.size
    return media.png(_words(asked), width, height, of=inputs)


def _cut_out(_: ImageRequest, inputs: list[bytes]) -> bytes:
    """The middle of a picture on nothing."""
    with Image.open(io.BytesIO(inputs[0])) as image:
        picture = image.convert("RGBA")
    mask = Image.radial_gradient("L").resize(picture.size).point(lambda value: 255 if value < 128 else 0)
    picture.putalpha(mask)
    return _saved(picture, "png")


def _enlarged(times: int) -> Maker:
    def enlarge(_: ImageRequest, inputs: list[bytes]) -> bytes:
        with Image.open(io.BytesIO(inputs[0])) as image:
            sides = (min(image.width * times, 4096), min(image.height * times, 4096))
            return _saved(image.convert("RGB").resize(sides, Image.Resampling.LANCZOS), "png")

    return enlarge


SERVICES: Mapping[str, Service] = {
    "generate/core": Service("stable-image-core", True, 0, _generated),
    "generate/ultra": Service("stable-image-ultra", True, 0, _generated),
    "generate/sd3": Service(None, True, 0, _generated),
    "edit/inpaint": Service("stable-image-inpaint", True, 1, _edited),
    "edit/erase": Service("stable-image-erase", False, 1, _edited),
    "edit/remove-background": Service("stable-image-remove-background", False, 1, _cut_out),
    "upscale/fast": Service("stable-image-upscale-fast", False, 1, _enlarged(4)),
    "upscale/conservative": Service("stable-image-upscale-conservative", True, 1, _enlarged(2)),
}
"""Path below /v2beta/stable-image → what it does."""
DEFAULT_SD3 = "sd3.5-large"


async def image(request: Request) -> Response:
    """POST /v2beta/stable-image/{kind}/{name}: the picture itself, or JSON where `Accept` asks for that."""
    key, relay = admit(request), relay_of(request)
    service = SERVICES[path_of(request.scope).removeprefix("/v2beta/stable-image/")]
    if "multipart/form-data" not in request.headers.get("content-type", ""):
        raise Refused("bad_field", reason="content-type: must be multipart/form-data")
    form = await form_body(request)
    model = distribute(key, service.model or form.fields.get("model", DEFAULT_SD3))
    with opened(request, key, model) as settlement:
        asked = validated(ImageRequest, form.fields)
        inputs = _checked(service, asked, form)
        check_channel(model, request.url.path, served=model.vendor == "Stability AI")
        usage = Usage(max(1, len(split(asked.prompt))), 0)
        check_means(key, settlement, usage)
        wrong = faults(asked.prompt)
        if "refuse" in wrong:
            raise Refused("sensitive")
        await relay.pause(slowed(SECONDS, asked.prompt))
        if "fail" in wrong:
            raise Refused("upstream_failed")
        made = await run_in_threadpool(service.make, asked, inputs)
    settlement.settle(usage)
    return _answer(request, asked, made, "CONTENT_FILTERED" if "refuse-late" in wrong else "SUCCESS")


async def balance(request: Request) -> Response:
    """GET /v1/user/balance: credits; also of a key that is used up."""
    return JSONResponse({"credits": left(admit(request, spent=True)) * CREDITS_A_DOLLAR / QUOTA_PER_USD})


async def account(request: Request) -> Response:
    """GET /v1/user/account: who owns the key."""
    key = admit(request, spent=True)
    email = f"{key.spec.account}@demo.invalid"
    return JSONResponse({"id": key.spec.account, "email": email, "organizations": [], "profile_picture": ""})


def _checked(service: Service, asked: ImageRequest, form: Form) -> list[bytes]:
    """The pictures that came; Refused where words or pictures are missing or wrong."""
    if service.worded and not asked.prompt:
        raise Refused("bad_field", reason="prompt: is required")
    if asked.aspect_ratio not in SIDES:
        raise Refused("bad_field", reason=f"aspect_ratio: {asked.aspect_ratio} is not supported")
    given = [data for data in form.all_files("image", "mask") if data]
    if len(given) < service.least_pictures:
        raise Refused("bad_field", reason="image: is required")
    return [checked(data) for data in given]


def _answer(request: Request, asked: ImageRequest, made: bytes, finish: str) -> Response:
    data, seed = _as(made, asked.output_format), asked.seed or zlib.crc32(made)
    told = {"finish-reason": finish, "seed": str(seed), "x-request-id": request.state.request_id}
    if "application/json" in request.headers.get("accept", ""):
        body = {"image": base64.b64encode(data).decode(), "finish_reason": finish, "seed": seed}
        return JSONResponse(body, headers={"x-request-id": request.state.request_id})
    return Response(data, media_type=f"image/{asked.output_format}", headers=told)


def _words(asked: ImageRequest) -> str:
    return f"{asked.prompt} {asked.seed or ''}".strip()


def _as(made: bytes, form: str) -> bytes:
    if form == "png":
        return made
    with Image.open(io.BytesIO(made)) as image:
        return _saved(image.convert("RGB"), form)


def _saved(image: Image.Image, form: str) -> bytes:
    file = io.BytesIO()
    image.save(file, form)
    return file.getvalue()
