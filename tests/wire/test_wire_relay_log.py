"""The relay's own log: what new-api, its forks and older builds answer (wire.md 1B, 1C; users.md, billing facts)."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from lib.wire import Endpoint, Unreadable
from lib.wire.relay_log import (
    NUMBER_HEADERS,
    Account,
    LogPage,
    LogRow,
    account_log_request,
    log_request,
    read_log,
    read_page,
)

AT, UNIX = datetime(2026, 11, 26, 3, 0, tzinfo=UTC), 1795662000
ENDPOINT = Endpoint("https://relay.example/hk", SecretStr("sk-1234567890"))
NEW = {
    "id": 1, "user_id": 1, "created_at": UNIX, "type": 2, "content": "模型倍率 0.075，补全倍率 4", "token_name": "mine",
    "model_name": "gpt-4o-mini", "quota": 57, "prompt_tokens": 400, "completion_tokens": 90, "use_time": 3,
    "is_stream": True, "channel": 1, "token_id": 41, "group": "default", "request_id": "2026112603",
    "other": '{"model_ratio":0.075,"group_ratio":1,"completion_ratio":4,"cache_tokens":100,"cache_ratio":0.5,'
             '"model_price":-1,"frt":321}',
}  # fmt: skip
READ = LogRow(
    AT, "consumed", "gpt-4o-mini", 57, 400, 90, 100, seconds=3, streamed=True, group="default", token="41",
    request_id="2026112603", content="模型倍率 0.075，补全倍率 4",
    ratios={
        "model_ratio": Decimal("0.075"), "group_ratio": Decimal(1), "completion_ratio": Decimal(4),
        "cache_ratio": Decimal("0.5"),
    },
)  # fmt: skip


def answer(data: Any, **more: Any) -> httpx.Response:
    return httpx.Response(200, json={"success": True, "message": "", "data": data, **more})


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        pytest.param([NEW], (READ,), id="wire.md 1C: new-api of 2026"),
        pytest.param({"items": [NEW], "total": 1, "page": 1}, (READ,), id="wire.md 1C: paged, as the account's is"),
        pytest.param(
            [{"created_at": UNIX, "type": 2, "model_name": "gpt-4o", "quota": 5, "prompt_tokens": 1, "content": "x"}],
            (LogRow(AT, "consumed", "gpt-4o", 5, 1, content="x"),),
            id="users.md: older sites lack other, group and request id",
        ),
        pytest.param(
            [NEW | {"type": 6, "request_id": "", "other": '{"is_task":true,"task_id":"task_1"}', "token_id": 0}],
            (LogRow(AT, "refunded", "gpt-4o-mini", 57, 400, 90, seconds=3, streamed=True, group="default",
                    token="mine", task_id="task_1", content=READ.content),),
            id="users.md: a task's refund",
        ),
        pytest.param([NEW | {"type": kind} for kind in (0, 1, 3, 4)] + [{}, 7, None], (), id="no calls"),
        pytest.param([NEW | {"created_at": UNIX * 1000}], (READ,), id="milliseconds"),
        pytest.param([], (), id="nothing was called"),
    ],
)  # fmt: skip
def test_rows_are_read_as_builds_write_them(data: Any, rows: tuple[LogRow, ...]) -> None:
    assert read_log(answer(data)).rows == rows


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(404, json={"error": {"message": "Invalid URL (GET /api/log/token)", "code": ""}}),
        httpx.Response(200, html="<!doctype html><title>One API</title>"),
        httpx.Response(200, json={"success": False, "message": "无效的令牌"}),
        httpx.Response(200, json={}),
        httpx.Response(429),
        answer("none"),
    ],
)
def test_where_there_is_no_such_log(response: httpx.Response) -> None:
    with pytest.raises(Unreadable):
        read_log(response)


@given(st.binary() | st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just(UNIX),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from([*NEW, "data", "items", "success"]), inner),
).map(lambda body: json.dumps(body).encode()))  # fmt: skip
def test_no_bytes_break_the_reader(body: bytes) -> None:
    for data in (body, b'{"success":true,"data":' + body + b"}", b'{"success":true,"data":[' + body + b"]}"):
        with suppress(Unreadable):
            read_log(httpx.Response(200, content=data))


def test_the_key_is_in_the_address_only_where_that_is_asked_for() -> None:
    usual, old = log_request(ENDPOINT), log_request(ENDPOINT, key_in_address=True)
    assert (str(usual.url), usual.headers["authorization"]) == (
        "https://relay.example/hk/api/log/token", "Bearer sk-1234567890",
    )  # fmt: skip
    assert old.url.params["key"] == "sk-1234567890"
    assert "authorization" not in old.headers


def test_a_round_number_of_rows_may_have_been_cut() -> None:
    assert [n for n in (0, 1, 99, 100, 250, 1000, 1001) if read_log(answer([NEW] * n)).cut] == [100, 1000]


@pytest.mark.parametrize(
    ("number", "since", "query"),
    [
        pytest.param("7", None, {"p": "0", "page_size": "100"}, id="wire.md 1C: with the user's number"),
        pytest.param("", AT, {"p": "0", "page_size": "100", "start_timestamp": str(UNIX)}, id="newest builds: without"),
    ],
)
def test_asking_for_an_account_s_log(number: str, since: datetime | None, query: dict[str, str]) -> None:
    token = SecretStr("0123456789abcdef0123456789abcdef")
    account = Account(Endpoint("https://relay.example/hk", token), number)
    asked = account_log_request(account, 0, since)
    assert (asked.method, asked.url.path, dict(asked.url.params)) == ("GET", "/hk/api/log/self", query)
    assert asked.headers["authorization"] == token.get_secret_value()
    sent = {asked.headers.get(name) for name in NUMBER_HEADERS}
    assert sent == {number or None}, "every fork's header has it (wire.md, Corrections)"
    assert "89abcdef" not in f"{account!r} {asked.url} {asked!r}"


@pytest.mark.parametrize(
    ("data", "page"),
    [
        pytest.param({"items": [NEW, NEW | {"type": 1}], "total": 2, "page": 1, "page_size": 100},
                     LogPage((READ, None), 2, 1), id="wire.md 1C: new-api, a call and a top-up"),
        pytest.param([NEW], LogPage((READ,), None, None), id="one-api's controller/log.go: a bare list"),
        pytest.param({"items": [], "total": "3", "page": None}, LogPage((), 3, None), id="an empty page"),
    ],
)  # fmt: skip
def test_a_page_of_an_account_s_log(data: Any, page: LogPage) -> None:
    assert read_page(answer(data)) == page


@pytest.mark.parametrize("data", [None, {}, {"items": None}, "rows", 7])
def test_what_is_no_page(data: Any) -> None:
    with pytest.raises(Unreadable):
        read_page(answer(data))
