"""The app as a newcomer, an owner of nothing, one of every key and one of a long log see it. For tests and pictures."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from tests.conftest import start_demo, stop_demo
from tests.e2e.running import ROOT, App, app
from tests.states import leave_demo

PROMPT = "写一个 Python 函数"
"""Answered with code."""
State = Callable[[Path], AbstractContextManager[App]]


@contextmanager
def demo(home: Path) -> Iterator[App]:
    """A first start: nothing of his own, so the demo is shown."""
    with app(home) as running:
        yield running


@contextmanager
def empty(home: Path) -> Iterator[App]:
    """Nothing of his own, and the demo left."""
    leave_demo(home)
    with app(home) as running:
        yield running


@contextmanager
def every_key(home: Path) -> Iterator[App]:
    """Every connection of demo/connections.json, those that fail too, checked once; a good call and a failed one."""
    process, relay = start_demo("--speed", "100")
    try:
        _lib(home, "connections", "import", "-", given=relay.connections)
        _lib(home, "check")
        for connection in ("chatglm", "saturated"):
            _lib(home, "call", "text", "--connection", connection, "--prompt", PROMPT)
        with app(home) as running:
            yield running
    finally:
        stop_demo(process)


STATES: Mapping[str, State] = {"demo": demo, "empty": empty, "every-key": every_key}


def _lib(home: Path, *words: str, given: str = "") -> None:
    """The command line in that data folder. `check` ends with 1 where a key fails, which some do."""
    env = os.environ | {"RELAYSCOPE_HOME": str(home), "RELAYSCOPE_KEYS": "file"}
    done = subprocess.run(
        [sys.executable, "-m", "lib", *words], cwd=ROOT, env=env, input=given, capture_output=True, text=True
    )
    assert done.returncode in (0, 1), done.stderr
