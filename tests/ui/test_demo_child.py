"""The demo relay as a child: it starts, keeps its port, takes another where that is taken, and ends with its stdin."""

from __future__ import annotations

import json
import socket
from pathlib import Path

import httpx
import pytest

from ui import demo


@pytest.fixture(autouse=True)
def forked_demo() -> None:
    """Not forked here: the child as the app starts it."""


def test_it_answers_and_ends_when_its_stdin_closes(tmp_path: Path) -> None:
    child = demo.start(tmp_path)
    try:
        assert httpx.get(f"{child.address}/api/status").status_code == 200
    finally:
        child.stop()
    assert child.process.returncode is not None


def test_it_comes_back_on_its_port(tmp_path: Path) -> None:
    first = demo.start(tmp_path)
    first.stop()
    second = demo.start(tmp_path)
    second.stop()
    assert second.address == first.address


def test_a_taken_port_is_left_to_its_owner(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as owner:
        taken = owner.getsockname()[1]
        (tmp_path / "port").write_text(str(taken))
        child = demo.start(tmp_path)
        child.stop()
    assert not child.address.endswith(f":{taken}")


def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(demo.DemoFailed):
        demo.start(tmp_path / "file")


def test_the_story_has_three_connections_at_its_address() -> None:
    told = json.loads(demo.story("http://127.0.0.1:4321"))
    assert [one["id"] for one in told["connections"]] == ["sora", "gemini", "chatglm"]
    assert all(line["base_url"].startswith("http://127.0.0.1:4321") for line in told["relays"][0]["lines"])
