"""Call log: found by every filter, paged both ways, a call told whole; opening it sends nothing."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lib.calls.draft import CallDraft
from lib.ledger import calls as log
from lib.ledger.calls import Payload
from lib.ledger.row import CallRow
from tests.ledger.ledger_rows import row, usd
from tests.ui.conftest import go, words
from ui.demo import story
from ui.engine import door
from ui.log_call import document, timeline
from ui.log_view import View

NOW = datetime(2026, 3, 8, 3, 30, tzinfo=UTC)
ROWS = 20


def fill(rows: dict[str, dict[str, Any]]) -> None:
    """Calls of the user's own, a minute apart, by their prompts."""
    engine = door().own
    engine.import_(story("http://127.0.0.1:9"))
    for n, (prompt, changes) in enumerate(rows.items()):
        made = row(NOW + timedelta(minutes=n), **{"status": "succeeded", "sent_at": NOW, **changes})
        engine.ledger.write(lambda db, made=made, prompt=prompt: log.insert(db, made, Payload(prompt=prompt)))


def at(app: AppTest, **view: str) -> AppTest:
    """The page at an address."""
    go(app, "log")
    app.query_params.clear()
    app.query_params.update(view)
    return app.run()


def shown(page: AppTest) -> list[str]:
    """The prompts of the list's rows."""
    rows = [one.key.removeprefix("log_show_") for one in page.button if one.key.startswith("log_show_")]
    prompts = door().engine.log.prompts(rows, 100)
    said = words(page).replace("\\", "")
    return [prompts[row] for row in rows if prompts[row] in said]


MANY: dict[str, dict[str, Any]] = {
    "alpha": {"provider": "openai", "model": "gpt-4o", "connection": "chat", "estimated": usd("1")},
    "灯塔 beta": {"status": "failed", "error_state": "bad_key", "estimated": usd("0")},
    "gamma 5%": {"capability": "image", "relay": "gptbest", "line": "hk"},
    "delta": {"status": "cancelled", "estimated": usd("2")},
}

FILTERED: list[tuple[dict[str, str], list[str]]] = [
    ({}, ["delta", "gamma 5%", "灯塔 beta", "alpha"]),
    ({"connection": "chat"}, ["alpha"]),
    ({"provider": "openai"}, ["alpha"]),
    ({"model": "gpt-4o"}, ["alpha"]),
    ({"capability": "image"}, ["gamma 5%"]),
    ({"status": "cancelled"}, ["delta"]),
    ({"cause": "bad_key"}, ["灯塔 beta"]),
    ({"line": "gptbest.hk"}, ["gamma 5%"]),
    ({"unknown_cost": "1"}, ["gamma 5%"]),
    ({"text": "灯塔"}, ["灯塔 beta"]),
    ({"text": "5%"}, ["gamma 5%"]),
    ({"text": "5_"}, []),
    ({"since": "2026-03-08", "until": "2026-03-08"}, ["delta", "gamma 5%", "灯塔 beta", "alpha"]),
    ({"since": "2026-03-09"}, []),
    ({"until": "2026-03-07"}, []),
    ({"provider": "nobody"}, []),
    ({"status": "nonsense", "since": "soon", "until": "9999-99-99"}, ["delta", "gamma 5%", "灯塔 beta", "alpha"]),
]


@pytest.mark.parametrize(("view", "prompts"), FILTERED)
def test_every_filter_finds_its_calls(app: AppTest, view: dict[str, str], prompts: list[str]) -> None:
    door().own.ledger.change_zone("Asia/Shanghai")
    fill(MANY)
    page = at(app, **view)
    assert not page.exception
    assert shown(page) == prompts


@pytest.mark.parametrize(
    ("kind", "name", "value", "told", "prompts"),
    [
        ("text_input", "text", "灯塔", "灯塔", ["灯塔 beta"]),
        ("date_input", "since", date(2026, 3, 9), "2026-03-09", []),
        ("selectbox", "connection", "chat", "chat", ["alpha"]),
        ("selectbox", "cause", "bad_key", "bad_key", ["灯塔 beta"]),
        ("toggle", "unknown_cost", True, "1", ["gamma 5%"]),
    ],
)
def test_a_field_changes_the_address_and_is_cleared(
    app: AppTest, kind: str, name: str, value: Any, told: str, prompts: list[str]
) -> None:
    fill(MANY)
    page = at(app)
    getattr(page, kind)(key=f"log_by_{name}").set_value(value).run()
    assert page.query_params == {name: told}
    assert shown(page) == prompts
    page.button(key=f"log_drop_{name}").click().run()
    assert not page.query_params
    assert len(shown(page)) == len(MANY)
    assert not page.exception


def test_pages_lead_there_and_back(app: AppTest) -> None:
    fill({f"prompt {n}": {} for n in range(ROWS + 3)})
    page = at(app)
    newest = shown(page)
    assert len(newest) == ROWS
    assert page.button(key="log_newer").disabled
    page.button(key="log_older").click().run()
    assert shown(page) == ["prompt 2", "prompt 1", "prompt 0"]
    assert page.button(key="log_older").disabled
    page.button(key="log_newer").click().run()
    assert shown(page) == newest
    assert not page.exception


def test_the_folded_filters_stay_open_once_one_was_set(app: AppTest) -> None:
    fill(MANY)
    page = at(app, connection="chat")
    assert page.expander[0].proto.expanded
    page.button(key="log_clear").click().run()
    assert page.expander[0].proto.expanded


def test_a_new_filter_begins_at_the_newest(app: AppTest) -> None:
    fill({f"prompt {n}": {} for n in range(ROWS + 3)})
    page = at(app)
    page.button(key="log_older").click().run()
    page.text_input(key="log_by_text").set_value("prompt").run()
    assert page.query_params == {"text": "prompt"}


def test_no_call_and_no_match_say_what_to_do(app: AppTest) -> None:
    page = at(app)
    assert "No call has been made yet" in words(page)
    assert not page.text_input
    page = at(app, text="nothing like it")
    assert "No call matches." in words(page)
    page.button(key="log_clear_all").click().run()
    assert "No call has been made yet" in words(page)
    assert not page.exception


@pytest.mark.parametrize("call_id", ["nonsense", "0", "'; drop table calls"])
def test_an_unknown_call_is_no_fault(app: AppTest, call_id: str) -> None:
    page = at(app, call=call_id)
    assert not page.exception
    assert "no such call" in words(page)
    page.button(key="log_back").click().run()
    assert "No call has been made yet" in words(page)


def test_the_table_shows_the_same(app: AppTest) -> None:
    fill(MANY)
    page = at(app)
    page.segmented_control(key="draft_log_mode").set_value("table").run()
    assert not page.exception
    assert list(page.dataframe[0].value["prompt"]) == ["delta", "gamma 5%", "灯塔 beta", "alpha"]


def test_the_table_is_still_chosen_after_a_call_was_looked_at(app: AppTest) -> None:
    fill(MANY)
    page = at(app)
    page.segmented_control(key="draft_log_mode").set_value("table").run()
    (call,) = door().engine.log.page(text="alpha", limit=ROWS).rows
    at(page, call=call.id).button(key="log_back").click().run()
    assert page.segmented_control(key="draft_log_mode").value == "table"
    assert page.dataframe


def asked(app: AppTest, prompt: str = "Say hello.") -> CallRow:
    """A real call to the demo."""
    engine = door().engine
    draft = CallDraft("chatglm", "text", prompt, system="Be brief.", params={"max_tokens": 64, "seed": 7})
    call_id = door().ask(engine.submit(draft))
    door().ask(engine.wait(call_id))
    return engine.log.call(call_id)[0]


def test_a_call_is_told_whole_and_sends_nothing(app: AppTest) -> None:
    made = asked(app)
    evidence = door().engine.facts().evidence
    page = at(app, call=made.id)
    assert not page.exception
    said = words(page)
    assert [one.value for one in page.subheader] == ["Prompt", "Answer", "Timeline", "Cost", "Usage", "Where it went"]
    for word in ("Logged", "Sent", "First word", "Ended", "per million", str(made.request_id), "HTTP 200"):
        assert word in said
    assert [one.label for one in page.metric] == ["Quoted (at most)", "Estimated", "Billed", "Official price"]
    code = "\n".join(block.value for block in page.code)
    assert '"seed": 7' in code
    assert "Be brief." in code
    assert "RELAYSCOPE_KEY_CHATGLM" in code
    assert "sk-demo" not in code + said
    assert door().engine.facts().evidence == evidence
    assert len(door().engine.log.page().rows) == 1


@pytest.mark.parametrize(
    ("prices", "told"),
    [
        (None, "No price was known when this call was made."),
        ({"unpriced": "formula"}, "No price was known when this call was made. The relay prices it by a formula, "
                                  "which Relayscope can't compute."),
        ({"unpriced": "of a later version"}, "No price was known when this call was made."),
    ],
)  # fmt: skip
def test_a_call_without_a_price_says_why(app: AppTest, prices: dict[str, str] | None, told: str) -> None:
    made = row(NOW, status="succeeded", sent_at=NOW)
    engine = door().own
    engine.import_(story("http://127.0.0.1:9"))
    engine.ledger.write(lambda db: log.insert(db, made, Payload(prices=prices)))
    page = at(app.run(), call=made.id)
    assert not page.exception
    assert told in [one.value for one in page.caption]
    assert json.loads(document(*engine.log.call(made.id)))["cost"]["unpriced"] == (prices or {}).get("unpriced")


def test_code_names_the_address_the_call_went_to(app: AppTest) -> None:
    made = asked(app)
    relay = door().engine.configuration().relays[0]
    door().engine.choose_line(relay.id, "us")
    page = at(app, call=made.id)
    code = "\n".join(block.value for block in page.code)
    assert f"{made.base_url}/v1/" in code
    assert "/us/" not in code


def test_run_again_fills_the_form_and_sends_nothing(app: AppTest) -> None:
    made = asked(app, "给我讲讲灯塔")
    page = at(app, call=made.id)
    page.button(key="log_again").click().run()
    assert not page.exception
    assert page.title[0].value == "Text"
    assert page.text_area(key="draft_text_prompt").value == "给我讲讲灯塔"
    assert page.text_area(key="draft_text_system").value == "Be brief."
    assert page.number_input(key="draft_text_max_tokens").value == 64
    assert len(door().engine.log.page().rows) == 1


def test_a_call_whose_connection_is_gone_is_still_told(app: AppTest) -> None:
    made = asked(app)
    door().engine.remove("chatglm")
    page = at(app, call=made.id)
    assert not page.exception
    assert "can't be shown as code any more" in words(page)


def test_a_failed_call_says_why_and_what_to_do(app: AppTest) -> None:
    told = {"error_state": "bad_key", "error_code": "key_unknown", "error_message": "No *way*"}
    fill({"x": {"status": "failed", **told}})
    (made,) = door().own.log.page().rows
    page = at(app, call=made.id)
    assert not page.exception
    assert "> No \\*way\\*" in words(page)


SENT = NOW + timedelta(milliseconds=12)


@pytest.mark.parametrize(
    ("changes", "steps"),
    [
        ({}, [("Logged", None)]),
        ({"sent_at": SENT}, [("Logged", None), ("Sent", 12)]),
        ({"sent_at": SENT, "first_byte_ms": 340, "finished_at": SENT + timedelta(seconds=2)},
         [("Logged", None), ("Sent", 12), ("First word", 340), ("Ended", 1660)]),
        ({"finished_at": NOW}, [("Logged", None), ("Ended", 0)]),
        ({"sent_at": NOW - timedelta(seconds=1)}, [("Logged", None), ("Sent", 0)]),
    ],
)
def test_a_timeline_is_told_as_far_as_it_went(changes: dict[str, Any], steps: list[tuple[str, int | None]]) -> None:
    assert [(step.name, step.after_ms) for step in timeline(row(NOW, **changes))] == steps


@pytest.mark.parametrize(
    "address",
    [{}, {"text": "海"}, {"since": "2026-03-01", "until": "2026-03-08", "unknown_cost": "1"},
     {"status": "failed", "cause": "quota_exhausted", "line": "gptbest.hk", "after": "abc"}],
)
def test_a_view_is_its_address(address: dict[str, str]) -> None:
    assert View.read(address).address == address


@pytest.mark.parametrize(
    "address",
    [{"since": "1850-01-01"}, {"until": "x"}, {"capability": "cooking"}, {"unknown_cost": "maybe"}, {"text": " "},
     {"since": "2026-03-09", "until": "2026-03-01"}, {"nobody": "knows"}],
)
def test_what_an_address_says_wrongly_is_left_out(address: dict[str, str]) -> None:
    assert View.read(address) == View()


def test_the_document_is_the_contracts(app: AppTest) -> None:
    made = asked(app)
    found = json.loads(document(*door().engine.log.call(made.id)))
    assert (found["id"], found["status"], found["model"]) == (made.id, "succeeded", made.model)
    assert found["cost"]["estimated"]["currency"] == "USD"
