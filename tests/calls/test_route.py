"""A connection's way out: in which protocol its free rungs are asked, and whether it needs a key."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from lib.calls.route import route
from lib.connections.model import Configuration, Connection

SOME = "https://api.example"


@pytest.mark.parametrize(
    ("provider", "protocol"),
    [
        ("openai", "openai"),
        ("deepseek", "openai"),
        ("zhipu", "zhipu"),
        ("elevenlabs", "elevenlabs"),
        ("deepl", "deepl"),
        ("stability", "stability"),
        ("sora", "openai"),
        ("custom", "openai"),
        ("vllm", "openai"),
    ],
)
def test_free_rungs_are_asked_as_the_provider_speaks(provider: str, protocol: str) -> None:
    configuration = Configuration(connections=(Connection(id="one", provider=provider, base_url=SOME),))
    way = route(configuration, lambda *_: SecretStr("sk-1"), "one", relay_seen=False)
    assert (way.protocol, way.keyless) == (protocol, None)


@pytest.mark.parametrize(("provider", "cause"), [("ollama", None), ("llamacpp", None), ("openai", "no_key")])
def test_a_server_of_ones_own_needs_no_key(provider: str, cause: str | None) -> None:
    configuration = Configuration(connections=(Connection(id="one", provider=provider, base_url=SOME),))
    way = route(configuration, lambda *_: None, "one", relay_seen=False)
    assert (way.keyless.code if way.keyless else None) == cause
    assert way.endpoint.bearer == {}
