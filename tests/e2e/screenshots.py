"""Pictures of every page for a look: `python tests/e2e/screenshots.py FOLDER`. Not a test.

Every page × zh_CN/en × light/dark × 1440/1024/390; of the app that runs at an address, or of one started in a state.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

import click
from playwright.sync_api import Browser, Page

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.e2e.running import chromium
from tests.e2e.states import STATES
from tests.e2e.views import ADDRESSES, LOCALES, SCHEMES, WIDTHS, settle

Scheme = Literal["light", "dark"]
TALLEST = 6000


@contextmanager
def running(address: str | None, state: str) -> Iterator[str]:
    """The address of the app: the one given, else of one started in that state on a fresh data folder."""
    if address:
        yield address.rstrip("/")
        return
    with TemporaryDirectory() as folder, STATES[state](Path(folder)) as app:
        yield app.url


def picture(page: Page, file: Path, width: int) -> None:
    """The whole of a page, however long."""
    page.set_viewport_size({"width": width, "height": WIDTHS[width]})
    page.wait_for_timeout(300)
    height = int(page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight"))
    page.set_viewport_size({"width": width, "height": max(WIDTHS[width], min(height + 20, TALLEST))})
    page.wait_for_timeout(400)
    page.screenshot(path=file)


def take(
    browser: Browser, address: str, folder: Path, views: Sequence[str], locale: str, scheme: Scheme, widths: list[int]
) -> None:
    """Every view in one language and scheme, in one tab: a tab of its own for each would cost most of the time."""
    context = browser.new_context(locale=LOCALES[locale], color_scheme=scheme, timezone_id="Asia/Shanghai")
    page = context.new_page()
    for view in views:
        name, _, asked = view.partition("?")
        page.set_viewport_size({"width": widths[0], "height": WIDTHS[widths[0]]})
        page.goto(f"{address}{ADDRESSES[name]}?{asked}" if asked else address + ADDRESSES[name])
        settle(page)
        for width in widths:
            shown = "-".join([name, *asked.replace("=", "-").split("&")] if asked else [name])
            picture(page, folder / f"{shown}-{locale}-{scheme}-{width}.png", width)
    context.close()


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--address", help="Of an app that runs; without it one is started.")
@click.option("--state", type=click.Choice(list(STATES)), default="demo", help="What the started app's user has.")
@click.option("--view", "views", multiple=True, help='A page, or "usage?range=30d". Default: all.')
@click.option("--locale", "locales", type=click.Choice(list(LOCALES)), multiple=True, default=list(LOCALES))
@click.option("--scheme", "schemes", type=click.Choice(SCHEMES), multiple=True, default=SCHEMES)
@click.option("--width", "widths", type=int, multiple=True, default=list(WIDTHS))
def main(
    folder: Path, address: str | None, state: str, views: tuple[str, ...], locales: tuple[str, ...],
    schemes: tuple[Scheme, ...], widths: tuple[int, ...],
) -> None:  # fmt: skip
    """Takes them all."""
    folder.mkdir(parents=True, exist_ok=True)
    with running(address, state) as url, chromium() as browser:
        for locale, scheme in product(locales, schemes):
            take(browser, url, folder, views or list(ADDRESSES), locale, scheme, list(widths))


if __name__ == "__main__":
    main()
