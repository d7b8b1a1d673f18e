"""What the relays' tasks have in common, whatever is made: the words for how they stand, and the answers of video.

The relays' three video dialects (wire.md 2A to 2C) differ in where and how they are asked; what they answer is read
here in one way, since builds of each were seen to answer in the others' forms.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from math import prod
from typing import Any

import httpx

from lib.vocabulary import Usage
from lib.wire import (
    Endpoint,
    Link,
    Outcome,
    Request,
    Said,
    Task,
    TaskState,
    TaskStatus,
    Unreadable,
    UsageSeen,
)
from lib.wire.addresses import Path, addresses
from lib.wire.answers import amount, document, fault, parsed, plain, said

STATES: Mapping[str, TaskStatus] = {
    "": "queued",
    "not_start": "queued",
    "submitted": "queued",
    "queued": "queued",
    "pending": "queued",
    "in_progress": "running",
    "processing": "running",
    "video_generating": "running",
    "video_upsampling": "running",
    "modal": "running",
    "unknown": "running",
    "success": "succeeded",
    "succeeded": "succeeded",
    "completed": "succeeded",
    "succeed": "succeeded",
    "complete": "succeeded",
    "finished": "succeeded",
    "done": "succeeded",
    "failure": "failed",
    "fail": "failed",
    "rejected": "failed",
    "failed": "failed",
    "error": "failed",
    "video_generation_failed": "failed",
    "cancel": "cancelled",
    "cancelled": "cancelled",
    "canceled": "cancelled",
}
"""The words seen, in lower case (wire.md 2A to 2C, 7). new-api's UNKNOWN is a state of a task it does know.

Relays pass on the words of makers that they forward to: `succeed`, `complete`, `finished`, `done`, `fail`, `rejected`
and `canceled` are of public documentation (Kling, MiniMax, Runway, Suno's own feed), not of wire.md.
"""

VIDEO: Sequence[Path] = (
    ("result_url",),
    ("video_url",),
    ("url",),
    ("content_url",),
    ("output",),
    ("metadata", "url"),
    ("data", "output"),
    ("data", "outputs"),
    ("data", "outputs", "url"),
    ("data", "video_url"),
    ("data", "url"),
    ("data", "metadata", "url"),
    ("detail", "video_url"),
    ("detail", "url"),
    ("detail", "result_url"),
    ("fail_reason",),
)
"""Where a video's address was seen (wire.md 2A to 2C; `content_url`: users.md, "Video task query shapes").

Older builds of new-api put it into `fail_reason`.
"""

GOOD_CODES = ("", "success", "0", "1", "200")
"""What `code` says where all is well: absent, new-api's word, and the numbers of its relatives."""

RATIOS = "x-new-api-other-ratios"
"""The header in which new-api tells what it multiplied the price by: `{"seconds": 4, "size": 1}`."""

_PERCENT = re.compile(r"\s*(\d{1,3})(?!\d)")
_NO_SUCH_TASK = re.compile(
    r"task[ _]?(id)?[ _]?(is )?(not?|does not|doesn't)[ _](found|exist)|video[ _]not[ _]found"
    r"|任务(ID)?(不存在|未找到)|找不到.{0,4}任务",
    re.IGNORECASE,
)
_REASONS = {
    "error": "error",
    "fail_reason": "fail_reason",
    "failReason": "fail_reason",
    "message": "message",
    "detail": "detail",
}
"""Where a task tells why it failed, and by which of those names `fault` reads it."""
_SAYS_SO = (200, 400, 404, 410)
"""With which status a server tells that it doesn't know a task."""
_CONTENT = re.compile(r"/v1/videos/[^/?#]+/content$")


def read(response: httpx.Response, _request: Request) -> Outcome:
    """The task that was accepted; raises `Unreadable`."""
    return Outcome(finished=None, task=Task(task_id(response)))


def task_id(response: httpx.Response) -> str:
    """The id of what was accepted: `task_id`, `id`, either in `data`, or `data` itself; raises `Unreadable`."""
    body = document(response)
    data = body.get("data")
    inner = data if isinstance(data, dict) else {"id": data}
    found = (plain(told.get(name)) for told in (body, inner) for name in ("task_id", "id"))
    given = next(filter(None, found), "") if plain(body.get("code")).lower() in GOOD_CODES else ""
    if not given:
        raise Unreadable(said(response))
    return given


def billed(response: httpx.Response) -> UsageSeen | None:
    """The seconds that new-api bills accepted work by, where it tells."""
    told = response.headers.get(RATIOS, "")
    try:
        ratios = parsed(told)
    except ValueError:
        return None
    seconds = amount(ratios.get("seconds")) if isinstance(ratios, dict) else None
    return UsageSeen(Usage(seconds=seconds, calls=1), {RATIOS: told}) if seconds is not None else None


def times(raw: Mapping[str, Any]) -> Decimal:
    """How often new-api bills the price of one call, by what it told of accepted work (`billed`): 1 where it didn't."""
    try:
        ratios = parsed(plain(raw.get(RATIOS, "")))
    except ValueError:
        return Decimal(1)
    found = (amount(one) for one in ratios.values()) if isinstance(ratios, dict) else ()
    return prod((one for one in found if one is not None), start=Decimal(1))


def read_poll(response: httpx.Response, _task: Task) -> TaskState:
    """How the making of a video stands; raises `Unreadable`."""
    body = told(response)
    if body is None:
        return unknown(response)
    state = state_of(body)
    if state.status != "succeeded":
        return state
    return replace(state, made=links(addresses(body, VIDEO)), usage=_usage(body))


def told(response: httpx.Response) -> dict[str, Any] | None:
    """What an answer says of a task, taken out of its wrapping; None where it says that there is no such task.

    Raises `Unreadable` where it says neither.
    """
    try:
        body = parsed(response.content)
    except ValueError:
        body = None
    task = _unwrapped(body) if isinstance(body, dict) and response.is_success else None
    if task is None and not (response.status_code in _SAYS_SO and _is_unknown(said(response))):
        raise Unreadable(said(response))
    return task


def state_of(task: Mapping[str, Any]) -> TaskState:
    """How a task stands by its own words, and why it failed. A word nobody knows is of one that still runs."""
    word = plain(task.get("status"))
    status = _status(word)
    return TaskState(status, percent(task.get("progress")), word, said=_reason(task) if status == "failed" else None)


def unknown(response: httpx.Response) -> TaskState:
    """The state of a task that its server doesn't know (any more)."""
    return TaskState("unknown", said=said(response))


def percent(value: object) -> int | None:
    """How far a task is: "45%", "45" or 45; None for what is no such figure."""
    found = _PERCENT.match(plain(value))
    return min(int(found[1]), 100) if found else None


def links(urls: Sequence[str]) -> tuple[Link, ...]:
    """Addresses as what was made. A relay's own `/v1/videos/{id}/content` needs the key (wire.md 2A)."""
    return tuple(Link(url, keyed=bool(_CONTENT.search(url))) for url in urls)


def fetch(endpoint: Endpoint, link: Link) -> httpx.Request:
    """Fetches a link. The key goes with the relay's own path, asked where the key belongs, whatever host was told."""
    own = _CONTENT.search(link.url) if link.keyed else None
    if own is None:
        return httpx.Request("GET", link.url)
    return httpx.Request("GET", f"{endpoint.base_url}{own[0]}", headers=endpoint.bearer)


def cancel(_endpoint: Endpoint, _task: Task) -> None:
    """These servers have no way to stop a task."""


def _status(word: str) -> TaskStatus:
    folded = word.lower()
    return "failed" if folded.endswith("_failed") else STATES.get(folded, "running")


def _is_unknown(answer: Said) -> bool:
    words = (answer.code, answer.kind, answer.message)
    return not answer.html and any(map(_NO_SUCH_TASK.search, words))


def _unwrapped(body: dict[str, Any]) -> dict[str, Any] | None:
    """`{"code", "message", "data": {"status", …}}` or the object itself: whichever has a state."""
    inner = body.get("data")
    candidates = (inner, body) if "code" in body else (body, inner)
    return next((task for task in candidates if isinstance(task, dict) and _is_task(task, task is inner)), None)


def _is_task(told: Mapping[str, Any], in_data: bool) -> bool:
    """Whether an object tells of a task: `{"status": "error", "message"}` alone is a gateway's fault."""
    word = told.get("status")
    named = in_data or any(plain(told.get(name)) for name in ("id", "task_id"))
    return isinstance(word, str) and (named or _status(word) != "failed")


def _reason(task: Mapping[str, Any]) -> Said:
    data = task.get("data")
    of_data = data if isinstance(data, dict) else {}
    told = (fault({_REASONS[name]: part[name] for name in _REASONS if part.get(name)}) for part in (task, of_data))
    return next(filter(None, told), Said(200))


def _usage(task: Mapping[str, Any]) -> UsageSeen | None:
    """What the answer tells of it: seconds; `quota` and `cost` are kept as the server wrote them. None: nothing."""
    raw = {name: task[name] for name in ("seconds", "duration", "quota", "cost", "usage") if task.get(name)}
    seconds = amount(raw.get("seconds", raw.get("duration")))
    return UsageSeen(Usage(seconds=seconds, calls=1), raw) if raw else None
