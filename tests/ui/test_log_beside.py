"""Run elsewhere: the same asked of another model, connection or line, sent once, both results side by side."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lib.calls.draft import CallDraft
from lib.engine import Engine
from lib.ledger.row import CallRow
from lib.vocabulary import Money, Usage
from lib.wire import Media
from tests.conftest import DemoRelay
from tests.ledger.ledger_rows import row, usd
from tests.ui.conftest import go, to_send, words
from ui.engine import door
from ui.log_beside import figures

PNG = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==")
PICTURE = (Media(PNG, "image/png", "point.png"),)


@pytest.fixture
def engine(app: AppTest) -> Engine:
    """The demo's, with a key that may do everything."""
    shown = door().engine
    document = json.loads(DemoRelay(shown.configuration().relays[0].lines[0].base_url).connections)
    document["connections"] = [one for one in document["connections"] if one["id"] == "all"]
    shown.import_(json.dumps(document))
    door().ask(shown.check(["all"]))
    return shown


def made(engine: Engine, draft: CallDraft) -> CallRow:
    call_id = door().ask(engine.submit(draft))
    door().ask(engine.wait(call_id))
    return engine.log.call(call_id)[0]


def beside(app: AppTest, call: CallRow) -> AppTest:
    go(app, "log")
    app.query_params["call"] = call.id
    app.run()
    return app.button(key="log_elsewhere").click().run()


def sent(page: AppTest, engine: Engine) -> AppTest:
    """The page once what was sent from it has ended."""
    to_send(page, "log").click().run()
    for one in engine.log.unfinished():
        door().ask(engine.wait(one.id))
    return page.run()


def table(page: AppTest) -> dict[str, dict[str, Any]]:
    (found,) = page.dataframe
    return {one["name"]: one for one in found.value.to_dict("records")}


def test_words_by_another_model_are_sent_once_and_stand_beside(app: AppTest, engine: Engine) -> None:
    draft = CallDraft("chatglm", "text", "给我讲讲灯塔", system="Be brief.", params={"max_tokens": 64})
    first = made(engine, draft)
    page = beside(app, first)
    assert not page.exception
    assert len(engine.log.page().rows) == 1
    page.selectbox(key=f"beside_way_{first.id}").set_value(("all", "gpt-4o-mini")).run()
    page = sent(page, engine)
    assert not page.exception
    second, again = engine.log.page().rows
    assert again == first
    assert (second.connection, second.model, second.status) == ("all", "gpt-4o-mini", "succeeded")
    assert engine.log.call(second.id)[1].request_json == engine.log.call(first.id)[1].request_json
    assert page.query_params["beside"] == second.id
    assert {"Cost", "Input tokens", "Output tokens", "Took"} <= set(table(page))
    page.button(key="beside_new").click().run()
    assert page.query_params["beside"] == "new"
    page.button(key="beside_alone").click().run()
    assert "log_elsewhere" in {one.key for one in page.button}
    assert len(engine.log.page().rows) == 2


def test_another_line_is_gone_by_for_this_call_alone(app: AppTest, engine: Engine) -> None:
    first = made(engine, CallDraft("chatglm", "text", "hi"))
    page = beside(app, first)
    page.selectbox(key=f"beside_way_{first.id}").set_value(("chatglm", first.model)).run()
    assert page.selectbox(key=f"beside_line_{first.id}_chatglm").value != first.line
    page.selectbox(key=f"beside_line_{first.id}_chatglm").set_value("us").run()
    page = sent(page, engine)
    second = engine.log.page().rows[0]
    assert (second.line, second.connection, second.status) == ("us", "chatglm", "succeeded")
    assert second.base_url.endswith("/us")
    assert engine.configuration().relays[0].line == first.line
    assert not page.exception


@pytest.mark.parametrize(
    ("draft", "said"),
    [
        (CallDraft("all", "image", "a lighthouse", "dall-e-3"), "Cost"),
        (CallDraft("all", "embedding", "a lighthouse", "text-embedding-3-small"), "A vector of"),
        (CallDraft("all", "image_edit", "a lighthouse", "gpt-image-1", "edit", inputs=PICTURE), "Cost"),
    ],
)
def test_media_and_vectors_too(app: AppTest, engine: Engine, draft: CallDraft, said: str) -> None:
    first = made(engine, draft)
    assert first.status == "succeeded"
    page = beside(app, first)
    page.button(key="beside_alone").click().run()
    assert "Nothing came." not in words(page)
    page.button(key="log_elsewhere").click().run()
    page.selectbox(key=f"beside_way_{first.id}").set_value(("all", first.model)).run()
    page = sent(page, engine)
    assert not page.exception
    second = engine.log.page().rows[0]
    assert (second.id != first.id, second.status) == (True, "succeeded")
    given = engine.artifacts([first.id, second.id], "input")
    assert given.get(first.id) == given.get(second.id)
    assert said in words(page) + "".join(table(page))


@pytest.mark.parametrize(
    ("draft", "shown", "as_code"),
    [
        (CallDraft("all", "image", "a lighthouse", "dall-e-3"), '"prompt": "a lighthouse"', "a lighthouse"),
        (CallDraft("all", "image_edit", "a lighthouse", "gpt-image-1", "edit", inputs=PICTURE), '"image": "@',
         "-F image=@"),
        (CallDraft("all", "text", "What is it?", "gpt-4o-mini", inputs=PICTURE), "data:image/png", "data:image/png"),
    ],
)  # fmt: skip
def test_the_request_of_a_call_is_shown_with_the_files_it_was_given(
    app: AppTest, engine: Engine, draft: CallDraft, shown: str, as_code: str
) -> None:
    first = made(engine, draft)
    go(app, "log")
    app.query_params["call"] = first.id
    page = app.run()
    assert not page.exception
    assert "It can't be shown as code any more" not in words(page)
    blocks = [block.value for block in page.code]
    assert any(shown in block for block in blocks)
    assert any(block.startswith("curl") and as_code in block for block in blocks)


def test_files_that_are_gone_are_told_and_nothing_is_sent(app: AppTest, engine: Engine) -> None:
    first = made(engine, CallDraft("all", "image_edit", "a lighthouse", "gpt-image-1", "edit", inputs=PICTURE))
    (kept,) = engine.artifacts([first.id], "input")[first.id]
    engine.files.delete(kept)
    page = beside(app, first)
    assert "is gone from the data folder" in words(page)
    assert not [one for one in page.button if str(one.key).startswith("log_send_")]


def test_what_the_guard_refuses_is_not_sent_and_told_why(app: AppTest, engine: Engine) -> None:
    first = made(engine, CallDraft("chatglm", "text", "hi"))
    engine.keys.forget("chatglm")
    page = beside(app, first)
    page.selectbox(key=f"beside_way_{first.id}").set_value(("chatglm", first.model)).run()
    assert not page.exception
    assert to_send(page, "log").disabled
    assert "This connection has no key" in words(page)


def test_a_second_click_sends_nothing(app: AppTest, engine: Engine) -> None:
    first = made(engine, CallDraft("chatglm", "text", "hi"))
    page = beside(app, first)
    page.session_state["log_sent"].times += 1  # as the first of two clicks leaves it, however long ago
    page.button(key="log_send_0").click().run()
    assert len(engine.log.page().rows) == 1


def test_an_address_that_names_no_such_call_shows_the_form(app: AppTest, engine: Engine) -> None:
    first = made(engine, CallDraft("chatglm", "text", "hi"))
    page = beside(app, first)
    page.query_params["beside"] = "nonsense"
    page.run()
    assert not page.exception
    assert to_send(page, "log").key


FIGURES: list[tuple[dict[str, Any], dict[str, Any], dict[str, tuple[str, str, str]]]] = [
    ({"estimated": usd("1"), "duration_ms": 2000}, {"estimated": usd("1.5"), "duration_ms": 1000},
     {"Cost": ("USD 1.00", "USD 1.50", "+USD 0.50 (+50 %)"), "Took": ("2.0 s", "1.0 s", "−1.0 s (−50 %)")}),
    ({"estimated": usd("1"), "billed": usd("2")}, {"estimated": usd("2")}, {"Cost": ("USD 2.00", "USD 2.00", "±0")}),
    ({"estimated": usd("1")}, {"estimated": Money(usd("1").amount, "CNY")}, {"Cost": ("USD 1.00", "CNY 1.00", "")}),
    ({}, {"estimated": usd("1")}, {"Cost": ("unknown", "USD 1.00", "")}),
    ({"usage": Usage(10)}, {"usage": Usage(30, output_tokens=4)},
     {"Cost": ("unknown", "unknown", ""), "Input tokens": ("10", "30", "+20 (+200 %)"),
      "Output tokens": ("–", "4", "")}),
    ({"estimated": usd("0")}, {"estimated": usd("1")}, {"Cost": ("USD 0.00", "USD 1.00", "+USD 1.00")}),
    ({"estimated": usd("1000")}, {"estimated": usd("999")},
     {"Cost": ("USD 1,000.00", "USD 999.00", "−USD 1.00 (−0.1 %)")}),
    ({"estimated": usd("10000")}, {"estimated": usd("9999")},
     {"Cost": ("USD 10,000.00", "USD 9,999.00", "−USD 1.00")}),
]  # fmt: skip


@pytest.mark.parametrize(("first", "second", "told"), FIGURES)
def test_what_lies_between_two_calls(
    first: dict[str, Any], second: dict[str, Any], told: dict[str, tuple[str, str, str]]
) -> None:
    assert {one.name: (one.first, one.second, one.between) for one in figures(row(**first), row(**second))} == told
