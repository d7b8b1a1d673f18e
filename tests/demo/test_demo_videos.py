import base64
import json
import re
from urllib.parse import quote

import httpx
import pytest

from demo import media

FILM = {"model": "sora-2", "prompt": "a red fox"}
VEO = {"model": "veo-3.1-fast-generate-001", "prompt": "a red fox"}
PICTURE = f"data:image/png;base64,{base64.b64encode(media.png('a start', 32, 32)).decode()}"


@pytest.fixture
def call(client, bearer):
    def call(method, path, key="all", **more):
        return client.request(method, path, headers=bearer(key), **more)

    return call


@pytest.fixture
def log(client, bearer):
    return lambda: client.get("/api/log/token", headers=bearer("all")).json()["data"]


# wire.md 2A: the OpenAI object with task_id; $ = price * seconds * size ratio, told in X-New-Api-Other-Ratios
@pytest.mark.parametrize(
    ("asked", "seconds", "size", "units"),
    [
        ({}, "4", "720x1280", 200_000),
        ({"seconds": "8", "size": "1280x720"}, "8", "1280x720", 400_000),
        ({"duration": 12}, "12", "720x1280", 600_000),
        ({"model": "sora-2-pro", "seconds": "4", "size": "1792x1024"}, "4", "1792x1024", 1_000_000),
        ({"model": "cogvideox-flash"}, "4", "720x1280", 0),
    ],
)
def test_a_video_is_created_and_charged_by_second_and_size(call, log, asked, seconds, size, units):
    answer = call("POST", "/v1/videos", json=FILM | asked)
    video = answer.json()
    assert video["id"] == video["task_id"]
    assert re.fullmatch(r"task_\w{32}", video["id"])
    assert (video["object"], video["status"], video["progress"]) == ("video", "queued", 0)
    assert (video["seconds"], video["size"], video["prompt"]) == (seconds, size, "a red fox")
    ratios = json.loads(answer.headers["X-New-Api-Other-Ratios"])
    assert ratios == {"seconds": int(seconds), "size": 1.666667 if "1792" in size else 1}
    [row] = log()
    assert (row["quota"], row["model_name"]) == (units, video["model"])


def test_a_sora_film_is_fetched_with_the_key_only(call, client):
    id = call("POST", "/v1/videos", json=FILM).json()["id"]
    video = call("GET", f"/v1/videos/{id}").json()
    assert (video["status"], video["progress"]) == ("completed", 100)
    assert "metadata" not in video
    assert video["expires_at"] > video["completed_at"] >= video["created_at"]
    film = call("GET", f"/v1/videos/{id}/content")
    assert (film.status_code, film.headers["content-type"]) == (200, "video/mp4")
    assert film.content == media.mp4("a red fox", 4)
    assert client.get(f"/v1/videos/{id}/content").status_code == 401


def test_another_channels_film_has_an_address(call, client):
    id = call("POST", "/v1/videos", json=VEO).json()["id"]
    video = call("GET", f"/v1/videos/{id}").json()
    assert client.get(video["metadata"]["url"]).content == media.mp4("a red fox", 4)


def test_a_form_with_a_first_picture_makes_another_film(call):
    picture = base64.b64decode(PICTURE.partition(",")[2])
    form = call("POST", "/v1/videos", data=FILM | {"seconds": "4"}, files={"input_reference": ("a.png", picture)})
    body = call("POST", "/v1/videos", json=FILM | {"input_reference": {"image_url": PICTURE}})
    films = [call("GET", f"/v1/videos/{answer.json()['id']}/content").content for answer in (form, body)]
    assert films[0] == films[1] == media.mp4("a red fox", 4, of=[picture]) != media.mp4("a red fox", 4)


def test_a_range_of_a_film_may_be_asked_for(call, client, bearer):
    id = call("POST", "/v1/videos", json=FILM).json()["id"]
    part = client.get(f"/v1/videos/{id}/content", headers=bearer("all") | {"Range": "bytes=0-3"})
    assert (part.status_code, len(part.content)) == (206, 4)


def test_a_deleted_video_is_gone(call, log):
    id = call("POST", "/v1/videos", json=FILM).json()["id"]
    assert call("DELETE", f"/v1/videos/{id}").json() == {"id": id, "object": "video.deleted", "deleted": True}
    assert call("GET", f"/v1/videos/{id}").json()["code"] == "task_not_exist"
    assert call("DELETE", f"/v1/videos/{id}").status_code == 400
    assert len(log()) == 1


def test_a_remix_is_another_film_at_the_same_price(call, log):
    id = call("POST", "/v1/videos", json=FILM | {"seconds": "8"}).json()["id"]
    remix = call("POST", f"/v1/videos/{id}/remix", json={"prompt": "in snow"}).json()
    assert (remix["remixed_from_video_id"], remix["seconds"], remix["model"]) == (id, "8", "sora-2")
    films = [call("GET", f"/v1/videos/{each}/content").content for each in (id, remix["id"])]
    assert films[0] != films[1]
    assert [row["quota"] for row in log()] == [400_000, 400_000]


def test_a_failed_video_says_why(call):
    id = call("POST", "/v1/videos", json=FILM | {"prompt": "#fail"}).json()["id"]
    video = call("GET", f"/v1/videos/{id}").json()
    assert video["status"] == "failed"
    assert set(video["error"]) == {"code", "message"}
    content = call("GET", f"/v1/videos/{id}/content")
    assert (content.status_code, content.json()["error"]["type"]) == (400, "invalid_request_error")


def test_an_unknown_videos_content_is_not_found(call):
    answer = call("GET", "/v1/videos/task_x/content")
    error = {"message": "Task not found", "type": "invalid_request_error"}
    assert (answer.status_code, answer.json()) == (404, {"error": error})


# wire.md 2A: {"code":"success","message":"","data":TaskDto}
def test_new_apis_generic_task(call, client):
    id = call("POST", "/v1/video/generations", json=VEO).json()["task_id"]
    answer = call("GET", f"/v1/video/generations/{id}").json()
    assert (answer["code"], answer["message"]) == ("success", "")
    task = answer["data"]
    assert (task["task_id"], task["status"], task["progress"], task["fail_reason"]) == (id, "SUCCESS", "100%", "")
    assert task["quota"] == 200_000
    assert task["data"]["url"] == task["result_url"]
    assert client.get(task["result_url"]).headers["content-type"] == "video/mp4"


# wire.md 2B: ids hold a colon; {"id","status","video_url",…}
def test_the_unified_dialect(call, client):
    created = call("POST", "/v1/video/create", json=VEO | {"images": [PICTURE], "aspect_ratio": "16:9"}).json()
    assert re.fullmatch(r"veo-3\.1-fast-generate-001:\d+-\w+", created["id"])
    assert created["status"] == "pending"
    answer = call("GET", f"/v1/video/query?id={quote(created['id'], safe='')}").json()
    assert (answer["id"], answer["status"]) == (created["id"], "completed")
    assert client.get(answer["video_url"]).headers["content-type"] == "video/mp4"
    assert "error" not in answer


def test_the_unified_dialect_tells_a_failure_and_the_unknown(call):
    created = call("POST", "/v1/video/create", json=VEO | {"prompt": "#refuse-late"}).json()
    answer = call("GET", "/v1/video/query", params={"id": created["id"]}).json()
    assert (answer["status"], answer["video_url"]) == ("video_generation_failed", None)
    assert answer["error"]
    for query in ("?id=x", ""):
        fault = call("GET", f"/v1/video/query{query}")
        assert fault.status_code == 400
        assert fault.json()["error"]["code"]


# wire.md 2C: duration as a string; data.output
def test_gptbests_dialect(call, client, log):
    body = FILM | {"duration": "15", "aspect_ratio": "16:9", "hd": True, "private": True, "images": [PICTURE]}
    id = call("POST", "/v2/videos/generations", json=body).json()["task_id"]
    task = call("GET", f"/v2/videos/generations/{id}").json()
    assert (task["status"], task["progress"], task["fail_reason"]) == ("SUCCESS", "100%", "")
    assert b"a red fox" in client.get(task["data"]["output"]).content
    assert (task["cost"], log()[0]["quota"]) == (0.1, 50_000)


# wire.md 1C, 2A: faults of task routes are {"code","message","data"}; auth and no channel are {"error"}
@pytest.mark.parametrize("path", ["/v1/videos", "/v1/video/generations", "/v2/videos/generations"])
@pytest.mark.parametrize(
    ("key", "body", "status", "code"),
    [
        ("all", {"model": "sora-2"}, 400, "invalid_request"),
        ("all", FILM | {"seconds": "x"}, 400, "invalid_request"),
        ("all", FILM | {"seconds": 0}, 400, "invalid_request"),
        ("all", FILM | {"image": "http://x.org/a.png"}, 400, "invalid_request"),
        ("all", FILM | {"prompt": "#refuse"}, 400, "sensitive_words_detected"),
        ("all", FILM | {"model": "gpt-4o"}, 500, "convert_request_failed"),
        ("balance", FILM, 403, "insufficient_user_quota"),
        ("saturated", FILM, 429, "saturated"),
    ],
)
def test_a_task_fault_is_flat(call, relay, path, key, body, status, code):
    relay.books.change_key(key, models=None)
    answer = call("POST", path, key, json=body)
    assert (answer.status_code, answer.json()["code"], answer.json()["data"]) == (status, code, None)
    assert answer.json()["message"]


@pytest.mark.parametrize("path", ["/v1/videos", "/v1/video/create", "/v2/videos/generations"])
@pytest.mark.parametrize(
    ("key", "body", "status"),
    [
        ("expired", FILM, 401),
        ("all", {"prompt": "x"}, 400),
        ("all", FILM | {"model": "sora-9"}, 503),
        ("gemini", FILM, 403),
        ("no_channel", FILM, 503),
    ],
)
def test_a_fault_at_the_door_is_the_relays(call, relay, path, key, body, status):
    if key == "no_channel":
        relay.books.change_key(key, models=None)
    answer = call("POST", path, key, json=body)
    assert answer.status_code == status
    assert "request id" in answer.json()["error"]["message"]


# wire.md 2D: progress in words, then a Markdown link; a failure is told in words too, with 200
@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("prompt", "words", "linked"),
    [
        ("a red fox", "生成完成 ✅", True),
        ("#no-url", "生成完成 ✅", False),
        ("#fail", "生成失败 ❌", False),
        ("#lost", "任务已丢失", False),
    ],
)
def test_a_film_in_chat_is_told_and_linked(ask, client, prompt, words, linked, stream):
    answer = ask("all", prompt, "sora-2", stream=stream)
    text = _content(answer) if stream else answer.json()["choices"][0]["message"]["content"]
    assert words in text
    assert re.search(r"> ID: `task_\w{32}`", text)
    links = re.findall(r"\[.*\]\((http\S+\.mp4)\)", text)
    assert len(links) == linked
    for link in links:
        assert client.get(link).content == media.mp4("a red fox", 10)


def test_a_film_in_chat_is_charged_or_refunded(ask, log, client):
    ask("all", "a fox", "sora-2")
    ask("all", "#fail", "sora-2")
    assert [(row["type"], row["quota"]) for row in log()] == [(6, 50_000), (2, 50_000), (2, 50_000)]
    assert ask("all", "#refuse", "sora-2").status_code == 400


def test_progress_in_chat_only_says_what_is_new(serve, bearer):
    body = {"model": "sora-2", "messages": [{"role": "user", "content": "a fox"}]}
    with serve("--speed", "30") as (_, address):
        answer = httpx.post(f"{address}/v1/chat/completions", json=body, headers=bearer("sora"), timeout=20)
    lines = re.findall(r"^> (?:排队|任务|🏃).*$", answer.json()["choices"][0]["message"]["content"], re.MULTILINE)
    assert "🏃" in lines[-1]
    assert len(set(lines)) == len(lines) > 3


@pytest.mark.filterwarnings("ignore:The Sora API is scheduled")
def test_the_openai_sdk_makes_a_film(served, bearer):
    openai = pytest.importorskip("openai")
    key = bearer("all")["Authorization"].removeprefix("Bearer ")
    with openai.OpenAI(base_url=f"{served}/v1", api_key=key, max_retries=0) as client:
        if not hasattr(client, "videos"):
            pytest.skip("this SDK has no videos any more")
        video = client.videos.create(model="sora-2", prompt="a fox", seconds="4")
        while video.status not in ("completed", "failed"):
            video = client.videos.retrieve(video.id)
        assert client.videos.download_content(video.id).read() == media.mp4("a fox", 4)
        assert client.videos.delete(video.id).deleted


def _content(answer):
    blocks = [block for block in answer.text.split("\n\n") if block.startswith("data: {")]
    chunks = [json.loads(block.removeprefix("data: ")) for block in blocks]
    assert answer.text.endswith("data: [DONE]\n\n")
    return "".join(choice["delta"].get("content", "") for chunk in chunks for choice in chunk["choices"])
