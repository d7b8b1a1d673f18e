"""Every capability by every protocol and operation that reaches it, called as a user calls it: `python -m lib call`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result

from demo import media
from lib.calls.files import FAMILY
from lib.cli import main
from lib.ledger import Ledger, calls
from tests import postgresql
from tests.conftest import DemoRelay, start_demo, stop_demo

PICTURE, SECOND, MASK, SOUND = "picture.png", "second.png", "mask.png", "sound.wav"
IMAGE = f"--input {PICTURE}"

PAIRS = (
    # capability, protocol, operation, connection, model, more
    ("text", "openai", "generate", "all", "gpt-4o-mini", ""),
    ("text", "openai", "generate", "all", "gpt-4o-mini", IMAGE),
    ("text", "anthropic", "generate", "all", "claude-sonnet-4-5", ""),
    ("text", "anthropic", "generate", "anthropic_own", "claude-sonnet-4-5", ""),
    ("text", "gemini", "generate", "all", "gemini-2.5-flash", ""),
    ("text", "gemini", "generate", "gemini_own", "gemini-2.5-flash", ""),
    ("text", "zhipu", "generate", "zhipu_own", "glm-4-flash", ""),
    ("image", "openai", "generate", "all", "gpt-image-1", ""),
    ("image", "openai", "generate", "all", "dall-e-2", "--param n=2 --param response_format=b64_json"),
    ("image", "image_async", "generate", "all", "dall-e-3", ""),
    ("image", "gemini", "generate", "all", "gemini-2.5-flash-image", ""),
    ("image", "gemini", "generate", "gemini_own", "gemini-2.5-flash-image", ""),
    ("image", "chat_image", "generate", "all", "gemini-2.5-flash-image", ""),
    ("image", "zhipu", "generate", "zhipu_own", "cogview-4", ""),
    ("image", "midjourney", "generate", "all", "mj_imagine", ""),
    ("image", "stability", "generate", "stability_own", "stable-image-core", ""),
    ("image", "stability", "generate", "stability_own", "stable-image-ultra", ""),
    ("image", "stability", "generate", "stability_own", "sd3.5-large", ""),
    ("image_edit", "openai", "edit", "all", "gpt-image-1", IMAGE),
    ("image_edit", "openai", "edit", "all", "gpt-image-1", f"{IMAGE} --input {SECOND}"),
    ("image_edit", "openai", "inpaint", "all", "gpt-image-1", f"{IMAGE} --mask {MASK}"),
    ("image_edit", "openai", "variation", "all", "dall-e-2", IMAGE),
    ("image_edit", "image_async", "edit", "all", "gpt-image-1", IMAGE),
    ("image_edit", "gemini", "edit", "all", "gemini-2.5-flash-image", IMAGE),
    ("image_edit", "chat_image", "edit", "all", "gemini-2.5-flash-image", IMAGE),
    ("image_edit", "stability", "edit", "stability_own", "sd3.5-large", IMAGE),
    ("image_edit", "stability", "inpaint", "stability_own", "stable-image-ultra", f"{IMAGE} --mask {MASK}"),
    ("image_edit", "stability", "erase", "stability_own", "stable-image-ultra", f"{IMAGE} --mask {MASK}"),
    ("image_edit", "stability", "remove_background", "stability_own", "stable-image-ultra", IMAGE),
    ("image_edit", "stability", "upscale", "stability_own", "stable-image-ultra", IMAGE),
    ("image_edit", "midjourney", "blend", "all", "mj_blend", f"{IMAGE} --input {SECOND}"),
    ("image_edit", "midjourney", "describe", "all", "mj_describe", IMAGE),
    ("image_edit", "midjourney", "upscale", "all", "mj_upscale", "--param task_id={task} --param index=2"),
    ("image_edit", "midjourney", "variation", "all", "mj_variation", "--param task_id={task} --param index=3"),
    ("image_edit", "midjourney", "zoom", "all", "mj_zoom", "--param task_id={large} --param custom_id={zoom}"),
    ("video", "openai_video", "generate", "all", "sora-2", ""),
    ("video", "openai_video", "generate", "sora", "sora-2", IMAGE),
    ("video", "video_create", "generate", "all", "sora-2", ""),
    ("video", "video_generations", "generate", "all", "sora-2", ""),
    ("video", "video_v2", "generate", "all", "sora-2", ""),
    ("video", "chat_video", "generate", "all", "sora-2", ""),
    ("video", "gemini", "generate", "gemini_own", "veo-3.1-fast-generate-preview", ""),
    ("video", "zhipu", "generate", "zhipu_own", "cogvideox-3", ""),
    ("speech", "openai", "generate", "all", "tts-1", ""),
    ("speech", "gemini", "generate", "gemini_own", "gemini-2.5-flash-preview-tts", ""),
    ("speech", "elevenlabs", "generate", "elevenlabs_own", "eleven_multilingual_v2", ""),
    ("transcription", "openai", "generate", "all", "whisper-1", f"--input {SOUND}"),
    ("transcription", "openai", "generate", "all", "gpt-4o-transcribe", f"--input {SOUND}"),
    ("music", "suno", "generate", "all", "suno_music", ""),
    ("music", "suno", "generate", "all", "suno_music", "--param title=Rain --param tags=folk"),
    ("music", "suno", "lyrics", "all", "suno_lyrics", ""),
    ("embedding", "openai", "generate", "all", "text-embedding-3-small", ""),
    ("embedding", "gemini", "generate", "gemini_own", "gemini-embedding-001", ""),
    ("embedding", "zhipu", "generate", "zhipu_own", "embedding-3", ""),
    ("translation", "deepl", "generate", "deepl_own", "deepl", ""),
    ("translation", "openai", "generate", "all", "gpt-4o-mini", ""),
    ("translation", "anthropic", "generate", "anthropic_own", "claude-sonnet-4-5", ""),
)
"""The pairs of the issue that asked for every capability, written out."""
WORDS = {"transcription": "", "translation": "你好，世界"}
IN_WORDS = ("text", "transcription", "translation")
MAKERS = ("anthropic", "gemini", "zhipu", "stability", "elevenlabs", "deepl")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder with the demo's connections, one for each maker's own protocol at its address, and some files."""
    folder = tmp_path_factory.mktemp("every")
    process, relay = start_demo("--speed", "200")
    given = json.loads(relay.connections)
    key = secret(relay.url)
    given["connections"] += [
        {"id": f"{maker}_own", "provider": maker, "base_url": relay.url, "key": key} for maker in MAKERS
    ]
    lib(folder, "connections", "import", "-", given=json.dumps(given))
    lib(folder, "check", "all", *(f"{maker}_own" for maker in MAKERS))
    for name, words in ((PICTURE, "a cat"), (SECOND, "a dog"), (MASK, "a mask")):
        (folder / name).write_bytes(media.png(words, 256, 256))
    (folder / SOUND).write_bytes(media.wav("Hello from the pier."))
    yield folder
    stop_demo(process)


def lib(folder: Path, *words: str, given: str = "") -> Result:
    """`python -m lib …` in that folder, in this process: a new engine on its data for each command, as always."""
    home = folder / "home"
    env = {"RELAYSCOPE_HOME": str(home), "RELAYSCOPE_KEYS": "file", "RELAYSCOPE_LANG": "en"}
    with chdir(folder):
        return CliRunner(env=env | postgresql.variables(home)).invoke(main, words, input=given)


def called(folder: Path, capability: str, *words: str) -> dict[str, Any]:
    """The document of one call."""
    prompt = WORDS.get(capability, "A lighthouse in the rain")
    done = lib(folder, "call", capability, "--json", "--prompt", prompt, *words)
    assert done.stdout, (done.stderr, done.exception)
    document: dict[str, Any] = json.loads(done.stdout)
    return document


@pytest.fixture(scope="module")
def grid(place: Path) -> dict[str, str]:
    """A Midjourney grid to work on, one of its pictures enlarged, and that one's button that zooms out."""
    words = ("--connection", "all", "--model")
    made = called(place, "image", *words, "mj_imagine")
    large = called(
        place, "image_edit", *words, "mj_upscale", "--operation", "upscale", "--param", f"task_id={made['task_id']}",
        "--param", "index=1",
    )  # fmt: skip
    relay = json.loads(lib(place, "connections", "export", "--json").stdout)["relays"][0]["lines"][0]["base_url"]
    task = httpx.get(f"{relay}/mj/task/{large['task_id']}/fetch", headers={"Authorization": f"Bearer {secret(relay)}"})
    zoom = next(one["customId"] for one in task.json()["buttons"] if "Outpaint" in one["customId"])
    return {"task": made["task_id"], "large": large["task_id"], "zoom": zoom}


def secret(address: str) -> str:
    """The key of the demo's connection that may do everything."""
    given = json.loads(DemoRelay(address).connections)["connections"]
    return str(next(one["key"] for one in given if one["id"] == "all"))


@pytest.mark.parametrize(
    ("capability", "protocol", "operation", "connection", "model", "more"), PAIRS,
    ids=["-".join((*pair[:4], str(number))) for number, pair in enumerate(PAIRS)],
)  # fmt: skip
def test_it_is_made_logged_and_costed(
    place: Path, request: pytest.FixtureRequest, capability: str, protocol: str, operation: str, connection: str,
    model: str, more: str,
) -> None:  # fmt: skip
    words = more.format(**request.getfixturevalue("grid")) if "{" in more else more
    made = called(
        place, capability, "--connection", connection, "--model", model, "--operation", operation,
        "--protocol", protocol, "--out", "out", *words.split(),
    )  # fmt: skip
    assert made["status"] == "succeeded", made["error"]
    assert (made["capability"], made["operation"], made["model"]) == (capability, operation, model)
    assert made["usage"]["calls"] == 1
    assert made["cost"]["estimated"] is not None
    assert made["cost"]["source"] in ("relay", "official", "user")
    if capability in IN_WORDS or operation in ("lyrics", "describe"):
        assert made["text"].strip()
        return
    assert made["artifacts"]
    for one in made["artifacts"]:
        data = (place / one["path"]).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (one["bytes"], one["sha256"])
        assert one["mime"].startswith(FAMILY[capability])  # type: ignore[index]
        assert Path(one["path"]).name.startswith(made["id"])


def test_the_usual_protocol_is_found_without_being_told(place: Path) -> None:
    """What the relay lists for a model, or its name, says how it is spoken to."""
    for model, capability in (("claude-sonnet-4-5", "text"), ("sora-2", "video"), ("mj_imagine", "image")):
        made = called(place, capability, "--connection", "all", "--model", model)
        assert made["status"] == "succeeded", made["error"]


def test_what_isnt_waited_for_is_followed_later(place: Path) -> None:
    begun = called(place, "video", "--connection", "sora", "--no-wait")
    assert (begun["status"], begun["artifacts"]) == ("accepted", [])
    listed = json.loads(lib(place, "jobs", "--json").stdout)["calls"]
    assert [one["id"] for one in listed] == [begun["id"]]
    (ended,) = json.loads(lib(place, "jobs", "--follow", "--json").stdout)["calls"]
    assert (ended["id"], ended["status"], len(ended["artifacts"])) == (begun["id"], "succeeded", 1)
    assert json.loads(lib(place, "jobs", "--json").stdout)["calls"] == []


def test_through_the_relay_all_cost_what_it_deducted(place: Path) -> None:
    """Whatever was made by now, to the last quota unit, by the relay's own log."""
    relay = json.loads(lib(place, "connections", "export", "--json").stdout)["relays"][0]["lines"][0]["base_url"]
    called(place, "image_edit", "--connection", "all", "--model", "gpt-image-1", *IMAGE.split())
    called(place, "transcription", "--connection", "all", "--model", "gpt-4o-transcribe", "--input", SOUND)
    with Ledger.open(None, place / "home") as ledger, ledger.read() as db:
        found = calls.page(db, limit=500, connection="all").rows
    mine = {
        row.request_id: (row.model, row.estimated.nano) for row in found if row.status == "succeeded" and row.estimated
    }
    log = httpx.get(f"{relay}/api/log/token", headers={"Authorization": f"Bearer {secret(relay)}"}).json()["data"]
    theirs = {row["request_id"]: (row["model_name"], row["quota"] * 2_000) for row in log}
    assert mine == {request: theirs.get(request) for request in mine}
