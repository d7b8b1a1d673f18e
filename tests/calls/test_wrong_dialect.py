"""A model spoken to in a protocol it isn't served by: told as that, which proves nothing of key or model."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from lib.calls.draft import CallDraft
from lib.engine import Engine
from lib.ledger.row import CallRow
from tests.conftest import DemoRelay
from ui.choices import choices


def made(home: Path, demo: DemoRelay, draft: CallDraft) -> tuple[Engine, CallRow]:
    """An engine that has stopped, and how the one call ended that it made."""

    async def run() -> None:
        engine = Engine(home)
        engine.import_(demo.connections)
        await engine.start()
        await engine.check(["all"])
        call_id = await engine.submit(draft)
        await engine.wait(call_id)
        await engine.stop()

    asyncio.run(run())
    engine = Engine(home)
    return engine, engine.log.page(limit=1).rows[0]


@pytest.mark.parametrize(
    ("capability", "model", "protocol"),
    [
        ("image", "gpt-image-1", "gemini"),  # wire.md 4: 404 "models/… is not found for API version v1beta"
        ("image", "gpt-image-1", "stability"),  # a path that isn't there
        ("image", "mj_imagine", "chat_image"),  # wire.md 1B: convert_request_failed
        ("image", "mj_imagine", "openai"),
        ("video", "sora-2", "gemini"),
    ],
)
def test_chosen_by_hand_it_is_told_and_proves_nothing(
    own_home: Path, demo: DemoRelay, capability: str, model: str, protocol: str
) -> None:
    engine, row = made(own_home, demo, CallDraft("all", capability, "A pier", model, protocol=protocol))  # type: ignore[arg-type]
    assert (row.status, row.error_state, row.error_code) == ("failed", "unsupported", "wrong_dialect")
    offered = choices(engine.verdicts(), row.capability).offered["all"]
    assert {one.model: one.state for one in offered}[model] == "usable"


def test_what_a_key_may_not_do_is_no_matter_of_dialect(own_home: Path, demo: DemoRelay) -> None:
    engine, row = made(own_home, demo, CallDraft("no_channel", "text", "Hello", "gpt-4o-mini", protocol="openai"))
    assert row.error_state == "not_offered"
    assert engine.verdicts()


def test_a_wrong_guess_leaves_the_model_in_the_form(own_home: Path, demo: DemoRelay) -> None:
    """Its remedy is to choose another protocol there."""
    spoken = demo.connections.replace('"id": "all",', '"id": "all", "protocol": "stability",')

    async def run() -> None:
        engine = Engine(own_home)
        engine.import_(spoken)
        await engine.start()
        await engine.check(["all"])
        await engine.wait(await engine.submit(CallDraft("all", "image", "A pier", "gpt-image-1")))
        await engine.stop()

    asyncio.run(run())
    engine = Engine(own_home)
    assert engine.log.page(limit=1).rows[0].error_code == "wrong_dialect"
    offered = choices(engine.verdicts(), "image").offered["all"]
    assert {one.model: one.state for one in offered}["gpt-image-1"] == "unsupported"
