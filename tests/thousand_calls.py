"""`python tests/thousand_calls.py NUMBER`: one of eight workers, with 125 calls of every kind on four keys."""

from __future__ import annotations

import asyncio
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from lib.calls.draft import CallDraft
from lib.engine import Engine, database_url, home
from lib.vocabulary import Capability

WORKERS, EACH, AT_ONCE, SEED = 8, 125, 8, 7
MIX: tuple[tuple[int, str, Capability, str, str | None, str], ...] = (
    # share, connection, capability, model, protocol, words
    (30, "all", "text", "gpt-4o-mini", None, "Tell me of relays."),
    (12, "all", "text", "gpt-4o", None, "relay " * 2_000),
    (12, "all", "text", "claude-sonnet-4-5", "anthropic", "给我讲讲灯塔的故事"),
    (8, "all", "text", "gemini-2.5-flash", "gemini", "A haiku about relays."),
    (8, "all", "text", "deepseek-chat", None, "中转" * 400),
    (2, "all", "text", "gpt-4o-mini", None, "This one goes wrong. #fail"),
    (14, "chatglm", "text", "glm-4-flash", None, "Hello."),
    (3, "all", "image", "dall-e-2", None, "A lighthouse."),
    (3, "gemini", "image", "gemini-2.5-flash-image", None, "A lighthouse."),
    (8, "all", "embedding", "text-embedding-3-small", None, "A lighthouse in the rain"),
    (5, "all", "speech", "tts-1", None, "A lighthouse."),
    (5, "sora", "video", "sora-2", None, "A lighthouse."),
    (2, "sora", "video", "sora-2", None, "A film that fails. #fail"),
    (2, "all", "image", "mj_imagine", "midjourney", "A lighthouse."),
    (2, "all", "music", "suno_music", None, "A song of the sea."),
)


async def main(number: int) -> None:
    """Makes this worker's calls, some at once; returns when all of them have ended."""
    chance, gate = random.Random(SEED + number), asyncio.Semaphore(AT_ONCE)
    engine = Engine(home(), database_url())
    await engine.start()

    async def one(n: int) -> None:
        _, connection, capability, model, protocol, words = chance.choices(MIX, [kind[0] for kind in MIX])[0]
        params = {"max_tokens": chance.choice([20, 60])} if capability == "text" and protocol is None else {}
        size = {"size": "256x256"} if model == "dall-e-2" else {}
        prompt = f"{words} {number}-{n}"
        draft = CallDraft(connection, capability, prompt, model, params={**params, **size}, protocol=protocol)
        async with gate:
            await engine.wait(await engine.submit(draft))

    await asyncio.gather(*map(one, range(EACH)))
    await engine.stop()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
