import pytest

from demo.keys import specs
from demo.remedies import ACTIONS, REMEDY, state_of

FAILING = [name for name in specs() if name not in ("sora", "gemini", "chatglm", "forbidden", "all")]


@pytest.mark.parametrize("key", FAILING)
def test_a_remedy_followed_makes_the_key_work_and_reset_takes_it_back(client, relay, ask, key):
    state = state_of(relay.books.key(key))
    assert client.post(f"/demo/keys/{key}/{REMEDY[state]}").json()["ok"] is True
    answer = ask(key, "1+1")
    assert (answer.status_code, answer.json()["choices"][0]["message"]["content"]) == (200, "2")
    assert client.post(f"/demo/keys/{key}/reset").json()["state"] == state


@pytest.mark.parametrize(("query", "listed"), [("?model=gpt-4o", 2), ("", None)])
def test_permit_one_model_or_all(client, ask, bearer, query, listed):
    assert ask("forbidden", model="gpt-4o").status_code == 403
    client.post(f"/demo/keys/forbidden/permit{query}")
    assert ask("forbidden", model="gpt-4o").status_code == 200
    models = client.get("/v1/models", headers=bearer("forbidden")).json()["data"]
    assert len(models) == listed if listed else len(models) > 100


@pytest.mark.parametrize(
    "path",
    [
        "/demo/keys/nobody/top-up",
        "/demo/keys/all/explode",
        "/demo/keys/all/permit?model=no-such",
        "/demo/lines/x/fail",
        "/demo/lines/us/x",
    ],
)
def test_an_unknown_key_line_model_or_action_is_404(client, path):
    answer = client.post(path)
    assert (answer.status_code, answer.json()["ok"]) == (404, False)


@pytest.mark.parametrize("path", ["/demo/keys/exhausted/top-up", "/demo/lines/us/fail"])
@pytest.mark.parametrize("origin", ["http://evil.example", "http://127.0.0.1:1", "null"])
def test_another_site_may_not_act(client, relay, path, origin):
    assert client.post(path, headers={"Origin": origin}).status_code == 403
    assert relay.books.key("exhausted").remain == 0
    assert relay.books.failing_lines() == set()


@pytest.mark.parametrize("prefix", ["", "/us"])
def test_a_browser_is_sent_back_to_the_page(client, prefix):
    headers = {"Accept": "text/html,*/*", "Origin": "http://127.0.0.1"}
    answer = client.post(f"{prefix}/demo/keys/exhausted/top-up", headers=headers)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{prefix}/demo")


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1:80", 200),
        ("localhost", 200),
        ("LOCALHOST:9", 200),
        ("[::1]:80", 200),
        ("[::1]", 200),
        ("evil.example", 400),
        ("127.0.0.1.evil.example:80", 400),
        ("localhost@evil.example", 400),
    ],
)
@pytest.mark.parametrize("path", ["/", "/api/status"])
def test_a_foreign_host_is_refused(client, host, status, path):
    assert client.get(path, headers={"Host": host}).status_code == status


@pytest.mark.parametrize(
    ("language", "title", "button"), [("zh-CN", "演示中转站", "续期"), ("en", "demo relay", "Renew")]
)
def test_the_page_shows_lines_keys_and_the_log(client, ask, language, title, button):
    ask("all", "1+1")
    text = client.get("/", headers={"Accept-Language": language}).text
    assert title in text
    assert button in text
    assert all(spec.secret in text for spec in specs().values())
    assert "/demo/lines/us/fail" in text
    assert "gpt-4o-mini" in text


def test_what_the_log_holds_is_escaped(client, ask):
    ask("all", "hi", "<script>alert(1)</script>")
    assert "<script>" not in client.get("/").text


def test_every_state_has_its_action():
    assert set(REMEDY.values()) <= set(ACTIONS)


@pytest.mark.parametrize(("line", "prefix"), [("hk", ""), ("us", "/us"), ("official", "/official")])
def test_a_failing_line_gives_no_answer_and_the_others_go_on(client, line, prefix):
    others = {"", "/us", "/official"} - {prefix}
    client.post(f"/demo/lines/{line}/fail")
    with pytest.raises(ConnectionResetError):
        client.get(f"{prefix}/api/status")
    assert [client.get(f"{other}/api/status").status_code for other in others] == [200, 200]
    assert client.get(f"{prefix}/demo").status_code == 200
    client.post(f"/demo/lines/{line}/restore")
    assert client.get(f"{prefix}/api/status").status_code == 200
