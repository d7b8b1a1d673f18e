"""What the routes share while the relay runs: the books, the pace, the ration and the prompt cache."""

import asyncio
import secrets
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from starlette.requests import Request

from demo.books import Books

RATION = 20
RATION_SECONDS = 20 * 60
"""new-api's "critical" limit: 20 requests in 20 minutes from one address, over all the endpoints it guards."""

PREFIXES_KEPT = 100_000


@dataclass(slots=True)
class Relay:
    """One running relay. All waits are divided by `speed`; `rationed` turns the critical limit on.

    `clock` tells Unix seconds: jobs go by it alone, so they go on while the relay is down.
    """

    books: Books
    speed: float = 1.0
    rationed: bool = False
    clock: Callable[[], float] = time.time
    started_at: int = field(default_factory=lambda: int(time.time()))
    prefixes: dict[int, None] = field(default_factory=dict)
    _asked: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    async def pause(self, seconds: float) -> None:
        """Wait `seconds` of the relay's time; always lets others run."""
        await asyncio.sleep(max(0.0, seconds) / self.speed)

    def over_ration(self, address: str) -> bool:
        """Count one request from `address`; True where it is one too many."""
        if not self.rationed:
            return False
        now, asked = time.monotonic(), self._asked[address]
        while asked and now - asked[0] > RATION_SECONDS:
            asked.popleft()
        asked.append(now)
        return len(asked) > RATION

    def seen_before(self, prefix: int) -> bool:
        """Whether a prompt's prefix (its hash) was sent before; remembers it."""
        known = prefix in self.prefixes
        self.prefixes[prefix] = None
        if len(self.prefixes) > PREFIXES_KEPT:
            del self.prefixes[next(iter(self.prefixes))]
        return known


def relay_of(request: Request) -> Relay:
    """The relay that serves `request`."""
    relay: Relay = request.app.state.relay
    return relay


def new_request_id() -> str:
    """A request id as new-api makes it: the time, then random characters."""
    return datetime.now(UTC).strftime("%Y%m%d%H%M%S%f") + secrets.token_hex(8)
