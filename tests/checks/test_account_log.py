"""The relay's log by the user's account: what is asked, page by page, whose keys it tells of, and what is said else."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
import respx

from demo.keys import accounts, specs
from lib.checks import account_log
from lib.ledger import Ledger
from lib.ledger.calls import Payload, insert
from lib.vocabulary import Usage
from tests.checks.test_relay_log_read import DAY, KEYS, RELAY, UNIX, answers, document, good, home, run, told
from tests.conftest import DemoRelay
from tests.ledger.ledger_rows import NOON, row, usd

__all__ = ["home"]

TOKEN = "AcCe55Token000000000000000000001"
VARIABLE = "RELAYSCOPE_ACCOUNT_RELAY"
Answer = Callable[[httpx.Request], httpx.Response]


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, f"7:{TOKEN}")
    monkeypatch.setattr(account_log, "PAUSE_S", 0)


def paged(rows: list[Any], size: int, meanwhile: Mapping[int, list[Any]] | None = None) -> Answer:
    """new-api's pages of some rows, newest first; before some of its answers others write rows."""
    log, asked = [*rows], [0]

    def answer(request: httpx.Request) -> httpx.Response:
        asked[0] += 1
        log[:0] = (meanwhile or {}).get(asked[0], [])
        since = int(request.url.params.get("start_timestamp", 0))
        page, wanted = max(1, int(request.url.params["p"])), [one for one in log if one["created_at"] >= since]
        items = wanted[(page - 1) * size : page * size]
        data = {"items": items, "total": len(wanted), "page": page, "page_size": size}
        return httpx.Response(200, json={"success": True, "message": "", "data": data})

    return answer


def listed(rows: list[Any], size: int = 10, meanwhile: Mapping[int, list[Any]] | None = None) -> Answer:
    """one-api's: bare lists, page 0 the first (its controller/log.go)."""
    log, asked = [*rows], [0]

    def answer(request: httpx.Request) -> httpx.Response:
        asked[0] += 1
        log[:0] = (meanwhile or {}).get(asked[0], [])
        page = int(request.url.params["p"])
        return good(*log[page * size : (page + 1) * size])

    return answer


def counting_from_one(rows: list[Any], size: int, meanwhile: Mapping[int, list[Any]] | None = None) -> Answer:
    """Pages without their number, 0 the same as 1."""
    pages = paged(rows, size, meanwhile)

    def answer(request: httpx.Request) -> httpx.Response:
        document = pages(request).json()
        del document["data"]["page"]
        return httpx.Response(200, json=document)

    return answer


def other(n: int, minute: int = 0) -> dict[str, Any]:
    """A row of a key that no connection has."""
    return told(5, f"other{n}", created_at=UNIX - 60 * minute, token_id=99, token_name="theirs")


OTHERS = [other(n, n + 10) for n in range(25)]


def by_account(router: respx.Router, answer: Answer | httpx.Response) -> respx.Route:
    return router.get(f"{RELAY}/api/log/self").mock(
        **({"return_value": answer} if isinstance(answer, httpx.Response) else {"side_effect": answer})
    )


def ways(found: Mapping[str, Any]) -> list[tuple[str, tuple[str, ...]]]:
    return [(one["way"], (*one["connections"],)) for one in found["keys"]]


def test_one_question_tells_of_all_keys_that_are_its_own(home: Path) -> None:
    """`c2` by the request of its call; the key of `c0` and `c1`, never used, is asked for by itself."""
    with respx.mock(assert_all_called=False) as router:
        asked = by_account(router, paged([other(1), told()], 100))
        by_key = answers(router, good())
        found = document()
    assert ways(found) == [("account", ()), ("account", ("c2",)), ("key", ("c0", "c1"))]
    (request,) = (call.request for call in asked.calls)
    assert (request.headers["authorization"], request.headers["new-api-user"]) == (TOKEN, "7")
    assert [call.request.headers["authorization"] for call in by_key.calls] == [f"Bearer {KEYS[0]}"]
    assert [(one["request_id"], one["billed"]["amount"]) for one in found["matched"]] == [("r1", "0.0002")]
    (theirs,) = found["only_there"]
    assert (theirs["connection"], theirs["why"]["code"]) == (None, "another_program")
    assert [one["read_at"] is not None for one in found["keys"]] == [True, True, True]


def test_both_ways_count_a_row_once(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [other(1), told()]
    with respx.mock(assert_all_called=False) as router:
        by_account(router, paged(rows, 100))
        answers(router, good(told()))
        totals = [document()["total"]]
        monkeypatch.delenv(VARIABLE)
        totals.append(document()["total"])
        monkeypatch.setenv(VARIABLE, f"7:{TOKEN}")
        totals.append(document()["total"])
    assert totals == [totals[0]] * 3
    assert totals[0]["billed_there"] == {"USD": "0.00021"}


@pytest.mark.parametrize(
    ("answer", "questions", "rows"),
    [
        pytest.param(paged(OTHERS[:7], 3), 3, 7, id="new-api's pages"),
        pytest.param(paged([], 3), 1, 0, id="an empty log"),
        pytest.param(paged(OTHERS[2:6], 2, {2: OTHERS[:2]}), 3, 4, id="others write meanwhile: read the next time"),
        pytest.param(paged(OTHERS[1:6], 2, {2: OTHERS[:1]}), 3, 5, id="one is written meanwhile"),
        pytest.param(listed(OTHERS), 4, 25, id="one-api's lists"),
        pytest.param(listed(OTHERS[1:], meanwhile={2: OTHERS[:1]}), 4, 24, id="one-api's, one is written meanwhile"),
        pytest.param(counting_from_one(OTHERS[1:], 8, {2: OTHERS[:1]}), 2, 7, id="without numbers"),
        pytest.param(listed([told(type=1)] * 20 + OTHERS[:3]), 4, 3, id="top-ups as much as two pages"),
        pytest.param(lambda _: good(*OTHERS[:2]), 2, 1, id="one that knows no pages: of the oldest second not all"),
        pytest.param(paged([told(type=1), *OTHERS[:3]], 2), 2, 3, id="a top-up among them"),
    ],
)  # fmt: skip
def test_every_page_is_read_and_no_row_twice(home: Path, answer: Answer, questions: int, rows: int) -> None:
    with respx.mock(assert_all_called=False) as router:
        asked = by_account(router, answer)
        answers(router, good())
        found = document()
    assert (len(asked.calls), found["total"]["only_there"]) == (questions, rows)


def test_the_next_time_only_what_is_new_is_asked_for(home: Path) -> None:
    with respx.mock(assert_all_called=False) as router:
        asked = by_account(router, paged([other(n, n * DAY) for n in range(9)], 3))
        answers(router, good())
        first, again = document(), document()
    since = [call.request.url.params.get("start_timestamp") for call in asked.calls]
    assert since[:3] == [None] * 3
    assert len(since) == 4
    assert int(since[3] or 0) > UNIX
    assert again["total"] == first["total"]
    assert again["keys"][0]["known_since"] is None


def test_of_a_log_without_end_so_much_is_read(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(account_log, "MOST_PAGES", 2)
    with respx.mock(assert_all_called=False) as router:
        by_account(router, paged(OTHERS, 2))
        answers(router, good())
        found = document()
    assert found["total"]["only_there"] == 3, "of the oldest second there may be more"
    assert found["keys"][0]["known_since"] is not None


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        # wire.md 1C, "With a user access token"
        pytest.param(httpx.Response(200, json={"success": False, "message": "无权进行此操作，access token 无效"}),
                     "account_refused", "Make a new system access token", id="wrong token"),
        pytest.param(httpx.Response(401, json={"success": False, "message": "New-Api-User 与登录用户不匹配"}),
                     "account_number", "Copy your number (ID)", id="another's number"),
        pytest.param(httpx.Response(404, html="<!doctype html>"), "no_such_endpoint", "doesn't offer", id="no such"),
        pytest.param(httpx.Response(429), "rate_limited", "", id="too often"),
        pytest.param(httpx.ConnectError("no way"), "line_connect", "", id="the line is down"),
    ],
)  # fmt: skip
def test_where_it_isnt_told_each_key_is_asked(home: Path, answer: Any, code: str, words: str) -> None:
    with respx.mock(assert_all_called=False) as router:
        router.get(f"{RELAY}/api/log/self").mock(side_effect=[answer] * 9)
        answers(router, good(told()))
        found, said = document(), run("reconcile", "relay")
    assert ways(found) == [("account", ()), ("key", ("c2",)), ("key", ("c0", "c1"))]
    assert found["keys"][0]["reason"]["code"] == code
    assert [one["request_id"] for one in found["matched"]] == ["r1"]
    assert "your account: " in said.stderr
    assert words in said.stderr
    assert TOKEN not in said.output + json.dumps(found)


def test_what_breaks_off_changes_nothing(home: Path) -> None:
    pages, asked = paged([other(n) for n in range(4)], 2), []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return pages(request) if len(asked) == 1 else httpx.Response(429)

    with respx.mock(assert_all_called=False) as router:
        by_account(router, answer)
        answers(router, good())
        found = document()
    assert (found["keys"][0]["read_at"], found["only_there"]) == (None, [])


def test_the_token_is_in_nothing_that_is_kept_or_told(home: Path) -> None:
    said = f"for {TOKEN} by {KEYS[0]}"
    with respx.mock(assert_all_called=False) as router:
        by_account(router, paged([told(content=said, access_token=TOKEN)], 100))
        answers(router, good())
        found = run("reconcile", "relay", "--json").output + run("reconcile", "relay").output
    kept = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file() and path.name != "keys.json")
    for secret in (TOKEN, *KEYS):
        assert secret not in found
        assert secret.encode() not in kept


@pytest.mark.parametrize("given", [f"{TOKEN}:7", f"me:{TOKEN}", f"٣:{TOKEN}"])
def test_what_is_no_number_in_the_environment_is_refused_and_told_nowhere(
    home: Path, monkeypatch: pytest.MonkeyPatch, given: str
) -> None:
    monkeypatch.setenv(VARIABLE, given)
    with respx.mock(assert_all_called=False) as router:
        asked = by_account(router, paged([told()], 100))
        answers(router, good())
        done = run("reconcile", "relay", "--json")
    found = done.output
    assert json.loads(done.stdout)["keys"][0]["reason"]["code"] == "key_malformed"
    assert asked.calls == []
    assert TOKEN not in found
    assert TOKEN.encode() not in b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())


def test_it_goes_to_no_other_address_than_its_own(home: Path) -> None:
    evil = "https://evil.example"
    with respx.mock(assert_all_called=False) as router:
        by_account(router, paged([told()], 100))
        answers(router, good())
        document()
        lines = [{"id": "main", "name": "Main", "base_url": evil}]
        text = json.dumps({"relays": [{"id": "relay", "lines": lines}], "connections": []})
        assert run("connections", "import", "-", stdin=text).exit_code == 0
        there = router.get(url__startswith=evil).mock(return_value=httpx.Response(404))
        found = document()
    assert found["keys"][0]["reason"]["code"] == "key_address"
    assert [call for call in there.calls if TOKEN in str(call.request.headers)] == []


def test_of_a_key_that_isnt_surely_the_account_s_no_call_is_missing(home: Path) -> None:
    """The account's log has nothing of `c2`, and its key's own can't be read: the call may be in another account's."""
    with respx.mock(assert_all_called=False) as router:
        by_account(router, paged([other(1)], 100))
        answers(router, httpx.Response(404))
        assert document()["only_here"] == []


def test_a_call_that_its_account_s_log_hasnt_is_missing(home: Path) -> None:
    more = row(
        NOON, status="succeeded", sent_at=NOON, finished_at=NOON, relay="relay", connection="c2", model="gpt-4o",
        request_id="r2", usage=Usage(10, 0, None, 5), usage_source="server", estimated=usd("0.0001"),
    )  # fmt: skip
    with Ledger.open(None, home) as ledger:
        ledger.write(lambda db: insert(db, more, Payload()))
    with respx.mock(assert_all_called=False) as router:
        by_account(router, paged([told()], 100))
        answers(router, httpx.Response(404))
        assert [one["request_id"] for one in document()["only_here"]] == ["r2"]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (accounts()["demo"].token, "account_number"),
        (f"2:{accounts()['demo'].token}", "account_number"),
        (f"1:{TOKEN}", "account_refused"),
        (f"3:{accounts()['banned'].token}", "account_banned"),
        (f"1:{accounts()['demo'].token}", None),
    ],
)
def test_over_real_http(demo: DemoRelay, monkeypatch: pytest.MonkeyPatch, given: str, code: str | None) -> None:
    """The demo's account `demo` has all the story's keys."""
    run("connections", "import", "-", stdin=demo.connections)
    for connection, model in (("chatglm", "glm-4-flash"), ("all", "gpt-4o-mini")):
        assert run("call", "text", "--connection", connection, "--model", model, "--prompt", "Hi").exit_code == 0
    monkeypatch.setenv("RELAYSCOPE_ACCOUNT_DEMO", given)
    found = json.loads(run("reconcile", "demo", "--json").stdout)
    reason = found["keys"][0]["reason"]
    assert (reason and reason["code"], found["keys"][0]["way"]) == (code, "account")
    read_by = {name: one["way"] for one in found["keys"] for name in one["connections"]}
    assert set(read_by) >= {*specs()} - {"html"}
    assert read_by["chatglm"] == read_by["all"] == ("key" if code else "account")
    assert (found["total"]["matched"], found["only_here"], found["only_there"]) == (2, [], [])
