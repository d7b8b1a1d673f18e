"""A check in the background: added to, cancelled midway, and a connection removed or moved under it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx

from lib.checks.running import CheckRun
from lib.engine import Engine

HERE, THERE = "https://relay.example", "https://relay.example/there"
ANSWERS = {
    "/api/status": {"success": True, "data": {"system_name": "R", "quota_per_unit": 500_000}},
    "/api/pricing": {"success": True, "data": []},
    "/v1/models": {"object": "list", "data": [{"id": "glm-4-flash"}]},
    "/v1/dashboard/billing/subscription": {"object": "billing_subscription", "hard_limit_usd": 5},
    "/v1/dashboard/billing/usage": {"object": "list", "total_usage": 100},
}
ALL = ["line", "key", "quota", "permission"]


def connection(name: str, **fields: Any) -> dict[str, Any]:
    return {"id": name, "provider": "zhipu", "relay": "relay", "key": f"sk-{name}", "models": ["glm-4-flash"], **fields}


def document(*connections: dict[str, Any]) -> str:
    lines = [{"id": "here", "name": "Here", "base_url": HERE}, {"id": "there", "name": "There", "base_url": THERE}]
    return json.dumps({"relays": [{"id": "relay", "lines": lines}], "connections": connections})


class Server:
    """Answers as a relay does; each question about `held` waits until it is let go. `asked`: in order."""

    def __init__(self, held: str = "") -> None:
        self.held = held
        self.asked: list[str] = []
        self.reached, self.let_go = asyncio.Event(), asyncio.Event()

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path
        self.asked.append(path)
        if self.held and path.endswith(self.held):
            self.reached.set()
            await self.let_go.wait()
        return httpx.Response(200, json=ANSWERS[path.removeprefix("/there")])


def steps(run: CheckRun) -> dict[str, list[str]]:
    return {name: [one.step for one in rungs] for name, rungs in run.progress.rungs.items()}


def kept(engine: Engine) -> list[tuple[str, str]]:
    return [(one.connection, one.step) for one in engine.facts().evidence]


def at_work(home: Path, imported: str, server: Server, work: Callable[[Engine], Awaitable[None]]) -> None:
    """Runs `work` on an engine whose every question goes to the server."""

    async def run() -> None:
        engine = Engine(home)
        await engine.start()
        try:
            engine.import_(imported)
            with respx.mock(assert_all_called=False) as router:
                router.route().mock(side_effect=server)
                await work(engine)
        finally:
            await engine.stop()

    asyncio.run(run())


def test_a_check_goes_on_by_itself_and_tells_how_far_it_is(own_home: Path) -> None:
    server = Server()

    async def work(engine: Engine) -> None:
        run = await engine.runs.begin_check(asked_at="overview/top")
        assert (run.ended, run.progress.done, list(run.progress.rungs)) == (False, set(), ["one", "two"])
        await run.wait()
        assert (run.ended, run.cancelled, run.broke, run.progress.failed) == (True, False, None, ())
        assert steps(run) == {"one": ALL, "two": ALL}
        assert engine.runs.check is run
        assert len(kept(engine)) == 8

    at_work(own_home, document(connection("one"), connection("two")), server, work)
    assert server.asked.count("/api/pricing") == 1


@pytest.mark.parametrize(
    ("held", "found"),
    [("/api/pricing", []), ("/api/status", []), ("/v1/models", ["line"]), ("/subscription", ["line", "key"])],
)
def test_a_cancelled_check_keeps_what_it_found_and_sends_nothing_more(
    own_home: Path, held: str, found: list[str]
) -> None:
    server = Server(held)

    async def work(engine: Engine) -> None:
        run = await engine.runs.begin_check()
        await server.reached.wait()
        await engine.runs.cancel_check()
        asked = list(server.asked)
        assert (run.ended, run.cancelled) == (True, True)
        assert steps(run) == {"one": found}
        assert kept(engine) == [("one", step) for step in found]
        server.let_go.set()
        for _ in range(20):
            await asyncio.sleep(0)
        assert server.asked == asked
        assert await engine.runs.begin_check() is not run

    at_work(own_home, document(connection("one")), server, work)


def test_what_wasnt_reached_stays_as_it_was(own_home: Path) -> None:
    server = Server()
    names = [f"c{number}" for number in range(10)]

    async def work(engine: Engine) -> None:
        await (await engine.runs.begin_check()).wait()
        before = {(one.connection, one.step): one.at for one in engine.facts().evidence}
        server.held = "/v1/models"
        run = await engine.runs.begin_check()
        await server.reached.wait()
        await engine.runs.cancel_check()
        after = {(one.connection, one.step): one.at for one in engine.facts().evidence}
        renewed = {key for key, at in after.items() if at != before[key]}
        assert renewed >= {(name, step) for name, found in steps(run).items() for step in found}
        assert {step for _, step in renewed} == {"line"}
        assert after.keys() == before.keys()

    at_work(own_home, document(*map(connection, names)), server, work)


def test_a_second_ask_adds_and_doubles_nothing(own_home: Path) -> None:
    server = Server("/v1/models")

    async def work(engine: Engine) -> None:
        run = await engine.runs.begin_check(["one"], "overview/top")
        await server.reached.wait()
        assert await engine.runs.begin_check(["one", "two", "removed"], "connections/all") is run
        assert run.asked_at == "connections/all"
        server.let_go.set()
        await run.wait()
        assert steps(run) == {"one": ALL, "two": ALL}

    at_work(own_home, document(connection("one"), connection("two")), server, work)
    assert server.asked.count("/v1/models") == 2
    assert server.asked.count("/api/pricing") == 1


def test_a_line_switched_meanwhile_is_checked_anew(own_home: Path) -> None:
    server = Server("/v1/models")

    async def work(engine: Engine) -> None:
        run = await engine.runs.begin_check()
        await server.reached.wait()
        engine.choose_line("relay", "there")
        server.held = ""
        assert await engine.runs.begin_check() is run
        await run.wait()
        assert (run.ended, run.cancelled) == (True, False)
        assert {one.path for one in run.progress.rungs["one"]} >= {"/there/api/status", "/there/v1/models"}
        assert {one.path.partition("/")[0] for one in engine.facts().evidence} == {""}

    at_work(own_home, document(connection("one")), server, work)
    assert "/v1/dashboard/billing/subscription" not in server.asked


def test_a_connection_removed_meanwhile_ends_well_and_leaves_nothing(own_home: Path) -> None:
    server = Server("/v1/models")

    async def work(engine: Engine) -> None:
        run = await engine.runs.begin_check()
        await server.reached.wait()
        engine.remove("one")
        server.let_go.set()
        await run.wait()
        assert (run.broke, steps(run)["one"], len(steps(run)["two"])) == (None, ["line"], 4)
        assert {name for name, _ in kept(engine)} == {"two"}
        assert engine.known.key_models("one") is None

    at_work(own_home, document(connection("one"), connection("two")), server, work)


@pytest.mark.parametrize(
    ("again", "belongs"),
    [({"key": "sk-another"}, False), ({"group": "vip"}, True)],
)
def test_what_was_asked_with_another_key_isnt_kept(own_home: Path, again: dict[str, Any], belongs: bool) -> None:
    server = Server("/v1/models")

    async def work(engine: Engine) -> None:
        run = await engine.runs.begin_check()
        await server.reached.wait()
        engine.import_(document(connection("one", **again)))
        server.let_go.set()
        await run.wait()
        assert (("one", "key") in kept(engine)) is belongs
        assert (engine.known.key_models("one") is not None) is belongs

    at_work(own_home, document(connection("one")), server, work)


def test_the_check_that_waits_for_an_answer_may_end_with_the_engine(own_home: Path) -> None:
    server = Server("/v1/models")
    runs: list[CheckRun] = []

    async def work(engine: Engine) -> None:
        runs.append(await engine.runs.begin_check())
        await server.reached.wait()

    at_work(own_home, document(connection("one")), server, work)
    assert runs[0].ended
