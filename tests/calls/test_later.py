"""Work that finishes later: what is believed of a server's answers, and what becomes of files that can't be fetched."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
import respx
from pydantic import SecretStr

from lib.calls.files import Files
from lib.calls.later import follow, gather
from lib.errors import NotFetched
from lib.http import Http
from lib.wire import Endpoint, Later, Link, Media, Said, Task, TaskState, Unreadable, openai_video

RELAY = Endpoint("https://relay.example", SecretStr("sk-1234567890abcdef"))
POLL = "https://relay.example/v1/videos/task_1"
MP4 = b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2mp41" + b"\x00" * 64
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 32


async def at_once(_seconds: float) -> None:
    """No test waits."""


def followed(answers: Sequence[httpx.Response]) -> tuple[TaskState, list[TaskState], int]:
    """How a task ends that is answered so (the last answer for good), what was seen of it, how often it was asked."""
    seen: list[TaskState] = []

    async def on_state(state: TaskState) -> None:
        seen.append(state)

    async def run() -> tuple[TaskState, int]:
        http = Http()
        given = iter(answers)
        with respx.mock() as router:
            route = router.get(POLL).mock(side_effect=lambda _: next(given, answers[-1]))
            later = cast(Later, openai_video)
            state = await follow(http, later, RELAY, Task("task_1"), on_state, at_once)
            await http.aclose()
            return state, route.call_count

    state, asked = asyncio.run(run())
    return state, seen, asked


def video(status: str, **more: Any) -> httpx.Response:
    return httpx.Response(200, json={"id": "task_1", "object": "video", "status": status, "progress": 40, **more})


DONE = video("completed", metadata={"url": "https://cdn.example/a.mp4"})
UNKNOWN = httpx.Response(400, json={"code": "task_not_exist", "message": "task not exist", "data": None})


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        ([video("queued"), video("in_progress"), DONE], "succeeded"),
        ([UNKNOWN, UNKNOWN, DONE], "succeeded"),  # not known yet, right after submit
        ([httpx.Response(403, json={"error": {"message": "no access to model"}}), DONE], "succeeded"),
        ([httpx.Response(500, text="<html>bad gateway</html>"), DONE], "succeeded"),
        ([httpx.Response(200, json={}), DONE], "succeeded"),
        ([video("failed", error={"message": "moderation", "code": "x"})], "failed"),
        ([UNKNOWN], "unknown"),
    ],
)
def test_only_a_definite_answer_ends_a_task(answers: list[httpx.Response], status: str) -> None:
    assert followed(answers)[0].status == status


def test_every_state_is_told() -> None:
    _, seen, _ = followed([video("queued"), video("in_progress"), DONE])
    assert [(one.status, one.progress) for one in seen[:2]] == [("queued", 40), ("running", 40)]


def test_a_task_nobody_knows_is_asked_after_for_a_while() -> None:
    assert followed([UNKNOWN])[2] > 5


def gathered(tmp_path: Path, made: Sequence[Link | Media], capability: Any = "video", **routes: Any) -> Any:
    async def run() -> Any:
        http = Http()
        with respx.mock() as router:
            for name, answer in routes.items():
                side = answer if isinstance(answer, list) else [answer] * 9
                router.get(f"https://relay.example/{name}").mock(side_effect=side)
            try:
                return await gather(http, Files(tmp_path), None, RELAY, capability, made, at_once)
            finally:
                await http.aclose()

    return asyncio.run(run())


def test_files_are_kept_once_under_their_hash_and_typed_by_their_bytes(tmp_path: Path) -> None:
    again = Media(MP4, "application/octet-stream")
    first, second = gathered(tmp_path, [Link("https://relay.example/a"), again], a=httpx.Response(200, content=MP4))
    assert first == second
    assert (first.mime, first.bytes) == ("video/mp4", len(MP4))
    (path,) = [one for one in tmp_path.rglob("*") if one.is_file()]
    assert (path.suffix, path.read_bytes()) == (".mp4", MP4)


@pytest.mark.parametrize(
    "answers",
    [
        [httpx.Response(404), httpx.Response(200, content=MP4)],
        [httpx.Response(200, html="<html>wait</html>"), httpx.Response(200, content=MP4)],
        [httpx.Response(500), httpx.Response(500), httpx.Response(200, content=MP4)],
    ],
)
def test_a_file_that_isnt_there_is_asked_for_again(tmp_path: Path, answers: list[httpx.Response]) -> None:
    (kept,) = gathered(tmp_path, [Link("https://relay.example/a")], a=answers)
    assert kept.mime == "video/mp4"


@pytest.mark.parametrize(
    ("link", "answer", "words"),
    [
        ("https://relay.example/a", httpx.Response(404), "HTTP"),
        ("https://relay.example/a", httpx.Response(200, content=PNG), "image/png"),
        ("https://relay.example/a", httpx.Response(200, html="<html>expired</html>"), "text/html"),
        ("https://relay.example/a", httpx.Response(302, headers={"location": "http://127.0.0.1:9/x"}), "private"),
        ("http://127.0.0.1:9/a", httpx.Response(200), "private"),
        ("http://[::1]/a", httpx.Response(200), "private"),
        ("http://169.254.169.254/latest", httpx.Response(200), "private"),
        ("http://localhost/a", httpx.Response(200), "private"),
        ("file:///etc/passwd", httpx.Response(200), "none that can be fetched"),
        ("ftp://relay.example/a", httpx.Response(200), "none that can be fetched"),
    ],
)
def test_what_cant_be_fetched_says_why_and_keeps_nothing(
    tmp_path: Path, link: str, answer: httpx.Response, words: str
) -> None:
    with pytest.raises(NotFetched) as fault:
        gathered(tmp_path, [Link(link)], a=answer)
    assert words in fault.value.message.format(**fault.value.params)
    assert [one for one in tmp_path.rglob("*") if one.is_file()] == []


def test_the_relays_own_address_may_be_private(tmp_path: Path) -> None:
    async def run() -> Any:
        http = Http()
        home = Endpoint("http://127.0.0.1:9")
        with respx.mock() as router:
            router.get("http://127.0.0.1:9/a").mock(return_value=httpx.Response(200, content=MP4))
            try:
                return await gather(http, Files(tmp_path), None, home, "video", [Link("http://127.0.0.1:9/a")], at_once)
            finally:
                await http.aclose()

    (kept,) = asyncio.run(run())
    assert kept.mime == "video/mp4"


def test_a_module_that_raises_unreadable_is_asked_again() -> None:
    asked: list[int] = []

    def read_poll(_response: httpx.Response, _task: Task) -> TaskState:
        asked.append(1)
        if len(asked) < 3:
            raise Unreadable(Said(502))
        return TaskState("succeeded", text="done")

    later = SimpleNamespace(read_poll=read_poll, poll=lambda _endpoint, _task: httpx.Request("GET", POLL))

    async def run() -> TaskState:
        http = Http()
        with respx.mock() as router:
            router.get(POLL).mock(return_value=httpx.Response(200))
            state = await follow(http, cast(Later, later), RELAY, Task("task_1"), _nothing, at_once)
            await http.aclose()
            return state

    assert asyncio.run(run()).text == "done"


async def _nothing(_state: TaskState) -> None:
    pass
