"""The same questions as `lib.ledger.log.Log` answers, put to the calls themselves: by DuckDB, and by pandas."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, TypeAlias

import duckdb
import pandas as pd

from lib.ledger import Ledger
from lib.ledger.histograms import Measure
from lib.ledger.schema import microseconds
from lib.ledger.usage import OTHER, Asked, Key
from lib.vocabulary import UNFINISHED

Answer: TypeAlias = set[tuple[Any, ...]]

DAY = 24 * 60 * 60 * 10**6
COLUMNS = (
    "id created_at sent_at status provider connection model capability unit error_state error_code cost_nano "
    "cost_currency estimated_nano billed_nano official_nano input_tokens cached_input_tokens cache_write_tokens "
    "output_tokens reasoning_tokens duration_ms first_byte_ms images characters"
)
"""What of a call the page tells of."""
UNDER_WAY = ", ".join(f"'{status}'" for status in UNFINISHED)
CAUSE = (
    f"CASE WHEN status IN ('succeeded', {UNDER_WAY}) THEN '' WHEN error_state IS NULL THEN status ELSE error_state END"
)
KEYS: Mapping[str, str] = {
    "day": f"created_at // {DAY}",
    "unit": "coalesce(unit, '')",
    "cause": CAUSE,
    **{name: name for name in ("provider", "model", "capability", "connection")},
}
SQLITE_KEYS = {**KEYS, "day": f"created_at / {DAY}"}
ENDED = f"sent_at IS NOT NULL AND status NOT IN ({UNDER_WAY})"
NUMBERS: Mapping[str, str] = {
    "calls": "count(*)",
    "failed": f"count(*) FILTER ({ENDED} AND status IN ('failed', 'interrupted', 'unknown') "
    "AND coalesce(error_code, '') <> 'let_in')",
    "unknown_cost_calls": f"count(*) FILTER ({ENDED} AND cost_nano IS NULL)",
    **{
        name: f"coalesce(sum({name}), 0)"
        for name in ("cost_nano", "input_tokens", "cached_input_tokens", "cache_write_tokens", "output_tokens")
    },
    "timed_calls": "count(duration_ms) FILTER (status = 'succeeded')",
    "duration_ms": "coalesce(sum(duration_ms) FILTER (status = 'succeeded'), 0)",
    "first_byte_calls": "count(first_byte_ms) FILTER (status = 'succeeded')",
    "first_byte_ms": "coalesce(sum(first_byte_ms) FILTER (status = 'succeeded'), 0)",
}
"""What of the sums the page shows for most of its questions; those about money by figure are left out."""

MEASURED: Mapping[Measure, tuple[str, str, str]] = {
    "duration": ("duration_ms", "''", "status = 'succeeded' AND duration_ms IS NOT NULL"),
    "cost": ("cost_nano", "cost_currency", "sent_at IS NOT NULL AND cost_nano IS NOT NULL"),
}
"""What is spread, the currency, and of which calls."""


class Duck:
    """DuckDB's native table of the same calls, in memory, on two threads."""

    def __init__(self, ledger: Ledger) -> None:
        """Takes all calls over."""
        self._db = duckdb.connect(config={"threads": 2})
        with ledger.read() as db:
            found = pd.read_sql_query(f"SELECT {', '.join(COLUMNS.split())} FROM calls ORDER BY id", _raw(db))
        for name in found.columns[found.isna().any()]:
            if found[name].dtype.kind == "f":
                found[name] = found[name].astype("Int64")
        self._db.register("found", found)
        self._db.execute("CREATE TABLE calls AS SELECT * FROM found")
        self._db.unregister("found")

    def usage(
        self, asked: Asked, keys: tuple[Key, ...], named: Mapping[Key, Collection[str]] | None = None
    ) -> list[tuple[Any, ...]]:
        """Key, currency and `NUMBERS` of each group; a day by its number since 1970, which is quickest."""
        told = [_folded(KEYS[key], (named or {}).get(key)) for key in keys]
        columns = ", ".join((*told, "coalesce(cost_currency, '')", *NUMBERS.values()))
        groups = ", ".join(str(place) for place in range(1, len(told) + 2))
        return self._all(f"SELECT {columns} FROM calls WHERE {_conditions(asked, KEYS)} GROUP BY {groups}")

    def spread(self, asked: Asked, measure: Measure) -> list[tuple[Any, ...]]:
        """Model, currency, how many calls, and the exact p50 and p95 of what they took or cost."""
        number, currency, which = MEASURED[measure]
        told = f"model, {currency}, count(*), quantile_disc({number}, 0.5), quantile_disc({number}, 0.95)"
        return self._all(f"SELECT {told} FROM calls WHERE {_conditions(asked, KEYS)} AND {which} GROUP BY 1, 2")

    def dearest(self, asked: Asked, currency: str, limit: int) -> list[tuple[Any, ...]]:
        """The ids of the calls that cost most."""
        where = f"{_conditions(asked, KEYS)} AND cost_currency = '{currency}' AND cost_nano > 0"
        return self._all(f"SELECT * FROM calls WHERE {where} ORDER BY cost_nano DESC, id DESC LIMIT {limit}")

    def first_day(self) -> list[tuple[Any, ...]]:
        """The day of the first call."""
        return self._all(f"SELECT min({KEYS['day']}) FROM calls")

    def _all(self, query: str) -> list[tuple[Any, ...]]:
        return self._db.execute(query).fetchall()


class Pandas:
    """Calls read from the ledger's own file by `read_sql` and grouped: what a page without rollups would do."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def usage(
        self, asked: Asked, keys: tuple[Key, ...], named: Mapping[Key, Collection[str]] | None = None
    ) -> pd.DataFrame:
        """The sums of `NUMBERS` that need no conditions."""
        sums = [name for name in NUMBERS if name.endswith(("_nano", "_tokens"))]
        told = (*(f"{SQLITE_KEYS[key]} AS {key}_asked" for key in keys), "cost_currency", *sums)
        found = self._read(asked, ", ".join(told))
        return found.groupby([*(f"{key}_asked" for key in keys), "cost_currency"], dropna=False)[sums].sum()

    def spread(self, asked: Asked, measure: Measure) -> pd.DataFrame | pd.Series[Any]:
        """The p50 and p95 of what calls took or cost, by model and currency."""
        number, currency, which = MEASURED[measure]
        found = self._read(asked, f"model, {currency} AS currency, {number} AS number", which)
        return found.astype({"number": "int64"}).groupby(["model", "currency"])["number"].quantile([0.5, 0.95])

    def dearest(self, asked: Asked, currency: str, limit: int) -> pd.DataFrame:
        """The calls that cost most."""
        found = self._read(asked, "*", f"cost_currency = '{currency}' AND cost_nano > 0")
        return found.sort_values("cost_nano", ascending=False).head(limit)

    def _read(self, asked: Asked, told: str, which: str = "true") -> pd.DataFrame:
        query = f"SELECT {told} FROM calls WHERE {_conditions(asked, SQLITE_KEYS)} AND {which}"
        with self._ledger.read() as db:
            return pd.read_sql(query, _raw(db))


def _raw(db: Any) -> Any:
    return db.connection.driver_connection


def _folded(column: str, named: Collection[str] | None) -> str:
    if named is None:
        return column
    return f"CASE WHEN {column} IN ({', '.join(map(_quoted, named))}) THEN {column} ELSE '{OTHER}' END"


def _conditions(asked: Asked, columns: Mapping[str, str]) -> str:
    return " AND ".join(("true", *_each(asked, columns)))


def _each(asked: Asked, columns: Mapping[str, str]) -> Iterator[str]:
    if asked.first is not None:
        yield f"created_at >= {_begin(asked.first)}"
    if asked.last is not None:
        yield f"created_at < {_begin(asked.last + timedelta(days=1))}"
    for name, value in asked.where.items():
        yield f"{columns[name]} = {_quoted(value)}"


def _begin(day: date) -> int:
    return microseconds(datetime.combine(day, time.min, UTC))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
