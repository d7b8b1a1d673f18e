import base64
import io

import pytest
from PIL import Image

from demo import media
from demo.keys import specs

PICTURE = "data:image/png;base64," + base64.b64encode(media.png("x", 32, 32)).decode()
# 0.066667 USD, rounded half away from zero
IMAGE_PRICE = 33_334


@pytest.fixture
def send(client):
    def send(path, body=None, key="all", mode="", header="mj-api-secret"):
        method = "GET" if body is None else "POST"
        headers = {header: specs()[key].secret}
        return client.request(method, f"{mode}/mj/{path}", json=body, headers=headers)

    return send


@pytest.fixture
def clock(relay):
    """Sets the relay's clock on by so many seconds."""
    relay.speed, now = 1, [relay.clock()]
    relay.clock = lambda: now[0]

    def go_on(seconds):
        now[0] += seconds

    return go_on


@pytest.fixture
def done(send, clock):
    """Submits and waits; gives the task."""

    def done(path, body):
        answer = send(f"submit/{path}", body).json()
        assert answer["code"] == 1, answer
        clock(60)
        return send(f"task/{answer['result']}/fetch").json()

    return done


@pytest.mark.parametrize("mode", ["", "/mj-fast", "/mj-turbo", "/mj-relax"])
@pytest.mark.parametrize("header", ["mj-api-secret", "Authorization"])
def test_a_grid_is_submitted_and_fetched(send, client, relay, clock, mode, header):
    # wire.md 7: HTTP 200 {code, description, result: "<taskId>", properties{}}
    said = {"prompt": "a cat", "state": "mine"}
    answer = send("submit/imagine", said, mode=mode, header=header).json()
    assert (answer["code"], answer["properties"]) == (1, {})
    path = f"task/{answer['result']}/fetch"
    first = send(path, mode=mode, header=header).json()
    assert (first["status"], first["progress"], first["imageUrl"], first["buttons"]) == ("NOT_START", "0%", "", [])
    clock(3)
    assert send(path).json()["status"] == "SUBMITTED"
    clock(12)
    assert (send(path).json()["status"], send(path).json()["progress"]) == ("IN_PROGRESS", "50%")
    clock(30)
    task = send(path).json()
    assert (task["status"], task["action"], task["state"], task["prompt"]) == ("SUCCESS", "IMAGINE", "mine", "a cat")
    assert task["submitTime"] < task["startTime"] < task["finishTime"]
    assert [button["label"] for button in task["buttons"]] == ["U1", "U2", "U3", "U4", "", "V1", "V2", "V3", "V4"]
    picture = client.get(task["imageUrl"])
    assert Image.open(io.BytesIO(picture.content)).size == (1024, 1024)
    assert relay.books.key("all").used == IMAGE_PRICE


@pytest.mark.parametrize(
    ("way", "body"),
    [
        ("action", lambda task: {"taskId": task["id"], "customId": task["buttons"][1]["customId"]}),
        ("change", lambda task: {"taskId": task["id"], "action": "UPSCALE", "index": 2}),
        ("simple-change", lambda task: {"content": f"{task['id']} U2"}),
    ],
)
def test_three_ways_to_upscale(done, client, relay, way, body):
    grid = done("imagine", {"prompt": "a cat"})
    one = done(way, body(grid))
    assert (one["action"], one["status"]) == ("UPSCALE", "SUCCESS")
    assert client.get(one["imageUrl"]).content == media.png("a cat #2", 1024, 1024)
    assert {"Zoom Out 2x", "Vary (Strong)", "Custom Zoom"} <= {button["label"] for button in one["buttons"]}
    assert relay.books.log("all", 1)[0]["model_name"] == "mj_upscale"


@pytest.mark.parametrize(
    ("label", "action", "model"),
    [("V3", "VARIATION", "mj_variation"), ("", "REROLL", "mj_reroll")],
)
def test_a_grids_buttons_make_another_grid(done, client, relay, label, action, model):
    grid = done("imagine", {"prompt": "a cat"})
    custom = next(button["customId"] for button in grid["buttons"] if button["label"] == label)
    other = done("action", {"taskId": grid["id"], "customId": custom})
    assert (other["action"], len(other["buttons"])) == (action, 9)
    assert client.get(other["imageUrl"]).content != client.get(grid["imageUrl"]).content
    assert relay.books.log("all", 1)[0]["model_name"] == model


@pytest.mark.parametrize(("start", "model"), [("MJ::Outpaint::50", "mj_zoom"), ("MJ::JOB::pan_left", "mj_pan")])
def test_one_pictures_buttons_zoom_and_pan(done, relay, start, model):
    grid = done("imagine", {"prompt": "a cat"})
    one = done("simple-change", {"content": f"{grid['id']} U1"})
    custom = next(button["customId"] for button in one["buttons"] if button["customId"].startswith(start))
    assert done("action", {"taskId": one["id"], "customId": custom})["status"] == "SUCCESS"
    assert relay.books.log("all", 1)[0]["model_name"] == model


@pytest.mark.parametrize("label", ["Custom Zoom", "Vary (Region)"])
def test_a_window_waits_for_its_modal(done, send, relay, label):
    grid = done("imagine", {"prompt": "a cat"})
    one = done("simple-change", {"content": f"{grid['id']} U1"})
    used = relay.books.key("all").used
    custom = next(button["customId"] for button in one["buttons"] if button["label"] == label)
    # wire.md 7: code 21 for action, "window waiting": then POST modal with the same id
    opened = send("submit/action", {"taskId": one["id"], "customId": custom}).json()
    assert opened["code"] == 21
    assert send(f"task/{opened['result']}/fetch").json()["status"] == "MODAL"
    assert relay.books.key("all").used == used
    ended = done("modal", {"taskId": opened["result"], "prompt": "a dog", "maskBase64": PICTURE})
    assert (ended["id"], ended["prompt"], ended["status"]) == (opened["result"], "a dog", "SUCCESS")
    assert relay.books.key("all").used > used
    assert send("submit/modal", {"taskId": grid["id"]}).status_code == 400


def test_blend_and_describe(done, client, relay):
    blended = done("blend", {"base64Array": [PICTURE] * 2, "dimensions": "PORTRAIT"})
    assert Image.open(io.BytesIO(client.get(blended["imageUrl"]).content)).size == (832, 1248)
    told = done("describe", {"base64": PICTURE})
    assert told["prompt"].startswith("1️⃣")
    assert [row["model_name"] for row in relay.books.log("all", 2)] == ["mj_describe", "mj_blend"]


def test_tasks_are_listed(done, send):
    ids = [done("imagine", {"prompt": word})["id"] for word in ("a", "b")]
    listed = send("task/list-by-condition", {"ids": [*ids, "none"]}).json()
    assert [task["id"] for task in listed] == ids
    assert send("task/list-by-condition", {"ids": ["none"]}).json() == []
    assert send(f"task/{ids[0]}/image-seed").json()["code"] == 1


def test_a_job_fails_on_request_and_is_paid_back(send, clock, relay):
    id = send("submit/imagine", {"prompt": "a cat #fail"}).json()["result"]
    clock(60)
    task = send(f"task/{id}/fetch").json()
    assert (task["status"], task["imageUrl"]) == ("FAILURE", "")
    assert task["failReason"]
    assert relay.books.key("all").used == 0


@pytest.mark.parametrize(
    ("key", "path", "body", "status", "code"),
    [
        # wire.md 7: HTTP 400 (429 when code 30) {description, type, code}; 4 validation, 24 banned prompt
        ("disabled", "submit/imagine", {"prompt": "x"}, 401, 4),
        ("exhausted", "submit/imagine", {"prompt": "x"}, 400, 4),
        ("forbidden", "submit/imagine", {"prompt": "x"}, 403, 4),
        ("all", "submit/imagine", {"prompt": ""}, 400, 4),
        ("all", "submit/imagine", {"prompt": "x #refuse"}, 400, 24),
        ("all", "submit/simple-change", {"content": "1 X9"}, 400, 4),
        ("all", "submit/blend", {"base64Array": [PICTURE]}, 400, 4),
        ("all", "submit/change", {"taskId": "none", "action": "UPSCALE", "index": 1}, 400, 4),
        ("all", "task/none/fetch", None, 400, 4),
    ],
)
def test_faults_are_midjourneys(send, key, path, body, status, code):
    answer = send(path, body, key)
    assert (answer.status_code, answer.json()["code"], answer.json()["type"]) == (status, code, "new_api_error")


def test_saturated_is_30(send, relay):
    relay.books.change_key("saturated", models=None)
    answer = send("submit/imagine", {"prompt": "x"}, "saturated")
    assert (answer.status_code, answer.json()["code"]) == (429, 30)


def test_a_button_of_another_task_or_too_early_is_refused(send, done):
    grid = done("imagine", {"prompt": "a cat"})
    other = send("submit/imagine", {"prompt": "b"}).json()["result"]
    custom = grid["buttons"][0]["customId"]
    assert send("submit/action", {"taskId": other, "customId": custom}).status_code == 400
    assert send("submit/simple-change", {"content": f"{other} U1"}).status_code == 400
