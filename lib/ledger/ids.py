"""Ids of calls: 56 bits of microseconds and 74 of chance, in 26 characters.

Ordering by id is ordering by time, and a range of time is a range of the primary key.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import ColumnElement

from lib.ledger.schema import MICROSECOND, PERIOD, calls, microseconds

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_LENGTH, _BITS, _CHANCE = 26, 5, 74
_LAST = 2**56 - 1
"""The last microsecond that has ids of its own, in the year 4253."""

BEYOND = "z"
"""Stands after the id of every call, sorted by bytes and as words of a language are."""


def new_id(at: datetime) -> str:
    """An id for a call made at that moment; nobody can guess it."""
    return _base32(microseconds(at) << _CHANCE | secrets.randbits(_CHANCE))


def first_id(at: datetime) -> str:
    """The smallest id of that moment."""
    return _base32(min(max(0, microseconds(at)), _LAST) << _CHANCE)


def is_of(id: str, at: datetime) -> bool:
    """Whether the id was made for that moment."""
    return first_id(at) <= id < first_id(at + MICROSECOND)


def periods(first: str, last: str) -> Iterator[str]:
    """The periods (see `schema.PERIOD`) from one id's to another's, the newest first."""
    least, most = (_number(id[:PERIOD]) for id in (first, last))
    return (_base32(number)[-PERIOD:] for number in range(most, least - 1, -1))


def between(since: datetime | None, until: datetime | None) -> Iterator[ColumnElement[bool]]:
    """The conditions for calls made at `since` or later and before `until`; None is no border."""
    if since is not None:
        yield calls.c.id >= first_id(since)
    if until is not None:
        yield calls.c.id < first_id(until)


def _number(digits: str) -> int:
    number = 0
    for digit in digits:
        number = number << _BITS | _ALPHABET.index(digit)
    return number


def _base32(number: int) -> str:
    return "".join(_ALPHABET[number >> _BITS * place & 31] for place in reversed(range(_LENGTH)))
