"""The demo's own tokenizer. It is the provider here, so its counts are right by definition."""

import re
from collections.abc import Sequence

TOKEN = re.compile(r"[ \n]?[A-Za-z]{1,6}|[ \n]?\d{1,3}|[\u3400-\u9fff]{1,2}|\s+|.", re.DOTALL)

MESSAGE_TOKENS = 4
IMAGE_TOKENS = 85
"""What a message costs beside its words, and what an image part costs."""

CACHE_STEP = 128
CACHE_MINIMUM = 1024
"""Cached prompts count in steps of 128 tokens from 1,024 on, as OpenAI's prompt caching does."""


def split(text: str) -> list[str]:
    """`text` in tokens; joined again they are `text`."""
    return TOKEN.findall(text)


def prefix_hashes(salt: str, tokens: Sequence[str]) -> list[tuple[int, int]]:
    """(length, hash) of each prefix that can be cached, shortest first; `salt` keeps keys and models apart."""
    rolling, marks = hash(salt), []
    for length, token in enumerate(tokens, 1):
        rolling = hash((rolling, token))
        if length >= CACHE_MINIMUM and length % CACHE_STEP == 0:
            marks.append((length, rolling))
    return marks
