"""A conversation: what goes on from what, what is told again, what that costs at most, and that it is in the export."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx

from lib.calls.conversation import MOST_TURNS, Turn, after, chain, messages
from lib.calls.draft import CallDraft, draft_of
from lib.calls.quoting import IMAGE_TOKENS
from lib.cost.official import approximate_tokens
from lib.engine import Engine
from lib.errors import WrongUse
from lib.ledger.calls import Payload
from lib.ledger.media import Kept
from lib.ledger.row import CallRow
from lib.vocabulary import Capability, Status
from lib.wire import Media, Message

RELAY = "https://relay.example"
CHAT = f"{RELAY}/v1/chat/completions"
CONFIGURED = {
    "relays": [{"id": "relay", "lines": [{"id": "main", "name": "Main", "base_url": RELAY}]}],
    "connections": [
        {"id": "mine", "provider": "zhipu", "relay": "relay", "key": "sk-mine", "models": ["glm-4-flash", "glm-4v"],
         "prices": [{"model": "glm-4-flash", "unit": "token", "input": "2", "output": "6", "currency": "USD"}]},
    ],
}  # fmt: skip
PNG = b"\x89PNG\r\n\x1a\n" + bytes(24)
FOX = Kept("a" * 64, "image/png", 32)


def turn(
    name: str, before: str | None = None, status: Status = "succeeded", text: str | None = None,
    capability: Capability = "text", given: tuple[Kept, ...] = (),
) -> Turn:  # fmt: skip
    row = CallRow(
        id=name, created_at=datetime(2026, 11, 25, tzinfo=UTC), status=status, capability=capability,
        operation="generate", provider="zhipu", connection="mine", relay=None, line=None, base_url=RELAY,
        protocol="openai", model="glm-4-flash", owner="me",
    )  # fmt: skip
    more = {"system": "", "params": {}} | ({"after": before} if before else {})
    return Turn(row, Payload(f"{name}?", more, f"{name}!" if text is None else text), given)


def log(*turns: Turn) -> Mapping[str, Turn]:
    return {one.row.id: one for one in turns}


LONG = log(*(turn(str(n), str(n - 1) if n else None) for n in range(MOST_TURNS + 9)))


@pytest.mark.parametrize(
    ("turns", "last", "found"),
    [
        (log(), None, []),
        (log(), "gone", []),
        (log(turn("a")), "a", ["a"]),
        (log(turn("a"), turn("b", "a"), turn("c", "b")), "c", ["a", "b", "c"]),
        (log(turn("a"), turn("b", "a"), turn("c", "b")), "b", ["a", "b"]),
        # two that go on from the same
        (log(turn("a"), turn("b", "a"), turn("c", "a")), "c", ["a", "c"]),
        # a link that is missing, failed, runs, said nothing or isn't of words ends it
        (log(turn("b", "gone"), turn("c", "b")), "c", ["b", "c"]),
        (log(turn("a"), turn("b", "a", "failed"), turn("c", "b")), "c", ["c"]),
        (log(turn("a"), turn("b", "a", "streaming"), turn("c", "b")), "c", ["c"]),
        (log(turn("a"), turn("b", "a", text=" \n"), turn("c", "b")), "c", ["c"]),
        (log(turn("a", capability="image"), turn("b", "a")), "b", ["b"]),
        (log(turn("a", status="failed")), "a", []),
        # what was stopped or broke off has said something
        (log(turn("a", status="cancelled"), turn("b", "a", "interrupted")), "b", ["a", "b"]),
        # one that goes round ends, and a long one keeps its last turns
        (log(turn("a", "a")), "a", ["a"] * MOST_TURNS),
        (LONG, str(MOST_TURNS + 8), [str(n) for n in range(9, MOST_TURNS + 9)]),
    ],
)
def test_what_a_call_goes_on_from(turns: Mapping[str, Turn], last: str | None, found: list[str]) -> None:
    assert [one.row.id for one in chain(turns.get, last)] == found


@pytest.mark.parametrize("stored", [None, {}, {"after": None}, {"after": 7}, {"after": ["a"]}])
def test_what_names_no_call_goes_on_from_none(stored: Any) -> None:
    assert after(Payload("hi", stored)) is None


def test_each_turn_is_told_again_with_its_images() -> None:
    told = messages([turn("a", given=(FOX,)), turn("b", "a")], {FOX: PNG}.__getitem__)
    assert told == (
        Message("user", "a?", (Media(PNG, "image/png"),)), Message("assistant", "a!"),
        Message("user", "b?"), Message("assistant", "b!"),
    )  # fmt: skip


def test_nothing_goes_on_without_an_image_it_was_about(tmp_path: Path) -> None:
    with pytest.raises(WrongUse, match="was deleted"):
        messages([turn("a", given=(FOX,))], lambda kept: (tmp_path / kept.sha256).read_bytes())


def test_a_draft_is_stored_and_restored_with_what_it_goes_on_from() -> None:
    one = turn("b", "a")
    assert draft_of(one.row, one.payload).after == "a"
    assert draft_of(one.row, Payload("hi", {"system": "", "params": {}})).after is None


@pytest.fixture
def relay() -> Iterator[respx.Route]:
    """A relay that answers every chat with the number of messages it was sent."""
    with respx.mock(assert_all_called=False) as router:
        router.get(url__startswith=f"{RELAY}/api/").respond(404)
        yield router.post(CHAT).mock(side_effect=_answer)


def _answer(request: httpx.Request) -> httpx.Response:
    told = json.loads(request.content)["messages"]
    words = {"role": "assistant", "content": f"{len(told)} messages"}
    return httpx.Response(200, json={"choices": [{"index": 0, "message": words, "finish_reason": "stop"}]})


def lived(home: Path, action: Callable[[Engine], Awaitable[None]]) -> None:
    async def run() -> None:
        engine = Engine(home)
        engine.import_(json.dumps(CONFIGURED))
        await engine.start()
        try:
            await action(engine)
        finally:
            await engine.stop()

    asyncio.run(run())


async def said(engine: Engine, prompt: str, **more: Any) -> str:
    call_id = await engine.submit(CallDraft("mine", "text", prompt, model="glm-4-flash", **more))
    await engine.wait(call_id)
    return call_id


def sent(relay: respx.Route) -> list[list[tuple[str, Any]]]:
    return [
        [(one["role"], one["content"]) for one in json.loads(call.request.content)["messages"]] for call in relay.calls
    ]


def test_the_whole_conversation_is_sent_each_time_and_each_turn_once(own_home: Path, relay: respx.Route) -> None:
    async def talk(engine: Engine) -> None:
        first = await said(engine, "One", system="Be brief.")
        second = await said(engine, "Two", system="Be brief.", after=first)
        await said(engine, "Three", after=second)
        await said(engine, "Another", after="gone")
        row, payload = engine.log.call(second)
        again = engine.draft(draft_of(row, payload))
        assert [name in again.curl and name in again.python for name in ("One", "2 messages", "Two")] == [True] * 3
        assert [one.row.id for one in engine.conversation(second)] == [first, second]
        assert payload.request_json == {"system": "Be brief.", "params": {}, "after": first}

    lived(own_home, talk)
    assert sent(relay) == [
        [("system", "Be brief."), ("user", "One")],
        [("system", "Be brief."), ("user", "One"), ("assistant", "2 messages"), ("user", "Two")],
        [("user", "One"), ("assistant", "2 messages"), ("user", "Two"), ("assistant", "4 messages"), ("user", "Three")],
        [("user", "Another")],
    ]


def test_an_image_stays_part_of_the_conversation_until_it_is_deleted(own_home: Path, relay: respx.Route) -> None:
    async def talk(engine: Engine) -> None:
        first = await said(engine, "What is this?", inputs=(Media(PNG, "image/png", "fox.png"),))
        await said(engine, "Why?", after=first)
        (kept,) = engine.artifacts([first], "input")[first]
        engine.files.delete(kept)
        with pytest.raises(WrongUse):
            await said(engine, "And now?", after=first)

    lived(own_home, talk)
    first, second = sent(relay)
    assert first[0] == second[0]
    assert [part["type"] for part in first[0][1]] == ["text", "image_url"]
    assert second[1:] == [("assistant", "1 messages"), ("user", "Why?")]


def test_what_was_said_before_is_quoted_and_where_nobody_counts_approximated(
    own_home: Path, relay: respx.Route
) -> None:
    prompt = "word " * 4_000

    async def talk(engine: Engine) -> None:
        first = await said(engine, prompt, inputs=(Media(PNG, "image/png"),))
        ready = engine.draft(CallDraft("mine", "text", "Why?", model="glm-4-flash", after=first))
        alone = engine.draft(CallDraft("mine", "text", "Why?", model="glm-4-flash"))
        assert ready.quoted is not None
        assert alone.quoted is not None
        tokens = approximate_tokens(prompt) + approximate_tokens("1 messages") + approximate_tokens("Why?")
        more = (ready.quoted.amount - alone.quoted.amount) * 1_000_000 / 2
        assert more == tokens + IMAGE_TOKENS - 1_000
        row, _ = engine.log.call(await said(engine, "Why?", after=first))
        assert row.usage.input_tokens is not None
        assert row.usage.input_tokens > 4_000
        assert row.usage_source == "approximate"

    lived(own_home, talk)
