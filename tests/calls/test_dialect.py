"""Which protocol a call is spoken in at an address of one's own, where nothing is listed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import SecretStr

from lib.calls.dialect import protocol_of
from lib.calls.draft import CallDraft, make
from lib.calls.route import route
from lib.connections.model import Configuration, Connection
from lib.engine import Engine
from lib.vocabulary import Capability, Operation
from lib.wire import Media


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


@pytest.mark.parametrize(
    ("capability", "operation", "protocol", "code"),
    [
        ("text", "generate", "suno", "not_in_protocol"),
        ("video", "generate", "openai", "not_in_protocol"),
        ("image_edit", "erase", "openai", "not_in_protocol"),
        ("text", "zoom", "openai", "cannot_call_yet"),  # nobody does that
    ],
)
def test_a_protocol_that_cant_is_told_from_what_nobody_can(
    own_home: Path, capability: Capability, operation: Operation, protocol: str, code: str
) -> None:
    own = {"id": "own", "provider": "custom", "key": "sk-1234567890abcdef", "base_url": "https://relay.example"}
    engine = Engine(own_home)
    engine.import_(json.dumps({"connections": [own | {"capabilities": [capability]}]}))
    draft = CallDraft("own", capability, "hi", "some-model", operation, protocol=protocol)
    refused = make(engine.known, draft, datetime.now(UTC)).refused
    assert refused is not None
    assert (refused.state, refused.code) == ("unsupported", code)


@pytest.mark.parametrize(
    ("protocol", "operation", "taken"),
    [
        ("openai", "inpaint", True),
        ("openai", "edit", True),
        ("image_async", "inpaint", True),
        ("stability", "erase", True),
        ("gemini", "edit", False),
        ("chat_image", "edit", False),
        ("stability", "upscale", False),
        ("midjourney", "describe", False),
    ],
)
def test_a_mask_is_sent_or_refused_but_never_dropped(
    own_home: Path, protocol: str, operation: Operation, taken: bool
) -> None:
    """What is paid for a whole picture, where a part was meant, is lost."""
    own = {"id": "own", "provider": "custom", "key": "sk-1234567890abcdef", "base_url": "https://relay.example"}
    engine = Engine(own_home)
    engine.import_(json.dumps({"connections": [own | {"capabilities": ["image_edit"]}]}))
    picture, mask = Media(b"picture", "image/png"), Media(b"the-mask", "image/png", "mask.png")
    draft = CallDraft("own", "image_edit", "x", "m", operation, protocol=protocol, inputs=(picture,), mask=mask)
    made = make(engine.known, draft, datetime.now(UTC))
    if taken:
        assert made.request is not None
        assert b"the-mask" in made.request.read()
    else:
        assert made.refused is not None
        assert (made.request, made.refused.code) == (None, "takes_no_mask")
