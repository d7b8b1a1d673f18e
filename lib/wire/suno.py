"""Suno as new-api and its relatives serve it (wire.md 7): music and lyrics, as tasks.

A prompt is an idea of the music, or its lyrics in custom mode: with a `title`, with `tags`, where an earlier clip is
extended, or with our own parameter `custom`, which is not passed on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import httpx

from lib.vocabulary import Usage
from lib.wire import Endpoint, Json, Makes, Outcome, Request, Said, Task, TaskState, Unfit, UsageSeen, refuse_others
from lib.wire.addresses import Path, addresses, values
from lib.wire.answers import amount, plain, said
from lib.wire.tasks import cancel, fetch, links, state_of, task_id, told, unknown

__all__ = ["MAKES", "build", "cancel", "fetch", "poll", "read", "read_poll", "said"]

MAKES: Makes = frozenset({("music", "generate"), ("music", "extend"), ("music", "lyrics")})

DEFAULT_MODEL = "chirp-v4"
CUSTOM_BY = ("title", "tags")
DECIDED = ("custom", "prompt", "gpt_description_prompt")
EXTENDS_BY = ("continue_clip_id", "continue_at")

AUDIO: Sequence[Path] = (("data", "audio_url"),)
LYRICS: Path = ("data", "text")
DURATION: Path = ("data", "metadata", "duration")
CLIP_FAULT: Path = ("data", "metadata", "error_message")


def build(endpoint: Endpoint, request: Request) -> httpx.Request:
    """What would be sent. Raises `Unfit`."""
    refuse_others(MAKES, request, "suno")
    kind = _kind(request)
    body = _lyrics(request) if kind == "lyrics" else _music(request)
    return httpx.Request("POST", f"{endpoint.base_url}/suno/submit/{kind}", headers=endpoint.bearer, json=body)


def read(response: httpx.Response, request: Request) -> Outcome:
    """The task that was accepted, "music" or "lyrics"; raises `Unreadable`."""
    return Outcome(finished=None, task=Task(task_id(response), _kind(request)))


def poll(endpoint: Endpoint, task: Task) -> httpx.Request:
    """Asks how a task stands."""
    url = f"{endpoint.base_url}/suno/fetch/{quote(task.id, safe='')}"
    return httpx.Request("GET", url, headers=endpoint.bearer)


def read_poll(response: httpx.Response, task: Task) -> TaskState:
    """How a task stands; raises `Unreadable`. All clips are what was made, lyrics are text."""
    body = told(response)
    if body is None:
        return unknown(response)
    state = state_of(body)
    if state.status == "failed":
        return replace(state, said=_with_clips_words(state.said or Said(200), body))
    if state.status != "succeeded":
        return state
    if task.kind == "lyrics" or plain(body.get("action")) == "LYRICS":
        return replace(state, text=_first(body, LYRICS), usage=UsageSeen(Usage(calls=1), {}))
    return replace(state, made=links(addresses(body, AUDIO)), usage=_usage(body))


def _kind(request: Request) -> str:
    return "lyrics" if request.operation == "lyrics" else "music"


def _lyrics(request: Request) -> dict[str, Json]:
    return {**request.params, "prompt": request.prompt}


def _music(request: Request) -> dict[str, Json]:
    if request.operation == "extend":
        _check_extension(request)
    mv = request.model if request.model.startswith("chirp") else DEFAULT_MODEL
    passed = {name: value for name, value in request.params.items() if name not in DECIDED}
    words = "prompt" if _is_custom(request) else "gpt_description_prompt"
    return {"mv": mv, **passed, words: request.prompt}


def _check_extension(request: Request) -> None:
    for name in EXTENDS_BY:
        if not plain(request.params.get(name)):
            raise Unfit("needs_param", name=name)


def _is_custom(request: Request) -> bool:
    told = request.params.get("custom")
    if isinstance(told, bool):
        return told
    return request.operation == "extend" or any(request.params.get(name) for name in CUSTOM_BY)


def _usage(body: Mapping[str, Any]) -> UsageSeen:
    """One call; the clips' lengths are kept as raw figures and as seconds."""
    told = [length for value in values(body, DURATION) if (length := amount(value))]
    seconds = sum(told, Decimal(0)) if told else None
    return UsageSeen(Usage(seconds=seconds, calls=1), {"duration": [float(length) for length in told]} if told else {})


def _first(body: Mapping[str, Any], path: Path) -> str:
    return next(filter(None, map(plain, values(body, path))), "")


def _with_clips_words(told: Said, body: Mapping[str, Any]) -> Said:
    """Why it failed: where the task itself doesn't say, a clip does."""
    return told if told.message else replace(told, message=_first(body, CLIP_FAULT))
