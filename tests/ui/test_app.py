"""The server as a user starts it: a page at its own address, a foreign Host refused on HTTP and WebSocket."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import postgresql

ROOT = Path(__file__).parents[2]
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A server with a data folder of its own, ready to be asked."""
    home = tmp_path_factory.mktemp("home")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = ["--server.headless", "true", "--server.port", str(port)]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", *options]
    postgresql.url_of(home)
    environment = os.environ | {"RELAYSCOPE_HOME": str(home), "RELAYSCOPE_KEYS": "file"} | postgresql.variables(home)
    server = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    try:
        assert any(re.search(rf"localhost:{port}", line) for line in server.stdout)
        yield port
    finally:
        server.terminate()
        server.wait()
        server.stdout.close()


def status(port: int, path: str, host: str, headers: dict[str, str]) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers={"Host": host, **headers})
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("host", "path", "answer"),
    [
        ("localhost", "/", 200),
        ("127.0.0.1:{port}", "/", 200),
        ("[::1]", "/", 200),
        ("localhost", "/text", 200),
        ("evil.example", "/", 400),
        ("localhost.evil.example", "/", 400),
        ("evil.example", "/_stcore/health", 400),
    ],
)
def test_only_this_machine_is_served(port: int, host: str, path: str, answer: int) -> None:
    assert status(port, path, host.format(port=port), {}) == answer


@pytest.mark.parametrize(
    ("host", "origin", "answer"),
    [
        ("localhost:{port}", "http://localhost:{port}", 101),
        ("evil.example", "http://evil.example", 400),
        ("localhost:{port}", "http://evil.example", 403),
    ],
)
def test_only_this_machine_gets_a_websocket(port: int, host: str, origin: str, answer: int) -> None:
    headers = UPGRADE | {"Origin": origin.format(port=port)}
    assert status(port, "/_stcore/stream", host.format(port=port), headers) == answer
