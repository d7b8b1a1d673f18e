"""Reads the log of a user's account at a relay, page by page, where he gives access to it: one way for all his keys."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from operator import itemgetter

from pydantic import SecretStr

from lib.calls.known import Known
from lib.causes import CAUSES, judge, of_line_fault, reason
from lib.connections import accounts
from lib.connections.keys import key_variable
from lib.connections.model import Relay
from lib.errors import BadKey, KeyElsewhere, LineFault, WrongUse
from lib.http import Http, redact, without_keys
from lib.vocabulary import Reason
from lib.wire import Unreadable
from lib.wire.relay_log import PAGE_SIZE, Account, LogPage, LogRow, RelayLog, account_log_request, read_page

PAUSE_S = 1.0
"""Between two pages: relays of this family want a second between two questions (users.md, Batch H)."""
MOST_PAGES = 100
OVERLAP = timedelta(hours=1)
"""How much of what is known is read again: the relay's clock isn't ours, and it may write late."""
FINGERPRINT = 16
"""Hexadecimal digits that stand for a secret."""
NO_PAGE = LogPage((), None, None)


def fingerprint(relay_id: str, secret: str) -> str:
    """What stands for a secret, long and made by chance: it can't be turned back, nor is it another relay's."""
    return sha256(f"{relay_id}\n{secret}".encode()).hexdigest()[:FINGERPRINT]


def name_of(relay_id: str, account: Account) -> str:
    """What stands for an account: its number, else what stands for its token."""
    return account.number or fingerprint(relay_id, account.endpoint.secret)


async def access(known: Known, relay: Relay) -> Account | Reason | None:
    """Access to the user's account at a relay, or why what he gave can't be used; None where he gave none."""
    try:
        return await asyncio.to_thread(accounts.account, known.ledger, known.keys, relay)
    except KeyElsewhere:
        return reason(CAUSES["key_address"], address=relay.chosen.base_url)
    except BadKey:
        return reason(CAUSES["key_malformed"], variable=key_variable(accounts.stored_as(relay.id)))


async def tried(http: Http, known: Known, relay: Relay) -> Reason | None:
    """Why the account's log can't be read; None where it can. Asks for one row of it, which costs nothing.

    Raises `WrongUse` where the user gave no access.
    """
    found = await access(known, relay)
    if found is None:
        raise WrongUse(accounts.NO_TOKEN)
    answer = found if isinstance(found, Reason) else await _page(http, found, 0, None, size=1)
    return answer if isinstance(answer, Reason) else None


async def read(
    http: Http, account: Account, since: datetime | None, secrets: Iterable[SecretStr]
) -> RelayLog | Reason:
    """An account's log since a time (None: as far back as so many pages go), or why it isn't told.

    `secrets`: none of them is kept, whatever the rows say.
    """
    pages = _Pages(since)
    for asked in range(MOST_PAGES):
        await asyncio.sleep(PAUSE_S if asked else 0)
        answer = await _page(http, account, pages.next, since)
        if isinstance(answer, Reason):
            return answer
        if not pages.take(answer):
            break
    hidden = [*filter(None, (account.endpoint.key,)), *secrets]
    return RelayLog(redacted(pages.newest_first, hidden), pages.cut, since)


def redacted(rows: Iterable[LogRow], secrets: Sequence[SecretStr]) -> tuple[LogRow, ...]:
    """Rows without any of the secrets, whatever they say."""
    return tuple(replace(row, content=redact(row.content, secrets)) for row in rows)


@dataclass(slots=True)
class _Pages:
    """Pages put together. They are counted from the newest row, and others may write new ones meanwhile; so a row is
    known by its place from the oldest. `next`: which page to ask for; `cut`: there are more."""

    since: datetime | None
    next: int = 0
    cut: bool = True
    _seen: int = 0
    _last: LogPage = NO_PAGE
    _rows: dict[int, LogRow | None] = field(default_factory=dict)

    def take(self, page: LogPage) -> bool:
        """Adds a page; returns whether to ask for another."""
        if self._is_the_last_again(page):
            return False  # it gives the same one whatever it is asked for, or counts from 1
        again = self._seen_again(page.rows) if page.total is None else 0
        for n, row in enumerate(page.rows, self._seen - again):
            self._rows.setdefault((page.total or 0) - n, row)
        self._seen, self._last = self._seen + len(page.rows) - again, page
        self.next = (self.next if page.page is None else page.page) + 1
        self.cut = bool(page.rows) and (page.total is None or self._seen < page.total) and not self._is_known(page)
        return self.cut

    def _is_the_last_again(self, page: LogPage) -> bool:
        """Whether it is the page before: as it was, or where no number is told behind what was written meanwhile.

        Of one without calls nobody can say.
        """
        rows, last = page.rows, self._last.rows
        newer = range(len(rows) // 2 + 1) if page.page is None else ()
        return any(rows) and (page == self._last or any(rows[n:] == last[: len(rows) - n] for n in newer))

    def _seen_again(self, rows: Sequence[LogRow | None]) -> int:
        """How many of them end the page before: where no place is told, what was written meanwhile has pushed them."""
        return next((n for n in range(len(rows), 0, -1) if rows[:n] == self._last.rows[-n:]), 0)

    def _is_known(self, page: LogPage) -> bool:
        return self.since is not None and any(row and row.at < self.since for row in page.rows)

    @property
    def newest_first(self) -> list[LogRow]:
        """The rows that are about calls."""
        return [row for _, row in sorted(self._rows.items(), key=itemgetter(0), reverse=True) if row]


async def _page(
    http: Http, account: Account, page: int, since: datetime | None, *, size: int = PAGE_SIZE
) -> LogPage | Reason:
    try:
        return read_page(await http.send(account_log_request(account, page, since, size=size)))
    except LineFault as fault:
        return without_keys(reason(of_line_fault(fault), **fault.params))
    except Unreadable as unreadable:
        cause = judge(unreadable.said, "newapi_account", through_relay=True, posted=False)
        return without_keys(reason(cause, unreadable.said))
