"""Evidence, snapshots, settings: what is newest, and that it is found by key."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from ledger_rows import NOON

from lib.ledger import Ledger, evidence, settings, snapshots
from lib.vocabulary import Evidence, Reason

REASON = Reason("quota_empty", "you", {"model": "glm-4-flash"}, "余额不足")


def seen(minute: int, ok: bool = True, **changes: Any) -> Evidence:
    plain: dict[str, Any] = {
        "connection": "chatglm",
        "step": "key",
        "state": "usable" if ok else "bad_key",
        "method": "GET",
        "path": "/v1/models",
    }
    return Evidence(at=NOON + timedelta(minutes=minute), ok=ok, **(plain | changes))


CASES: list[tuple[str, list[Evidence], list[int]]] = [
    ("nothing", [], []),
    ("the newest of two", [seen(1), seen(2)], [1]),
    ("whichever came first", [seen(2), seen(1)], [0]),
    ("of two at once the last told", [seen(1, path="/a"), seen(1, path="/b")], [1]),
    ("a failure after a success: both", [seen(1), seen(2, ok=False)], [0, 1]),
    ("a success after a failure: only it", [seen(1, ok=False), seen(2)], [1]),
    ("a failure told late", [seen(2), seen(1, ok=False)], [0]),
    ("each rung", [seen(1), seen(2, step="line")], [0, 1]),
    ("a call and a weaker request of the same model",
     [seen(1, ok=False, step="call", model="a"), seen(2, ok=False, step="unpaid", model="a")], [0, 1]),
    ("each model", [seen(1, step="call", model="a"), seen(2, step="call", model="b")], [0, 1]),
    ("each capability", [seen(1, capability="text"), seen(2, capability="image")], [0, 1]),
    ("each connection", [seen(1), seen(2, connection="sora")], [0, 1]),
]


@pytest.mark.parametrize(("told", "newest"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_the_newest(ledger: Ledger, told: list[Evidence], newest: list[int]) -> None:
    ledger.write(lambda db: [evidence.add(db, one) for one in told])
    with ledger.read() as db:
        assert evidence.newest(db) == [told[n] for n in newest]
        assert evidence.newest(db, "sora") == [told[n] for n in newest if told[n].connection == "sora"]


def test_evidence_is_read_as_it_was(ledger: Ledger) -> None:
    whole = seen(
        1,
        ok=False,
        step="call",
        model="glm-4-flash",
        capability="text",
        ms=12,
        http_status=429,
        provider_code="1113",
        request_id="r1",
        reason=REASON,
        detail={"group": "default"},
        call="c1",
    )
    ledger.write(lambda db: evidence.add(db, whole))
    with ledger.read() as db:
        assert evidence.newest(db, "chatglm") == [whole]


def test_a_snapshot_is_the_newest_answer(ledger: Ledger) -> None:
    for minute in (1, 3, 2):
        at = NOON + timedelta(minutes=minute)
        ledger.write(lambda db, at=at: snapshots.put(db, "pricing", "gptbest", at, f"{{}} {at.minute}"))
    with ledger.read() as db:
        assert snapshots.get(db, "pricing", "gptbest") == snapshots.Snapshot(NOON + timedelta(minutes=3), "{} 3")
        assert snapshots.get(db, "status", "gptbest") is None


def test_a_setting_is_what_was_put_last(ledger: Ledger) -> None:
    with ledger.read() as db:
        assert settings.get(db, "colour") is None
    for value in ("red", "green"):
        ledger.write(lambda db, value=value: settings.put(db, "colour", value))
    with ledger.read() as db:
        assert settings.get(db, "colour") == "green"
