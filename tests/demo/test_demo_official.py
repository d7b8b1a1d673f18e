"""DeepL, ElevenLabs, Zhipu and Stability, each as its own server answers."""

import pytest

from demo.keys import specs


@pytest.fixture
def by(client):
    """Send by a key's name; `form` is how its header is called, and what stands before the key."""

    def by(method, path, key="all", header="Authorization", word="Bearer ", **more):
        headers = {header: word + specs()[key].secret, **more.pop("headers", {})}
        return client.request(method, path, headers=headers, **more)

    return by


@pytest.fixture
def deepl(by):
    return lambda method, path, key="all", **more: by(method, path, key, word="DeepL-Auth-Key ", **more)


@pytest.fixture
def eleven(by):
    return lambda method, path, key="all", **more: by(method, path, key, "xi-api-key", "", **more)


@pytest.mark.parametrize(
    ("text", "target", "source", "words"),
    [
        ("你好，世界！", "EN-US", "ZH", "Hello, world!"),
        ("Hello, world!", "ZH-HANS", "EN", "你好，世界！"),
        ("The quick fox", "ZH", "EN", "[ZH] The quick fox"),
        ("量子力学", "EN", "ZH", "[EN] 量子力学"),
        ("hello", "DE", "EN", "[DE] hello"),
        ("hello", "EN-GB", "EN", "hello"),
    ],
)
def test_deepl_translates_and_charges_characters(deepl, relay, text, target, source, words):
    # wire.md 8: {translations: [{detected_source_language, text, billed_characters?}]}
    body = {"text": [text], "target_lang": target, "show_billed_characters": True}
    answer = deepl("POST", "/v2/translate", json=body).json()
    assert answer["translations"] == [
        {"detected_source_language": source, "text": words, "billed_characters": len(text)}
    ]
    assert relay.books.log("all", 1)[0]["quota"] == int(len(text) * 12.5 + 0.5)


def test_deepl_tells_usage_and_languages(deepl):
    deepl("POST", "/v2/translate", json={"text": ["hello"] * 2, "target_lang": "DE"})
    usage = deepl("GET", "/v2/usage").json()
    assert (usage["character_count"], usage["character_limit"]) == (10, 40_000_000)
    spent = deepl("GET", "/v2/usage", "exhausted").json()
    assert spent["character_count"] == spent["character_limit"] == 0
    targets = {one["language"] for one in deepl("GET", "/v2/languages?type=target").json()}
    assert {"ZH-HANS", "EN-US", "DE"} <= targets
    assert {"language": "ZH", "name": "Chinese"} in deepl("GET", "/v2/languages?type=source").json()


@pytest.mark.parametrize(
    ("key", "body", "status", "words"),
    [
        # wire.md 8: 400 bad request, 403 auth failed, 429 / 529 too many requests, 456 quota exceeded
        ("exhausted", {}, 456, "Quota exceeded"),
        ("disabled", {}, 403, "Forbidden"),
        ("limited", {}, 429, "Too many requests"),
        ("forbidden", {}, 403, "Forbidden"),
        ("all", {"target_lang": "XX"}, 400, "Bad request"),
        ("all", {"text": []}, 400, "Bad request"),
    ],
)
def test_faults_are_deepls(deepl, key, body, status, words):
    answer = deepl("POST", "/v2/translate", key, json={"text": ["hi"], "target_lang": "DE"} | body)
    assert (answer.status_code, answer.json()["message"]) == (status, words)


def test_an_account_without_money_is_456_too(deepl, relay):
    relay.books.change_key("balance", models=None)
    assert deepl("POST", "/v2/translate", "balance", json={"text": ["hi"], "target_lang": "DE"}).status_code == 456


VOICE = "/v1/text-to-speech/21m00Tcm4TlvDq8ikWAM"


def test_elevenlabs_speaks_and_says_what_it_cost(eleven, relay):
    answer = eleven("POST", VOICE, json={"text": "hello there", "model_id": "eleven_flash_v2_5"})
    assert answer.content.startswith(b"RIFF")
    assert (answer.headers["content-type"], answer.headers["character-cost"]) == ("audio/wav", "11")
    # 40 USD a million characters
    assert relay.books.log("all", 1)[0]["quota"] == 220
    raw = eleven("POST", f"{VOICE}/stream?output_format=pcm_16000", json={"text": "hello there"})
    assert (raw.headers["content-type"], raw.content[:4] == b"RIFF") == ("audio/pcm", False)
    timed = eleven("POST", f"{VOICE}/with-timestamps", json={"text": "hi"}).json()
    assert timed["alignment"]["characters"] == ["h", "i"]


def test_elevenlabs_lists_voices_and_credits(eleven):
    listed = eleven("GET", "/v1/voices").json()["voices"]
    assert {"voice_id", "name", "category", "labels"} <= listed[0].keys()
    assert eleven("GET", "/v2/voices").json()["has_more"] is False
    told = eleven("GET", "/v1/user/subscription").json()
    assert (told["character_count"], told["character_limit"]) == (0, 25_000_000)
    assert eleven("GET", "/v1/user", "exhausted").json()["subscription"]["character_limit"] == 0


@pytest.mark.parametrize(
    ("key", "path", "body", "status", "code"),
    [
        # wire.md 8: 401 invalid_api_key, 401 quota_exceeded, 401 missing_permissions, 404 voice_not_found, 429 …
        ("disabled", VOICE, {}, 401, "invalid_api_key"),
        ("exhausted", VOICE, {}, 401, "quota_exceeded"),
        ("forbidden", VOICE, {}, 401, "missing_permissions"),
        ("limited", VOICE, {}, 429, "too_many_concurrent_requests"),
        ("all", "/v1/text-to-speech/none", {}, 404, "voice_not_found"),
        ("all", VOICE, {"model_id": "none"}, 400, "model_not_found"),
    ],
)
def test_faults_are_elevenlabs(eleven, key, path, body, status, code):
    answer = eleven("POST", path, key, json={"text": "hi", **body})
    assert (answer.status_code, answer.json()["detail"]["status"]) == (status, code)


def test_a_wrong_field_is_fastapis_list(eleven):
    answer = eleven("POST", VOICE, json={"text": ""})
    assert (answer.status_code, isinstance(answer.json()["detail"], list)) == (422, True)
