"""A task that was submitted elsewhere comes in by its id; one nobody knows is refused before anything is logged."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import httpx
import pytest

from lib.calls.draft import CallDraft
from lib.engine import Engine
from lib.errors import WrongUse
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
