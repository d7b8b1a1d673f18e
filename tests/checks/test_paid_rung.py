"""The paid rung: one smallest real call where the free rungs pass or have nothing to ask, none where one fails."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx

from lib.cli.documents import check_document
from lib.engine import Engine
from lib.i18n import translator
from tests.checks.test_makers_ladders import BAD
from tests.conftest import DemoRelay

RELAY = "https://relay.example"
CONSUMED = 2
"""The type of a log's row that was charged for (wire.md 1B); a refused call has one of another type."""
FREE = {
    "/api/status": {"success": True, "data": {"system_name": "R", "quota_per_unit": 500_000}},
    "/api/pricing": {
        "success": True, "group_ratio": {"default": 1},
        "data": [{"model_name": "glm-4-flash", "quota_type": 0, "model_ratio": 1, "completion_ratio": 3}],
    },
    "/v1/models": {"object": "list", "data": [{"id": "glm-4-flash"}]},
    "/v1/dashboard/billing/subscription": {"object": "billing_subscription", "hard_limit_usd": 5},
    "/v1/dashboard/billing/usage": {"object": "list", "total_usage": 100},
}  # fmt: skip
CONFIGURED = {
    "relays": [{"id": "relay", "lines": [{"id": "main", "name": "Main", "base_url": RELAY}]}],
    "connections": [{"id": "mine", "provider": "zhipu", "relay": "relay", "key": "sk-1", "models": ["glm-4-flash"]}],
}
USAGE = {"prompt_tokens": 20, "completion_tokens": 4, "total_tokens": 24}
CHARGED = Decimal("0.000064")
"""(20 + 4 × 3) × 2 USD a million."""


def checked(home: Path, configured: dict[str, Any], times: int = 1) -> list[dict[str, Any]]:
    """The documents of so many paid checks in a row."""

    async def run() -> list[dict[str, Any]]:
        engine = Engine(home)
        engine.import_(json.dumps(configured))
        await engine.start()
        found = [check_document(await engine.check(paid=True), engine, translator("en")) for _ in range(times)]
        await engine.stop()
        return found

    return asyncio.run(run())


def completion(text: str | None, finish: str = "stop", **more: Any) -> httpx.Response:
    choice = {"index": 0, "message": {"role": "assistant", "content": text, **more}, "finish_reason": finish}
    return httpx.Response(200, json={"id": "1", "object": "chat.completion", "choices": [choice], "usage": USAGE})


class Relay:
    """Its free endpoints answer well; `answers` are what its models say, one a call."""

    def __init__(self, *answers: httpx.Response) -> None:
        self._answers = list(answers)
        self.asked: list[dict[str, Any]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "GET":
            return httpx.Response(200, json=FREE[request.url.path])
        self.asked.append(json.loads(request.content))
        return self._answers[len(self.asked) - 1]


SATURATED = httpx.Response(
    429, json={"error": {"message": "当前分组上游负载已饱和，请稍后再试", "type": "new_api_error", "code": ""}}
)  # wire.md 1B
ERRS = "It answered, but 17 + 25 was not 42."
ANSWERS = [
    (completion("42"), "usable", "A real call has succeeded.", CHARGED),
    (completion("43"), "usable", ERRS, CHARGED),
    (completion("Forty", "length"), "usable", ERRS, CHARGED),
    (completion(""), "upstream_fault", "The answer is empty.", CHARGED),
    (completion("", reasoning_content="17 and 25 …"), "upstream_fault", "The answer is empty.", CHARGED),
    # proves nothing either way: and yet it was paid for, which the step says
    (completion("", "length", reasoning_content="Well"), "untested",
     "The model used up its tokens before it wrote a word.", CHARGED),
    (httpx.Response(200, text="<html>Welcome</html>"), "wrong_address", "A web page answers there, not an API.", 0),
    (SATURATED, "rate_limited", None, 0),
]  # fmt: skip


@pytest.mark.parametrize(("answer", "state", "message", "cost"), ANSWERS)
def test_the_answer_is_checked(
    own_home: Path, answer: httpx.Response, state: str, message: str | None, cost: Decimal
) -> None:
    relay = Relay(answer)
    with respx.mock(base_url=RELAY) as routes:
        routes.route().mock(side_effect=relay)
        (one,) = checked(own_home, CONFIGURED)[0]["connections"]
    assert len(relay.asked) == 1
    step = one["steps"][-1]
    assert (step["step"], step["state"], step["ok"]) == ("call", state, state == "usable")
    assert message in (None, step["message"])
    assert Decimal(step["cost"]["amount"]) == cost
    if state != "untested":
        assert (one["state"], one["reason"]["message"]) == (state, message or one["reason"]["message"])


def test_what_an_earlier_call_showed_is_tried_again(own_home: Path) -> None:
    """Only a real call can say whether the upstream is still saturated: the free rungs passed, and it was asked for."""
    relay = Relay(SATURATED, completion("42"))
    with respx.mock(base_url=RELAY) as routes:
        routes.route().mock(side_effect=relay)
        first, second = (one["connections"][0] for one in checked(own_home, CONFIGURED, times=2))
    assert (first["state"], second["state"], second["proof"]) == ("rate_limited", "usable", "call")
    assert len(relay.asked) == 2


def test_what_works_on_a_file_is_not_tried(own_home: Path) -> None:
    mine = {**CONFIGURED["connections"][0], "provider": "custom", "models": ["whisper-1"]}
    relay = Relay()
    with respx.mock(base_url=RELAY) as routes:
        routes.get("/v1/models").respond(json={"object": "list", "data": [{"id": "whisper-1"}]})
        routes.route().mock(side_effect=relay)
        (one,) = checked(own_home, {**CONFIGURED, "connections": [mine]})[0]["connections"]
    assert (one["state"], one["steps"][-1]["state"], one["steps"][-1]["cost"]["amount"]) == ("usable", "untested", "0")
    assert relay.asked == []


def charges(demo: DemoRelay, key: str) -> list[int]:
    """What the relay has deducted from a key, in quota units, by its own log; 0 for a model that is free."""
    answer = httpx.get(f"{demo.url}/api/log/token", headers={"Authorization": f"Bearer {key}"}).json()
    return [row["quota"] for row in answer.get("data") or [] if row["type"] == CONSUMED]


def test_the_demo_charged_each_connection_what_its_step_says(own_home: Path, demo: DemoRelay) -> None:
    """Every connection of demo/connections.json: one charge where the free rungs pass and the call is served."""
    configured = json.loads(demo.connections)
    found = checked(own_home, configured)[0]["connections"]
    steps = {one["id"]: {step["step"]: step for step in one["steps"]} for one in found}
    told = {
        name: [int(Decimal(rungs["call"]["cost"]["amount"]) * 500_000)] if "call" in rungs else []
        for name, rungs in steps.items()
    }
    books = {one["id"]: charges(demo, one["key"]) for one in configured["connections"]}
    refused = ("saturated", "no_channel")
    assert [told.pop(name) for name in refused] == [[0], [0]]
    assert [books.pop(name) for name in refused] == [[], []]
    assert told == books
    assert {name for name, taken in books.items() if taken} == {"sora", "gemini", "chatglm", "all"}
    passed = {name for name, rungs in steps.items() if all(rungs[step]["ok"] for step in rungs if step != "call")}
    assert passed == {name for name, rungs in steps.items() if "call" in rungs}
    assert passed == {"sora", "gemini", "chatglm", "all", "saturated", "no_channel"}


@pytest.mark.parametrize("provider", ["zhipu", "stability", "elevenlabs", "deepl", "anthropic", "gemini"])
def test_where_a_rung_has_no_free_endpoint_the_call_is_the_proof(
    own_home: Path, demo: DemoRelay, provider: str
) -> None:
    key = next(one["key"] for one in json.loads(demo.connections)["connections"] if one["id"] == "all")
    own = {"id": "own", "provider": provider, "base_url": demo.url, "key": key}
    (one,) = checked(own_home, {"connections": [own]})[0]["connections"]
    assert (one["steps"][-1]["step"], one["steps"][-1]["ok"]) == ("call", True), one["steps"][-1]
    assert (one["state"], one["proof"]) == ("usable", "call")
    assert len(charges(demo, key)) == 1


@pytest.mark.parametrize("provider", ["zhipu", "deepl"])
def test_a_bad_key_is_not_charged(own_home: Path, demo: DemoRelay, provider: str) -> None:
    """Zhipu's has no free rung: the call shows it, at no cost."""
    own = {"id": "own", "provider": provider, "base_url": demo.url, "key": BAD}
    (one,) = checked(own_home, {"connections": [own]})[0]["connections"]
    assert one["state"] == "bad_key"
    assert all(step["cost"]["amount"] == "0" for step in one["steps"])
