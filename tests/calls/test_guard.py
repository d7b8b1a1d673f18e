"""What a key is for, as tables: what is refused before a byte is sent, and which model is meant where none is named."""

from __future__ import annotations

import pytest

from lib.calls.guard import bound, default_model, guard
from lib.connections.model import Connection
from lib.errors import Refused
from lib.vocabulary import Capability
from lib.wire import KeyModel

CHAT = ("openai",)


def mine(provider: str = "openai", **given: object) -> Connection:
    return Connection(id="mine", provider=provider, relay="demo", **given)  # type: ignore[arg-type]


def listing(*models: str) -> tuple[KeyModel, ...]:
    return tuple(KeyModel(model, CHAT) for model in models)


@pytest.mark.parametrize(
    ("connection", "key_models", "capabilities"),
    [
        (mine(capabilities=("video",)), listing("gpt-4o"), ("video",)),
        (mine(), listing("gpt-4o", "dall-e-3"), ("text", "image")),
        (mine("custom"), (KeyModel("some-model", CHAT, "Suno", True),), ("music",)),
        (mine("midjourney"), (), ("image", "image_edit", "video")),
        (mine("sora"), None, ("video",)),
    ],
)
def test_what_a_key_is_for(
    connection: Connection, key_models: tuple[KeyModel, ...] | None, capabilities: tuple[Capability, ...]
) -> None:
    assert bound(connection, key_models) == capabilities


@pytest.mark.parametrize(
    ("connection", "key_models", "capability", "model"),
    [
        (mine(models=("gpt-4o", "gpt-4o-mini")), None, "text", "gpt-4o"),
        (mine(models=("dall-e-3", "gpt-4o")), None, "text", "gpt-4o"),
        (mine(), None, "text", "gpt-4o-mini"),
        (mine(), listing("gpt-4o", "gpt-4o-mini"), "text", "gpt-4o-mini"),
        (mine(), listing("gpt-4.1"), "text", "gpt-4.1"),
        (mine("custom"), listing("babbage-002", "gpt-4o-mini"), "text", "gpt-4o-mini"),
        (mine("custom"), listing("dall-e-3", "some-chat"), "text", "some-chat"),
        (mine("custom"), None, "text", None),
        (mine("sora"), None, "text", None),
    ],
)
def test_the_model_that_is_meant(
    connection: Connection, key_models: tuple[KeyModel, ...] | None, capability: Capability, model: str | None
) -> None:
    assert default_model(connection, capability, key_models) == model


@pytest.mark.parametrize(
    ("connection", "capability", "model", "code"),
    [
        (mine("sora", capabilities=("video",)), "text", "sora-2", "wrong_capability"),
        (mine(capabilities=("text",), models=("gpt-4o",)), "text", "gpt-4o-mini", "wrong_model"),
        (mine(capabilities=("text",)), "text", "dall-e-3", "model_makes_other"),
        (mine(capabilities=("text",)), "text", None, "no_model_known"),
    ],
)
def test_what_is_refused(connection: Connection, capability: Capability, model: str | None, code: str) -> None:
    with pytest.raises(Refused) as refused:
        guard(connection, capability, model, None)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("connection", "capability", "model"),
    [
        (mine(capabilities=("text",)), "text", "gpt-4o"),
        (mine(capabilities=("text",)), "text", "a-name-nobody-knows"),
        (mine(models=("gpt-4o",)), "text", "gpt-4o"),
    ],
)
def test_what_is_let_through(connection: Connection, capability: Capability, model: str) -> None:
    guard(connection, capability, model, None)
