"""new-api's and one-api's management endpoints: old and new builds, and what is none."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from lib.wire import Endpoint, KeyModel, Unreadable, newapi
from lib.wire.newapi import Billing, ListedApi, RelayStatus, TokenUsage

ENDPOINT = Endpoint("https://relay.example/hk", SecretStr("sk-1234"))
READERS = (
    newapi.read_status,
    newapi.read_pricing,
    newapi.read_subscription,
    newapi.read_usage,
    newapi.read_token_usage,
)


def answer(body: Any, status: int = 200) -> httpx.Response:
    return httpx.Response(status, json=body)


def good(data: Any, **more: Any) -> httpx.Response:
    return answer({"success": True, "message": "", "data": data, **more})


@pytest.mark.parametrize(
    ("build", "path", "with_key"),
    [
        (newapi.status_request, "/hk/api/status", False),
        (newapi.pricing_request, "/hk/api/pricing", False),
        (newapi.subscription_request, "/hk/v1/dashboard/billing/subscription", True),
        (newapi.usage_request, "/hk/v1/dashboard/billing/usage", True),
        (newapi.token_usage_request, "/hk/api/usage/token/", True),
    ],
)
def test_public_questions_carry_no_key(build: Callable[[Endpoint], httpx.Request], path: str, with_key: bool) -> None:
    request = build(ENDPOINT)
    assert (request.method, request.url.path) == ("GET", path)
    assert request.headers.get("authorization") == ("Bearer sk-1234" if with_key else None)
    assert "sk-1234" not in str(request.url)


# what is there


@pytest.mark.parametrize(
    ("data", "status"),
    [
        pytest.param(
            {"version": "v0.9.1", "start_time": 1, "system_name": "神马中转", "quota_per_unit": 500000,
             "display_in_currency": True, "quota_display_type": "CNY", "usd_exchange_rate": 7.3, "setup": True},
            RelayStatus("神马中转", "v0.9.1", 500_000, "CNY"),
            id="wire.md 1C and Corrections: new-api of 2026",
        ),
        pytest.param(
            {"version": "v0.6.10", "system_name": "One API", "display_in_currency": True},
            RelayStatus("One API", "v0.6.10", 500_000, "USD"),
            id="one-api without quota_per_unit",
        ),
        pytest.param(
            {"version": "v0.6.10", "system_name": "", "quota_per_unit": 500000.0, "display_in_currency": False},
            RelayStatus("", "v0.6.10", 500_000, "TOKENS"),
            id="users.md billing facts: raw units",
        ),
        pytest.param(
            {"system_name": "V", "quota_per_unit": 1000000, "enable_task": False, "quota_display_type": "CUSTOM"},
            RelayStatus("V", "", 1_000_000, "CUSTOM"),
            id="wire.md Corrections: Veloera counts a million",
        ),
        pytest.param(
            {"version": 2, "quota_per_unit": 0, "quota_display_type": [], "usd_exchange_rate": "0", "price": 1},
            RelayStatus("", "2", 500_000, "USD"),
            id="odd values",
        ),
    ],
)
def test_status(data: dict[str, Any], status: RelayStatus) -> None:
    assert newapi.read_status(good(data)) == status


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(200, html="<!doctype html><title>New API</title>"),
        answer({}),
        answer({"status": "ok"}),
        answer({"success": True, "data": {}}),
        answer({"success": True, "data": {"hello": 1}}),
        answer({"success": False, "message": "", "data": {"version": "1"}}),
        answer({"data": {"version": "1"}}),
        good({"version": "1"}, error={"message": "no"}),
        answer({"success": True, "data": {"version": "1"}}, 500),
    ],
)
def test_what_is_no_relay(response: httpx.Response) -> None:
    with pytest.raises(Unreadable):
        newapi.read_status(response)


@pytest.mark.parametrize("reader", READERS)
def test_no_such_endpoint_is_told_apart(reader: Callable[[httpx.Response], Any]) -> None:
    with pytest.raises(Unreadable) as page:
        reader(httpx.Response(200, html="<html></html>"))
    with pytest.raises(Unreadable) as nothing:
        reader(answer({}))
    assert page.value.said.html
    assert nothing.value.said.empty


# the price list


def test_pricing_of_a_new_build() -> None:  # wire.md 1C
    listing = newapi.read_pricing(
        good(
            [
                {"model_name": "gpt-4o", "vendor_id": 1, "quota_type": 0, "model_ratio": 1.25, "model_price": 0,
                 "completion_ratio": 4, "cache_ratio": 0.5, "enable_groups": ["default", "vip"], "tags": "vision,tools",
                 "supported_endpoint_types": ["openai", "openai-response"], "pricing_version": "ab"},
                {"model_name": "sora-2", "vendor_id": 9, "quota_type": 1, "model_price": 0.1, "enable_groups": ["all"]},
                {"model_name": "qwen-max", "quota_type": 0, "billing_mode": "tiered_expr", "billing_expr": "x"},
            ],
            vendors=[{"id": 1, "name": "OpenAI", "icon": "x"}],
            group_ratio={"default": 1, "vip": 0.85, "odd": "?"},
            usable_group={"default": "默认分组"},
            supported_endpoint={"openai": {"path": "/v1/chat/completions", "method": "POST"}, "x": "/x", "y": {}},
            auto_groups=["default"],
        )
    )
    gpt, sora, qwen = listing.apis
    assert gpt == ListedApi(
        "gpt-4o", "OpenAI", ("openai", "openai-response"), ("default", "vip"), 0,
        Decimal("1.25"), Decimal(4), Decimal("0.5"), None, Decimal(0), False, ("/v1/chat/completions",),
    )
    assert gpt.entry == KeyModel("gpt-4o", gpt.endpoints, "OpenAI", False, ("/v1/chat/completions",))
    assert sora.entry == KeyModel("sora-2", by_call=True)
    assert (sora.vendor, sora.quota_type, sora.model_price, sora.groups) == ("", 1, Decimal("0.1"), ("all",))
    assert (qwen.formula, qwen.cache_ratio, qwen.create_cache_ratio) == (True, None, None)
    assert listing.group_ratio == {"default": Decimal(1), "vip": Decimal("0.85")}


def test_what_a_price_list_says_beside_a_keys_own() -> None:
    """The key's own endpoint types hold where it tells any; what isn't in the price list stays as it is."""
    types = {"openai": {"path": "/v1/chat/completions"}, "视频统一格式": {"path": "/v1/video/create"}}
    entries = [{"model_name": "a", "vendor_id": 1, "quota_type": 1, "supported_endpoint_types": ["视频统一格式"]},
               {"model_name": "b", "supported_endpoint_types": ["openai"]}]  # fmt: skip
    listing = newapi.read_pricing(good(entries, vendors=[{"id": 1, "name": "Suno"}], supported_endpoint=types))
    own = (KeyModel("a"), KeyModel("b", ("openai-response",)), KeyModel("c", ("openai",)))
    assert newapi.beside(own, listing.by_name) == (
        KeyModel("a", ("视频统一格式",), "Suno", True, ("/v1/video/create",)),
        KeyModel("b", ("openai-response",), paths=("/v1/chat/completions",)),
        KeyModel("c", ("openai",)),
    )
    assert newapi.beside(None, listing.by_name) == ()
    assert newapi.beside(own, {}) == own


def test_pricing_of_an_old_build() -> None:  # wire.md 1C: Apr 2025, no vendors, enable_group
    entry = {"model_name": "m", "quota_type": 0, "model_ratio": 15, "model_price": 0, "owner_by": "",
             "completion_ratio": 2, "enable_group": ["default"]}
    listing = newapi.read_pricing(good([entry], group_ratio={"default": 1}, usable_group={"default": "默认"}))
    assert listing.apis == (
        ListedApi("m", "", (), ("default",), 0, Decimal(15), Decimal(2), None, None, Decimal(0), False),
    )


def test_pricing_keeps_every_digit() -> None:
    response = httpx.Response(
        200, text='{"success":true,"data":[{"model_name":"m","model_ratio":0.1234567890123456789}]}'
    )
    assert newapi.read_pricing(response).apis[0].model_ratio == Decimal("0.1234567890123456789")


@pytest.mark.parametrize("data", [[], [None, 3, {}, {"model_name": ""}]])
def test_pricing_may_list_nothing(data: list[Any]) -> None:
    assert newapi.read_pricing(good(data)).apis == ()


@pytest.mark.parametrize(
    ("response", "words"),
    [  # wire.md 1C: some relays require login for /api/pricing
        (answer({"success": False, "message": "请先登录"}), "请先登录"),
        (answer({"success": False, "message": "未登录且未提供 access token"}, 401), "未登录且未提供 access token"),
        (good({"gpt-4o": {}}), ""),
    ],
)
def test_pricing_that_is_hidden(response: httpx.Response, words: str) -> None:
    with pytest.raises(Unreadable) as refused:
        newapi.read_pricing(response)
    assert words in refused.value.said.message


# quota


def billing(granted: Any, used: Any, **options: Any) -> Billing:
    return newapi.read_billing(
        answer({"object": "billing_subscription", "hard_limit_usd": granted, "access_until": 0}),
        answer({"object": "list", "total_usage": used}),
        **options,
    )


@pytest.mark.parametrize(
    ("granted", "used", "display", "expected"),
    [
        (20, 150, "USD", Billing(Decimal(20), Decimal("1.5"), False)),  # wire.md 1A: total_usage is in cents
        (0.30000000000000004, 12.3, "USD", Billing(Decimal("0.3"), Decimal("0.123"), False)),
        ("3.2", "0", "USD", Billing(Decimal("3.2"), Decimal(0), False)),
        (100_000_000, 5, "USD", Billing(Decimal(100_000_000), Decimal("0.05"), True)),
        (730_000_000.0, 5, "CNY", Billing(Decimal(730_000_000), Decimal("0.05"), True)),
        (100_000_000, 0, "TOKENS", Billing(Decimal(100_000_000), Decimal(0), True)),
        (150_000_000, 0, "TOKENS", Billing(Decimal(150_000_000), Decimal(0), False)),
    ],
)
def test_billing(granted: Any, used: Any, display: Any, expected: Billing) -> None:
    assert billing(granted, used, display=display) == expected


@pytest.mark.parametrize("body", [{"error": {"message": "x", "type": "upstream_error"}}, {"object": "list"}])
def test_a_billing_fault_in_a_200(body: dict[str, Any]) -> None:  # wire.md 1A
    for read in (newapi.read_subscription, newapi.read_usage):
        with pytest.raises(Unreadable):
            read(answer(body))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        pytest.param(
            {"object": "token_usage", "name": "n", "total_granted": 1000000, "total_used": 12345,
             "total_available": 987655, "unlimited_quota": False, "model_limits": {"gpt-4o": True},
             "model_limits_enabled": False, "expires_at": 0},
            TokenUsage(1_000_000, 12_345, 987_655, False, None, None),
            id="wire.md 1C",
        ),
        pytest.param(
            {"total_granted": 0, "total_used": 5, "total_available": -5, "unlimited_quota": True,
             "model_limits": {"gpt-4o": 3, "sora-2": None}, "model_limits_enabled": True, "expires_at": 1751241600},
            TokenUsage(0, 5, 0, True, frozenset({"gpt-4o", "sora-2"}), datetime(2025, 6, 30, tzinfo=UTC)),
            id="users.md GPTBest facts: values of the map differ",
        ),
        pytest.param(
            {"unlimited_quota": "?", "model_limits": None, "model_limits_enabled": True, "expires_at": 10**18},
            TokenUsage(0, 0, 0, False, frozenset(), None),
            id="odd values",
        ),
        pytest.param({"expires_at": -1}, TokenUsage(0, 0, 0, False, None, None), id="one-api's never"),
    ],
)
def test_token_usage(data: dict[str, Any], expected: TokenUsage) -> None:
    assert newapi.read_token_usage(answer({"code": True, "message": "ok", "data": data})) == expected


@pytest.mark.parametrize(
    "response",
    [  # wire.md 1C
        answer({"success": False, "message": "No Authorization header"}, 401),
        answer({"success": False, "message": "Invalid Bearer token"}, 401),
        answer({"code": True, "data": []}),
        httpx.Response(429),
    ],
)
def test_token_usage_refused(response: httpx.Response) -> None:
    with pytest.raises(Unreadable):
        newapi.read_token_usage(response)


def test_a_key_that_is_not_there_is_told_as_that() -> None:
    """wire.md 1C: a fault as 200; the database's own words."""
    assert not newapi.read_token_usage(answer({"success": False, "message": "record not found"})).known


# whatever comes

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
FIELDS = st.sampled_from(
    ["version", "quota_per_unit", "quota_display_type", "display_in_currency", "model_name", "vendor_id", "id", "name",
     "quota_type", "enable_groups", "tags", "group_ratio", "hard_limit_usd", "total_usage", "model_limits",
     "expires_at", "unlimited_quota", "quota", "total_quota", "used_quota", "supported_endpoint", "usable_group"]
)
SHAPED = st.dictionaries(FIELDS, JSON)
ANSWERS = st.fixed_dictionaries({"success": st.just(True), "data": SHAPED | st.lists(SHAPED)})


@settings(deadline=None)
@given(st.binary() | (JSON | SHAPED | ANSWERS).map(lambda body: json.dumps(body).encode()))
def test_no_answer_breaks_a_reader(content: bytes) -> None:
    for read in READERS:
        try:
            read(httpx.Response(200, content=content))
        except Unreadable:
            continue


@pytest.mark.parametrize("number", ["1e99999999999999999999", "1e400", "-1e5", "9" * 5000, "1e15", "NaN", "Infinity"])
@pytest.mark.parametrize("reader", READERS)
def test_monstrous_figures(reader: Callable[[httpx.Response], Any], number: str) -> None:
    text = f'{{"success":true,"data":{{"quota_per_unit":{number},"quota":{number}}},"hard_limit_usd":{number}}}'
    try:
        found = reader(httpx.Response(200, text=text))
    except Unreadable:
        return
    assert found == RelayStatus("", "", 500_000, "USD") or isinstance(found, TokenUsage)
