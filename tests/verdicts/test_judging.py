"""The rules by which evidence becomes a verdict, as a table: what was seen, in which order, and what follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from lib.causes import CAUSES, reason
from lib.checks.permission import Wanted
from lib.connections.model import Connection
from lib.verdicts.judging import Case, best_of, judge, seen
from lib.vocabulary import Evidence, Proof, State, Step, Verdict
from lib.wire.newapi import ListedApi

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
MODEL = "gpt-4o-mini"
MINE = Connection(id="mine", provider="openai", relay="demo", capabilities=("text",))


def rung(step: Step, minutes_ago: float, code: str | None = None, **changes: object) -> Evidence:
    """Evidence of a rung: passed, or failed (untested) by the cause of that code."""
    cause = CAUSES[code] if code else None
    state: State = cause.state if cause else "usable"  # type: ignore[assignment]
    evidence = Evidence(
        at=NOW - timedelta(minutes=minutes_ago), connection="mine", step=step, ok=cause is None, state=state,
        method="GET", path="/v1/models", reason=reason(cause) if cause else None,
    )  # fmt: skip
    return replace(evidence, **changes) if changes else evidence  # type: ignore[arg-type]


def call(minutes_ago: float, code: str | None = None, model: str = MODEL, http_status: int | None = 200) -> Evidence:
    """Evidence of a real call of a model; of an unpaid request, if it was let in."""
    step: Step = "unpaid" if code == "let_in" else "call"
    return rung(step, minutes_ago, code, model=model, capability="text", method="POST", http_status=http_status)


LADDER = [rung("line", 5), rung("key", 5), rung("quota", 5), rung("permission", 5)]
NO_FREE_QUOTA = rung("quota", 5, "no_free_endpoint")
UNLIMITED = rung("quota", 5, detail={"unlimited": "1"})
LISTED_AT = NOW - timedelta(minutes=5)
OLD_LADDER = [replace(e, at=NOW - timedelta(minutes=300)) for e in LADDER]

CASES: list[tuple[str, list[Evidence], datetime | None, bool, State, Proof | None, str]] = [
    ("nothing asked yet", [], None, False, "untested", None, "not_tested"),
    ("the whole ladder passed", LADDER, LISTED_AT, True, "usable", "ladder", "should_work"),
    ("line down", [rung("line", 5, "line_dns")], None, False, "unreachable", None, "line_dns"),
    ("key refused", [rung("line", 5), rung("key", 5, "bad_key")], None, False, "bad_key", None, "bad_key"),
    ("quota used up", [*LADDER[:2], rung("quota", 5, "quota_empty")], LISTED_AT, True,
     "quota_exhausted", None, "quota_empty"),
    ("not in the key's list", LADDER, LISTED_AT, False, "no_permission", None, "not_in_key_list"),
    ("no free endpoint for quota", [*LADDER[:2], rung("quota", 5, "no_free_endpoint"), LADDER[3]], LISTED_AT, True,
     "untested", None, "no_free_endpoint"),
    ("a real call succeeded", [*LADDER, call(3)], LISTED_AT, True, "usable", "call", "works"),
    ("a call of another model proves nothing of this one", [*LADDER, call(3, model="gpt-4o")], LISTED_AT, True,
     "usable", "ladder", "should_work"),
    ("a call failed just now", [*LADDER, call(3, "no_channel")], LISTED_AT, True, "not_offered", None, "no_channel"),
    ("a newer free ladder doesn't lift it", [call(30, "saturated"), *LADDER], LISTED_AT, True,
     "rate_limited", None, "saturated"),
    ("after an hour it is only a memory", [call(61, "saturated"), *LADDER], LISTED_AT, True,
     "untested", None, "last_seen"),
    ("a newer success lifts it", [call(30, "saturated"), call(3), *LADDER], LISTED_AT, True, "usable", "call", "works"),
    ("a newer failure overrules a success", [call(30), call(3, "no_channel"), *LADDER], LISTED_AT, True,
     "not_offered", None, "no_channel"),
    ("a newer refused key overrules a success", [call(30), rung("key", 3, "key_expired")], LISTED_AT, True,
     "expired_key", None, "key_expired"),
    ("a success lifts an older refused key", [rung("key", 30, "bad_key"), call(3)], LISTED_AT, True,
     "usable", "call", "works"),
    ("a newer passed key lifts a refused one", [rung("key", 30, "bad_key"), *LADDER], LISTED_AT, True,
     "usable", "ladder", "should_work"),
    ("what a call showed of quota is lifted by a newer free rung",
     [rung("quota", 30, "account_quota_exhausted", capability="text"), *LADDER], LISTED_AT, True,
     "usable", "ladder", "should_work"),
    ("what a call showed of quota is not lifted by a rung that can't be asked for free",
     [*LADDER[:2], rung("quota", 30, "account_quota_exhausted", capability="text"), NO_FREE_QUOTA, LADDER[3]],
     LISTED_AT, True, "quota_exhausted", None, "account_quota_exhausted"),
    ("what a call showed of the account is not lifted by a key that has no limit of its own (wire.md 1A)",
     [*LADDER[:2], rung("quota", 30, "account_quota_exhausted", capability="text"), UNLIMITED, LADDER[3]],
     LISTED_AT, True, "quota_exhausted", None, "account_quota_exhausted"),
    ("after an hour the account's is a memory",
     [*LADDER[:2], rung("quota", 61, "account_quota_exhausted", capability="text"), UNLIMITED, LADDER[3]],
     LISTED_AT, True, "untested", None, "last_seen"),
    ("what it showed of the key's own is lifted by it",
     [*LADDER[:2], rung("quota", 30, "key_quota_exhausted", capability="text"), UNLIMITED, LADDER[3]],
     LISTED_AT, True, "usable", "ladder", "should_work"),
    ("after an hour that is a memory, too",
     [*LADDER[:2], rung("quota", 61, "account_quota_exhausted", capability="text"), NO_FREE_QUOTA, LADDER[3]],
     LISTED_AT, True, "untested", None, "last_seen"),
    ("of a rung that can be asked it holds until it is",
     [rung("quota", 61, "account_quota_exhausted", capability="text"), *LADDER[:2], LADDER[3]], LISTED_AT, True,
     "quota_exhausted", None, "account_quota_exhausted"),
    ("a success of another model lifts it and leaves the rung unknown",
     [*LADDER[:2], rung("quota", 30, "account_quota_exhausted", capability="text"), NO_FREE_QUOTA, LADDER[3],
      call(3, model="gpt-4o")], LISTED_AT, True, "untested", None, "no_free_endpoint"),
    ("a line that failed in a call is proved by any newer answer",
     [rung("line", 30, "line_dns", capability="text"), rung("key", 5, http_status=200), *LADDER[2:]], LISTED_AT, True,
     "usable", "ladder", "should_work"),
    ("a line that failed when it was asked is proved by a call that was answered",
     [rung("line", 30, "line_dns"), call(3, "no_channel", http_status=503), *OLD_LADDER[1:]], LISTED_AT, True,
     "not_offered", None, "no_channel"),
    ("a success before the model left the key's list", [*LADDER, call(30)], LISTED_AT, False,
     "no_permission", None, "not_in_key_list"),
    ("an answer that nobody knows doesn't overrule a success", [call(30), call(3, "unknown_code"), *LADDER], LISTED_AT,
     True, "usable", "call", "works"),
    ("an answer that nobody knows is told where there is nothing better", [call(3, "unknown_code"), *LADDER], LISTED_AT,
     True, "untested", None, "unknown_code"),
    ("an unpaid request that was let in is more than a rung that can't be tested",
     [*LADDER[:2], rung("quota", 5, "no_free_endpoint"), LADDER[3], call(3, "let_in")], LISTED_AT, True,
     "untested", None, "let_in"),
    ("and than nothing at all", [call(3, "let_in")], None, False, "untested", None, "let_in"),
    ("and than an old memory", [call(90, "no_channel"), *LADDER, call(3, "let_in")], LISTED_AT, True,
     "untested", None, "let_in"),
    ("but not than a ladder", [*LADDER, call(3, "let_in")], LISTED_AT, True, "usable", "ladder", "should_work"),
    ("nor than a call, before or after", [*LADDER, call(30), call(3, "let_in")], LISTED_AT, True,
     "usable", "call", "works"),
    ("nor does it lift a failed one", [*LADDER, call(30, "no_channel"), call(3, "let_in")], LISTED_AT, True,
     "not_offered", None, "no_channel"),
    ("nor a failed rung", [rung("key", 30, "bad_key"), call(3, "let_in")], LISTED_AT, True,
     "bad_key", None, "bad_key"),
    ("and after an hour it is forgotten",
     [*LADDER[:2], rung("quota", 5, "no_free_endpoint"), LADDER[3], call(61, "let_in")], LISTED_AT, True,
     "untested", None, "no_free_endpoint"),
    ("a success of a model the list never had", [*OLD_LADDER, call(3)], NOW - timedelta(minutes=300), False,
     "usable", "call", "works"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("evidence", "listed_at", "listed", "state", "proof", "code"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_what_follows_from_what_was_seen(
    evidence: list[Evidence], listed_at: datetime | None, listed: bool, state: State, proof: Proof | None, code: str
) -> None:
    case = Case(MINE, Wanted("text", MODEL, listed), seen(evidence), listed_at, None, NOW)
    verdict = judge(case)
    assert (verdict.state, verdict.proof, verdict.reason.code) == (state, proof, code)


@pytest.mark.parametrize(("free", "told"), [(NO_FREE_QUOTA, True), (UNLIMITED, True), (None, False)])
def test_a_verdict_says_where_only_a_call_can_tell(free: Evidence | None, told: bool) -> None:
    spent = rung("quota", 30, "account_quota_exhausted", capability="text")
    evidence = [*LADDER[:2], spent, *((free,) if free else ())]
    verdict = judge(Case(MINE, Wanted("text", MODEL, True), seen(evidence), LISTED_AT, None, NOW))
    assert (verdict.state, verdict.only_a_call_tells) == ("quota_exhausted", told)


@pytest.mark.parametrize(
    ("group", "state"), [(None, "usable"), ("default", "usable"), ("vip", "usable"), ("svip", "no_permission")]
)
def test_a_named_group_decides_what_its_models_are(group: str | None, state: State) -> None:
    listed_api = replace(listed("openai"), groups=("default", "vip"))
    mine = MINE.model_copy(update={"group": group})
    verdict = judge(Case(mine, Wanted("text", MODEL, True), seen(LADDER), LISTED_AT, listed_api, NOW))
    assert verdict.state == state


def listed(*endpoints: str) -> ListedApi:
    one = Decimal(1)
    return ListedApi(MODEL, "OpenAI", endpoints, ("default",), 0, one, one, None, None, one, False)


@pytest.mark.parametrize(
    ("endpoints", "state"),
    [
        ((), "usable"),
        (("openai",), "usable"),
        (("openai-response", "openai"), "usable"),
        (("openai-response",), "unsupported"),
    ],
)
def test_what_is_listed_only_in_ways_we_do_not_speak_is_unsupported(endpoints: tuple[str, ...], state: State) -> None:
    case = Case(MINE, Wanted("text", MODEL, True), seen(LADDER), LISTED_AT, listed(*endpoints), NOW)
    assert judge(case).state == state


def test_a_key_for_another_address_decides_before_all_else() -> None:
    case = Case(MINE, Wanted("text", MODEL, True), seen([*LADDER, call(1)]), LISTED_AT, None, NOW, "https://new.example")
    assert (judge(case).state, judge(case).reason.code) == ("not_configured", "key_address")


def test_the_best_verdict_is_the_contracts_first_and_a_call_before_a_ladder() -> None:
    why = reason(CAUSES["works"])
    verdicts = [
        Verdict("a", "text", "m", "bad_key", None, why),
        Verdict("b", "text", "m", "usable", "ladder", why),
        Verdict("c", "text", "m", "usable", "call", why),
        Verdict("d", "text", "m", "untested", None, why),
    ]
    best = best_of(verdicts)
    assert best is not None
    assert best.connection == "c"
    assert best_of([]) is None
