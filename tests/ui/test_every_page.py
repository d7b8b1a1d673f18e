"""Every page opens: with no data, the demo's and 100,000 calls, in both languages; a long log costs no more."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from streamlit.testing.v1 import AppTest

from lib.i18n import LANGUAGES, Language, translator
from lib.ledger import Ledger
from tests import postgresql
from tests.many_calls import fill
from tests.ui.conftest import ROOT, go
from ui import engine
from ui.demo import story
from ui.engine import door
from ui.links import SECTIONS

PAGES = [page for pages in SECTIONS.values() for page in pages]
FEW, MANY = 5_000, 100_000
NOWHERE = "http://127.0.0.1:9"
SCAN = r"SCAN (calls|payloads)\b"
"""How SQLite says that it reads a table that grows with every call."""


def at(page: str) -> AppTest:
    """The app opened at a page, in a session of its own."""
    return go(AppTest.from_file(str(ROOT / "ui" / "router.py"), default_timeout=60), page)


def opened(language: Language, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """Opens every page in a language; what went wrong, by page."""
    monkeypatch.setenv("RELAYSCOPE_LANG", language)
    say = translator(language)
    wrong: dict[str, object] = {}
    for page in PAGES:
        app = at(page.file)
        titles = [title.value for title in app.title]
        if app.exception or app.error or titles != [say(page.title)]:
            wrong[page.file] = [*app.exception, *app.error, titles]
    return wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_opens_with_no_data(language: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    door().leave_demo()
    assert opened(language, monkeypatch) == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_opens_on_the_demo(language: Language, monkeypatch: pytest.MonkeyPatch) -> None:
    assert opened(language, monkeypatch) == {}


@contextmanager
def folder_of(home: Path, calls: int) -> Iterator[Path]:
    """A user with three connections of his own and so many calls in his log."""
    with Ledger.open(None, home) as ledger:
        fill(ledger, calls)
    door().own.import_(story(NOWHERE))
    yield home
    engine.stop()
    postgresql.remove(home)


@contextmanager
def watched(statements: list[tuple[str, Any]]) -> Iterator[None]:
    """Notes every statement."""

    def before(_: Any, cursor: Any, statement: str, parameters: Any, *__: Any) -> None:
        statements.append((statement, parameters))

    reading = door().own.ledger._reading  # what a page waits for; sums are made anew on the writer's thread
    event.listen(reading, "before_cursor_execute", before)
    try:
        yield
    finally:
        event.remove(reading, "before_cursor_execute", before)


def cost_of(page: str) -> list[tuple[str, Any]]:
    """The statements that opening a page takes."""
    statements: list[tuple[str, Any]] = []
    with watched(statements):
        at(page)
    return statements


def scans(statements: list[tuple[str, Any]]) -> list[str]:
    """The statements that read a long table from end to end: an order by its index ends with its limit.

    PostgreSQL's plans go by how long its tables are, and say nothing of a small one.
    """
    found: list[str] = []
    if door().own.ledger.database.file is None:
        return found
    with door().own.ledger.read() as db:
        for statement, parameters in statements:
            if not statement.lstrip().upper().startswith(("SELECT", "WITH")):
                continue
            plan = [row[3] for row in db.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
            if " LIMIT " not in statement and any(re.match(SCAN, line) for line in plan):
                found.append(f"{statement}\n{plan}")
    return found


def test_every_page_opens_with_many_calls_and_costs_no_more(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[int, dict[str, int]] = {}
    for calls in (FEW, MANY):
        with folder_of(home, calls):
            costs = {page.file: cost_of(page.file) for page in PAGES}
            scanned = {page: found for page, seen in costs.items() if (found := scans(seen))}
            wrong = {language: opened(language, monkeypatch) for language in LANGUAGES if calls == MANY}
        assert scanned == {}
        assert not any(wrong.values()), wrong
        asked[calls] = {page: len(seen) for page, seen in costs.items()}
    grown = {page: (few, asked[MANY][page]) for page, few in asked[FEW].items() if asked[MANY][page] > few * 5 // 4}
    assert grown == {}
