"""What the page that reconciles shows, as its address says it: the relay, the days, and one kind of difference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from lib.cost.differences import SENTENCES
from lib.i18n import N_

DAYS: Mapping[str, str] = {
    "1": N_("Last 24 hours"),
    "7": N_("Last 7 days"),
    "30": N_("Last 30 days"),
    "all": N_("All time"),
}
USUAL = "30"


@dataclass(frozen=True, slots=True)
class View:
    """`why` is a code of `lib.cost.differences`, "" for all of them."""

    relay: str
    days: str = USUAL
    why: str = ""

    @classmethod
    def read(cls, params: Mapping[str, str], relays: Sequence[str]) -> Self:
        """The view of an address; what isn't understood is left out."""
        relay, days, why = (params.get(name, "") for name in ("relay", "days", "why"))
        return cls(
            relay if relay in relays else relays[0], days if days in DAYS else USUAL, why if why in SENTENCES else ""
        )

    @property
    def address(self) -> dict[str, str]:
        """The inverse of `read`."""
        told = {"relay": self.relay, "days": "" if self.days == USUAL else self.days, "why": self.why}
        return {name: value for name, value in told.items() if value}

    def since(self, now: datetime) -> datetime | None:
        """When its days begin, a full hour; None: whenever."""
        hour = now.replace(minute=0, second=0, microsecond=0)
        return None if self.days == "all" else hour - timedelta(days=int(self.days))
