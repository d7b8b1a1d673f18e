"""A conversation in a browser: an image, the next turn by the keyboard, double clicks, the thread at its address."""

from __future__ import annotations

import re
from base64 import b64decode
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.e2e.running import QUICKLY, app
from tests.e2e.test_first_path import log
from tests.e2e.views import button, opened, settle

PNG = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==")
"""One point."""
FIRST, SECOND, THIRD = "What is in this picture?", "And what is behind it?", "Why do you think so?"


def say(page: Page, prompt: str) -> None:
    """A turn, sent with a double click, until it is answered and the next may be written."""
    field = page.get_by_label("Prompt", exact=True)
    field.fill(prompt)
    button(page, re.compile("^Generate")).dblclick()
    expect(page.get_by_test_id("stMain").get_by_text(prompt).first).to_be_visible()
    expect(button(page, "Download")).to_be_enabled()
    settle(page)


def test_a_conversation_with_an_image(tmp_path: Path, browser: Browser) -> None:
    (tmp_path / "point.png").write_bytes(PNG)
    with app(tmp_path / "home", speed=QUICKLY) as running:
        page = opened(browser, running.url + "/text")
        page.locator("input[type=file]").set_input_files(tmp_path / "point.png")
        expect(page.get_by_text("point.png")).to_be_visible()
        settle(page)
        say(page, FIRST)
        expect(page.get_by_role("img", name=FIRST)).to_be_visible()
        button(page, "Continue the conversation").press("Enter")
        expect(page.get_by_text(f"Goes on from: {FIRST}")).to_be_visible()
        expect(page.get_by_label("Prompt", exact=True)).to_have_value("")
        for prompt in (SECOND, THIRD):
            say(page, prompt)
            expect(page.get_by_text(f"Goes on from: {prompt}")).to_be_visible()
            expect(page.get_by_label("Prompt", exact=True)).to_have_value("")
        page.reload()
        for prompt in (FIRST, SECOND, THIRD):
            expect(page.get_by_test_id("stMain").get_by_text(prompt).first).to_be_visible()
        expect(page.get_by_test_id("stException")).to_have_count(0)
        assert [call["status"] for call in log(running.home)] == ["succeeded"] * 3
