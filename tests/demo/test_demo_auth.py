import json
from pathlib import Path

import pytest

from demo.catalogue import models
from demo.keys import specs
from demo.remedies import state_of

FREE = (
    "/v1/models",
    "/v1/models/gpt-4o-mini",
    "/v1/dashboard/billing/subscription",
    "/v1/dashboard/billing/usage",
    "/dashboard/billing/subscription",
    "/dashboard/billing/usage",
    "/v1/token/quota",
)

REFUSED_EVERYWHERE = {
    "expired": (401, "new_api_error", "", "该令牌已过期"),
    "exhausted": (401, "new_api_error", "", "该令牌额度已用尽 TokenStatusExhausted[sk-dem***012]"),
    "disabled": (401, "new_api_error", "", "该令牌状态不可用"),
    "banned": (403, "new_api_error", "", "用户已被封禁"),
    "region": (
        403,
        "request_forbidden",
        "unsupported_country_region_territory",
        "Country, region, or territory not supported",
    ),
    "limited": (429, "new_api_error", "", "您已达到请求数限制：1分钟内最多请求10次"),
}

REFUSED_CALL = {
    "forbidden": ("gpt-4o", 403, "", "该令牌无权访问模型 gpt-4o"),
    "balance": ("gpt-4o-mini", 403, "insufficient_user_quota", "用户额度不足, 剩余额度: ＄0.000000"),
    "saturated": ("gpt-4o-mini", 429, None, "当前分组上游负载已饱和，请稍后再试"),
    "no_channel": ("gpt-4o-mini", 503, "model_not_found", "分组 default 下模型 gpt-4o-mini 无可用渠道（distributor）"),
    "all": ("no-such-model", 503, "model_not_found", "分组 default 下模型 no-such-model 无可用渠道（distributor）"),
}

WORKING = ["sora", "gemini", "chatglm", "forbidden", "balance", "saturated", "no_channel", "all"]


def expect(answer, status, kind, code, words):
    error = answer.json()["error"]
    request_id = answer.headers["X-Oneapi-Request-Id"]
    assert answer.status_code == status
    assert (error["type"], error["code"]) == (kind, code)
    assert error["message"].startswith(words)
    assert error["message"].endswith(f" (request id: {request_id})")


@pytest.mark.parametrize("path", FREE)
@pytest.mark.parametrize("key", REFUSED_EVERYWHERE)
def test_a_failing_key_is_refused_on_every_v1_path(client, bearer, key, path):
    expect(client.get(path, headers=bearer(key)), *REFUSED_EVERYWHERE[key])


@pytest.mark.parametrize("key", REFUSED_EVERYWHERE)
def test_a_failing_key_may_not_call(ask, relay, key):
    expect(ask(key), *REFUSED_EVERYWHERE[key])
    assert relay.books.log(None, 10) == []


@pytest.mark.parametrize("path", FREE)
@pytest.mark.parametrize("key", WORKING)
def test_free_endpoints_serve_a_key_that_may_enter(client, relay, bearer, key, path):
    answer = client.get(path, headers=bearer(key))
    assert answer.status_code == 200
    assert "error" not in answer.json()
    assert relay.books.log(None, 10) == []


@pytest.mark.parametrize("key", REFUSED_CALL)
def test_a_call_is_refused_with_its_own_reason(ask, key):
    model, status, code, words = REFUSED_CALL[key]
    expect(ask(key, model=model), status, "new_api_error", code, words)


@pytest.mark.parametrize(
    ("key", "model", "rows"),
    [
        ("saturated", "gpt-4o-mini", 1),
        ("no_channel", "gpt-4o-mini", 0),
        ("forbidden", "gpt-4o", 0),
        ("balance", "gpt-4o-mini", 0),
    ],
)
def test_only_upstream_faults_are_logged_and_none_is_charged(ask, relay, key, model, rows):
    ask(key, model=model)
    log = relay.books.log(key, 10)
    assert [(row["type"], row["quota"]) for row in log] == [(5, 0)] * rows
    assert relay.books.key(key).used == 0


@pytest.mark.parametrize("path", FREE)
def test_the_html_key_gets_a_web_page(client, bearer, path):
    answer = client.get(path, headers=bearer("html"))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-CN,zh;q=0.9", "该令牌已过期"),
        ("en-US,en;q=0.9,zh;q=0.8", "This token has expired"),
        ("de, en;q=0.5", "This"),
    ],
)
def test_messages_follow_accept_language(client, bearer, language, words):
    answer = client.get("/v1/models", headers={**bearer("expired"), "Accept-Language": language})
    assert answer.json()["error"]["message"].startswith(words)


@pytest.mark.parametrize(
    ("header", "status", "words"),
    [
        ("Bearer {key}", 200, ""),
        ("bearer {key}", 200, ""),
        ("{key}", 200, ""),
        ("Bearer {bare}", 200, ""),
        ("{bare}", 200, ""),
        ("Bearer sk-nobody", 401, "无效的令牌"),
        ("Bearer ", 401, "未提供令牌"),
        ("", 401, "未提供令牌"),
    ],
)
def test_forms_of_authorization(client, header, status, words):
    key = specs()["all"].secret
    header = header.format(key=key, bare=key.removeprefix("sk-"))
    answer = client.get("/v1/models", headers={"Authorization": header} if header else {})
    assert answer.status_code == status
    assert words in answer.json().get("error", {}).get("message", "")


@pytest.mark.parametrize(
    ("key", "listed"),
    [
        ("sora", ["sora-2"]),
        ("gemini", ["gemini-2.5-flash-image"]),
        ("chatglm", ["glm-4-flash"]),
        ("forbidden", ["gpt-4o-mini"]),
        ("all", list(models())),
    ],
)
def test_a_key_lists_what_it_may_use(client, bearer, key, listed):
    answer = client.get("/v1/models", headers=bearer(key)).json()
    assert [model["id"] for model in answer["data"]] == listed
    assert all(model["supported_endpoint_types"] and model["created"] == 1626777600 for model in answer["data"])


def test_connections_json_agrees_with_the_keys(relay):
    document = json.loads((Path(__file__).parents[2] / "demo" / "connections.json").read_text(encoding="utf-8"))
    connections = {connection["id"]: connection for connection in document["connections"]}
    assert {name: c["key"] for name, c in connections.items()} == {name: s.secret for name, s in specs().items()}
    assert {c["relay"] for c in connections.values()} == {document["relays"][0]["id"]}
    assert all(len(spec.secret) >= 32 for spec in specs().values())
    assert "models" not in connections["all"]
    for name, spec in specs().items():
        wanted = connections[name].get("models", [])
        assert set(wanted) <= set(models())
        assert (name == "forbidden") == (spec.models is not None and not set(wanted) <= set(spec.models))


def test_the_three_keys_of_the_story_work_and_each_failing_one_says_how(relay):
    states = {key.spec.name: state_of(key) for key in relay.books.all_keys()}
    works = {"sora", "gemini", "chatglm", "forbidden", "all"}
    assert {name for name, state in states.items() if state is None} == works
    assert states["balance"] == "account_empty"
    assert all(states[name] == name for name in states.keys() - works - {"balance"})


@pytest.mark.parametrize(
    ("path", "headers", "names"),
    [
        ("/v1/models", {"x-api-key": "{key}"}, lambda body: [one["id"] for one in body["data"]]),
        ("/v1/models", {"x-api-key": "{key}", "anthropic-version": "2023-06-01"}, lambda body: [body["first_id"]]),
        ("/v1/models", {"x-goog-api-key": "{key}"}, lambda body: [one["name"] for one in body["models"]]),
        ("/v1/models?key={key}", {}, lambda body: [one["name"] for one in body["models"]]),
        ("/us/v1beta/models?key={key}", {}, lambda body: [one["name"] for one in body["models"]]),
        ("/v1beta/models", {"x-goog-api-key": "{key}"}, lambda body: [one["name"] for one in body["models"]]),
        ("/v1beta/openai/models", {"Authorization": "Bearer {key}"}, lambda body: [one["id"] for one in body["data"]]),
    ],
)
def test_models_are_listed_in_the_shape_of_the_keys_header(client, path, headers, names):
    secret = specs()["chatglm"].secret
    told = {name: value.format(key=secret) for name, value in headers.items()}
    answer = client.get(path.format(key=secret), headers=told)
    assert answer.status_code == 200
    assert names(answer.json()) == ["glm-4-flash"]


def test_the_relays_own_paths_take_no_other_form_of_a_key(client):
    answer = client.get("/v1/token/quota", headers={"x-api-key": specs()["chatglm"].secret})
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/v1/messages/count_tokens", {"x-api-key": "{key}"}),
        ("/us/v1/messages/count_tokens", {"Authorization": "Bearer {key}"}),
        ("/v1beta/models/glm-4-flash:countTokens", {"x-goog-api-key": "{key}"}),
        ("/v1beta/models/glm-4-flash:countTokens?key={key}", {}),
        ("/v1/models/glm-4-flash:countTokens?key={key}", {}),
        ("/official/mj-fast/mj/task/list-by-condition", {"mj-api-secret": "{key}"}),
        ("/suno/fetch", {"Authorization": "{key}"}),
        ("/v1/user/subscription", {"xi-api-key": "{key}"}),
        ("/v2/usage", {"Authorization": "DeepL-Auth-Key {key}"}),
        ("/v1/user/balance", {"Authorization": "Bearer {key}"}),
    ],
)
def test_the_makers_own_forms_of_a_key(client, path, headers):
    secret = specs()["chatglm"].secret
    said = {"role": "user", "content": "hi"}
    body = {"model": "glm-4-flash", "messages": [said], "contents": [{"parts": []}], "ids": []}
    told = {name: value.format(key=secret) for name, value in headers.items()}
    method = "GET" if path.startswith(("/v1/user", "/v2/usage")) else "POST"
    with_key = client.request(method, path.format(key=secret), json=body, headers=told)
    without = client.request(method, path.partition("?")[0], json=body)
    assert with_key.status_code == 200, with_key.text
    assert without.status_code in (401, 403)
