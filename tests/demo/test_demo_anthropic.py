import json

import pytest

from demo.keys import specs
from demo.tokens import split

MODEL = "claude-sonnet-4-5"
LONG = "the quick brown fox jumps over a lazy dog " * 200
KEPT = [{"type": "text", "text": LONG, "cache_control": {"type": "ephemeral"}}]


@pytest.fixture
def say(client):
    """POST one message by a key's name, as Anthropic's SDK sends it."""

    def say(key="all", prompt="Tell me about tea", path="/v1/messages", **body):
        body = {"model": MODEL, "max_tokens": 4096, "messages": [{"role": "user", "content": prompt}], **body}
        headers = {"x-api-key": specs()[key].secret, "anthropic-version": "2023-06-01"}
        return client.post(path, json=body, headers=headers)

    return say


def events(answer):
    for block in answer.text.strip().split("\n\n"):
        name, data = block.split("\n", 1)
        event = json.loads(data.removeprefix("data: "))
        assert event["type"] == name.removeprefix("event: ")
        yield event


def test_a_message_is_anthropics(say):
    # wire.md 5: {id, type: message, role, model, content, stop_reason, stop_sequence, usage}
    answer = say(prompt="17+25")
    body = answer.json()
    assert (body["type"], body["role"], body["model"], body["stop_reason"]) == (
        "message", "assistant", MODEL, "end_turn",
    )  # fmt: skip
    assert body["id"].startswith("msg_")
    assert [(block["type"], block["text"]) for block in body["content"]] == [("text", "42")]
    assert body["usage"]["output_tokens"] == 1
    assert answer.headers["request-id"]


def test_a_stream_has_anthropics_events_in_their_order(say):
    answer = say(stream=True)
    seen = list(events(answer))
    kinds = [event["type"] for event in seen]
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert kinds[:3] == ["message_start", "content_block_start", "ping"]
    assert kinds[-3:] == ["content_block_stop", "message_delta", "message_stop"]
    assert "[DONE]" not in answer.text
    text = "".join(event["delta"]["text"] for event in seen if event["type"] == "content_block_delta")
    assert text == say().json()["content"][0]["text"]
    assert seen[-2]["usage"]["output_tokens"] == len(split(text))
    assert seen[-2]["delta"] == {"stop_reason": "end_turn", "stop_sequence": None}


@pytest.mark.parametrize("stream", [True, False])
def test_thinking_comes_first_and_is_signed(say, stream):
    answer = say(prompt="Tea?", thinking={"type": "enabled", "budget_tokens": 1024}, stream=stream)
    if not stream:
        thought, text = answer.json()["content"]
        assert (thought["type"], text["type"]) == ("thinking", "text")
        assert "Tea" in thought["thinking"]
        assert thought["signature"]
        return
    seen = list(events(answer))
    begun = [event["content_block"]["type"] for event in seen if event["type"] == "content_block_start"]
    deltas = list(dict.fromkeys(event["delta"]["type"] for event in seen if event["type"] == "content_block_delta"))
    assert begun == ["thinking", "text"]
    assert deltas == ["thinking_delta", "signature_delta", "text_delta"]


def test_max_tokens_ends_it(say):
    body = say(max_tokens=20).json()
    assert (body["stop_reason"], body["usage"]["output_tokens"]) == ("max_tokens", 20)


def test_only_what_is_marked_is_cached_and_counted_apart(say, relay):
    fields = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
    usages = [say(prompt=prompt, max_tokens=1).json()["usage"] for prompt in (LONG, KEPT, KEPT)]
    plain, written, read = (tuple(usage[field] for field in fields) for usage in usages)
    assert plain[1:] == (0, 0)
    assert written[1] >= 1024
    assert written[2] == 0
    assert read == (written[0], 0, written[1])
    assert sum(plain) == sum(written) == sum(read)
    costs = {row["id"]: row["quota"] for row in relay.books.log("all", 3)}
    # 1.5 a token, 1.25 of it to write, a tenth to read, one token of 7.5 out
    expected = [round(1.5 * (i + w * 1.25 + r * 0.1) + 7.5) for i, w, r in (plain, written, read)]
    assert [costs[number] for number in sorted(costs)] == pytest.approx(expected, abs=1)


def test_counting_costs_nothing(say, relay):
    counted = say(path="/v1/messages/count_tokens", max_tokens=None).json()
    assert counted == {"input_tokens": say().json()["usage"]["input_tokens"]}
    assert len(relay.books.log("all", 10)) == 1


@pytest.mark.parametrize(
    ("key", "model", "status", "kind", "words"),
    [
        # wire.md 5: 400 invalid_request_error (also "credit balance is too low"), 401 authentication_error, …
        ("expired", "gpt-4o-mini", 401, "authentication_error", "已过期"),
        ("disabled", "gpt-4o-mini", 401, "authentication_error", "invalid x-api-key"),
        ("exhausted", "gpt-4o-mini", 400, "invalid_request_error", "credit balance is too low"),
        ("balance", "gpt-4o-mini", 400, "invalid_request_error", "credit balance is too low"),
        ("banned", "gpt-4o-mini", 403, "permission_error", "封禁"),
        ("forbidden", MODEL, 403, "permission_error", MODEL),
        ("region", "gpt-4o-mini", 403, "forbidden", "Request not allowed"),
        ("limited", "gpt-4o-mini", 429, "rate_limit_error", "rate limit"),
        ("saturated", "gpt-4o-mini", 529, "overloaded_error", "Overloaded"),
        ("all", "claude-none", 404, "not_found_error", "model: claude-none"),
    ],
)
def test_faults_are_anthropics(say, key, model, status, kind, words):
    answer = say(key, model=model)
    body = answer.json()
    assert (answer.status_code, body["type"], body["error"]["type"]) == (status, "error", kind)
    assert words in body["error"]["message"]
    assert body["request_id"] == answer.headers["request-id"]
    assert ("retry-after" in answer.headers) == (status == 429)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"max_tokens": 0}, "max_tokens"),
        ({"messages": []}, "messages"),
        ({"temperature": 1.5}, "temperature"),
        ({"max_tokens": 2000, "thinking": {"type": "enabled", "budget_tokens": 2000}}, "budget_tokens"),
        ({"thinking": {"type": "enabled", "budget_tokens": 10}}, "budget_tokens"),
    ],
)
def test_a_bad_field_is_an_invalid_request(say, body, words):
    answer = say(**body)
    assert (answer.status_code, answer.json()["error"]["type"]) == (400, "invalid_request_error")
    assert words in answer.json()["error"]["message"]


def test_no_key_at_all(client):
    answer = client.post("/v1/messages", json={})
    assert (answer.status_code, answer.json()["error"]["message"]) == (401, "x-api-key header is required")
