"""A list's filters and its place in it, as the page's address says them: the address is their only memory.

An address may be old, or typed by hand: what isn't understood is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import Any, ClassVar, Self
from zoneinfo import ZoneInfo

import streamlit as st

from lib.ledger.days import day_begins
from ui.days import named

AFTER, BEFORE = PLACES = ("after", "before")
"""Cursors: where in the list a page begins. They hold for the filters they were made with only."""


@dataclass(frozen=True, slots=True)
class Addressed:
    """The filters that every list has, each None (or empty) where all is shown. `since` and `until` are days, both of
    them shown. Of what a list adds, a field that is true or false stands in the address as "1".
    """

    WORDS: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """Filters that know only these values."""

    text: str = ""
    since: date | None = None
    until: date | None = None
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

    def span(self, zone: ZoneInfo) -> dict[str, datetime | None]:
        """The moments at which the days begin and end; days are that zone's."""
        end = self.until + timedelta(days=1) if self.until else None
        return {
            "since": day_begins(self.since, zone) if self.since else None,
            "until": day_begins(end, zone) if end else None,
        }

    @classmethod
    def read(cls, params: Mapping[str, str]) -> Self:
        """The view of an address."""
        names = [f.name for f in fields(cls) if f.name in params]
        told: dict[str, Any] = {name: cls._value(name, params[name].strip()) for name in names}
        view = cls(**{name: value for name, value in told.items() if value})
        turned = view.since and view.until and view.since > view.until
        return replace(view, since=None, until=None) if turned else view

    @classmethod
    def _value(cls, name: str, text: str) -> str | date | bool | None:
        if name in ("since", "until"):
            return named(text)
        if next(f for f in fields(cls) if f.name == name).default is False:
            return text == "1"
        return text if text in cls.WORDS.get(name, (text,)) else None


def take(name: str, key: str) -> None:
    """Puts a field's value into the address; a new question begins at the newest."""
    value: str | date | bool | None = st.session_state[key]
    drop(name)
    if value:
        st.query_params[name] = "1" if value is True else str(value).strip()


def drop(name: str) -> None:
    """Takes a filter out of the address."""
    for one in (name, *PLACES):
        st.query_params.pop(one, None)


def clear(view: type[Addressed]) -> None:
    """Takes every filter out of the address."""
    for field in fields(view):
        st.query_params.pop(field.name, None)


def turn(place: str, cursor: str) -> None:
    """Goes to the page of the list after or before a place."""
    for one in PLACES:
        st.query_params.pop(one, None)
    st.query_params[place] = cursor
