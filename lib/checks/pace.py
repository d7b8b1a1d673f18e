"""How much is asked of one host at once: little at first, more as it answers quickly, half where it is too much."""

from __future__ import annotations

import asyncio
from typing import Literal

from lib.vocabulary import Evidence

FIRST = 10
MORE = 2
"""For each quick answer: so the first answers are all that the others wait for."""
MOST = 32
"""Beyond this nothing is gained: so many keys at one relay are a large household."""
LEAST = 2
QUICK_MS = 1000
TOO_MUCH = 429

Step = Literal["faster", "slower"]


class Pace:
    """Of one host; `async with` it around what is asked there. Used on one loop."""

    def __init__(self, first: int = FIRST) -> None:
        self.at_once = first
        self._free = asyncio.Semaphore(first)
        self._owed = 0

    async def __aenter__(self) -> None:
        await self._free.acquire()

    async def __aexit__(self, *_: object) -> None:
        self._give_back()

    def _give_back(self) -> None:
        """A place is free again, unless the pace has slowed since it was taken."""
        if self._owed:
            self._owed -= 1
        else:
            self._free.release()

    def saw(self, rung: Evidence) -> None:
        """Takes in how a rung was answered; what wasn't asked there says nothing."""
        match pace_of(rung):
            case "faster":
                more = min(MORE, MOST - self.at_once)
                self.at_once += more
                for _ in range(more):
                    self._give_back()
            case "slower":
                fewer = max(0, self.at_once - max(LEAST, self.at_once // 2))
                self.at_once -= fewer
                self._owed += fewer


def pace_of(rung: Evidence) -> Step | None:
    """What a rung's answer says of the pace: None where nothing was asked, or the host only takes its time."""
    if rung.ms is None:
        return None
    if rung.http_status is None or rung.http_status == TOO_MUCH or rung.http_status >= 500:
        return "slower"
    return "faster" if rung.ms <= QUICK_MS else None
