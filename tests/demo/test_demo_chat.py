import json
import re

import pytest

from demo.tokens import split


def events(answer):
    blocks = answer.text.split("\n\n")
    return [json.loads(block.removeprefix("data: ")) for block in blocks if block.startswith("data: {")]


def text_of(chunks, field="content"):
    return "".join(choice["delta"].get(field, "") for chunk in chunks for choice in chunk["choices"])


@pytest.mark.parametrize(
    ("prompt", "answer"),
    [
        ("17+25", "42"),
        ("What is 17 + 25? Reply with the number only.", "42"),
        ("请计算 12×3，只回答数字", "36"),
        ("100 - 58 =", "42"),
        ("10 / 4", "2.5"),
        ("7 plus 8", "15"),
    ],
)
def test_a_sum_is_answered_by_its_result(ask, prompt, answer):
    assert ask("all", prompt).json()["choices"][0]["message"]["content"] == answer


@pytest.mark.parametrize(
    "prompt",
    [
        "Tell me about green tea",
        "",
        "5/0",
        "The report of 2024-05-12 is late, why?",
        "介绍一下杭州的西湖",
        "写一段 Python 代码",
    ],
)
def test_any_other_answer_streams_for_over_six_seconds_at_speed_one(ask, prompt):
    assert ask("all", prompt).json()["usage"]["completion_tokens"] >= 6 * 28


@pytest.mark.parametrize(
    ("prompt", "chinese", "word"),
    [
        ("Tell me about green tea", False, "green"),
        ("介绍一下杭州的西湖", True, "西湖"),
        ("介绍一下西湖，in English please", False, "西湖"),
        ("用中文 explain photosynthesis", True, "photosynthesis"),
    ],
)
def test_the_answer_speaks_the_prompts_language_and_words(ask, prompt, chinese, word):
    text = ask("all", prompt).json()["choices"][0]["message"]["content"]
    assert (len(re.findall(r"[\u3400-\u9fff]", text)) > len(text) / 3) == chinese
    assert word in text


def test_a_stream_is_chunks_with_a_role_a_finish_and_a_done(ask):
    answer = ask("all", "Tell me about tea", stream=True)
    chunks = events(answer)
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert answer.text.endswith("data: [DONE]\n\n")
    assert ": PING\n\n" in answer.text
    assert chunks[0]["choices"][0]["delta"]["role"] == "assistant"
    assert [c["choices"][0]["finish_reason"] for c in chunks[-2:]] == [None, "stop"]
    assert {chunk["object"] for chunk in chunks} == {"chat.completion.chunk"}
    assert all(chunk["usage"] is None for chunk in chunks)
    assert text_of(chunks) == ask("all", "Tell me about tea").json()["choices"][0]["message"]["content"]


def test_usage_comes_as_a_last_chunk_when_asked_for(ask):
    *chunks, last = events(ask("all", "Tell me about tea", stream=True, stream_options={"include_usage": True}))
    assert last["choices"] == []
    assert last["usage"]["completion_tokens"] == len(split(text_of(chunks)))
    assert last["usage"]["total_tokens"] == last["usage"]["prompt_tokens"] + last["usage"]["completion_tokens"]
    assert all(chunk["usage"] is None for chunk in chunks)


@pytest.mark.parametrize("limit", [{"max_tokens": 20}, {"max_completion_tokens": 20}])
@pytest.mark.parametrize("stream", [True, False])
def test_max_tokens_cuts_the_answer(ask, limit, stream):
    answer = ask("all", "Tell me about tea", stream=stream, **limit)
    last = events(answer)[-1] if stream else answer.json()
    assert last["choices"][0]["finish_reason"] == "length"
    if not stream:
        assert last["usage"]["completion_tokens"] == 20


def test_a_message_may_come_in_parts(ask):
    parts = [{"type": "text", "text": "2+3"}, {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}]
    plain = ask("all", "2+3").json()
    mixed = ask("all", messages=[{"role": "user", "content": parts}]).json()
    assert mixed["choices"][0]["message"]["content"] == "5"
    assert mixed["usage"]["prompt_tokens"] == plain["usage"]["prompt_tokens"] + 85


@pytest.mark.parametrize("model", ["deepseek-reasoner", "kimi-k2-thinking"])
def test_a_thinking_model_shows_its_reasoning_and_counts_it(ask, model):
    chunks = events(ask("all", "Tea?", model, stream=True, stream_options={"include_usage": True}))
    thoughts = text_of(chunks, "reasoning_content")
    assert "Tea?" not in text_of(chunks[:3])
    assert chunks[-1]["usage"]["completion_tokens_details"]["reasoning_tokens"] == len(split(thoughts)) > 0


def test_a_long_prompt_sent_again_is_cached_by_key_and_model(ask):
    def cached(prompt, model="gpt-4o-mini"):
        return ask("all", prompt, model).json()["usage"]["prompt_tokens_details"]["cached_tokens"]

    long = "the quick brown fox jumps over a lazy dog " * 200
    seen = [
        cached(long),
        cached(long),
        cached(long + "and more"),
        cached(long, "gpt-4o"),
        cached("short"),
        cached("short"),
    ]
    first, again, longer, other, *short = seen
    assert first == other == 0
    assert again == longer
    assert again >= 1024
    assert again % 128 == 0
    assert short == [0, 0]


def test_a_call_is_logged_and_deducted(ask, client, bearer):
    answer = ask("chatglm", "你好", "glm-4-flash", stream=True, stream_options={"include_usage": True})
    usage = events(answer)[-1]["usage"]
    [row] = client.get("/api/log/token", headers=bearer("chatglm")).json()["data"]
    # 0.007 a token in and out
    units = max(1, round(usage["total_tokens"] * 0.007))
    assert row["request_id"] == answer.headers["X-Oneapi-Request-Id"]
    assert (row["type"], row["quota"], row["is_stream"], row["group"]) == (2, units, True, "default")
    assert (row["prompt_tokens"], row["completion_tokens"]) == (usage["prompt_tokens"], usage["completion_tokens"])
    assert (row["token_name"], row["model_name"], row["token_id"]) == ("chatglm", "glm-4-flash", 13)
    other = json.loads(row["other"])
    assert (other["model_ratio"], other["completion_ratio"], other["model_price"]) == (0.007, 1.0, -1)
    assert {"group_ratio", "cache_tokens", "cache_ratio", "frt"} <= other.keys()
    left = client.get("/api/usage/token/", headers=bearer("chatglm")).json()["data"]
    assert (left["total_used"], left["total_available"]) == (units, 1_600_000 - units)


def test_the_books_deduct_what_the_log_says(ask, relay):
    for number in range(20):
        ask("all", "word " * number, max_tokens=number * 7, stream=number % 2 == 0)
    rows = relay.books.log("all", 100)
    assert len(rows) == 20
    assert relay.books.key("all").used == sum(row["quota"] for row in rows) > 0


@pytest.mark.parametrize(
    ("body", "status", "code", "words"),
    [
        (b"{", 400, "", "无效的请求"),
        (b"", 400, "", "无效的请求"),
        (b"[]", 400, "", "无效的请求"),
        (b"{}", 400, "", "未指定模型名称，模型名称不能为空"),
        (b'{"model": ""}', 400, "", "未指定模型名称，模型名称不能为空"),
        (b'{"model": "gpt-4o-mini"}', 400, "invalid_request", "field messages is required"),
        (b'{"model": "gpt-4o-mini", "messages": []}', 400, "invalid_request", "field messages is required"),
        (b'{"model": "gpt-4o-mini", "messages": "hi"}', 400, "invalid_request", "field messages"),
        (
            b'{"model": "gpt-4o-mini", "messages": [{"role": "user"}], "temperature": 3}',
            400,
            "invalid_request",
            "field temp",
        ),
        (
            b'{"model": "gpt-4o-mini", "messages": [{"role": "user"}], "max_tokens": -1}',
            400,
            "invalid_request",
            "field max",
        ),
    ],
)
def test_a_bad_body_is_refused_and_leaves_no_trace(client, bearer, relay, body, status, code, words):
    answer = client.post("/v1/chat/completions", content=body, headers=bearer("all"))
    assert answer.status_code == status
    assert answer.json()["error"]["code"] == code
    assert answer.json()["error"]["message"].startswith(words)
    assert relay.books.log(None, 1) == []


@pytest.mark.parametrize(
    ("key", "account", "code", "words"),
    [
        (10, 10_000, "pre_consume_token_quota_failed", "token quota is not enough, token remain quota: ＄0.000020"),
        (10_000, 10, "insufficient_user_quota", "预扣费额度失败, 用户剩余额度: ＄0.000020, 需要预扣费额度: ＄0.00"),
    ],
)
def test_a_call_that_may_cost_more_than_is_left_is_refused(ask, relay, key, account, code, words):
    relay.books.change_key("chatglm", remain=key)
    relay.books.fund_account("demo", account - relay.books.key("chatglm").funds)
    answer = ask("chatglm", model="glm-4-flash", max_tokens=100_000)
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, code)
    assert answer.json()["error"]["message"].startswith(words)
