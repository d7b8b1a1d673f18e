"""Which connection and model a form offers: those worth trying; and of the rest why not. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lib.i18n import N_
from lib.verdicts.judging import best_of, preference
from lib.vocabulary import Capability, State, Verdict

WORTH_TRYING: frozenset[State] = frozenset({"usable", "rate_limited", "untested"})
OTHERWISE = "wrong_dialect"
"""A cause whose remedy is to choose another protocol in the form."""
ONLY_A_CALL_TELLS = N_("No free check can show whether this has changed: a real call can.")


@dataclass(frozen=True, slots=True)
class Choices:
    """By connection: its models worth trying, the best first. `refused`: every other verdict, the best a connection.

    `judged`: every model of a connection for this capability. What the user has chosen there stays chosen.
    """

    offered: Mapping[str, tuple[Verdict, ...]]
    refused: tuple[Verdict, ...]
    judged: Mapping[str, Mapping[str, Verdict]]

    def connections(self, chosen: str | None) -> list[str]:
        """Those to choose from: the ones offered, and the one that is chosen."""
        names = list(self.offered)
        if chosen is not None and chosen in self.judged and chosen not in names:
            names.append(chosen)
        return names

    def models(self, connection: str, chosen: str | None) -> dict[str, Verdict]:
        """The models to choose from on a connection: those offered, and the one that is chosen."""
        found = {one.model: one for one in self.offered.get(connection, ())}
        known = self.judged.get(connection, {})
        if chosen is not None and chosen in known:
            return found | {chosen: known[chosen]}
        return found or dict(known)


def worth_trying(verdict: Verdict) -> bool:
    """Whether a call of it may well succeed, or is the only way to know."""
    return verdict.state in WORTH_TRYING or verdict.only_a_call_tells


def choices(found: Sequence[Verdict], capability: Capability) -> Choices:
    """Sorts the verdicts for one capability's form."""
    by_connection: dict[str, list[Verdict]] = {}
    for verdict in found:
        by_connection.setdefault(verdict.connection, []).append(verdict)
    offered, refused, judged = {}, [], {}
    for name, mine in by_connection.items():
        here = [v for v in mine if v.capability == capability and v.model]
        if capability == "translation":  # a text model translates when it is asked to
            here += [v for v in mine if v.capability == "text" and v.model]
        if here:
            judged[name] = {v.model: v for v in here}
        if good := [v for v in here if worth_trying(v) or v.reason.code == OTHERWISE]:
            offered[name] = tuple(sorted(good, key=preference))
        elif best := best_of(here or mine):
            refused.append(best)
    return Choices(offered, tuple(refused), judged)
