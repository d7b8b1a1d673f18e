"""A task that was submitted elsewhere comes in by its id; one nobody knows is refused before anything is logged."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from lib.calls.draft import CallDraft
from lib.engine import Engine
from lib.errors import Refused, WrongUse
from lib.vocabulary import Capability
from lib.wire.protocols import later_for
from tests.conftest import DemoRelay

FILM = CallDraft("sora", "video", "", "sora-2")


def submitted_elsewhere(demo: DemoRelay) -> str:
    """The id of a film that another program ordered."""
    key = next(one["key"] for one in json.loads(demo.connections)["connections"] if one["id"] == "sora")
    answer = httpx.post(
        demo.url + "/v1/videos", headers={"Authorization": f"Bearer {key}"}, json={"model": "sora-2", "prompt": "waves"}
    )
    return str(answer.json()["id"])


async def recovered(home: Path, demo: DemoRelay, task: str) -> tuple[Engine, str]:
    engine = Engine(home)
    engine.import_(demo.connections)
    await engine.start()
    try:
        call_id = await engine.recover_task(FILM, task)
        await engine.wait(call_id)
        return engine, call_id
    finally:
        await engine.stop()


def test_it_comes_in_by_its_id(own_home: Path, demo: DemoRelay) -> None:
    asyncio.run(recovered(own_home, demo, submitted_elsewhere(demo)))
    engine = Engine(own_home)
    (row,) = engine.log.page(limit=5).rows
    assert (row.status, len(engine.artifacts([row.id])[row.id])) == ("succeeded", 1)


@pytest.mark.parametrize(
    ("model", "capability", "path", "body", "protocol", "cost"),
    [
        ("sora-2", "video", "/v2/videos/generations", {"prompt": "waves"}, "video_v2", "0.1"),
        ("suno_music", "music", "/suno/submit/music", {"gpt_description_prompt": "waves"}, None, "0.04"),
        # wire.md 2A: new-api multiplies its price by the seconds, which only the submission's answer tells
        ("sora-2", "video", "/v1/videos", {"prompt": "waves"}, "openai_video", None),
    ],
)
def test_it_costs_what_its_model_does(
    own_home: Path, demo: DemoRelay, model: str, capability: Any, path: str, body: dict[str, str],
    protocol: str | None, cost: str | None,
) -> None:  # fmt: skip
    key = next(one["key"] for one in json.loads(demo.connections)["connections"] if one["id"] == "all")
    told = httpx.post(demo.url + path, headers={"Authorization": f"Bearer {key}"}, json={"model": model, **body}).json()
    task = str(told.get("task_id") or told.get("id") or told["data"])

    async def followed() -> None:
        engine = Engine(own_home)
        engine.import_(demo.connections)
        await engine.start()
        await engine.check(["all"])
        await engine.wait(await engine.recover_task(CallDraft("all", capability, "", model, protocol=protocol), task))
        await engine.stop()

    asyncio.run(followed())
    (row,) = Engine(own_home).log.page(limit=5).rows
    assert (row.status, row.estimated.plain if row.estimated else None) == ("succeeded", cost)


def test_without_a_key_nothing_is_asked_or_logged(own_home: Path) -> None:
    async def asked() -> None:
        engine = Engine(own_home)
        engine.import_('{"connections": [{"id": "sora", "provider": "sora", "base_url": "https://a.example"}]}')
        await engine.start()
        try:
            await engine.recover_task(FILM, "task_1")
        finally:
            await engine.stop()

    with pytest.raises(Refused):
        asyncio.run(asked())
    assert Engine(own_home).log.page(limit=5).rows == ()


def test_one_that_nobody_knows_is_refused_and_not_logged(own_home: Path, demo: DemoRelay) -> None:
    with pytest.raises(WrongUse, match="knows no task"):
        asyncio.run(recovered(own_home, demo, "task_of_nobody"))
    assert Engine(own_home).log.page(limit=5).rows == ()


def test_a_film_that_was_stopped_says_that_it_may_be_billed(own_home: Path, demo: DemoRelay) -> None:
    async def stopped() -> None:
        engine = Engine(own_home)
        engine.import_(demo.connections)
        await engine.start()
        call_id = await engine.submit(CallDraft("sora", "video", "#slow waves", "sora-2"))
        await engine.accepted(call_id)
        await engine.cancel(call_id)
        await engine.stop()

    asyncio.run(stopped())
    (row,) = Engine(own_home).log.page(limit=5).rows
    assert (row.status, row.error_code) == ("cancelled", "cancelled_there")


@pytest.mark.parametrize(
    ("protocol", "capability", "there"),
    [
        ("gemini", "video", True), ("gemini", "embedding", False), ("gemini", "image", False),
        ("zhipu", "video", True), ("zhipu", "image", False), ("image_async", "image", True), ("openai", "text", False),
    ],
)  # fmt: skip
def test_what_is_answered_at_once_has_no_tasks(protocol: str, capability: Capability, there: bool) -> None:
    """wire.md 4 and 5: Veo's operations, CogVideoX's async-result; pictures, speech and vectors come at once."""
    assert (later_for(protocol, capability) is not None) == there
