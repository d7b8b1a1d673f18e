"""Compared answers in a browser: sent once by a double click, growing together, stopped one by one, found again."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Locator, Page, expect

from lib.ledger import Ledger
from lib.ledger.calls import page as calls
from tests.e2e.running import App
from tests.e2e.views import button, navigate, opened, settle

LONG = "写一首关于大海的长诗"
TIMES_LEFT, HEARD = 4, "大海"


def answers(page: Page) -> Locator:
    return page.locator('[class*="st-key-compare_answer_"]')


def stops(page: Page) -> Locator:
    return button(answers(page), "Stop", exact=True)


def grows(answer: Locator) -> None:
    """Waits until more of an answer is there than now."""
    before = len(answer.inner_text())
    expect(answer).to_have_text(re.compile(f".{{{before + 5},}}", re.DOTALL), use_inner_text=True)


def ask(page: Page, prompt: str) -> None:
    """Types a prompt and presses the button twice."""
    page.get_by_label("Prompt", exact=True).fill(prompt)
    page.keyboard.press("Control+Enter")
    settle(page)
    page.locator("[class*=st-key-compare_send_] button").dblclick()
    expect(answers(page)).to_have_count(2)
    expect(stops(page)).to_have_count(2)


def statuses(home: App) -> list[str]:
    """How the demo's calls stand, oldest first."""
    with Ledger.open(None, home.home / "demo") as ledger, ledger.read() as db:
        return [row.status for row in reversed(calls(db, limit=9).rows)]


def test_answers_grow_together_and_one_is_stopped_while_the_other_goes_on(slow_app: App, browser: Browser) -> None:
    page = opened(browser, f"{slow_app.url}/compare")
    ask(page, LONG)
    for one in answers(page).all():
        grows(one)
    stops(page).first.click()
    expect(stops(page)).to_have_count(1)
    expect(answers(page).first).to_contain_text("Stopped")
    grows(answers(page).last)
    page.reload()
    expect(stops(page)).to_have_count(1)
    expect(answers(page).first).to_contain_text("Stopped")
    grows(answers(page).last)
    button(page, "Stop all").click()
    expect(stops(page)).to_have_count(0)
    expect(answers(page).last).to_contain_text("Stopped")
    assert statuses(slow_app) == ["cancelled", "cancelled"]
    page.context.close()


def test_a_page_left_while_answers_grow_does_not_break(slow_app: App, browser: Browser) -> None:
    """What follows them draws no more once another page is asked for: its places are gone."""
    page = opened(browser, f"{slow_app.url}/compare")
    ask(page, LONG)
    for _ in range(TIMES_LEFT):
        expect(answers(page).first).to_contain_text(HEARD)
        page.get_by_test_id("stSidebarNav").get_by_text("Gallery", exact=True).click()
        expect(page.get_by_role("heading", name="Gallery", exact=True, level=1)).to_be_visible()
        navigate(page, "Compare")
    page.context.close()
    assert not [line for line in slow_app.said if b"a page broke" in line]
