"""What becomes of a call whose process died: by its status then; once; and only if its owner is dead."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine as SqlEngine
from sqlalchemy import event

from lib import engine as module
from lib.calls.recovery import recover
from lib.cost.price import Price
from lib.engine import Engine
from lib.ledger import Ledger
from lib.ledger import calls as log
from lib.ledger.calls import Payload
from lib.ledger.owners import Owner
from lib.ledger.row import CallRow
from lib.vocabulary import Status
from tests.ledger.ledger_rows import NOON, row, usd
from tests.postgresql import cut_off

PRICES = Price("token", "USD", "relay", input=usd("2").amount, output=usd("6").amount).to_record()


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger.open(None, tmp_path) as opened:
        yield opened


def logged(ledger: Ledger, owner: str, status: Status, payload: Payload | None = None) -> CallRow:
    """A call of that owner, as it stands."""
    made = row(NOON, status=status, owner=owner, sent_at=None if status == "drafted" else NOON)
    ledger.write(lambda db: log.insert(db, made, payload or Payload()))
    return made


def now(ledger: Ledger, call: CallRow) -> CallRow:
    with ledger.read() as db:
        found = log.get(db, call.id)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("status", "payload", "after", "code", "estimated", "usage_source"),
    [
        ("drafted", Payload(), "cancelled", "never_sent", None, None),
        ("sent", Payload(prompt="hello", prices=PRICES), "interrupted", "server_gone", None, None),
        # 8 letters asked and 12 answered, 4 a token: 2 at USD 2 and 3 at USD 6 per million
        ("streaming", Payload(prompt="8letters", text="twelve chars", prices=PRICES), "interrupted", "server_gone",
         usd("0.000022"), "approximate"),
        ("streaming", Payload(prompt="8letters", text="twelve chars"), "interrupted", "server_gone", None,
         "approximate"),
        ("streaming", Payload(prompt="8letters", text="twelve chars", prices={"unpriced": "formula"}), "interrupted",
         "server_gone", None, "approximate"),
    ],
)  # fmt: skip
def test_what_a_dead_process_left(
    ledger: Ledger, status: Status, payload: Payload, after: Status, code: str, estimated: Any, usage_source: str | None
) -> None:
    dead, me = Owner(ledger.database), Owner(ledger.database)
    call = logged(ledger, dead.id, status, payload)
    dead.release()
    assert len(asyncio.run(recover(ledger, me))) == 1
    found = now(ledger, call)
    assert (found.status, found.error_code, found.estimated, found.usage_source) == (
        after, code, estimated, usage_source,
    )  # fmt: skip
    assert (found.owner, found.finished_at is not None) == (me.id, True)
    assert asyncio.run(recover(ledger, me)) == ()
    me.release()


@pytest.mark.parametrize("mine", [True, False])
def test_what_a_living_process_works_on_is_left_alone(ledger: Ledger, mine: bool) -> None:
    me, other = Owner(ledger.database), Owner(ledger.database)
    call = logged(ledger, me.id if mine else other.id, "streaming")
    assert asyncio.run(recover(ledger, me)) == ()
    assert now(ledger, call).status == "streaming"
    for owner in (me, other):
        owner.release()


def test_after_a_restart_of_the_server_nobody_is_taken_for_dead(ledger: Ledger, tmp_path: Path) -> None:
    me, other, dead = (Owner(ledger.database) for _ in range(3))
    call, left = logged(ledger, other.id, "streaming"), logged(ledger, dead.id, "streaming")
    dead.release()
    cut_off(tmp_path)
    found = [asyncio.run(recover(ledger, owner)) for owner in (me, other, me, other)]
    assert [row.id for rows in found for row in rows] == [left.id]
    assert (now(ledger, call).status, now(ledger, left).status) == ("streaming", "interrupted")
    for owner in (me, other):
        owner.release()


def test_it_goes_on_after_a_time_without_the_database(own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RECOVERS_EVERY_S", 0.01)
    engine, failed = Engine(own_home), asyncio.Event()

    def renamed(before: str, after: str) -> None:
        engine.ledger.write(lambda db: db.exec_driver_sql(f"ALTER TABLE {before} RENAME TO {after}"))

    def told(_: object) -> None:
        failed.set()

    async def lives() -> None:
        await engine.start()
        renamed("calls", "away")
        event.listen(SqlEngine, "handle_error", told)
        await failed.wait()
        event.remove(SqlEngine, "handle_error", told)
        renamed("away", "calls")
        call = logged(engine.ledger, "dead", "streaming")
        async with asyncio.timeout(60):
            while now(engine.ledger, call).status == "streaming":  # noqa: ASYNC110
                await asyncio.sleep(0)
        await engine.stop()

    asyncio.run(lives())


def test_two_that_recover_at_once_end_a_call_once(ledger: Ledger) -> None:
    dead = Owner(ledger.database)
    logged(ledger, dead.id, "sent")
    dead.release()
    owners = [Owner(ledger.database) for _ in range(4)]

    async def race() -> list[tuple[CallRow, ...]]:
        return await asyncio.gather(*(recover(ledger, owner) for owner in owners))

    assert sum(map(len, asyncio.run(race()))) == 1
    for owner in owners:
        owner.release()
