"""The guides: in both languages alike, without a key, their links and live places known; and drawn by the page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from lib.i18n import LANGUAGES, Language
from tests.ui.conftest import go, words
from ui.engine import door
from ui.guides import DOCS, FOLDERS, GUIDES, Code, Live, Prose, Table, guide
from ui.live import LIVE

LINK = re.compile(r"\]\((?!https?://|#)([^)#]+)(?:#[^)]*)?\)")
KEY = re.compile(r"\bsk-[\w-]{6,}|\bAIza[\w-]{20,}")
README = DOCS.parent / "README.md"
DOCUMENTS = [README, *sorted(DOCS.rglob("*.md"))]
HEADING = re.compile(r"^#{1,6} ", re.MULTILINE)


def marks(name: str, language: Language) -> list[str]:
    return [part.name for part in guide(name, language).parts if isinstance(part, Live)]


def test_every_guide_there_is_is_shown() -> None:
    for folder in FOLDERS.values():
        assert {file.stem for file in (DOCS / folder).glob("*.md")} == set(GUIDES)


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: str(file.relative_to(DOCS.parent)))
def test_every_link_of_the_documents_leads_somewhere(file: Path) -> None:
    targets = LINK.findall(file.read_text("utf-8"))
    assert [target for target in targets if not (file.parent / target).exists()] == []


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: str(file.relative_to(DOCS.parent)))
def test_no_document_has_a_key(file: Path) -> None:
    assert KEY.findall(file.read_text("utf-8")) == []


@pytest.mark.parametrize("name", GUIDES)
def test_both_languages_are_built_alike(name: str) -> None:
    shapes = [
        [part.name if isinstance(part, Live) else type(part) for part in guide(name, language).parts]
        for language in LANGUAGES
    ]
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize("name", GUIDES)
def test_tables_and_code_are_alike_in_both_languages(name: str) -> None:
    counted = []
    for folder in FOLDERS.values():
        text = (DOCS / folder / f"{name}.md").read_text("utf-8")
        counted.append((text.count("\n|"), text.count("```"), sorted(re.findall(r"\b[45]\d\d\b", text))))
    assert counted[0] == counted[1]


def test_every_live_place_is_known_and_every_known_one_is_used() -> None:
    for language in LANGUAGES:
        assert {mark for name in GUIDES for mark in marks(name, language)} == set(LIVE)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", GUIDES)
def test_a_guide_is_cut_whole(name: str, language: Language) -> None:
    shown = guide(name, language)
    prose = "\n".join(part.text for part in shown.parts if isinstance(part, Prose))
    assert shown.title
    assert shown.headings
    assert all(len(row) == len(part.head) for part in shown.parts if isinstance(part, Table) for row in part.rows)
    assert not HEADING.search(prose)
    assert "\n|" not in prose
    assert "```" not in prose
    assert "<!--" not in prose
    assert ".md)" not in prose
    assert "$" not in re.sub(r"`[^`]*`", "", prose)  # Streamlit would see a formula


def test_a_shells_comment_is_no_heading() -> None:
    parts = guide("GPTBEST_TOKEN_GUIDE", "en").parts
    assert any("\n# the line:" in part.text for part in parts if isinstance(part, Code))


@pytest.mark.parametrize("name", GUIDES)
def test_the_address_names_the_guide(app: AppTest, name: str) -> None:
    go(app, "guides")
    app.radio(key="guide_choice").set_value(name).run()
    assert not app.exception
    assert app.query_params["guide"] == name
    assert app.header[0].value == guide(name, "en").title
    assert [one.value for one in app.subheader] == [part.text for part in guide(name, "en").headings]
    assert len(app.dataframe) + len(app.code) >= 1
    assert "sk-demo" not in "\n".join([words(app), *(one.value for one in app.code)])


def test_examples_are_the_shown_connections_own(app: AppTest) -> None:
    go(app, "guides")
    assert "Listed: **5" in words(app)
    assert "Usable with your keys: **3**" in words(app)
    assert list(app.dataframe[0].value["connection"]) == ["sora", "gemini", "chatglm"]
    app.radio(key="guide_choice").set_value("API_INTEGRATION_GUIDE").run()
    (command,) = [one.value for one in app.code if "$RELAYSCOPE_KEY_CHATGLM" in one.value]
    assert "chat/completions" in command
    assert door().engine.configuration().relays[0].chosen.base_url in command
    app.radio(key="guide_choice").set_value("VIDEO_API_CONFIG_GUIDE").run()
    assert "$RELAYSCOPE_KEY_SORA" in "\n".join(one.value for one in app.code)


def test_without_a_connection_the_guides_say_what_to_do(app: AppTest) -> None:
    door().leave_demo()
    go(app, "guides")
    assert not app.exception
    assert "your own figures stand here" in words(app)
    assert not app.dataframe


def test_an_unknown_guide_is_the_first(app: AppTest) -> None:
    app.query_params["guide"] = "NONSENSE"
    go(app, "guides")
    assert app.header[0].value == guide(GUIDES[0], "en").title


def test_a_table_is_a_list_on_a_phone() -> None:
    table = Table(("Line", "Address", ""), (("HK", "`https://hk.example.com`", "near"), ("US", "–", "far")))
    assert list(table.listed) == [
        "- **HK**  \n  Address: `https://hk.example.com`  \n  near",
        "- **US**  \n  Address: –  \n  far",
    ]
