"""A check as the pages show it: while it runs, from another page or tab, cancelled, ended."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Selectbox

from lib.causes import CAUSES, reason
from lib.checks.running import CheckRun, Progress
from lib.ledger import evidence
from lib.vocabulary import Evidence
from tests.conftest import DemoRelay
from tests.ui.conftest import ROOT, checked, go, words
from ui.checking import ROWS, shown
from ui.engine import door

NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture
def own(home: object, demo: DemoRelay, silent: str) -> AppTest:
    """The app with two connections of the user's own: `expired` is answered, `mute` never."""
    document = json.loads(demo.connections)
    document["connections"] = [one for one in document["connections"] if one["id"] == "expired"]
    mute = {"id": "mute", "provider": "openai", "base_url": silent, "key": "sk-mute-0000", "models": ["gpt-4o"]}
    document["connections"].append(mute)
    door().own.import_(json.dumps(document))
    return opened()


def opened() -> AppTest:
    """The app in a session of its own: another tab, or the page reloaded."""
    return AppTest.from_file(str(ROOT / "ui" / "router.py"), default_timeout=60).run()


def running() -> CheckRun:
    run = door().own.runs.check
    assert run is not None
    return run


def asked(app: AppTest) -> AppTest:
    """A check of all, as far as it comes before it must wait for `mute`."""
    app.button(key="check_all").click().run()
    while "expired" not in running().progress.done:
        pass
    return app.run()


def test_a_running_check_is_drawn_and_tells_how_far_it_is(own: AppTest) -> None:
    app = asked(own)
    assert not app.exception
    assert "Checking: 1 of 2" in words(app)  # in the sidebar
    assert [one.proto.text for one in app.get("progress")] == ["1 of 2 connections, 1 failed"]
    assert ":green[:material/check: line" in words(app)
    assert ":material/event_busy: key: Key expired" in words(app)
    assert ":shimmer[**mute**]" in words(app)


def test_it_is_found_again_by_another_tab_and_told_on_other_pages(own: AppTest) -> None:
    asked(own)
    tab = opened()
    assert "expired" in words(tab)
    assert tab.button(key="cancel_check_top")
    go(tab, "text")
    assert not [one for one in tab.button if one.key == "cancel_check_top"]
    (link,) = [one for one in tab.sidebar.get("page_link") if "Checking" in one.proto.label]
    assert link.proto.label == "Checking: 1 of 2"
    assert link.proto.page.endswith("overview") or link.proto.page == ""


def test_cancel_keeps_what_was_found(own: AppTest) -> None:
    app = asked(own)
    app.button(key="cancel_check_top").click().run()
    assert not app.exception
    assert [one.value for one in app.toast] == ["Check cancelled. What was found is kept."]
    assert not [one for one in app.button if one.key == "cancel_check_top"]
    assert {one.connection for one in door().own.facts().evidence} == {"expired"}
    assert not app.run().toast


def test_a_second_ask_adds_to_the_check_that_runs(own: AppTest) -> None:
    app = asked(own)
    run = running()
    app.button(key="check_all").click().run()
    assert running() is run
    assert list(run.progress.rungs) == ["expired", "mute"]
    app.button(key="cancel_check_top").click().run()


def test_a_connection_removed_while_it_is_checked_ends_well(own: AppTest) -> None:
    app = asked(own)
    door().own.remove("mute")
    app.button(key="cancel_check_top").click().run()
    assert not app.exception
    assert {one.connection for one in door().own.facts().evidence} == {"expired"}


@pytest.mark.parametrize(
    ("button", "toast"),
    [("check_all", "Checked: 3 of 3 connections."), ("check_openai_text_mine", "**mine**: Line down")],
)
def test_how_it_ended_is_said_once(app: AppTest, button: str, toast: str) -> None:
    if button != "check_all":
        nowhere = {"id": "mine", "provider": "openai", "base_url": "http://127.0.0.1:9", "key": "sk-mine-000000"}
        door().own.import_(json.dumps({"connections": [nowhere]}))
        app.run()
    checked(app.button(key=button).click().run())
    assert not app.exception
    assert [one.value for one in app.toast] == [toast]
    assert not app.run().toast


def choice(app: AppTest) -> Selectbox:
    return next(one for one in app.selectbox if one.label == "Connection")


def test_the_connection_chosen_in_a_cell_is_shown_as_it_stands_now(own: AppTest) -> None:
    own.query_params["cell"] = "openai.text"
    app = go(own, "matrix")
    before = choice(app)
    assert "mute · Untested" in before.options
    before.select("mute").run()
    why = reason(CAUSES["key_expired"])
    seen = Evidence(datetime.now(UTC), "mute", "key", False, "expired_key", "GET", "/v1/models", reason=why)
    door().own.ledger.write(lambda db: evidence.add(db, seen))
    app.run()
    assert not app.exception
    assert "mute · Key expired" in choice(app).options
    assert choice(app).value == "mute"
    assert choice(app).key != before.key  # one and the same field would go on showing the old label
    assert "This key has expired" in words(app)


def rung(name: str, ok: bool) -> Evidence:
    return Evidence(NOW, name, "key", ok, "usable" if ok else "bad_key", "GET", "/v1/models")


NAMES = [f"c{number}" for number in range(20)]


@pytest.mark.parametrize(
    ("names", "seen", "done", "drawn"),
    [
        (NAMES[:ROWS], {}, (), NAMES[:ROWS]),
        (NAMES, {}, (), []),
        (NAMES, {"c1": True, "c2": True, "c3": False, "c4": False}, ("c2", "c4"), ["c1", "c3", "c4"]),
        (NAMES, dict.fromkeys(NAMES, False), NAMES, NAMES[:ROWS]),
        (NAMES, dict.fromkeys(NAMES[:18], True), tuple(NAMES[:18]), ["c18", "c19"]),
    ],
)
def test_of_many_those_under_way_and_those_that_failed_are_drawn(
    names: list[str], seen: dict[str, bool], done: tuple[str, ...], drawn: list[str]
) -> None:
    rungs = {name: (rung(name, seen[name]),) if name in seen else () for name in names}
    assert list(shown(Progress(rungs, frozenset(done)))) == drawn
