"""A relay's own log of what it charged a key or an account: new-api's and one-api's forks alike (wire.md 1B, 1C). Pure.

Every field is optional but the kind and the time: builds differ. What `other` says in JSON is read where it is there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Literal

import httpx
from pydantic import BeforeValidator

from lib.wire import Endpoint, Unreadable
from lib.wire.answers import Amount, Answer, Count, Flag, Objects, Words, document, parsed, said

Kind = Literal["consumed", "failed", "refunded"]
KINDS: Mapping[int, Kind] = {2: "consumed", 5: "failed", 6: "refunded"}
"""new-api's types of rows that are about calls; top-ups and what managers did aren't (wire.md 1C)."""
ROUND = 100
"""A log is cut after a round number of rows, the newest: 1,000 in new-api (`MaxRecentItems`)."""
WORDS_KEPT = 200
"""Characters of a row's own words that are kept."""
RATIOS = (
    "model_ratio", "group_ratio", "completion_ratio", "cache_ratio", "cache_creation_ratio", "model_price",
    "image_ratio", "audio_ratio", "audio_completion_ratio",
)  # fmt: skip
"""What a row may tell of its price."""


@dataclass(frozen=True, slots=True)
class LogRow:
    """One row. `quota` in the site's units, never negative: what a refund gave back, too. None: it doesn't say.

    `at` is when it was written, to the second, by the relay's clock: at the end of a call, or at its beginning.
    """

    at: datetime
    kind: Kind
    model: str
    quota: int
    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    written_tokens: int | None = None
    seconds: int | None = None
    streamed: bool = False
    group: str = ""
    token: str = ""
    """What the relay calls the key: its number, else its name."""
    request_id: str = ""
    task_id: str = ""
    content: str = ""
    ratios: Mapping[str, Decimal] = field(default_factory=dict)


def log_request(endpoint: Endpoint, *, key_in_address: bool = False) -> httpx.Request:
    """Asks for a key's newest rows; rationed, 20 in 20 minutes an address.

    `key_in_address`: as old builds want it (`?key=`). Proxies write addresses down, so it is never the first way.
    """
    secret, address = endpoint.key.get_secret_value() if endpoint.key else "", f"{endpoint.base_url}/api/log/token"
    if key_in_address:
        return httpx.Request("GET", address, params={"key": secret})
    return httpx.Request("GET", address, headers={"Authorization": f"Bearer {secret}"} if secret else {})


@dataclass(frozen=True, slots=True)
class Account:
    """Access to all that a user has at a relay. `endpoint.key` is his system access token.

    `number`: his own (ID), without which most builds refuse; "" where he gave none.
    """

    endpoint: Endpoint
    number: str = ""


NUMBER_HEADERS = ("New-Api-User", "Veloera-User", "voapi-user", "User-id", "Rix-Api-User", "neo-api-user")
"""By what names forks want the user's number; each ignores those of others (wire.md, Corrections)."""
PAGE_SIZE = 100
"""Rows a page, the most that new-api gives."""


def account_log_request(
    account: Account, page: int, since: datetime | None = None, *, size: int = PAGE_SIZE
) -> httpx.Request:
    """Asks for a page of an account's log, of all its keys, the newest rows first; since a time where one is told.

    Page 0 is the first one: one-api counts so, new-api takes it for 1 and tells that it did.
    """
    secret = account.endpoint.secret
    headers = {"Authorization": secret} | (dict.fromkeys(NUMBER_HEADERS, account.number) if account.number else {})
    params = {"p": page, "page_size": size} | ({"start_timestamp": int(since.timestamp())} if since else {})
    return httpx.Request("GET", f"{account.endpoint.base_url}/api/log/self", params=params, headers=headers)


@dataclass(frozen=True, slots=True)
class RelayLog:
    """The rows that are about calls, as they came. `cut`: there may be older ones than these newest.

    `since`: from when on it was asked for; None: whatever there is.
    """

    rows: tuple[LogRow, ...]
    cut: bool
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class LogPage:
    """A page: its rows, None for those that aren't about calls; `total` of all pages, and its number, where told."""

    rows: tuple[LogRow | None, ...]
    total: int | None
    page: int | None


def read_log(response: httpx.Response) -> RelayLog:
    """What a key's log tells. Raises `Unreadable` where there is none."""
    found = read_page(response).rows
    return RelayLog(tuple(filter(None, found)), cut=bool(found) and len(found) % ROUND == 0)


def read_page(response: httpx.Response) -> LogPage:
    """What a page of an account's log tells. Raises `Unreadable` where there is none."""
    body = document(response, Decimal)
    data = body.get("data")
    told = data if isinstance(data, dict) else {"items": data}
    if body.get("success") is not True or not isinstance(told.get("items"), list):
        raise Unreadable(said(response))
    found = _Body.model_validate(told)
    return LogPage(tuple(map(_row, found.items)), found.total, found.page)


def _row(one: _Row) -> LogRow | None:
    kind, at, other = KINDS.get(one.type or 0), one.created_at, one.other
    if kind is None or at is None:
        return None
    return LogRow(
        at=at,
        kind=kind,
        model=one.model_name,
        quota=one.quota or 0,
        input_tokens=one.prompt_tokens,
        output_tokens=one.completion_tokens,
        cached_tokens=other.cache_tokens,
        written_tokens=other.cache_creation_tokens,
        seconds=one.use_time,
        streamed=one.is_stream,
        group=one.group,
        token=str(one.token_id) if one.token_id else _name(one.token_name),
        request_id=one.request_id,
        task_id=other.task_id,
        content=one.content[:WORDS_KEPT],
        ratios=other.ratios,
    )


def _name(name: str) -> str:
    """A key's name; one of digits alone in quotation marks, or it would be taken for a number."""
    return f'"{name}"' if name.isdecimal() else name


def _moment(value: object) -> datetime | None:
    """A Unix time in seconds; some forks count in milliseconds."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal) or not 0 < value < 10**14:
        return None
    return datetime.fromtimestamp(int(value if value < 10**11 else value / 1000), UTC)


def _opened(value: object) -> object:
    """JSON within JSON; nothing where it is none."""
    if not isinstance(value, str):
        return value if isinstance(value, dict) else {}
    try:
        inner = parsed(value, Decimal)
    except ValueError:
        return {}
    return inner if isinstance(inner, dict) else {}


class _Other(Answer):
    cache_tokens: Count = None
    cache_creation_tokens: Count = None
    task_id: Words = ""
    model_ratio: Amount = None
    group_ratio: Amount = None
    completion_ratio: Amount = None
    cache_ratio: Amount = None
    cache_creation_ratio: Amount = None
    model_price: Amount = None
    image_ratio: Amount = None
    audio_ratio: Amount = None
    audio_completion_ratio: Amount = None

    @property
    def ratios(self) -> dict[str, Decimal]:
        """Those that are told; a price of -1 says that tokens are charged."""
        told: dict[str, Decimal | None] = {name: getattr(self, name) for name in RATIOS}
        return {name: ratio for name, ratio in told.items() if ratio is not None}


class _Row(Answer):
    type: Count = None
    created_at: Annotated[datetime | None, BeforeValidator(_moment)] = None
    model_name: Words = ""
    quota: Count = None
    prompt_tokens: Count = None
    completion_tokens: Count = None
    use_time: Count = None
    is_stream: Flag = False
    group: Words = ""
    token_id: Count = None
    token_name: Words = ""
    request_id: Words = ""
    content: Words = ""
    other: Annotated[_Other, BeforeValidator(_opened)] = _Other()


class _Body(Answer):
    items: Annotated[tuple[_Row, ...], Objects] = ()
    total: Count = None
    page: Count = None
