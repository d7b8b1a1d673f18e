"""What was concluded holds until what it rests on changes: a piece of evidence, a list, a setting, or an hour gone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lib.engine import Engine
from lib.ledger import evidence as proofs
from lib.ledger import snapshots
from lib.ledger.snapshots import Kind
from lib.verdicts.judging import verdicts
from lib.vocabulary import Evidence

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LINES = [{"id": one, "name": one, "base_url": f"https://{one}.example"} for one in ("hk", "us")]
CONFIGURED = {
    "relays": [{"id": "relay", "name": "Relay", "lines": LINES}],
    "connections": [{"id": "mine", "provider": "openai", "relay": "relay", "models": ["gpt-4o"]}],
}
OTHER = {"connections": [{"id": "other", "provider": "openai"}]}
PASSED = Evidence(NOW, "mine", "line", True, "usable", "GET", "/api/status")
FAILED = replace(PASSED, step="call", ok=False, state="rate_limited", model="gpt-4o", capability="text")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = Engine(tmp_path)
    engine.import_(json.dumps(CONFIGURED))
    engine.ledger.write(lambda db: proofs.add(db, PASSED))
    yield engine
    engine.ledger.close()


def seen(one: Evidence) -> Callable[[Engine], object]:
    return lambda engine: engine.ledger.write(lambda db: proofs.add(db, one))


def fetched(kind: Kind, subject: str, body: dict[str, object]) -> Callable[[Engine], object]:
    return lambda engine: engine.ledger.write(lambda db: snapshots.put(db, kind, subject, NOW, json.dumps(body)))


@pytest.mark.parametrize(
    "change",
    [
        seen(replace(PASSED, at=NOW + timedelta(seconds=1))),
        seen(replace(PASSED, step="key")),
        seen(FAILED),
        fetched("models", "mine", {"object": "list", "data": [{"id": "gpt-4o"}]}),
        fetched("pricing", "relay:relay", {"success": True, "data": []}),
        lambda engine: engine.choose_line("relay", "us"),
        lambda engine: engine.import_(json.dumps(OTHER)),
        lambda engine: engine.remove("mine"),
    ],
)
def test_a_change_is_judged_anew(engine: Engine, change: Callable[[Engine], object]) -> None:
    before = engine.judged()
    assert engine.judged() is before
    change(engine)
    after = engine.judged()
    assert after is not before
    assert engine.judged() is after
    assert after.verdicts == verdicts(after.facts)


@pytest.mark.parametrize(
    ("evidence", "minutes", "same"),
    [
        ([PASSED], 6000, True),
        ([PASSED, FAILED], 59, True),
        ([PASSED, FAILED], 60, False),
    ],
)
def test_time_counts_only_where_a_call_stops_to_hold(
    engine: Engine, evidence: list[Evidence], minutes: int, same: bool
) -> None:
    facts = replace(engine.facts(), now=NOW, evidence=evidence)
    later = replace(facts, now=NOW + timedelta(minutes=minutes))
    assert (facts.basis == later.basis) is same
    assert (verdicts(facts) == verdicts(later)) is same


def test_overview_tells_what_is_left_and_what_it_rests_on(engine: Engine) -> None:
    engine.ledger.write(lambda db: proofs.add(db, replace(PASSED, step="quota", detail={"unlimited": ""})))
    seen = engine.overview()
    assert seen.quotas["mine"].unlimited
    assert [one.step for one in seen.evidence] == ["line", "quota"]
    assert seen.fetched_at is None


@pytest.mark.parametrize(("gone", "relays"), [("other", ["relay"]), ("mine", [])])
def test_overview_names_the_relays_in_use(engine: Engine, gone: str, relays: list[str]) -> None:
    engine.import_(json.dumps(OTHER))
    engine.remove(gone)
    assert [one.id for one in engine.overview().relays] == relays
