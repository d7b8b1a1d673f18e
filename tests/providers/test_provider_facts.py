"""The data of providers and presets: complete, of one mind with the rules, refused where they say something unknown."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlsplit

import pytest
from pydantic import ValidationError

from lib.connections.addresses import base_url
from lib.errors import BadAddress, WrongUse
from lib.providers import Preset, Provider, capabilities_of, maker_of, presets, provider, providers
from lib.vocabulary import CAPABILITIES

GUIDE = ["openai", "anthropic", "gemini", "zhipu", "sora", "midjourney", "stability"]
"""The relay's guide, in its order."""

OFFERS = [
    ("openai", {"text", "image", "image_edit", "speech", "transcription", "embedding"}),
    ("anthropic", {"text"}),
    ("gemini", {"text", "image", "image_edit", "video", "speech", "embedding"}),
    ("zhipu", {"text", "image", "video", "embedding"}),
    ("sora", {"video"}),
    ("midjourney", {"image", "image_edit", "video"}),
    ("stability", {"image", "image_edit"}),
    ("elevenlabs", {"speech"}),
    ("suno", {"music"}),
    ("deepl", {"translation"}),
    ("deepseek", {"text"}),
    ("qwen", {"text", "embedding"}),
    ("ollama", {"text", "embedding"}),
    ("lmstudio", {"text", "embedding"}),
    ("llamacpp", {"text", "embedding"}),
    ("vllm", {"text", "embedding"}),
    ("custom", set(CAPABILITIES)),
]

EVERY = [pytest.param(one, id=one.id) for one in providers().values()]


def test_the_guides_providers_come_first() -> None:
    assert list(providers())[: len(GUIDE)] == GUIDE


@pytest.mark.parametrize(("id", "capabilities"), OFFERS)
def test_a_provider_offers(id: str, capabilities: set[str]) -> None:
    assert set(provider(id).capabilities) == capabilities


@pytest.mark.parametrize("one", EVERY)
def test_facts_have_an_address_and_a_day(one: Provider) -> None:
    assert providers()[one.id] is one
    assert urlsplit(one.docs_url).scheme == "https"
    assert date(2025, 1, 1) < one.read_on <= date(2030, 1, 1)


@pytest.mark.parametrize("one", EVERY)
def test_a_base_url_is_as_connections_store_it(one: Provider) -> None:
    assert one.base_url is None or base_url(one.base_url) == one.base_url
    assert not (one.relay_only and one.base_url)


DEFAULTS = [
    pytest.param(one.id, capability, offer.default_model, id=f"{one.id}-{capability}")
    for one in providers().values()
    for capability, offer in one.capabilities.items()
    if offer.default_model
]


@pytest.mark.parametrize(("id", "capability", "model"), DEFAULTS)
def test_a_default_model_is_for_its_capability_and_of_its_provider(id: str, capability: str, model: str) -> None:
    """Else the guard refused what the provider's own data proposed."""
    assert capability in capabilities_of(model, ())
    assert maker_of(model, "") == id


@pytest.mark.parametrize("one", EVERY)
def test_every_capability_of_a_named_provider_has_a_default_model(one: Provider) -> None:
    """But for servers of one's own: what they have is their user's doing."""
    without = [name for name, offer in one.capabilities.items() if not offer.default_model]
    assert without == (list(one.capabilities) if one.id == "custom" or one.auth == "none" else [])


@pytest.mark.parametrize("one", [one for one in providers().values() if one.auth == "none"], ids=lambda one: one.id)
def test_a_server_of_ones_own_is_on_this_machine(one: Provider) -> None:
    assert urlsplit(one.base_url or "").hostname in ("localhost", "127.0.0.1")


def test_sora_is_retired_at_openai_but_not_at_relays() -> None:
    offer = provider("sora").capabilities["video"]
    assert offer.retired_on == date(2026, 9, 24)
    assert "relay" in offer.note


def test_an_unknown_provider_is_named() -> None:
    with pytest.raises(WrongUse, match="opnai"):
        provider("opnai")


def test_the_preset_has_the_relays_lines() -> None:
    preset = presets()["gptbest"]
    assert {line.id: line.base_url for line in preset.lines} == {
        "hk": "https://hk-api.gptbest.vip",
        "us": "https://api.gptbest.vip",
        "official": "https://api.whatai.cc",
    }
    assert preset.line in {line.id for line in preset.lines}
    assert [base_url(line.base_url) for line in preset.lines] == [line.base_url for line in preset.lines]


@pytest.mark.parametrize("host", presets()["gptbest"].doc_hosts)
def test_a_documentation_host_is_no_base_url(host: str) -> None:
    with pytest.raises(BadAddress):
        base_url(f"https://{host}")


@pytest.mark.parametrize(("kind", "known"), [(Provider, provider("openai")), (Preset, presets()["gptbest"])])
def test_a_field_that_nobody_knows_is_refused_by_name(kind: type[Provider | Preset], known: Provider | Preset) -> None:
    with pytest.raises(ValidationError, match="base_ulr"):
        kind.model_validate(known.model_dump() | {"base_ulr": "https://api.example.com"})
