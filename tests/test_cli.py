"""The command line on a ledger that is already there: nothing is sent in these tests."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from lib.cli import main
from lib.cli.commands import _param
from lib.cli.terminal import harmless
from lib.ledger import Ledger, evidence
from lib.ledger import calls as log
from lib.ledger.calls import Payload
from lib.vocabulary import Evidence, Reason
from tests.ledger.ledger_rows import NOON, row


def run(*words: str, stdin: str | bytes = "") -> Result:
    """`python -m lib …`, in this process."""
    return CliRunner().invoke(main, words, input=stdin)


def logged(home: Path, text: str = "", **changes: Any) -> str:
    """A call of long ago in the log; returns its id."""
    call = row(NOON, status="failed", **changes)
    with Ledger.open(None, home) as ledger:
        ledger.write(lambda db: log.insert(db, call, Payload(text=text)))
    return call.id


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("bad_request", "The server doesn't accept the request as it is."),
        ("of_tomorrow", "Unknown answer: of_tomorrow."),
    ],
)
def test_the_log_tells_calls_of_every_version(own_home: Path, code: str, message: str) -> None:
    logged(own_home, error_state="bad_request", error_code=code, error_message="said so")
    done = run("log", "--json")
    assert done.exit_code == 0, done.exception
    error = json.loads(done.stdout)["calls"][0]["error"]
    assert (error["code"], error["message"], error["said"]) == (code, message, "said so")


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("plain\n\ttext 中文 👩‍👩‍👧", "plain\n\ttext 中文 👩‍👩‍👧"),
        ("a\r\nb\rc", "a\nb�c"),
        ("\x1b[2J\x1b]8;;https://evil.example\x07x\x1b]8;;\x07", "�[2J�]8;;https://evil.example�x�]8;;�"),
        ("\x9b2J\x90q\x7f\x00\x08", "�2J�q���"),
        ("\u202eelpmaxe\u202c \u2066x\u2069", "�elpmaxe� �x�"),
        ("\udcff", "�"),
    ],
)
def test_nothing_said_is_obeyed_by_the_terminal(said: str, shown: str) -> None:
    assert harmless(said) == shown


def test_the_table_of_calls_is_harmless_and_its_document_exact(own_home: Path) -> None:
    said = "\x1b[2J\x9bA\u202eb"
    logged(own_home, said, model=said, error_state="bad_request", error_code="bad_request")
    shown = run("log").stdout
    assert harmless(shown) == shown
    assert "�[2J�A�b" in shown
    call = json.loads(run("log", "--json").stdout)["calls"][0]
    assert (call["text"], call["model"]) == (said, said)


def test_a_message_that_quotes_is_one_harmless_line() -> None:
    done = run("check", "a\nb\x1b[2J\u202e")
    assert (done.exit_code, done.stderr) == (2, "There is no connection a b�[2J�.\n")


@pytest.mark.parametrize(
    ("words", "stdin", "told"),
    [
        (["check", "\udcff"], "", "UTF-8"),
        (["connections", "remove", "\udcff"], "", "UTF-8"),
        (["connections", "import", "-"], b"\xff\xfe", "UTF-8"),
        (["connections", "import", "\udcff.json"], "", "No such file"),
        (["call", "text", "--connection", "c", "--prompt", "a\udcff"], "", "'--prompt' isn't text in UTF-8."),
        (["call", "text", "--connection", "c", "--model", "\udcff", "--prompt", "a"], "", "UTF-8"),
        (["call", "text", "--connection", "c", "--param", "x=\udcff", "--prompt", "a"], "", "UTF-8"),
        (["call", "text", "--connection", "c"], b"a\xff", "stdin isn't text in UTF-8."),
        (["log", "--after", "\udcff"], "", "UTF-8"),
        (["log", "--after", "zzz"], "", "There is no call zzz."),
        (["log", "--after", ""], "", "There is no call"),
        (["log", "--since", "0001-01-01", "--tz", "Asia/Shanghai"], "", "0001-01-01 is out of"),
        (["log", "--since", "9999999d"], "", "9999999d is not a time"),
        (["log", "--export", "calls.xlsx"], "", "calls.xlsx must end in .csv or .jsonl."),
        (["log", "--export", "calls.csv", "--limit", "50"], "", "--limit and --after are for the list"),
        (["log", "--export", "calls.csv", "--after", "c1"], "", "--limit and --after are for the list"),
        (["log", "--export", "-"], "", "must end in .csv or .jsonl."),
        (["log", "--export", "nowhere/calls.csv"], "", "nowhere/calls.csv"),
        (["log", "--export", "calls.csv", "--since", "soon"], "", "soon is not a time"),
        (["history", "--connection", "none"], "", "There is no connection none."),
        (["history", "--model", "none"], "", "No connection asked after has the model none."),
        (["history", "--since", "soon"], "", "soon is not a time"),
        (["history", "--tz", "Nowhere"], "", "Nowhere"),
        (["report", "--since", "0001-01-01T00:00+00:00", "--tz", "America/New_York"], "", "out of"),
        (["report", "--until", "9999-12-31T23:59", "--tz", "America/New_York"], "", "out of"),
        (["report", "--until", "9999-12-31T23:59-12:00"], "", "out of"),
    ],
)
def test_wrong_use_is_one_clear_line(words: list[str], stdin: str | bytes, told: str) -> None:
    done = run(*words, stdin=stdin)
    assert (done.exit_code, type(done.exception), done.stdout) == (2, SystemExit, "")
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("form", ["csv", "jsonl", "JSONL"])
def test_the_whole_log_goes_into_a_file(own_home: Path, tmp_path: Path, form: str) -> None:
    ids = [logged(own_home, f"answer {n}") for n in range(3)]
    file = tmp_path / f"calls.{form}"
    done = run("log", "--export", str(file), "--json")
    assert json.loads(done.stdout) == {"file": str(file), "calls": 3}
    text = file.read_text("utf-8")
    assert all(one in text for one in ids)
    assert ("answer 2" in text) == (form != "csv")
    assert "prompt" not in text
    assert run("log", "--export", str(file), "--since", "1d", "--prompts").exit_code == 0
    assert not any(one in file.read_text("utf-8") for one in ids)


@pytest.fixture
def down_and_back(own_home: Path) -> None:
    """Two connections, of which one's key expired and was renewed; a model of the other has no channel."""
    plain = {"provider": "openai", "base_url": "http://127.0.0.1:9", "capabilities": ["text"]}
    both = {"connections": [plain | {"id": "mine", "models": ["gpt-4o"]}, plain | {"id": "yours", "models": ["glm-4"]}]}
    assert run("connections", "import", "-", stdin=json.dumps(both)).exit_code == 0
    expired = {"ok": False, "state": "expired_key", "reason": Reason("key_expired", "you")}
    failed = {"ok": False, "state": "not_offered", "reason": Reason("no_channel", "relay", {"model": "glm-4"})}
    called = {"step": "call", "model": "glm-4", "capability": "text"}
    with Ledger.open(None, own_home) as ledger:
        ledger.write(lambda db: [evidence.add(db, one) for one in (
            seen("mine", 1), seen("mine", 2), seen("mine", 3, **expired), seen("mine", 6),
            seen("yours", 1), seen("yours", 4, **called | failed),
        )])  # fmt: skip


def seen(connection: str, hour: int, **changes: Any) -> Evidence:
    plain: dict[str, Any] = {"step": "key", "ok": True, "state": "usable", "method": "GET", "path": "/v1/models"}
    return Evidence(NOON + timedelta(hours=hour), connection, **plain | changes)


EVERY = [
    ("mine", "key", None, 6, None), ("yours", "call", "no_channel", 4, None), ("mine", "key", "key_expired", 3, 6),
    ("yours", "key", None, 1, None), ("mine", "key", None, 1, 3),
]  # fmt: skip
THREE = (NOON + timedelta(hours=3)).isoformat()


@pytest.mark.parametrize(
    ("words", "expected", "apis"),
    [
        ([], EVERY, ["gpt-4o", "glm-4"]),
        (["--connection", "mine"], [one for one in EVERY if one[0] == "mine"], ["gpt-4o"]),
        (["--model", "glm-4"], [one for one in EVERY if one[0] == "yours"], ["glm-4"]),
        (["--since", THREE], [one for one in EVERY if one[4] != 3], ["gpt-4o", "glm-4"]),
    ],
)
def test_the_history_tells_what_went_down_and_came_back(
    down_and_back: None, words: list[str], expected: list[tuple[Any, ...]], apis: list[str]
) -> None:
    done = run("history", *words, "--json")
    assert done.exit_code == 0, done.exception
    document = json.loads(done.stdout)

    def hour(at: str | None) -> float | None:
        return at and (datetime.fromisoformat(at) - NOON) / timedelta(hours=1)

    told = document["changes"]
    briefly = [(one["connection"], one["step"], one["code"], hour(one["since"]), hour(one["ended"])) for one in told]
    assert briefly == expected
    assert [one["model"] for one in document["apis"]] == apis


def test_the_history_leaves_no_change_out(down_and_back: None, own_home: Path) -> None:
    expired = {"ok": False, "state": "expired_key", "reason": Reason("key_expired", "you")}
    flapping = [seen("mine", 10 + hour, **expired if hour % 2 == 0 else {}) for hour in range(120)]
    with Ledger.open(None, own_home) as ledger:
        ledger.write(lambda db: [evidence.add(db, one) for one in flapping])
    assert len(json.loads(run("history", "--connection", "mine", "--json").stdout)["changes"]) == 3 + 120


def test_the_history_of_an_api_has_its_states_and_a_table_for_people(down_and_back: None) -> None:
    document = json.loads(run("history", "--connection", "mine", "--json").stdout)
    (api,) = document["apis"]
    assert (api["connection"], api["capability"], api["state"]) == ("mine", "text", "untested")
    assert [one["state"] for one in api["stood"]] == ["expired_key", "untested"]
    expired = next(one for one in document["changes"] if not one["ok"])
    assert (expired["message"], expired["state"], expired["times"]) == ("This key has expired.", "expired_key", 1)
    shown = run("history", "--connection", "mine").stdout.splitlines()
    assert [("Key expired" in line, "passed" in line) for line in shown[1:]] == [
        (False, True), (True, False), (False, True),
    ]  # fmt: skip


@pytest.mark.parametrize("words", [["log", "--since", "99999d"], ["report", "--since", "99999h"]])
def test_a_long_time_ago_is_a_time(words: list[str]) -> None:
    assert run(*words).exit_code == 0


def test_the_log_goes_on_after_its_cursor(own_home: Path) -> None:
    ids = sorted((logged(own_home), logged(own_home)), reverse=True)
    first = json.loads(run("log", "--limit", "1", "--json").stdout)
    assert ([one["id"] for one in first["calls"]], first["next"]) == (ids[:1], ids[0])
    rest = json.loads(run("log", "--after", first["next"], "--json").stdout)
    assert ([one["id"] for one in rest["calls"]], rest["next"]) == (ids[1:], None)


@pytest.mark.parametrize(
    ("param", "sent"),
    [("temperature=0.5", 0.5), ("temperature=NaN", "NaN"), ("temperature=1e999", "1e999"), ("stop=a=b", "a=b"),
     ('stop="\\ud800"', '"\\ud800"'), ("x=" + "[" * 100_000, "[" * 100_000)],
    ids=lambda value: str(value)[:20],
)
def test_a_parameter_is_json_if_it_could_be_sent_as_such(param: str, sent: object) -> None:
    assert _param(param)[1] == sent
