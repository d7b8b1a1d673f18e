import pytest

from demo.keys import specs

SONG = {"prompt": "la la la", "title": "Tea", "tags": "folk", "mv": "chirp-v5"}


@pytest.fixture
def send(client):
    def send(method, path, body=None, key="all"):
        headers = {"Authorization": f"Bearer {specs()[key].secret}"}
        return client.request(method, f"/suno/{path}", json=body, headers=headers)

    return send


@pytest.fixture
def clock(relay):
    """Sets the relay's clock on by so many seconds."""
    now = relay.clock()
    relay.speed, relay.clock = 1, lambda: now

    def go_on(seconds):
        relay.clock = lambda: now + seconds

    return go_on


def test_a_song_is_submitted_and_fetched(send, client, relay, clock):
    # wire.md 7: {"code":"success","message":"","data":"<task_id>"}
    submitted = send("POST", "submit/music", SONG).json()
    assert (submitted["code"], submitted["message"]) == ("success", "")
    id = submitted["data"]
    assert send("GET", f"fetch/{id}").json()["data"]["status"] == "NOT_START"
    clock(15)
    half = send("GET", f"fetch/{id}").json()["data"]
    assert (half["status"], half["progress"], half["data"]) == ("IN_PROGRESS", "50%", None)
    clock(60)
    done = send("GET", f"fetch/{id}").json()["data"]
    assert (done["task_id"], done["action"], done["status"], done["progress"]) == (id, "MUSIC", "SUCCESS", "100%")
    assert done["submit_time"] < done["start_time"] <= done["finish_time"]
    assert len(done["data"]) == 2
    song = done["data"][0]
    assert (song["title"], song["metadata"]["tags"], song["major_model_version"]) == ("Tea", "folk", "chirp-v5")
    sounds = [client.get(song["audio_url"]).content for song in done["data"]]
    assert sounds[0] != sounds[1]
    assert all(sound.startswith(b"RIFF") for sound in sounds)
    assert client.get(song["image_url"]).content.startswith(b"\x89PNG")
    assert client.get(song["video_url"]).headers["content-type"] == "video/mp4"
    # 0.04 USD a request
    assert relay.books.key("all").used == 20_000


def test_lyrics_are_words(send, clock, relay):
    id = send("POST", "submit/lyrics", {"prompt": "green tea"}).json()["data"]
    clock(10)
    [task] = send("POST", "fetch", {"ids": [id, "task_none"]}).json()["data"]
    assert (task["action"], task["data"]["status"]) == ("LYRICS", "complete")
    assert "green tea" in task["data"]["text"]
    assert relay.books.key("all").used == 0


def test_a_song_fails_on_request_and_is_paid_back(send, clock, relay):
    id = send("POST", "submit/music", SONG | {"prompt": "la #fail"}).json()["data"]
    clock(60)
    task = send("GET", f"fetch/{id}").json()["data"]
    assert (task["status"], task["data"]) == ("FAILURE", None)
    assert task["fail_reason"]
    assert relay.books.key("all").used == 0


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        # wire.md 7: fault HTTP 4xx/5xx {"code":"<str>","message","data":null}
        ("POST", "submit/music", {}, 400, "invalid_request"),
        ("POST", "submit/lyrics", {"prompt": ""}, 400, "invalid_request"),
        ("POST", "submit/music", {"prompt": "#refuse"}, 400, "sensitive_words_detected"),
        ("GET", "fetch/none", None, 400, "task_not_exist"),
    ],
)
def test_faults_are_a_tasks(send, method, path, body, status, code):
    answer = send(method, path, body)
    assert (answer.status_code, answer.json()["code"], answer.json()["data"]) == (status, code, None)


@pytest.mark.parametrize(("key", "status"), [("expired", 401), ("forbidden", 403)])
def test_a_refused_key_is_refused_as_on_every_path(send, key, status):
    answer = send("POST", "submit/music", SONG, key)
    assert (answer.status_code, answer.json()["error"]["type"]) == (status, "new_api_error")


def test_no_funds(send, relay):
    relay.books.change_key("balance", models=None)
    answer = send("POST", "submit/music", SONG, "balance")
    assert (answer.status_code, answer.json()["code"]) == (403, "insufficient_user_quota")
