"""The document of `reconcile`: both logs side by side, as JSON. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from lib.checks.relay_log import Told
from lib.cli.documents import Document, reason_document
from lib.cost.differences import NOT_IN_LOG, SENTENCES
from lib.cost.differences import sentence as difference
from lib.cost.reconciliation import Match, OnlyThere, Reconciled
from lib.i18n import Translate
from lib.ledger.relay_log import ACCOUNT, Pulled
from lib.ledger.row import CallRow, iso
from lib.vocabulary import Money


def reconcile_document(
    relay: str,
    since: datetime | None,
    found: Reconciled,
    told: Sequence[Told],
    known: Mapping[str, Pulled],
    t: Translate,
) -> Document:
    """`reconcile --json`: both logs, the calls in the order they were made, and what asking came to for each key.

    A key without connections, by the way of the account, is the account's log as a whole.
    """
    return {
        "relay": relay,
        "since": iso(since),
        "keys": [_told(one, known, t) for one in told],
        "matched": [_match(one, t) for one in found.matched],
        "only_here": [_only_here(one, t) for one in found.only_here],
        "only_there": [_only_there(one, t) for one in found.only_there],
        "total": _both(found),
    }


def _told(one: Told, known: Mapping[str, Pulled], t: Translate) -> Document:
    pulled = known.get(one.connections[0] if one.connections else ACCOUNT)
    return {
        "connections": list(one.connections),
        "way": one.way,
        "read_at": iso(pulled.at) if pulled else None,
        "known_since": iso(pulled.since) if pulled else None,
        "again_at": one.why.params.get("again_at") if one.why else None,
        "reason": reason_document(one.why, t) if one.why else None,
    }


def _figures(row: CallRow, billed: Money | None) -> Document:
    figures = {"estimated": row.estimated, "billed": billed, "official": row.official}
    return {name: money.json() if money else None for name, money in figures.items()}


def _called(row: CallRow) -> Document:
    names = ("id", "request_id", "task_id", "connection", "model", "capability", "status")
    return {**{name: getattr(row, name) for name in names}, "created_at": iso(row.created_at)}


def _match(one: Match, t: Translate) -> Document:
    why = one.why and {"code": one.why.code, "message": difference(one.why, t), **one.why.params}
    return {**_called(one.call), **_figures(one.call, one.bill.amount), "by": one.by, "why": why}


def _only_here(row: CallRow, t: Translate) -> Document:
    return {**_called(row), **_figures(row, row.billed), "why": {"code": "not_in_log", "message": t(NOT_IN_LOG)}}


def _only_there(one: OnlyThere, t: Translate) -> Document:
    first = one.bill.first
    names = ("model", "kind", "input_tokens", "output_tokens", "group", "request_id", "task_id")
    return {
        **{name: getattr(first.row, name) or None for name in names},
        "connection": first.connection or None,
        "created_at": iso(first.row.at),
        "billed": one.bill.amount.json(),
        "why": {"code": one.why, "message": t(SENTENCES[one.why])},
    }


def _both(found: Reconciled) -> Document:
    """Sums over the calls that both logs have; `billed_there` is all that the relay billed."""
    calls = [one.call for one in found.matched]
    billed = [one.bill.amount for one in found.matched]
    return {
        "matched": len(calls),
        "differing": len(found.differing),
        "only_here": len(found.only_here),
        "only_there": len(found.only_there),
        "estimated": _summed(call.estimated for call in calls),
        "billed": _summed(billed),
        "official": _summed(call.official for call in calls),
        "billed_there": _summed([*billed, *(one.bill.amount for one in found.only_there)]),
    }


def _summed(amounts: Iterable[Money | None]) -> dict[str, str]:
    sums: Counter[str] = Counter()
    for money in filter(None, amounts):
        sums[money.currency] += money.nano
    return {currency: Money.of_nano(nano, currency).plain for currency, nano in sorted(sums.items())}
