import pytest

from demo.catalogue import models
from demo.keys import specs
from demo.relay import Relay


@pytest.mark.parametrize(
    ("key", "limit"), [("sora", 100_000_000), ("gemini", 12.5), ("chatglm", 3.2), ("balance", 0), ("all", 1000)]
)
@pytest.mark.parametrize("prefix", ["", "/v1", "/us/v1", "/official/v1"])
def test_billing_is_in_usd_on_every_line(client, bearer, key, limit, prefix):
    subscription = client.get(f"{prefix}/dashboard/billing/subscription", headers=bearer(key)).json()
    usage = client.get(f"{prefix}/dashboard/billing/usage", headers=bearer(key)).json()
    assert subscription["object"] == "billing_subscription"
    assert subscription["hard_limit_usd"] == limit
    assert usage == {"object": "list", "total_usage": 0}


def test_billing_usage_is_in_cents(client, relay, bearer):
    relay.books.change_key("gemini", used=250_000, remain=6_000_000)
    assert client.get("/v1/dashboard/billing/usage", headers=bearer("gemini")).json()["total_usage"] == 50
    assert client.get("/v1/dashboard/billing/subscription", headers=bearer("gemini")).json()["hard_limit_usd"] == 12.5


@pytest.mark.parametrize(
    ("key", "available", "unlimited", "limits", "expires"),
    [
        ("sora", 0, True, {"sora-2": True}, 0),
        ("gemini", 6_250_000, False, {"gemini-2.5-flash-image": True}, 0),
        ("exhausted", 0, False, {"gpt-4o-mini": True}, 0),
        ("expired", 2_000_000, False, {"gpt-4o-mini": True}, 1751241600),
        ("region", 2_000_000, False, {"gpt-4o-mini": True}, 0),
        ("all", 500_000_000, False, {}, 0),
    ],
)
def test_token_usage_tells_raw_units_even_of_a_failing_key(client, bearer, key, available, unlimited, limits, expires):
    answer = client.get("/api/usage/token/", headers=bearer(key)).json()
    assert (answer["code"], answer["message"]) == (True, "ok")
    assert answer["data"] == {
        "object": "token_usage",
        "name": key,
        "total_granted": available,
        "total_used": 0,
        "total_available": available,
        "unlimited_quota": unlimited,
        "model_limits": limits,
        "model_limits_enabled": bool(limits),
        "expires_at": expires,
    }


@pytest.mark.parametrize(
    ("headers", "status", "message"),
    [
        ({}, 401, "No Authorization header"),
        ({"Authorization": "sk-x"}, 401, "Invalid Bearer token"),
        ({"Authorization": "Bearer sk-x"}, 200, "获取令牌信息失败，请稍后重试"),
    ],
)
def test_faults_of_token_usage(client, headers, status, message):
    answer = client.get("/api/usage/token/", headers=headers)
    assert (answer.status_code, answer.json()) == (status, {"success": False, "message": message})


@pytest.mark.parametrize("prefix", ["", "/us", "/official"])
def test_without_its_slash_token_usage_redirects_within_the_line(client, prefix):
    answer = client.get(f"{prefix}/api/usage/token?a=b")
    assert (answer.status_code, answer.headers["location"]) == (301, f"{prefix}/api/usage/token/?a=b")


def test_the_log_takes_the_key_in_the_query_too(client):
    answer = client.get("/api/log/token", params={"key": specs()["sora"].secret}).json()
    assert answer == {"success": True, "message": "", "data": []}
    assert client.get("/api/log/token", params={"key": "sk-x"}).json()["success"] is False


def test_token_quota_is_in_usd(client, bearer):
    answer = client.get("/v1/token/quota", headers=bearer("gemini")).json()
    assert answer == {"id": 12, "name": "gemini", "quota": 12.5, "used_quota": 0, "unlimited_quota": False}


def test_an_unknown_model_is_an_error_with_status_200(client, bearer):
    answer = client.get("/v1/models/nope", headers=bearer("all"))
    assert (answer.status_code, answer.json()["error"]["code"]) == (200, "model_not_found")


def test_a_name_with_a_slash_can_be_retrieved(client, bearer):
    name = next(name for name in models() if "/" in name)
    assert client.get(f"/v1/models/{name}", headers=bearer("all")).json()["id"] == name


@pytest.mark.parametrize("rationed", [True, False])
def test_the_ration_is_twenty_over_both_endpoints(client, relay: Relay, bearer, rationed):
    relay.rationed = rationed
    paths = ["/api/usage/token/", "/api/log/token"] * 11
    answers = [client.get(path, headers=bearer("all")) for path in paths]
    assert [answer.status_code for answer in answers] == [200] * 20 + [429 if rationed else 200] * 2
    assert (answers[-1].content == b"") == rationed
    assert client.get("/v1/models", headers=bearer("all")).status_code == 200


def test_what_anyone_may_ask(client):
    status = client.get("/api/status").json()
    assert (status["success"], status["data"]["quota_per_unit"]) == (True, 500_000)
    assert len(client.get("/api/pricing").json()["data"]) == len(models()) >= 500
    assert client.get("/api/notice").json()["success"] is True
    assert client.get("/api/user/groups").json()["data"]["default"]["ratio"] == 1


@pytest.mark.parametrize(
    ("method", "path", "shown"),
    [
        ("GET", "/v1/x", "GET /v1/x"),
        ("GET", "/us/v1/x", "GET /v1/x"),
        ("POST", "/v1/images/nothing", "POST /v1/images/nothing"),
        ("GET", "/v1/chat/completions", "GET /v1/chat/completions"),
        ("POST", "/v1/models", "POST /v1/models"),
        ("GET", "/api/x", "GET /api/x"),
    ],
)
def test_an_unknown_api_path_is_an_invalid_url(client, method, path, shown):
    answer = client.request(method, path)
    error = {"message": f"Invalid URL ({shown})", "type": "invalid_request_error", "param": "", "code": ""}
    assert (answer.status_code, answer.json()) == (404, {"error": error})


@pytest.mark.parametrize(
    "path", ["/", "/demo", "/us", "/us/", "/official/demo", "/models", "/docs/api", "/v1x", "/usage"]
)
def test_any_other_address_is_a_web_page(client, path):
    answer = client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
