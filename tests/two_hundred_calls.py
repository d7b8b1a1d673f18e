"""`python tests/two_hundred_calls.py CONNECTION`: 200 calls of random length on many models, in one process."""

from __future__ import annotations

import asyncio
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from lib.calls.draft import CallDraft
from lib.engine import Engine, database_url, home

CALLS, AT_ONCE, SEED = 200, 20, 7


async def main(connection: str) -> None:
    """Calls models of every price and ratio; prompts of a few letters up to some that are cached in part."""
    chance = random.Random(SEED)
    engine = Engine(home(), database_url())
    await engine.start()
    await engine.check([connection])
    listed = engine.known.key_models(connection)
    assert listed is not None
    models = [entry.model for entry in listed.value if "openai" in entry.endpoints]
    texts = {v.model for v in engine.verdicts() if v.connection == connection and v.capability == "text"}
    candidates = [model for model in models if model in texts]
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> None:
        words = "relay " * chance.choice([1, 10, 300, 2_000]) + ("中转" * chance.choice([0, 5, 400]))
        params = {"max_tokens": chance.choice([1, 7, 50, 200])}
        model = chance.choice(candidates)
        async with gate:
            call_id = await engine.submit(CallDraft(connection, "text", f"{words} {number % 40}", model, params=params))
            await engine.wait(call_id)

    await asyncio.gather(*map(one, range(CALLS)))
    await engine.stop()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
