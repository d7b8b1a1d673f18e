import base64
import io
import json

import pytest
from PIL import Image

from demo.keys import specs
from demo.tokens import split

MODEL = "gemini-2.5-flash"
PAINTER = "gemini-2.5-flash-image"
SPEAKER = "gemini-2.5-flash-preview-tts"
FILM = "veo-3.1-generate-preview"


@pytest.fixture
def post(client):
    """POST to one of Gemini's methods by a key's name."""

    def post(method, body, model=MODEL, key="all", query=""):
        headers = {"x-goog-api-key": specs()[key].secret}
        return client.post(f"/v1beta/models/{model}:{method}{query}", json=body, headers=headers)

    return post


@pytest.fixture
def get(client):
    return lambda path, key="all": client.get(path, headers={"x-goog-api-key": specs()[key].secret})


def said(prompt, **config):
    return {"contents": [{"role": "user", "parts": [{"text": prompt}]}], "generationConfig": config}


def test_an_answer_is_geminis(post):
    # wire.md 4: {candidates: [{content: {role, parts}, finishReason, index}], usageMetadata, modelVersion, responseId}
    body = post("generateContent", said("17+25")).json()
    [candidate] = body["candidates"]
    assert candidate == {"content": {"role": "model", "parts": [{"text": "42"}]}, "index": 0, "finishReason": "STOP"}
    usage = body["usageMetadata"]
    assert usage["totalTokenCount"] == usage["promptTokenCount"] + usage["candidatesTokenCount"]
    assert body["modelVersion"] == MODEL
    assert body["responseId"]


@pytest.mark.parametrize("query", ["?alt=sse", ""])
def test_a_stream_is_events_or_one_array(post, query):
    answer = post("streamGenerateContent", said("Tell me about tea"), query=query)
    if query:
        blocks = answer.text.split("\r\n\r\n")
        chunks = [json.loads(block.removeprefix("data: ")) for block in blocks if block]
    else:
        chunks = answer.json()
    parts = [part for chunk in chunks for part in chunk["candidates"][0]["content"]["parts"]]
    text = "".join(part["text"] for part in parts)
    counts = [chunk["usageMetadata"]["candidatesTokenCount"] for chunk in chunks]
    whole = post("generateContent", said("Tell me about tea")).json()
    assert text == whole["candidates"][0]["content"]["parts"][0]["text"]
    assert counts == sorted(counts)
    assert counts[-1] == len(split(text))
    assert ["finishReason" in chunk["candidates"][0] for chunk in chunks] == [False] * (len(chunks) - 1) + [True]
    assert "[DONE]" not in answer.text


@pytest.mark.parametrize("shown", [True, False])
def test_thoughts_are_counted_apart_and_shown_where_asked(post, shown):
    config = {"thinkingConfig": {"thinkingBudget": 1024, "includeThoughts": shown}}
    body = post("generateContent", said("Tea?", **config)).json()
    thoughts = [part.get("thought", False) for part in body["candidates"][0]["content"]["parts"]]
    assert thoughts == ([True, False] if shown else [False])
    usage = body["usageMetadata"]
    assert usage["thoughtsTokenCount"] > 0
    assert usage["totalTokenCount"] == sum(
        usage[f"{name}TokenCount"] for name in ("prompt", "candidates", "thoughts")
    )


def test_the_limit_ends_it(post):
    body = post("generateContent", said("Tell me about tea", maxOutputTokens=10)).json()
    assert body["candidates"][0]["finishReason"] == "MAX_TOKENS"
    assert body["usageMetadata"]["candidatesTokenCount"] == 10


@pytest.mark.parametrize("method", ["generateContent", "streamGenerateContent"])
@pytest.mark.parametrize(("model", "reason"), [(MODEL, "SAFETY"), (PAINTER, "IMAGE_SAFETY")])
def test_a_prompt_asks_to_be_blocked(post, method, model, reason):
    def answered(prompt):
        body = post(method, said(prompt), model).json()
        return body[0] if method.startswith("stream") else body

    # wire.md 4: "Blocked prompt = HTTP 200 with no candidates + promptFeedback"
    assert answered("tea #refuse")["promptFeedback"] == {"blockReason": "PROHIBITED_CONTENT"}
    assert "candidates" not in answered("茶 #拒绝")
    assert answered("tea #refuse-late")["candidates"][0]["finishReason"] == reason


def test_counting_is_free(post, relay):
    counted = post("countTokens", said("Tell me about tea")).json()["totalTokens"]
    assert relay.books.log(None, 1) == []
    assert post("generateContent", said("Tell me about tea")).json()["usageMetadata"]["promptTokenCount"] == counted


@pytest.mark.parametrize(
    ("config", "size"), [({}, (1024, 1024)), ({"aspectRatio": "16:9", "imageSize": "2K"}, (2688, 1536))]
)
def test_a_picture_is_inline_and_charged_once(post, relay, config, size):
    body = post("generateContent", said("a cat", imageConfig=config), PAINTER, "gemini").json()
    [part] = body["candidates"][0]["content"]["parts"]
    assert part["inlineData"]["mimeType"] == "image/png"
    assert Image.open(io.BytesIO(base64.b64decode(part["inlineData"]["data"]))).size == size
    assert body["usageMetadata"]["candidatesTokensDetails"] == [{"modality": "IMAGE", "tokenCount": 1290}]
    assert [row["quota"] for row in relay.books.log("gemini", 5)] == [19_500]


def test_a_picture_is_made_of_another(post):
    first = post("generateContent", said("a cat"), PAINTER).json()["candidates"][0]["content"]["parts"][0]
    body = said("a cat")
    body["contents"][0]["parts"].append(first)
    second = post("generateContent", body, PAINTER).json()["candidates"][0]["content"]["parts"][0]
    assert second["inlineData"]["data"] != first["inlineData"]["data"]
    body["contents"][0]["parts"] = [{"inlineData": {"mimeType": "image/png", "data": "AAAA"}}]
    assert post("generateContent", body, PAINTER).status_code == 400


def test_speech_is_raw_samples(post):
    config = {"responseModalities": ["AUDIO"], "speechConfig": {"voiceConfig": {}}}
    body = post("generateContent", said("Say: hello there", **config), SPEAKER).json()
    inline = body["candidates"][0]["content"]["parts"][0]["inlineData"]
    assert inline["mimeType"] == "audio/L16;codec=pcm;rate=24000"
    # at least a second of 16 bit samples
    assert len(base64.b64decode(inline["data"])) >= 48_000
    assert body["usageMetadata"]["candidatesTokenCount"] >= 25


def test_vectors(post, relay):
    content = {"parts": [{"text": "tea"}]}
    one = post("embedContent", {"content": content, "outputDimensionality": 8}, "gemini-embedding-001").json()
    many = post("batchEmbedContents", {"requests": [{"content": content}] * 2}, "gemini-embedding-001").json()
    assert len(one["embedding"]["values"]) == 8
    assert [len(each["values"]) for each in many["embeddings"]] == [3072, 3072]
    assert len(relay.books.log("all", 5)) == 2


def test_imagen_charges_each_picture(post, relay):
    body = {"instances": [{"prompt": "a cat"}], "parameters": {"sampleCount": 2, "aspectRatio": "16:9"}}
    predictions = post("predict", body, "imagen-4.0-generate-001").json()["predictions"]
    assert [each["mimeType"] for each in predictions] == ["image/png"] * 2
    assert len({each["bytesBase64Encoded"] for each in predictions}) == 2
    # two at 0.04 USD
    assert relay.books.log("all", 1)[0]["quota"] == 40_000


def film(post, prompt="a cat"):
    body = {"instances": [{"prompt": prompt}], "parameters": {"durationSeconds": 4}}
    return post("predictLongRunning", body, FILM).json()["name"]


def test_a_film_is_an_operation_then_a_file_that_needs_the_key(post, get, client, relay):
    start = relay.clock()
    relay.clock = lambda: start
    relay.speed = 1
    name = film(post)
    assert get(f"/v1beta/{name}").json() == {"name": name}
    relay.clock = lambda: start + 60
    done = get(f"/v1beta/{name}").json()
    assert done["done"] is True
    [sample] = done["response"]["generateVideoResponse"]["generatedSamples"]
    path = sample["video"]["uri"].removeprefix("http://127.0.0.1")
    assert get(path).headers["content-type"] == "video/mp4"
    assert client.get(path).status_code == 403
    # four seconds at 0.4 USD
    assert relay.books.log("all", 1)[0]["quota"] == 800_000


@pytest.mark.parametrize(
    ("prompt", "field"),
    [("a cat #fail", ("error", "code", 13)), ("a cat #refuse-late", ("response", "generateVideoResponse", None))],
)
def test_a_film_fails_on_request_and_is_paid_back(post, get, relay, prompt, field):
    now = relay.clock()
    relay.clock = lambda: now
    name = film(post, prompt)
    relay.clock = lambda: now + 60
    done = get(f"/v1beta/{name}").json()
    assert done["done"] is True
    assert done[field[0]][field[1]] == field[2] or done[field[0]][field[1]]["raiMediaFilteredCount"] == 1
    assert relay.books.key("all").used == 0


@pytest.mark.parametrize(
    ("key", "model", "status", "kind", "words"),
    [
        # wire.md 4: a bad key is a 400 "API key not valid"; 400 FAILED_PRECONDITION (region); 429 with RetryInfo
        ("disabled", "gpt-4o-mini", 400, "INVALID_ARGUMENT", "API key not valid"),
        ("expired", "gpt-4o-mini", 400, "INVALID_ARGUMENT", "API key expired"),
        ("balance", "gpt-4o-mini", 402, "RESOURCE_EXHAUSTED", "credits are depleted"),
        ("region", "gpt-4o-mini", 400, "FAILED_PRECONDITION", "location is not supported"),
        ("forbidden", MODEL, 403, "PERMISSION_DENIED", MODEL),
        ("limited", "gpt-4o-mini", 429, "RESOURCE_EXHAUSTED", "retry in"),
        ("saturated", "gpt-4o-mini", 503, "UNAVAILABLE", "overloaded"),
        ("all", "gemini-none", 404, "NOT_FOUND", "models/gemini-none is not found"),
    ],
)
@pytest.mark.parametrize("method", ["generateContent", "streamGenerateContent"])
def test_faults_are_googles(post, key, model, status, kind, words, method):
    answer = post(method, said("hi"), model, key)
    body = answer.json()
    error = (body[0] if method.startswith("stream") else body)["error"]
    assert (answer.status_code, error["code"], error["status"]) == (status, status, kind)
    assert words in error["message"]
    reasons = {detail.get("reason") or detail["@type"].rpartition(".")[2] for detail in error.get("details", [])}
    expected = {"INVALID_ARGUMENT": {"API_KEY_INVALID"}, 429: {"QuotaFailure", "RetryInfo"}}
    assert reasons == expected.get(kind, expected.get(status, set()))


@pytest.mark.parametrize(
    ("method", "body", "model", "status"),
    [
        ("generateContent", {}, MODEL, 400),
        ("generateContent", said("hi", temperature=3), MODEL, 400),
        ("generateContent", said("hi", imageConfig={"aspectRatio": "7:1"}), PAINTER, 400),
        ("predict", {"instances": [{"prompt": "x"}]}, MODEL, 404),
        ("predictLongRunning", {"instances": [{"prompt": "x"}]}, PAINTER, 404),
        ("embedContent", {"content": {"parts": []}}, MODEL, 404),
        ("sing", {}, MODEL, 404),
    ],
)
def test_what_cannot_be_is_refused(post, relay, method, body, model, status):
    assert post(method, body, model).status_code == status
    assert relay.books.key("all").used == 0


def test_an_unknown_operation_is_not_found(get):
    answer = get(f"/v1beta/models/{FILM}/operations/none")
    assert (answer.status_code, answer.json()["error"]["status"]) == (404, "NOT_FOUND")
