import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from demo.app import build
from demo.books import Books
from demo.keys import specs
from demo.relay import Relay

ROOT = Path(__file__).parents[2]

Serve = Callable[..., AbstractContextManager[tuple[subprocess.Popen[str], str]]]


@pytest.fixture
def relay() -> Iterator[Relay]:
    books = Books(None)
    yield Relay(books, speed=100_000)
    books.close()


@pytest.fixture
def client(relay: Relay) -> Iterator[TestClient]:
    with TestClient(build(relay), base_url="http://127.0.0.1", follow_redirects=False) as client:
        yield client


@pytest.fixture
def bearer() -> Callable[[str], dict[str, str]]:
    """The Authorization header of a key by its name."""
    return lambda name: {"Authorization": f"Bearer {specs()[name].secret}"}


@pytest.fixture
def ask(client: TestClient, bearer: Callable[[str], dict[str, str]]) -> Callable[..., object]:
    """POST one chat request by a key's name; further words go into the body."""

    def ask(key: str, prompt: str = "hello", model: str = "gpt-4o-mini", **body: object) -> object:
        body = {"model": model, "messages": [{"role": "user", "content": prompt}], **body}
        return client.post("/v1/chat/completions", json=body, headers=bearer(key))

    return ask


@pytest.fixture(scope="session")
def serve() -> Serve:
    """`python -m demo` with options, as a process; gives it and the address it printed."""

    @contextmanager
    def serve(*options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
        command = [sys.executable, "-m", "demo", "--speed", "1000", *options]
        with subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            try:
                assert process.stdout is not None
                ready = re.fullmatch(r"ready (http://127\.0\.0\.1:\d+)\n", process.stdout.readline())
                assert ready
                yield process, ready[1]
            finally:
                process.kill()

    return serve


@pytest.fixture(scope="session")
def served(serve: Serve) -> Iterator[str]:
    """The address of one demo relay that runs for all tests that only ask."""
    with serve() as (_, address):
        yield address
