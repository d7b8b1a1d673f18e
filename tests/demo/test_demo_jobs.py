import itertools
import json
from pathlib import Path

import httpx
import pytest
from starlette.requests import Request
from starlette.testclient import TestClient

from demo.app import build
from demo.books import Books, Job
from demo.faults import WORDS, faults
from demo.files import ranged
from demo.jobs import State, is_lost, state
from demo.relay import Relay

# sora-2 costs 0.1 USD a second
UNITS = 200_000


class Clock:
    """Unix seconds that only move when told to."""

    def __init__(self):
        self.now = 1_800_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def relay(clock):
    # 1 ms of the clock is 1 s of the relay's time.
    books = Books(None)
    yield Relay(books, speed=1000, clock=clock)
    books.close()


@pytest.fixture
def submit(client, bearer):
    def submit(prompt, key="sora", **more):
        body = {"model": "sora-2", "prompt": prompt, "seconds": "4", **more}
        return client.post("/v1/videos", json=body, headers=bearer(key))

    return submit


@pytest.fixture
def poll(client, bearer):
    return lambda id, key="sora": client.get(f"/v2/videos/generations/{id}", headers=bearer(key))


@pytest.fixture
def log(client, bearer):
    return lambda key="sora": client.get("/api/log/token", headers=bearer(key)).json()["data"]


@pytest.fixture
def used(client, bearer):
    return lambda: client.get("/api/usage/token/", headers=bearer("sora")).json()["data"]["total_used"]


def job(prompt="a fox", seconds=100.0, fails_at=None):
    return Job("task_1", "sora", "sora-2", "video", prompt, {}, 1000.0, seconds, fails_at, 10)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (999, State("NOT_START", 0)),
        (1000, State("NOT_START", 0)),
        (1005, State("QUEUED", 5, 1005)),
        (1050, State("IN_PROGRESS", 50, 1005)),
        (1099.9, State("IN_PROGRESS", 99, 1005)),
        (1100, State("SUCCESS", 100, 1005, 1100)),
        (9999, State("SUCCESS", 100, 1005, 1100)),
    ],
)
def test_a_jobs_state_follows_from_the_clock(now, expected):
    assert state(job(), now) == expected


def test_a_failing_job_fails_at_its_time_and_stays_so():
    failing = job("#fail", fails_at=1060.0)
    assert state(failing, 1059).status == "IN_PROGRESS"
    assert [state(failing, now).status for now in (1060, 1100, 9999)] == ["FAILURE"] * 3
    assert "upstream" in state(failing, 1060).reason


def test_what_takes_no_time_is_done_at_once():
    assert state(job(seconds=0), 1000).status == "SUCCESS"


@pytest.mark.parametrize(("now", "lost"), [(1000, False), (1049, False), (1050, True), (9999, True)])
def test_a_lost_job_is_forgotten_halfway(now, lost):
    assert is_lost(job("a #lost fox"), now) == lost
    assert not is_lost(job(), now)


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("a fox", set()),
        ("fail", set()),
        ("#failure", set()),
        ("#FAIL", {"fail"}),
        ("x #refuse-late, y", {"refuse-late"}),
        ("#refuse", {"refuse"}),
        ("一只#失败的猫 #慢", {"fail", "slow"}),
        ("#事后拒绝", {"refuse-late"}),
        ("#拒绝", {"refuse"}),
    ],
)
def test_words_name_what_goes_wrong(prompt, expected):
    assert faults(prompt) == expected


def test_every_fault_has_a_word_in_both_languages():
    words = {fault: [word for word, named in WORDS.items() if named == fault] for fault in WORDS.values()}
    assert all(sorted(word.isascii() for word in each) == [False, True] for each in words.values())


def test_every_word_is_documented():
    told = (Path(__file__).parents[2] / "docs/demo.md").read_text(encoding="utf-8")
    assert [word for word in WORDS if f"`#{word}`" not in told] == []


def test_a_job_is_charged_once_when_submitted(submit, poll, log, used, clock):
    id = submit("a fox").json()["id"]
    assert used() == UNITS
    clock.now += 1
    for _ in range(3):
        assert poll(id).json()["status"] == "SUCCESS"
    [row] = log()
    assert (row["type"], row["quota"], row["model_name"]) == (2, UNITS, "sora-2")
    assert json.loads(row["other"])["task_id"] == id
    assert used() == UNITS


@pytest.mark.parametrize(("prompt", "after"), [("#fail", 0.018), ("#refuse-late", 0.030), ("#失败", 0.018)])
def test_a_failed_job_is_refunded_once(submit, poll, log, used, clock, prompt, after):
    id = submit(prompt).json()["id"]
    clock.now += after - 0.001
    assert poll(id).json()["status"] == "IN_PROGRESS"
    assert used() == UNITS
    clock.now += 0.002
    for _ in range(3):
        assert poll(id).json()["status"] == "FAILURE"
        assert poll(id).json()["fail_reason"]
    refund, charge = log()
    assert (refund["type"], refund["quota"], charge["quota"]) == (6, UNITS, UNITS)
    assert json.loads(refund["other"])["task_id"] == id
    assert used() == 0


def test_a_failed_job_that_nobody_asks_after_is_refunded_too(submit, used, clock):
    submit("#fail")
    clock.now += 60
    assert used() == 0


def test_refused_content_costs_nothing_and_leaves_no_job(submit, log):
    answer = submit("#refuse")
    assert (answer.status_code, answer.json()["code"]) == (400, "sensitive_words_detected")
    assert log() == []


def test_a_lost_task_is_unknown_after_a_while_and_stays_charged(submit, poll, used, clock):
    id = submit("#lost").json()["id"]
    assert poll(id).status_code == 200
    clock.now += 0.020
    answer = poll(id)
    assert (answer.status_code, answer.json()["code"], answer.json()["data"]) == (400, "task_not_exist", None)
    assert used() == UNITS


def test_a_slow_job_takes_ten_times_as_long(submit, poll, clock):
    id = submit("#slow").json()["id"]
    clock.now += 0.150
    assert poll(id).json()["status"] == "IN_PROGRESS"
    clock.now += 0.150
    assert poll(id).json()["status"] == "SUCCESS"


@pytest.mark.parametrize(
    ("prompt", "statuses"),
    [("#late-task", [404, 200, 200]), ("#denied", [403, 200, 200]), ("#无权", [403, 200, 200]), ("a fox", [200] * 3)],
)
def test_only_the_first_poll_fails(submit, poll, prompt, statuses):
    id = submit(prompt).json()["id"]
    assert [poll(id).status_code for _ in statuses] == statuses


def test_the_address_may_come_after_the_success(submit, poll, clock):
    id = submit("#no-url").json()["id"]
    clock.now += 1
    answers = [poll(id).json() for _ in range(3)]
    assert {answer["status"] for answer in answers} == {"SUCCESS"}
    assert ["output" in (answer["data"] or {}) for answer in answers] == [False, False, True]


@pytest.mark.parametrize(
    ("prompt", "statuses", "media_type"),
    [
        ("a fox", [200, 200, 200], "video/mp4"),
        ("#expired", [404, 404, 404], None),
        ("#late-file", [404, 404, 200], "video/mp4"),
        ("#html", [200, 200, 200], "text/html; charset=utf-8"),
    ],
)
def test_a_file_is_there_or_gone_or_late_or_no_media(submit, poll, client, clock, prompt, statuses, media_type):
    id = submit(prompt).json()["id"]
    clock.now += 1
    address = poll(id).json()["data"]["output"]
    assert address.startswith("http://127.0.0.1/demo/files/")
    answers = [client.get(address) for _ in statuses]
    assert [answer.status_code for answer in answers] == statuses
    if media_type:
        assert answers[-1].headers["content-type"] == media_type


@pytest.mark.parametrize("path", ["0.mp4", "1.mp4", "0.exe", "-1.mp4", "x"])
def test_an_unfinished_or_unknown_file_is_not_found(submit, client, path):
    id = submit("a fox").json()["id"]
    answer = client.get(f"/demo/files/{id}/{path}")
    assert answer.status_code == 404 or answer.headers["content-type"].startswith("text/html")
    assert client.get("/demo/files/nothing/0.mp4").status_code == 404


def test_another_accounts_job_is_unknown(submit, poll):
    id = submit("a fox").json()["id"]
    assert poll(id, "all").status_code == 200
    assert poll("task_nothing").status_code == 400


def test_a_job_goes_on_and_is_charged_once_through_a_kill(serve, bearer, tmp_path):
    headers, body = bearer("sora"), {"model": "sora-2", "prompt": "a fox", "seconds": "4"}
    options = ("--home", str(tmp_path), "--speed", "20")
    with serve(*options) as (process, address):
        id = httpx.post(f"{address}/v1/videos", json=body, headers=headers).json()["id"]
        assert httpx.get(f"{address}/v1/videos/{id}", headers=headers).json()["status"] in ("queued", "in_progress")
        process.kill()
        process.wait()
    with serve(*options) as (_, address):
        polls = (httpx.get(f"{address}/v1/videos/{id}", headers=headers).json() for _ in itertools.count())
        assert next(answer for answer in polls if answer["progress"] == 100)["status"] == "completed"
        film = httpx.get(f"{address}/v1/videos/{id}/content", headers=headers).content
        assert b"a fox" in film
        [row] = httpx.get(f"{address}/api/log/token", headers=headers).json()["data"]
        assert row["quota"] == UNITS


@pytest.mark.parametrize(
    ("asked", "status", "body", "span"),
    [
        (None, 200, b"0123456789", None),
        ("bytes=0-3", 206, b"0123", "bytes 0-3/10"),
        ("bytes=4-", 206, b"456789", "bytes 4-9/10"),
        ("bytes=-3", 206, b"789", "bytes 7-9/10"),
        ("bytes=5-99", 206, b"56789", "bytes 5-9/10"),
        ("bytes=10-", 416, b"", "bytes */10"),
        ("bytes=-0", 416, b"", "bytes */10"),
        ("bytes=5-4", 416, b"", "bytes */10"),
        ("bytes=-", 200, b"0123456789", None),
        ("lines=1-2", 200, b"0123456789", None),
    ],
)
def test_a_range_gets_its_part(asked, status, body, span):
    headers = [(b"range", asked.encode())] if asked else []
    answer = ranged(Request({"type": "http", "headers": headers}), b"0123456789", "video/mp4")
    assert (answer.status_code, answer.body, answer.headers.get("content-range")) == (status, body, span)


def test_the_books_agree_with_the_log(submit, log, relay, clock):
    for prompt in ("a", "#fail", "b", "#refuse-late", "#lost"):
        submit(prompt)
    clock.now += 60
    with TestClient(build(relay), base_url="http://127.0.0.1") as client:
        client.get("/api/status")
    signs = {2: 1, 6: -1}
    assert relay.books.key("sora").used == sum(signs[row["type"]] * row["quota"] for row in log()) == 3 * UNITS
