"""Demo relays that need no Python of their own to start: forked from a process that has imported one already.

Its imports are two thirds of a second, for each of hundreds. Each relay is still a process with a port and books of its
own, that ends when its stdin closes. On Linux alone; elsewhere each is started as a user starts it.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from select import select
from threading import Lock
from typing import IO, NoReturn

ROOT = Path(__file__).parents[1]
LONGEST_MESSAGE = 65_536
ENDS_ANYHOW_S = 30.0
_one_at_a_time = Lock()


class Relay:
    """A forked demo relay, with what the tests and `ui.demo` use of a `Popen`."""

    def __init__(self, options: Sequence[str], said: IO[bytes] | int = 2) -> None:
        """Starts `python -m demo` with these options; `said` takes what it says on stderr."""
        given, self._given = os.pipe()
        self._told, told = os.pipe()
        self.pid = _forked(options, (given, told, said if isinstance(said, int) else said.fileno()))
        for end in (given, told):
            os.close(end)
        self.stdin, self.stdout = os.fdopen(self._given, "w"), os.fdopen(self._told)

    def wait(self, timeout: float | None = ENDS_ANYHOW_S) -> None:
        """Waits until its stdout has closed, as it does when a process ends, however it ends."""
        if not select([self._told], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired("demo", timeout or 0.0)

    def kill(self) -> None:
        """Ends it at once."""
        os.kill(self.pid, signal.SIGKILL)


Process = Relay | subprocess.Popen[str]


def spawned(options: Sequence[str], said: IO[bytes] | int = 2) -> Process:
    """A demo relay with these options, whose stdin and stdout are pipes."""
    if sys.platform == "linux":
        return Relay(options, said)
    return subprocess.Popen(
        [sys.executable, "-m", "demo", *options], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said,
        text=True,
    )  # fmt: skip


@cache
def _nursery() -> tuple[socket.socket, subprocess.Popen[bytes]]:
    """The line to the process that forks, and that process: it ends when this one does, and the line with it."""
    ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with its:
        command = [sys.executable, "-m", "tests.nursery", str(its.fileno())]
        return ours, subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, pass_fds=[its.fileno()])


def _forked(options: Sequence[str], files: Sequence[int]) -> int:
    with _one_at_a_time:
        line, _ = _nursery()
        socket.send_fds(line, [json.dumps(options).encode()], files)
        return int(line.recv(LONGEST_MESSAGE))


def _serve(line: socket.socket) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        options, files, _, _ = socket.recv_fds(line, LONGEST_MESSAGE, 3)
        if not options:
            return
        pid = os.fork()
        if pid == 0:
            line.close()
            _be_a_relay(json.loads(options), files)
        for file in files:
            os.close(file)
        line.send(str(pid).encode())


def _be_a_relay(options: Sequence[str], files: Sequence[int]) -> NoReturn:
    from demo.__main__ import main

    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    try:
        main(list(options), prog_name="python -m demo")
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


if __name__ == "__main__":
    import demo.__main__  # noqa: F401  what all of them share

    _serve(socket.socket(fileno=int(sys.argv[1])))
