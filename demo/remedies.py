"""What can be done about a key that fails: ONE table from an action's name to what it changes in the books."""

from collections.abc import Callable

from demo.auth import refusal
from demo.books import Books, Key
from demo.keys import NEVER, units

TOP_UP = units("5")
"""What one top-up adds to the key and, where it has less, to its account."""


def _top_up(books: Books, key: Key, _: str | None) -> None:
    books.change_key(key.spec.name, remain=max(key.remain, 0) + TOP_UP)
    if key.funds < TOP_UP:
        books.fund_account(key.spec.account, TOP_UP - min(key.funds, 0))


def _renew(books: Books, key: Key, _: str | None) -> None:
    books.change_key(key.spec.name, expires_at=NEVER)


def _permit(books: Books, key: Key, model: str | None) -> None:
    if model is None:
        books.change_key(key.spec.name, models=None)
    elif key.models is not None:
        books.change_key(key.spec.name, models=list(dict.fromkeys((*key.models, model))))


def _enable(books: Books, key: Key, _: str | None) -> None:
    books.change_key(key.spec.name, enabled=True)
    books.unban_account(key.spec.account)


def _lift(*faults: str) -> Callable[[Books, Key, str | None], None]:
    def lift(books: Books, key: Key, _: str | None) -> None:
        if key.fault in faults:
            books.change_key(key.spec.name, fault=None)

    return lift


def _reset(books: Books, key: Key, _: str | None) -> None:
    books.reset(key.spec.name)


ACTIONS: dict[str, Callable[[Books, Key, str | None], None]] = {
    "top-up": _top_up,
    "renew": _renew,
    "permit": _permit,
    "enable": _enable,
    "unblock": _lift("region"),
    "unlimit": _lift("limited", "saturated"),
    "repair": _lift("no_channel", "html"),
    "reset": _reset,
}
"""What a key's owner can do (top-up … enable) and what only the relay could (unblock, unlimit, repair)."""

REMEDY = {
    "expired": "renew",
    "exhausted": "top-up",
    "account_empty": "top-up",
    "disabled": "enable",
    "banned": "enable",
    "region": "unblock",
    "limited": "unlimit",
    "saturated": "unlimit",
    "no_channel": "repair",
    "html": "repair",
}
"""The action that lifts each state of `state_of`."""


def state_of(key: Key) -> str | None:
    """What is wrong with a key, as a name in `REMEDY`; None where it works."""
    if reason := refusal(key) or key.fault:
        return reason
    return "account_empty" if key.funds <= 0 else None
