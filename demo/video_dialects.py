"""The other ways in which relays take videos: new-api's generic task, the "unified" one and GPTBest's own.

Their films are the same jobs as those of `/v1/videos` (wire.md 2A, 2B, 2C).
"""

import secrets
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from demo.auth import admit
from demo.intake import Form, form_body, json_body
from demo.jobs import Sight, Status, look
from demo.keys import QUOTA_PER_USD
from demo.refusals import Refused
from demo.relay import relay_of
from demo.videos import KIND, film_address, submitted, told

UNIFIED: Mapping[Status, str] = MappingProxyType(
    {
        "NOT_START": "pending",
        "QUEUED": "queued",
        "IN_PROGRESS": "video_generating",
        "SUCCESS": "completed",
        "FAILURE": "video_generation_failed",
    }
)
UPSTREAM: Mapping[Status, str] = MappingProxyType(
    {
        "NOT_START": "queued",
        "QUEUED": "queued",
        "IN_PROGRESS": "processing",
        "SUCCESS": "succeeded",
        "FAILURE": "failed",
    }
)
"""Our states in the words of the unified dialect, and of the upstream that a generic task repeats in `data`."""


async def create_generic(request: Request) -> Response:
    """POST /v1/video/generations: only the task's id."""
    job, film = await submitted(request, await form_body(request), 4, by_second=True)
    return JSONResponse({"task_id": job.id}, headers=told(film))


async def query_generic(request: Request) -> Response:
    """GET /v1/video/generations/{id}: new-api's TaskDto."""
    sight = look(request, admit(request), request.path_params["id"], KIND)
    url = film_address(request, sight)
    upstream = {"task_id": sight.job.id, "status": UPSTREAM[sight.state.status], "url": url or "", "format": "mp4"}
    task = _task(sight) | {
        "platform": "sora",
        "quota": sight.job.quota,
        "properties": {"input": sight.job.prompt},
        "data": upstream,
    }
    return JSONResponse({"code": "success", "message": "", "data": task | ({"result_url": url} if url else {})})


async def create_unified(request: Request) -> Response:
    """POST /v1/video/create: an id that names the model, as relays make it."""
    body, now = await json_body(request), relay_of(request).clock()
    name = str(body.get("model")).replace("/", "-")
    id = f"{name}:{int(now)}-{secrets.token_hex(5)}"
    await submitted(request, Form(body, {}), 8, id)
    return JSONResponse({"id": id, "status": "pending", "status_update_time": int(now * 1000), "enhanced_prompt": ""})


async def query_unified(request: Request) -> Response:
    """GET /v1/video/query?id=: how it stands, with the film's address once there is one."""
    key, id = admit(request), request.query_params.get("id", "")
    if not id:
        raise Refused("bad_field", reason="field id is required")
    sight = look(request, key, id, KIND)
    document: dict[str, Any] = {
        "id": id,
        "status": UNIFIED[sight.state.status],
        "video_url": film_address(request, sight),
        "enhanced_prompt": sight.job.prompt,
        "status_update_time": int(relay_of(request).clock() * 1000),
        "progress": sight.state.percent,
    }
    return JSONResponse(document | ({"error": sight.state.reason} if sight.state.reason else {}))


async def create_gptbest(request: Request) -> Response:
    """POST /v2/videos/generations: GPTBest's own."""
    job, _ = await submitted(request, Form(await json_body(request), {}), 10)
    return JSONResponse({"task_id": job.id, "status": "NOT_START", "progress": "0%"})


async def query_gptbest(request: Request) -> Response:
    """GET /v2/videos/generations/{id}: the film's address is `data.output`."""
    sight = look(request, admit(request), request.path_params["id"], KIND)
    url = film_address(request, sight)
    more = {"platform": "sora", "data": {"output": url} if url else None, "cost": sight.job.quota / QUOTA_PER_USD}
    return JSONResponse(_task(sight) | more)


def _task(sight: Sight) -> dict[str, Any]:
    """What new-api and GPTBest tell of every task."""
    seen = sight.state
    return {
        "task_id": sight.job.id,
        "action": "generate",
        "status": seen.status,
        "fail_reason": seen.reason,
        "submit_time": int(sight.job.created_at),
        "start_time": int(seen.started_at or 0),
        "finish_time": int(seen.finished_at or 0),
        "progress": f"{seen.percent}%",
    }
