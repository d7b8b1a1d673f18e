"""Verdicts as others ask for them: each listed API with its verdict, each provider × capability with its best. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from lib.calls.route import place_of
from lib.causes import CAUSES, reason
from lib.providers import by_default, capabilities_of, maker_of, provider, providers, says_nothing, spoken
from lib.verdicts.judging import Facts, best_of
from lib.vocabulary import CAPABILITIES, BillingUnit, Capability, Proof, Reason, State, Verdict
from lib.wire import KeyModel
from lib.wire.newapi import ListedApi

ANY = "custom"
"""The provider of any address; it has every capability."""


@dataclass(frozen=True, slots=True)
class Row:
    """One listed API of a relay with its verdict."""

    model: str
    maker: str
    capabilities: tuple[Capability, ...]
    api: ListedApi | None
    connections: tuple[str, ...]
    """Those judged for it; the first is the one that reaches it best."""
    state: State
    proof: Proof | None
    why: Reason
    checked_at: datetime | None

    @property
    def connection(self) -> str | None:
        """The connection whose verdict is the row's."""
        return next(iter(self.connections), None)


def catalogue(place: str, facts: Facts, found: Sequence[Verdict]) -> tuple[Row, ...]:
    """Every API listed at a place, and every one judged for a key of that place beside, each with its verdict."""
    listing = facts.listings.get(place, {})
    mine = {c.id for c in facts.configuration.connections if place_of(c) == place}
    by_model: dict[str, list[Verdict]] = {model: [] for model in listing}
    for verdict in found:
        if verdict.connection in mine and verdict.model:
            by_model.setdefault(verdict.model, []).append(verdict)
    return tuple(_row(model, listing.get(model), rows) for model, rows in by_model.items())


def _row(model: str, api: ListedApi | None, found: Sequence[Verdict]) -> Row:
    entry = api.entry if api else KeyModel(model)
    endpoints, capabilities = entry.endpoints, capabilities_of(*entry)
    maker = maker_of(model, entry.vendor)
    may_be_for_us = capabilities or (says_nothing(*entry) and by_default(endpoints))
    best = best_of(found)
    if best is not None:
        state, proof, why, at = best.state, best.proof, best.reason, best.checked_at
    elif may_be_for_us and spoken(endpoints):
        state, proof, why, at = "not_configured", None, no_connection(maker), None
    else:
        why = reason(CAUSES["unsupported"], protocol=", ".join(endpoints) or model)
        state, proof, at = "unsupported", None, None
    connections = tuple(dict.fromkeys(v.connection for v in sorted(found, key=lambda v: v is not best)))
    return Row(model, maker, capabilities, api, connections, state, proof, why, at)


def no_connection(maker: str) -> Reason:
    """Why nothing of a maker can be used: no key for it has been given."""
    known = provider(maker)
    cause = CAUSES["no_connection" if known.base_url or maker == ANY else "no_relay_connection"]
    return reason(cause, provider=known.name)


@dataclass(frozen=True, slots=True)
class Cell:
    """One provider × capability."""

    provider: str
    capability: Capability
    connection: str | None
    model: str | None
    state: State
    proof: Proof | None
    why: Reason
    billing: BillingUnit
    usable: int
    listed: int
    checked_at: datetime | None


def maker_of_verdict(verdict: Verdict, facts: Facts) -> str:
    """Who makes what a verdict is about; where no model is known, whom its connection names."""
    connection = facts.configuration.connection(verdict.connection)
    if not verdict.model:
        return connection.provider
    api = facts.listing_of(connection).get(verdict.model)
    return maker_of(verdict.model, api.vendor if api else "")


def billing_of(maker: str, capability: Capability, api: ListedApi | None) -> BillingUnit:
    """What a model bills by: as its relay lists it, else as its provider does."""
    if api is not None:
        return "call" if api.by_call else "token"
    offer = provider(maker).capabilities.get(capability)
    return offer.billing if offer else "token"


Pair = tuple[str, Capability]
"""A cell's place: who makes, and what for."""


@dataclass(frozen=True, slots=True)
class Members:
    """What belongs in one cell: the verdicts of its models, and the names that are listed."""

    found: list[Verdict] = field(default_factory=list)
    listed: set[str] = field(default_factory=set)

    @property
    def usable(self) -> set[str]:
        """The models that work, by whichever connection."""
        return {v.model for v in self.found if v.state == "usable"}

    @property
    def models(self) -> set[str]:
        """All of its models, listed or judged."""
        return self.listed | {v.model for v in self.found if v.model}


def pairs() -> Iterator[Pair]:
    """Every provider × capability that the providers' data know, in the order of display."""
    for one in providers().values():
        yield from ((one.id, capability) for capability in CAPABILITIES if capability in one.capabilities)


def members(facts: Facts, found: Sequence[Verdict], place: str | None = None) -> Mapping[Pair, Members]:
    """What belongs in each cell: of everything, or of one place (a relay) alone.

    A verdict counts in the cell of the provider that makes the model, whichever connection reaches it; what our data
    don't know of that provider counts under custom.
    """
    cells: dict[Pair, Members] = {pair: Members() for pair in pairs()}
    for maker, model, capabilities in _listed(facts, place):
        for capability in capabilities:
            cells[_pair(maker, capability, cells)].listed.add(model)
    here = {c.id for c in facts.configuration.connections if place in (None, place_of(c))}
    for verdict in found:
        if verdict.connection in here:
            cells[_pair(maker_of_verdict(verdict, facts), verdict.capability, cells)].found.append(verdict)
    return cells


def _pair(maker: str, capability: Capability, known: Collection[Pair]) -> Pair:
    return (maker, capability) if (maker, capability) in known else (ANY, capability)


def matrix(facts: Facts, cells: Mapping[Pair, Members]) -> tuple[Cell, ...]:
    """One cell for each provider × capability that the providers' data know."""
    apis = {api.model: api for listing in facts.listings.values() for api in listing.values()}
    return tuple(_cell(*pair, cells[pair], apis) for pair in pairs())


def _listed(facts: Facts, place: str | None) -> Iterator[tuple[str, str, tuple[Capability, ...]]]:
    """Every listed model with its maker and capabilities."""
    for name, listing in facts.listings.items():
        if place in (None, name):
            for api in listing.values():
                yield maker_of(api.model, api.vendor), api.model, capabilities_of(*api.entry)


def _cell(maker: str, capability: Capability, members: Members, apis: Mapping[str, ListedApi]) -> Cell:
    best = best_of(members.found)
    billing = billing_of(maker, capability, apis.get(best.model) if best else None)
    if best is None:
        return Cell(
            maker, capability, None, None, "not_configured", None, no_connection(maker), billing, 0,
            len(members.models), None,
        )
    return Cell(
        maker, capability, best.connection, best.model, best.state, best.proof, best.reason, billing,
        len(members.usable), len(members.models), best.checked_at,
    )
