"""Every page opens: with no data and with the demo's, in both languages."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from lib.i18n import LANGUAGES, Language, translator
from tests.ui.conftest import go
from ui.engine import door
from ui.links import SECTIONS

PAGES = [page for pages in SECTIONS.values() for page in pages]


def opened(app: AppTest, language: Language, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """Opens every page in a language; what went wrong, by page."""
    monkeypatch.setenv("RELAYSCOPE_LANG", language)
    say = translator(language)
    wrong: dict[str, object] = {}
    for page in PAGES:
        go(app, page.file)
        titles = [title.value for title in app.title]
        if app.exception or app.error or titles != [say(page.title)]:
            wrong[page.file] = [*app.exception, *app.error, titles]
    return wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_opens_with_no_data(app: AppTest, language: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    door().leave_demo()
    assert opened(app, language, monkeypatch) == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_opens_on_the_demo(app: AppTest, language: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    assert opened(app, language, monkeypatch) == {}
