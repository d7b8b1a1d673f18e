import base64
import io
import json
import re
import struct

import pytest
from PIL import Image

from demo import media
from demo.catalogue import models

FOX = {"model": "gpt-image-1", "prompt": "a red fox"}


@pytest.fixture
def post(client, bearer):
    def post(path, key="all", **body):
        return client.post(path, json=body, headers=bearer(key))

    return post


@pytest.fixture
def log(client, bearer):
    return lambda key="all": client.get("/api/log/token", headers=bearer(key)).json()["data"]


def opened(data):
    return Image.open(io.BytesIO(data))


def data_uri(picture):
    return f"data:image/png;base64,{base64.b64encode(picture).decode()}"


# wire.md 3: gpt-image always gives b64_json; OpenAI's output tokens by quality and size
@pytest.mark.parametrize(
    ("asked", "size", "tokens"),
    [
        ({}, (1024, 1024), 1056),
        ({"quality": "low"}, (1024, 1024), 272),
        ({"quality": "high", "size": "1536x1024"}, (1536, 1024), 6240),
        ({"size": "auto", "response_format": "url"}, (1024, 1024), 1056),
        ({"n": 2}, (1024, 1024), 2112),
    ],
)
def test_gpt_image_gives_base64_and_its_tokens(post, log, asked, size, tokens):
    answer = post("/v1/images/generations", **FOX, **asked).json()
    pictures = [opened(base64.b64decode(each["b64_json"])) for each in answer["data"]]
    assert [picture.size for picture in pictures] == [size] * asked.get("n", 1)
    assert pictures[0].text["prompt"] == "a red fox"
    assert len({each["b64_json"] for each in answer["data"]}) == len(pictures)
    usage = answer["usage"]
    assert (usage["output_tokens"], usage["input_tokens_details"]["image_tokens"]) == (tokens, 0)
    assert usage["total_tokens"] == usage["input_tokens"] + tokens
    # 5 USD a million in, 40 out: model_ratio 2.5, completion_ratio 8
    assert log()[0]["quota"] == round((usage["input_tokens"] + tokens * 8) * 2.5 + 1e-9)


@pytest.mark.parametrize(
    ("model", "asked", "size", "units"),
    [
        ("dall-e-3", {"size": "1792x1024"}, (1792, 1024), 20_000),
        ("gemini-2.5-flash-image", {"aspect_ratio": "16:9"}, (1360, 768), 19_500),
        ("gemini-2.5-flash-image", {"aspect_ratio": "1:1", "image_size": "2K"}, (2048, 2048), 19_500),
        ("flux-dev", {"n": 3, "size": "64x64"}, (64, 64), 37_500),
        ("cogview-3-flash", {"size": "64x64"}, (64, 64), 0),
    ],
)
def test_other_models_give_an_address_and_cost_by_the_image(client, post, log, model, asked, size, units):
    answer = post("/v1/images/generations", model=model, prompt="a fox", **asked).json()
    files = [client.get(each["url"]) for each in answer["data"]]
    assert [opened(file.content).size for file in files] == [size] * asked.get("n", 1)
    assert {file.headers["content-type"] for file in files} == {"image/png"}
    assert "usage" not in answer
    [row] = log()
    assert (row["quota"], row["type"]) == (units, 2)
    assert "is_task" not in json.loads(row["other"])


def test_the_address_is_of_the_line_that_was_asked(post):
    [image] = post("/us/v1/images/generations", model="flux-dev", prompt="x", size="64x64").json()["data"]
    assert image["url"].startswith("http://127.0.0.1/us/demo/files/")


def test_edits_change_the_first_picture_in_every_form(client, bearer, post):
    black, white = media.png("a", 64, 64), media.png("b", 64, 64)
    fields = {"model": "gpt-image-1", "prompt": "make it blue", "size": "64x64"}

    def edited(*parts):
        answer = client.post("/v1/images/edits", data=fields, files=parts, headers=bearer("all"))
        assert answer.json()["usage"]["input_tokens_details"]["image_tokens"] == 323 * len(parts)
        return base64.b64decode(answer.json()["data"][0]["b64_json"])

    one = edited(("image", ("a.png", black, "image/png")))
    several = edited(("image[]", ("a.png", black)), ("image[]", ("b.png", white)))
    masked = edited(("image", ("a.png", black)), ("mask", ("m.png", white)))
    assert len({one, several, masked}) == 2
    assert one == media.png("make it blue", 64, 64, of=[black])
    sent = post("/v1/images/generations", **fields, image=[data_uri(black)]).json()["data"][0]["b64_json"]
    assert base64.b64decode(sent) == one


def test_a_variation_needs_no_prompt(client, bearer):
    files = {"image": ("a.png", media.png("a", 64, 64))}
    answer = client.post("/v1/images/variations", data={"n": "2", "size": "64x64"}, files=files, headers=bearer("all"))
    assert len(answer.json()["data"]) == 2


def test_a_file_of_the_demo_itself_may_be_edited(client, post):
    [made] = post("/v1/images/generations", model="flux-dev", prompt="a fox", size="64x64").json()["data"]
    body = {"model": "flux-kontext-pro", "prompt": "bluer", "size": "64x64", "response_format": "b64_json"}
    [edited] = post("/v1/images/edits", **body, image=made["url"]).json()["data"]
    original = client.get(made["url"]).content
    assert base64.b64decode(edited["b64_json"]) == media.png("bluer", 64, 64, of=[original])


# wire.md 1B: {"code", "message", "data": task id}, then {"data": {status, progress, data: {data: [{url}]}}}
def test_an_image_may_come_as_a_task(client, post, bearer, log):
    answer = post("/v1/images/generations?async=true", model="flux-dev", prompt="a fox", size="64x64").json()
    assert (answer["code"], answer["message"]) == ("success", "")
    task = client.get(f"/v1/images/tasks/{answer['data']}", headers=bearer("all")).json()
    assert (task["code"], task["data"]["status"], task["data"]["progress"]) == ("success", "SUCCESS", "100%")
    [image] = task["data"]["data"]["data"]
    assert opened(client.get(image["url"]).content).text["prompt"] == "a fox"
    assert len(log()) == 1


@pytest.mark.parametrize(
    ("prompt", "status", "code"),
    [
        ("#refuse", 400, "moderation_blocked"),
        ("#事后拒绝", 400, "moderation_blocked"),
        ("#fail", 500, "bad_response_status_code"),
    ],
)
def test_what_fails_costs_nothing(post, log, prompt, status, code):
    answer = post("/v1/images/generations", model="flux-dev", prompt=prompt)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert [(row["type"], row["quota"]) for row in log()] == [(5, 0)]


@pytest.mark.parametrize(
    ("path", "body", "status", "words"),
    [
        ("/v1/images/generations", {}, 400, "未指定模型名称"),
        ("/v1/images/generations", {"model": "nothing"}, 503, "无可用渠道"),
        ("/v1/images/generations", {"model": "gpt-4o", "prompt": "x"}, 500, "不支持 /v1/images/generations"),
        ("/v1/images/generations", {"model": "mj_imagine", "prompt": "x"}, 500, "不支持"),
        ("/v1/images/generations", {"model": "dall-e-3"}, 400, "field prompt"),
        ("/v1/images/generations", {"model": "dall-e-3", "prompt": "x", "n": 11}, 400, "field n"),
        ("/v1/images/generations", {"model": "dall-e-3", "prompt": "x", "size": "big"}, 400, "invalid size"),
        ("/v1/images/generations", {"model": "dall-e-3", "prompt": "x", "size": "9999x1"}, 400, "invalid size"),
        ("/v1/images/edits", {"model": "gpt-image-1", "prompt": "x"}, 400, "field image is required"),
        ("/v1/images/edits", {"model": "gpt-image-1", "prompt": "x", "image": "AAAA"}, 400, "field image"),
        ("/v1/images/edits", {"model": "gpt-image-1", "prompt": "x", "image": "?"}, 400, "field image"),
        ("/v1/images/edits", {"model": "gpt-image-1", "prompt": "x", "image": "http://x.org/a.png"}, 400, "x.org"),
        ("/v1/audio/speech", {"model": "tts-1", "input": "x"}, 400, "field voice is required"),
        ("/v1/audio/speech", {"model": "tts-1", "input": "x" * 4097, "voice": "alloy"}, 400, "field input"),
        ("/v1/audio/speech", {"model": "gpt-4o", "input": "x", "voice": "alloy"}, 500, "不支持 /v1/audio/speech"),
        ("/v1/audio/transcriptions", {"model": "whisper-1"}, 400, "field file is required"),
        ("/v1/embeddings", {"model": "text-embedding-3-small"}, 400, "field input is required"),
        ("/v1/embeddings", {"model": "gpt-4o", "input": "x"}, 500, "不支持 /v1/embeddings"),
    ],
)
def test_a_wrong_request_is_refused(post, path, body, status, words):
    answer = post(path, **body)
    assert answer.status_code == status
    assert words in answer.json()["error"]["message"]


WRONG = (
    r'"\ud800"', '"\\u0000"', "null", "true", "-1", "1e400", "[]", "[1, 2]", '[[["a"]]]', "{}", '{"url": {"url": 5}}',
    '""', '"9999x9999"', '"data:image/png;base64,"', '"data:image/png;base64,AAAA"', '"x"',
)  # fmt: skip


@pytest.mark.parametrize("value", WRONG)
@pytest.mark.parametrize(
    ("path", "model", "fields"),
    [
        ("/v1/images/generations", "flux-dev", "prompt n size image images aspect_ratio image_size quality"),
        ("/v1/images/edits", "gpt-image-1", "image mask response_format"),
        ("/v1/audio/speech", "tts-1", "input voice speed"),
        ("/v1/audio/transcriptions", "whisper-1", "file response_format"),
        ("/v1/embeddings", "embedding-3", "input dimensions encoding_format"),
        ("/v1/videos", "sora-2", "prompt seconds duration size image images input_reference"),
        ("/v1/video/create", "sora-2", "prompt images aspect_ratio"),
        ("/v2/videos/generations", "sora-2", "prompt images duration"),
        ("/v1/chat/completions", "sora-2", "messages stream"),
    ],
)
def test_no_value_breaks_a_route(client, bearer, path, model, fields, value):
    whole = {"model": model, "prompt": "x", "input": "x", "voice": "x", "size": "64x64"}
    for field in fields.split():
        body = json.dumps(whole)[:-1] + f', "{field}": {value}}}'
        assert client.post(path, content=body.encode(), headers=bearer("all")).status_code in (200, 400)


@pytest.mark.parametrize("content", ["multipart/form-data", "multipart/form-data; boundary=x"])
def test_a_broken_form_is_refused(client, bearer, content):
    headers = bearer("all") | {"content-type": content}
    assert client.post("/v1/images/edits", content=b"--nothing", headers=headers).status_code == 400


@pytest.mark.parametrize("key", ["saturated", "no_channel", "balance"])
@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/images/generations", {"model": "dall-e-3", "prompt": "x"}),
        ("/v1/audio/speech", {"model": "tts-1", "input": "x", "voice": "alloy"}),
        ("/v1/embeddings", {"model": "text-embedding-3-small", "input": "x"}),
    ],
)
def test_the_keys_fail_here_as_in_chat(ask, post, relay, key, path, body):
    relay.books.change_key(key, models=None)
    chat, here = ask(key), post(path, key, **body)
    assert (here.status_code, here.json()["error"]["code"]) == (chat.status_code, chat.json()["error"]["code"])


@pytest.mark.parametrize(
    ("model", "units"),
    # 15 USD a million characters: 11 x 7.5; 0.6 in and 12 out a million tokens: 2 x 0.3 + 21 x 6 = 126.6
    [("tts-1", 83), ("gpt-4o-mini-tts", 127)],
)
def test_speech_is_a_wav_of_its_words(post, log, model, units):
    answer = post("/v1/audio/speech", model=model, input="hello there", voice="alloy", response_format="mp3")
    assert answer.headers["content-type"] == "audio/wav"
    assert answer.content == media.wav("hello there")
    assert log()[0]["quota"] == units


def test_speech_may_be_a_web_page(post, log):
    answer = post("/v1/audio/speech", model="tts-1", input="#html", voice="alloy")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert log()[0]["quota"] > 0


@pytest.mark.parametrize(
    ("form", "model", "expected"),
    [
        ("json", "whisper-1", '"text":"你好 there","usage":{"type":"duration","seconds":1}'),
        ("json", "gpt-4o-transcribe", '"type":"tokens","input_tokens":10'),
        ("verbose_json", "whisper-1", '"duration":1.0'),
        ("text", "whisper-1", "你好 there\n"),
        ("srt", "whisper-1", "1\n00:00:00,000 --> 00:00:01,000\n你好 there\n\n"),
        ("vtt", "whisper-1", "WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n你好 there\n\n"),
    ],
)
def test_what_the_demo_spoke_is_heard_again(client, bearer, post, form, model, expected):
    sound = post("/v1/audio/speech", model="tts-1", input="你好 there", voice="alloy").content
    fields = {"model": model, "response_format": form}
    answer = client.post("/v1/audio/transcriptions", data=fields, files={"file": sound}, headers=bearer("all"))
    assert answer.status_code == 200
    assert expected in answer.text


def test_another_recording_is_told_by_its_length_and_costs_by_the_request(client, bearer, log):
    files = {"file": ("a.mp3", b"x" * 16_000 * 90)}
    answer = client.post("/v1/audio/transcriptions", data={"model": "whisper-1"}, files=files, headers=bearer("all"))
    assert answer.json()["text"] == "A recording of 90.0 seconds in 1440000 bytes."
    # 0.006 USD, as it is listed: new-api knows no minutes
    assert log()[0]["quota"] == 3000


@pytest.mark.parametrize(
    ("asked", "size"),
    [({}, 1536), ({"dimensions": 256}, 256), ({"model": "text-embedding-3-large"}, 3072)],
)
def test_vectors_come_in_their_length_and_order(post, log, asked, size):
    body = {"model": "text-embedding-3-small", "input": ["a red fox", "the red fox"], **asked}
    answer = post("/v1/embeddings", **body).json()
    assert [each["index"] for each in answer["data"]] == [0, 1]
    assert {len(each["embedding"]) for each in answer["data"]} == {size}
    assert answer["usage"] == {"prompt_tokens": 6, "total_tokens": 6}
    assert log()[0]["prompt_tokens"] == 6
    packed = post("/v1/embeddings", **body, encoding_format="base64").json()["data"][0]["embedding"]
    numbers = struct.unpack(f"<{size}f", base64.b64decode(packed))
    assert numbers == pytest.approx(answer["data"][0]["embedding"], abs=1e-6)


def test_one_text_is_one_vector(post):
    [one] = post("/v1/embeddings", model="embedding-3", input="hello").json()["data"]
    assert one["object"] == "embedding"


# wire.md 4: message.content has ![image](data:image/png;base64,…), in a stream in one large delta
@pytest.mark.parametrize("stream", [False, True])
def test_a_picture_in_chat_is_markdown(ask, log, stream):
    picture = media.png("a start", 64, 64)
    parts = [
        {"type": "text", "text": "a fox"},
        {"type": "image_url", "image_url": {"url": data_uri(picture)}},
    ]
    answer = ask("gemini", model="gemini-2.5-flash-image", messages=[{"role": "user", "content": parts}], stream=stream)
    text = _content(answer) if stream else answer.json()["choices"][0]["message"]["content"]
    match = re.fullmatch(r"!\[image\]\(data:image/png;base64,(.+)\)", text)
    assert base64.b64decode(match[1]) == media.png("a fox", 1024, 1024, of=[picture])
    [row] = log("gemini")
    assert (row["quota"], row["is_stream"]) == (19_500, stream)


def test_a_picture_refused_in_chat_costs_nothing(ask, log):
    assert ask("gemini", "#refuse", "gemini-2.5-flash-image").status_code == 400
    assert [row["quota"] for row in log("gemini")] == [0]


@pytest.mark.parametrize("model", ["text-embedding-3-small", "veo-3.0-generate-001", "mj_imagine"])
def test_what_chat_does_not_serve_is_refused(ask, model):
    assert models()[model]
    answer = ask("all", "x", model)
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "convert_request_failed")


@pytest.mark.parametrize("path", ["/v1/images/generations", "/us/v1/images/generations"])
def test_the_openai_sdk_makes_and_hears(served, bearer, path):
    openai = pytest.importorskip("openai")
    base = served + path.removesuffix("/images/generations")
    key = bearer("all")["Authorization"].removeprefix("Bearer ")
    with openai.OpenAI(base_url=base, api_key=key, max_retries=0) as client:
        image = client.images.generate(model="gpt-image-1", prompt="a fox", size="1024x1024")
        assert opened(base64.b64decode(image.data[0].b64_json)).size == (1024, 1024)
        edited = client.images.edit(model="gpt-image-1", prompt="bluer", image=media.png("a", 32, 32))
        assert edited.usage.input_tokens_details.image_tokens == 323
        sound = client.audio.speech.create(model="tts-1", voice="alloy", input="hello there").read()
        assert client.audio.transcriptions.create(model="whisper-1", file=("a.wav", sound)).text == "hello there"
        vectors = client.embeddings.create(model="text-embedding-3-small", input=["a", "b"])
        assert [len(each.embedding) for each in vectors.data] == [1536, 1536]


def _content(answer):
    blocks = [block for block in answer.text.split("\n\n") if block.startswith("data: {")]
    chunks = [json.loads(block.removeprefix("data: ")) for block in blocks]
    assert answer.text.endswith("data: [DONE]\n\n")
    return "".join(choice["delta"].get("content", "") for chunk in chunks for choice in chunk["choices"])
