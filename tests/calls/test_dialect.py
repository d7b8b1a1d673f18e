"""Which protocol a call is spoken in at an address of one's own, where nothing is listed."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from lib.calls.dialect import protocol_of
from lib.calls.route import route
from lib.connections.model import Configuration, Connection
from lib.vocabulary import Capability


@pytest.mark.parametrize(
    ("provider", "capability", "protocol"),
    [
        ("openai", "text", "openai"),
        ("openai", "video", "openai_video"),  # of OpenAI's API too, at a relay that is used as if it were OpenAI
        ("deepseek", "video", "openai_video"),
        ("vllm", "video", "openai_video"),
        ("vllm", "transcription", "openai"),
        ("anthropic", "translation", "anthropic"),
        ("zhipu", "video", "zhipu"),
        ("sora", "video", "openai_video"),
        ("custom", "video", "openai_video"),
    ],
)
def test_what_speaks_openais_api_speaks_all_of_it(provider: str, capability: Capability, protocol: str) -> None:
    configuration = Configuration(connections=(Connection(id="one", provider=provider, base_url="https://a.example"),))
    way = route(configuration, lambda *_: SecretStr("sk-1"), "one", relay_seen=False)
    assert protocol_of(way, capability, "generate", "some-model") == protocol
