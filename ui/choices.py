"""Which connection and model a form offers: those worth trying; and of the rest why not. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lib.verdicts.judging import best_of
from lib.vocabulary import Capability, State, Verdict

WORTH_TRYING: frozenset[State] = frozenset({"usable", "rate_limited", "untested"})


@dataclass(frozen=True, slots=True)
class Choices:
    """By connection: its models worth trying, the best first. `refused`: every other verdict, the best a connection."""

    offered: Mapping[str, tuple[Verdict, ...]]
    refused: tuple[Verdict, ...]


def choices(found: Sequence[Verdict], capability: Capability) -> Choices:
    """Sorts the verdicts for one capability's form."""
    by_connection: dict[str, list[Verdict]] = {}
    for verdict in found:
        by_connection.setdefault(verdict.connection, []).append(verdict)
    offered, refused = {}, []
    for name, mine in by_connection.items():
        good = [v for v in mine if v.capability == capability and v.model and v.state in WORTH_TRYING]
        if good:
            offered[name] = tuple(sorted(good, key=lambda v: (v.state != "usable", v.proof != "call")))
        elif best := best_of([v for v in mine if v.capability == capability] or mine):
            refused.append(best)
    return Choices(offered, tuple(refused))
