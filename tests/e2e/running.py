"""Starts the app as a user does, and a browser beside it. For the tests of whole journeys and for screenshots."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import IO

from playwright.sync_api import Browser, sync_playwright

from tests import postgresql

ROOT = Path(__file__).parents[2]
CHROMIUM = Path("/usr/bin/chromium")
CHROMIUM_OPTIONS = [
    "--no-sandbox", "--headless", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
END_S = 20
QUICKLY = 20
"""The demo's speed where no call is made."""
SLOWLY = 0.3
"""The demo's speed where an answer must last until something is done to it, on however busy a machine."""


@dataclass(frozen=True)
class App:
    """A running app."""

    url: str
    process: subprocess.Popen[bytes]
    home: Path
    said: list[bytes] = field(default_factory=list)
    """Its output so far, line by line."""


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def app(home: Path, port: int | None = None, speed: float = 1) -> Iterator[App]:
    """`streamlit run app.py` in a session of its own, ended as Ctrl-C would. `speed`: the demo's."""
    port = port or free_port()
    env = os.environ | {"RELAYSCOPE_HOME": str(home), "RELAYSCOPE_KEYS": "file", "RELAYSCOPE_DEMO_SPEED": str(speed)}
    env |= in_postgresql(home)
    env.pop("RELAYSCOPE_LANG", None)  # the browser decides
    options = ["--server.headless", "true", "--server.port", str(port)]
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", *options],
        cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    with process.stdout as output:
        said = list(_until_it_listens(output))
        reader = Thread(target=said.extend, args=(output,), daemon=True)  # a full pipe would stop the server
        reader.start()
        try:
            assert process.poll() is None, b"".join(said).decode(errors="replace")
            yield App(f"http://127.0.0.1:{port}", process, home, said)
        finally:
            end(process)
            reader.join()


def in_postgresql(home: Path) -> dict[str, str]:
    """Where a server is named for the tests: what leads the app to a data folder's database there."""
    postgresql.url_of(home)
    return postgresql.variables(home)


def _until_it_listens(output: IO[bytes]) -> Iterator[bytes]:
    for line in output:
        yield line
        if b"URL:" in line:
            return


def end(process: subprocess.Popen[bytes]) -> None:
    """Ends the server as Ctrl-C would, if it hasn't ended."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
    try:
        process.wait(END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium with a fresh profile."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=CHROMIUM_OPTIONS)
        try:
            yield browser
        finally:
            browser.close()
