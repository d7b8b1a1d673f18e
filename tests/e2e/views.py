"""Every page as it is looked at: its address, the languages, schemes and widths, and when it has come to rest."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from re import Pattern
from typing import Literal

from playwright.sync_api import Browser, Locator, Page, expect

from ui.links import SECTIONS

PAGES = tuple(page for pages in SECTIONS.values() for page in pages)
ADDRESSES: Mapping[str, str] = {page.file: "/" if page.first else f"/{page.file}" for page in PAGES}
"""By file: where a page is found."""
LOCALES = {"zh": "zh-CN", "en": "en-US"}
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDTHS = {1440: 900, 1024: 768, 390: 844}
SOON = 60_000
PRESSES = 3


AT_REST = """quiet => {
    const app = document.querySelector("[data-testid=stApp]");
    const height = document.querySelector("[data-testid=stMain]")?.scrollHeight;
    const busy = app?.dataset.testScriptState !== "notRunning" || !document.querySelector("h1")
        || document.querySelector("[data-stale=true], [data-testid=stSkeleton]") || document.fonts.status !== "loaded"
        || [...document.querySelectorAll("[data-testid=stBidiComponentIsolated]")].some((one) => !one.shadowRoot);
    const now = performance.now(), rest = window.relayscopeRest;
    if (busy || rest?.height !== height) window.relayscopeRest = {height, since: now};
    else return now - rest.since >= quiet;
}"""
QUIET_MS = 300


def settle(page: Page) -> None:
    """Waits until the script has run, nothing is drawn as stale, and nothing moves any more.

    What is drawn may still load its code and push what stands below: a press in that moment is lost.
    """
    page.evaluate("() => { delete window.relayscopeRest }")
    page.wait_for_function(AT_REST, arg=QUIET_MS, timeout=SOON)


def opened(browser: Browser, url: str, locale: str = "en-US", width: int = 1440) -> Page:
    """A page in a context of its own, come to rest; closing the context is closing the tab."""
    page = browser.new_context(locale=locale, viewport={"width": width, "height": 900}).new_page()
    page.set_default_timeout(SOON)
    page.goto(url)
    settle(page)
    return page


def button(within: Page | Locator, name: str | Pattern[str], *, exact: bool = False) -> Locator:
    """A button as it is drawn now: while a page is drawn anew, the one it replaces may stand beside it for a moment."""
    return within.locator("[data-stale=false]").get_by_role("button", name=name, exact=exact)


def navigate(page: Page, name: str) -> None:
    """Goes to a page by the navigation, and waits until it has come to rest.

    Pressed again where nothing came of it: Streamlit may merge a click with the tick of a timer that runs just then.
    """
    heading = page.get_by_role("heading", name=name, exact=True, level=1)
    for _ in range(PRESSES):
        page.get_by_test_id("stSidebarNav").get_by_text(name, exact=True).click()
        with suppress(AssertionError):
            expect(heading).to_be_visible(timeout=SOON / PRESSES)
            break
    expect(heading).to_be_visible()
    settle(page)
