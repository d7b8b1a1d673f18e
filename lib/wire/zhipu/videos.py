"""Zhipu's videos, of CogVideoX and Vidu: accepted at once, made later (wire.md 6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import quote

import httpx

from lib.wire import (
    Endpoint,
    Json,
    Link,
    Makes,
    Outcome,
    Request,
    Said,
    Task,
    TaskState,
    TaskStatus,
    Unfit,
    Unreadable,
)
from lib.wire.answers import Answer, Objects, Words, data_uri, document, fault, parsed, said
from lib.wire.zhipu.address import root

MAKES: Makes = frozenset({("video", "generate")})

MOST_INPUTS = 2
"""A first frame, or a first and a last."""
NO_SUCH_TASK = "任务不存在"
STATES: Mapping[str, TaskStatus] = {"PROCESSING": "running", "SUCCESS": "succeeded", "FAIL": "failed"}


def build(endpoint: Endpoint, request: Request) -> httpx.Request:
    """The video that would be asked for, by words, by frames or both. Raises `Unfit`."""
    if len(request.inputs) > MOST_INPUTS:
        raise Unfit("too_many_inputs", most=str(MOST_INPUTS))
    body: dict[str, Json] = {**request.params, "model": request.model}
    if request.prompt:
        body["prompt"] = request.prompt
    if request.inputs:
        body["image_url"] = _frames(request)
    return httpx.Request("POST", f"{root(endpoint)}/videos/generations", headers=endpoint.bearer, json=body)


def read(response: httpx.Response, _request: Request) -> Outcome:
    """The task that will make it; raises `Unreadable`."""
    told = _Task.model_validate(document(response))
    if not told.id or STATES.get(told.task_status) == "failed":
        raise Unreadable(said(response))
    return Outcome(finished=None, task=Task(told.id))


def poll(endpoint: Endpoint, task: Task) -> httpx.Request:
    """Asks how a task stands."""
    return httpx.Request("GET", f"{root(endpoint)}/async-result/{quote(task.id, safe='')}", headers=endpoint.bearer)


def read_poll(response: httpx.Response, _task: Task) -> TaskState:
    """How it stands; raises `Unreadable` where the answer says nothing of it.

    No source names the answer for an id that isn't known: a 404 with one of Zhipu's own codes is taken for it, and
    words that say so.
    """
    body = _body(response)
    told = _Task.model_validate(body)
    status = STATES.get(told.task_status)
    if status is None:
        return _not_told(response)
    if status == "failed":
        return TaskState("failed", words=told.task_status, said=fault(body) or Said(200, message=told.task_status))
    made = tuple(Link(one.url) for one in told.video_result if one.url)
    return TaskState(status, words=told.task_status, made=made)


def fetch(_endpoint: Endpoint, link: Link) -> httpx.Request:
    """Fetches a video; its address needs no key."""
    return httpx.Request("GET", link.url)


def cancel(_endpoint: Endpoint, _task: Task) -> httpx.Request | None:
    """None: a task can't be stopped."""
    return None


def _frames(request: Request) -> Json:
    frames = [data_uri(frame) for frame in request.inputs]
    return frames[0] if len(frames) == 1 else frames


def _body(response: httpx.Response) -> Mapping[str, Any]:
    """The object of a good answer, which may tell an error beside the state of a task that failed."""
    try:
        body = parsed(response.content)
    except ValueError:
        raise Unreadable(said(response)) from None
    return body if response.is_success and isinstance(body, dict) else {}


def _not_told(response: httpx.Response) -> TaskState:
    told = said(response)
    if told.code and (response.status_code == httpx.codes.NOT_FOUND or NO_SUCH_TASK in told.message):
        return TaskState("unknown", said=told)
    raise Unreadable(told)


class _Video(Answer):
    url: Words = ""


class _Task(Answer):
    id: Words = ""
    task_status: Words = ""
    video_result: Annotated[tuple[_Video, ...], Objects] = ()
