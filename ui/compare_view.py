"""What a comparison is: which calls its address names, what it offers, and what came of it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from decimal import Decimal
from itertools import islice, pairwise

from lib.cost.conversion import Conversion
from lib.ledger.row import CallRow
from lib.verdicts.judging import preference
from lib.vocabulary import Money, Verdict
from ui.choices import Choices

LEAST, MOST = 2, 4
"""So many are compared."""
AT_ONCE_MS = 50
"""What takes less from its first word to its last has come in one piece: how fast it was written nobody saw."""
TENTH, WHOLE_FROM = Decimal("0.1"), 10
"""Speeds are told in tenths below ten tokens a second, above it in whole ones."""

Way = tuple[str, str]
"""A connection and a model on it."""


def calls(address: str, known: Callable[[str], bool]) -> tuple[str, ...]:
    """The calls that an address names, each once, without those that aren't known, and no more than are compared."""
    named = dict.fromkeys(one for part in address.split(",") if (one := part.strip()))
    return tuple(islice(filter(known, named), MOST))


def address(ids: Iterable[str]) -> str:
    """The inverse of `calls`."""
    return ",".join(ids)


def ways(offered: Choices, chosen: Iterable[Way]) -> dict[Way, Verdict]:
    """All there is to choose from, the best first: what is offered, then what is chosen and isn't offered any more."""
    found = sorted((one for mine in offered.offered.values() for one in mine), key=preference)
    kept = [one for name, model in chosen if (one := offered.judged.get(name, {}).get(model)) is not None]
    return {(one.connection, one.model): one for one in (*found, *kept)}


def proposed(found: Collection[Verdict], taken: Sequence[Way]) -> Way:
    """What to compare next with those taken: another model, else another way to one, else the best once more.

    Raises `ValueError` where there is nothing.
    """
    models = {model for _, model in taken}
    best = min(
        found, key=lambda one: ((one.connection, one.model) in taken, one.model in models, *preference(one))
    )
    return best.connection, best.model


def chosen(found: dict[Way, Verdict], wanted: Sequence[Way | None]) -> list[Way]:
    """The rows as wanted; in the place of what isn't there, what is proposed."""
    rows: list[Way] = []
    there = [one for one in wanted if one in found]
    for one in wanted:
        rows.append(one if one in found else proposed(found.values(), [*there, *rows]))
    return rows


def at_most(quotes: Sequence[Money | None]) -> tuple[dict[str, Money], int]:
    """What all may cost together, by currency; and of how many nobody knows it."""
    known = [one for one in quotes if one is not None]
    return Conversion().total(known), len(quotes) - len(known)


def speed(row: CallRow) -> Decimal | None:
    """Tokens written in a second, from the first word to the end, to as many digits as are shown and compared.

    None where nobody knows, or all came at once.
    """
    written, first, whole = row.usage.output_tokens, row.first_byte_ms, row.duration_ms
    if not written or first is None or whole is None or whole - first < AT_ONCE_MS:
        return None
    exact = Decimal(written) * 1000 / (whole - first)
    return exact.quantize(Decimal(1) if exact >= WHOLE_FROM else TENTH)


def fastest(rows: Sequence[CallRow]) -> tuple[int, ...]:
    """The places of those that wrote most in a second, of those that came to their end. Empty where none can be named:
    of one alone there is nothing to compare.
    """
    return _best({place: -found for place, row in _whole(rows) if (found := speed(row)) is not None})


def cheapest(rows: Sequence[CallRow], conversion: Conversion) -> tuple[int, ...]:
    """The places of those that cost least, of those that came to their end and whose cost is known. Empty where none
    can be named: of one alone, and across currencies without a rate, there is nothing to compare.
    """
    costs = {place: row.cost for place, row in _whole(rows) if row.cost is not None}
    currency = next((one.currency for one in costs.values()), "")
    turned = {place: conversion.to(currency, one) for place, one in costs.items()}
    if None in turned.values():
        return ()
    return _best({place: one.amount for place, one in turned.items() if one is not None})


def _whole(rows: Sequence[CallRow]) -> list[tuple[int, CallRow]]:
    return [(place, row) for place, row in enumerate(rows) if row.status == "succeeded"]


def _best(figures: dict[int, Decimal]) -> tuple[int, ...]:
    """Where the least stands; nowhere if there is but one figure, or if all are alike."""
    if all(one == other for one, other in pairwise(figures.values())):
        return ()
    return tuple(place for place, one in figures.items() if one == min(figures.values()))


def titles(rows: Sequence[CallRow]) -> list[str]:
    """Each one's model, with its place where the same was asked twice. To stand beside the connection."""
    both = Counter((row.model, row.connection) for row in rows)
    return [
        row.model + (f" · {place}" if both[row.model, row.connection] > 1 else "") for place, row in enumerate(rows, 1)
    ]


def names(rows: Sequence[CallRow]) -> list[str]:
    """What to call each where it stands alone: the same, with the connection where a model was asked over several."""
    ways = Counter(model for model, _ in {(row.model, row.connection) for row in rows})
    return [
        title + (f" ({row.connection})" if ways[row.model] > 1 else "")
        for title, row in zip(titles(rows), rows, strict=True)
    ]
