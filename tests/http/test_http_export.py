"""A call as code: it runs as it stands, and the key is nowhere in it."""

from __future__ import annotations

import contextlib
import io
import json
import shlex

import httpx
import pytest
import respx
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from lib.http import curl, python, redact

KEY = "sk-very-secret-0123456789"
PROMPTS = ["hello", "it's \"quoted\" $HOME `ls` \\ !", "你好，世界", "two\nlines", "", "\u2028 \x00"]


def request(prompt: str) -> httpx.Request:
    return httpx.Request(
        "POST",
        "https://relay.example/path/v1/chat/completions",
        headers={"Authorization": f"Bearer {KEY}"},
        json={"model": "m", "messages": [{"role": "user", "content": prompt}], "stream": True},
    )


@pytest.mark.parametrize("prompt", PROMPTS)
def test_curl_says_the_same_to_a_shell(prompt: str) -> None:
    text = curl(request(prompt), "RELAYSCOPE_KEY_MINE")
    words = shlex.split(text)
    assert json.loads(words[words.index("--data-raw") + 1])["messages"][0]["content"] == prompt
    assert "authorization: Bearer $RELAYSCOPE_KEY_MINE" in words
    assert KEY not in text


@pytest.mark.parametrize("prompt", PROMPTS)
@respx.mock
def test_python_sends_the_same(prompt: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAYSCOPE_KEY_MINE", KEY)
    route = respx.post("https://relay.example/path/v1/chat/completions").respond(200, text="data: [DONE]\n\n")
    text = python(request(prompt), "RELAYSCOPE_KEY_MINE")
    assert KEY not in text
    with contextlib.redirect_stdout(io.StringIO()) as said:
        exec(compile(text, "exported", "exec"), {})
    sent = route.calls.last.request
    assert json.loads(sent.content) == json.loads(request(prompt).content)
    assert sent.headers["authorization"] == f"Bearer {KEY}"
    assert "[DONE]" in said.getvalue()


@given(st.text(), st.text(min_size=1), st.text())
def test_a_secret_never_survives(before: str, secret: str, after: str) -> None:
    told = redact(before + secret + after, [SecretStr(secret)])
    mark = f"[key …{secret[-4:]}]" if len(secret) >= 8 else "[key]"
    assert secret not in told.replace(mark, "") or secret in before + after or secret in mark


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("key sk-abcdefgh12345678 is bad", "key [key …5678] is bad"),
        ("Authorization: Bearer abcdefghijkl", "Authorization: Bearer [key …ijkl]"),
        ("GET /api/log/token?key=sk-1234567890ab", "GET /api/log/token?key=[key …90ab]"),
        ("x-api-key: abcdefgh12345678", "x-api-key: [key …5678]"),
        ('{"x-api-key": "abcdefgh12345678"}', '{"x-api-key": "[key …5678]"}'),
        ("header X-API-Key: required", "header X-API-Key: required"),
        ("a skateboarding model, gpt-4o, x-api-key missing", "a skateboarding model, gpt-4o, x-api-key missing"),
        ("该令牌额度已用尽 TokenStatusExhausted[sk-abc***xyz]", "该令牌额度已用尽 TokenStatusExhausted[[key …*xyz]]"),
    ],
)
def test_what_looks_like_a_key_is_hidden(text: str, told: str) -> None:
    assert redact(text) == told
    assert redact(told) == told


@pytest.mark.parametrize("text", ["?key={}", "Bearer {}", "api_key={}", "x-api-key: {}", '{{"key":"{}"}}'])
def test_a_known_key_is_marked_once_whatever_stands_before_it(text: str) -> None:
    assert redact(text.format(KEY), [SecretStr(KEY)]) == text.format("[key …6789]")
