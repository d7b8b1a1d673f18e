"""How each API has stood over time, judged from the spells of its evidence by the rules that hold today.

What a list once had nobody has kept, so of the past only what requests showed is judged; what holds now is the verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import dropwhile, pairwise

from lib.checks.permission import Wanted
from lib.connections.model import Connection
from lib.ledger.spells import Spell
from lib.verdicts.judging import CALL_EVIDENCE_HOLDS, Case, judge, seen
from lib.vocabulary import Capability, Evidence, Proof, Reason, State, Verdict


@dataclass(frozen=True, slots=True)
class Stood:
    """A time in which an API stood one way. `seen_at`: when what that rests on was last seen, None if it never was."""

    since: datetime
    until: datetime
    state: State
    proof: Proof | None
    seen_at: datetime | None


Subject = tuple[str, Capability | None]
"""A model, with what it is called for."""
Standing = Sequence[tuple[Verdict, tuple[Stood, ...]]]
"""Verdicts of now, each with how it came to that, oldest first; nothing where nothing was ever asked."""
RUNGS: Subject = ("", None)
"""In place of a model that was never called: it stands as the rungs do."""
Interval = tuple[datetime, datetime, Sequence[Evidence]]
"""From when to when nothing changed, with the evidence that stood."""


def standing(connection: Connection, found: Iterable[Verdict], history: Sequence[Spell], now: datetime) -> Standing:
    """How the APIs of a connection, with their verdicts of now, have stood. `history`: its spells, oldest first."""
    intervals = list(_intervals(history, now))
    called = {(one.model, one.capability) for one in history if one.step == "call"}
    told: dict[Subject, tuple[Stood, ...]] = {}
    stood = []
    for one in found:
        subject = (one.model, one.capability) if (one.model, one.capability) in called else RUNGS
        if subject not in told:
            told[subject] = tuple(_judged(connection, subject, intervals))
        stood.append((one, _ending_in(one, _unspoken(one, told[subject]), now)))
    return stood


def _intervals(history: Sequence[Spell], now: datetime) -> Iterator[Interval]:
    """The times between all that could change a verdict: what begins, is last seen, and holds no longer."""
    ends = (end for one in history for end in (one.until, one.until + CALL_EVIDENCE_HOLDS))
    begin = min((one.since for one in history), default=now)
    moments = sorted({one for one in (*(one.since for one in history), *ends, now) if begin <= one <= now})
    for since, until in pairwise(moments):
        standing = {(one.subject, one.ok): _piece(one, until) for one in history if one.since <= since}
        yield since, until, list(standing.values())


def _piece(one: Spell, at: datetime) -> Evidence:
    """What a spell was the evidence of at a time."""
    return Evidence(
        min(one.until, at), one.connection, one.step, one.ok, one.state, method="", path="", model=one.model,
        capability=one.capability or None, reason=Reason(one.cause, "nobody") if one.cause else None,
    )  # fmt: skip


def _judged(connection: Connection, subject: Subject, intervals: Iterable[Interval]) -> list[Stood]:
    """What was concluded in each of the intervals, from the first on in which anything was."""
    model, capability = subject
    item = Wanted(capability or "text", model, listed=True)
    found: list[Stood] = []
    for since, until, pieces in intervals:
        evidence = seen(pieces)
        permission = evidence.rungs.get("permission")
        listed_at = permission.at if permission and permission.ok else None
        verdict = judge(Case(connection, item, evidence, listed_at, None, since))
        found.append(Stood(since, until, verdict.state, verdict.proof, verdict.checked_at))
    known = list(dropwhile(lambda one: one.state == "untested", found))
    return _joined(known or found)


def _unspoken(verdict: Verdict, found: tuple[Stood, ...]) -> tuple[Stood, ...]:
    """The same; what nobody here speaks should not have worked before, either, whatever the rungs showed."""
    if verdict.state != "unsupported":
        return found
    never = (replace(one, state=verdict.state, proof=None) if one.proof == "ladder" else one for one in found)
    return tuple(_joined(never))


def _ending_in(verdict: Verdict, found: tuple[Stood, ...], now: datetime) -> tuple[Stood, ...]:
    """The same, ending in the verdict that holds now, from when what it rests on was seen."""
    if not found or found[-1].state == verdict.state:
        return found
    *before, last = found
    since = min(max(verdict.checked_at or now, last.since), now)
    stands = Stood(since, now, verdict.state, verdict.proof, verdict.checked_at)
    return tuple(one for one in (*before, replace(last, until=since), stands) if one.since < one.until)


def _joined(found: Iterable[Stood]) -> list[Stood]:
    """Neighbours that are alike are one."""
    joined: list[Stood] = []
    for one in found:
        if joined and (joined[-1].state, joined[-1].proof) == (one.state, one.proof):
            joined[-1] = replace(one, since=joined[-1].since)
        else:
            joined.append(one)
    return joined
