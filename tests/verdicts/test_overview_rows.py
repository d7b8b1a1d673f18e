"""Overview's rows: one for a connection that one thing keeps from working, else one for each maker and capability."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lib.causes import CAUSES, reason
from lib.engine import Engine
from lib.ledger import evidence as proofs
from lib.ledger import snapshots
from lib.verdicts.overview import Api
from lib.vocabulary import Evidence, Step

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LISTED = ("gpt-4o", "dall-e-3", "claude-sonnet-4-5")
ALL = {"id": "all", "provider": "custom", "base_url": "https://relay.example", "key": "sk-all-00000000"}
SORA = {"id": "sora", "provider": "openai", "key": "sk-sora-0000000", "models": ["gpt-4o"]}


def rung(step: Step, cause: str | None = None) -> Evidence:
    why = None if cause is None else reason(CAUSES[cause])
    state = "usable" if cause is None else CAUSES[cause].state
    return Evidence(NOW, "all", step, cause is None, state, "GET", "/v1/models", reason=why)  # type: ignore[arg-type]


def rows(home: Path, *rungs: Evidence) -> Mapping[str, list[Api]]:
    """By state, the rows of the connections, as an engine draws them that has seen these rungs."""
    engine = Engine(home)
    try:
        engine.import_(json.dumps({"connections": [ALL, SORA]}))
        body = json.dumps({"object": "list", "data": [{"id": name} for name in LISTED]})
        engine.ledger.write(lambda db: snapshots.put(db, "models", "all", NOW, body))
        for one in rungs:
            engine.ledger.write(lambda db, one=one: proofs.add(db, one))
        seen = engine.overview()
        return {"works": list(seen.works), "fails": [one for one in seen.fails if one.connection]}
    finally:
        engine.ledger.close()


@pytest.mark.parametrize("cause", ["key_expired", "quota_empty"])
def test_a_key_that_fails_for_everything_is_one_row(own_home: Path, cause: str) -> None:
    step: Step = "quota" if cause == "quota_empty" else "key"
    found = rows(own_home, rung("line"), *([rung("key")] if step == "quota" else []), rung(step, cause))
    assert found["works"] == []
    one, other = found["fails"]
    assert (one.connection, one.provider, one.state) == ("all", "custom", CAUSES[cause].state)
    assert one.capability == "text"
    assert set(one.capabilities) >= {"text", "image"}
    assert set(one.models) == set(LISTED)
    assert (other.connection, other.also) == ("sora", ())


def test_what_works_is_a_row_for_each_maker_and_capability(own_home: Path) -> None:
    found = rows(own_home, rung("line"), rung("key"), rung("quota"), rung("permission"))
    assert {(one.provider, one.capability) for one in found["works"]} >= {
        ("openai", "text"), ("openai", "image"), ("anthropic", "text")
    }  # fmt: skip
    assert all(one.also == () for one in found["works"])
