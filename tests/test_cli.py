"""The command line on a ledger that is already there: nothing is sent in these tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from lib.cli import main
from lib.cli.terminal import harmless
from lib.ledger import Ledger
from lib.ledger import calls as log
from lib.ledger.calls import Payload
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
