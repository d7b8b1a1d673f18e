"""From evidence to a verdict for each (connection, capability, model).

Newer evidence overrules older about the same rung. What a failed real call showed of permission, model or upstream is
lifted only by a real call or after an hour; what it showed of key or quota is kept as evidence of that rung, so that a
newer free rung lifts it, but for one that can't be asked for free: then it is a memory after an hour, too. A success is
overruled by any newer definite failure.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from lib.calls.route import place_of, retired
from lib.causes import CAUSES, reason
from lib.checks.permission import Wanted, group_allows, wanted
from lib.connections.model import Configuration, Connection
from lib.providers import defaults, spoken
from lib.vocabulary import OF_A_MODEL, STATES, Capability, Evidence, Proof, Reason, State, Step, Verdict
from lib.wire import KeyModel
from lib.wire.newapi import ListedApi, beside

CALL_EVIDENCE_HOLDS = timedelta(hours=1)
RUNGS: tuple[Step, ...] = ("line", "key", "quota")


@dataclass(frozen=True, slots=True)
class Facts:
    """All that a verdict may rest on, as it stood at `now`."""

    now: datetime
    configuration: Configuration
    evidence: Sequence[Evidence]
    key_models: Mapping[str, tuple[datetime, tuple[KeyModel, ...]]]
    listings: Mapping[str, Mapping[str, ListedApi]]
    """By place (`lib.calls.route.place_of`): what is listed there, by model name."""
    elsewhere: Collection[str] = ()
    """The connections whose key was saved for other addresses than the one in use."""
    fetched_at: datetime | None = None
    """When the oldest of the lists was fetched."""

    @property
    def basis(self) -> tuple[Facts, Sequence[bool]]:
        """What verdicts rest on: everything, but of time only which calls still hold. Equal basis, equal verdicts."""
        held = [one.of_a_call and holds(one, self.now) for one in self.evidence]
        return replace(self, now=datetime.min), held

    @property
    def places(self) -> tuple[str, ...]:
        """Where something is listed: by a relay, or by a key's own list."""
        asked = (place_of(one) for one in self.configuration.connections if one.id in self.key_models)
        return tuple(dict.fromkeys((*self.listings, *asked)))

    def listing_of(self, connection: Connection) -> Mapping[str, ListedApi]:
        """The list of the relay a connection goes through."""
        return self.listings.get(place_of(connection), {})

    def models(self, connection: Connection) -> tuple[KeyModel, ...]:
        """What a key's own list showed, with what its relay's price list says beside."""
        return beside(self.key_models.get(connection.id, (None, None))[1], self.listing_of(connection))


def holds(call: Evidence, now: datetime) -> bool:
    """Whether what a real call showed is recent enough to be believed of the API today."""
    return now - call.at < CALL_EVIDENCE_HOLDS


@dataclass(frozen=True, slots=True)
class Seen:
    """The evidence of one connection, ordered for judging."""

    rungs: Mapping[Step, Evidence]
    calls: Mapping[tuple[str, Capability | None], Sequence[Evidence]] = field(default_factory=dict)
    last_success: datetime | None = None
    """When a real call last succeeded on this connection: it proved line, key and quota too."""
    refused: Mapping[Step, Evidence] = field(default_factory=dict)
    """The rungs that a real call last showed failed, with no success and no definite free answer since."""
    last_answer: datetime | None = None
    """When any HTTP answer last came: whatever it said, it proved the line."""

    def is_lifted(self, failed: Evidence) -> bool:
        """Whether another request has proved a failed rung since: a success all of them, any answer the line."""
        proofs = (self.last_success, self.last_answer if failed.state == "unreachable" else None)
        return any(one is not None and one >= failed.at for one in proofs)

    def only_a_call_tells(self, step: Step) -> bool:
        """Whether a real call showed that a rung failed which can't be asked for free, or not of what failed."""
        free = self.rungs.get(step)
        return step in self.refused and free is not None and not tells(free, self.refused[step])


def tells(free: Evidence, failed: Evidence) -> bool:
    """Whether a free rung's answer says anything of what a call showed failed.

    Of a key without a limit of its own a relay tells just that, however little its account has (wire.md 1A).
    """
    is_accounts = failed.reason is not None and failed.reason.code == CAUSES["account_quota_exhausted"].code
    return free.state != "untested" and not (is_accounts and "unlimited" in free.detail)


def seen(evidence: Iterable[Evidence]) -> Seen:
    """Sorts one connection's evidence: the newest of each rung, all of the calls by model."""
    rungs: dict[Step, Evidence] = {}
    refused: dict[Step, Evidence] = {}
    calls: dict[tuple[str, Capability | None], list[Evidence]] = {}
    last_success = last_answer = None
    for one in sorted(evidence, key=lambda e: e.at):
        if one.ok or one.http_status is not None:
            last_answer = one.at
        if one.step in OF_A_MODEL:
            calls.setdefault((one.model or "", one.capability), []).append(one)
            if one.ok:
                last_success = one.at
                refused.clear()
        elif one.of_a_call:
            refused[one.step] = one
        else:
            rungs[one.step] = one
            if one.step in refused and tells(one, refused[one.step]):
                del refused[one.step]
    return Seen(rungs, calls, last_success, refused, last_answer)


def verdicts(facts: Facts) -> tuple[Verdict, ...]:
    """Every verdict there is: one for each (connection, capability, model)."""
    by_connection: dict[str, list[Evidence]] = {}
    for one in facts.evidence:
        by_connection.setdefault(one.connection, []).append(one)
    return tuple(
        verdict
        for connection in facts.configuration.connections
        for verdict in of_connection(connection, seen(by_connection.get(connection.id, ())), facts)
    )


def of_connection(connection: Connection, evidence: Seen, facts: Facts) -> tuple[Verdict, ...]:
    """The verdicts of one connection."""
    listed_at, key_models = facts.key_models.get(connection.id, (None, None))
    listing = facts.listing_of(connection)
    away = facts.configuration.address(connection) if connection.id in facts.elsewhere else None
    return tuple(
        judge(Case(connection, item, evidence, listed_at, listing.get(item.model), facts.now, away))
        for item in wanted(connection, key_models, listing, [model for model, _ in evidence.calls])
    )


@dataclass(frozen=True, slots=True)
class Case:
    """What one verdict is judged on. `listed_at`: when the key's own list was read, None if never.

    `away`: the address in use, where the key was saved for others.
    """

    connection: Connection
    item: Wanted
    evidence: Seen
    listed_at: datetime | None
    api: ListedApi | None
    now: datetime
    away: str | None = None

    @property
    def call(self) -> Evidence | None:
        """The newest real call of this model that showed anything definite, else the newest."""
        calls = [one for one in self._calls if one.step == "call"]
        definite = [one for one in calls if one.state != "untested"]
        return next(reversed(definite or calls), None)

    @property
    def let_in(self) -> Evidence | None:
        """The newest unpaid request of this model that was let in, as long as calls are believed."""
        return next((one for one in reversed(self._calls) if one.step == "unpaid" and holds(one, self.now)), None)

    @property
    def _calls(self) -> Sequence[Evidence]:
        return self.evidence.calls.get((self.item.model, self.item.capability), ())


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What one rule concludes."""

    state: State
    why: Reason
    at: datetime | None = None
    proof: Proof | None = None
    only_a_call_tells: bool = False


def judge(case: Case) -> Verdict:
    """The verdict of one case: the first rule that concludes anything."""
    found = next(conclusion for rule in RULES if (conclusion := rule(case)) is not None)
    return Verdict(
        case.connection.id, case.item.capability, case.item.model, found.state, found.proof, found.why, found.at,
        found.only_a_call_tells,
    )


def _key_elsewhere(case: Case) -> Conclusion | None:
    if case.away is None:
        return None
    return Conclusion("not_configured", reason(CAUSES["key_address"], address=case.away))


def _failed_rung(case: Case) -> Conclusion | None:
    shown = case.evidence
    for step in RUNGS:
        one = shown.refused.get(step) or shown.rungs.get(step)
        if one and not one.ok and one.state != "untested" and not shown.is_lifted(one):
            only_a_call_tells = shown.only_a_call_tells(step)
            if only_a_call_tells and not holds(one, case.now):
                return _last_seen(one)
            return Conclusion(
                one.state, one.reason or reason(CAUSES["not_tested"]), one.at, only_a_call_tells=only_a_call_tells
            )
    return None


def _last_seen(one: Evidence) -> Conclusion:
    why = reason(CAUSES["last_seen"], state=one.state, at=one.at.isoformat(timespec="minutes"))
    return Conclusion("untested", why, one.at)


def _removed_from_list(case: Case) -> Conclusion | None:
    """The key's own list, read later than any success, no longer has the model."""
    if case.listed_at is None or case.item.listed or (case.call and case.call.ok and case.call.at >= case.listed_at):
        return None
    if case.item.model:
        why = reason(CAUSES["not_in_key_list"], model=case.item.model)
    else:
        why = reason(CAUSES["no_model_for"], capability=case.item.capability)
    return Conclusion("no_permission", why, case.listed_at)


def _retired(case: Case) -> Conclusion | None:
    """At its maker's own address a model that this has shut down; a real call that succeeded there knows better."""
    since = retired(case.connection, case.item.model, case.now.date())
    if since is None or (case.call and case.call.ok):
        return None
    why = reason(CAUSES["retired"], provider=since[0], model=case.item.model, day=since[1].isoformat())
    return Conclusion("not_offered", why, case.listed_at)


def _unspoken(case: Case) -> Conclusion | None:
    endpoints = case.api.endpoints if case.api else ()
    if spoken(endpoints):
        return None
    return Conclusion("unsupported", reason(CAUSES["unsupported"], protocol=", ".join(endpoints)), case.listed_at)


def _call(case: Case) -> Conclusion | None:
    call = case.call
    if call is None:
        return None
    if call.ok:
        why = reason(CAUSES["works_but_errs"], **call.detail) if call.detail else reason(CAUSES["works"])
        return Conclusion("usable", why, call.at, "call")
    if holds(call, case.now):
        return Conclusion(call.state, call.reason or reason(CAUSES["not_tested"]), call.at)
    return _let_in(case) or _last_seen(call)


def _let_in(case: Case) -> Conclusion | None:
    """A request that had to be refused was let in: no proof, but more than nothing."""
    shown = case.let_in
    return Conclusion("untested", shown.reason, shown.at) if shown and shown.reason else None


def _group(case: Case) -> Conclusion | None:
    if group_allows(case.connection, case.api):
        return None
    why = reason(CAUSES["group_not_allowed"], group=case.connection.group or "", model=case.item.model)
    return Conclusion("no_permission", why, case.listed_at)


def _untested(case: Case) -> Conclusion | None:
    """Nothing asked yet, or a rung that has no free endpoint: that rung is named, or what else is shown."""
    named = _rung_untested(case)
    return named and (_let_in(case) or named)


def _rung_untested(case: Case) -> Conclusion | None:
    rungs = case.evidence.rungs
    if "key" not in rungs:
        return Conclusion("untested", reason(CAUSES["not_tested"]))
    for step in (*RUNGS, "permission"):
        one = rungs.get(step)
        if one and one.state == "untested" and one.reason:
            return Conclusion("untested", one.reason, one.at)
    if case.listed_at is None or "quota" not in rungs:
        step = "permission" if case.listed_at is None else "quota"
        return Conclusion("untested", reason(CAUSES["no_free_endpoint"], step=step), rungs["key"].at)
    return None


def _should_work(case: Case) -> Conclusion:
    at = max(one.at for one in case.evidence.rungs.values())
    return Conclusion("usable", reason(CAUSES["should_work"]), at, "ladder")


RULES: tuple[Callable[[Case], Conclusion | None], ...] = (
    _key_elsewhere,
    _failed_rung,
    _retired,
    _removed_from_list,
    _unspoken,
    _call,
    _group,
    _untested,
    _should_work,
)
"""In this order: a key for elsewhere; what is broken below; what its maker has shut down; the key's list; what we
don't speak; a real call; what is missing; the ladder."""


def best_of(found: Iterable[Verdict]) -> Verdict | None:
    """The best of several verdicts; None of none."""
    return min(found, key=preference, default=None)


def preference(verdict: Verdict) -> tuple[int, bool, bool]:
    """By what verdicts are ordered, the best first: state; proof by a call before that by the ladder; known names."""
    usual = verdict.model in defaults(verdict.capability)
    return STATES.index(verdict.state), verdict.proof != "call", not usual
