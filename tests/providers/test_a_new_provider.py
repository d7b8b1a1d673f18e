"""A provider that speaks a known protocol is one TOML and no code: `docs/add-a-provider.md`, followed to the letter."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, DemoRelay

TOML = """
id = "moonlight"
name = "Moonlight"
base_url = "{url}"
keys_url = "{url}/demo"
docs_url = "{url}/demo"
read_on = 2026-11-25

[capabilities.text]
protocol = "openai"
billing = "token"
default_model = "gpt-4o-mini"

[capabilities.image]
protocol = "openai"
billing = "token"
default_model = "gpt-image-1"
"""


@pytest.fixture
def project(tmp_path: Path, demo: DemoRelay) -> Path:
    """A copy of the engine with one more provider."""
    shutil.copytree(ROOT / "lib", tmp_path / "project" / "lib")
    shutil.copy(ROOT / "pyproject.toml", tmp_path / "project")
    (tmp_path / "project" / "lib" / "providers" / "moonlight.toml").write_text(TOML.format(url=demo.url))
    return tmp_path / "project"


def lib(project: Path, *words: str, given: str = "") -> Any:
    done = subprocess.run(
        [sys.executable, "-m", "lib", *words, "--json"], cwd=project, env=os.environ.copy(), input=given,
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.usefixtures("own_database")
def test_one_file_adds_it(project: Path, demo: DemoRelay) -> None:
    key = next(one["key"] for one in json.loads(demo.connections)["connections"] if one["id"] == "all")
    connections = [{"id": "moon", "provider": "moonlight", "key": key}]
    lib(project, "connections", "import", "-", given=json.dumps({"connections": connections}))
    text = lib(project, "call", "text", "--connection", "moon", "--prompt", "2 + 2?")
    assert (text["status"], text["provider"], text["model"]) == ("succeeded", "moonlight", "gpt-4o-mini")
    image = lib(project, "call", "image", "--connection", "moon", "--prompt", "a moon")
    assert [one["mime"] for one in image["artifacts"]] == ["image/png"]
    cells = lib(project, "matrix")["cells"]
    assert {one["capability"] for one in cells if one["provider"] == "moonlight"} == {"text", "image"}
