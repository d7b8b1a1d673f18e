"""A connection tried before it is saved: the real ladder, nothing kept, and no key at an address it isn't for."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx
from sqlalchemy import func, select

from lib.connections.keys import key_variable
from lib.engine import Engine
from lib.errors import WrongUse
from lib.ledger.schema import connections, evidence, relays, settings, snapshots
from lib.verdicts.tried import Tried
from lib.vocabulary import Evidence

RELAY, OTHER = "https://relay.example", "https://other.example"
TYPED, SAVED = "sk-typed-0001", "sk-saved-0002"


def draft(base: str = RELAY, *, id: str = "mine", key: str | None = TYPED, **more: Any) -> str:
    document = {
        "relays": [{"id": "new", "lines": [{"id": "main", "name": "Main", "base_url": base}]}],
        "connections": [{"id": id, "provider": "zhipu", "relay": "new", **({"key": key} if key else {}), **more}],
    }
    return json.dumps(document)


def serve(mocked: respx.MockRouter, base: str, *names: str) -> None:
    """A relay whose keys may use these models; 3.75 USD are left."""
    listed = [{"id": name} for name in names]
    answers: dict[str, Any] = {
        "/api/status": {"success": True, "data": {"system_name": "Ours", "version": "v1", "quota_per_unit": 500_000}},
        "/api/pricing": {"success": True, "data": []},
        "/v1/models": {"object": "list", "data": listed},
        "/v1/dashboard/billing/subscription": {"object": "billing_subscription", "hard_limit_usd": 5},
        "/v1/dashboard/billing/usage": {"object": "list", "total_usage": 125},
    }
    for path, body in answers.items():
        mocked.get(base + path).respond(json=body)


def tried(engine: Engine, text: str, seen: list[Evidence] | None = None) -> Tried:
    async def run() -> Tried:
        await engine.start()
        try:
            return await engine.try_out(text, seen.append if seen is not None else None)
        finally:
            await engine.stop()

    return asyncio.run(run())


def keys_sent(mocked: respx.MockRouter) -> set[tuple[str, str]]:
    """Host and key of every request that carried one."""
    sent = [(call.request.url.host, call.request.headers.get("authorization", "")) for call in mocked.calls]
    return {(host, value.removeprefix("Bearer ")) for host, value in sent if value}


@pytest.fixture
def engine(own_home: Path) -> Engine:
    return Engine(own_home)


def kept(engine: Engine) -> dict[str, int]:
    with engine.ledger.read() as db:
        tables = (connections, relays, evidence, snapshots, settings)
        return {table.name: db.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


@respx.mock
def test_a_draft_climbs_the_whole_ladder_and_leaves_nothing(engine: Engine, respx_mock: respx.MockRouter) -> None:
    serve(respx_mock, RELAY, "glm-4-flash", "glm-4")
    before, seen = kept(engine), list[Evidence]()
    found = tried(engine, draft(models=["glm-4-flash"]), seen)
    assert [(one.step, one.ok) for one in found.steps] == [
        ("line", True), ("key", True), ("quota", True), ("permission", True),
    ]
    assert tuple(seen) == found.steps
    assert found.steps[0].detail == {"relay": "Ours", "version": "v1"}
    assert found.steps[2].detail["remaining"] == "3.75"
    assert [(v.capability, v.model, v.state, v.proof) for v in found.verdicts] == [
        ("text", "glm-4-flash", "usable", "ladder")
    ]
    assert found.models == ("glm-4-flash", "glm-4")
    assert keys_sent(respx_mock) == {("relay.example", TYPED)}
    assert kept(Engine(engine.home)) == before
    assert not (engine.home / "keys.json").exists()


REFUSALS = (
    (401, "该令牌已过期", "expired_key"),
    (401, "该令牌状态不可用", "bad_key"),
    (403, "用户已被封禁", "bad_key"),
    (429, "Too many requests", "rate_limited"),
)


@pytest.mark.parametrize(("status", "said", "state"), REFUSALS)
def test_a_refused_draft_says_why(
    engine: Engine, respx_mock: respx.MockRouter, status: int, said: str, state: str
) -> None:
    serve(respx_mock, RELAY)
    body = {"error": {"message": said, "type": "new_api_error", "code": ""}}
    respx_mock.get(RELAY + "/v1/models").mock(return_value=httpx.Response(status, json=body))
    found = tried(engine, draft())
    assert (found.steps[-1].step, found.steps[-1].ok, found.steps[-1].state) == ("key", False, state)
    assert {v.state for v in found.verdicts} == {state}


def saved(engine: Engine) -> Engine:
    engine.import_(draft(key=SAVED))
    return engine


@pytest.mark.parametrize(
    ("base", "typed", "sent"),
    [
        (RELAY, None, {("relay.example", SAVED)}),
        (RELAY, TYPED, {("relay.example", TYPED)}),
        (OTHER, TYPED, {("other.example", TYPED)}),
        (OTHER, None, set()),
    ],
)
def test_a_saved_key_only_goes_where_it_was_saved_for(
    engine: Engine, respx_mock: respx.MockRouter, base: str, typed: str | None, sent: set[tuple[str, str]]
) -> None:
    serve(respx_mock, base, "glm-4-flash")
    found = tried(saved(engine), draft(base, key=typed))
    assert keys_sent(respx_mock) == sent
    if not sent:
        assert found.steps[-1].reason is not None
        assert found.steps[-1].reason.code == "key_address"


@pytest.mark.parametrize(("base", "sent"), [(RELAY, {("relay.example", "sk-of-environment")}), (OTHER, set())])
def test_so_does_a_key_of_the_environment(
    engine: Engine, respx_mock: respx.MockRouter, monkeypatch: pytest.MonkeyPatch, base: str,
    sent: set[tuple[str, str]],
) -> None:  # fmt: skip
    serve(respx_mock, base, "glm-4-flash")
    saved(engine)
    monkeypatch.setenv(key_variable("mine"), "sk-of-environment")
    tried(engine, draft(base, key=None))
    assert keys_sent(respx_mock) == sent


def test_another_connections_key_is_never_used(engine: Engine, respx_mock: respx.MockRouter) -> None:
    serve(respx_mock, RELAY, "glm-4-flash")
    found = tried(saved(engine), draft(id="another", key=None))
    assert keys_sent(respx_mock) == set()
    assert found.steps[-1].state == "not_configured"


def test_a_saved_connection_is_not_changed_by_a_test(engine: Engine, respx_mock: respx.MockRouter) -> None:
    serve(respx_mock, OTHER, "glm-4")
    saved(engine)
    before, configuration = kept(engine), engine.configuration()
    tried(engine, draft(OTHER, models=["glm-4"]))
    again = Engine(engine.home)
    assert (kept(again), again.configuration()) == (before, configuration)


@pytest.mark.parametrize("text", ["{", '{"connections": [{"id": "x", "provider": "zhipu", "relay": "nowhere"}]}'])
def test_what_is_wrong_is_said_before_anything_is_sent(
    engine: Engine, respx_mock: respx.MockRouter, text: str
) -> None:
    with pytest.raises(WrongUse):
        tried(engine, text)
    assert not respx_mock.calls
