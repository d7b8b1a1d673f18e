"""Usage told in several parts of one stream, and how long a video was asked for."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from lib.calls.result import Reading, of_task, seconds_asked
from lib.vocabulary import Usage
from lib.wire import Said, TaskState, UsageSeen


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
