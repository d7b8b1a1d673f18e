"""What the call log shows, as its address says it: filters, a place in the log, a call. Pure.

An address may be old, or typed by hand: what isn't understood is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import Any, get_args
from zoneinfo import ZoneInfo

from lib.ledger.days import day_begins
from lib.vocabulary import CAPABILITIES, ErrorState, Status
from ui.days import named

STATUSES: tuple[str, ...] = get_args(Status)
CAUSES: tuple[str, ...] = tuple(
    dict.fromkeys(state for part in get_args(ErrorState) for state in (get_args(part) or (part,)) if state != "usable")
)
"""What a call's error may be."""
WORDS: Mapping[str, tuple[str, ...]] = {"capability": CAPABILITIES, "status": STATUSES, "cause": CAUSES}
"""Filters that know only these values."""
AFTER, BEFORE = PLACES = ("after", "before")
"""Cursors: where in the log a page begins. They hold for the filters they were made with only."""


@dataclass(frozen=True, slots=True)
class View:
    """The filters, each None (or empty) where all is shown. `since` and `until` are days, both of them shown.

    `line` is a relay's id and a line's, with a dot between them.
    """

    text: str = ""
    since: date | None = None
    until: date | None = None
    connection: str | None = None
    provider: str | None = None
    model: str | None = None
    capability: str | None = None
    line: str | None = None
    status: str | None = None
    cause: str | None = None
    unknown_cost: bool = False
    after: str | None = None
    before: str | None = None

    @property
    def filters(self) -> dict[str, str]:
        """The address of the filters that are set."""
        return {name: told for name, told in self.address.items() if name not in PLACES}

    @property
    def address(self) -> dict[str, str]:
        """The inverse of `read`."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return {name: "1" if value is True else str(value) for name, value in values.items() if value}

    def question(self, zone: ZoneInfo) -> dict[str, Any]:
        """The filters as `Engine.log` takes them; days are that zone's."""
        relay, _, line = (self.line or "").partition(".")
        return {
            "since": day_begins(self.since, zone) if self.since else None,
            "until": _end(self.until, zone) if self.until else None,
            "text": self.text,
            "unknown_cost": self.unknown_cost,
            "relay": relay or None,
            "line": line or None,
            **{name: getattr(self, name) for name in ("connection", "provider", "model", *WORDS)},
        }


def _end(day: date, zone: ZoneInfo) -> datetime:
    return day_begins(day + timedelta(days=1), zone)


def read(params: Mapping[str, str]) -> View:
    """The view of an address."""
    told: dict[str, Any] = {f.name: _value(f.name, params[f.name].strip()) for f in fields(View) if f.name in params}
    view = View(**{name: value for name, value in told.items() if value})
    return replace(view, since=None, until=None) if view.since and view.until and view.since > view.until else view


def _value(name: str, text: str) -> str | date | bool | None:
    if name in ("since", "until"):
        return named(text)
    if name == "unknown_cost":
        return text == "1"
    return text if text in WORDS.get(name, (text,)) else None
