"""OpenAI's Videos API, as relays still serve it in one-api's and new-api's forms (wire.md 2A, 2E).

A finished film is fetched from the API itself, with the key, unless the server tells another address of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import httpx

from lib.vocabulary import Usage
from lib.wire import Endpoint, Json, Link, Makes, Outcome, Request, Task, TaskState, Unfit, UsageSeen, refuse_others
from lib.wire.addresses import addresses
from lib.wire.answers import Amount, Answer, document, plain, said
from lib.wire.forms import form, part
from lib.wire.openai.tokens import raw_usage, tokens
from lib.wire.tasks import VIDEO, billed, fetch, links, state_of, task_id, told, unknown

__all__ = ["MAKES", "build", "cancel", "fetch", "poll", "read", "read_poll", "said"]

MAKES: Makes = frozenset({("video", "generate")})

PATH = "/v1/videos"
REFERENCE = "input_reference"
SHORTEST = "4"
"""Seconds; a string, as OpenAI has it."""


def build(endpoint: Endpoint, request: Request) -> httpx.Request:
    """JSON, or a form with the image that the film is to start from. Raises `Unfit`."""
    refuse_others(MAKES, request, "openai_video")
    if len(request.inputs) > 1:
        raise Unfit("too_many_inputs", most="1")
    fields = _fields(request)
    if request.inputs:
        fields.pop(REFERENCE, None)
        return form(endpoint, PATH, fields, [part(REFERENCE, request.inputs[0])])
    return httpx.Request("POST", endpoint.at(PATH), headers=endpoint.bearer, json=fields)


def read(response: httpx.Response, _request: Request) -> Outcome:
    """The task that was accepted, and the seconds it is billed for where they are told. Raises `Unreadable`."""
    accepted, body = Task(task_id(response)), document(response)
    seen = billed(response) or UsageSeen(Usage(calls=1), {})
    seconds = _Seconds.model_validate(body).seconds or seen.usage.seconds
    usage = UsageSeen(replace(seen.usage, seconds=seconds), {**_length(body), **seen.raw})
    return Outcome(finished=None, task=accepted, usage=usage)


def poll(endpoint: Endpoint, task: Task) -> httpx.Request:
    """Asks how a task stands."""
    return httpx.Request("GET", endpoint.at(_path(task)), headers=endpoint.bearer)


def read_poll(response: httpx.Response, task: Task) -> TaskState:
    """How it stands; raises `Unreadable`. A film whose address isn't told is fetched as the task's `/content`."""
    body = told(response)
    if body is None:
        return unknown(response)
    state = state_of(body)
    if state.status != "succeeded":
        return state
    made = links(addresses(body, VIDEO)) or (Link(f"{_path(task)}/content", keyed=True),)
    return replace(state, made=made, usage=_usage(body))


def cancel(endpoint: Endpoint, task: Task) -> httpx.Request:
    """Deletes it (openai-python, resources/videos); new-api has no such way and answers 404."""
    return httpx.Request("DELETE", endpoint.at(_path(task)), headers=endpoint.bearer)


def _fields(request: Request) -> dict[str, Json]:
    """What is said either way. new-api takes `duration` for `seconds`, so only one of them goes."""
    params = dict(request.params)
    if "duration" not in params:
        params["seconds"] = plain(params.get("seconds")) or SHORTEST
    return {**params, "model": request.model, "prompt": request.prompt}


def _path(task: Task) -> str:
    return f"{PATH}/{quote(task.id, safe='')}"


def _usage(body: Mapping[str, Any]) -> UsageSeen | None:
    """What a finished task tells of its use; None for nothing, so that what was told at first holds."""
    seconds, raw = _Seconds.model_validate(body).seconds, raw_usage(body)
    if seconds is None and not raw:
        return None
    return UsageSeen(replace(tokens(raw), seconds=seconds), {**_length(body), **raw})


def _length(body: Mapping[str, Any]) -> dict[str, Json]:
    return {name: body[name] for name in ("seconds", "size") if plain(body.get(name))}


class _Seconds(Answer):
    seconds: Amount = None
