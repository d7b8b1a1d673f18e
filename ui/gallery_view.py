"""What the gallery shows, as its address says it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from lib.calls.files import FAMILY
from lib.ledger.media import KINDS
from ui.addressed import Addressed

CAPABILITIES = tuple(FAMILY)
"""Those that make files."""


@dataclass(frozen=True, slots=True)
class View(Addressed):
    """The gallery's own filters; `kind` is what a file is by its bytes."""

    WORDS: ClassVar[Mapping[str, tuple[str, ...]]] = {"kind": KINDS, "capability": CAPABILITIES}

    kind: str | None = None
    capability: str | None = None
    model: str | None = None

    def question(self, zone: ZoneInfo) -> dict[str, Any]:
        """The filters as `Engine.gallery` takes them; days are that zone's."""
        return {
            **self.span(zone), "text": self.text, **{name: getattr(self, name) for name in ("model", *self.WORDS)}
        }  # fmt: skip
