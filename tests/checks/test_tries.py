"""Chosen models in batch: each called once, few at once with a host, cancelled before what hasn't been sent."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx

from lib.checks.paid import AT_ONCE, smallest_draft
from lib.checks.tries import TryRun
from lib.engine import Engine
from tests.checks.test_paid_rung import FREE, RELAY, completion

MODELS = [f"glm-4-flash-{n}" for n in range(9)]
CONFIGURED = {
    "relays": [{"id": "relay", "lines": [{"id": "main", "name": "Main", "base_url": RELAY}]}],
    "connections": [{"id": "mine", "provider": "zhipu", "relay": "relay", "key": "sk-1", "models": MODELS}],
}
DRAFTS = [smallest_draft("mine", "text", model) for model in MODELS]


class Relay:
    """Answers calls when it is let go, in the order of `models` asked; `most`: how many it had to answer at once."""

    def __init__(self) -> None:
        self.models: list[str] = []
        self.going = self.most = 0
        self.let_go, self.heard = asyncio.Event(), asyncio.Condition()

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json=FREE[request.url.path])
        async with self.heard:
            self.models.append(json.loads(request.content)["model"])
            self.heard.notify_all()
        self.going += 1
        self.most = max(self.most, self.going)
        await self.let_go.wait()
        self.going -= 1
        wrong = httpx.Response(404, json={"error": {"code": "model_not_found", "message": "", "type": ""}})
        return wrong if self.models[-1] == MODELS[1] else completion("42")


def on(home: Path, story: Callable[[Engine, Relay], Awaitable[None]]) -> None:
    """Tells a story with the engine that has the connection, and its relay."""

    async def run() -> None:
        engine, relay = Engine(home), Relay()
        engine.import_(json.dumps(CONFIGURED))
        with respx.mock(base_url=RELAY, assert_all_called=False) as routes:
            routes.route().mock(side_effect=relay)
            await engine.start()
            try:
                await story(engine, relay)
            finally:
                await engine.stop()

    asyncio.run(run())


async def begun(engine: Engine, drafts: Any = DRAFTS, after: Any = None) -> TryRun:
    run = await engine.runs.begin_tries("mine", drafts, after)
    assert run is not None
    return run


async def until(relay: Relay, asked: int) -> None:
    async with asyncio.timeout(10), relay.heard:
        await relay.heard.wait_for(lambda: len(relay.models) >= asked)


def test_each_is_called_once_and_few_at_once(own_home: Path) -> None:
    async def story(engine: Engine, relay: Relay) -> None:
        run = await begun(engine, [*DRAFTS, *DRAFTS])
        await until(relay, AT_ONCE)
        assert (len(run.progress.sent), run.progress.shown, run.ended) == (AT_ONCE, {}, False)
        relay.let_go.set()
        await run.wait()
        assert sorted(relay.models) == MODELS
        assert relay.most == AT_ONCE
        assert run.progress.asked == tuple(MODELS)
        assert run.progress.shown.keys() == set(MODELS)
        assert all(one.call for one in run.progress.shown.values())
        assert len(engine.log.page(limit=50).rows) == len(MODELS)

    on(own_home, story)


@pytest.mark.parametrize("ended", [False, True])
def test_the_second_of_two_clicks_sends_nothing(own_home: Path, ended: bool) -> None:
    """The button carries which run was there when it was drawn; a second tab's has it too."""

    async def story(engine: Engine, relay: Relay) -> None:
        if ended:
            relay.let_go.set()
        run = await begun(engine, DRAFTS[:2])
        if ended:
            await run.wait()
        else:
            await until(relay, 2)
        assert await begun(engine, DRAFTS[:2]) is run
        assert await begun(engine, DRAFTS[2:]) is run
        relay.let_go.set()
        await run.wait()
        assert sorted(relay.models) == MODELS[:2]
        again = await begun(engine, DRAFTS[:2], run.began)
        await again.wait()
        assert (again is run, len(relay.models)) == (False, 4)

    on(own_home, story)


def test_cancelled_nothing_more_is_sent_and_what_was_sent_ends(own_home: Path) -> None:
    async def story(engine: Engine, relay: Relay) -> None:
        run = await begun(engine)
        await until(relay, AT_ONCE)
        await engine.runs.cancel_tries("mine")
        assert (run.cancelled, run.ended) == (True, False)
        relay.let_go.set()
        await run.wait()
        assert run.ended
        assert len(relay.models) == AT_ONCE == len(run.progress.shown)
        assert run.broke is None

    on(own_home, story)


def test_the_engine_stops_while_they_run(own_home: Path) -> None:
    found: list[TryRun] = []

    async def story(engine: Engine, relay: Relay) -> None:
        found.append(await begun(engine))
        await until(relay, AT_ONCE)

    on(own_home, story)
    assert found[0].ended
    assert found[0].broke is None
    assert len(found[0].progress.sent) == AT_ONCE
