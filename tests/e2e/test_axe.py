"""axe finds nothing serious on any page: names, roles, contrast; in both languages and schemes, wide and narrow."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.e2e.running import App
from tests.e2e.views import ADDRESSES, LOCALES, SCHEMES, WIDTHS, settle
from ui.guides import GUIDES

GRAVE = ("serious", "critical")
LOOKED_AT = (1440, 390)
NAVIGATION = "[data-testid=stSidebarNavItems]"
STREAMLITS = {
    # It puts a section's links into a div between list and items. Without sections, or as links of our own, the
    # navigation would have neither headings nor a list.
    ("list", NAVIGATION),
    ("listitem", NAVIGATION),
}
"""Rule and place: what Streamlit itself draws so, and nothing of ours could avoid."""


@pytest.fixture(scope="module", params=LOCALES.values())
def page(shared_app: App, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A tab in one language, used for all pages."""
    with browser.new_context(locale=request.param, viewport={"width": 1440, "height": 900}) as context:
        yield context.new_page()


def grave(page: Page) -> list[str]:
    """What axe finds on the page as it stands: the rule, the element, and what is wrong with it."""
    found: dict[str, Any] = Axe().run(page, options={"resultTypes": ["violations"]}).response
    return [
        f"{one['id']}: {node['html'][:200]}: {said(node)}"
        for one in found["violations"] if one["impact"] in GRAVE
        for node in one["nodes"] if not streamlits(page, one["id"], node["target"])
    ]  # fmt: skip


def said(node: dict[str, Any]) -> str:
    return " ".join(check["message"] for check in (*node["any"], *node["all"], *node["none"]))


def streamlits(page: Page, rule: str, target: list[str]) -> bool:
    """Whether it is one of those that Streamlit itself draws so."""
    places = [place for one, place in STREAMLITS if one == rule]
    return any(page.locator(target[0]).first.evaluate("(it, place) => !!it.closest(place)", place) for place in places)


def seen(page: Page) -> dict[tuple[str, int], list[str]]:
    """What is found in each scheme at each width."""
    found = {}
    for scheme, width in product(SCHEMES, LOOKED_AT):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": WIDTHS[width]})
        page.wait_for_timeout(300)
        settle(page)  # what is drawn otherwise on a phone
        if violations := grave(page):
            found[scheme, width] = violations
    return found


OPENED = ("matrix?cell=zhipu.text", "connections?new=openai", *(f"guides?guide={name}" for name in GUIDES[1:]))
"""What a page shows when it is asked to: a dialog, a form, another guide."""


@pytest.mark.parametrize("view", [*ADDRESSES, *OPENED])
def test_nothing_serious_on_any_page(page: Page, shared_app: App, view: str) -> None:
    name, _, asked = view.partition("?")
    page.goto(f"{shared_app.url}{ADDRESSES[name]}?{asked}")
    settle(page)
    assert seen(page) == {}
