"""The demo relay as a child process of the app, and the story's three connections to it.

The child ends when its stdin closes, which happens however this process dies. Python makes the pipe's ends
non-inheritable, so no other child can keep it open.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import IO

from lib.errors import RelayscopeError
from lib.i18n import N_

PROJECT = Path(__file__).parents[1]
STORY = ("sora", "gemini", "chatglm")
READY = "ready "
STARTS_WITHIN_S = 30.0
STOPS_WITHIN_S = 5.0
ANY_PORT = "0"
LOG = "relay.log"


class DemoFailed(RelayscopeError):
    """The demo relay didn't start."""


@dataclass(frozen=True, slots=True)
class Child:
    """A demo relay that listens at `address`."""

    process: subprocess.Popen[str]
    address: str

    def stop(self) -> None:
        """Closes its stdin and waits; kills what doesn't end."""
        _end(self.process)


def start(home: Path, speed: float | None = None) -> Child:
    """Starts the relay on the port it had last time, else on a free one. Raises `DemoFailed`."""
    try:
        return _started(home, speed)
    except OSError as error:
        said = error.strerror or type(error).__name__
        told = N_("The demo's folder {folder} can't be used: {said}.")
        raise DemoFailed(told, folder=str(home), said=said) from error


def _started(home: Path, speed: float | None) -> Child:
    home.mkdir(parents=True, exist_ok=True)
    remembered = home / "port"
    last = remembered.read_text().strip() if remembered.exists() else ANY_PORT
    for port in dict.fromkeys((last, ANY_PORT)):
        if child := _on_port(home, port, speed):
            remembered.write_text(child.address.rpartition(":")[2])
            return child
    raise DemoFailed(N_("The demo relay didn't start. What it said is in {file}."), file=str(home / LOG))


def _on_port(home: Path, port: str, speed: float | None) -> Child | None:
    options = ["--port", port, "--home", str(home / "relay"), "--until-eof"]
    options += ["--speed", str(speed)] if speed else []
    with (home / LOG).open("ab") as said:
        process = _spawned(options, said)
    line = _first_line(process)
    if not line.startswith(READY):
        _end(process)
        return None
    return Child(process, line.removeprefix(READY).strip())


def _spawned(options: Sequence[str], said: IO[bytes]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "demo", *options]
    return subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, text=True)


def _first_line(process: subprocess.Popen[str]) -> str:
    """What the child says first; empty if it ended or said nothing in time."""
    lines: SimpleQueue[str] = SimpleQueue()
    assert process.stdout is not None
    Thread(target=lambda out: lines.put(out.readline()), args=(process.stdout,), daemon=True).start()
    try:
        return lines.get(timeout=STARTS_WITHIN_S)
    except Empty:
        return ""


def _end(process: subprocess.Popen[str]) -> None:
    if process.stdin is not None:
        process.stdin.close()
    try:
        process.wait(STOPS_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


def story(address: str) -> str:
    """The import file of the story's three connections to a relay at `address`."""
    port = address.rpartition(":")[2]
    document = json.loads((PROJECT / "demo" / "connections.json").read_text("utf-8").replace("PORT", port))
    document["connections"] = [one for one in document["connections"] if one["id"] in STORY]
    return json.dumps(document)
