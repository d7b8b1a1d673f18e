"""The charts of usage and cost: spend, tokens and times of the days shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial

import streamlit as st

from lib.i18n import N_
from lib.ledger.histograms import Histogram, merged
from lib.ledger.report import ReportRow
from lib.vocabulary import Money
from ui import charts
from ui.charts import SERIES, Series
from ui.usage_data import Seen
from ui.usage_filters import NAMES, name, take_bar
from ui.usage_view import in_order, round_to_two, share, shown_cost, uncached
from ui.words import amounts, count, day, duration, money, percent, t

MODELS = 8
"""So many models' times are shown: those called most."""
HALF, MOST = Decimal("0.5"), Decimal("0.95")
STEPS = 14
"""At most so many bars tell what calls cost."""
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
    _cache(seen)
    _as_table("usage_table_tokens", seen.span.steps, series)


def _cache(seen: Seen) -> None:
    """How much of the input came from the cache, and what that was worth."""
    read, whole = (seen.total.tokens[name] for name in ("cached_input_tokens", "input_tokens"))
    if not read:
        return
    told = t(N_("From the cache: {share} of the input tokens."), share=percent(share(read, whole)))
    saved = seen.conversion.total(seen.total.saved.values())
    gained = {currency: one for currency, one in saved.items() if one.amount > 0}
    lost = {currency: Money(-one.amount, currency) for currency, one in saved.items() if one.amount < 0}
    if gained:
        told += " " + t(N_("By the prices of these calls the cache saved {amount}."), amount=amounts(gained))
    if lost:
        told += " " + t(N_("By the prices of these calls writing to it cost {amount} more than it saved."),
                        amount=amounts(lost))  # fmt: skip
    st.markdown(told)


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
    """How long calls took: half of them, and all but the slowest, in total and by model."""
    st.subheader(t(N_("How long calls took")))
    found = {model: spread for (model, _), spread in seen.spread("duration").items()}
    shown = [model for model in models if model in found]
    if not shown:
        st.caption(t(N_("No call of these days has succeeded.")))
        return
    everything = merged(found.values())
    half, slow = (duration(everything.quantile(share)) for share in (HALF, MOST))
    st.markdown(t(N_("Half of them took up to about {half}, 95 % up to about {slow}."), half=half, slow=slow))
    series = [
        _times(N_("Half of the calls, up to"), [found[model].quantile(HALF) for model in shown[:MODELS]], SERIES[7]),
        _times(N_("95 % of the calls, up to"), [found[model].quantile(MOST) for model in shown[:MODELS]], SERIES[6]),
    ]
    named = [name("model", model) for model in shown[:MODELS]]
    charts.draw(charts.lying(named, series, t(N_("seconds"))), "usage_times", t(N_("Times by model")))
    told = t(N_("Calls that succeeded: {n}. To the nearest tenth or so."), n=count(everything.calls))
    left = len(shown) - MODELS
    more = t(N_("Models not shown, called less: {n}."), n=count(left)) if left > 0 else ""
    st.caption(f"{told} {more}")
    if st.toggle(t(N_("Show as table")), key="usage_table_times"):
        _times_table(shown, found, models)


def _times_table(shown: Sequence[str], found: Mapping[str, Histogram], models: Mapping[str, ReportRow]) -> None:
    """Every model's times, those until the first token too."""
    averages = [models[model].average("first_byte") for model in shown]
    table = {
        t(N_("Model")): [name("model", model) for model in shown],
        t(N_("Calls")): [found[model].calls for model in shown],
        t(N_("Half of the calls, up to")): [duration(found[model].quantile(HALF)) for model in shown],
        t(N_("95 % of the calls, up to")): [duration(found[model].quantile(MOST)) for model in shown],
        t(N_("First token, on average")): [duration(None if one is None else round(one)) for one in averages],
    }
    st.dataframe(table, hide_index=True, key="usage_table_times_shown")


def _times(word: str, found: Sequence[int | None], colour: str) -> Series:
    return Series(word, t(word), [(one or 0) / 1000 for one in found], list(map(duration, found)), colour)


def costs(seen: Seen) -> None:
    """What single calls cost, a chart for each currency they were paid in."""
    st.subheader(t(N_("What a call cost")))
    found: dict[str, list[Histogram]] = {}
    for (_, currency), spread in seen.spread("cost").items():
        found.setdefault(currency, []).append(spread)
    paid = {currency: merged(parts) for currency, parts in sorted(found.items(), key=lambda one: -len(one[1]))}
    paid = {currency: spread for currency, spread in paid.items() if spread.paid.calls}
    if not paid:
        st.caption(t(N_("No call of these days has cost anything that is known.")))
    for currency, spread in paid.items():
        _costs(seen, currency, spread)


def _costs(seen: Seen, currency: str, spread: Histogram) -> None:
    steps = spread.paid.steps(STEPS)
    borders = [[_seen(seen, border, currency) for border in (least, most + 1)] for least, most, _ in steps]
    x = [t(N_("{least} to {most}"), least=money(least), most=money(most)) for least, most in borders]
    calls = [number for *_, number in steps]
    series = Series(currency, t(N_("Calls")), list(map(float, calls)), list(map(count, calls)), SERIES[0])
    short = {name: least.plain for name, (least, _) in zip(x, borders, strict=True)}
    half, dear = (money(_seen(seen, spread.paid.quantile(part) or 0, currency)) for part in (HALF, MOST))
    free = t(N_("Calls that cost nothing: {n}."), n=count(n)) if (n := spread.calls - spread.paid.calls) else ""
    word = N_("Half of those that cost anything cost up to about {half}, 95 % up to about {dear}.")
    st.markdown(f"{t(word, half=half, dear=dear)} {free}")
    alt = t(N_("Calls by what they cost, in {currency}"), currency=borders[0][0].currency)
    figure = charts.bars(x, [series], t(N_("calls")), short, named=False)
    charts.draw(figure, f"usage_costs_{currency}", alt)


def _seen(seen: Seen, nano: int, currency: str) -> Money:
    """An amount as it is to be shown, to two figures."""
    amount = seen.conversion.view(Money.of_nano(nano, currency))
    return Money(round_to_two(amount.amount), amount.currency)


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
