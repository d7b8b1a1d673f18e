"""What makers say in their own protocols, as reference/wire.md 4, 5, 6, 8 and its Addendum quote them."""

from __future__ import annotations

import json

import httpx
import pytest

from lib.calls.result import of_task
from lib.causes import judge
from lib.wire import Said, TaskState
from lib.wire.answers import said


def gemini(status: int, message: str, word: str) -> httpx.Response:
    return httpx.Response(status, json={"error": {"code": status, "message": message, "status": word}})


def anthropic(status: int, kind: str, message: str) -> httpx.Response:
    return httpx.Response(status, json={"type": "error", "error": {"type": kind, "message": message}})


def zhipu(status: int, code: str) -> httpx.Response:
    return httpx.Response(status, json={"error": {"code": code, "message": "…"}})


def elevenlabs(status: int, code: str) -> httpx.Response:
    return httpx.Response(status, json={"detail": {"status": code, "message": "…"}})


def stability(status: int, name: str) -> httpx.Response:
    return httpx.Response(status, text=json.dumps({"id": "1", "name": name, "errors": ["…"]}))


def midjourney(code: int, description: str = "…") -> httpx.Response:
    return httpx.Response(200, json={"code": code, "description": description, "result": "", "properties": {}})


@pytest.mark.parametrize(
    ("protocol", "answer", "cause"),
    [
        ("gemini", gemini(400, "API key not valid. Please pass a valid API key.", "INVALID_ARGUMENT"), "bad_key"),
        ("gemini", gemini(429, "Resource has been exhausted", "RESOURCE_EXHAUSTED"), "rate_limited"),
        ("anthropic", anthropic(400, "invalid_request_error", "Your credit balance is too low to access the API."),
         "account_quota_exhausted"),
        ("anthropic", anthropic(403, "forbidden", "Request not allowed"), "region_blocked"),
        ("anthropic", anthropic(404, "not_found_error", "model: claude-9"), "model_unknown"),
        ("anthropic", anthropic(401, "authentication_error", "invalid x-api-key"), "bad_key"),
        ("anthropic", anthropic(529, "overloaded_error", "Overloaded"), "saturated"),
        ("deepl", httpx.Response(403), "bad_key"),
        ("deepl", httpx.Response(456, json={"message": "Quota Exceeded"}), "quota_empty"),
        ("zhipu", zhipu(429, "1113"), "account_quota_exhausted"),
        ("zhipu", zhipu(401, "1003"), "key_expired"),
        ("zhipu", zhipu(400, "1301"), "content_refused"),
        ("zhipu", zhipu(429, "1302"), "rate_limited"),
        ("elevenlabs", elevenlabs(401, "quota_exceeded"), "quota_empty"),
        ("elevenlabs", elevenlabs(401, "missing_permissions"), "not_permitted"),
        ("elevenlabs", elevenlabs(429, "too_many_concurrent_requests"), "rate_limited"),
        ("stability", stability(403, "content_moderation"), "content_refused"),
        ("stability", stability(402, "payment_required"), "account_quota_exhausted"),
        # wire.md 7: the codes of a submission
        ("midjourney", midjourney(24), "content_refused"),
        ("midjourney", midjourney(23), "saturated"),
        ("midjourney", midjourney(30), "saturated"),
        ("midjourney", midjourney(4), "bad_request"),
        ("midjourney", midjourney(4, "quota_not_enough"), "account_quota_exhausted"),
    ],
)  # fmt: skip
def test_what_a_maker_says_means(protocol: str, answer: httpx.Response, cause: str) -> None:
    assert judge(said(answer), protocol).code == cause


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        ("生成的内容违反了内容政策，已被拦截 (the content violates the content policy)", "content_refused"),
        ("Your request was rejected by the safety system.", "content_refused"),
        ("内容违规，请修改提示词", "content_refused"),
        ("上游生成失败，请稍后重试 (upstream generation failed)", "task_failed"),
        ("模型不存在", "task_failed"),
    ],
)
def test_why_work_failed_that_was_accepted(words: str, cause: str) -> None:
    """wire.md 2C: the reasons of a failure are words (real person, violation, copyright)."""
    for code in ("", "generation_failed"):
        failed = TaskState("failed", said=Said(200, code, message=words))
        ending = of_task(failed, "openai_video", through_relay=True, model="sora-2")
        assert ending.code == cause, code
