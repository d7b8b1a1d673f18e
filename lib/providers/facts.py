"""Providers and relay presets, read from their TOML files once."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from lib.errors import WrongUse
from lib.i18n import N_
from lib.vocabulary import BillingUnit, Capability

FOLDER = Path(__file__).parent

ORDER = (
    "openai", "anthropic", "gemini", "zhipu", "sora", "midjourney", "stability",
    "elevenlabs", "suno", "deepl", "deepseek", "qwen",
    "ollama", "lmstudio", "llamacpp", "vllm", "custom",
)  # fmt: skip
"""How providers are shown: those of the relay's guide first, then others, servers of one's own, and any address.

One that isn't named here stands before any address.
"""
NO_PROVIDERS = ("rules", "forms")
"""The files beside the providers' that are none."""


class _Fact(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Offer(_Fact):
    """One capability of a provider: the protocol it is spoken in at its own address, and what it bills by."""

    protocol: str
    billing: BillingUnit
    default_model: str | None = None
    retired_on: date | None = None
    """The provider itself no longer serves it since that day; relays may."""
    note: str = ""


class OfficialPrice(_Fact):
    """A price of the provider's own list that isn't by token; `amount` for one `unit`.

    `only`: parameters it depends on, each with the values it holds for; what isn't said is as the provider takes it.
    """

    model: str
    unit: BillingUnit
    amount: Decimal
    currency: str
    source: str
    as_of: date
    only: Mapping[str, tuple[str, ...]] = {}

    def holds_for(self, params: Mapping[str, object]) -> bool:
        """Whether it is the price of a call with such parameters, as far as they are said."""
        return all(str(params[name]) in values for name, values in self.only.items() if params.get(name) is not None)


class Retired(_Fact):
    """A family of names that the provider itself no longer serves since a day; relays may."""

    name: re.Pattern[str]
    on: date
    source: str


class Provider(_Fact):
    """Who makes or serves APIs. `vendors`: as relays list it. The first of its capabilities is its main one.

    `auth`: the header that takes its key, or the scheme within `Authorization`; none: it asks for no key.
    """

    id: str
    name: str
    base_url: str | None = None
    relay_only: bool = False
    auth: Literal["bearer", "x-api-key", "x-goog-api-key", "xi-api-key", "DeepL-Auth-Key", "none"] = "bearer"
    vendors: tuple[str, ...] = ()
    keys_url: str | None = None
    docs_url: str
    read_on: date
    capabilities: Mapping[Capability, Offer]
    prices: tuple[OfficialPrice, ...] = ()
    retired: tuple[Retired, ...] = ()

    def retired_on(self, model: str, today: date) -> date | None:
        """Since when the provider doesn't serve a model any more; None while it does, or where nobody knows."""
        name = model.lower()
        return next((one.on for one in self.retired if one.on <= today and one.name.search(name)), None)


class PresetLine(_Fact):
    """One of a relay's addresses, interchangeable with the others."""

    id: str
    name: str
    base_url: str


class Preset(_Fact):
    """A relay known by name. `doc_hosts`: its web pages that people paste for an API's address."""

    id: str
    name: str
    lines: tuple[PresetLine, ...]
    line: str
    doc_hosts: tuple[str, ...]
    keys_url: str
    docs_url: str
    read_on: date
    note: str = ""


def read(path: Path) -> dict[str, object]:
    return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)


@cache
def providers() -> Mapping[str, Provider]:
    """Every provider by id, in the order of display."""
    names = sorted(path.stem for path in FOLDER.glob("*.toml") if path.stem not in NO_PROVIDERS)
    ordered = (*ORDER[:-1], *(name for name in names if name not in ORDER), ORDER[-1])
    return {name: Provider.model_validate(read(FOLDER / f"{name}.toml")) for name in ordered}


def provider(id: str) -> Provider:
    """The provider of that id; raises `WrongUse`."""
    found = providers().get(id)
    if found is None:
        raise WrongUse(N_("There is no provider {id}."), id=id)
    return found


@cache
def defaults(capability: Capability) -> frozenset[str]:
    """The models that providers' data name as their usual ones for a capability."""
    offers = (one.capabilities.get(capability) for one in providers().values())
    return frozenset(offer.default_model for offer in offers if offer and offer.default_model)


@cache
def presets() -> Mapping[str, Preset]:
    """Every relay preset by id."""
    found = (Preset.model_validate(read(path)) for path in sorted((FOLDER / "presets").glob("*.toml")))
    return {preset.id: preset for preset in found}
