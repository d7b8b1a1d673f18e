"""A race of lines: medians, the reason of a dead one, what is known while it runs."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
import respx
from pydantic import SecretStr

from lib.checks.lines import SAMPLES, Entry, LineResult, RaceRun, entries, fastest, medians, race
from lib.connections.model import Line
from lib.engine import Engine, home
from lib.http import Http, LineTimes

FAST, SLOW, DEAD = (Line(id=n, name=n.upper(), base_url=f"https://{n}.example.com") for n in ("fast", "slow", "dead"))
LINES = tuple(map(Entry, (DEAD, SLOW, FAST)))
KEY = SecretStr("sk-mine-0000000000000000")


def result(line: Line, median_ms: int | None, key: SecretStr | None = None) -> LineResult:
    times = LineTimes(total_ms=median_ms) if median_ms is not None else None
    return LineResult(Entry(line, key), "usable" if times else "unreachable", times, 0)


@pytest.mark.parametrize(
    ("results", "best"),
    [
        ([], None),
        ([result(DEAD, None)], None),
        ([result(SLOW, 90), result(DEAD, None), result(FAST, 40)], FAST),
        ([result(SLOW, 0), result(FAST, 40)], SLOW),
        ([result(SLOW, 40), result(FAST, 40)], SLOW),
        ([result(SLOW, 90, KEY), result(FAST, 40)], SLOW),
        ([result(SLOW, None, KEY), result(FAST, 40)], FAST),
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
                return await race(http, LINES, lambda one: told.append((one.line.id, one.samples)))
        finally:
            await http.aclose()

    dead, slow, fast = asyncio.run(run())
    assert (dead.state, dead.median_ms, dead.samples) == ("unreachable", None, 0)
    assert dead.reason is not None
    assert dead.reason.code == "line_connect"
    for one in (slow, fast):
        assert (one.state, one.samples, one.reason) == ("usable", SAMPLES, None)
    counted = [(name, n + 1) for name in ("fast", "slow") for n in range(SAMPLES)]
    assert sorted(told) == [("dead", 0)] * SAMPLES + counted


PAGE = httpx.Response(200, html="<html><title>Welcome</title></html>")
LISTED = httpx.Response(200, json={"object": "list", "data": [{"id": "glm-4-flash"}]})
BROKEN = httpx.Response(502, html="<html><title>502 Bad Gateway</title></html>")  # nginx
BLOCKED = httpx.Response(403, html="<html><title>Just a moment...</title></html>")  # Cloudflare
ELSEWHERE = httpx.Response(302, headers={"location": "http://login.wifi.invalid/"})
REFUSED = httpx.Response(401, json={"error": {"message": "无效的令牌", "type": "new_api_error"}})  # wire.md 1B


@pytest.mark.parametrize(
    ("answer", "key", "state", "code"),
    [
        (LISTED, KEY, "usable", None),
        (REFUSED, KEY, "usable", None),  # any HTTP answer of the relay proves the line
        (httpx.Response(429), KEY, "usable", None),
        (PAGE, KEY, "wrong_address", "html_page"),
        (ELSEWHERE, KEY, "wrong_address", "redirected"),
        (httpx.Response(404, json={"detail": "Not Found"}), KEY, "wrong_address", "wrong_path"),
        (BROKEN, KEY, "upstream_fault", "upstream_fault"),
        (BLOCKED, KEY, "region_blocked", "firewall"),
        (PAGE, None, "usable", None),  # contract.md: of a management path it only means that there is no such endpoint
        (BROKEN, None, "upstream_fault", "upstream_fault"),
    ],
)
def test_what_answers_must_be_the_relay(
    answer: httpx.Response, key: SecretStr | None, state: str, code: str | None
) -> None:
    async def run() -> tuple[LineResult, ...]:
        http = Http()
        with respx.mock() as router:
            router.get(host="fast.example.com").mock(return_value=answer)
            router.get(host="slow.example.com").mock(return_value=LISTED)
            found = await race(http, [Entry(FAST, key), Entry(SLOW, KEY)])
        await http.aclose()
        return found

    fast, slow = asyncio.run(run())
    assert (fast.state, fast.reason and fast.reason.code) == (state, code)
    assert fast.samples == (0 if code else SAMPLES)
    best = fastest([fast, slow])
    assert best is not None
    assert best.line == SLOW or code is None


def test_a_race_in_the_background_tells_how_far_it_is_and_ends() -> None:
    async def run() -> None:
        http, go_on = Http(), asyncio.Event()

        async def slowly(request: httpx.Request) -> httpx.Response:
            if request.url.host == "slow.example.com":
                await go_on.wait()
            return httpx.Response(200, json={})

        with respx.mock() as router:
            router.route().mock(side_effect=slowly)
            run = RaceRun(http, LINES)
            for _ in range(500):  # nothing but the slow line has anything left to wait for
                await asyncio.sleep(0)
            assert (run.ended, run.tried, run.tries, [one.line.id for one in run.results]) == (
                False, 2 * SAMPLES, 3 * SAMPLES, ["dead", "fast"]
            )
            assert run.of(SLOW) is None
            go_on.set()
            await run.wait()
            assert (run.ended, run.tried, run.broke) == (True, 3 * SAMPLES, None)
            assert [one.line for one in run.results] == [one.line for one in LINES]
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
            run = RaceRun(http, LINES)
            await asked.wait()
            await run.cancel()
            assert (run.ended, run.tried, run.broke) == (True, 0, None)
        await http.aclose()

    asyncio.run(run())


def relay(*lines: Line) -> dict[str, Any]:
    return {"id": "mine", "name": "Mine", "lines": [line.model_dump() for line in lines], "line": lines[0].id}


def user(id: str, key: str | None = None) -> dict[str, Any]:
    return {"id": id, "provider": "zhipu", "relay": "mine", **({"key": key} if key else {})}


@pytest.mark.parametrize(
    ("before", "after", "variable", "keys"),
    [
        ([], [], None, {"slow": None, "fast": None}),
        ([user("a")], [], None, {"slow": None, "fast": None}),
        ([user("a"), user("b", "sk-b-0000000000000")], [], None, {"slow": "b", "fast": "b"}),
        # a line of later is no line that the key was saved for
        ([user("a", "sk-a-0000000000000")], [DEAD], None, {"slow": "a", "fast": "a", "dead": None}),
        ([user("a", "sk-a-0000000000000")], [FAST.model_copy(update={"base_url": "https://new.example.com"})], None,
         {"slow": "a", "fast": None}),
        ([user("a")], [], "sk-of-the-environment-000", {"slow": "a", "fast": "a"}),
        ([user("a")], [], "not a key", {"slow": None, "fast": None}),
    ],
)
def test_a_line_is_raced_with_a_key_that_was_saved_for_it_and_no_other(
    before: list[dict[str, Any]], after: list[Line], variable: str | None, keys: dict[str, str | None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    if variable:
        monkeypatch.setenv("RELAYSCOPE_KEY_A", variable)
    engine = Engine(home())
    engine.import_(json.dumps({"relays": [relay(SLOW, FAST)], "connections": before}))
    now = {line.id: line for line in (SLOW, FAST, *after)}
    engine.import_(json.dumps({"relays": [relay(*now.values())]}))
    found = entries(engine.known, engine.configuration().relay("mine"))
    assert {one.line.id: one.connection for one in found} == keys
    for one in found:
        asked = one.request()
        free = "/v1/models" if one.connection else "/api/status"
        assert (asked.method, str(asked.url)) == ("GET", one.line.base_url + free)
        assert ("authorization" in asked.headers) is (one.connection is not None)


def test_the_medians_are_of_each_stage_and_of_the_whole() -> None:
    tries = [LineTimes(connect_ms=c, tls_ms=tls, first_byte_ms=f, total_ms=w)
             for c, tls, f, w in ((1, 30, 90, 130), (5, None, 50, 60), (3, 10, 70, 95))]  # fmt: skip
    assert medians(tries) == LineTimes(connect_ms=3, tls_ms=20, first_byte_ms=70, total_ms=95)
