"""Why a call had no price is kept with it, read again wherever its price is, and told in the log's documents."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lib.calls.draft import CallDraft, resumed
from lib.calls.settle import first_row
from lib.cli.documents import log_document
from lib.cli.export import Wanted, export
from lib.engine import Engine
from lib.ledger import calls as log
from lib.ledger import snapshots

NOW = datetime(2026, 3, 8, 3, 30, tzinfo=UTC)
RELAY = {"id": "mine", "name": "Mine", "lines": [{"id": "a", "name": "A", "base_url": "http://127.0.0.1:9"}]}
LISTED = {
    "formula": {"billing_mode": "tiered_expr"},
    "no_price_set": {"model_ratio": 37.5, "completion_ratio": 2},
    "not_understood": {"quota_type": 7},
    None: {"model_ratio": 1},
}


@pytest.mark.parametrize("why", LISTED)
def test_why_there_was_no_price(own_home: Path, why: str | None) -> None:
    engine = Engine(own_home)
    connection = {"id": "key", "provider": "openai", "relay": "mine", "models": ["m"], "key": "sk-nothing-nothing"}
    engine.import_(json.dumps({"relays": [RELAY], "connections": [connection]}))
    listed = {"model_name": "m", "quota_type": 0, "model_ratio": 1.25, "completion_ratio": 4, **LISTED[why]}
    body = json.dumps({"success": True, "data": [listed], "group_ratio": {"default": 1}})
    engine.ledger.write(lambda db: snapshots.put(db, "pricing", "relay:mine", NOW, body))
    row, payload = first_row(engine.draft(CallDraft("key", "text", "Hello", "m")), "me", NOW)
    engine.ledger.write(lambda db: log.insert(db, row, payload))

    kept = engine.log.call(row.id)[1]
    assert kept.unpriced == why
    assert (resumed(engine.known, row, kept).price is None) is (why is not None)
    (told,) = log_document(engine, engine.log.page(limit=1), str)["calls"]
    assert told["cost"]["unpriced"] == why
    (line,) = export(engine, "jsonl", Wanted({}, False, str))
    assert json.loads(line)["cost"]["unpriced"] == why
