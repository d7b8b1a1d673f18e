"""Cells of sums: tables whose primary key says what is added up, and whose other columns are the sums."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cache
from operator import itemgetter
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Connection, Table, select, true

from lib.ledger.database import upsert

Sums: TypeAlias = Counter[str]
"""Numbers by the names of the columns."""
Cell: TypeAlias = tuple[Any, ...]
"""Values of a table's primary key, in its order."""


@cache
def sums_of(table: Table) -> tuple[str, ...]:
    """The columns that are added up."""
    return tuple(column.name for column in table.columns if not column.primary_key)


@cache
def keys_of(table: Table) -> tuple[str, ...]:
    """The columns that say of what."""
    return tuple(table.primary_key.columns.keys())


def nonzero(cells: Mapping[Cell, Sums]) -> dict[Cell, Sums]:
    """Without the cells that add nothing."""
    return {cell: sums for cell, sums in cells.items() if any(sums.values())}


def add(conn: Connection, table: Table, cells: Mapping[Cell, Sums]) -> None:
    """Adds to what the table has."""
    keys, nothing = keys_of(table), dict.fromkeys(sums_of(table), 0)
    in_order = sorted(nonzero(cells).items(), key=itemgetter(0))  # so that two writers can't wait for each other
    rows = [{**dict(zip(keys, cell, strict=True)), **nothing, **sums} for cell, sums in in_order]
    upsert(conn, table, rows, add=tuple(nothing))


def together(*parts: Mapping[Cell, Sums]) -> dict[Cell, Sums]:
    """The cells of all parts, what is in several of them added up."""
    found: dict[Cell, Sums] = {}
    for part in parts:
        for cell, sums in part.items():
            found.setdefault(cell, Counter()).update(sums)
    return nonzero(found)


def stored(conn: Connection, table: Table, which: ColumnElement[bool] | None = None) -> dict[Cell, Sums]:
    """What the table has in its cells, those of nothing left out."""
    keys, names = keys_of(table), sums_of(table)
    rows = conn.execute(select(table).where(true() if which is None else which)).mappings()
    return nonzero({tuple(row[key] for key in keys): Counter({name: row[name] for name in names}) for row in rows})
