"""A data folder for each test, the demo at speed, and nothing left running."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from tests import postgresql
from tests.nursery import spawned
from ui import demo, engine
from ui.engine import door

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60

Open = Callable[[str], AppTest]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The data folder; the door is closed and Streamlit's caches are empty afterwards."""
    monkeypatch.setenv("RELAYSCOPE_HOME", str(tmp_path))
    monkeypatch.setenv("RELAYSCOPE_KEYS", "file")
    monkeypatch.setenv("RELAYSCOPE_LANG", "en")
    monkeypatch.setenv(engine.SPEED_VARIABLE, "100")
    for name, value in postgresql.variables(tmp_path).items():
        monkeypatch.setenv(name, value)
    yield tmp_path
    engine.stop()
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture(autouse=True)
def forked_demo(monkeypatch: pytest.MonkeyPatch) -> None:
    """The app's demo relay begins without imports of its own; test_demo_child has the real one."""
    monkeypatch.setattr(demo, "_spawned", spawned)


@pytest.fixture(autouse=True, scope="session")
def components_found_once() -> Iterator[None]:
    """Streamlit reads of every installed package whether it brings components, for each `AppTest` anew."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        yield


@pytest.fixture
def app() -> AppTest:
    """The app at its first page."""
    return AppTest.from_file(str(ROOT / "ui" / "router.py"), default_timeout=PATIENCE_S).run()


@pytest.fixture
def silent() -> Iterator[str]:
    """An address that takes every question and answers none."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def go(app: AppTest, page: str) -> AppTest:
    """Another page of the same session."""
    return app.switch_page(str(ROOT / "pages" / f"{page}.py")).run()


def to_send(app: AppTest, page: str, before: int = 0) -> Button:
    """A page's button that sends, as it is drawn now; `before`: as it was drawn so many sendings ago."""
    return app.button(key=f"{page}_send_{app.session_state[f'{page}_sent'].times - before}")


def checked(app: AppTest) -> AppTest:
    """The page once more, after the check that was asked for has ended."""
    run = door().engine.runs.check
    assert run is not None
    door().ask(run.wait())
    return app.run()


def words(app: AppTest) -> str:
    """Everything a page says, in one piece, its spaces plain."""
    said = [*app.title, *app.subheader, *app.markdown, *app.caption, *app.error, *app.metric]
    return "\n".join(str(one.value) for one in said).replace("\u00a0", " ")
