"""Text: a prompt, its quote, its answer and cost; the answer outlives the page that asked for it."""

from __future__ import annotations

from base64 import b64decode
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lib.calls.draft import CallDraft
from lib.cost.budget import Budget
from lib.ledger import calls
from lib.ledger.calls import Payload
from tests.ledger.ledger_rows import row as call_row
from tests.ledger.ledger_rows import usd
from tests.ui.conftest import go, to_send, words
from ui.engine import door


@pytest.fixture
def page(app: AppTest) -> AppTest:
    return go(app, "text")


def ask(page: AppTest, prompt: str) -> AppTest:
    page.text_area(key="draft_text_prompt").set_value(prompt)
    return to_send(page, "text").click().run()


def ended(page: AppTest) -> AppTest:
    """The page once the engine has finished what runs."""
    for row in door().engine.log.unfinished():
        door().ask(door().engine.wait(row.id))
    return page.run()


def test_the_button_says_what_it_costs_at_most(page: AppTest) -> None:
    assert not page.exception
    assert to_send(page, "text").label.startswith("Generate — at most USD")


def test_only_connections_that_may_write_are_offered(page: AppTest) -> None:
    assert [option.split(" ")[0] for option in page.selectbox(key="draft_text_connection").options] == ["chatglm"]
    assert "The key of sora is for video, not for text" in words(page)


def test_an_answer_comes_with_its_cost_and_is_logged_once(page: AppTest) -> None:
    ended(ask(page, "Say hello."))
    assert not page.exception
    (row,) = door().engine.log.page().rows
    assert row.status == "succeeded"
    assert row.cost is not None
    assert page.metric[0].value.startswith("USD 0.")
    assert str(row.request_id) in words(page)


def test_an_empty_prompt_is_not_sent(page: AppTest) -> None:
    ask(page, "  ")
    assert not page.exception
    assert all(row.status == "failed" and row.sent_at is None for row in door().engine.log.page().rows)


def test_extra_parameters_must_be_an_object(page: AppTest) -> None:
    page.text_area(key="draft_text_extra").set_value("[1]").run()
    assert to_send(page, "text").disabled
    assert "must be a JSON object" in words(page)


def test_the_second_of_two_clicks_sends_nothing_though_the_first_call_has_ended(page: AppTest) -> None:
    ended(ask(page, "Say hello."))
    page.session_state["text_sent"].at += 60  # however slow this machine
    to_send(page, "text").click().run()
    assert len(door().engine.log.page(limit=9).rows) == 1


def test_a_click_on_a_button_that_was_replaced_sends_nothing(page: AppTest) -> None:
    page.text_area(key="draft_text_prompt").set_value("Say hello.")
    page.session_state["text_sent"].times += 1  # as the first of two clicks leaves it, however long ago
    to_send(page, "text", before=1).click().run()
    assert not page.exception
    assert not door().engine.log.page(limit=9).rows


@pytest.mark.parametrize(("stops", "times"), [(False, 2), (True, 1)])
def test_a_budget_that_is_in_the_way_is_told_once_on_the_page(page: AppTest, stops: bool, times: int) -> None:
    """Beside the sidebar, which tells it on every page."""
    used = Budget(amount=Decimal("0.000001"), stops=stops)
    door().own.keep_budgets([used])
    spent = call_row(datetime.now(UTC), status="succeeded", estimated=usd("1"))
    door().own.ledger.write(lambda db: calls.insert(db, spent, Payload()))
    door().engine.keep_budgets([used])
    page.run()
    assert sum("is used up" in one.value for one in page.markdown) == times
    assert any("of the budget of" in one.value for one in page.markdown) is stops


def test_over_a_budget_that_stops_it_is_sent_only_where_that_is_wanted_and_once(page: AppTest) -> None:
    door().engine.keep_budgets([Budget(amount=Decimal("0.000001"), stops=True)])
    page.text_area(key="draft_text_prompt").set_value("Say hello.").run()
    assert to_send(page, "text").disabled
    assert "of the budget of USD 0.000001" in words(page).replace("\\", "")
    page.toggle(key="text_over_budget_0").set_value(True).run()
    ended(to_send(page, "text").click().run())
    assert not page.exception
    (row,) = door().engine.log.page().rows
    assert row.status == "succeeded"
    page.text_area(key="draft_text_prompt").set_value("And once more.").run()
    assert to_send(page, "text").disabled
    assert not page.toggle(key="text_over_budget_1").value


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("temperature", 5.0, "Randomness must be from 0 to 2"),
        ("temperature", -1.0, "Randomness must be from 0 to 2"),
        ("top_p", 7.0, "Choice of words must be from 0 to 1"),
        ("max_tokens", 0, r"Longest answer \(tokens\) must be 1 or more"),
    ],
)
def test_a_number_out_of_range_keeps_a_call_from_being_sent(page: AppTest, name: str, value: float, told: str) -> None:
    page.number_input(key=f"draft_text_{name}").set_value(value)
    page.text_area(key="draft_text_prompt").set_value("Say hello.").run()
    assert to_send(page, "text").disabled
    assert told in words(page)


def test_a_draft_outlives_a_change_of_page(page: AppTest) -> None:
    page.text_area(key="draft_text_prompt").set_value("Half a thought").run()
    go(page, "overview")
    assert go(page, "text").text_area(key="draft_text_prompt").value == "Half a thought"


def test_a_new_session_shows_the_last_answer_again(page: AppTest) -> None:
    ended(ask(page, "Say hello."))
    again = AppTest.from_file("../../ui/router.py", default_timeout=60).run()
    go(again, "text")
    assert again.metric[0].value == page.metric[0].value


def test_again_puts_the_request_back(page: AppTest) -> None:
    page.text_area(key="draft_text_system").set_value("Be brief.")
    page.number_input(key="draft_text_max_tokens").set_value(64)
    ended(ask(page, "Say hello."))
    page.text_area(key="draft_text_prompt").set_value("Something else").run()
    page.button(key="text_again").click().run()
    assert page.text_area(key="draft_text_prompt").value == "Say hello."
    assert page.number_input(key="draft_text_max_tokens").value == 64


def test_code_names_the_key_and_never_shows_it(page: AppTest) -> None:
    code = "\n".join(block.value for block in page.code)
    assert "RELAYSCOPE_KEY_CHATGLM" in code
    assert "sk-demo" not in code


@pytest.mark.parametrize(
    ("params", "temperature", "extra"),
    [
        ({"temperature": 0.5}, 0.5, ""),
        ({"temperature": 1}, 1.0, ""),
        ({"temperature": "hot"}, None, '{"temperature": "hot"}'),
        ({"temperature": 3}, None, '{"temperature": 3}'),
        ({"temperature": True, "seed": 7}, None, '{"temperature": true, "seed": 7}'),
    ],
)
def test_again_brings_back_what_no_field_can_hold(
    page: AppTest, params: dict[str, Any], temperature: float | None, extra: str
) -> None:
    engine = door().engine
    door().ask(engine.submit(CallDraft("chatglm", "text", "hi", params=params)))
    ended(page)
    page.button(key="text_again").click().run()
    assert not page.exception
    assert page.number_input(key="draft_text_temperature").value == temperature
    assert page.text_area(key="draft_text_extra").value == extra


def go_on(page: AppTest, prompt: str) -> AppTest:
    """The next turn of a conversation, later than the second of two clicks would be."""
    page.session_state["text_sent"].at -= 60
    return ended(ask(page, prompt))


def turns(page: AppTest) -> list[list[str]]:
    """The prompts of each call's conversation, as they were sent, the oldest call first."""
    engine = door().engine
    rows = reversed(engine.log.page(limit=9).rows)
    return [[turn.payload.prompt for turn in engine.conversation(row.id)] for row in rows]


def test_a_conversation_goes_on_until_it_is_left(page: AppTest) -> None:
    ended(ask(page, "Say hello."))
    page.button(key="text_continue").click().run()
    assert not page.exception
    assert page.text_area(key="draft_text_prompt").value == ""
    assert "Goes on from: Say hello" in words(page)
    go_on(page, "And now in French?")
    assert page.text_area(key="draft_text_prompt").value == ""
    go_on(page, "And in German?")
    assert not page.exception
    assert turns(page)[-1] == ["Say hello.", "And now in French?", "And in German?"]
    page.button(key="text_new").click().run()
    assert "Goes on from" not in words(page)
    go_on(page, "Something else")
    assert turns(page)[-1] == ["Something else"]
    assert len(turns(page)) == 4


def test_the_turns_before_stand_above_the_answer_at_any_turns_address(page: AppTest) -> None:
    engine, last = door().engine, None
    for prompt in ("Hello first", "Hello second", "Hello third", "Hello fourth"):
        last = door().ask(engine.submit(CallDraft("chatglm", "text", prompt, after=last)))
        door().ask(engine.wait(last))
    page.query_params["call"] = last
    page.run()
    assert not page.exception
    said = words(page)
    assert [said.find(f":gray[:material/person:] Hello {name}") >= 0 for name in ("first", "second", "third", "fourth")]
    assert "Earlier in this conversation: 1" in [one.label for one in page.expander]
    third = engine.conversation(last)[-2].row.id
    page.button(key=f"show_{third}").click().run()
    assert "Hello fourth" not in "\n".join(str(one.value) for one in page.markdown)
    assert "Earlier in this conversation: 1" not in [one.label for one in page.expander]
    page.button(key="text_continue").click().run()
    go_on(page, "Hello again")
    assert turns(page)[-1] == ["Hello first", "Hello second", "Hello third", "Hello again"]


def test_the_second_of_two_clicks_does_not_go_on_with_the_same(page: AppTest) -> None:
    ended(ask(page, "Say hello."))
    page.button(key="text_continue").click().run()
    go_on(page, "Once more, please.")
    page.session_state["text_sent"].at += 60  # however slow this machine
    ask(page, "Once more, please.")
    to_send(page, "text").click().run()
    assert turns(page) == [["Say hello."], ["Say hello.", "Once more, please."]]
    assert "The prompt is empty" not in words(page)


def test_after_a_turn_that_failed_the_conversation_goes_on_from_where_it_did(page: AppTest) -> None:
    engine = door().engine
    ended(ask(page, "Say hello."))
    page.button(key="text_continue").click().run()
    page.text_area(key="draft_text_extra").set_value('{"temperature": "hot"}')
    go_on(page, "Hot?")
    failed = engine.log.page(limit=1).rows[0]
    assert failed.status == "failed"
    assert not [one for one in page.button if one.key == "text_continue"]
    page.button(key="text_again").click().run()
    assert page.text_area(key="draft_text_prompt").value == "Hot?"
    page.text_area(key="draft_text_extra").set_value("")
    go_on(page, "Cool?")
    assert turns(page) == [["Say hello."], [], ["Say hello.", "Cool?"]]


PNG = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==")
"""One point."""


def give(page: AppTest, name: str, data: bytes) -> AppTest:
    (field,) = [one for one in page.file_uploader if one.label.startswith("Images")]
    return field.set_value([(name, data, "image/png")]).run()


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("a.png", b"no image", "its bytes are application"),
        ("a.png", b"GIF89a" + bytes(32), "its bytes are image"),
        ("a.png", PNG + bytes(25 * 1024 * 1024), "is larger than 25 MB"),
    ],
)
def test_a_file_that_is_no_image_is_not_sent(page: AppTest, name: str, data: bytes, told: str) -> None:
    give(page, name, data)
    assert to_send(page, "text").disabled
    assert told in words(page)


def test_an_image_goes_along_is_shown_and_must_be_chosen_again(page: AppTest) -> None:
    engine = door().engine
    give(page, "point.png", PNG)
    ended(ask(page, "What is this?"))
    assert not page.exception
    (row,) = engine.log.page().rows
    (kept,) = engine.artifacts([row.id], "input")[row.id]
    assert engine.files.read(kept) == PNG
    assert len(page.get("image")) == 1
    page.button(key="text_again").click().run()
    assert "This request had images (1): choose them again." in words(page)
    page.button(key="text_continue").click().run()
    go_on(page, "And why?")
    assert len(page.get("image")) == 1
    last = engine.log.page(limit=1).rows[0]
    assert [len(turn.given) for turn in engine.conversation(last.id)] == [1, 0]


def test_another_model_may_go_on_and_it_is_said(page: AppTest) -> None:
    engine = door().engine
    ended(ask(page, "Say hello."))
    (row,) = engine.log.page().rows
    engine.ledger.write(lambda db: calls.update(db, row.id, model="glm-4-plus"))
    page.run().button(key="text_continue").click().run()
    assert "`glm-4-plus` answered before; `glm-4-flash` goes on." in words(page)
    go_on(page, "And you?")
    assert turns(page)[-1] == ["Say hello.", "And you?"]


def test_the_log_shows_a_turn_as_it_was_sent_with_its_images(page: AppTest) -> None:
    give(page, "point.png", PNG)
    ended(ask(page, "What is this?"))
    page.button(key="text_continue").click().run()
    go_on(page, "And why?")
    last, first = door().engine.log.page(limit=2).rows
    for row, images in ((first, 1), (last, 0)):
        page.query_params["call"] = row.id
        go(page, "log")
        assert not page.exception
        assert len(page.get("image")) == images
        assert "image_url" in "\n".join(block.value for block in page.code)
