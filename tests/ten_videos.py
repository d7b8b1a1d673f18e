"""`python tests/ten_videos.py CONNECTION [AT_ONCE]`: ten films in all, however often it is killed, to their end.

Each start submits at most AT_ONCE of those that are missing.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from lib.calls.draft import CallDraft
from lib.engine import Engine, database_url, home

FILMS, GAP_S = 10, 0.15


async def main(connection: str, at_once: int) -> None:
    """Submits what is still missing, one after the other, while all that was accepted is asked after."""
    engine = Engine(home(), database_url())
    await engine.start()
    sys.stdout.write("up\n")
    sys.stdout.flush()
    there = len(engine.log.page(limit=FILMS).rows)
    for number in range(there, min(FILMS, there + at_once)):
        await engine.submit(CallDraft(connection, "video", f"Waves at a pier, take {number}", "sora-2"))
        await asyncio.sleep(GAP_S)
    await engine.wait_for_all()
    await engine.stop()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int((*sys.argv, FILMS)[2])))
