"""Videos as OpenAI and new-api give them: create, retrieve, content, delete, remix (wire.md 2A, 3)."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from demo.auth import admit
from demo.books import Job
from demo.charge import Usage
from demo.files import address, served
from demo.intake import Form, check_channel, check_means, distribute, form_body, json_body, validated
from demo.jobs import Sight, Status, begin, find, look, state
from demo.lines import path_of
from demo.pictures import pictures, sent
from demo.refusals import Refused
from demo.relay import relay_of
from demo.settlement import Settlement, opened
from demo.tokens import split

KIND = "video"
TASK_SECONDS = 30.0
"""How long a film takes to make, in the relay's time, however long it is."""

LARGE = frozenset({"1024x1792", "1792x1024"})
LARGE_RATIO = Decimal("1.666667")
"""What the large sizes of sora-2-pro cost (wire.md 2A)."""

LONGEST = 60
EXPIRES_AFTER = 24 * 3600

WORDS: Mapping[Status, str] = MappingProxyType(
    {
        "NOT_START": "queued",
        "QUEUED": "queued",
        "IN_PROGRESS": "in_progress",
        "SUCCESS": "completed",
        "FAILURE": "failed",
    }
)


class Prompted(BaseModel):
    """What a remix takes."""

    prompt: str = Field(min_length=1)


class VideoRequest(Prompted):
    """What the dialects share; every other parameter is accepted and has no effect."""

    model: str
    seconds: int | None = Field(None, ge=1, le=LONGEST)
    duration: int | None = Field(None, ge=1, le=LONGEST)
    size: str | None = None
    aspect_ratio: str | None = None

    def length(self, default: int) -> int:
        """How many seconds the film lasts."""
        return self.seconds or self.duration or default


@dataclass(frozen=True, slots=True)
class Film:
    """One film to make, whichever dialect asked for it.

    `by_second`: billed by its length and size, as new-api bills its own routes; other channels have a price for a call.
    """

    prompt: str
    seconds: int
    size: str
    inputs: Sequence[bytes] = ()
    by_second: bool = False

    @property
    def ratios(self) -> dict[str, Decimal]:
        """new-api's multipliers of the price."""
        return {"seconds": Decimal(self.seconds), "size": LARGE_RATIO if self.size in LARGE else Decimal(1)}

    def usage(self) -> Usage:
        """What it costs: the model's price, times seconds and size where these count."""
        times = self.ratios["seconds"] * self.ratios["size"] if self.by_second else Decimal(1)
        return Usage(max(1, len(split(self.prompt))), 0, times=times)


async def create(request: Request) -> Response:
    """POST /v1/videos: JSON or multipart; answers the video object."""
    job, film = await submitted(request, await form_body(request), 4, by_second=True)
    return JSONResponse(_video(request, Sight(job, state(job, job.created_at), ready=False)), headers=told(film))


async def retrieve(request: Request) -> Response:
    """GET /v1/videos/{id}: the video object, as far as it is."""
    sight = look(request, admit(request), request.path_params["id"], KIND)
    return JSONResponse(_video(request, sight))


async def content(request: Request) -> Response:
    """GET /v1/videos/{id}/content: the film, to the key's account only."""
    key = admit(request)
    try:
        job = find(request, key, request.path_params["id"], KIND)
    except Refused:
        return _fault("Task not found", 404)
    status = state(job, relay_of(request).clock()).status
    if status != "SUCCESS":
        return _fault(f"Task is not completed yet, current status: {status}", 400)
    return served(request, job, 0, "mp4")


async def delete(request: Request) -> Response:
    """DELETE /v1/videos/{id}, as OpenAI answers; what it cost stays charged."""
    job = find(request, admit(request), request.path_params["id"], KIND)
    relay_of(request).books.delete_job(job.id)
    return JSONResponse({"id": job.id, "object": "video.deleted", "deleted": True})


async def remix(request: Request) -> Response:
    """POST /v1/videos/{id}/remix: another film from a finished one, by its model, for its price."""
    key = admit(request)
    source = find(request, key, request.path_params["id"], KIND)
    body = await json_body(request)
    model, relay = distribute(key, source.model), relay_of(request)
    with opened(request, key, model) as settlement:
        asked = validated(Prompted, body)
        inputs = [source.prompt.encode(), *relay.books.job_inputs(source.id)]
        film = Film(asked.prompt, source.params["seconds"], source.params["size"], inputs, by_second=True)
        job = make(request, settlement, film, remixed_from=source.id)
    return JSONResponse(_video(request, Sight(job, state(job, job.created_at), ready=False)), headers=told(film))


async def submitted(
    request: Request, form: Form, seconds: int, id: str | None = None, *, by_second: bool = False
) -> tuple[Job, Film]:
    """The job that a request for a film begins, in any dialect; `seconds` where it doesn't say how long."""
    key = admit(request)
    model = distribute(key, form.fields.get("model"))
    with opened(request, key, model) as settlement:
        asked = validated(VideoRequest, form.fields)
        check_channel(model, path_of(request.scope), served=model.capability == "video")
        given: list[bytes | str] = [*form.all_files("input_reference", "image"), *_addresses(form.fields)]
        inputs = await pictures(request, given)
        film = Film(asked.prompt, asked.length(seconds), _size(asked), inputs, by_second)
        return make(request, settlement, film, id), film


def make(
    request: Request, settlement: Settlement, film: Film, id: str | None = None, remixed_from: str | None = None
) -> Job:
    """Charge a film and begin it; Refused where it can't be paid."""
    usage = film.usage()
    check_means(settlement.key, settlement, usage)
    return begin(
        request,
        settlement,
        usage,
        kind=KIND,
        prompt=film.prompt,
        params={"seconds": film.seconds, "size": film.size, "remixed_from": remixed_from},
        inputs=film.inputs,
        seconds=TASK_SECONDS,
        id=id,
    )


def film_address(request: Request, sight: Sight) -> str | None:
    """Where the film is, once that is told."""
    return address(request, sight.job, "mp4") if sight.ready else None


def told(film: Film) -> dict[str, str]:
    """new-api's header that tells the multipliers of the price."""
    return {"X-New-Api-Other-Ratios": json.dumps({name: float(ratio) for name, ratio in film.ratios.items()})}


def _addresses(fields: Mapping[str, Any]) -> list[str]:
    return [text for name in ("input_reference", "image", "images", "image_url") for text in sent(fields.get(name))]


def _size(asked: VideoRequest) -> str:
    if asked.size and re.fullmatch(r"\d{2,4}x\d{2,4}", asked.size):
        return asked.size
    return "1280x720" if asked.aspect_ratio == "16:9" else "720x1280"


def _video(request: Request, sight: Sight) -> dict[str, Any]:
    """OpenAI's video object, with what new-api adds. Sora's channel gives no address: its film is at /content."""
    job, seen = sight.job, sight.state
    url = None if job.model.startswith("sora") else film_address(request, sight)
    optional = {
        "completed_at": int(seen.finished_at) if seen.finished_at else None,
        "expires_at": int(seen.finished_at) + EXPIRES_AFTER if seen.status == "SUCCESS" and seen.finished_at else None,
        "remixed_from_video_id": job.params["remixed_from"],
        "error": {"message": seen.reason, "code": "generation_failed"} if seen.reason else None,
        "metadata": {"url": url} if url else None,
    }
    return {
        "id": job.id,
        "task_id": job.id,
        "object": "video",
        "model": job.model,
        "status": WORDS[seen.status],
        "progress": seen.percent,
        "created_at": int(job.created_at),
        "seconds": str(job.params["seconds"]),
        "size": job.params["size"],
        "prompt": job.prompt,
        **{name: value for name, value in optional.items() if value is not None},
    }


def _fault(message: str, status: int) -> Response:
    return JSONResponse({"error": {"message": message, "type": "invalid_request_error"}}, status)
