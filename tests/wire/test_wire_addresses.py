"""Where requests go, by what a base URL ends in."""

from __future__ import annotations

import pytest

from lib.wire import Endpoint, Media, Request
from lib.wire.openai.models import models_request
from lib.wire.protocols import PROTOCOLS

PICTURE = Media(b"\x89PNG", "image/png")
SENT = (
    ("openai", Request("m", "Hello"), "/chat/completions"),
    ("openai", Request("m", "a cat", "image"), "/images/generations"),
    ("openai", Request("m", "a hat", "image_edit", "edit", inputs=(PICTURE,)), "/images/edits"),
    ("openai", Request("m", "Hello", "speech"), "/audio/speech"),
    ("openai", Request("m", "", "transcription", inputs=(Media(b"RIFF", "audio/wav"),)), "/audio/transcriptions"),
    ("openai", Request("m", "Hello", "embedding"), "/embeddings"),
    ("openai_video", Request("m", "a cat", "video"), "/videos"),
    ("deepl", Request("m", "Hello", "translation", params={"target_lang": "ZH"}), "/translate"),
)
BASES = (
    ("https://api.example", "https://api.example/{version}"),
    ("https://api.example/us", "https://api.example/us/{version}"),
    ("https://ark.example/api/v3", "https://ark.example/api/v3"),
    ("https://api.example/v2", "https://api.example/v2"),
    ("https://api.example/v2x", "https://api.example/v2x/{version}"),
)


@pytest.mark.parametrize(("base", "begins"), BASES)
@pytest.mark.parametrize(("protocol", "asked", "path"), SENT, ids=[path for _, _, path in SENT])
def test_a_version_that_the_address_ends_in_holds(
    protocol: str, asked: Request, path: str, base: str, begins: str
) -> None:
    sent = PROTOCOLS[protocol].build(Endpoint(base), asked)
    assert str(sent.url) == begins.format(version="v2" if protocol == "deepl" else "v1") + path


@pytest.mark.parametrize(("base", "begins"), BASES)
def test_models_are_asked_for_there_too(base: str, begins: str) -> None:
    assert str(models_request(Endpoint(base)).url) == begins.format(version="v1") + "/models"
