"""Trying chosen models: nothing is sent before the button, the sum on it, results with cost, no second click."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from lib.checks.paid import smallest_draft
from tests.ui.conftest import go, words
from ui.engine import door
from ui.markdown import literal
from ui.result import appearance
from ui.theme import NOT_PROVEN
from ui.tries import begin, label
from ui.words import money

CHOOSE = "cell_tries_chatglm"


def opened(app: AppTest) -> AppTest:
    app.query_params["cell"] = "zhipu.text"
    return go(app, "matrix")


def test_of_the_chosen_models_the_sum_stands_on_the_button(app: AppTest) -> None:
    opened(app)
    assert not app.exception
    button = app.button(key="cell_try_chatglm_None")
    assert (button.label, button.disabled) == ("Try", True)
    app.multiselect(key=CHOOSE).set_value(["glm-4-flash"]).run()
    button = app.button(key="cell_try_chatglm_None")
    assert button.label.startswith("Try 1 — at most USD 0")
    assert not button.disabled
    assert not door().engine.log.page().rows


def test_each_result_has_its_cause_and_its_cost_and_a_second_click_sends_nothing(app: AppTest) -> None:
    opened(app)
    app.multiselect(key=CHOOSE).set_value(["glm-4-flash"]).run()
    app.button(key="cell_try_chatglm_None").click().run()
    engine = door().engine
    run = engine.runs.tries["chatglm"]
    door().ask(run.wait())
    begin(engine, "chatglm", [smallest_draft("chatglm", "text", "glm-4-flash")], None)  # the click that came late
    app.run()
    assert not app.exception
    assert len(engine.log.page().rows) == 1
    said = words(app)
    assert "A real call has succeeded" in said
    cost = engine.log.page().rows[0].cost
    assert cost is not None
    assert literal(money(cost)) in said
    assert not app.button(key=f"cell_try_chatglm_{run.began}").disabled


def test_what_cannot_be_priced_is_told_on_the_button(app: AppTest) -> None:
    opened(app)
    engine = door().engine
    known = engine.draft(smallest_draft("chatglm", "text", "glm-4-flash"))
    unknown = engine.draft(smallest_draft("sora", "video", "sora-2"))
    assert label([]) == "Try"
    assert label([known, unknown]).startswith("Try 2 — at most USD ")


def film(app: AppTest) -> AppTest:
    app.query_params["cell"] = "sora.video"
    return go(app, "matrix")


def test_a_film_may_be_asked_for_unpaid_which_proves_less(app: AppTest) -> None:
    film(app)
    app.multiselect(key="cell_tries_sora").set_value(["sora-2"]).run()
    assert not app.exception
    button = app.button(key="cell_unpaid_sora_None")
    assert (button.label, button.disabled) == ("Ask 1 without paying", False)
    assert "must be refused before anything is made" in words(app)
    engine = door().engine
    assert not engine.log.page().rows
    button.click().run()
    door().ask(engine.runs.tries["sora"].wait())
    app.run()
    assert not app.exception
    [row] = engine.log.page().rows
    assert (row.error_state, row.error_code, row.http_status, row.capability) == ("untested", "let_in", 400, "video")
    assert row.cost is not None
    assert row.cost.amount == 0
    assert appearance(row) == NOT_PROVEN
    assert "Reached, not proven" in words(app)
    assert "**unpaid request** · Not proven" in words(app)
    assert "Untested" not in words(app)
    [verdict] = [one for one in engine.verdicts() if one.connection == "sora"]
    assert verdict.proof != "call"


def test_a_text_is_not_asked_for_unpaid(app: AppTest) -> None:
    opened(app)
    app.multiselect(key=CHOOSE).set_value(["glm-4-flash"]).run()
    assert "without paying" not in " ".join(one.label for one in app.button)
