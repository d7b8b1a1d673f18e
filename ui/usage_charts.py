"""The charts of usage and cost: spend, tokens and times of the days shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import streamlit as st

from lib.i18n import N_
from lib.ledger.report import ReportRow
from ui import charts
from ui.charts import SERIES, Series
from ui.usage_data import Seen
from ui.usage_filters import NAMES, name, take_bar
from ui.usage_view import in_order, shown_cost, uncached
from ui.words import count, day, duration, money, t

MODELS = 8
"""So many models' times are shown: those called most."""
TOKEN_KINDS: Mapping[str, tuple[str, str]] = {
    "input": (N_("Input, not cached"), "#1B998B"),
    "cached_input_tokens": (N_("Input read from the cache"), "#4D9DE0"),
    "cache_write_tokens": (N_("Input written to the cache"), "#8C6D31"),
    "output_tokens": (N_("Output"), "#7A5CC2"),
}


def spend(seen: Seen) -> None:
    """Spend over time, one chart a currency: what no rate connects is never added up."""
    st.subheader(t(N_("Spend over time")))
    if len(seen.currencies) > 1:
        st.caption(t(N_("Several currencies and no rate between them: each is shown by itself, never added together.")))
    for currency in seen.currencies:
        _spend(seen, currency)


def _spend(seen: Seen, currency: str) -> None:
    series = spend_series(seen, currency)
    key = "_".join(("usage_spend", currency, *seen.view.address.values()))
    alt = t(N_("Spend in {currency} over time, by {by}"), currency=currency, by=t(NAMES[seen.view.by]))
    figure = charts.bars(names(seen.span.steps), series, currency, short(seen.span.steps))
    charts.draw(figure, key, alt, partial(take_bar, key, seen.view.by))
    _as_table(f"usage_table_{currency}", seen.span.steps, series)


def spend_series(seen: Seen, currency: str) -> list[Series]:
    """What a currency's chart is made of, the series that cost most first."""
    named = seen.top(currency)
    found = seen.over_time(seen.view.by, named)
    keys = in_order({key for _, key in found}, named)
    made: list[Series] = []
    for key, colour in zip(keys, SERIES, strict=False):
        amounts = [shown_cost(found.get((step, key)), seen.conversion).get(currency) for step in seen.span.steps]
        if any(amounts):
            values = [float(one.amount) if one else 0.0 for one in amounts]
            told = [money(one) if one else "" for one in amounts]
            made.append(Series(key, name(seen.view.by, key), values, told, colour))
    return made


def tokens(seen: Seen) -> None:
    """Tokens over time, by what they were for."""
    st.subheader(t(N_("Tokens")))
    series = [made for kind in TOKEN_KINDS if any((made := token_series(seen, kind)).values)]
    if not series:
        st.caption(t(N_("No server has told of tokens in these days.")))
        return
    figure = charts.bars(names(seen.span.steps), series, t(N_("tokens")), short(seen.span.steps))
    charts.draw(figure, "usage_tokens", t(N_("Tokens over time")))
    _as_table("usage_table_tokens", seen.span.steps, series)


def token_series(seen: Seen, kind: str) -> Series:
    """One kind of tokens over time."""
    word, colour = TOKEN_KINDS[kind]
    values = [_tokens(seen.steps.get(step), kind) for step in seen.span.steps]
    return Series(kind, t(word), values, list(map(count, values)), colour)


def _tokens(row: ReportRow | None, kind: str) -> int:
    if row is None:
        return 0
    return uncached(row) if kind == "input" else row.tokens[kind]


def times(seen: Seen, models: Mapping[str, ReportRow]) -> None:
    """How long calls took, by model."""
    st.subheader(t(N_("How long calls took")))
    timed = {model: row for model, row in models.items() if row.average("duration") is not None}
    shown = dict(list(timed.items())[:MODELS])
    if not shown:
        st.caption(t(N_("No call of these days has succeeded.")))
        return
    rows = list(shown.values())
    series = [
        _times(N_("Whole answer"), [row.average("duration") for row in rows], SERIES[7]),
        _times(N_("First token"), [row.average("first_byte") for row in rows], SERIES[6]),
    ]
    charts.draw(
        charts.lying(list(shown), series, t(N_("seconds, on average"))), "usage_times", t(N_("Average times by model"))
    )
    told = t(N_("Averages over calls that succeeded: {n}."), n=count(sum(row.count("timed_calls") for row in rows)))
    left = len(timed) - len(shown)
    more = t(N_("Models not shown, called less: {n}."), n=count(left)) if left else ""
    st.caption(f"{told} {more}")


def _times(word: str, averages: Sequence[float | None], colour: str) -> Series:
    values = [one / 1000 if one is not None else 0.0 for one in averages]
    return Series(word, t(word), values, [duration(None if one is None else round(one)) for one in averages], colour)


def names(steps: Sequence[str]) -> list[str]:
    """The bars as a hover names them."""
    return list(map(day, steps))


def short(steps: Sequence[str]) -> dict[str, str]:
    """The bars as the axis names them."""
    return {day(step): day(step, short=True) for step in steps}


def _as_table(key: str, steps: Sequence[str], series: Sequence[Series]) -> None:
    """The same in figures, for who can't see a chart."""
    if not st.toggle(t(N_("Show as table")), key=key):
        return
    table = {t(N_("Day")): list(steps)} | {one.name: list(one.told) for one in series}
    st.dataframe(table, hide_index=True, key=f"{key}_shown")

