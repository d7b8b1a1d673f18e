"""DeepL's protocol: what is sent, and every form of answer (wire.md 8, DeepL)."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from lib.vocabulary import Usage
from lib.wire import Allowance, Choice, Endpoint, Request, Said, Unfit, Unreadable, UsageSeen, deepl
from lib.wire.protocols import PROTOCOLS

ENDPOINT = Endpoint("https://api-free.deepl.com", SecretStr("abc:fx"))
ASKED = Request("deepl", "Hello", "translation", params={"target_lang": "ZH-HANS"})

FIELDS = ["translations", "text", "billed_characters", "character_count", "character_limit", "message", "language"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(FIELDS) | st.text(), inner),
)


def asked(**params: Any) -> Request:
    return Request("deepl", "Hello", "translation", params=params)


# what is sent


def test_one_text_is_sent_and_the_bill_asked_for() -> None:
    request = deepl.build(ENDPOINT, ASKED)
    assert (request.method, str(request.url)) == ("POST", "https://api-free.deepl.com/v2/translate")
    assert request.headers["authorization"] == "DeepL-Auth-Key abc:fx"
    assert json.loads(request.content) == {
        "text": ["Hello"],
        "target_lang": "ZH-HANS",
        "show_billed_characters": True,
    }


def test_parameters_are_passed_on_but_never_the_text() -> None:
    sent = deepl.build(ENDPOINT, asked(target_lang="DE", formality="less", text=["no"], show_billed_characters=False))
    assert json.loads(sent.content) == {
        "text": ["Hello"],
        "target_lang": "DE",
        "formality": "less",
        "show_billed_characters": False,
    }


@pytest.mark.parametrize("params", [{}, {"target_lang": ""}, {"target_lang": None}])
def test_without_a_language_nothing_is_sent(params: dict[str, Any]) -> None:
    with pytest.raises(Unfit) as unfit:
        deepl.build(ENDPOINT, asked(**params))
    assert (unfit.value.code, unfit.value.params) == ("needs_param", {"name": "target_lang"})


def test_it_does_nothing_but_translate() -> None:
    with pytest.raises(Unfit) as unfit:
        deepl.build(ENDPOINT, Request("deepl", "Hello", "text"))
    assert unfit.value.code == "not_in_protocol"
    assert set(PROTOCOLS["deepl"].MAKES) == {("translation", "generate")}


@pytest.mark.parametrize(
    ("build", "url"),
    [
        (deepl.usage_request, "https://api-free.deepl.com/v2/usage"),
        (deepl.languages_request, "https://api-free.deepl.com/v2/languages?type=target"),
    ],
)
def test_what_is_asked_for_free(build: Any, url: str) -> None:
    request = build(ENDPOINT)
    assert (request.method, str(request.url)) == ("GET", url)
    assert request.headers["authorization"] == "DeepL-Auth-Key abc:fx"
    assert "authorization" not in build(Endpoint("https://api-free.deepl.com")).headers


# what comes back


@pytest.mark.parametrize(
    ("told", "usage"),
    [  # wire.md 8: translations[{detected_source_language,text,billed_characters?,model_type_used?}]
        ({"billed_characters": 5}, UsageSeen(Usage(characters=5, calls=1), {"billed_characters": 5})),
        ({"billed_characters": 0}, UsageSeen(Usage(characters=0, calls=1), {"billed_characters": 0})),
        ({}, UsageSeen(Usage(calls=1), {})),
        ({"billed_characters": "?"}, UsageSeen(Usage(calls=1), {})),
    ],
)
def test_a_translation_and_what_it_was_billed(told: dict[str, Any], usage: UsageSeen) -> None:
    body = {"translations": [{"detected_source_language": "EN", "text": "你好", **told}]}
    outcome = deepl.read(httpx.Response(200, json=body), ASKED)
    assert (outcome.text, outcome.finished, outcome.usage) == ("你好", "stop", usage)


@pytest.mark.parametrize(
    ("response", "said"),
    [
        pytest.param(httpx.Response(403), Said(403, empty=True), id="a wrong key, or the other host: empty body"),
        pytest.param(
            httpx.Response(456, json={"message": "Quota Exceeded"}),
            Said(456, message="Quota Exceeded"),
            id="456: quota exceeded",
        ),
        pytest.param(
            httpx.Response(400, json={"message": "Bad request", "detail": "Value for 'target_lang' not supported."},
                           headers={"x-trace-id": "t1"}),
            Said(400, message="Bad request", request_id="t1"),
            id="message, detail and X-Trace-ID",
        ),
        pytest.param(httpx.Response(529), Said(529, empty=True), id="529: too many requests"),
        pytest.param(
            httpx.Response(200, json={"translations": []}), Said(200, message='{"translations":[]}'), id="none"
        ),
        pytest.param(httpx.Response(200), Said(200, empty=True), id="nothing at all"),
    ],
)
def test_what_is_no_translation_is_unreadable(response: httpx.Response, said: Said) -> None:
    with pytest.raises(Unreadable) as refused:
        deepl.read(response, ASKED)
    assert refused.value.said == said


@pytest.mark.parametrize(
    ("body", "allowance"),
    [
        ({"character_count": 180118, "character_limit": 500000}, Allowance(180118, 500000)),
        ({"character_count": 0, "character_limit": 500000}, Allowance(0, 500000)),
        ({"character_count": 7}, Allowance(7, None)),
        # developers.deepl.com: a Pro account without cost control is told a limit of 10¹²
        ({"character_count": 7, "character_limit": 1000000000000}, Allowance(7, None)),
        (  # wire.md 8: (pro) the key's own figures
            {"products": [], "character_count": 9000, "character_limit": 1000000000000,
             "api_key_character_count": 1880, "api_key_character_limit": 5000},
            Allowance(1880, 5000),
        ),
        (
            {"character_count": 9000, "character_limit": 20000, "api_key_character_count": 1880,
             "api_key_character_limit": 0},
            Allowance(9000, 20000),
        ),
    ],
)
def test_what_is_used_up(body: dict[str, Any], allowance: Allowance) -> None:
    assert deepl.read_usage(httpx.Response(200, json=body)) == allowance


def test_the_languages_it_translates_into() -> None:
    body = [
        {"language": "DE", "name": "German", "supports_formality": True},
        {"language": "ZH-HANS"},
        {"name": "no code"},
        7,
    ]
    found = deepl.read_languages(httpx.Response(200, json=body))
    assert found == (Choice("DE", "German"), Choice("ZH-HANS", "ZH-HANS"))


@pytest.mark.parametrize("read", [deepl.read_usage, deepl.read_languages])
@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(403),
        httpx.Response(200),
        httpx.Response(200, html="<html></html>"),
        httpx.Response(200, json={"message": "no"}),
        httpx.Response(403, json=[{"language": "DE", "name": "German"}]),
        httpx.Response(200, json=[]),
    ],
)
def test_no_figures_and_no_list_are_refused(read: Any, response: httpx.Response) -> None:
    with pytest.raises(Unreadable):
        read(response)


@settings(deadline=None)
@given(st.binary() | JSON.map(lambda body: json.dumps(body).encode()), st.sampled_from([200, 403, 456]))
def test_no_answer_breaks_the_readers(content: bytes, status: int) -> None:
    response = httpx.Response(status, content=content)
    for read in (lambda one: deepl.read(one, ASKED), deepl.read_usage, deepl.read_languages):
        try:
            read(response)
        except Unreadable as refused:
            refused.said.message.encode()
