"""The answer to "what can I use right now?", in two tables as the relay's own guide has them: usable; not yet. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from lib.connections.model import Connection, Line, Relay
from lib.providers import providers
from lib.verdicts.judging import Facts, best_of
from lib.verdicts.views import Cell, Row, billing_of, maker_of_verdict
from lib.vocabulary import BillingUnit, Capability, Evidence, Money, Proof, Quota, Reason, State, Verdict


@dataclass(frozen=True, slots=True)
class Api:
    """One row of the two tables: a maker's capability through one connection, or not set up at all.

    Where one thing keeps a whole connection from working, it is one row, of the connection's provider.
    """

    provider: str
    capability: Capability
    connection: str | None
    line: Line | None
    models: tuple[str, ...]
    """Those in the row's state; the first is the one to use."""
    state: State
    proof: Proof | None
    reason: Reason
    checked_at: datetime | None
    quota: Quota | None
    billing: BillingUnit
    also: tuple[Capability, ...] = ()
    """What else is kept from working by the same."""

    @property
    def capabilities(self) -> tuple[Capability, ...]:
        """All that the row is about."""
        return (self.capability, *self.also)


@dataclass(frozen=True, slots=True)
class Overview:
    """`usable` of `listed` APIs work, by all relays' lists and all keys' own. `fetched_at`: of the oldest list."""

    usable: int
    listed: int
    fetched_at: datetime | None
    relays: Sequence[Relay]
    """Those that a connection goes through."""
    works: tuple[Api, ...]
    fails: tuple[Api, ...]
    quotas: Mapping[str, Quota]
    """By connection: what is left for its key, as last seen."""
    evidence: Sequence[Evidence]
    """What all this rests on, of every connection."""


def overview(facts: Facts, found: Sequence[Verdict], rows: Sequence[Row], cells: Sequence[Cell]) -> Overview:
    """Both tables from the verdicts, the rows of every catalogue and the cells of the matrix. Sends nothing."""
    left = quotas(facts.evidence)
    apis = _apis(facts, found, left)
    return Overview(
        usable=sum(row.state == "usable" for row in rows),
        listed=len(rows),
        fetched_at=facts.fetched_at,
        relays=facts.configuration.relays_in_use,
        works=tuple(sorted((api for api in apis if api.state == "usable"), key=lambda api: api.proof != "call")),
        fails=tuple(api for api in apis if api.state != "usable") + _not_set_up(facts, cells),
        quotas=left,
        evidence=facts.evidence,
    )


def _apis(facts: Facts, found: Sequence[Verdict], left: Mapping[str, Quota]) -> list[Api]:
    groups: dict[tuple[str, str, Capability], list[Verdict]] = {}
    for verdict in found:
        maker = maker_of_verdict(verdict, facts)
        groups.setdefault((verdict.connection, maker, verdict.capability), []).append(verdict)
    apis = [_api(facts, maker, group, left) for (_, maker, _), group in groups.items()]
    return [row for one in facts.configuration.connections for row in _rows(one, apis)]


def _rows(connection: Connection, apis: Sequence[Api]) -> list[Api]:
    """A connection's rows; one where nothing of it works, and all for the same reason."""
    mine = [api for api in apis if api.connection == connection.id]
    causes = {(api.state, api.reason.code) for api in mine}
    if len(mine) < 2 or len(causes) > 1 or mine[0].state == "usable":
        return mine
    first = min(mine, key=lambda api: api.capability != "text")
    models = dict.fromkeys(model for api in (first, *mine) for model in api.models)
    also = dict.fromkeys(api.capability for api in mine if api.capability != first.capability)
    return [replace(first, provider=connection.provider, models=tuple(models), also=tuple(also))]


def _api(facts: Facts, maker: str, group: Sequence[Verdict], left: Mapping[str, Quota]) -> Api:
    best = best_of(group)
    assert best is not None
    connection = facts.configuration.connection(best.connection)
    return Api(
        provider=maker,
        capability=best.capability,
        connection=best.connection,
        line=facts.configuration.line(connection),
        models=(best.model, *(v.model for v in group if v.state == best.state and v.model != best.model)),
        state=best.state,
        proof=best.proof,
        reason=best.reason,
        checked_at=best.checked_at,
        quota=left.get(best.connection),
        billing=billing_of(maker, best.capability, facts.listing_of(connection).get(best.model)),
    )


def _not_set_up(facts: Facts, cells: Sequence[Cell]) -> tuple[Api, ...]:
    """A provider without any connection, by its main capability: one row each, not one for every cell."""
    named = {one.provider for one in facts.configuration.connections}
    configured = named | {cell.provider for cell in cells if cell.state != "not_configured"}
    mains = {one.id: next(iter(one.capabilities)) for one in providers().values() if one.id != "custom"}
    return tuple(
        Api(
            cell.provider, cell.capability, None, None, (), cell.state, None, cell.why, None, None, cell.billing,
        )
        for cell in cells
        if cell.provider not in configured and mains.get(cell.provider) == cell.capability
    )


def quotas(evidence: Sequence[Evidence]) -> dict[str, Quota]:
    """What is left for each connection's key, by the newest quota rung that passed or found nothing left."""
    rungs = sorted((e for e in evidence if e.step == "quota" and e.detail), key=lambda e: e.at)
    return {e.connection: _quota(e) for e in rungs}


def _quota(evidence: Evidence) -> Quota:
    amount = evidence.detail.get("remaining")
    money = Money(Decimal(amount), evidence.detail["currency"]) if amount is not None else None
    characters = evidence.detail.get("characters")
    return Quota(money, "unlimited" in evidence.detail, evidence.at, int(characters) if characters else None)
