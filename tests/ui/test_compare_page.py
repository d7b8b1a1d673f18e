"""Compare: one prompt to several models, each asked once; what came of it is found again by its address."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lib.calls.draft import CallDraft
from lib.engine import Engine
from lib.ledger import calls as log
from lib.ledger.calls import Payload
from lib.ledger.row import CallRow
from lib.vocabulary import Money, Usage
from tests.conftest import DemoRelay
from tests.ledger.ledger_rows import row, usd
from tests.ui.conftest import go, to_send, words
from ui.demo import story
from ui.engine import door
from ui.format import amount
from ui.markdown import literal

MORE = ("all", "expired", "saturated")
MINI, FLASH = ("all", "gpt-4o-mini"), ("chatglm", "glm-4-flash")


@pytest.fixture
def engine(app: AppTest) -> Engine:
    """The demo's, with more of the demo's keys: one that may do everything, one that may do nothing, one that fails."""
    shown = door().engine
    document = json.loads(DemoRelay(shown.configuration().relays[0].lines[0].base_url).connections)
    document["connections"] = [one for one in document["connections"] if one["id"] in MORE]
    shown.import_(json.dumps(document))
    door().ask(shown.check(MORE))
    return shown


@pytest.fixture
def page(app: AppTest, engine: Engine) -> AppTest:
    return go(app, "compare")


def choose(page: AppTest, *ways: tuple[str, str]) -> AppTest:
    """Chooses connection and model of each row, adding rows as needed."""
    while len(rows(page)) < len(ways):
        page.button(key="compare_add").click().run()
    for number, way in enumerate(ways):
        page.selectbox(key=f"draft_compare_row_{number}").set_value(way)
    return page.run()


def rows(page: AppTest) -> list[str]:
    """What is chosen in each row."""
    return [box.options[box.index or 0] for box in page.selectbox if str(box.key).startswith("draft_compare_row_")]


def ask(page: AppTest, prompt: str) -> AppTest:
    page.text_area(key="draft_compare_prompt").set_value(prompt)
    return to_send(page, "compare").click().run()


def ended(page: AppTest) -> AppTest:
    """The page once the engine has finished what runs."""
    for one in door().engine.log.unfinished():
        door().ask(door().engine.wait(one.id))
    return page.run()


def logged() -> Sequence[CallRow]:
    return door().engine.log.page(limit=20).rows


def table(page: AppTest) -> list[dict[str, Any]]:
    (found,) = page.dataframe
    return list(found.value.to_dict("records"))


def has(page: AppTest, button: str) -> bool:
    return any(one.key == button for one in page.button)


def test_two_different_models_are_proposed_and_their_sum_stands_on_the_button(page: AppTest, engine: Engine) -> None:
    assert not page.exception
    first, second = rows(page)
    assert first.split(" ·")[0] != second.split(" ·")[0]
    choose(page, FLASH, MINI)
    quotes = [engine.draft(CallDraft(way[0], "text", "Your prompt", way[1])).quoted for way in (FLASH, MINI)]
    total = sum((one.amount for one in quotes if one), Decimal(0))
    assert total > 0
    assert to_send(page, "compare").label == f"Compare — at most {literal(amount(Money(total), 'en'))}"


def test_with_one_model_it_is_asked_twice_and_that_is_said(app: AppTest) -> None:
    page = go(app, "compare")
    assert not page.exception
    assert rows(page) == ["glm-4-flash · chatglm"] * 2
    assert "one model only" in words(page)


def test_without_a_usable_text_connection_the_way_to_one_is_shown(app: AppTest) -> None:
    door().leave_demo()
    page = go(app, "compare")
    assert not page.exception
    assert "None of your keys may write text yet" in words(page)
    assert page.button(key="compare_set_up")
    assert not has(page, "compare_send_0")


def test_two_to_four_models_are_compared(page: AppTest) -> None:
    assert not has(page, "compare_drop_0")
    choose(page, FLASH, MINI, ("all", "gpt-4o"), ("all", "gpt-4.1"))
    assert not has(page, "compare_add")
    page.button(key="compare_drop_1").click().run()
    assert rows(page) == ["glm-4-flash · chatglm", "gpt-4o · all", "gpt-4.1 · all"]
    page.button(key="compare_drop_0").click().run()
    assert rows(page) == ["gpt-4o · all", "gpt-4.1 · all"]
    assert not has(page, "compare_drop_0")


def test_each_is_asked_once_and_its_figures_are_told(page: AppTest) -> None:
    ended(ask(choose(page, FLASH, MINI), "Write a poem about the sea."))
    assert not page.exception
    assert sorted((one.connection, one.model, one.status) for one in logged()) == [
        (*MINI, "succeeded"), (*FLASH, "succeeded"),
    ]  # fmt: skip
    assert [(line["connection"], line["model"]) for line in table(page)] == [FLASH, MINI]
    assert all(line["cost"].startswith("USD 0.") and "→" in line["tokens"] for line in table(page))
    assert "Cheapest: **glm" in words(page)


def test_prompts_and_parameters_go_to_every_model(page: AppTest) -> None:
    page.text_area(key="draft_compare_system").set_value("Be brief.")
    page.number_input(key="draft_compare_max_tokens").set_value(64)
    page.number_input(key="draft_compare_temperature").set_value(0.5)
    ended(ask(choose(page, FLASH, MINI), "Say hello."))
    for one in logged():
        _, payload = door().engine.log.call(one.id)
        assert payload.prompt == "Say hello."
        assert payload.request_json == {"system": "Be brief.", "params": {"max_tokens": 64, "temperature": 0.5}}


def test_the_second_of_two_clicks_sends_nothing_though_the_calls_have_ended(page: AppTest) -> None:
    ended(ask(choose(page, FLASH, MINI), "Say hello."))
    page.session_state["compare_sent"].at += 60  # however slow this machine
    to_send(page, "compare").click().run()
    assert len(logged()) == 2


def test_what_was_sent_is_shown_though_the_run_that_sent_it_was_broken_off(page: AppTest) -> None:
    ended(ask(choose(page, FLASH, MINI), "Say hello."))
    page.query_params.clear()
    page.session_state["compare_calls"] = ()
    page.session_state["compare_sent"].unseen = True  # as a run leaves it that was ended after its callback
    page.run()
    assert len(table(page)) == 2
    assert len(logged()) == 2


def test_a_choice_that_is_gone_makes_room_for_another(page: AppTest, engine: Engine) -> None:
    choose(page, MINI, FLASH)
    engine.remove_connection("all")
    page.run()
    assert not page.exception
    assert rows(page)[1] == "glm-4-flash · chatglm"
    assert not rows(page)[0].endswith("· all")


def test_a_choice_stays_chosen_after_it_failed(page: AppTest) -> None:
    ended(ask(choose(page, FLASH, ("saturated", "gpt-4o-mini")), "Say hello."))
    assert rows(page) == ["glm-4-flash · chatglm", "gpt-4o-mini · saturated"]
    assert "Rate limited" in words(page)


def test_an_empty_prompt_is_not_sent(page: AppTest) -> None:
    ask(page, "  ")
    assert not page.exception
    assert not logged()


@pytest.mark.parametrize(("name", "value"), [("temperature", 5.0), ("max_tokens", 0)])
def test_a_number_out_of_range_keeps_all_from_being_sent(page: AppTest, name: str, value: float) -> None:
    page.number_input(key=f"draft_compare_{name}").set_value(value)
    page.text_area(key="draft_compare_prompt").set_value("Say hello.").run()
    assert to_send(page, "compare").disabled
    assert "must be" in words(page)


def test_one_that_fails_shows_its_cause_in_its_column(page: AppTest) -> None:
    ended(ask(choose(page, FLASH, ("saturated", "gpt-4o-mini")), "Say hello."))
    assert not page.exception
    (failed,) = [one for one in logged() if one.connection == "saturated"]
    assert failed.status == "failed"
    assert failed.error_message
    assert literal(failed.error_message) in words(page)
    assert "Cheapest" not in words(page)
    assert "Fastest" not in words(page)


def test_a_new_session_finds_the_comparison_by_its_address(page: AppTest) -> None:
    ended(ask(choose(page, FLASH, MINI), "Say hello."))
    again = at(AppTest.from_file("../../ui/router.py", default_timeout=60).run(), page.query_params["calls"])
    assert not again.exception
    assert table(again) == table(page)
    again.button(key="compare_again").click().run()
    assert again.text_area(key="draft_compare_prompt").value == "Say hello."
    assert [one.split(" ·")[0] for one in rows(again)] == ["glm-4-flash", "gpt-4o-mini"]


def at(app: AppTest, calls: str) -> AppTest:
    """The page at an address."""
    go(app, "compare")
    app.query_params["calls"] = calls
    return app.run()


def fill(*found: CallRow) -> list[str]:
    """Calls of the user's own; their ids."""
    own = door().own
    own.import_(story("http://127.0.0.1:9"))
    for one in found:
        own.ledger.write(lambda db, one=one: log.insert(db, one, Payload("Say hello.", text=f"I am {one.model}.")))
    return [one.id for one in found]


ENDED: dict[str, Any] = {"status": "succeeded", "first_byte_ms": 500, "usage": Usage(9, output_tokens=100)}


def test_unknown_calls_and_those_of_other_kinds_are_left_out(app: AppTest) -> None:
    good, film = fill(row(**ENDED, duration_ms=1500), row(status="succeeded", capability="video"))
    page = at(app, f"gone,{film},{good},{good},'; drop")
    assert not page.exception
    assert len(table(page)) == 1
    assert page.query_params["calls"] == good
    page = at(app, "gone")
    assert not page.exception


def test_an_unknown_cost_is_unknown_and_never_nothing(app: AppTest) -> None:
    quick, slow, third = fill(
        row(**ENDED, model="quick", duration_ms=1500),
        row(**ENDED, model="slow", duration_ms=5500, billed=usd("0.02")),
        row(**ENDED, model="third", duration_ms=3000, estimated=usd("0.03"), usage_source="approximate"),
    )
    page = at(app, f"{quick},{slow},{third}")
    assert [line["cost"] for line in table(page)] == ["unknown", "USD 0.02", "USD 0.03"]
    assert [line["speed"] for line in table(page)] == ["100", "20", "40"]
    assert [line["tokens"] for line in table(page)] == ["9 → 100", "9 → 100", "≈ 9 → 100"]
    assert "Fastest: **quick**, 100 tokens per second" in words(page)
    assert "Cheapest of those whose cost is known: **slow**, USD 0\\.02" in words(page)


def test_one_and_all_can_be_stopped(app: AppTest, silent: str) -> None:
    engine = door().own
    document = json.loads(story(silent))
    engine.import_(json.dumps(document))
    asked = [CallDraft("chatglm", "text", "Say hello.", "glm-4-flash") for _ in range(3)]
    ids = [door().ask(engine.submit(one)) for one in asked]
    page = at(app, ",".join(ids))
    assert not page.exception
    page.button(key=f"compare_stop_{ids[1]}").click().run()
    assert [engine.log.call(one)[0].status for one in ids][1] == "cancelled"
    assert not has(page, f"compare_stop_{ids[1]}")
    page.button(key="compare_stop_all").click().run()
    assert [engine.log.call(one)[0].status for one in ids] == ["cancelled"] * 3
    assert not has(page, "compare_stop_all")
