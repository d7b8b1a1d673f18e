"""A race of lines: medians, the reason of a dead one, what is known while it runs."""

from __future__ import annotations

import asyncio

import httpx
import pytest
import respx

from lib.checks.lines import SAMPLES, LineResult, RaceRun, fastest, race
from lib.connections.model import Line, Relay
from lib.http import Http

FAST, SLOW, DEAD = (Line(id=n, name=n.upper(), base_url=f"https://{n}.example.com") for n in ("fast", "slow", "dead"))
RELAY = Relay(id="mine", name="Mine", lines=(DEAD, SLOW, FAST), line="slow")


def result(line: Line, median_ms: int | None) -> LineResult:
    return LineResult(line, "usable" if median_ms is not None else "unreachable", median_ms, median_ms, None, 0)


@pytest.mark.parametrize(
    ("results", "best"),
    [
        ([], None),
        ([result(DEAD, None)], None),
        ([result(SLOW, 90), result(DEAD, None), result(FAST, 40)], FAST),
        ([result(SLOW, 0), result(FAST, 40)], SLOW),
        ([result(SLOW, 40), result(FAST, 40)], SLOW),
    ],
)
def test_the_fastest_is_the_one_that_answers_soonest(results: list[LineResult], best: Line | None) -> None:
    found = fastest(results)
    assert (found.line if found else None) == best


def test_a_race_tells_each_try_and_why_a_line_is_down() -> None:
    told: list[tuple[str, int]] = []

    async def run() -> tuple[LineResult, ...]:
        http = Http()
        try:
            with respx.mock() as router:
                router.get(f"{DEAD.base_url}/api/status").mock(side_effect=httpx.ConnectError("refused"))
                for line in (SLOW, FAST):
                    router.get(f"{line.base_url}/api/status").mock(return_value=httpx.Response(401))
                return await race(http, RELAY, lambda one: told.append((one.line.id, one.samples)))
        finally:
            await http.aclose()

    dead, slow, fast = asyncio.run(run())
    assert (dead.state, dead.median_ms, dead.samples) == ("unreachable", None, 0)
    assert dead.reason is not None
    assert dead.reason.code == "line_connect"
    for one in (slow, fast):
        assert (one.state, one.samples, one.reason) == ("usable", SAMPLES, None)
    assert sorted(told) == [("dead", 0)] * 3 + [(name, n) for name in ("fast", "slow") for n in (1, 2, 3)]


def test_a_race_in_the_background_tells_how_far_it_is_and_ends() -> None:
    async def run() -> None:
        http, go_on = Http(), asyncio.Event()

        async def slowly(request: httpx.Request) -> httpx.Response:
            if request.url.host == "slow.example.com":
                await go_on.wait()
            return httpx.Response(200, json={})

        with respx.mock() as router:
            router.route().mock(side_effect=slowly)
            run = RaceRun(http, RELAY)
            for _ in range(500):  # nothing but the slow line has anything left to wait for
                await asyncio.sleep(0)
            assert (run.ended, run.tried, run.tries, [one.line.id for one in run.results]) == (
                False, 2 * SAMPLES, 9, ["dead", "fast"]
            )
            assert run.of(SLOW) is None
            go_on.set()
            await run.wait()
            assert (run.ended, run.tried, run.broke) == (True, 9, None)
            assert [one.line for one in run.results] == list(RELAY.lines)
            assert run.of(SLOW.model_copy(update={"base_url": "https://moved.example.com"})) is None
        await http.aclose()

    asyncio.run(run())


def test_a_race_may_be_ended() -> None:
    async def run() -> None:
        http, asked = Http(), asyncio.Event()

        async def never(request: httpx.Request) -> httpx.Response:
            asked.set()
            await asyncio.Event().wait()
            raise AssertionError

        with respx.mock(assert_all_called=False) as router:
            router.route().mock(side_effect=never)
            run = RaceRun(http, RELAY)
            await asked.wait()
            await run.cancel()
            assert (run.ended, run.tried, run.broke) == (True, 0, None)
        await http.aclose()

    asyncio.run(run())
