"""`reconcile` against relays of every kind: what is asked, how often, what is kept, and what it says where it can't."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx
from click.testing import CliRunner, Result

from lib.checks import relay_log
from lib.checks.relay_log import reconciled, settle
from lib.cli import main
from lib.ledger import Ledger, retention, rollups
from lib.ledger import calls as log
from lib.ledger import relay_log as kept
from lib.ledger.calls import Payload
from lib.vocabulary import Money, Usage
from lib.wire.relay_log import read_log
from tests.conftest import DemoRelay
from tests.ledger.ledger_rows import NOON, row, usd

RELAY, KEYS = "https://relay.example", ("sk-0000000000000001", "sk-0000000000000002")
UNIX = int(NOON.timestamp())
DAY = 24 * 60
"""Minutes."""


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


def test_a_key_that_moves_to_another_connection_keeps_its_rows(home: Path) -> None:
    """Its relay numbers no keys: the first of two connections that share one is removed, then given another."""
    rows = [told(name=name, token_id=0, token_name="mine") for name in ("r1", "x")]
    shared = {"Authorization": f"Bearer {KEYS[0]}"}
    with respx.mock(assert_all_called=False) as router:
        router.get(f"{RELAY}/api/log/token", headers=shared).mock(return_value=good(*rows))
        answers(router, good())
        first = document()
        assert run("connections", "remove", "c0").exit_code == 0
        assert document()["total"] == first["total"]


def test_a_call_by_the_key_a_connection_had_before_isnt_missing_in_the_log_of_another(ledger: Ledger) -> None:
    unread = called(ledger, 30)
    with respx.mock(assert_all_called=False) as router:
        answers(router, good())
        assert [one["id"] for one in document()["only_here"] if one["id"] == unread] == [unread]
        other = {"id": "c2", "provider": "custom", "relay": "relay", "models": ["gpt-4o-mini"], "key": KEYS[0] + "9"}
        assert run("connections", "import", "-", stdin=json.dumps({"connections": [other]})).exit_code == 0
        again = document()
    assert (again["keys"][0]["reason"], again["only_here"]) == (None, [])


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


@pytest.fixture
def ledger(home: Path) -> Iterator[Ledger]:
    with Ledger.open(None, home) as opened:
        yield opened


def called(ledger: Ledger, minute: int, **more: Any) -> str:
    """Logs a call that names no request, some minutes after the first one; returns its id."""
    at = NOON + timedelta(minutes=minute)
    plain: dict[str, Any] = {"status": "succeeded", "finished_at": at, "request_id": None} | more
    made = row(
        at, sent_at=at, relay="relay", connection="c2", model="gpt-4o-mini", usage=Usage(10, 0, None, 5),
        usage_source="server", estimated=usd("0.0002"), **plain,
    )  # fmt: skip
    ledger.write(lambda db: log.insert(db, made, Payload()))
    return made.id


def unnamed(minute: int, quota: int = 100, **more: Any) -> dict[str, Any]:
    return told(quota, "", created_at=UNIX + 60 * minute, **more)


def billed(ledger: Ledger, id: str) -> Money | None:
    with ledger.read() as db:
        assert rollups.prove(db)
        call = log.get(db, id)
    assert call is not None
    return call.billed


def pulled(*rows: Any) -> None:
    with respx.mock(assert_all_called=False) as router:
        answers(router, good(*rows))
        document()


def test_a_bill_that_was_guessed_is_taken_back_where_it_is_another_s(ledger: Ledger) -> None:
    near = called(ledger, 30)
    pulled(unnamed(31))
    assert billed(ledger, near) == usd("0.0002")
    other = called(ledger, 31)
    pulled(unnamed(31), unnamed(90))
    assert (billed(ledger, near), billed(ledger, other)) == (None, usd("0.0002"))


def test_what_the_log_takes_back_is_taken_back(ledger: Ledger) -> None:
    call = called(ledger, 30)
    pulled(unnamed(0), unnamed(30))
    assert billed(ledger, call) == usd("0.0002")
    pulled(unnamed(0), unnamed(90))
    assert billed(ledger, call) is None


def test_what_was_billed_before_a_log_is_known_stays(ledger: Ledger) -> None:
    call = called(ledger, 30, billed=usd("7"))
    pulled(*(unnamed(60 + n) for n in range(100)))  # a round number: there may be older ones
    assert billed(ledger, call) == usd("7")


def test_a_call_that_runs_is_settled_once_it_has_ended_though_its_row_stays_what_it_was(ledger: Ledger) -> None:
    running = called(ledger, 30, status="running", finished_at=None)
    ended = NOON + timedelta(minutes=40)
    read = read_log(good(unnamed(30)))
    ledger.write(lambda db: kept.keep(db, "relay", kept.Owner("key", {"c2": None}), read, ended, 500_000))
    assert (settle(ledger, "relay"), billed(ledger, running)) == (0, None)
    ledger.write(lambda db: log.update(db, running, status="succeeded", finished_at=ended))
    assert (settle(ledger, "relay"), billed(ledger, running)) == (1, usd("0.0002"))


def test_settling_looks_only_around_what_is_new(ledger: Ledger) -> None:
    old, new, later = (called(ledger, minute) for minute in (0, 9 * DAY, 9 * DAY + 30))
    pulled(unnamed(0), unnamed(9 * DAY))
    for id in (old, new):
        ledger.write(lambda db, id=id: log.update(db, id, billed=usd("7")))  # type: ignore[misc]
    pulled(unnamed(0), unnamed(9 * DAY))
    assert [billed(ledger, id) for id in (old, new)] == [usd("7"), usd("7")], "nothing is new"
    pulled(unnamed(0), unnamed(9 * DAY), unnamed(9 * DAY + 30))
    assert [billed(ledger, id) for id in (old, new, later)] == [usd("7"), usd("0.0002"), usd("0.0002")]


def test_a_call_that_was_settled_by_another_process_meanwhile_is_left_as_it_is(
    ledger: Ledger, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = called(ledger, 30)
    read = relay_log._logs

    def quicker(*args: Any) -> Any:
        found = read(*args)
        with Ledger.open(None, home) as other:
            other.write(lambda db: log.update(db, call, billed=usd("3")))
        return found

    with respx.mock(assert_all_called=False) as router:
        answers(router, good(unnamed(30)))
        with monkeypatch.context() as patch:
            patch.setattr(relay_log, "_logs", quicker)
            document()
        assert billed(ledger, call) == usd("3")
        document()
    assert billed(ledger, call) == usd("0.0002"), "the next time it is looked at again"


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
