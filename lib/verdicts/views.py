"""Verdicts as others ask for them: each listed API with its verdict, each provider × capability with its best. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from lib.calls.route import place_of
from lib.causes import CAUSES, reason
from lib.providers import capabilities_of, maker_of, provider, providers, spoken
from lib.verdicts.judging import Facts, best_of
from lib.vocabulary import CAPABILITIES, BillingUnit, Capability, Proof, Reason, State, Verdict
from lib.wire.newapi import ListedApi

BY_CALL = 1
"""new-api's `quota_type` of what is billed by call (wire.md 1C)."""


@dataclass(frozen=True, slots=True)
class Row:
    """One listed API of a relay with its verdict."""

    model: str
    maker: str
    capabilities: tuple[Capability, ...]
    api: ListedApi | None
    connections: tuple[str, ...]
    state: State
    proof: Proof | None
    why: Reason
    checked_at: datetime | None


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
    endpoints = api.endpoints if api else ()
    capabilities = capabilities_of(model, endpoints)
    maker = maker_of(model, api.vendor if api else "")
    best = best_of(found)
    if best is not None:
        state, proof, why, at = best.state, best.proof, best.reason, best.checked_at
    elif capabilities and spoken(endpoints):
        state, proof, why, at = "not_configured", None, no_connection(maker), None
    else:
        why = reason(CAUSES["unsupported"], protocol=", ".join(endpoints) or model)
        state, proof, at = "unsupported", None, None
    connections = tuple(dict.fromkeys(v.connection for v in found))
    return Row(model, maker, capabilities, api, connections, state, proof, why, at)


def no_connection(maker: str) -> Reason:
    """Why nothing of a maker can be used: no key for it has been given."""
    known = provider(maker)
    cause = CAUSES["no_connection" if known.base_url or maker == "custom" else "no_relay_connection"]
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
        return "call" if api.quota_type == BY_CALL else "token"
    offer = provider(maker).capabilities.get(capability)
    return offer.billing if offer else "token"


def matrix(facts: Facts, found: Sequence[Verdict]) -> tuple[Cell, ...]:
    """One cell for each provider × capability that the providers' data know.

    A verdict counts in the cell of the provider that makes the model, whichever connection reaches it.
    """
    makers = _makers(facts)
    listed: dict[tuple[str, Capability], set[str]] = {}
    for (model, maker), capabilities in makers.items():
        for capability in capabilities:
            listed.setdefault((maker, capability), set()).add(model)
    by_cell: dict[tuple[str, Capability], list[Verdict]] = {}
    for verdict in found:
        maker = maker_of_verdict(verdict, facts)
        by_cell.setdefault((maker, verdict.capability), []).append(verdict)
    apis = {api.model: api for listing in facts.listings.values() for api in listing.values()}
    pairs = [
        (one.id, capability)
        for one in providers().values()
        for capability in CAPABILITIES
        if capability in one.capabilities
    ]
    return tuple(_cell(*pair, by_cell.get(pair, ()), listed.get(pair, set()), apis) for pair in pairs)


def _makers(facts: Facts) -> dict[tuple[str, str], tuple[Capability, ...]]:
    """Every listed model with its maker and capabilities."""
    return {
        (api.model, maker_of(api.model, api.vendor)): capabilities_of(api.model, api.endpoints)
        for listing in facts.listings.values()
        for api in listing.values()
    }


def _cell(
    maker: str,
    capability: Capability,
    found: Sequence[Verdict],
    listed: set[str],
    apis: Mapping[str, ListedApi],
) -> Cell:
    best = best_of(found)
    billing = billing_of(maker, capability, apis.get(best.model) if best else None)
    usable = {v.model for v in found if v.state == "usable"}
    models = listed | {v.model for v in found if v.model}
    if best is None:
        return Cell(
            maker, capability, None, None, "not_configured", None, no_connection(maker), billing, 0, len(models), None
        )
    return Cell(
        maker, capability, best.connection, best.model, best.state, best.proof, best.reason, billing,
        len(usable), len(models), best.checked_at,
    )
