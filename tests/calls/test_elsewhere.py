"""The same request elsewhere: what goes with it, by which line, and what is refused."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from lib.calls.draft import CallDraft, given_again, resumed
from lib.calls.files import Files
from lib.calls.route import route
from lib.connections.model import Configuration, Connection, Line, Relay
from lib.engine import Engine
from lib.errors import WrongUse
from lib.ledger.calls import Payload
from lib.wire import Media
from tests.conftest import DemoRelay
from tests.ledger.ledger_rows import row

HK, US = (Line(id=name, name=name, base_url=f"https://{name}.example") for name in ("hk", "us"))
CONFIGURATION = Configuration(
    relays=(Relay(id="r", name="R", lines=(HK, US), line="hk"), Relay(id="other", name="O", lines=(US,), line="us")),
    connections=(
        Connection(id="one", provider="openai", relay="r"), Connection(id="own", provider="openai", base_url="https://x"),
    ),
)  # fmt: skip
NOW = datetime(2026, 3, 8, 3, 30, tzinfo=UTC)
ASKED = CallDraft("one", "text", "hi", "m", params={"seed": 7}, protocol="openai", after="c1")


@pytest.mark.parametrize(
    ("connection", "model", "protocol"),
    [("one", "m", "openai"), ("one", "other", None), ("two", "m", None)],
)
@pytest.mark.parametrize("line", [None, "us"])
def test_a_protocol_chosen_for_one_model_goes_to_no_other(
    connection: str, model: str, protocol: str | None, line: str | None
) -> None:
    assert ASKED.elsewhere(connection, model, line) == CallDraft(
        connection, "text", "hi", model, params={"seed": 7}, protocol=protocol, after="c1", line=line
    )


@pytest.mark.parametrize(("line", "address"), [("hk", HK.base_url), ("us", US.base_url)])
def test_one_call_goes_by_another_line(line: str, address: str) -> None:
    moved = CONFIGURATION.by_line(CONFIGURATION.connection("one"), line)
    way = route(moved, lambda _, to: SecretStr(f"key for {to}"), "one", relay_seen=False)
    assert (way.endpoint.base_url, way.line and way.line.id) == (address, line)
    assert way.endpoint.bearer == {"Authorization": f"Bearer key for {address}"}
    assert moved.relay("other") == CONFIGURATION.relay("other")
    assert CONFIGURATION.relay("r").line == "hk"


@pytest.mark.parametrize(("connection", "line"), [("one", "eu"), ("own", "hk")])
def test_a_line_that_is_not_there_is_refused(connection: str, line: str) -> None:
    with pytest.raises(WrongUse):
        CONFIGURATION.by_line(CONFIGURATION.connection(connection), line)


@pytest.mark.parametrize(
    ("there", "bound", "went_by", "asked_by"),
    [
        ("one", "hk us", "us", "us"),  # not the line in use: another may not know its task
        ("one", "hk us", "hk", "hk"),
        ("one", "hk", "us", "hk"),  # no key goes there any more
        ("one", "hk us", "eu", "hk"),  # its line is gone
        ("one", "hk us", None, "hk"),
        ("own", "", "us", None),  # it goes through no relay any more
    ],
)
def test_a_call_that_is_gone_on_with_is_asked_after_by_its_own_line(
    own_home: Path, there: str, bound: str, went_by: str | None, asked_by: str | None
) -> None:
    engine = Engine(own_home)
    engine.import_(json.dumps({
        "relays": [{"id": "r", "name": "R", "lines": [one.model_dump() for one in (HK, US)], "line": "hk"}],
        "connections": [
            {"id": "one", "provider": "sora", "relay": "r", "key": "sk-nothing-nothing"},
            {"id": "own", "provider": "openai", "base_url": "https://x.example", "key": "sk-nothing-nothing"},
        ],
    }))  # fmt: skip
    for line in {"hk", "us"} - {*bound.split()}:
        engine.import_(json.dumps(moved(line)))
    gone_on = resumed(engine.known, row(NOW, connection=there, line=went_by, relay="r"), Payload())
    assert (gone_on.route.line and gone_on.route.line.id) == asked_by
    assert gone_on.route.keyless is None
    assert gone_on.draft.line == (asked_by if asked_by == "us" else None), "shows nothing of the line in use"


def moved(name: str) -> dict[str, Any]:
    """A relay one of whose lines has another address now, which no key was saved for."""
    lines = [{**one.model_dump(), "base_url": one.base_url + (".moved" if one.id == name else "")} for one in (HK, US)]
    return {"relays": [{"id": "r", "name": "R", "lines": lines, "line": "hk"}], "connections": []}


@pytest.mark.parametrize("line", ["dead", "hk"])
def test_a_call_by_another_line_shows_nothing_of_the_one_in_use(
    own_home: Path, demo: DemoRelay, line: str
) -> None:
    told = json.loads(demo.connections)
    (relay,) = told["relays"]
    relay["lines"].append({"id": "dead", "name": "Dead", "base_url": "http://127.0.0.1:9"})
    relay["line"] = "us"
    told["connections"] = [one for one in told["connections"] if one["id"] == "chatglm"]

    async def run() -> None:
        engine = Engine(own_home)
        engine.import_(json.dumps(told))
        await engine.start()
        await engine.check(["chatglm"])
        before = engine.verdicts(), engine.facts().evidence
        sent = await engine.submit(CallDraft("chatglm", "text", "hi", line=line))
        await engine.wait(sent)
        row, _ = engine.log.call(sent)
        assert (row.line, row.status) == (line, "failed" if line == "dead" else "succeeded")
        assert (engine.verdicts(), engine.facts().evidence) == before
        await engine.wait(await engine.submit(CallDraft("chatglm", "text", "hi")))
        assert engine.facts().evidence != before[1]
        await engine.stop()

    asyncio.run(run())


def test_files_go_with_it_and_none_is_left_out_in_silence(tmp_path: Path) -> None:
    files = Files(tmp_path)
    picture, mask = (files.keep(data, "image/svg+xml") for data in (b"<svg>1</svg>", b"<svg>2</svg>"))
    again = given_again(ASKED, {"input": [picture], "mask": [mask]}, files)
    assert again.inputs == (Media(b"<svg>1</svg>", "image/svg+xml", "input.svg"),)
    assert again.mask == Media(b"<svg>2</svg>", "image/svg+xml", "mask.svg")
    assert given_again(ASKED, {}, files) == ASKED
    files.delete(mask)
    with pytest.raises(WrongUse):
        given_again(ASKED, {"input": [picture], "mask": [mask]}, files)
