"""Reconcile as a user meets it: before anything was read, the reading, and both logs side by side."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.calls.draft import CallDraft
from lib.ledger import calls as log
from lib.ledger import relay_log
from lib.ledger.calls import Payload
from lib.ledger.row import CallRow
from lib.vocabulary import Money, Usage
from lib.wire.relay_log import LogRow, RelayLog
from tests.ledger.ledger_rows import row
from tests.states import leave_demo
from tests.ui.conftest import PATIENCE_S, ROOT, go, words
from ui import reconcile_parts
from ui.demo import story
from ui.engine import door
from ui.reconcile_view import View

NOW = datetime.now(UTC).replace(microsecond=0)
UNIT = Decimal("0.000002")
OWNER = relay_log.Owner("key", {"chatglm": None})
NOWHERE = "http://127.0.0.1:9"


def call(minutes: int, name: str, **changes: object) -> CallRow:
    at = NOW - timedelta(minutes=minutes)
    plain = {
        "status": "succeeded", "sent_at": at, "finished_at": at, "relay": "demo", "connection": "chatglm",
        "request_id": name, "estimated": Money(100 * UNIT), "usage": Usage(10, 0, None, 5), "usage_source": "server",
    }  # fmt: skip
    return row(at, **(plain | changes))


def told(minutes: int, name: str, quota: int = 100) -> LogRow:
    at = NOW - timedelta(minutes=minutes)
    return LogRow(at, "consumed", "glm-4-flash", quota, 10, 5, 0, token="13", request_id=name)


def known(calls: Sequence[CallRow], rows: Sequence[LogRow]) -> None:
    """A user whose three connections are the story's, with these calls and that log of the relay's, read before."""
    engine = door().own
    engine.import_(story(NOWHERE))
    engine.ledger.write(lambda db: [log.insert(db, one, Payload()) for one in calls])
    read = RelayLog(tuple(rows), cut=False)
    engine.ledger.write(lambda db: relay_log.keep(db, "demo", OWNER, read, NOW, 500_000))


def shown(app: AppTest, **address: str) -> AppTest:
    for name, value in address.items():
        app.query_params[name] = value
    found = go(app, "reconcile")
    assert not found.exception
    return found


@pytest.fixture
def start(home: Path) -> AppTest:
    leave_demo(home)
    return AppTest.from_file(str(ROOT / "ui" / "router.py"), default_timeout=PATIENCE_S)


def test_without_a_relay(start: AppTest) -> None:
    app = shown(start.run())
    assert "No connection goes through a relay" in words(app)
    assert [button.key for button in app.button if button.key == "reconcile_connect"]


def test_the_log_is_read_by_a_button_and_by_nothing_else(app: AppTest) -> None:
    engine = door().engine
    draft = CallDraft("chatglm", "text", "Hello.")
    call_id = door().ask(engine.submit(draft))
    door().ask(engine.wait(call_id))
    app = shown(app)
    assert "has not been read yet" in words(app)
    assert engine.pulled("demo") == {}
    app.button(key="reconcile_fetch").click().run()
    door().ask(engine.runs.logs["demo"].wait())
    app.run()
    assert "Both logs agree on 1 of 1 calls." in words(app)
    assert "Nowhere: every call" in words(app)
    assert engine.log.call(call_id)[0].billed == engine.log.call(call_id)[0].estimated
    assert shown(app, days="1").selectbox(key="reconcile_days").value == "1"


CALLS = (call(5, "a"), call(6, "b", official=Money(50 * UNIT)), call(7, "c"), call(8, "d"), call(60 * 24 * 9, "old"))
ROWS = (told(5, "a"), told(6, "b", 400), told(7, "c", 0), told(9, "x", 30), told(60 * 24 * 9, "old"))


def test_both_logs_side_by_side(start: AppTest) -> None:
    start.run()
    known(CALLS, ROWS)
    app = shown(start)
    figures = {one.label: one.value.replace("\u00a0", " ") for one in app.metric}
    assert (figures["Estimated"], figures["Billed"]) == ("USD 0.0008", "USD 0.0012")
    said = words(app)
    assert "Both logs agree on 2 of 4 calls." in said
    assert "USD 0.00006" in said
    (pills,) = [one for one in app.button_group if one.key == "reconcile_why"]
    assert pills.options == ["Not billed (1)", "Hidden multiplier (1)"]
    models, differing, here, there = (one.value for one in app.dataframe)
    assert list(differing["why"]) == [
        "Billed 4 times the estimate; nothing the relay tells says why.", "Not billed.",
    ]  # fmt: skip
    assert len(here) == len(there) == 1
    assert list(models["to_estimate"]) == ["× 1.5"]
    assert list(models["to_official"]) == ["× 8"], "of the one call that has an official price"


def test_each_call_that_both_have_can_be_seen_with_its_three_figures(
    start: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    start.run()
    known(CALLS, ROWS)
    app = shown(start)
    _, differing, *_ = (one.value for one in app.dataframe)
    official = list(differing["official"].fillna("–").str.replace("\u00a0", " "))
    assert official == ["USD 0.0001", "–"], "nobody knows it of the other"
    app.toggle(key="reconcile_agreeing").set_value(True).run()
    _, _, agreeing, *_ = (one.value for one in app.dataframe)
    assert list(agreeing["why"]) == ["Both agree."] * 2
    assert list(agreeing["estimated"]) == list(agreeing["billed"])
    monkeypatch.setattr(reconcile_parts, "SHOWN", 1)
    app.run()
    assert "The newest 1 of 2; the file below has all." in words(app)
    assert len(app.dataframe[2].value) == 1


@pytest.mark.parametrize(
    ("address", "matched", "differing"),
    [
        ({"days": "7"}, "of 3 calls", 2),
        ({"why": "multiplier"}, "of 4 calls", 1),
        ({"why": "rounding", "relay": "nowhere", "days": "x"}, "of 4 calls", 2),
    ],
)
def test_the_view_is_in_the_address(start: AppTest, address: dict[str, str], matched: str, differing: int) -> None:
    start.run()
    known(CALLS, ROWS)
    app = shown(start, **address)
    assert matched in words(app)
    assert len(app.dataframe[1].value) == differing


def test_what_could_not_be_read_is_said(start: AppTest) -> None:
    start.run()
    known(CALLS, ROWS)
    engine = door().own
    run = door().ask(engine.runs.begin_log("demo"))
    door().ask(run.wait())
    app = shown(start)
    assert "sora" in words(app)
    assert "Both logs agree on 2 of 4 calls." in words(app)


def test_a_reading_can_be_cancelled(silent: str, start: AppTest) -> None:
    start.run()
    engine = door().own
    engine.import_(story(silent))
    app = shown(start)
    app.button(key="reconcile_fetch").click().run()
    run = engine.runs.logs["demo"]
    assert app.button(key="reconcile_fetch").disabled
    app.button(key="reconcile_cancel").click().run()
    assert (run.ended, run.cancelled, run.progress.keys, run.progress.told) == (True, True, 3, ())


@pytest.mark.usefixtures("of_sqlite")  # PostgreSQL tells of what is written to any of its databases
def test_a_rerun_that_changes_nothing_reckons_nothing(start: AppTest) -> None:
    start.run()
    known(CALLS, ROWS)
    engine, since = door().own, View("demo").since(datetime.now(UTC))
    before = engine.reconciled("demo", since)
    shown(start).run()
    assert engine.reconciled("demo", since) is before
    engine.ledger.write(lambda db: log.insert(db, call(10, "new"), Payload()))
    assert len(engine.reconciled("demo", since).only_here) == 2


@pytest.mark.parametrize("days", ["1", "30"])
def test_days_begin_at_a_full_hour_so_that_they_stay_the_same(days: str) -> None:
    early, late = (datetime(2026, 3, 8, 3, minute, 59, tzinfo=UTC) for minute in (0, 59))
    since = View("demo", days).since(early)
    assert since == View("demo", days).since(late)
    assert since == datetime(2026, 3, 8, 3, tzinfo=UTC) - timedelta(days=int(days))


def test_the_sheet_has_both_sides(start: AppTest) -> None:
    start.run()
    known(CALLS, ROWS)
    lines = reconcile_parts.as_csv(door().own.reconciled("demo")).splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == ["both"] * 4 + ["here", "there"]
    assert lines[-1].endswith(",glm-4-flash,x,,,0.00006,USD,,,,another_program")


def test_balances_over_time(app: AppTest) -> None:
    """The demo's check has told two of the story's keys a balance; sora's has no limit."""
    engine = door().engine
    app = shown(app)
    assert {one.connection for one in engine.balances("demo")} == {"chatglm", "gemini"}
    assert "Balance over time" in words(app)
    assert "No check has told" not in words(app)
    assert len(app.get("plotly_chart")) == 1


def test_a_relay_that_is_removed_takes_its_log_along(start: AppTest) -> None:
    start.run()
    known(CALLS, ROWS)
    engine = door().own
    for name in ("sora", "gemini", "chatglm", "demo"):
        engine.remove(name)
    assert engine.pulled("demo") == {}
    with engine.ledger.read() as db:
        assert relay_log.rows(db, "demo") == []
