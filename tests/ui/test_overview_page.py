"""Overview: the demo at first start, an empty house, a user's own connections; opening it sends nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.causes import CAUSES, reason
from lib.ledger import evidence
from lib.verdicts.overview import Api
from lib.vocabulary import Evidence
from tests.ui.conftest import checked, go, words
from ui.demo import story
from ui.engine import door
from ui.opened import behind
from ui.rows import called

NOW = datetime(2026, 11, 24, tzinfo=UTC)
SHOWN = 8


def test_a_first_start_shows_the_demo(app: AppTest) -> None:
    said = words(app)
    assert not app.exception
    assert app.title[0].value == "Overview"
    assert "**3** of " in said
    assert "demo relay" in said
    for name in ("Sora", "Gemini", "ChatGLM", "ChatGPT", "Claude", "Midjourney", "Stable Diffusion"):
        assert name in said
    assert "Unlimited" in said
    assert "quota unlimited" in said


def test_both_languages_are_spoken_and_the_choice_is_kept(app: AppTest) -> None:
    for language, title in (("zh_CN", "总览"), ("en", "Overview")):
        app.segmented_control(key="language_choice").set_value(language).run()
        assert not app.exception
        assert app.title[0].value == title
        assert door().setting("language") == language


def test_opening_the_page_sends_nothing(app: AppTest) -> None:
    before = door().engine.facts().evidence
    go(app, "text")
    go(app, "overview")
    assert door().engine.facts().evidence == before


def test_checking_makes_new_evidence(app: AppTest) -> None:
    before = max(one.at for one in door().engine.facts().evidence)
    checked(app.button(key="check_all").click().run())
    assert not app.exception
    assert min(one.at for one in door().engine.facts().evidence if one.step == "key") > before


def test_evidence_is_drawn_when_asked_for(app: AppTest) -> None:
    asked = "The line answers"
    assert asked not in words(app)
    app.button(key="evidence_sora_video_sora").click().run()
    assert not app.exception
    assert asked in words(app)


def test_what_fails_has_a_report_for_support_beside_its_evidence(app: AppTest) -> None:
    why = reason(CAUSES["relay_region_blocked"])
    seen = Evidence(datetime.now(UTC), "sora", "key", False, "region_blocked", "GET", "/v1/models", reason=why)
    door().engine.ledger.write(lambda db: evidence.add(db, seen))
    app.run()
    app.button(key="evidence_sora_video_sora").click().run()
    assert not app.exception
    assert any("An API call failed" in one.value for one in app.code)


def call(connection: str, model: str, at: datetime) -> Evidence:
    return Evidence(at, connection, "call", True, "usable", "POST", "/v1", model=model, capability="text")


def test_a_row_rests_on_its_connection_and_the_calls_of_its_models() -> None:
    line = Evidence(NOW, "mine", "line", True, "usable", "GET", "/api/status")
    mine, other = call("mine", "glm-4", NOW + timedelta(minutes=1)), call("mine", "gpt-4o", NOW)
    works = reason(CAUSES["works"])
    api = Api("zhipu", "text", "mine", None, ("glm-4",), "usable", "call", works, NOW, None, "token")
    assert behind([line, mine, other, call("yours", "glm-4", NOW)], "mine", called(api)) == [mine, line]


def test_a_long_list_is_a_table_once_asked_for(app: AppTest) -> None:
    many = [{"id": f"key{n}", "provider": "openai", "models": ["gpt-4o"]} for n in range(SHOWN)]
    door().own.import_(json.dumps({"connections": many}))
    app.run()
    count = len(door().engine.overview().fails)
    assert count > SHOWN
    assert len([one for one in app.button if one.key.startswith("check_openai_")]) == SHOWN
    app.button(key="more_fails").click().run()
    assert not app.exception
    assert len(app.dataframe[0].value) == count
    assert not [one for one in app.button if one.key.startswith("check_openai_")]
    app.button(key="more_fails").click().run()
    assert not app.dataframe


def test_leaving_the_demo_says_what_to_do_and_the_way_back(app: AppTest) -> None:
    app.button(key="banner_leave").click().run()
    assert "You have no connection yet." in words(app)
    assert door().own.configuration().connections == ()
    app.button(key="enter_demo").click().run()
    assert "**3** of " in words(app)


def test_own_connections_not_yet_checked_are_untested_and_nothing_was_sent(app: AppTest) -> None:
    door().own.import_(story("http://127.0.0.1:9"))
    app.run()
    assert not app.exception
    assert "Untested" in "".join(str(one.value) for one in app.markdown)
    assert not door().is_demo
    assert not door().own.facts().evidence


@pytest.mark.parametrize(
    ("button", "title"),
    [("banner_set_up", "Connections"), ("add_openai_text_none", "Connections")],
)
def test_what_is_missing_is_set_up_on_the_page_for_it(app: AppTest, button: str, title: str) -> None:
    app.button(key=button).click().run()
    assert not app.exception
    assert app.title[0].value == title


def test_a_demo_that_cannot_start_says_so_and_lets_one_go_on(home: Path) -> None:
    (home / "demo").write_text("in the way")
    app = AppTest.from_file(str(Path(__file__).parents[2] / "ui" / "router.py"), default_timeout=60).run()
    assert not app.exception
    assert len(app.error) == 1
    app.button(key="leave_start").click().run()
    assert "You have no connection yet." in words(app)


def test_after_an_import_the_next_step_is_in_the_headline(app: AppTest) -> None:
    door().own.import_(story("http://127.0.0.1:9"))
    app.run()
    assert "Connections not checked yet: **3**. The check is free." in words(app)
    checked(app.button(key="check_all").click().run())
    assert "not checked yet" not in words(app).lower()


def test_a_connection_that_came_later_is_checked_alone(app: AppTest) -> None:
    one, later = ({"id": name, "provider": "openai", "base_url": "http://127.0.0.1:9", "key": f"sk-{name}-0000000"}
                  for name in ("one", "later"))  # fmt: skip
    door().own.import_(json.dumps({"connections": [one]}))
    app.run()
    checked(app.button(key="check_all").click().run())
    door().own.import_(json.dumps({"connections": [later]}))
    app.run()
    assert "Not checked yet: later" in words(app)
    before = {one.connection: one.at for one in door().own.facts().evidence}
    checked(app.button(key="check_unchecked").click().run())
    after = {one.connection: one.at for one in door().own.facts().evidence}
    assert before["one"] == after["one"]
    assert "later" in after
    assert "Not checked yet" not in words(app)
