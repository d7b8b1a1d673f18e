"""Endpoints that relays ration: few questions, answers used again, and where none may be asked that is said."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from time import sleep
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
import respx
from sqlalchemy import delete

from lib.causes import CAUSES, reason, words
from lib.engine import Checked, Engine
from lib.i18n import translator
from lib.ledger import Ledger, rations, schema

RELAY, TOKEN = "https://relay.example", "/api/usage/token/"
INVALID = httpx.Response(401, json={"error": {"message": "Invalid token", "type": "new_api_error", "code": ""}})
MODELS = httpx.Response(200, json={"object": "list", "data": [{"id": "glm-4-flash"}]})
STATUS = httpx.Response(200, json={"success": True, "data": {"system_name": "R", "quota_per_unit": 500_000}})
FIGURES = httpx.Response(
    200, json={"code": True, "message": "ok", "data": {"total_used": 1, "total_available": 500_000, "expires_at": 0}}
)


def configured(number: int, base: str = RELAY) -> str:
    one = {"provider": "zhipu", "relay": "relay", "models": ["glm-4-flash"]}
    lines = [{"id": "main", "name": "Main", "base_url": base}]
    many = [one | {"id": f"c{n}", "key": f"sk-{n:020}"} for n in range(number)]
    return json.dumps({"relays": [{"id": "relay", "lines": lines}], "connections": many})


def checked(home: Path, text: str = "", begun: bool = False) -> tuple[Checked, ...]:
    """A check of everything by an engine of its own, as another process would make it; `begun`: as a page begins it."""

    async def run() -> tuple[Checked, ...]:
        engine = Engine(home)
        if text:
            engine.import_(text)
        await engine.start()
        try:
            if begun:
                await (await engine.runs.begin_check()).wait()
            return () if begun else await engine.check()
        finally:
            await engine.stop()

    return asyncio.run(run())


def codes(found: tuple[Checked, ...]) -> dict[str, int]:
    told = [one.verdicts[0].reason.code for one in found]
    return {code: told.count(code) for code in told}


@pytest.fixture
def asked() -> Iterator[Callable[..., respx.Route]]:
    """A relay without billing endpoints, which answers so to a key's list and to the rationed endpoint."""
    with respx.mock(assert_all_called=False) as router:

        def answers(models: httpx.Response, token: httpx.Response) -> respx.Route:
            router.get(RELAY + "/api/status").mock(return_value=STATUS)
            router.get(RELAY + "/v1/models").mock(return_value=models)
            route = router.get(RELAY + TOKEN).mock(return_value=token)
            router.get(url__startswith=RELAY).mock(return_value=httpx.Response(404))
            return route

        yield answers


def test_an_answer_is_used_again_by_other_processes_with_its_own_time(own_home: Path, asked: Any) -> None:
    route = asked(MODELS, FIGURES)
    (first,), (again,) = checked(own_home, configured(1)), checked(own_home)
    assert (first.verdicts[0].state, again.verdicts[0].state, route.call_count) == ("usable", "usable", 1)
    quota = [next(step for step in one.steps if step.step == "quota") for one in (first, again)]
    assert quota[0] == quota[1]


def test_an_answer_that_tells_nothing_is_not_asked_for_again_either(own_home: Path, asked: Any) -> None:
    route = asked(INVALID, httpx.Response(200, json={"success": False, "message": "获取令牌信息失败，请稍后重试"}))
    assert codes(checked(own_home, configured(1))) == codes(checked(own_home)) == {"key_refused_ambiguous": 1}
    assert route.call_count == 1


def test_half_of_the_ration_is_for_keys_whose_refusal_is_ambiguous(own_home: Path, asked: Any) -> None:
    route = asked(MODELS, FIGURES)
    assert codes(checked(own_home, configured(12))) == {"should_work": 10, "rationed": 2}
    assert route.call_count == 10


@pytest.mark.parametrize(
    ("models", "code", "state"),
    [(INVALID, "key_refused_rationed", "bad_key"), (MODELS, "rationed", "untested")],
)
def test_a_bare_429_means_that_the_ration_is_used_up(
    own_home: Path, asked: Any, models: httpx.Response, code: str, state: str
) -> None:
    route = asked(models, httpx.Response(429))
    for _ in range(2):
        (one,) = checked(own_home, configured(1))
        assert (one.verdicts[0].reason.code, one.verdicts[0].state) == (code, state)
        assert datetime.fromisoformat(one.verdicts[0].reason.params["again_at"]) > one.steps[0].at
    assert route.call_count == 1


@pytest.mark.parametrize(
    ("after", "seconds"),
    [
        (None, 1200),
        ("90", 90),
        ("86400", 3600),
        pytest.param("9" * 400, 3600, id="endless"),
        (timedelta(minutes=10), 600),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 1200),
        ("0", 1200),
        ("soon", 1200),
    ],
)
def test_a_relay_that_says_when_is_asked_again_then(
    own_home: Path, asked: Any, after: str | timedelta | None, seconds: float
) -> None:
    """RFC 9110, 10.2.3: seconds or a date. One that is over, or no time at all, says nothing; an hour is the most."""
    if isinstance(after, timedelta):
        after = format_datetime(datetime.now(UTC) + after, usegmt=True)
    asked(INVALID, httpx.Response(429, headers={"retry-after": after} if after else {}))
    (one,) = checked(own_home, configured(1))
    again = datetime.fromisoformat(one.verdicts[0].reason.params["again_at"])
    assert abs((again - one.steps[0].at).total_seconds() - seconds) < 60


def test_after_that_time_it_is_asked_again(own_home: Path, asked: Any) -> None:
    route = asked(INVALID, httpx.Response(429, headers={"retry-after": "1"}))
    assert codes(checked(own_home, configured(1))) == codes(checked(own_home)) == {"key_refused_rationed": 1}
    assert route.call_count == 1
    sleep(1.1)
    assert codes(checked(own_home)) == {"key_refused_rationed": 1}
    assert route.call_count == 2


@pytest.mark.parametrize("begun", [False, True])
def test_those_not_asked_after_for_longest_are_asked_first(
    own_home: Path, asked: Any, monkeypatch: Any, begun: bool
) -> None:
    """The ration is for twenty: the ten that got nothing of it come first the next time, whoever starts the check."""
    route = asked(INVALID, httpx.Response(200, json={"success": False, "message": "获取令牌信息失败，请稍后重试"}))
    checked(own_home, configured(30))
    before = {call.request.headers["authorization"] for call in route.calls}
    monkeypatch.setattr("lib.checks.rationed.KEPT", rations.WITHIN * 0)
    with Ledger.open(None, own_home) as ledger:
        ledger.write(lambda db: db.execute(delete(schema.rations)))
    checked(own_home, begun=begun)
    after = {call.request.headers["authorization"] for call in route.calls[20:]}
    assert (len(before), len(after), len(before | after)) == (20, 20, 30)


def test_what_was_known_holds_while_nobody_may_ask(own_home: Path, asked: Any, monkeypatch: Any) -> None:
    asked(MODELS, FIGURES)
    (before,) = checked(own_home, configured(1))
    monkeypatch.setattr("lib.checks.rationed.KEPT", rations.WITHIN * 0)
    asked(MODELS, httpx.Response(429))
    (after,) = checked(own_home)
    assert [step.reason.code for step in after.steps if step.reason] == ["rationed"]
    assert (after.verdicts[0].state, after.quota) == ("usable", before.quota)


@pytest.mark.parametrize(("zone", "clock"), [("Asia/Shanghai", "20:05"), ("UTC", "12:05")])
@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_time_is_said_in_the_readers_zone(zone: str, clock: str, language: Any) -> None:
    for code in ("rationed", "key_refused_rationed"):
        why = reason(CAUSES[code], again_at="2026-11-25T12:05:59+00:00")
        assert clock in words(why, translator(language), ZoneInfo(zone)).message


def figures(relay: Any) -> int:
    return httpx.get(relay.url + TOKEN, headers={"authorization": "Bearer sk-x"}).status_code


def test_thirty_refused_keys_at_a_relay_that_rations(own_home: Path, rationed_demo: Any) -> None:
    """Twenty are asked after; ten say when; the relay itself never had to refuse one until now."""
    for text in (configured(30, rationed_demo.url), ""):
        assert codes(checked(own_home, text)) == {"key_refused_ambiguous": 20, "key_refused_rationed": 10}
    assert figures(rationed_demo) == 429


def test_what_others_have_used_up_is_not_there_for_us(own_home: Path, rationed_demo: Any) -> None:
    assert [figures(rationed_demo) for _ in range(20)] == [200] * 20
    assert codes(checked(own_home, configured(3, rationed_demo.url))) == {"key_refused_rationed": 3}
