import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from demo.keys import specs

CHAT = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Tell me about tea"}]}


@pytest.fixture
def headers(bearer):
    return bearer("all")


def used(address, headers):
    return httpx.get(f"{address}/api/usage/token/", headers=headers).json()["data"]["total_used"]


def test_it_ends_cleanly_when_stdin_closes(serve):
    with serve("--until-eof") as (process, address):
        assert httpx.get(f"{address}/api/status").status_code == 200
        process.stdin.close()
        assert process.wait(10) == 0
        assert process.stderr.read() == ""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ignores_stdin_and_ends_cleanly_on_a_signal(serve, number):
    with serve() as (process, address):
        process.stdin.close()
        assert httpx.get(f"{address}/api/status").status_code == 200
        process.send_signal(number)
        assert process.wait(10) == 0
        assert process.stderr.read() == ""


def test_it_ends_while_a_stream_runs_and_charges_what_was_sent(serve, headers, tmp_path):
    with (
        serve("--home", str(tmp_path), "--speed", "1", "--until-eof") as (process, address),
        httpx.stream("POST", f"{address}/v1/chat/completions", json=CHAT | {"stream": True}, headers=headers) as answer,
    ):
        next(answer.iter_bytes())
        process.stdin.close()
        assert process.wait(10) == 0
    with serve("--home", str(tmp_path)) as (_, address):
        assert used(address, headers) > 0


def test_what_it_deducted_survives_a_kill(serve, headers, tmp_path):
    with serve("--home", str(tmp_path / "new")) as (process, address):
        httpx.post(f"{address}/v1/chat/completions", json=CHAT, headers=headers)
        httpx.post(f"{address}/demo/lines/us/fail")
        before = used(address, headers)
        process.kill()
    with serve("--home", str(tmp_path / "new")) as (_, address):
        assert used(address, headers) == before > 0
        assert len(httpx.get(f"{address}/api/log/token", headers=headers).json()["data"]) == 1
        with pytest.raises(httpx.TransportError):
            httpx.get(f"{address}/us/api/status")


def test_a_client_that_leaves_is_charged_for_what_it_got(serve, headers):
    with serve("--speed", "5") as (_, address), httpx.Client(base_url=address, headers=headers) as client:
        with client.stream("POST", "/v1/chat/completions", json=CHAT | {"stream": True}) as answer:
            lines = answer.iter_lines()
            while '"content": "' not in next(lines):
                pass
        answers = (client.get("/api/log/token").json()["data"] for _ in range(500))
        log = next(rows for rows in answers if rows)
        whole = client.post("/v1/chat/completions", json=CHAT).json()["usage"]["completion_tokens"]
    assert log[0]["type"] == 2
    assert 0 <= log[0]["completion_tokens"] < whole
    assert log[0]["quota"] > 0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["--port", "{busy}"], "cannot listen"), (["--port", "99999"], "99999"), (["--speed", "0"], "0")],
)
def test_wrong_use_is_one_clear_message_and_exit_2(arguments, words):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        command = [argument.format(busy=taken.getsockname()[1]) for argument in arguments]
        done = subprocess.run(
            [sys.executable, "-m", "demo", *command], capture_output=True, text=True, cwd=Path(__file__).parents[2]
        )
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_keep_alive_survives_a_failing_line(served):
    with httpx.Client(base_url=served) as client:
        client.post("/demo/lines/official/fail")
        for _ in range(3):
            with pytest.raises(httpx.TransportError):
                client.get("/official/api/status")
            assert client.get("/api/status").status_code == 200
        client.post("/demo/lines/official/restore")


@pytest.mark.parametrize("line", ["", "/us", "/official"])
def test_the_openai_sdk_uses_it_unchanged(served, line):
    openai = pytest.importorskip("openai")
    with openai.OpenAI(
        base_url=f"{served}{line}/v1",
        api_key=specs()["all"].secret,
        max_retries=0,
        _strict_response_validation=True,
    ) as client:
        listed = [model.id for model in client.models.list()]
        assert {"gpt-4o-mini", "sora-2", "glm-4-flash"} <= set(listed)
        assert client.models.retrieve("gpt-4o-mini").object == "model"
        messages = [{"role": "user", "content": "Reply with the number only: 17+25"}]
        whole = client.chat.completions.create(model="gpt-4o-mini", messages=messages)
        assert whole.choices[0].message.content == "42"
        chunks = list(
            client.chat.completions.create(
                model="deepseek-reasoner", messages=messages, stream=True, stream_options={"include_usage": True}
            )
        )
        assert "".join(choice.delta.content or "" for chunk in chunks for choice in chunk.choices) == "42"
        assert chunks[-1].usage.completion_tokens > 0
        with pytest.raises(openai.AuthenticationError, match="无效的令牌"):
            client.with_options(api_key="sk-nobody").models.list()
