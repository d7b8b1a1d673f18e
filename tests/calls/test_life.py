"""A call's life, answer by answer: how it ends, what it cost, that it was sent once. The relay is an HTTP answer."""

from __future__ import annotations

import asyncio
import json
import logging
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx

from lib.calls import life
from lib.calls.draft import CallDraft
from lib.calls.ending import logger
from lib.engine import Engine
from lib.ledger import database
from lib.ledger.calls import Payload
from lib.ledger.row import CallRow

RELAY = "https://relay.example"
CHAT = f"{RELAY}/v1/chat/completions"
KEY = "sk-this-key-is-never-told"
CONFIGURED = {
    "relays": [{"id": "relay", "lines": [{"id": "main", "name": "Main", "base_url": RELAY}]}],
    "connections": [{"id": "mine", "provider": "zhipu", "relay": "relay", "key": KEY, "models": ["glm-4-flash"]}],
}
PRICING = {
    "success": True,
    "data": [{"model_name": "glm-4-flash", "quota_type": 0, "model_ratio": 1, "completion_ratio": 3}],
    "group_ratio": {"default": 1},
}
DRAFT = CallDraft("mine", "text", "Hello there")


def sse(*chunks: object, end: str = "\n\n") -> bytes:
    words = (chunk if isinstance(chunk, str) else json.dumps(chunk) for chunk in chunks)
    return "".join(f"data: {word}{end}" for word in words).encode()


def text(words: str) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": {"content": words}}]}


def fault(message: str, code: str = "") -> dict[str, Any]:
    return {"error": {"message": message, "type": "new_api_error", "code": code}}


def ending(word: str) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": {}, "finish_reason": word}]}


STOP, LENGTH, TOOLS, FILTERED = map(ending, ("stop", "length", "tool_calls", "content_filter"))
EARLY = {"usage": {"prompt_tokens": 1, "completion_tokens": 0}}
ABSURD = {"choices": [], "usage": {"prompt_tokens": 9 * 10**15, "completion_tokens": 1}}
USAGE = {"choices": [], "usage": {"prompt_tokens": 1000, "completion_tokens": 500}}
USED = {"usage": USAGE["usage"]}
TWO_DOLLARS = "0.005"
"""1,000 tokens at USD 2 per million and 500 at USD 6."""


def events(*chunks: object, status: int = 200) -> httpx.Response:
    return httpx.Response(status, headers={"content-type": "text/event-stream"}, content=sse(*chunks, "[DONE]"))


def lived(home: Path, action: Callable[[Engine], Awaitable[str]]) -> tuple[CallRow, Payload]:
    """What the ledger says of the call that an action made, once the engine has stopped."""

    async def run() -> str:
        engine = Engine(home)
        engine.import_(json.dumps(CONFIGURED))
        await engine.start()
        try:
            return await action(engine)
        finally:
            await engine.stop()

    call_id = asyncio.run(run())
    engine = Engine(home)
    try:
        return engine.log.call(call_id)
    finally:
        engine.ledger.close()


async def asked(engine: Engine) -> str:
    """Sends the draft and waits for its end."""
    call_id = await engine.submit(DRAFT)
    await engine.wait(call_id)
    return call_id


@pytest.fixture(autouse=True)
def relay() -> Any:
    """A relay that tells its prices and nothing else; what else is asked must be answered by the test."""
    with respx.mock(assert_all_called=False) as router:
        router.get(f"{RELAY}/api/status").respond(json={"success": True, "data": {"quota_per_unit": 500_000}})
        router.get(f"{RELAY}/api/pricing").respond(json=PRICING)
        yield router


WHOLE = {"choices": [{"index": 0, "message": {"content": "Hi."}, "finish_reason": "stop"}], "usage": USAGE["usage"]}


@pytest.mark.parametrize(
    ("answer", "status", "state", "code", "words", "cost", "usage"),
    [
        # whole
        (events(text("Hi"), text("."), STOP, USAGE), "succeeded", None, None, "Hi.", TWO_DOLLARS, "server"),
        (events(USAGE | text("Hi."), STOP), "succeeded", None, None, "Hi.", TWO_DOLLARS, "server"),
        (httpx.Response(200, json=WHOLE), "succeeded", None, None, "Hi.", TWO_DOLLARS, "server"),
        # whole, but nobody said what it used: 3 tokens in at USD 2, 1 out at USD 6 per million, in whole quota units
        (events(text("Hi."), STOP), "succeeded", None, None, "Hi.", "0.000012", "approximate"),
        # nothing in it
        (events(STOP, USAGE), "failed", "upstream_fault", "empty_answer", "", TWO_DOLLARS, "server"),
        # cut before its finish mark, with and without the mark of the stream's end
        (events(text("Hi")), "interrupted", "interrupted", "interrupted", "Hi", "0.000012", "approximate"),
        (events(text("Hi"), USAGE), "interrupted", "interrupted", "interrupted", "Hi", TWO_DOLLARS, "server"),
        # told to be over, but not by the model's will
        (events(text("Hi"), LENGTH, USAGE), "succeeded", None, None, "Hi", TWO_DOLLARS, "server"),
        (events(LENGTH, USAGE), "failed", "bad_request", "no_room", "", TWO_DOLLARS, "server"),
        (events(TOOLS, USAGE), "succeeded", None, None, "", TWO_DOLLARS, "server"),
        (events(FILTERED, USAGE), "failed", "content_refused", "content_refused", "", TWO_DOLLARS, "server"),
        # a whole answer can't be cut; one without a choice is empty, and was used up all the same
        (httpx.Response(200, json={"choices": [{"message": {"content": "Hi."}}]} | USED), "succeeded", None, None,
         "Hi.", TWO_DOLLARS, "server"),
        (httpx.Response(200, json={"choices": []} | USED), "failed", "upstream_fault", "empty_answer", "", TWO_DOLLARS,
         "server"),
        # a stream by its bytes, whatever its type
        (httpx.Response(200, text=sse(text("Hi."), STOP, USAGE).decode()), "succeeded", None, None, "Hi.", TWO_DOLLARS,
         "server"),
        # rubbish midway, and usage far behind what came: 2,000 letters are 500 tokens
        (events(text("Hi"), "{half"), "interrupted", "upstream_fault", "unreadable", "Hi", "0.000012", "approximate"),
        (events(text("word" * 500) | EARLY), "interrupted", "interrupted", "interrupted", "word" * 500, "0.003002",
         "approximate"),
        # a figure that can't be true
        (events(text("Hi."), STOP, ABSURD), "succeeded", None, None, "Hi.", None, "server"),
        # a fault told within the stream
        (events(fault("当前分组上游负载已饱和")), "failed", "rate_limited", "saturated", "", None, None),
        (events(text("Hi"), fault("负载已饱和")), "interrupted", "rate_limited", "saturated", "Hi", "0.000012",
         "approximate"),
        # a fault told instead of a stream: certainly not charged
        (httpx.Response(401, json=fault("该令牌已过期")), "failed", "expired_key", "key_expired", "", "0", None),
        (httpx.Response(200, json=fault("invalid token")), "failed", "bad_key", "key_refused_ambiguous", "", "0", None),
        (httpx.Response(503, json=fault("no available channel", "model_not_found")), "failed", "not_offered",
         "no_channel", "", "0", None),
        (httpx.Response(200, html="<html><title>Hotel</title></html>"), "failed", "wrong_address", "html_page", "",
         "0", None),
        (httpx.Response(200, content=b'{"choices": [{"mess'), "failed", "upstream_fault", "unreadable", "", None,
         None),
        (httpx.Response(200), "failed", "upstream_fault", "empty_answer", "", None, None),
        (httpx.Response(307, headers={"Location": "https://evil.example/"}), "failed", "wrong_address", "redirected",
         "", "0", None),
        # nobody knows what became of it
        (httpx.Response(504), "unknown", "upstream_fault", "possibly_billed", "", None, None),
        (httpx.Response(524, html="<html>"), "unknown", "upstream_fault", "possibly_billed", "", None, None),
        (httpx.ReadTimeout, "interrupted", "interrupted", "no_answer", "", None, None),
        (httpx.ReadError, "interrupted", "interrupted", "no_answer", "", None, None),
        # nothing was sent
        (httpx.ConnectError, "failed", "unreachable", "line_connect", "", "0", None),
        (httpx.ConnectTimeout, "failed", "unreachable", "line_timeout", "", "0", None),
    ],
)  # fmt: skip
def test_how_a_call_ends(
    own_home: Path, relay: respx.MockRouter, answer: Any, status: str, state: str | None, code: str | None, words: str,
    cost: str | None, usage: str | None,
) -> None:  # fmt: skip
    sent = relay.post(CHAT).mock(side_effect=[answer])
    row, payload = lived(own_home, asked)
    assert (row.status, row.error_state, row.error_code, payload.text) == (status, state, code, words)
    assert (row.estimated.plain if row.estimated else None, row.usage_source) == (cost, usage)
    assert sent.call_count == 1
    assert KEY not in repr((row, payload))


def shown(home: Path) -> list[Any]:
    """The evidence that calls have left."""
    engine = Engine(home)
    try:
        return list(engine.facts().evidence)
    finally:
        engine.ledger.close()


@pytest.mark.parametrize(
    ("answer", "step", "state", "provider_code"),
    [
        (events(text("Hi."), STOP, USAGE), "call", "usable", None),
        (httpx.Response(503, json=fault("x", "model_not_found")), "call", "not_offered", "model_not_found"),
        (httpx.Response(403, json=fault("x", "insufficient_user_quota")), "quota", "quota_exhausted",
         "insufficient_user_quota"),
        (httpx.Response(401, json=fault("该令牌已过期")), "key", "expired_key", "new_api_error"),
    ],
)  # fmt: skip
def test_what_a_call_shows_of_its_api(
    own_home: Path, relay: respx.MockRouter, answer: httpx.Response, step: str, state: str, provider_code: str | None
) -> None:
    relay.post(CHAT).mock(side_effect=[answer])
    row, _ = lived(own_home, asked)
    (one,) = shown(own_home)
    assert (one.step, one.state, one.provider_code, one.call) == (step, state, provider_code, row.id)


@pytest.mark.parametrize(
    "answer",
    [httpx.Response(400, json=fault("no")), httpx.Response(504), events(text("Hi")), httpx.ReadTimeout],
)
def test_what_proves_nothing_leaves_no_evidence(own_home: Path, relay: respx.MockRouter, answer: Any) -> None:
    relay.post(CHAT).mock(side_effect=[answer])
    lived(own_home, asked)
    assert shown(own_home) == []


class Endless(httpx.AsyncByteStream):
    """A stream that says one word and then nothing until it `goes_on`; `heard` once that word has been read."""

    def __init__(self, rest: bytes = b"") -> None:
        self.heard, self.goes_on = asyncio.Event(), asyncio.Event()
        self.rest = rest

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield sse(text("Hi"))
        self.heard.set()
        await self.goes_on.wait()
        yield self.rest


async def begun(engine: Engine, stream: Endless) -> str:
    """Sends the draft and waits for its first word."""
    call_id = await engine.submit(DRAFT)
    await stream.heard.wait()
    return call_id


async def stopped_at_once(engine: Engine) -> str:
    """Before the call's task has taken its first step."""
    call_id = await engine.submit(DRAFT)
    await engine.cancel(call_id)
    return call_id


async def stopped_by_user(engine: Engine, stream: Endless) -> str:
    call_id = await begun(engine, stream)
    assert engine.log.call(call_id)[0].status == "streaming"
    await engine.cancel(call_id)
    return call_id


@pytest.mark.parametrize(
    ("action", "status", "code"), [(stopped_by_user, "cancelled", "cancelled"), (begun, "interrupted", "server_gone")]
)
def test_what_came_before_the_end_is_kept(
    own_home: Path, relay: respx.MockRouter, action: Callable[[Engine, Endless], Awaitable[str]], status: str, code: str
) -> None:
    """Stopped by the user, or with the engine."""
    stream = Endless()
    answer = httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=stream)
    relay.post(CHAT).mock(side_effect=[answer])
    row, payload = lived(own_home, lambda engine: action(engine, stream))
    assert (row.status, row.error_state, row.error_code, payload.text) == (status, status, code, "Hi")
    assert (row.usage_source, row.estimated is not None) == ("approximate", True)


class Told(logging.Handler):
    """Sets an event once anything is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.event = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        self.event.set()


@pytest.mark.usefixtures("of_sqlite")
def test_the_end_of_a_call_outlives_a_locked_database(
    own_home: Path, relay: respx.MockRouter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_MS", 20)
    monkeypatch.setattr(life, "PAUSES_S", (0.02,) * 100)
    stream, told = Endless(sse(text(" there."), STOP, USAGE)), Told()
    answer = httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=stream)
    relay.post(CHAT).mock(side_effect=[answer])

    async def locked_out(engine: Engine) -> str:
        call_id = await begun(engine, stream)
        with closing(sqlite3.connect(own_home / "relayscope.sqlite3", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            stream.goes_on.set()
            await told.event.wait()
        await engine.wait(call_id)
        return call_id

    logger.addHandler(told)
    try:
        row, payload = lived(own_home, locked_out)
    finally:
        logger.removeHandler(told)
    assert (row.status, payload.text, row.usage_source) == ("succeeded", "Hi there.", "server")
    assert row.estimated is not None
    assert row.estimated.plain == TWO_DOLLARS


def test_what_is_stopped_before_it_was_sent_cost_nothing(own_home: Path, relay: respx.MockRouter) -> None:
    sent = relay.post(CHAT)
    row, _ = lived(own_home, stopped_at_once)
    assert (row.status, row.error_code, row.sent_at, sent.called) == ("cancelled", "cancelled", None, False)
    assert row.estimated is not None
    assert row.estimated.amount == 0


async def ended_and_stopped(engine: Engine) -> str:
    call_id = await asked(engine)
    await engine.cancel(call_id)
    assert engine.live(call_id) is None
    return call_id


def test_stopping_what_has_ended_changes_nothing(own_home: Path, relay: respx.MockRouter) -> None:
    relay.post(CHAT).mock(side_effect=[events(text("Hi."), STOP, USAGE)])
    row, _ = lived(own_home, ended_and_stopped)
    assert row.status == "succeeded"


@pytest.mark.parametrize(
    ("draft", "state", "code"),
    [
        (CallDraft("mine", "music", "a song"), "wrong_capability", "wrong_capability"),
        (CallDraft("mine", "image", "a cat"), "wrong_capability", "model_makes_other"),
        (CallDraft("mine", "text", "hi", "gpt-4o"), "wrong_capability", "wrong_model"),
        (CallDraft("mine", "text", " "), "bad_request", "empty_prompt"),
        (CallDraft("mine", "text", "hi", operation="edit"), "unsupported", "cannot_call_yet"),
    ],
)
def test_what_the_guard_refuses_is_logged_and_not_sent(
    own_home: Path, relay: respx.MockRouter, draft: CallDraft, state: str, code: str
) -> None:
    sent = relay.post(CHAT)
    row, _ = lived(own_home, lambda engine: engine.submit(draft))
    assert (row.status, row.error_state, row.error_code, row.sent_at) == ("failed", state, code, None)
    assert row.estimated is not None
    assert row.estimated.amount == Decimal(0)
    assert not sent.called


def test_the_request_has_the_key_and_asks_for_usage(own_home: Path, relay: respx.MockRouter) -> None:
    sent = relay.post(CHAT).mock(side_effect=[events(text("Hi."), STOP, USAGE)])
    lived(own_home, asked)
    request = sent.calls.last.request
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert json.loads(request.content)["stream_options"] == {"include_usage": True}
