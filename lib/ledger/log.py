"""The log as it is read: single calls, pages of them, and the sums the rollups have. Sends nothing, changes nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from lib.errors import WrongUse
from lib.i18n import N_
from lib.ledger import calls, rollups, usage
from lib.ledger.calls import Page, Payload
from lib.ledger.contribution import By
from lib.ledger.histograms import Histogram, Measure
from lib.ledger.report import ReportRow
from lib.ledger.row import CallRow
from lib.ledger.store import Ledger
from lib.ledger.usage import Asked, Deleted, Key


class Log:
    """What may be asked of one ledger's calls, from any thread."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def call(self, call_id: str) -> tuple[CallRow, Payload]:
        """A call as the ledger has it. Raises `WrongUse` for an unknown id."""
        with self._ledger.read() as db:
            row, payload = calls.get(db, call_id), calls.payload(db, call_id)
        if row is None:
            raise WrongUse(N_("There is no call {id}."), id=call_id)
        return row, payload or Payload()

    def unfinished(self) -> list[CallRow]:
        """The calls that are not finished, oldest first, whoever owns them."""
        with self._ledger.read() as db:
            return calls.unfinished(db)

    def page(self, **filters: Any) -> Page:
        """Calls newest first; filters and paging as in `lib.ledger.calls.page`."""
        with self._ledger.read() as db:
            return calls.page(db, **filters)

    def count(self, **filters: Any) -> int:
        """How many calls these filters find."""
        with self._ledger.read() as db:
            return calls.count(db, **filters)

    def texts(self, ids: Iterable[str]) -> dict[str, str]:
        """The answers of some calls by id."""
        with self._ledger.read() as db:
            return calls.texts(db, ids)

    def unpriced(self, ids: Iterable[str]) -> dict[str, str]:
        """Why those of some calls that had no price had none, by id."""
        with self._ledger.read() as db:
            return calls.unpriced(db, ids)

    def prompts(self, ids: Iterable[str], length: int) -> dict[str, str]:
        """The beginnings of some calls' prompts by id."""
        with self._ledger.read() as db:
            return calls.prompts(db, ids, length)

    def keys(self, by: By) -> list[str]:
        """The providers, models, … that calls were made under. From the rollups."""
        with self._ledger.read() as db:
            return rollups.keys(db, by)

    def usage(
        self, asked: Asked, keys: tuple[Key, ...], named: Mapping[Key, Collection[str]] | None = None
    ) -> dict[tuple[str, ...], ReportRow]:
        """Sums of some calls by some keys, from the rollups; see `lib.ledger.usage.sums`."""
        with self._ledger.read() as db:
            return usage.sums(db, asked, keys, named)

    def spread(self, asked: Asked, measure: Measure) -> dict[tuple[str, str], Histogram]:
        """How some calls are spread over what they took or cost, by model and currency, from the histograms."""
        with self._ledger.read() as db:
            return usage.spread(db, asked, measure)

    def dearest(self, asked: Asked, currency: str, limit: int) -> list[CallRow]:
        """The calls that cost most in a currency, the dearest first."""
        with self._ledger.read() as db:
            return usage.dearest(db, asked, currency, limit)

    def first_day(self) -> date | None:
        """The user's day of the first call; None before there is one."""
        with self._ledger.read() as db:
            return usage.first_day(db)

    def deleted(self) -> Deleted | None:
        """The calls that are gone while their sums stay; None where none are."""
        with self._ledger.read() as db:
            return usage.deleted(db)

    def report(self, by: By, since: datetime | None, until: datetime | None, zone: str) -> list[ReportRow]:
        """What was spent, by one dimension; see `lib.ledger.rollups.report`."""
        with self._ledger.read() as db:
            return rollups.report(db, by, since, until, zone)
