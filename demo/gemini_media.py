"""The rest of Google's API: vectors, Imagen's predict, and Veo's operations with their files (wire.md 4)."""

import base64
from decimal import Decimal
from typing import Any, Literal

from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from demo import jobs, media
from demo.auth import admit
from demo.books import Key
from demo.catalogue import Model
from demo.charge import Usage
from demo.faults import faults, slowed
from demo.files import file_of
from demo.gemini_asked import Embed, EmbedMany, Inline, Read
from demo.intake import check_channel, check_means, json_body, validated
from demo.refusals import Refused
from demo.relay import relay_of
from demo.settlement import opened
from demo.tokens import split

KIND = "gemini"
DIMENSIONS = 3072
IMAGEN_SIDES = {"1:1": (1024, 1024), "3:4": (896, 1280), "4:3": (1280, 896), "9:16": (768, 1408), "16:9": (1408, 768)}
IMAGEN_SECONDS, VEO_SECONDS_A_SECOND = 4.0, 5.0
RAI_WORDS = "Your request was filtered because it may violate Google's Responsible AI practices."


class Bytes(Read):
    """A file as Vertex and Veo write it."""

    bytes_base64_encoded: str
    mime_type: str = ""


class Instance(Read):
    """What a picture or film is to be made of."""

    prompt: str = ""
    image: Bytes | None = None


class Parameters(Read):
    """How; all else is accepted unread."""

    sample_count: int = Field(1, ge=1, le=4)
    aspect_ratio: str | None = None
    duration_seconds: int = Field(8, ge=4, le=8)
    resolution: Literal["720p", "1080p", "4k"] = "720p"


class Predict(Read):
    """The body of predict and predictLongRunning."""

    instances: list[Instance] = Field(min_length=1, max_length=1)
    parameters: Parameters = Parameters()


async def embed(request: Request, key: Key, model: Model) -> Response:
    """embedContent: one vector."""
    asked = validated(Embed, await json_body(request))
    return JSONResponse({"embedding": _vectors(request, key, model, [asked])[0]})


async def embed_many(request: Request, key: Key, model: Model) -> Response:
    """batchEmbedContents: several."""
    asked = validated(EmbedMany, await json_body(request))
    return JSONResponse({"embeddings": _vectors(request, key, model, asked.requests)})


async def predict(request: Request, key: Key, model: Model) -> Response:
    """Imagen's pictures, each charged."""
    asked = validated(Predict, await json_body(request))
    prompt, how, relay = asked.instances[0].prompt, asked.parameters, relay_of(request)
    usage = Usage(max(1, len(split(prompt))), 0, times=Decimal(how.sample_count))
    with opened(request, key, model) as settlement:
        check_channel(model, request.url.path, served=model.name.startswith("imagen"))
        check_means(key, settlement, usage)
        if "fail" in faults(prompt):
            raise Refused("upstream_failed")
        if faults(prompt) & {"refuse", "refuse-late"}:
            return JSONResponse({"predictions": [{"raiFilteredReason": RAI_WORDS}]})
        width, height = _sides(how.aspect_ratio)
        await relay.pause(slowed(IMAGEN_SECONDS, prompt))
        words = [prompt if number == 0 else f"{prompt} #{number + 1}" for number in range(how.sample_count)]
        pictures = [await run_in_threadpool(media.png, text, width, height) for text in words]
    settlement.settle(usage)
    told = [{"mimeType": "image/png", "bytesBase64Encoded": base64.b64encode(data).decode()} for data in pictures]
    return JSONResponse({"predictions": told})


async def predict_later(request: Request, key: Key, model: Model) -> Response:
    """Veo's film: an operation to ask after."""
    asked = validated(Predict, await json_body(request))
    what, how = asked.instances[0], asked.parameters
    usage = Usage(max(1, len(split(what.prompt))), 0, times=Decimal(how.duration_seconds))
    with opened(request, key, model) as settlement:
        check_channel(model, request.url.path, served=model.name.startswith("veo"))
        check_means(key, settlement, usage)
        job = jobs.begin(
            request,
            settlement,
            usage,
            kind=KIND,
            prompt=what.prompt,
            params={"seconds": how.duration_seconds},
            inputs=[_content(what.image)] if what.image else [],
            seconds=how.duration_seconds * VEO_SECONDS_A_SECOND,
        )
    return JSONResponse({"name": f"models/{model.name}/operations/{job.id}"})


async def operation(request: Request) -> Response:
    """GET /v1beta/models/{model}/operations/{id}: `done` only once it is."""
    model, id = request.path_params["model"], request.path_params["id"]
    seen = jobs.look(request, admit(request), id, KIND)
    told: dict[str, Any] = {"name": f"models/{model}/operations/{id}"}
    if seen.state.status == "FAILURE":
        return JSONResponse({**told, "done": True, **_failure(seen)})
    if not seen.ready:
        return JSONResponse(told)
    uri = f"{str(request.base_url).rstrip('/')}/v1beta/files/{id}:download?alt=media"
    return JSONResponse({**told, "done": True, **_response({"generatedSamples": [{"video": {"uri": uri}}]})})


async def download(request: Request) -> Response:
    """GET /v1beta/files/{id}:download: the film; it needs the key."""
    admit(request)
    return file_of(request, request.path_params["id"], 0, "mp4")


def _vectors(request: Request, key: Key, model: Model, asked: list[Embed]) -> list[dict[str, Any]]:
    texts = [one.content.text() for one in asked]
    usage = Usage(max(1, sum(len(split(text)) for text in texts)), 0)
    with opened(request, key, model) as settlement:
        check_channel(model, request.url.path, served=model.capability == "embedding")
        check_means(key, settlement, usage)
    settlement.settle(usage)
    sizes = [one.output_dimensionality or DIMENSIONS for one in asked]
    return [{"values": media.vector(text, size)} for text, size in zip(texts, sizes, strict=True)]


def _sides(ratio: str | None) -> tuple[int, int]:
    if (ratio or "1:1") not in IMAGEN_SIDES:
        raise Refused("bad_field", reason=f"parameters.aspectRatio: {ratio} is not supported")
    return IMAGEN_SIDES[ratio or "1:1"]


def _content(image: Bytes) -> bytes:
    return Inline(mime_type=image.mime_type, data=image.bytes_base64_encoded).content()


def _failure(seen: jobs.Sight) -> dict[str, Any]:
    if "refuse-late" in faults(seen.job.prompt):
        return _response({"raiMediaFilteredCount": 1, "raiMediaFilteredReasons": [RAI_WORDS]})
    return {"error": {"code": 13, "message": seen.state.reason}}


def _response(generated: dict[str, Any]) -> dict[str, Any]:
    kind = "type.googleapis.com/google.ai.generativelanguage.v1beta.PredictLongRunningResponse"
    return {"response": {"@type": kind, "generateVideoResponse": generated}}
