"""What the call log shows, as its address says it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, get_args
from zoneinfo import ZoneInfo

from lib.vocabulary import CAPABILITIES, ErrorState, Status
from ui.addressed import Addressed

STATUSES: tuple[str, ...] = get_args(Status)
CAUSES: tuple[str, ...] = tuple(
    dict.fromkeys(state for part in get_args(ErrorState) for state in (get_args(part) or (part,)) if state != "usable")
)
"""What a call's error may be."""


@dataclass(frozen=True, slots=True)
class View(Addressed):
    """The log's own filters. `line` is a relay's id and a line's, with a dot between them."""

    WORDS: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "capability": CAPABILITIES, "status": STATUSES, "cause": CAUSES
    }  # fmt: skip

    connection: str | None = None
    provider: str | None = None
    model: str | None = None
    capability: str | None = None
    line: str | None = None
    status: str | None = None
    cause: str | None = None
    unknown_cost: bool = False

    def question(self, zone: ZoneInfo) -> dict[str, Any]:
        """The filters as `Engine.log` takes them; days are that zone's."""
        relay, _, line = (self.line or "").partition(".")
        return {
            **self.span(zone),
            "text": self.text,
            "unknown_cost": self.unknown_cost,
            "relay": relay or None,
            "line": line or None,
            **{name: getattr(self, name) for name in ("connection", "provider", "model", *self.WORDS)},
        }
