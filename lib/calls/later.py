"""Work that finishes later: asked after until it ends, whatever breaks on the way; then its files are fetched.

A poll that fails proves nothing of the task, nor does a server that doesn't know it yet. A file that can't be fetched
is asked for again; it is never made again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from itertools import chain, repeat

import httpx

from lib.calls.files import Files, fits, type_of
from lib.errors import LineFault, NotFetched
from lib.http import Http
from lib.i18n import N_
from lib.ledger.media import Kept
from lib.vocabulary import Capability
from lib.wire import Endpoint, Later, Link, Made, Media, Task, TaskState, Unreadable

PAUSES_S = (0.5, 1.0, 2.0, 3.0, 5.0, 8.0)
LONGEST_PAUSE_S = 10.0
"""Between two polls: at first short, for some work is done at once."""
UNKNOWN_FOR_S = 60.0
"""A server that says for so long that it knows no such task is believed."""
ENDS_AFTER_S = 24 * 3600.0
"""No provider keeps a task longer."""
FETCH_PAUSES_S = (0.0, 1.0, 3.0, 10.0, 30.0)


def pauses() -> Iterator[float]:
    """What to wait before each poll, without end."""
    return chain(PAUSES_S, repeat(LONGEST_PAUSE_S))


async def follow(
    http: Http,
    later: Later,
    endpoint: Endpoint,
    task: Task,
    on_state: Callable[[TaskState], Awaitable[None]],
    wait: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> TaskState:
    """Polls a task until it has ended, and what it made can be fetched. `on_state` is told of every answer."""
    waited, unknown_for = 0.0, 0.0
    for pause in pauses():
        await wait(pause)
        waited += pause
        if waited > ENDS_AFTER_S:
            break
        try:
            state = later.read_poll(await http.send(later.poll(endpoint, task)), task)
        except (LineFault, Unreadable):
            continue
        unknown_for = unknown_for + pause if state.status == "unknown" else 0.0
        if unknown_for > UNKNOWN_FOR_S:
            return state
        if state.status == "unknown":
            continue
        await on_state(state)
        if _ended(state):
            return state
    return TaskState("unknown")


def _ended(state: TaskState) -> bool:
    """Whether nothing more comes: one that succeeded has something to show."""
    if state.status == "succeeded":
        return bool(state.made or state.text)
    return state.status in ("failed", "cancelled")


async def gather(
    http: Http,
    files: Files,
    later: Later | None,
    endpoint: Endpoint,
    capability: Capability,
    made: Sequence[Made],
    wait: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> tuple[Kept, ...]:
    """Keeps what was made, fetching what is only told of. Raises `NotFetched` where one can't be had now."""
    return tuple([await _one(http, files, later, endpoint, capability, one, wait) for one in made])


async def _one(
    http: Http,
    files: Files,
    later: Later | None,
    endpoint: Endpoint,
    capability: Capability,
    made: Made,
    wait: Callable[[float], Awaitable[None]],
) -> Kept:
    if isinstance(made, Media):
        return await asyncio.to_thread(_checked, files, capability, made.data, made.mime)
    request = later.fetch(endpoint, made) if later is not None else httpx.Request("GET", made.url)
    last = NotFetched(N_("The file's address sends requests on and on."))
    for pause in FETCH_PAUSES_S:
        await wait(pause)
        try:
            answer = await http.fetch(request, httpx.URL(endpoint.base_url))
            told = answer.headers.get("content-type", "")
            return await asyncio.to_thread(_checked, files, capability, answer.content, told)
        except NotFetched as fault:
            last = fault
            if not fault.again:
                break
        except LineFault as fault:
            last = NotFetched(fault.message, again=True, **fault.params)
    raise last


def _checked(files: Files, capability: Capability, data: bytes, told: str) -> Kept:
    mime = type_of(data, told)
    if not data or not fits(capability, mime):
        raise NotFetched(N_("What came is not what was made: {type}."), again=True, type=mime)
    return files.keep(data, told)


def links(made: Sequence[Made]) -> tuple[tuple[str, bool], ...]:
    """The addresses among what was made, as they are stored."""
    return tuple((one.url, one.keyed) for one in made if isinstance(one, Link))
