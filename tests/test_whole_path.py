"""The first whole path on the command line: import, check, catalogue, call, log, report — as scripts use it.

The relay is a process of its own: what is asserted here travelled over real HTTP.
"""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result

from lib.cli import main
from lib.cost import budget
from lib.cost.budget import Budget
from lib.engine import home
from lib.ledger import Ledger, calls
from tests.conftest import ROOT, DemoRelay, start_demo, stop_demo


def run(*words: str, stdin: str = "") -> Result:
    """`python -m lib …`, in this process: a new engine on the data folder for each command, as always."""
    return CliRunner().invoke(main, words, input=stdin)


def document(*words: str, stdin: str = "", status: int = 0) -> Any:
    """The JSON document of a command, which must end with that status."""
    done = run(*words, "--json", stdin=stdin)
    assert done.exit_code == status, (done.exit_code, done.stderr, done.stdout[:2000], done.exception)
    return json.loads(done.stdout)


@pytest.mark.usefixtures("own_database")
def test_it_is_a_program(demo: DemoRelay) -> None:
    lib = [sys.executable, "-m", "lib"]
    imported = subprocess.run([*lib, "connections", "import", "-"], input=demo.connections, text=True, cwd=ROOT)
    assert imported.returncode == 0
    done = subprocess.run([*lib, "check", "chatglm", "--json"], capture_output=True, text=True, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["connections"][0]["state"] == "usable"


@pytest.fixture
def imported(demo: DemoRelay) -> DemoRelay:
    """A demo relay whose connections are all imported."""
    document("connections", "import", "-", stdin=demo.connections)
    return demo


def spent(relay: DemoRelay) -> int:
    """What the relay has deducted in all, in quota units, by its own log."""
    keys = [one["key"] for one in json.loads(relay.connections)["connections"]]
    rows = [
        row
        for key in keys
        for row in httpx.get(f"{relay.url}/api/log/token", headers={"Authorization": f"Bearer {key}"}).json()["data"]
    ]
    return sum(row["quota"] for row in rows)


STATES = {
    "sora": "usable",
    "gemini": "usable",
    "chatglm": "usable",
    "expired": "expired_key",
    "exhausted": "quota_exhausted",
    "disabled": "bad_key",
    "banned": "bad_key",
    "forbidden": "no_permission",
    "region": "region_blocked",
    "limited": "rate_limited",
    "balance": "quota_exhausted",
    "html": "wrong_address",
    "saturated": "usable",
    "no_channel": "usable",
    "all": "usable",
}
"""By the free rungs. `saturated` and `no_channel` fail only a real call: nothing free shows it."""


def test_checks_are_right_and_free(imported: DemoRelay) -> None:
    checked = document("check", status=1)["connections"]
    assert {one["id"]: one["state"] for one in checked} == STATES
    for one in checked:
        assert one["reason"]["message"], one["id"]
        assert one["reason"]["remedy"], one["id"]
        assert one["proof"] == ("ladder" if one["state"] == "usable" else None)
    assert {one["id"]: one["models"]["listed"] for one in checked if one["id"] in ("sora", "gemini", "chatglm")} == {
        "sora": 1, "gemini": 1, "chatglm": 1,
    }  # fmt: skip
    assert next(one for one in checked if one["id"] == "sora")["quota"] == {
        "remaining": None, "currency": None, "unlimited": True,
    }  # fmt: skip
    assert spent(imported) == 0


def test_one_paid_check_is_one_charge(imported: DemoRelay) -> None:
    checked = document("check", "chatglm", "expired", "--paid", status=1)["connections"]
    steps = {one["id"]: [step["step"] for step in one["steps"]] for one in checked}
    assert steps == {"chatglm": ["line", "key", "quota", "permission", "call"], "expired": ["line", "key"]}
    call = checked[0]["steps"][-1]
    assert (call["ok"], checked[0]["proof"]) == (True, "call")
    assert Decimal(call["cost"]["amount"]) * 500_000 == spent(imported) > 0


@pytest.mark.parametrize("connection", ["sora", "gemini"])
def test_a_key_that_makes_media_is_tried_with_its_smallest_job(imported: DemoRelay, connection: str) -> None:
    checked = document("check", connection, "--paid")["connections"][0]
    call = checked["steps"][-1]
    assert (call["step"], call["ok"], checked["proof"]) == ("call", True, "call")
    assert Decimal(call["cost"]["amount"]) * 500_000 == spent(imported) > 0


@pytest.mark.parametrize(
    ("connection", "state"),
    [("saturated", "rate_limited"), ("no_channel", "not_offered")],
)
def test_what_only_a_real_call_shows(imported: DemoRelay, connection: str, state: str) -> None:
    checked = document("check", connection, "--paid", status=1)["connections"]
    assert checked[0]["state"] == state
    assert spent(imported) == 0


def test_the_catalogue_and_the_matrix_name_what_works_and_why_not(demo: DemoRelay) -> None:
    story = json.loads(demo.connections)
    story["connections"] = [one for one in story["connections"] if one["id"] in ("sora", "gemini", "chatglm")]
    document("connections", "import", "-", stdin=json.dumps(story))
    document("check")
    listed = document("catalogue", "demo")["models"]
    assert len(listed) > 500
    usable = {one["model"] for one in listed if one["state"] == "usable"}
    assert usable == {"sora-2", "gemini-2.5-flash-image", "glm-4-flash"}
    assert all(one["reason"]["message"] and one["reason"]["remedy"] for one in listed)
    under_chat = [one["model"] for one in listed if one["listed_as_chat"]]
    assert {"kling-v1", "veo-2.0-generate-001"} < {*under_chat}
    assert {"gpt-4o", "kling-v2-master", "tts-1"}.isdisjoint(under_chat)
    rows = run("catalogue", "demo").stdout.splitlines()
    assert [row.split()[0] for row in rows if row.endswith("✓")] == under_chat
    only = document("catalogue", "demo", "--state", "usable")["models"]
    assert {one["model"] for one in only} == usable
    cells = {(one["provider"], one["capability"]): one for one in document("matrix")["cells"]}
    states = {pair: cell["state"] for pair, cell in cells.items()}
    assert states["sora", "video"] == states["gemini", "image"] == states["zhipu", "text"] == "usable"
    for pair in [("openai", "text"), ("anthropic", "text"), ("midjourney", "image"), ("stability", "image")]:
        assert states[pair] == "not_configured", pair
        assert cells[pair]["reason"]["remedy"]
    assert cells["zhipu", "text"]["models"]["usable"] == 1
    assert cells["zhipu", "text"]["models"]["listed"] > 1


@pytest.mark.parametrize(
    ("language", "head", "word"),
    [("en", ["id", "state", "why"], "Should work"), ("zh_CN", ["ID", "状态", "原因"], "应可用")],
)
def test_tables_speak_the_users_language(
    imported: DemoRelay, monkeypatch: pytest.MonkeyPatch, language: str, head: list[str], word: str
) -> None:
    monkeypatch.setenv("RELAYSCOPE_LANG", language)
    lines = run("check", "chatglm").stdout.splitlines()
    assert lines[0].split()[:3] == head
    assert word in lines[1]


def test_lines_race_and_a_dead_one_is_down(imported: DemoRelay) -> None:
    httpx.post(f"{imported.url}/demo/lines/us/fail", headers={"Accept": "application/json"}).raise_for_status()
    lines = {one["id"]: one for one in document("lines", "demo")["lines"]}
    assert {name: line["state"] for name, line in lines.items()} == {
        "hk": "usable", "us": "unreachable", "official": "usable",
    }  # fmt: skip
    assert lines["hk"]["chosen"]
    assert lines["hk"]["median_ms"] is not None
    assert lines["us"]["median_ms"] is None


def test_a_call_its_row_and_its_sum(imported: DemoRelay) -> None:
    """Without any check before: what the relay charges is asked first."""
    call = document("call", "text", "--connection", "chatglm", "--prompt", "Write a haiku about relays.")
    assert call["status"] == "succeeded"
    assert "relays" in call["text"].lower()
    assert call["request_id"]
    assert Decimal(call["cost"]["estimated"]["amount"]) * 500_000 == spent(imported)
    assert Decimal(call["cost"]["quoted"]["amount"]) >= Decimal(call["cost"]["estimated"]["amount"])
    log = document("log")
    assert [one["id"] for one in log["calls"]] == [call["id"]]
    assert log["calls"][0] == call
    report = document("report", "--by", "model")
    assert [row["key"] for row in report["rows"]] == ["glm-4-flash"]
    assert report["total"]["cost"]["USD"] == call["cost"]["estimated"]["amount"]
    assert document("check", "chatglm")["connections"][0]["proof"] == "call"


def test_over_a_budget_that_stops_only_where_that_is_asked_for(imported: DemoRelay) -> None:
    with Ledger.open(None, home()) as ledger:
        ledger.write(lambda db: budget.save(db, [Budget(amount=Decimal("0.000001"), stops=True)]))
    asked = ("call", "text", "--connection", "chatglm", "--prompt", "hello")
    call = document(*asked, status=1)
    assert (call["error"]["state"], call["sent_at"], spent(imported)) == ("budget_exceeded", None, 0)
    assert document(*asked, "--over-budget")["status"] == "succeeded"


def test_a_video_key_writes_no_text_and_the_relay_never_hears_of_it(imported: DemoRelay) -> None:
    call = document("call", "text", "--connection", "sora", "--prompt", "hello", status=1)
    assert (call["status"], call["error"]["state"]) == ("failed", "wrong_capability")
    assert call["sent_at"] is None
    assert call["cost"]["estimated"] == {"amount": "0", "currency": "USD"}
    assert document("report")["total"]["failed"] == 0
    assert spent(imported) == 0


@pytest.mark.parametrize(("protocol", "status", "state"), [("openai", 0, None), ("smoke_signals", 1, "unsupported")])
def test_a_protocol_may_be_chosen_by_hand(
    imported: DemoRelay, protocol: str, status: int, state: str | None
) -> None:
    asked = ["call", "text", "--connection", "chatglm", "--prompt", "hi", "--protocol", protocol]
    call = document(*asked, status=status)
    assert (call["error"]["state"] if call["error"] else None) == state
    assert (spent(imported) > 0) is (status == 0)


@pytest.mark.parametrize(
    ("connection", "state"),
    [
        ("expired", "expired_key"), ("exhausted", "quota_exhausted"), ("disabled", "bad_key"), ("banned", "bad_key"),
        ("forbidden", "no_permission"), ("region", "region_blocked"), ("limited", "rate_limited"),
        ("balance", "quota_exhausted"), ("saturated", "rate_limited"), ("no_channel", "not_offered"),
        ("html", "wrong_address"),
    ],
)  # fmt: skip
def test_a_call_on_each_failing_key_fails_for_its_own_reason(
    imported: DemoRelay, connection: str, state: str
) -> None:
    call = document("call", "text", "--connection", connection, "--prompt", "hello", status=1)
    assert (call["status"], call["error"]["state"]) == ("failed", state)
    assert call["error"]["message"]
    assert call["cost"]["estimated"]["amount"] == "0"
    assert spent(imported) == 0


@pytest.mark.parametrize(
    ("key", "remedy", "connection"),
    [("expired", "renew", "expired"), ("exhausted", "top-up", "exhausted"), ("forbidden", "permit", "forbidden")],
)
def test_a_remedy_followed_to_its_end(imported: DemoRelay, key: str, remedy: str, connection: str) -> None:
    document("check", connection, status=1)
    answer = httpx.post(f"{imported.url}/demo/keys/{key}/{remedy}", headers={"Accept": "application/json"})
    assert answer.json()["ok"]
    assert document("check", connection)["connections"][0]["state"] == "usable"
    assert document("call", "text", "--connection", connection, "--prompt", "hi")["status"] == "succeeded"


@pytest.mark.parametrize("provider", ["custom", "anthropic"])
def test_an_address_of_its_own_is_asked_what_it_is(demo: DemoRelay, provider: str) -> None:
    """`custom` is then treated as the relay that answers; another provider keeps its own protocol there."""
    key = next(one["key"] for one in json.loads(demo.connections)["connections"] if one["id"] == "chatglm")
    mine = {"id": "mine", "provider": provider, "base_url": f"{demo.url}/v1", "key": key}
    document("connections", "import", "-", stdin=json.dumps({"connections": [mine]}))
    checked = document("check")["connections"][0]
    assert checked["state"] == "usable"
    assert checked["quota"] is not None
    call = document("call", "text", "--connection", "mine", "--prompt", "hi")
    assert call["cost"]["source"] == "relay"


@pytest.mark.parametrize(
    "words",
    [
        ["check", "nobody"],
        ["lines", "nowhere"],
        ["catalogue", "nowhere"],
        ["call", "text", "--connection", "nobody", "--prompt", "hi"],
        ["log", "--since", "yesterday"],
        ["log", "--tz", "Mars/Olympus", "--since", "2026-01-01"],
        ["report", "--tz", "Mars/Olympus"],
        ["connections", "import", "no-such-file.json"],
        ["connections", "remove", "nobody"],
        ["connections", "import", "."],
        ["connections", "export", "."],
        ["log", "--limit", "0"],
        ["call", "text"],
        ["nothing"],
        ["check", "--what"],
        ["catalogue", "demo", "--state", "fine"],
    ],
)
def test_wrong_use_is_one_clear_line(words: list[str]) -> None:
    done = run(*words)
    assert (done.exit_code, type(done.exception)) == (2, SystemExit)
    assert len(done.stderr.strip().splitlines()) == 1
    assert not done.stdout


def test_an_import_is_all_or_nothing_and_export_has_no_keys(demo: DemoRelay) -> None:
    wrong = json.loads(demo.connections)
    wrong["connections"][3]["capabilties"] = ["text"]
    done = run("connections", "import", "-", stdin=json.dumps(wrong))
    assert (done.exit_code, document("connections", "list")["connections"]) == (2, [])
    assert "capabilties" in done.stderr
    assert "sk-demo" not in done.stderr
    document("connections", "import", "-", stdin=demo.connections)
    exported = run("connections", "export", "-").stdout
    assert "sk-demo" not in exported
    assert len(json.loads(exported)["connections"]) == 15
    document("connections", "import", "-", stdin=exported)
    assert document("check", "chatglm")["connections"][0]["state"] == "usable"
    document("connections", "remove", "chatglm")
    assert len(document("connections", "list")["connections"]) == 14


def test_no_key_is_written_anywhere_but_where_keys_are_kept(imported: DemoRelay, own_home: Path) -> None:
    document("check", status=1)
    document("call", "text", "--connection", "exhausted", "--prompt", "hi", status=1)
    files = [path for path in own_home.rglob("*") if path.is_file() and path.name != "keys.json"]
    assert files
    assert not [path for path in files if b"sk-demo" in path.read_bytes()]
    assert (own_home / "keys.json").stat().st_mode & 0o077 == 0


def test_two_hundred_calls_cost_what_the_relay_deducted_to_the_last_unit(imported: DemoRelay, own_home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "tests/two_hundred_calls.py", "all"], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stderr
    with Ledger.open(None, own_home) as ledger, ledger.read() as db:
        found = calls.page(db, limit=500).rows
    mine = {row.request_id: row.estimated.nano for row in found if row.status == "succeeded" and row.estimated}
    key = next(one["key"] for one in json.loads(imported.connections)["connections"] if one["id"] == "all")
    rows = httpx.get(f"{imported.url}/api/log/token", headers={"Authorization": f"Bearer {key}"}).json()["data"]
    theirs = {row["request_id"]: row["quota"] * 2_000 for row in rows}
    assert len(mine) == 200
    assert mine == theirs


def test_a_kill_loses_the_rest_of_an_answer_and_nothing_else(own_home: Path) -> None:
    process, relay = start_demo()
    try:
        document("connections", "import", "-", stdin=relay.connections)
        caller = subprocess.Popen(
            [sys.executable, "-m", "lib", "call", "text", "--connection", "chatglm", "--prompt", "A long story."],
            cwd=ROOT, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        while not (calls := document("log")["calls"]) or not calls[0]["text"]:
            assert caller.poll() is None
        assert calls[0]["status"] == "streaming"
        caller.kill()
        caller.wait()
        row = document("log")["calls"][0]
        assert (row["status"], row["error"]["state"]) == ("interrupted", "interrupted")
        assert row["text"].startswith(calls[0]["text"])
        assert row["cost"]["usage_source"] == "approximate"
    finally:
        stop_demo(process)
