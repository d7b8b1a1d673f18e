"""What goes wrong on request: a word in the prompt, in Chinese or English, names the fault. ONE table, also in docs."""

import re
from collections.abc import Mapping
from typing import Literal

from demo.refusals import Refused
from demo.relay import Relay

Fault = Literal[
    "refuse",
    "refuse-late",
    "fail",
    "lost",
    "expired",
    "late-file",
    "html",
    "no-url",
    "late-task",
    "denied",
    "slow",
]

WORDS: Mapping[str, Fault] = {
    "拒绝": "refuse",
    "refuse": "refuse",
    "事后拒绝": "refuse-late",
    "refuse-late": "refuse-late",
    "失败": "fail",
    "fail": "fail",
    "丢失": "lost",
    "lost": "lost",
    "过期": "expired",
    "expired": "expired",
    "文件迟到": "late-file",
    "late-file": "late-file",
    "网页": "html",
    "html": "html",
    "无地址": "no-url",
    "no-url": "no-url",
    "任务迟到": "late-task",
    "late-task": "late-task",
    "无权": "denied",
    "denied": "denied",
    "慢": "slow",
    "slow": "slow",
}
"""The words, each written with a # before it: `#fail`, `#失败`."""

_MARK = re.compile(r"#(" + "|".join(sorted(WORDS, key=len, reverse=True)) + r")(?![a-z-])", re.IGNORECASE)

FAILS_AT: Mapping[Fault, float] = {"fail": 0.6, "refuse-late": 1.0}
"""At which share of its time work fails."""

SLOW = 10
"""How many times longer a slow answer takes."""


def faults(prompt: str) -> frozenset[Fault]:
    """What `prompt` asks to go wrong; several words may stand in one prompt."""
    return frozenset(WORDS[word.lower()] for word in _MARK.findall(prompt))


def slowed(seconds: float, prompt: str) -> float:
    """`seconds`, or more where the prompt asks for a slow answer."""
    return seconds * SLOW if "slow" in faults(prompt) else seconds


async def work(relay: Relay, prompt: str, seconds: float) -> None:
    """Wait as long as work takes that is answered at once; Refused where the prompt asks for that."""
    wrong, takes = faults(prompt), slowed(seconds, prompt)
    if "refuse" in wrong:
        raise Refused("moderated")
    if "fail" in wrong:
        await relay.pause(takes * FAILS_AT["fail"])
        raise Refused("upstream_failed")
    await relay.pause(takes)
    if "refuse-late" in wrong:
        raise Refused("moderated")
