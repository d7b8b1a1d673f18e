"""Midjourney as midjourney-proxy and the relays built on it speak it (wire.md 7).

Parameters of ours, which are not passed on as they are: `mode` (fast, turbo, relax), and for what works on an image
made before: `task_id` with `custom_id` (of one of its buttons) or with `index` (1 to 4, which of the four).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import quote

import httpx
from pydantic import Field

from lib.vocabulary import Capability, FollowUp, Operation, Usage
from lib.wire import (
    Endpoint,
    Json,
    Makes,
    Outcome,
    Request,
    Task,
    TaskState,
    Unfit,
    Unreadable,
    UsageSeen,
    refuse_others,
)
from lib.wire.addresses import Path, addresses
from lib.wire.answers import Answer, Objects, Words, data_uri, document, plain, said
from lib.wire.tasks import cancel, fetch, links, state_of, told, unknown

__all__ = ["MAKES", "build", "cancel", "fetch", "poll", "read", "read_poll", "said"]

Submission = tuple[str, Mapping[str, Json]]
"""What comes after `/submit/`, and the body."""

PREFIXES: Mapping[str, str] = {"": "/mj", "fast": "/mj-fast/mj", "turbo": "/mj-turbo/mj", "relax": "/mj-relax/mj"}
"""The path by mode (wire.md, GPTBest docs FAQ)."""
ACCEPTED = ("1", "21", "22")
"""Submitted, there already (or: waits in a window), queued: only these are billed."""
OURS = ("mode", "task_id", "index", "custom_id")
LEAST_BLENDED, MOST_BLENDED = 2, 5

PRESSES: Sequence[tuple[str, Operation]] = (
    ("MJ::JOB::upsample", "upscale"), ("MJ::JOB::variation", "variation"), ("MJ::JOB::low_variation", "variation"),
    ("MJ::JOB::high_variation", "variation"), ("MJ::Outpaint::", "zoom"),
)  # fmt: skip
"""How a button's id begins, and what it does (midjourney-proxy's public examples). Others, such as those that first
open a window, aren't offered."""

IMAGES: Sequence[Path] = (("imageUrl",),)
VIDEOS: Sequence[Path] = (("videoUrls",), ("videoUrls", "url"), ("videoUrl",))


def build(endpoint: Endpoint, request: Request) -> httpx.Request:
    """What would be sent. Raises `Unfit`."""
    refuse_others(MAKES, request, "midjourney")
    prefix = PREFIXES.get(plain(request.params.get("mode")).lower())
    if prefix is None:
        raise Unfit("needs_param", name="mode")
    path, decided = _SUBMISSIONS[request.capability, request.operation](request)
    passed = {name: value for name, value in request.params.items() if name not in OURS}
    url = f"{endpoint.base_url}{prefix}/submit/{path}"
    return httpx.Request("POST", url, headers=endpoint.bearer, json={**passed, **decided})


def read(response: httpx.Response, request: Request) -> Outcome:
    """The task that was accepted, of the kind that was asked for. Raises `Unreadable`: others' codes are faults."""
    body = document(response)
    task = plain(body.get("result"))
    if plain(body.get("code")) not in ACCEPTED or not task:
        raise Unreadable(said(response))
    kind = "video" if request.capability == "video" else request.operation
    return Outcome(finished=None, task=Task(task, kind))


def poll(endpoint: Endpoint, task: Task) -> httpx.Request:
    """Asks how a task stands."""
    url = f"{endpoint.base_url}/mj/task/{quote(task.id, safe='')}/fetch"
    return httpx.Request("GET", url, headers=endpoint.bearer)


def read_poll(response: httpx.Response, task: Task) -> TaskState:
    """How a task stands; raises `Unreadable`. The image of one that runs is a draft, and counts for nothing."""
    body = told(response)
    if body is None:
        return unknown(response)
    state = state_of(body)
    if state.status != "succeeded":
        return state
    if task.kind == "describe" or plain(body.get("action")) == "DESCRIBE":
        return replace(state, text=_described(body), usage=UsageSeen(Usage(calls=1), {}))
    return _with_made(state, body, VIDEOS if task.kind == "video" else IMAGES)


def _with_made(state: TaskState, body: Mapping[str, Any], paths: Sequence[Path]) -> TaskState:
    made = links(addresses(body, paths))
    images = len(made) if paths is IMAGES and made else None
    return replace(state, made=made, usage=UsageSeen(Usage(images=images, calls=1), {}), follow_ups=_follow_ups(body))


def _follow_ups(body: Mapping[str, Any]) -> tuple[FollowUp, ...]:
    """The buttons below a picture, of those that do one of our operations."""
    buttons = _Buttons.model_validate(body).buttons
    return tuple(
        FollowUp(operation, one.custom_id, one.label)
        for one in buttons
        for start, operation in PRESSES
        if one.custom_id.startswith(start)
    )


def _described(body: Mapping[str, Any]) -> str:
    """The prompts that describe an image; its address is the one given, nothing made."""
    properties = body.get("properties")
    final = plain(properties.get("finalPrompt")) if isinstance(properties, dict) else ""
    return final or plain(body.get("prompt")) or plain(body.get("promptEn"))


def _imagine(request: Request) -> Submission:
    niji: dict[str, Json] = {"botType": "NIJI_JOURNEY"} if request.model.startswith("niji") else {}
    body: dict[str, Json] = {**niji, **_given(request, "botType"), "prompt": request.prompt}
    return "imagine", {**body, **({"base64Array": _inputs(request)} if request.inputs else {})}


def _change(action: str) -> Callable[[Request], Submission]:
    def change(request: Request) -> Submission:
        if plain(request.params.get("custom_id")):
            return _press(request)
        index = plain(request.params.get("index"))
        if index not in ("1", "2", "3", "4"):
            raise Unfit("needs_param", name="index")
        return "change", {"taskId": _needed(request, "task_id"), "action": action, "index": int(index)}

    return change


def _press(request: Request) -> Submission:
    return "action", {"taskId": _needed(request, "task_id"), "customId": _needed(request, "custom_id")}


def _blend(request: Request) -> Submission:
    if len(request.inputs) < LEAST_BLENDED:
        raise Unfit("needs_input")
    return "blend", {"base64Array": _inputs(request, MOST_BLENDED)}


def _describe(request: Request) -> Submission:
    return "describe", {"base64": _only(request)}


def _video(request: Request) -> Submission:
    """A first frame brought to life. wire.md names the path only; the fields are midjourney-proxy's public ones."""
    motion = {"motion": "low", **_given(request, "motion")}
    return "video", {**motion, "prompt": request.prompt, "image": _only(request)}


def _given(request: Request, name: str) -> dict[str, Json]:
    return {name: request.params[name]} if name in request.params else {}


def _needed(request: Request, name: str) -> str:
    value = plain(request.params.get(name)).strip()
    if not value:
        raise Unfit("needs_param", name=name)
    return value


def _inputs(request: Request, most: int | None = None) -> list[Json]:
    if most is not None and len(request.inputs) > most:
        raise Unfit("too_many_inputs", most=str(most))
    return [data_uri(image) for image in request.inputs]


def _only(request: Request) -> Json:
    if not request.inputs:
        raise Unfit("needs_input")
    return _inputs(request, 1)[0]


class _Button(Answer):
    custom_id: Words = Field("", alias="customId")
    label: Words = ""


class _Buttons(Answer):
    buttons: Annotated[tuple[_Button, ...], Objects] = ()


_SUBMISSIONS: Mapping[tuple[Capability, Operation], Callable[[Request], Submission]] = {
    ("image", "generate"): _imagine,
    ("image_edit", "upscale"): _change("UPSCALE"),
    ("image_edit", "variation"): _change("VARIATION"),
    ("image_edit", "zoom"): _press,
    ("image_edit", "blend"): _blend,
    ("image_edit", "describe"): _describe,
    ("video", "generate"): _video,
}
MAKES: Makes = frozenset(_SUBMISSIONS)
