"""Every form in which a fault was seen, read into one."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from lib.wire import Said
from lib.wire.answers import said


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            {"error": {"message": "无效的令牌 (request id: 2026)", "type": "new_api_error", "param": "", "code": ""}},
            Said(401, kind="new_api_error", message="无效的令牌 (request id: 2026)", request_id="2026"),
            id="wire.md 1C: new-api",
        ),
        pytest.param(
            {"error": {"message": "该令牌已过期", "type": "one_api_error"}},
            Said(401, kind="one_api_error", message="该令牌已过期"),
            id="wire.md 1A: one-api, no code",
        ),
        pytest.param({"error": "Unauthorized"}, Said(401, message="Unauthorized"), id="wire.md Corrections: vLLM"),
        pytest.param(
            {"error": {"message": "Invalid API Key", "type": "authentication_error", "code": 401}},
            Said(401, code="401", kind="authentication_error", message="Invalid API Key"),
            id="wire.md Corrections: llama.cpp, a number as code",
        ),
        pytest.param(
            {"type": "error", "error": {"type": "new_api_error", "message": "x"}},
            Said(401, kind="new_api_error", message="x"),
            id="wire.md 1C: Claude shape",
        ),
        pytest.param(
            {"description": "quota", "type": "new_api_error", "code": 4},
            Said(401, code="4", kind="new_api_error", message="quota"),
            id="wire.md 1C: Midjourney shape",
        ),
        pytest.param(
            {"code": "quota_not_enough", "message": "x", "data": None},
            Said(401, code="quota_not_enough", message="x"),
            id="wire.md 2A: task shape",
        ),
        pytest.param({"message": "x"}, Said(401, message="x"), id="wire.md Addendum: {message}"),
        pytest.param({"msg": "x"}, Said(401, message="x"), id="wire.md Addendum: {msg}"),
        pytest.param({"success": False, "message": "x"}, Said(401, message="x"), id="wire.md 1C: management"),
        pytest.param({"detail": "Not Found"}, Said(401, message="Not Found"), id="FastAPI"),
        pytest.param(
            {"detail": [{"loc": ["body"], "msg": "Field required", "type": "missing"}]},
            Said(401, kind="missing", message="Field required"),
            id="wire.md 8: a list of details",
        ),
        pytest.param(
            {"id": "4cd7", "name": "payment_required", "errors": ["You lack sufficient credits", "more"]},
            Said(401, kind="payment_required", message="You lack sufficient credits"),
            id="wire.md 8: Stability's list of errors",
        ),
        pytest.param(
            {"id": "4cd7", "name": "unauthorized", "message": "missing authorization header"},
            Said(401, kind="unauthorized", message="missing authorization header"),
            id="wire.md 8: Stability's v1",
        ),
        pytest.param({"name": "x", "errors": []}, Said(401, message='{"name":"x","errors":[]}'), id="no error listed"),
        pytest.param(
            [{"error": {"code": 429, "message": "Quota", "status": "RESOURCE_EXHAUSTED"}}],
            Said(401, code="429", kind="RESOURCE_EXHAUSTED", message="Quota"),
            id="wire.md Addendum: one-element list",
        ),
        pytest.param(
            {"error": {"message": json.dumps({"error": {"message": "inner", "code": "insufficient_quota"}}),
                       "type": "upstream_error", "code": "fail_to_fetch_task", "param": "429"}},
            Said(401, code="insufficient_quota", kind="upstream_error", message="inner", param="429"),
            id="wire.md Addendum: JSON inside the message",
        ),
        pytest.param({"error": {}}, Said(401, message='{"error":{}}'), id="an empty fault is quoted"),
        pytest.param({"error": {"code": True, "message": ["?"]}}, Said(401, message="?"), id="odd types"),
    ],
)
def test_every_form_of_a_fault(body: Any, expected: Said) -> None:
    assert said(httpx.Response(401, json=body)) == expected


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (httpx.Response(429), Said(429, empty=True)),  # wire.md 1A: the limiter's empty body
        (httpx.Response(502, text="Bad gateway"), Said(502, message="Bad gateway")),
        (
            httpx.Response(524, html="<html><head><title>\n A timeout &amp; more\n</title>"),
            Said(524, message="A timeout & more", html=True),
        ),
        (httpx.Response(403, text="<!doctype html><p>no title"), Said(403, html=True)),
        (
            httpx.Response(429, headers={"retry-after": "7", "x-oneapi-request-id": "r1"}, json={"message": "slow"}),
            Said(429, message="slow", request_id="r1"),
        ),
        (httpx.Response(500, content=b"\xff\xfe\x00"), Said(500, message="\ufffd\ufffd\ufffd")),
        (httpx.Response(500, text="x" * 10_000), Said(500, message="x" * 4000)),
    ],
)
def test_what_is_no_json(response: httpx.Response, expected: Said) -> None:
    assert said(response) == expected


@pytest.mark.parametrize("depth", [5, 500, 5000])
def test_nesting_without_end_is_no_trouble(depth: int) -> None:
    body = '{"error":' * depth + '"deep"' + "}" * depth
    assert said(httpx.Response(400, text=body)).status == 400


@pytest.mark.parametrize("header", ["X-Oneapi-Request-Id", "x-request-id", "request-id", "X-Trace-ID"])
def test_the_request_id_is_found_in_the_headers_of_each_maker(header: str) -> None:
    assert said(httpx.Response(500, headers={header: "abc"}, text="?")).request_id == "abc"
