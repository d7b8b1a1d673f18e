"""What a quote says that speech costs at most is never less than what it then costs."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from lib.calls.draft import CallDraft
from lib.engine import Engine
from tests.conftest import DemoRelay


@pytest.mark.parametrize(
    ("provider", "model"),
    [("openai", "tts-1"), ("gemini", "gemini-2.5-flash-preview-tts"), ("elevenlabs", "eleven_multilingual_v2")],
)
def test_speech_costs_no_more_than_quoted(own_home: Path, demo: DemoRelay, provider: str, model: str) -> None:
    """wire.md 4: Gemini tells the tokens of the sound, and bills them as output."""
    key = next(one["key"] for one in json.loads(demo.connections)["connections"] if one["id"] == "all")
    own = {"id": "own", "provider": provider, "base_url": demo.url, "key": key}

    async def run() -> None:
        engine = Engine(own_home)
        engine.import_(json.dumps({"connections": [own]}))
        await engine.start()
        await engine.check(["own"])
        await engine.wait(await engine.submit(CallDraft("own", "speech", "A lighthouse in the rain", model)))
        await engine.stop()

    asyncio.run(run())
    (row,) = Engine(own_home).log.page(limit=1).rows
    assert row.status == "succeeded"
    assert row.quoted is not None
    assert row.estimated is not None
    assert row.estimated.amount <= row.quoted.amount
