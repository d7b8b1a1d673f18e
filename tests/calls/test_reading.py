"""Usage told in several parts of one stream, and how long a video was asked for."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import httpx
import pytest

from lib.calls.result import Reading, of_reading, of_task, of_told_failure, seconds_asked
from lib.vocabulary import Usage
from lib.wire import FinishReason, Outcome, Request, Said, TaskState, UsageSeen, stability


@pytest.mark.parametrize(
    ("parts", "usage"),
    [
        pytest.param([Usage(5, output_tokens=1), Usage(5, output_tokens=9)], Usage(5, output_tokens=9), id="the last"),
        pytest.param([Usage(5, 2, 1, 1), Usage(output_tokens=9)], Usage(5, 2, 1, 9), id="wire.md 5: output only"),
        pytest.param([Usage(5, 2), Usage(3, output_tokens=9)], Usage(5, 2, None, 9), id="wire.md 5: input uncached"),
        pytest.param([Usage(None, 2), Usage(output_tokens=9)], Usage(None, 2, None, 9), id="input never told"),
        pytest.param([Usage(5, 0, 2), Usage(3)], Usage(5, 0, 2), id="written to the cache"),
        pytest.param([Usage(5, 2), Usage(4, 0)], Usage(4, 0), id="the cached part is told anew"),
        pytest.param([Usage(5), Usage(4)], Usage(4), id="a guess is corrected"),
        pytest.param([Usage(output_tokens=9), Usage(0, output_tokens=0)], Usage(0, output_tokens=0), id="0 is told"),
    ],
)
def test_each_figure_is_the_last_one_told(parts: list[Usage], usage: Usage) -> None:
    reading = Reading()
    for number, part in enumerate(parts):
        reading.take(UsageSeen(part, {"part": number, str(number): True}))
    assert reading.usage == UsageSeen(usage, {"part": 1, "0": True, "1": True})


@pytest.mark.parametrize(
    ("params", "seconds"),
    [
        ({"seconds": "8"}, Decimal(8)),
        ({"duration": 10}, Decimal(10)),
        ({"durationSeconds": 6}, Decimal(6)),  # wire.md 4: Veo's parameters
        ({"seconds": True, "duration": "long"}, None),
        ({}, None),
    ],
)
def test_how_long_a_video_was_asked_for(params: Any, seconds: Decimal | None) -> None:
    assert seconds_asked(params) == seconds


@pytest.mark.parametrize(
    ("protocol", "said", "state"),
    [
        # wire.md 2C: "Failure reasons are Chinese text in fail_reason (real person / violation / copyright)"
        ("video_v2", Said(200, message="检测到真人，无法生成"), "content_refused"),
        ("video_v2", Said(200, message="生成的内容违规"), "content_refused"),
        ("suno", Said(200, message="Song lyrics contained copyrighted material"), "content_refused"),
        ("openai_video", Said(200, code="moderation_blocked", message="no"), "content_refused"),
        ("openai_video", Said(200, code="x", message="This content may violate our guardrails"), "content_refused"),
        ("midjourney", Said(200, message="上游生成失败，请稍后重试"), "upstream_fault"),
        ("video_create", Said(200, message="generation timed out"), "upstream_fault"),
    ],
)
def test_a_task_that_was_filtered_is_told_apart_from_one_that_broke(protocol: str, said: Said, state: str) -> None:
    ending = of_task(TaskState("failed", said=said), protocol, through_relay=True, model="m")
    assert (ending.status, ending.state, ending.charged) == ("failed", state, False)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        # wire.md 2D: "failure text in content with HTTP 200 and normal [DONE]"
        ("> 生成失败 ❌\n> 失败原因：内容违规", "content_refused"),
        ("❌ Request failed: copyright", "content_refused"),
        ("> 生成失败 ❌\n> 失败原因：上游超时", "task_failed"),
        ('{"prompt": "a book on copyright"}\n生成完成 ✅', "unreadable"),  # the prompt's own words
    ],
)
def test_a_chat_that_made_no_film_says_why(words: str, code: str) -> None:
    ending = of_told_failure(Said(200, message=words), "chat_video", through_relay=True, model="sora-2")
    assert (ending.status, ending.code, ending.charged) == ("failed", code, True)


@pytest.mark.parametrize(
    ("finished", "refused", "makes_files", "code", "charged"),
    [
        ("content_filter", None, True, "content_refused", False),
        ("content_filter", Said(200, code="prompt_blocked"), True, "prompt_refused", False),
        ("content_filter", Said(200, code="prompt_blocked"), False, "prompt_refused", True),
        ("content_filter", None, False, "content_refused", True),
        ("stop", None, True, "empty_answer", True),
        (None, None, True, "empty_answer", True),
        (None, None, False, "empty_answer", True),  # wire.md 3: a stream of nothing but [DONE]
    ],
)
def test_what_was_filtered_says_so_and_no_file_is_no_cost(
    finished: FinishReason | None, refused: Said | None, makes_files: bool, code: str, charged: bool
) -> None:
    reading = Reading()
    reading.take_whole(Outcome(finished=finished, refused=refused))
    ending = of_reading(reading, "gemini", through_relay=False, model="m", makes_files=makes_files)
    assert (ending.status, ending.code, ending.charged) == ("failed", code, charged)


def test_a_filtered_picture_that_was_made_is_billed() -> None:
    """wire.md 8: "CONTENT_FILTERED = blurred image, still 200"."""
    reading, blurred = Reading(), {"content-type": "image/png", "finish-reason": "CONTENT_FILTERED"}
    reading.take_whole(
        stability.read(httpx.Response(200, headers=blurred, content=b"\x89PNG"), Request("m", "x", "image"))
    )
    ending = of_reading(reading, "stability", through_relay=False, model="m", makes_files=True)
    assert (ending.code, ending.charged, reading.kept) == ("content_refused", True, ())
