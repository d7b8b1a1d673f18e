"""DeepL, ElevenLabs, Zhipu and Stability, each as its own server answers."""

import base64
import io
import json

import pytest
from PIL import Image

from demo import media
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


ZHIPU = "/api/paas/v4"


@pytest.mark.parametrize("thinking", ["enabled", "disabled"])
def test_zhipu_chats(by, thinking):
    # wire.md 6: {id, request_id, created, model, choices: [{…, message{role, content, reasoning_content}}], usage}
    body = {"model": "glm-4.5", "messages": [{"role": "user", "content": "17+25"}], "thinking": {"type": thinking}}
    whole = by("POST", f"{ZHIPU}/chat/completions", json=body | {"request_id": "mine"}).json()
    message = whole["choices"][0]["message"]
    assert (message["content"], whole["request_id"], whole["choices"][0]["finish_reason"]) == ("42", "mine", "stop")
    assert ("reasoning_content" in message) == (thinking == "enabled")
    stream = by("POST", f"{ZHIPU}/chat/completions", json=body | {"stream": True}).text
    *_, last, done = stream.strip().split("\n\n")
    assert done == "data: [DONE]"
    assert json.loads(last.removeprefix("data: "))["usage"] == whole["usage"]


def test_zhipu_draws_and_makes_vectors(by, client, relay):
    drawn = by("POST", f"{ZHIPU}/images/generations", json={"model": "cogview-4", "prompt": "cat"}).json()
    assert client.get(drawn["data"][0]["url"]).content.startswith(b"\x89PNG")
    assert relay.books.log("all", 1)[0]["quota"] == 4138
    vectors = by("POST", f"{ZHIPU}/embeddings", json={"model": "embedding-3", "input": ["a", "b"]}).json()
    assert [len(one["embedding"]) for one in vectors["data"]] == [2048, 2048]
    assert vectors["usage"]["prompt_tokens"] == 2


@pytest.mark.parametrize(("prompt", "status"), [("cat", "SUCCESS"), ("cat #fail", "FAIL")])
def test_zhipus_films_are_asked_after(by, client, relay, prompt, status):
    now = relay.clock()
    relay.clock, relay.speed = (lambda: now), 1
    body = {"model": "cogvideox-3", "prompt": prompt, "duration": 5}
    task = by("POST", f"{ZHIPU}/videos/generations", json=body).json()
    assert task["task_status"] == "PROCESSING"
    path = f"{ZHIPU}/async-result/{task['id']}"
    assert by("GET", path).json() == task
    relay.clock = lambda: now + 100
    ended = by("GET", path).json()
    assert ended["task_status"] == status
    if status == "SUCCESS":
        assert client.get(ended["video_result"][0]["url"]).headers["content-type"] == "video/mp4"
        assert client.get(ended["video_result"][0]["cover_image_url"]).status_code == 200
        # 5 s at 0.027586 USD
        assert relay.books.key("all").used == 68_965


@pytest.mark.parametrize(
    ("key", "model", "prompt", "status", "code"),
    [
        # wire.md 6: code is a STRING of digits
        ("disabled", "glm-4-flash", "hi", 401, "1002"),
        ("expired", "glm-4-flash", "hi", 401, "1003"),
        ("exhausted", "glm-4-flash", "hi", 429, "1113"),
        ("balance", "gpt-4o-mini", "hi", 429, "1113"),
        ("forbidden", "glm-4-flash", "hi", 403, "1220"),
        ("all", "glm-none", "hi", 400, "1211"),
        ("limited", "glm-4-flash", "hi", 429, "1302"),
        ("saturated", "gpt-4o-mini", "hi", 429, "1305"),
        ("all", "glm-4-flash", "hi #refuse", 400, "1301"),
    ],
)
def test_faults_are_zhipus(by, key, model, prompt, status, code):
    body = {"model": model, "messages": [{"role": "user", "content": prompt}]}
    answer = by("POST", f"{ZHIPU}/chat/completions", key, json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("images/generations", {"model": "cogview-4", "prompt": "x", "size": "10x10"}),
        ("videos/generations", {"model": "cogvideox-3"}),
        ("videos/generations", {"model": "cogvideox-3", "prompt": "x", "duration": 7}),
        ("chat/completions", {"model": "glm-4-flash", "messages": [{"role": "user"}], "temperature": 1.5}),
    ],
)
def test_a_bad_parameter_is_1210(by, path, body):
    answer = by("POST", f"{ZHIPU}/{path}", json=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "1210")


STABILITY = "/v2beta/stable-image"
PICTURE = media.png("a cat", 64, 48)


@pytest.fixture
def draw(by):
    """POST a multipart form by a key's name."""

    def draw(path, fields=None, image=None, key="all", accept="image/*"):
        files = {name: (None, value) for name, value in (fields or {"prompt": "a cat"}).items()}
        files |= {"image": ("in.png", image, "image/png")} if image else {"none": (None, "")}
        return by("POST", f"{STABILITY}/{path}", key, files=files, headers={"Accept": accept})

    return draw


@pytest.mark.parametrize(
    ("path", "fields", "image", "size", "credits"),
    [
        # wire.md 8: core 3, ultra 8, sd3.5-large 6.5, medium 3.5 credits; a credit is a cent
        ("generate/core", {"prompt": "a cat", "aspect_ratio": "16:9"}, None, (1344, 768), 3),
        ("generate/ultra", {"prompt": "a cat"}, None, (1024, 1024), 8),
        ("generate/sd3", {"prompt": "a cat"}, None, (1024, 1024), 6.5),
        ("generate/sd3", {"prompt": "a cat", "model": "sd3.5-medium"}, PICTURE, (1024, 1024), 3.5),
        ("edit/inpaint", {"prompt": "a dog"}, PICTURE, (64, 48), 5),
        ("edit/erase", {}, PICTURE, (64, 48), 5),
        ("edit/remove-background", {}, PICTURE, (64, 48), 5),
        ("upscale/fast", {}, PICTURE, (256, 192), 2),
        ("upscale/conservative", {"prompt": "a cat"}, PICTURE, (128, 96), 40),
    ],
)
def test_stability_makes_and_charges(draw, by, path, fields, image, size, credits):
    before = by("GET", "/v1/user/balance").json()["credits"]
    answer = draw(path, fields, image)
    assert answer.status_code == 200, answer.text
    assert (answer.headers["content-type"], answer.headers["finish-reason"]) == ("image/png", "SUCCESS")
    assert answer.headers["seed"]
    assert Image.open(io.BytesIO(answer.content)).size == size
    assert before - by("GET", "/v1/user/balance").json()["credits"] == pytest.approx(credits)


def test_stability_as_json_jpeg_and_filtered(draw):
    told = draw("generate/core", {"prompt": "cat #refuse-late", "seed": "7"}, accept="application/json").json()
    assert (told["finish_reason"], told["seed"]) == ("CONTENT_FILTERED", 7)
    assert base64.b64decode(told["image"]).startswith(b"\x89PNG")
    assert draw("generate/core", {"prompt": "cat", "output_format": "jpeg"}).content.startswith(b"\xff\xd8")


@pytest.mark.parametrize(
    ("key", "path", "fields", "image", "status", "name"),
    [
        ("disabled", "generate/core", None, None, 401, "unauthorized"),
        ("exhausted", "generate/core", None, None, 402, "payment_required"),
        ("limited", "generate/core", None, None, 429, "rate_limit_exceeded"),
        ("forbidden", "generate/core", None, None, 403, "forbidden"),
        ("all", "generate/core", {"prompt": "#refuse"}, None, 403, "content_moderation"),
        ("all", "generate/core", {"seed": "1"}, None, 400, "bad_request"),
        ("all", "generate/core", {"prompt": "x", "aspect_ratio": "7:1"}, None, 400, "bad_request"),
        ("all", "edit/inpaint", {"prompt": "x"}, None, 400, "bad_request"),
        ("all", "upscale/fast", {"prompt": "x"}, b"no picture", 400, "bad_request"),
    ],
)
def test_faults_are_stabilitys(draw, key, path, fields, image, status, name):
    answer = draw(path, fields, image, key)
    assert (answer.status_code, answer.json()["name"]) == (status, name)
    assert answer.json()["errors"]


def test_stability_takes_forms_only(by):
    answer = by("POST", f"{STABILITY}/generate/core", json={"prompt": "x"})
    assert (answer.status_code, "multipart" in answer.json()["errors"][0]) == (400, True)
