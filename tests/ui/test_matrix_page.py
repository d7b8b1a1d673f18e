"""The capability matrix: which cells are shown and what they say, a cell opened by its address, an empty house."""

from __future__ import annotations

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.conftest import go, words
from ui.cell_dialog import STATE_PX
from ui.engine import door
from ui.links import SECTIONS


def table(app: AppTest) -> dict[str, Any]:
    """What the table was sent."""
    data: dict[str, Any] = json.loads(app.main.get("bidi_component")[0].proto.json)
    return data


def cells(app: AppTest) -> dict[str, dict[str, Any]]:
    """Every button of the table by its id."""
    rows = (row for group in table(app)["groups"] for row in group["rows"])
    return {cell["id"]: cell for row in rows for cell in row["cells"] if cell}


def opened(app: AppTest, cell: str) -> AppTest:
    """The matrix at a cell's address."""
    app.query_params["cell"] = cell
    return go(app, "matrix")


def test_every_pair_is_a_cell_and_says_how_it_stands(app: AppTest) -> None:
    go(app, "matrix")
    assert not app.exception
    found = cells(app)
    assert found.keys() == {f"{cell.provider}.{cell.capability}" for cell in door().engine.matrix()}
    sora, claude = found["sora.video"], found["anthropic.text"]
    assert (sora["icon"], sora["word"]) == ("check", "Should work")
    assert list(sora["notes"][:3]) == ["1 of 2", "per call", "USD 0.10"]
    assert (claude["icon"], claude["word"]) == ("add_circle", "Not set up")
    assert claude["why"] == "There is no connection for Claude (Anthropic)."
    assert "**3** of " in words(app)


def test_rows_stand_in_groups_and_a_pair_that_is_not_has_no_cell(app: AppTest) -> None:
    go(app, "matrix")
    groups = {group["name"]: [row["name"] for row in group["rows"]] for group in table(app)["groups"]}
    assert list(groups) == ["Works now", "Not set up"]
    assert "Sora 2" in groups["Works now"]
    assert "Claude (Anthropic)" in groups["Not set up"]
    head = table(app)["head"]
    claude = next(row for group in table(app)["groups"] for row in group["rows"] if row["name"].startswith("Claude"))
    assert len(claude["cells"]) == len(head) - 1
    assert claude["cells"][head.index("video") - 1] is None


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("state", "usable", {"sora.video", "gemini.image", "zhipu.text"}),
        ("capability", "music", {"suno.music", "custom.music"}),
        ("text", "Claude-", {"anthropic.text"}),
        ("text", "midjourney", {"midjourney.image", "midjourney.image_edit", "midjourney.video"}),
        ("text", "no such thing", set()),
    ],
)
def test_the_address_says_which_cells_are_shown(app: AppTest, name: str, value: str, shown: set[str]) -> None:
    app.query_params[name] = value
    go(app, "matrix")
    assert not app.exception
    assert (cells(app).keys() if app.main.get("bidi_component") else set()) == shown
    assert app.query_params[name] == value


def test_what_is_typed_goes_into_the_address_and_is_cleared_again(app: AppTest) -> None:
    go(app, "matrix")
    app.text_input(key="matrix_text").set_value("nothing like it").run()
    assert app.query_params["text"] == "nothing like it"
    app.button(key="matrix_clear").click().run()
    assert "text" not in app.query_params
    assert "sora.video" in cells(app)


def test_a_cell_that_is_not_set_up_says_what_to_do(app: AppTest) -> None:
    opened(app, "anthropic.text")
    assert not app.exception
    said = words(app)
    assert "There is no connection for Claude" in said
    assert "Get a key for it and add a connection" in said
    assert app.dataframe[0].value["model"].str.contains("claude").all()
    app.button(key="cell_add").click().run()
    assert app.title[0].value == "Connections"


@pytest.mark.parametrize(("cell", "named"), [("gemini.video", True), ("gemini.text", False)])
def test_an_opened_cell_says_which_models_are_listed_under_chat(app: AppTest, cell: str, named: bool) -> None:
    opened(app, cell)
    assert not app.exception
    assert ("Listed by the relay under chat" in words(app)) is named
    assert ("veo-2.0-generate-001" in words(app)) is named


def test_a_cell_that_works_shows_its_evidence_and_leads_to_its_page(app: AppTest) -> None:
    opened(app, "zhipu.text")
    assert not app.exception
    said = words(app)
    assert "The line answers" in said
    assert "glm-4-flash" in said
    assert "Request id" in said
    app.button(key="cell_use").click().run()
    assert app.title[0].value == "Text"
    assert app.selectbox(key="draft_text_connection").value == "chatglm"
    assert app.selectbox(key="draft_text_model").value == "glm-4-flash"


def test_only_a_capability_without_a_page_says_that_it_comes_later(app: AppTest) -> None:
    later = "A page for this comes later"
    opened(app, "zhipu.text")
    assert later not in words(app)
    opened(app, "sora.video")
    pages = {page.file for section in SECTIONS.values() for page in section}
    assert (later in words(app)) is ("video" not in pages)


@pytest.mark.parametrize("cell", ["nobody.text", "anthropic", "anthropic.video", ".", "zhipu.text.more"])
def test_an_address_of_no_cell_opens_nothing(app: AppTest, cell: str) -> None:
    opened(app, cell)
    assert not app.exception
    assert "sora.video" in cells(app)
    assert not [one for one in app.button if one.key and one.key.startswith("cell_")]


def test_a_test_in_an_open_cell_makes_new_evidence(app: AppTest) -> None:
    def newest() -> object:
        return max(one.at for one in door().engine.facts().evidence if one.connection == "chatglm")

    before = newest()
    opened(app, "zhipu.text")
    app.button(key="cell_check").click().run()
    assert not app.exception
    run = door().engine.runs.check
    assert run is not None
    door().ask(run.wait())
    assert newest() > before  # type: ignore[operator]


def test_without_any_connection_every_cell_waits_for_a_key(app: AppTest) -> None:
    app.button(key="banner_leave").click().run()
    go(app, "matrix")
    assert not app.exception
    assert {cell["word"] for cell in cells(app).values()} == {"Not set up"}
    opened(app, "openai.text")
    assert not app.exception
    assert "There is no connection for ChatGPT" in words(app)


def test_several_relays_can_be_looked_at_one_by_one(app: AppTest) -> None:
    line = {"id": "a", "name": "A", "base_url": "http://127.0.0.1:9"}
    relays = [{"id": id, "name": id, "lines": [line]} for id in ("one", "two")]
    mine = {"id": "mine", "provider": "openai", "relay": "two", "models": ["gpt-4o"]}
    door().own.import_(json.dumps({"relays": relays, "connections": [mine]}))
    app.run()
    go(app, "matrix")
    assert cells(app)["openai.text"]["word"] == "Untested"
    app.selectbox(key="matrix_relay").select("one").run()
    assert cells(app)["openai.text"]["word"] == "Not set up"
    assert app.query_params["relay"] == "one"
    assert "nothing checked yet" in words(app)


def states() -> None:
    from ui.cell_dialog import _table

    _table([{"state": ["Should work"], "model": "gpt-4o", "price": "USD 1"}])


def test_the_states_of_many_models_are_coloured_and_not_cut_off() -> None:
    app = AppTest.from_function(states).run()
    assert not app.exception
    state = json.loads(app.dataframe[0].proto.columns)["state"]
    colours = {one["value"]: one["color"] for one in state["type_config"]["options"]}
    assert (colours["Should work"], colours["Key expired"]) == ("green", "blue")
    assert state["width"] == STATE_PX
