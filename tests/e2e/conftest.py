"""Browser tests need Debian's Chromium; without it they are skipped, and say so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.running import CHROMIUM, QUICKLY, SLOWLY, App, app, chromium
from tests.e2e.views import SOON

expect.set_options(timeout=SOON)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser for a file's tests; each opens a context of its own.

    Not for the session: Playwright runs an event loop as long as it is open, and other tests run loops of their own.
    """
    if not CHROMIUM.exists():
        pytest.skip(f"no browser: install Debian's chromium (it is looked for at {CHROMIUM})")
    with chromium() as found:
        yield found


@pytest.fixture(scope="session")
def shared_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """The app on a data folder of its own, showing the demo, for tests that only look."""
    with app(tmp_path_factory.mktemp("shared") / "home", speed=QUICKLY) as running:
        yield running


@pytest.fixture
def fresh_app(tmp_path: Path) -> Iterator[App]:
    """The app on an empty data folder: it shows the demo."""
    with app(tmp_path / "home") as running:
        yield running


@pytest.fixture
def slow_app(tmp_path: Path) -> Iterator[App]:
    """The same, with a demo whose answers take their time."""
    with app(tmp_path / "home", speed=SLOWLY) as running:
        yield running
