"""The ladder, answer by answer: which rung is told as what. Every question is free: a GET, or nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx

from lib.checks.permission import wanted
from lib.connections.model import Connection
from lib.engine import Checked, Engine
from lib.wire import KeyModel

RELAY = "https://relay.example"
OPENAI = "https://api.openai.com"
STATUS, PRICING, MODELS = "/api/status", "/api/pricing", "/v1/models"
GRANTED, USED, TOKEN = "/v1/dashboard/billing/subscription", "/v1/dashboard/billing/usage", "/api/usage/token/"

THROUGH_RELAY = {
    "relays": [{"id": "relay", "lines": [{"id": "main", "name": "Main", "base_url": RELAY}]}],
    "connections": [{"id": "mine", "provider": "zhipu", "relay": "relay", "key": "sk-mine", "models": ["glm-4-flash"]}],
}
DIRECT = {"connections": [{"id": "mine", "provider": "openai", "key": "sk-mine", "models": ["gpt-4o-mini"]}]}
CUSTOM = {"connections": [{"id": "mine", "provider": "custom", "base_url": RELAY, "key": "sk-mine"}]}


def site(**told: Any) -> httpx.Response:
    return httpx.Response(200, json={"success": True, "data": {"system_name": "R", "quota_per_unit": 500_000, **told}})


def models(*names: str) -> httpx.Response:
    return httpx.Response(200, json={"object": "list", "data": [{"id": name} for name in names]})


def granted(amount: float) -> httpx.Response:
    return httpx.Response(200, json={"object": "billing_subscription", "hard_limit_usd": amount})


def used(hundredths: float) -> httpx.Response:
    return httpx.Response(200, json={"object": "list", "total_usage": hundredths})


def token(**told: Any) -> httpx.Response:
    return httpx.Response(200, json={"code": True, "message": "ok", "data": {"total_used": 0, **told}})


def refused(status: int, message: str, code: str = "") -> httpx.Response:
    return httpx.Response(status, json={"error": {"message": message, "type": "new_api_error", "code": code}})


class Cut(httpx.AsyncByteStream):
    """A body that breaks off."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield b'{"object": "li'
        raise httpx.ReadError("reset")


PAGE = httpx.Response(200, html="<!doctype html><title>Console</title>")
NOWHERE = httpx.Response(404, json={"error": {"message": "Invalid URL (GET /x)", "type": "invalid_request_error"}})
GOOD = {
    STATUS: site(),
    PRICING: httpx.Response(200, json={"success": True, "data": []}),
    MODELS: models("glm-4-flash"),
    GRANTED: granted(5),
    USED: used(125),
}
INVALID = refused(401, "Invalid token")


def climbed(configured: dict[str, Any], answers: dict[str, Any], base: str = RELAY) -> Checked:
    """Checks the only connection against a server that gives these answers by path; any other path isn't there."""

    async def run() -> Checked:
        engine = Engine(Path("home"))
        engine.import_(json.dumps(configured))
        await engine.start()
        try:
            (checked,) = await engine.check()
            return checked
        finally:
            await engine.stop()

    with respx.mock(assert_all_called=False) as router:
        for path, answer in answers.items():
            route = router.get(base + path)
            route.mock(side_effect=answer) if isinstance(answer, type) else route.mock(return_value=answer)
        router.get(url__startswith=base).mock(return_value=NOWHERE)
        return asyncio.run(run())


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


LADDER = ["line", "key", "quota", "permission"]


@pytest.mark.parametrize(
    ("answers", "rungs", "state", "code"),
    [
        ({}, LADDER, "usable", "should_work"),
        # line: any HTTP answer proves it, of whatever it is; only the lack of one is the line's fault
        ({STATUS: httpx.ConnectError}, ["line"], "unreachable", "line_connect"),
        ({STATUS: httpx.ConnectTimeout}, ["line"], "unreachable", "line_timeout"),
        ({STATUS: httpx.Response(401)}, LADDER, "untested", "no_free_endpoint"),
        ({STATUS: PAGE}, LADDER, "untested", "no_free_endpoint"),
        ({MODELS: httpx.ReadTimeout}, ["line", "line"], "unreachable", "line_timeout"),
        # key
        ({MODELS: refused(401, "该令牌已过期")}, LADDER[:2], "expired_key", "key_expired"),
        ({MODELS: refused(403, "用户已被封禁")}, LADDER[:2], "bad_key", "account_banned"),
        ({MODELS: PAGE}, LADDER[:2], "wrong_address", "html_page"),
        ({MODELS: httpx.Response(200, content=b'{"object": "li')}, LADDER[:2], "upstream_fault", "unreadable"),
        ({MODELS: httpx.Response(200)}, LADDER[:2], "upstream_fault", "empty_answer"),
        ({MODELS: httpx.Response(302, headers={"Location": "https://evil.example/"})}, LADDER[:2],
         "wrong_address", "redirected"),
        ({MODELS: httpx.Response(200, stream=Cut())}, LADDER[:2], "upstream_fault", "unreadable"),
        ({MODELS: refused(418, "nobody knows", "teapot")}, LADDER, "untested", "unknown_code"),
        # one sentence for four causes: the endpoint that still tells them apart is asked
        ({MODELS: INVALID}, LADDER[:2], "bad_key", "key_refused_ambiguous"),
        ({MODELS: INVALID, TOKEN: token(total_available=9, expires_at=1)}, LADDER[:2], "expired_key", "key_expired"),
        ({MODELS: INVALID, TOKEN: token(total_available=0)}, LADDER[:2], "quota_exhausted", "key_quota_exhausted"),
        ({MODELS: INVALID, TOKEN: token(total_available=9)}, LADDER[:2], "bad_key", "key_disabled"),
        # quota
        ({USED: used(500)}, LADDER[:3], "quota_exhausted", "quota_empty"),
        ({GRANTED: refused(403, "用户额度不足"), TOKEN: token(total_available=0)}, LADDER[:3], "quota_exhausted",
         "quota_empty"),
        ({GRANTED: PAGE}, LADDER, "untested", "no_free_endpoint"),
        # permission
        ({MODELS: models("glm-4")}, LADDER, "no_permission", "not_in_key_list"),
        ({MODELS: models()}, LADDER, "no_permission", "not_in_key_list"),
    ],
)  # fmt: skip
def test_what_each_rung_shows(answers: dict[str, Any], rungs: list[str], state: str, code: str) -> None:
    checked = climbed(THROUGH_RELAY, GOOD | answers)
    (verdict,) = checked.verdicts
    assert ([step.step for step in checked.steps], verdict.state, verdict.reason.code) == (rungs, state, code)


@pytest.mark.parametrize(
    ("answers", "left", "currency"),
    [
        ({}, "3.75", "USD"),
        ({GRANTED: granted(100_000_000)}, None, None),
        ({STATUS: site(quota_display_type="CNY", usd_exchange_rate=7.3)}, "3.75", "CNY"),
        ({STATUS: site(quota_display_type="TOKENS"), GRANTED: granted(2_500_000), USED: used(100_000_000)}, "3", "USD"),
        ({STATUS: site(display_in_currency=False), GRANTED: granted(2_500_000), USED: used(0)}, "5", "USD"),
        ({GRANTED: PAGE, TOKEN: token(total_available=1_000_000)}, "2", "USD"),
        ({GRANTED: PAGE, STATUS: site(quota_per_unit=100), TOKEN: token(total_available=250)}, "2.5", "USD"),
        ({GRANTED: PAGE, TOKEN: token(total_available=0, unlimited_quota=True)}, None, None),
    ],
)
def test_what_is_left(answers: dict[str, Any], left: str | None, currency: str | None) -> None:
    quota = climbed(THROUGH_RELAY, GOOD | answers).quota
    assert quota is not None
    assert quota.unlimited is (left is None)
    if left is not None:
        assert quota.remaining is not None
        assert (quota.remaining.amount, quota.remaining.currency) == (Decimal(left), currency)


def test_an_official_api_is_asked_for_its_models_only_and_says_which_rung_has_no_endpoint() -> None:
    checked = climbed(DIRECT, {MODELS: models("gpt-4o-mini")}, base=OPENAI)
    assert [(step.step, step.ok) for step in checked.steps] == [("key", True), ("quota", False), ("permission", True)]
    (verdict,) = checked.verdicts
    assert (verdict.state, verdict.reason.code, verdict.reason.params["step"]) == (
        "untested", "no_free_endpoint", "quota",
    )  # fmt: skip


@pytest.mark.parametrize(("answers", "rungs"), [({}, LADDER), ({STATUS: NOWHERE}, LADDER)])
def test_a_custom_address_is_asked_what_it_is(answers: dict[str, Any], rungs: list[str]) -> None:
    """A relay's quota is read; what isn't one has no free endpoint for it."""
    checked = climbed(CUSTOM, GOOD | answers)
    assert [step.step for step in checked.steps] == rungs
    assert (checked.quota is not None) is (not answers)
    assert checked.verdicts[0].state == ("untested" if answers else "usable")


def test_a_server_that_repeats_the_key_gets_it_nowhere(tmp_path: Path) -> None:
    key = "9f8e7d6c5b4a.QwErTyUiOpAsDfGh"
    mine = {"id": "mine", "provider": "custom", "base_url": RELAY, "key": key}
    told = refused(401, f"Received={key}, which is not ours", key)
    checked = climbed({"connections": [mine]}, {MODELS: told})
    assert checked.verdicts[0].state == "untested"
    files = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "keys.json"]
    assert not [path for path in files if key.encode() in path.read_bytes()]
    assert key not in repr(checked)


MOVED = {
    "relays": [{"id": "relay", "lines": [{"id": "new", "name": "New", "base_url": "https://new.example"}]}],
    "connections": [{"id": "other", "provider": "custom", "base_url": RELAY, "key": "sk-other"}],
}


def test_a_key_that_is_for_another_address_is_told_as_that_and_stops_no_other() -> None:
    async def run() -> dict[str, Checked]:
        engine = Engine(Path("home"))
        engine.import_(json.dumps(THROUGH_RELAY))
        engine.import_(json.dumps(MOVED))
        await engine.start()
        try:
            before = {one.connection: one.reason.code for one in engine.verdicts()}
            assert before["mine"] == "key_address"
            return {one.connection: one for one in await engine.check()}
        finally:
            await engine.stop()

    with respx.mock(assert_all_called=False) as router:
        router.get(RELAY + MODELS).mock(return_value=models("gpt-4o"))
        router.get(url__regex=r"https://(relay|new)\.example/.*").mock(return_value=NOWHERE)
        checked = asyncio.run(run())
        keys = [call.request.headers.get("authorization") for call in router.calls if "new" in str(call.request.url)]
    assert set(keys) == {None}
    assert (checked["mine"].verdicts[0].state, checked["mine"].verdicts[0].reason.code) == (
        "not_configured", "key_address",
    )  # fmt: skip
    assert checked["other"].verdicts[0].model == "gpt-4o"


@pytest.mark.parametrize(
    ("configured", "listed", "judged"),
    [
        # nothing is known of it yet: it is there all the same
        (CUSTOM, None, {("text", "")}),
        # names that say nothing are for what the connection is first for
        (CUSTOM, models("my-fine-tune", "text-embedding-3-small"), {("text", "my-fine-tune"),
                                                                     ("embedding", "text-embedding-3-small")}),
        ({"connections": [CUSTOM["connections"][0] | {"capabilities": ["image"]}]}, models("my-lora"),
         {("image", "my-lora")}),
        # what it is bound to and none of its models is for
        ({"connections": [CUSTOM["connections"][0] | {"capabilities": ["text", "video"], "models": ["gpt-4o-mini"]}]},
         models("gpt-4o-mini"), {("text", "gpt-4o-mini"), ("video", "")}),
    ],
)  # fmt: skip
def test_no_connection_goes_without_a_verdict(
    configured: dict[str, Any], listed: httpx.Response | None, judged: set[tuple[str, str]]
) -> None:
    checked = climbed(configured, {MODELS: listed} if listed else {MODELS: INVALID})
    assert {(one.capability, one.model) for one in checked.verdicts} == judged


def test_a_capability_without_a_model_is_not_usable() -> None:
    mine = CUSTOM["connections"][0] | {"capabilities": ["video"], "models": ["gpt-4o-mini"]}
    (verdict,) = climbed({"connections": [mine]}, GOOD | {MODELS: models("gpt-4o-mini")}).verdicts
    assert (verdict.state, verdict.reason.code) == ("no_permission", "no_model_for")


@pytest.mark.parametrize(("models", "judged"), [(None, {"a", "b"}), (("a",), {"a"})])
def test_models_called_are_judged_unless_the_connection_names_its_own(
    models: tuple[str, ...] | None, judged: set[str]
) -> None:
    mine = Connection(id="mine", provider="custom", base_url=RELAY, models=models)
    assert {one.model for one in wanted(mine, (KeyModel("a"),), {}, ["b"])} == judged
