"""The command line on a ledger that is already there: nothing is sent in these tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from lib.cli import main
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
