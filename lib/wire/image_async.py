"""OpenAI's images made later, as relays of GPTBest's kind offer it (wire.md 1B, 2C addendum)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import httpx

from lib.wire import Endpoint, Makes, Outcome, Request, Task, TaskState, UsageSeen, refuse_others
from lib.wire.answers import document, said
from lib.wire.openai import images
from lib.wire.openai.images import image_tokens
from lib.wire.openai.tokens import raw_usage
from lib.wire.tasks import cancel, fetch, state_of, task_id, told, unknown

__all__ = ["MAKES", "build", "cancel", "fetch", "poll", "read", "read_poll", "said"]

MAKES: Makes = frozenset({("image", "generate"), ("image_edit", "edit"), ("image_edit", "inpaint")})

TASKS = "/v1/images/tasks"


def build(endpoint: Endpoint, request: Request) -> httpx.Request:
    """OpenAI's request, asked to be answered later. Raises `Unfit`."""
    refuse_others(MAKES, request, "image_async")
    asked = images.build(endpoint, request)
    asked.url = asked.url.copy_merge_params({"async": "true"})
    return asked


def read(response: httpx.Response, request: Request) -> Outcome:
    """The task that was accepted; the images at once from a server that knows no `async`. Raises `Unreadable`."""
    if isinstance(document(response).get("data"), list):
        return images.read(response, request)
    return Outcome(finished=None, task=Task(task_id(response)))


def poll(endpoint: Endpoint, task: Task) -> httpx.Request:
    """Asks how a task stands."""
    return httpx.Request("GET", f"{endpoint.base_url}{TASKS}/{quote(task.id, safe='')}", headers=endpoint.bearer)


def read_poll(response: httpx.Response, _task: Task) -> TaskState:
    """How it stands; raises `Unreadable`."""
    body = told(response)
    if body is None:
        return unknown(response)
    state = state_of(body)
    return _finished(state, body) if state.status == "succeeded" else state


def _finished(state: TaskState, body: Mapping[str, Any]) -> TaskState:
    """The images, which may come a while after the word that they are done."""
    data = body.get("data")
    answer = data if isinstance(data, dict) else body
    made = images.made_images(answer)
    if not made:
        return state
    raw = raw_usage(answer)
    return replace(state, made=made, usage=UsageSeen(image_tokens(raw, len(made)), raw))
