"""What a model's name says: what it is for, who makes it, how long its answers may be. By rules, not by lists."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple, TypeAlias

from pydantic import BaseModel, ConfigDict

from lib.providers.facts import FOLDER, providers, read
from lib.vocabulary import Capability

KNOWN_NAMES = 16_384
"""Names whose reading is kept; a large relay lists 5,000."""
OPENAI = "openai"
"""The type that OpenAI's paths are listed under, chat's first, and the protocol that they are spoken in."""


class _Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NameRule(_Rule):
    """A family of names: the first rule whose pattern is found in the lower-cased name says what it is for."""

    name: re.Pattern[str]
    capabilities: tuple[Capability, ...]


class VendorRule(_Rule):
    """Vendors whose models are all for one thing, by the lower-cased name that a relay gives them."""

    vendor: re.Pattern[str]
    capabilities: tuple[Capability, ...]


class MakerRule(_Rule):
    """A family of names and the provider that makes it."""

    name: re.Pattern[str]
    maker: str


class DialectRule(_Rule):
    """A family of names that relays serve in a way of their own, whatever type they list it under."""

    name: re.Pattern[str]
    protocol: str


class LimitRule(_Rule):
    """A family of names and the most tokens one answer of theirs can have."""

    name: re.Pattern[str]
    output_tokens: int


class Rules(_Rule):
    """The whole file. `endpoints` and `vendors` say what is for one thing, where the name says nothing.

    `unspoken`: the types that no module of ours speaks, nor is meant to. `chats`: those of conversations alone.
    `defaults`: those under which relays list whatever they have no rule for.
    `spoken`: by endpoint type or path the protocol of each capability; under `default` where a relay lists neither.
    """

    unspoken: frozenset[str]
    chats: frozenset[str]
    defaults: frozenset[str]
    capabilities: tuple[NameRule, ...]
    endpoints: Mapping[str, tuple[Capability, ...]]
    vendors: tuple[VendorRule, ...]
    makers: tuple[MakerRule, ...]
    limits: tuple[LimitRule, ...]
    dialects: tuple[DialectRule, ...]
    spoken: Mapping[str, Mapping[Capability, str]]


@cache
def rules() -> Rules:
    """The rules, compiled once."""
    return Rules.model_validate(read(FOLDER / "rules.toml"))


class _Listed(NamedTuple):
    """What lists say of a model, its name lower-cased (wire.md 1C). `paths`: what its endpoint types stand for."""

    name: str
    endpoints: tuple[str, ...]
    vendor: str
    by_call: bool
    paths: tuple[str, ...]


Told: TypeAlias = tuple[Capability, ...] | None
"""What one source says a model is for, () nothing of ours; None: it says nothing."""


def _by_name(listed: _Listed) -> Told:
    return next((rule.capabilities for rule in rules().capabilities if rule.name.search(listed.name)), None)


def _by_endpoint(listed: _Listed) -> Told:
    by_type = rules().endpoints
    return next((by_type[one] for one in (*listed.endpoints, *listed.paths) if one in by_type), None)


def _by_vendor(listed: _Listed) -> Told:
    vendor = listed.vendor.lower()
    return next((rule.capabilities for rule in rules().vendors if rule.vendor.search(vendor)), None)


def _by_chat(listed: _Listed) -> Told:
    """Text where it is listed under chat; by the relay's default type alone not where it is billed by call."""
    certain = rules().chats - rules().defaults
    chats = certain if listed.by_call else certain | rules().defaults
    return None if chats.isdisjoint(listed.endpoints) else ("text",)


ORDER_OF_TRUST: tuple[Callable[[_Listed], Told], ...] = (_by_name, _by_endpoint, _by_vendor, _by_chat)
"""Whom to believe of what a model is for: the first that says anything."""


def capabilities_of(
    model: str, endpoints: Sequence[str] = (), vendor: str = "", by_call: bool = False, paths: Sequence[str] = ()
) -> tuple[Capability, ...]:
    """What a listed name is for, the main one first; () where nobody can tell, or it is for nothing of ours.

    `endpoints`, `vendor`, `by_call` and `paths` are what its relay says beside: endpoint types, who makes it, whether
    it is billed by call, and the paths that the types stand for there (`supported_endpoint`).
    """
    return _told(model, tuple(endpoints), vendor, by_call, tuple(paths)) or ()


def says_nothing(
    model: str, endpoints: Sequence[str] = (), vendor: str = "", by_call: bool = False, paths: Sequence[str] = ()
) -> bool:
    """Whether neither a name nor its relay tells what it is for: a fine-tune's, or one of a server at home."""
    return _told(model, tuple(endpoints), vendor, by_call, tuple(paths)) is None


@lru_cache(KNOWN_NAMES)
def _told(model: str, endpoints: tuple[str, ...], vendor: str, by_call: bool, paths: tuple[str, ...]) -> Told:
    listed = _Listed(model.lower(), endpoints, vendor, by_call, paths)
    return next((told for source in ORDER_OF_TRUST if (told := source(listed)) is not None), None)


def by_default(endpoints: Sequence[str]) -> bool:
    """Whether a model is listed where relays list whatever they have no rule for: it may be for anything."""
    return not rules().defaults.isdisjoint(endpoints)


def listed_as_chat(model: str, endpoints: Sequence[str]) -> bool:
    """Whether a relay lists under chat alone what its name says is for something else, say videos (wire.md 2D).

    Relays have no type for speech, transcripts and the like: those are not wrongly listed, they are asked for at paths
    of their own beside the chat's.
    """
    made = next(iter(capabilities_of(model, endpoints)), None)
    by_chat = bool(endpoints) and rules().chats.issuperset(endpoints)
    return by_chat and made is not None and spoken_as(made, OPENAI) != OPENAI


def spoken(endpoints: Sequence[str]) -> bool:
    """Whether a model listed with these endpoint types is served in a way we speak; none listed: as OpenAI does."""
    return not endpoints or not rules().unspoken.issuperset(endpoints)


@lru_cache(KNOWN_NAMES)
def maker_of(model: str, vendor: str) -> str:
    """The provider that makes a model: by its name, else by the vendor the relay names; `custom` if unknown to us."""
    name = model.lower()
    for rule in rules().makers:
        if rule.name.search(name):
            return rule.maker
    return next((one.id for one in providers().values() if vendor in one.vendors), "custom")


@lru_cache(KNOWN_NAMES)
def output_limit(model: str) -> int | None:
    """The most tokens one answer of a model can have, where our data know."""
    name = model.lower()
    return next((rule.output_tokens for rule in rules().limits if rule.name.search(name)), None)


@lru_cache(KNOWN_NAMES)
def named_dialect(model: str) -> str | None:
    """The protocol that a relay serves a model in by its name alone."""
    name = model.lower()
    return next((rule.protocol for rule in rules().dialects if rule.name.search(name)), None)


def spoken_as(capability: Capability, listed: str) -> str | None:
    """The protocol that an endpoint type, or a path of the relay's, stands for; None where that isn't for it."""
    return rules().spoken.get(listed, {}).get(capability)
