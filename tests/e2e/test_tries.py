"""Chosen models tried from a cell of the matrix: one real call of each is sent, and no more."""

from __future__ import annotations

import json
import re
from pathlib import Path

from playwright.sync_api import Browser, expect

from lib.engine import Engine
from tests.conftest import DemoRelay
from tests.e2e.running import app
from tests.e2e.views import button, opened, settle

MODELS = ("gpt-4o-mini", "gpt-4o", "gpt-4.1-nano")


def key_for_all(demo: DemoRelay) -> str:
    """The demo's configuration with no key but the one that may do everything."""
    told = json.loads(demo.connections)
    return json.dumps({**told, "connections": [one for one in told["connections"] if one["id"] == "all"]})


def test_each_chosen_model_is_called_once(tmp_path: Path, browser: Browser, demo: DemoRelay) -> None:
    engine = Engine(tmp_path / "home")
    engine.import_(key_for_all(demo))
    engine.ledger.close()
    with app(tmp_path / "home") as running:
        page = opened(browser, running.url)
        button(page, "Check now").click()
        expect(page.get_by_text("Should work").first).to_be_visible()
        page.goto(f"{running.url}/matrix?cell=openai.text")
        settle(page)
        dialog = page.get_by_role("dialog")
        dialog.get_by_text("Try chosen models…").click()
        settle(page)
        for model in MODELS:
            dialog.get_by_role("combobox", name="Models").fill(model)
            page.get_by_role("option", name=model, exact=True).click()
            settle(page)
        page.keyboard.press("Escape")  # while the list is open, what is behind it can't be pressed
        button(dialog, re.compile(rf"Try {len(MODELS)} — at most USD ")).click()
        tries = dialog.get_by_test_id("stExpander").filter(has_text="Try chosen models…")
        expect(tries.get_by_text("A real call has succeeded.")).to_have_count(len(MODELS))
        settle(page)
        page.goto(f"{running.url}/log")
        settle(page)
        expect(page.get_by_test_id("stException")).to_have_count(0)
        page.context.close()
    engine = Engine(tmp_path / "home")
    rows = engine.log.page().rows
    engine.ledger.close()
    assert sorted(row.model for row in rows) == sorted(MODELS)
    assert {row.status for row in rows} == {"succeeded"}
