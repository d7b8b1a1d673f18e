"""What a model's name says: what it is for, who makes it, how long its answers may be. By rules, not by lists."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from functools import cache, lru_cache

from pydantic import BaseModel, ConfigDict

from lib.providers.facts import FOLDER, providers, read
from lib.vocabulary import Capability

KNOWN_NAMES = 16_384
"""Names whose reading is kept; a large relay lists 5,000."""

BY_WORDS: Collection[Capability] = ("text", "translation")
"""What is asked for in a conversation."""


class _Rule(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class NameRule(_Rule):
    """A family of names: the first rule whose pattern is found in the lower-cased name says what it is for."""

    name: re.Pattern[str]
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
    """The whole file. `endpoints` says what an endpoint type is for where the name says nothing.

    `unspoken`: the types that no module of ours speaks, nor is meant to. `chats`: those of conversations alone.
    `spoken`: by endpoint type or path the protocol of each capability; under `default` where a relay lists neither.
    """

    unspoken: frozenset[str]
    chats: frozenset[str]
    capabilities: tuple[NameRule, ...]
    endpoints: Mapping[str, tuple[Capability, ...]]
    makers: tuple[MakerRule, ...]
    limits: tuple[LimitRule, ...]
    dialects: tuple[DialectRule, ...]
    spoken: Mapping[str, Mapping[Capability, str]]


@cache
def rules() -> Rules:
    """The rules, compiled once."""
    return Rules.model_validate(read(FOLDER / "rules.toml"))


def capabilities_of(model: str, endpoints: Sequence[str]) -> tuple[Capability, ...]:
    """What a listed name is for, the main one first; () where nobody can tell, or it is for nothing of ours."""
    return _capabilities(model.lower(), tuple(endpoints)) or ()


def says_nothing(model: str, endpoints: Sequence[str]) -> bool:
    """Whether neither a name nor its endpoint types tell what it is for: a fine-tune's, or one of a server at home."""
    return _capabilities(model.lower(), tuple(endpoints)) is None


@lru_cache(KNOWN_NAMES)
def _capabilities(name: str, endpoints: tuple[str, ...]) -> tuple[Capability, ...] | None:
    for rule in rules().capabilities:
        if rule.name.search(name):
            return rule.capabilities
    by_type = rules().endpoints
    return next((by_type[one] for one in endpoints if one in by_type), None)


def listed_as_chat(model: str, endpoints: Sequence[str]) -> bool:
    """Whether a relay lists under chat alone what its name says is for something else, say videos (wire.md 2D).

    Translation is asked for in words anyway: a chat is no wrong place for it.
    """
    makes = capabilities_of(model, endpoints)
    return bool(endpoints) and rules().chats.issuperset(endpoints) and bool(makes) and makes[0] not in BY_WORDS


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
