"""The free rungs of makers' own protocols, at the demo's address: a good key, a bad one, one without quota."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from lib.cli.documents import check_document
from lib.engine import Checked, Engine
from lib.i18n import translator
from tests.conftest import DemoRelay

MAKERS = ("anthropic", "gemini", "zhipu", "stability", "elevenlabs", "deepl")
KEYS = {"good": "all", "out": "exhausted"}
BAD = "sk-nobody-knows-this-key-0000"

CASES = (
    # a list of its own models, read: everything is known
    ("anthropic", "good", "usable", "should_work"),
    ("gemini", "good", "usable", "should_work"),
    # no free endpoint for a rung: worth trying, never "unsupported"
    ("zhipu", "good", "untested", "no_free_endpoint"),
    ("stability", "good", "untested", "no_free_endpoint"),
    ("elevenlabs", "good", "untested", "no_free_endpoint"),
    ("deepl", "good", "untested", "no_free_endpoint"),
    ("gemini", "bad", "bad_key", "bad_key"),
    ("stability", "bad", "bad_key", "bad_key"),
    ("elevenlabs", "bad", "bad_key", "bad_key"),
    ("deepl", "bad", "bad_key", "bad_key"),
    ("stability", "out", "quota_exhausted", "quota_empty"),
    ("elevenlabs", "out", "quota_exhausted", "quota_empty"),
    ("deepl", "out", "quota_exhausted", "quota_empty"),
)


def checked(home: Path, demo: DemoRelay, provider: str, key: str) -> Checked:
    """What a check of one maker's connection at the demo's address comes to."""
    secrets = {one["id"]: one["key"] for one in json.loads(demo.connections)["connections"]}
    secret = secrets[KEYS[key]] if key in KEYS else BAD
    own = {"id": "own", "provider": provider, "base_url": demo.url, "key": secret}

    async def run() -> Checked:
        engine = Engine(home)
        engine.import_(json.dumps({"connections": [own]}))
        await engine.start()
        (found,) = await engine.check(["own"])
        await engine.stop()
        return found

    return asyncio.run(run())


@pytest.mark.parametrize(("provider", "key", "state", "code"), CASES, ids=["-".join(case[:2]) for case in CASES])
def test_each_rung_that_is_free_is_asked(
    own_home: Path, demo: DemoRelay, provider: str, key: str, state: str, code: str
) -> None:
    best = checked(own_home, demo, provider, key).verdicts[0]
    assert (best.state, best.reason.code) == (state, code)


@pytest.mark.parametrize("provider", ["deepl", "elevenlabs"])
def test_what_is_left_in_characters_is_told(own_home: Path, demo: DemoRelay, provider: str) -> None:
    """wire.md 8: DeepL's usage and ElevenLabs' subscription count characters, no money."""
    found = checked(own_home, demo, provider, "good")
    assert found.quota is not None
    assert found.quota.characters
    document = check_document((found,), Engine(own_home), translator("en"))["connections"][0]
    assert document["quota"] == {
        "remaining": None, "currency": None, "unlimited": False, "characters": found.quota.characters
    }  # fmt: skip
    sentences = {step["step"]: step["message"] for step in document["steps"]}
    assert sentences["key"] == "The key is accepted."
    assert sentences["quota"] == f"{found.quota.characters} characters left."
