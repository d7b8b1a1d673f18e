"""axe finds nothing serious on any page: names, roles, contrast; in both languages and schemes, wide and narrow."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.e2e.running import App
from tests.e2e.states import empty, every_key
from tests.e2e.views import ADDRESSES, WIDTHS, settle
from ui.guides import GUIDES

GRAVE = ("serious", "critical")
LOOKS: Mapping[str, tuple[tuple[Literal["light", "dark"], int], ...]] = {
    "zh-CN": (("light", 1440), ("dark", 390)),
    "en-US": (("dark", 1440), ("light", 390)),
}
"""By language: schemes and widths. Each pair once: a language changes words, not colours."""
OPENED = (
    "matrix?cell=zhipu.text", "matrix?cell=openai.text", "matrix?cell=anthropic.text", "connections?new=openai",
    "connections?id=chatglm", "usage?range=all&by=model", "log?again=1",
    *(f"guides?guide={name}" for name in GUIDES[1:]),
)  # fmt: skip
"""What a page shows when it is asked to: a dialog, a form, another guide."""


@pytest.fixture(scope="module", params=LOOKS)
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A tab in one language, used for all pages."""
    with browser.new_context(locale=request.param) as context:
        yield context.new_page()


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The app of one with every key and with calls."""
    with every_key(tmp_path_factory.mktemp("full")) as running:
        yield running


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The app of one with nothing at all."""
    with empty(tmp_path_factory.mktemp("bare")) as running:
        yield running


def grave(page: Page) -> list[str]:
    """What axe finds on the page as it stands: the rule, the element, and what is wrong with it."""
    found: dict[str, Any] = Axe().run(page, options={"resultTypes": ["violations"]}).response
    return [
        f"{one['id']}: {node['html'][:200]}: {said(node)}"
        for one in found["violations"] if one["impact"] in GRAVE
        for node in one["nodes"]
    ]  # fmt: skip


def said(node: dict[str, Any]) -> str:
    return " ".join(check["message"] for check in (*node["any"], *node["all"], *node["none"]))


def look(page: Page, scheme: Literal["light", "dark"], width: int) -> list[str]:
    """What is found in a scheme at a width, and still at a second look: a busy browser may tell late that it is as
    narrow as a phone's, and what is drawn otherwise there comes with the run after that."""
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": WIDTHS[width]})
    settle(page)
    if not grave(page):
        return []
    settle(page)
    return grave(page)


def found(page: Page, app: App, view: str) -> dict[tuple[str, int], list[str]]:
    """What is found on a page as it is looked at in its language."""
    name, _, asked = view.partition("?")
    page.goto(f"{app.url}{ADDRESSES[name]}?{asked}")
    settle(page)
    language = page.evaluate("navigator.language")
    return {(scheme, width): wrong for scheme, width in LOOKS[language] if (wrong := look(page, scheme, width))}


@pytest.mark.parametrize("view", [*ADDRESSES, *OPENED])
def test_nothing_serious_on_any_page(page: Page, full: App, view: str) -> None:
    assert found(page, full, view) == {}


@pytest.mark.parametrize("view", [name for name in ADDRESSES if name != "guides"])
def test_nothing_serious_where_there_is_nothing(page: Page, bare: App, view: str) -> None:
    assert found(page, bare, view) == {}


def test_nothing_serious_in_the_demo(page: Page, shared_app: App) -> None:
    assert found(page, shared_app, "overview") == {}


def test_nothing_serious_in_a_call_with_code_and_beside_another(page: Page, full: App) -> None:
    page.goto(full.url + "/log")
    settle(page)
    page.locator("[class*=st-key-log_show_]").last.get_by_role("button").click()
    page.wait_for_url(re.compile("call="))
    call = page.url.partition("?")[2]
    assert found(page, full, f"log?{call}&beside=new") == {}
    assert found(page, full, f"log?{call}") == {}
    page.locator(".st-key-log_code").get_by_role("button").click()
    assert look(page, "light", 1440) == []
