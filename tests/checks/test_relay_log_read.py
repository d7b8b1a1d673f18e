"""`reconcile` against relays of every kind: what is asked, how often, what is kept, and what it says where it can't."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx
from click.testing import CliRunner, Result

from lib.checks.relay_log import reconciled
from lib.cli import main
from lib.ledger import Ledger, retention, rollups
from lib.ledger import calls as log
from lib.ledger.calls import Payload
from lib.vocabulary import Usage
from tests.conftest import DemoRelay
from tests.ledger.ledger_rows import NOON, row, usd

RELAY, KEYS = "https://relay.example", ("sk-0000000000000001", "sk-0000000000000002")
UNIX = int(NOON.timestamp())


def run(*words: str, stdin: str = "") -> Result:
    return CliRunner().invoke(main, words, input=stdin)


def document(*words: str) -> dict[str, Any]:
    done = run("reconcile", "relay", *words, "--json")
    assert done.exit_code == 0, (done.stderr, done.exception)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture
def home(own_home: Path) -> Path:
    """Three connections of two keys, and a call through one of them."""
    lines = [{"id": "main", "name": "Main", "base_url": RELAY}]
    of = {"provider": "custom", "relay": "relay", "models": ["gpt-4o-mini"]}
    mine = [of | {"id": f"c{n}", "key": KEYS[n // 2]} for n in range(3)]
    text = json.dumps({"relays": [{"id": "relay", "lines": lines}], "connections": mine})
    assert run("connections", "import", "-", stdin=text).exit_code == 0
    call = row(
        NOON, status="succeeded", sent_at=NOON, finished_at=NOON, relay="relay", connection="c2", model="gpt-4o-mini",
        request_id="r1", usage=Usage(10, 0, None, 5), usage_source="server", estimated=usd("0.0001"),
    )  # fmt: skip
    with Ledger.open(None, own_home) as ledger:
        ledger.write(lambda db: log.insert(db, call, Payload()))
    return own_home


def told(quota: int = 100, name: str = "r1", **more: Any) -> dict[str, Any]:
    plain = {"created_at": UNIX, "type": 2, "model_name": "gpt-4o-mini", "quota": quota, "request_id": name}
    return plain | {"prompt_tokens": 10, "completion_tokens": 5, "token_id": 41} | more


def answers(router: respx.Router, answer: httpx.Response) -> respx.Route:
    route = router.get(f"{RELAY}/api/log/token").mock(return_value=answer)
    router.get(url__startswith=RELAY).mock(return_value=httpx.Response(404))
    return route


def good(*rows: Any) -> httpx.Response:
    return httpx.Response(200, json={"success": True, "message": "", "data": rows})


def test_each_key_is_asked_once_and_what_it_was_billed_is_kept(home: Path) -> None:
    with respx.mock(assert_all_called=False) as router:
        route = answers(router, good(told(100), told(7, "x", content=f"for {KEYS[0]}")))
        first = document()
        again = document()
    asked = [call.request.headers["authorization"] for call in route.calls]
    assert asked[:2] == [f"Bearer {key}" for key in reversed(KEYS)], "the key that was used comes first"
    assert {(*one["connections"],) for one in first["keys"]} == {("c0", "c1"), ("c2",)}
    assert first["total"] == {
        "matched": 1, "differing": 1, "only_here": 0, "only_there": 1, "estimated": {"USD": "0.0001"},
        "billed": {"USD": "0.0002"}, "official": {}, "billed_there": {"USD": "0.000214"},
    }  # fmt: skip
    (match,) = first["matched"]
    assert (match["request_id"], match["billed"], match["why"]["code"]) == (
        "r1", {"amount": "0.0002", "currency": "USD"}, "multiplier",
    )  # fmt: skip
    assert again["matched"] == first["matched"]
    assert again["only_there"] == first["only_there"]
    with Ledger.open(None, home) as ledger, ledger.read() as db:
        assert rollups.prove(db)
        (call,) = log.page(db).rows
        assert call.billed == usd("0.0002")
    stored = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file() and path.name != "keys.json")
    assert not [key for key in KEYS if key.encode() in stored]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        pytest.param(httpx.Response(404, json={"error": {"message": "Invalid URL (GET /api/log/token)"}}),
                     "no_such_endpoint", id="wire.md 1A: one-api has none"),
        pytest.param(httpx.Response(200, html="<!doctype html><title>One</title>"), "no_such_endpoint", id="a page"),
        pytest.param(httpx.Response(401, json={"success": False, "message": "无效的令牌"}), "key_refused_ambiguous",
                     id="bad key"),
        pytest.param(httpx.Response(429), "rationed", id="rationed by others"),
    ],
)  # fmt: skip
def test_where_there_is_no_log_that_is_said(home: Path, answer: httpx.Response, code: str) -> None:
    with respx.mock(assert_all_called=False) as router:
        answers(router, answer)
        found, words = document(), run("reconcile", "relay")
    assert (found["matched"], found["only_here"], found["only_there"]) == ([], [], [])
    reasons = [one["reason"] for one in found["keys"]]
    assert reasons[0]["code"] == code
    assert (found["keys"][0]["again_at"] is not None) is (code == "rationed")
    assert words.exit_code == 0
    assert reasons[0]["message"].split("{")[0][:20] in words.stderr


def test_the_key_goes_into_the_address_only_when_told_so(home: Path) -> None:
    with respx.mock(assert_all_called=False) as router:
        route = answers(router, good(told()))
        document("--key-in-address")
    assert route.calls[0].request.url.params["key"] == KEYS[1]


def test_rows_of_calls_that_are_gone_are_nobody_else_s(home: Path) -> None:
    later = NOON + timedelta(days=9)
    with respx.mock(assert_all_called=False) as router:
        answers(router, good(told(), told(5, "of a call that was kept out", created_at=UNIX - 60)))
        assert document()["total"]["only_there"] == 1
    with Ledger.open(None, home) as ledger:
        ledger.write(lambda db: log.insert(db, row(later, relay="relay", connection="c2"), Payload()))
        assert ledger.write(lambda db: retention.forget(db, NOON + timedelta(days=1), 10))[0] == 1
        with ledger.read() as db:
            found = reconciled(db, "relay")
    assert (found.matched, found.only_there) == ((), ())


def test_a_ration_is_enough_for_several_times(home: Path) -> None:
    with respx.mock(assert_all_called=False) as router:
        route = answers(router, good(told()))
        found = [document() for _ in range(16)]
    used = [call.request for call in route.calls if KEYS[1] in call.request.headers["authorization"]]
    assert len(used) >= 12
    assert len(route.calls) <= 18, "something is left for keys that are refused"
    assert found[-1]["matched"] == found[0]["matched"]
    assert found[-1]["keys"][-1]["again_at"]


def test_what_a_task_failed_for_comes_to_nothing(demo: DemoRelay) -> None:
    """The demo charges a video, and gives it back when it fails."""
    run("connections", "import", "-", stdin=demo.connections)
    for prompt in ("a cat #fail", "a dog"):
        run("call", "video", "--connection", "sora", "--prompt", prompt)
    done = json.loads(run("reconcile", "demo", "--json").stdout)
    assert [one["why"] for one in done["matched"]] == [None, None]
    assert (done["only_here"], done["only_there"]) == ([], [])
    assert done["total"]["estimated"] == done["total"]["billed"] == {"USD": "0.4"}


@pytest.mark.parametrize(("words", "status"), [(["nowhere"], 2), (["demo", "--since", "yesterday"], 2), ([], 2)])
def test_wrong_use(demo: DemoRelay, words: list[str], status: int) -> None:
    run("connections", "import", "-", stdin=demo.connections)
    done = run("reconcile", *words)
    assert (done.exit_code, done.stdout, len(done.stderr.strip().splitlines())) == (status, "", 1)
