"""What a maker has shut down is said with its date where a connection leads to the maker, and nowhere else."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lib.calls.draft import CallDraft, make
from lib.engine import Engine

NOW = datetime(2026, 11, 25, tzinfo=UTC)
BEFORE = datetime(2026, 10, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("where", "model", "at", "code"),
    [
        ({}, "gpt-image-1", NOW, "retired"),
        ({}, "dall-e-3", NOW, "retired"),
        ({}, "gpt-image-1", BEFORE, None),
        ({}, "gpt-image-2.5-flare", NOW, None),
        ({"base_url": "https://relay.example"}, "gpt-image-1", NOW, None),
    ],
)
def test_a_retired_model_is_refused_at_its_maker(
    own_home: Path, where: dict[str, str], model: str, at: datetime, code: str | None
) -> None:
    own = {"id": "own", "provider": "openai", "key": "sk-1234567890abcdef", **where}
    engine = Engine(own_home)
    engine.import_(json.dumps({"connections": [own]}))
    refused = make(engine.known, CallDraft("own", "image", "a cat", model), at).refused
    assert (refused.code if refused else None) == code
    if refused:
        assert refused.params["day"] <= "2026-10-23"


@pytest.mark.parametrize("provider", ["openai", "sora", "custom"])
@pytest.mark.parametrize(
    ("base_url", "code"), [("https://api.openai.com", "retired"), ("https://relay.example", None)]
)
def test_sora_is_told_to_be_gone_from_openai_whoever_the_connection_says_it_is(
    own_home: Path, provider: str, base_url: str, code: str | None
) -> None:
    """wire.md 2E: shut down on 2026-09-24; a relay may still serve it."""
    one = {"id": "own", "provider": provider, "key": "sk-1234567890abcdef", "base_url": base_url}
    engine = Engine(own_home)
    engine.import_(json.dumps({"connections": [one | ({} if code else {"capabilities": ["video"]})]}))
    drafted = make(engine.known, CallDraft("own", "video", "waves", "sora-2"), NOW)
    refused = drafted.refused
    assert (refused.code if refused else None) == code
    if refused:
        assert (refused.params["provider"], refused.params["day"]) == ("ChatGPT (OpenAI)", "2026-09-24")
    elif drafted.request:
        assert drafted.request.url.path == "/v1/videos"
