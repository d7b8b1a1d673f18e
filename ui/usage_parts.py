"""The figures of usage and cost: what it came to, by which unit, what failed, what cost most, what nobody knows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Literal

import streamlit as st

from lib.i18n import N_
from lib.ledger.report import Difference, Figure, Pair, ReportRow
from lib.ledger.row import CallRow
from lib.vocabulary import Money
from ui.budget import bar
from ui.engine import door
from ui.figure import figure_of
from ui.links import go, link
from ui.markdown import code, literal
from ui.tables import EMPTY
from ui.theme import BILLING, COLOURS, STATES, STATUSES, Look
from ui.usage_data import Seen
from ui.usage_filters import name, only, take_row
from ui.usage_view import Span, change, digits, share, shown_cost
from ui.words import capability, count, day, moment, money, percent, t

LOG = ("provider", "model", "capability", "connection", "cause")
"""The filters that the call log knows too."""
MODELS_NAMED = 5
FIGURES: Mapping[Figure, str] = {
    "estimated": N_("Estimated"),
    "billed": N_("Billed"),
    "official": N_("Official price"),
}
PAIRS: Mapping[Pair, str] = {
    "checked": N_("Calls with both: {n}. Estimated {first}, billed {second}: the estimate is {share} of the bill."),
    "compared": N_("Calls with both: {n}. They cost {first}, officially {second}: {share} of the official price."),
}
MILLION = 1_000_000
AVERAGES: Mapping[str, tuple[tuple[str, ...], int, str]] = {
    "token": (("input_tokens", "output_tokens"), MILLION, N_("a million tokens: {amount}")),
    "call": (("calls",), 1, N_("a call: {amount}")),
    "image": (("images",), 1, N_("an image: {amount}")),
    "second": (("seconds_micro",), 10**6, N_("a second: {amount}")),
    "character": (("characters",), 1, N_("a character: {amount}")),
}
"""What of the sums a unit counts, for how many of that its average is, and in which words."""


def period(seen: Seen) -> str:
    """Which days these are, whose days, what they are compared with, and in which currency amounts are told."""
    told = [_days(seen.span), t(N_("days of {zone}"), zone=literal(seen.engine.ledger.zone))]
    if seen.before is not None:
        told.append(t(N_("changes are against {then}"), then=_days(seen.span.before)))
    return "\u00a0· ".join((*told, _rates(seen)))


def _days(span: Span) -> str:
    first, last = (day(one.isoformat()) for one in (span.first, span.last))
    return first if first == last else t(N_("{first} to {last}"), first=first, last=last)


def _rates(seen: Seen) -> str:
    wanted = seen.conversion.currency
    if wanted is None:
        return t(N_("amounts in their own currency"))
    dates = [one for currency in seen.total.cost if (one := seen.conversion.as_of(currency)) is not None]
    if not dates:
        return t(N_("amounts in {currency}"), currency=wanted)
    return t(N_("amounts in {currency}, at your rate of {day}"), currency=wanted, day=day(min(dates).isoformat()))


def deleted(seen: Seen) -> None:
    """That of some of these days only the sums are left."""
    gone = seen.engine.log.deleted()
    if gone is not None and seen.span.first <= gone.last:
        st.caption(t(N_("Old calls up to {day} are deleted: they are in the sums, but can't be looked at."),
                     day=day(gone.last.isoformat())))  # fmt: skip


def headline(seen: Seen) -> None:
    """The figures that matter most, each with its course and its change."""
    rows = [seen.steps.get(step) for step in seen.span.steps]
    now, then = seen.total, seen.before
    failed = share(now.failed, now.calls)
    with st.container(horizontal=True, gap="small", key="usage_figures"):
        for currency in seen.currencies:
            _spent(seen, currency, rows)
        _metric(t(N_("Calls")), count(now.calls), change(now.calls, then.calls if then else None),
                [row.calls if row else 0 for row in rows])  # fmt: skip
        _metric(t(N_("Tokens")), count(_all_tokens(now)), change(_all_tokens(now), _all_tokens(then) if then else None),
                [_all_tokens(row) if row else 0 for row in rows])  # fmt: skip
        _metric(
            t(N_("Failed")), f"{count(now.failed)} ({percent(failed)})",
            failed - share(then.failed, then.calls) if then and then.calls else None,
            [row.failed if row else 0 for row in rows], points=True,
        )
        _metric(t(N_("Unknown cost")), count(now.unknown_cost_calls), None,
                [row.unknown_cost_calls if row else 0 for row in rows])  # fmt: skip


def _spent(seen: Seen, currency: str, rows: Sequence[ReportRow | None]) -> None:
    """One currency's spend: without a rate there is no sum of two."""
    course = [shown_cost(row, seen.conversion).get(currency) for row in rows]
    now, then = (shown_cost(row, seen.conversion).get(currency) for row in (seen.total, seen.before))
    label = t(N_("Spend")) if len(seen.currencies) == 1 else t(N_("Spend in {currency}"), currency=currency)
    by = change(now.amount if now else None, then.amount if then else None)
    _metric(label, money(now) if now else t(N_("nothing")), by, [float(one.amount) if one else 0.0 for one in course])


def _all_tokens(row: ReportRow) -> int:
    return row.tokens["input_tokens"] + row.tokens["output_tokens"]


def _metric(label: str, value: str, by: float | None, course: Sequence[float], *, points: bool = False) -> None:
    """`by`: its change, a share; with `points` a difference of shares, of which less is better."""
    told = percent(by, signed=True) if by is not None else None
    if told and points:
        told = t(N_("{change} points"), change=told.removesuffix(" %"))
    colour: Literal["inverse", "off"] = "inverse" if points and by else "off"
    drawn = list(course) if sum(map(bool, course)) > 1 else None
    st.metric(label, value, told, delta_color=colour, width=152, chart_data=drawn, chart_type="bar")


def budget() -> None:
    """How the budgets stand; the demo's money is nobody's."""
    if door().is_demo:
        return
    found, forecasts = door().own.spendings(), door().own.forecasts()
    for one in found:
        bar(one, forecasts.get(one.budget.place))


def unknown(seen: Seen, models: Mapping[str, ReportRow]) -> None:
    """The calls nobody knows the cost of: how many, of which models, and the way to them."""
    n = seen.total.unknown_cost_calls
    if not n:
        return
    found = [(row.unknown_cost_calls, one) for one, row in models.items() if row.unknown_cost_calls]
    nameless = t(N_("without a model"))
    named = [f"{code(model) or nameless} ({count(calls)})" for calls, model in sorted(found, reverse=True)]
    more = [t(N_("and others"))] if len(named) > MODELS_NAMED else []
    with st.container(horizontal=True, vertical_alignment="center", key="usage_unknown"):
        words = t(N_("Calls whose cost nobody knows: {n}. They are in no sum."), n=count(n))
        st.markdown(f":gray[:material/help:] {words} {', '.join([*named[:MODELS_NAMED], *more])}", width="stretch")
        if st.button(t(N_("Show them in the log")), key="usage_log_unknown", icon=":material/receipt_long:"):
            go("log", **log_view(seen), unknown_cost="1")


def log_view(seen: Seen) -> dict[str, str]:
    """The same calls as the log is asked for them, as far as it can be."""
    days = {"since": seen.span.first.isoformat(), "until": seen.span.last.isoformat()}
    return days | {one: value for one, value in seen.view.where.items() if one in LOG and value}


def units(seen: Seen) -> None:
    """What was billed per token, per call and so on, side by side."""
    st.subheader(t(N_("By how it is billed")))
    rows = seen.by("unit")
    order = [unit for unit in ("token", "call", *BILLING, "") if unit in rows]
    with st.container(horizontal=True, gap="medium", key="usage_units"):
        for unit in dict.fromkeys(order):
            with st.container(border=True, width=250, key=f"usage_unit_{unit or 'unknown'}"):
                _unit(seen, unit, rows[unit])


def _unit(seen: Seen, unit: str, row: ReportRow) -> None:
    known = row.calls > row.unknown_cost_calls
    figure_of(name("unit", unit), shown_cost(row, seen.conversion) if known else None)
    told = [t(N_("Calls: {n}"), n=count(row.calls)), *average(seen, unit, row)]
    if row.unknown_cost_calls:
        told.append(t(N_("of unknown cost: {n}"), n=count(row.unknown_cost_calls)))
    st.caption("  \n".join(told))
    if seen.view.where.get("unit") != unit:
        st.button(
            t(N_("Only these")), key=f"usage_only_unit_{unit or 'unknown'}", type="tertiary",
            on_click=partial(only, "unit", unit),
        )


def average(seen: Seen, unit: str, row: ReportRow) -> list[str]:
    """What one of the unit came to, by the currency it was paid in; a million tokens for one token."""
    if unit not in AVERAGES:
        return []
    counted, many, word = AVERAGES[unit]
    numbers: Counter[str] = Counter()
    for currency, paid in row.cost.items():
        numbers[seen.conversion.view(paid).currency] += sum(row.sums[currency][one] for one in counted)
    found = [one for one in shown_cost(row, seen.conversion).values() if one.amount and numbers[one.currency]]
    return [t(word, amount=money(Money(one.amount * many / numbers[one.currency], one.currency))) for one in found]


def table(seen: Seen) -> None:
    """The sums by what spend is split by; a row shows it alone."""
    split = sorted(seen.split.items(), key=lambda one: _rank(seen, one[1]), reverse=True)
    key = "_".join(("usage_rows", *seen.view.address.values()))
    costs = {one: [shown_cost(row, seen.conversion).get(one) for _, row in split] for one in seen.currencies}
    shown = {
        t(N_("Name")): [name(seen.view.by, one) or "–" for one, _ in split],
        **{one: [float(m.amount) if m else None for m in column] for one, column in costs.items()},
        t(N_("Calls")): [row.calls for _, row in split],
        t(N_("Failed")): [row.failed for _, row in split],
        t(N_("Unknown cost")): [row.unknown_cost_calls for _, row in split],
        t(N_("Tokens in")): [row.tokens["input_tokens"] for _, row in split],
        t(N_("Tokens out")): [row.tokens["output_tokens"] for _, row in split],
    }
    config = {
        one: st.column_config.NumberColumn(format=f"%.{digits(m.amount for m in column if m)}f")
        for one, column in costs.items()
    }
    st.dataframe(
        shown, placeholder=EMPTY, hide_index=True, key=key, selection_mode="single-row", column_config=config,
        on_select=partial(take_row, key, seen.view.by, [one for one, _ in split]),
    )


def _rank(seen: Seen, row: ReportRow) -> tuple[Decimal, int]:
    money = shown_cost(row, seen.conversion).get(seen.currencies[0])
    return (money.amount if money else Decimal(0), row.calls)


def failures(seen: Seen) -> None:
    """How calls ended, and what for those that ended badly; each leads to the log."""
    st.subheader(t(N_("How calls ended")))
    causes = seen.by("cause")
    fine = causes.pop("", None)
    parts = [(N_("without error: {n}"), fine.calls if fine else 0), (N_("failed: {n}"), seen.total.failed)]
    other = seen.total.calls - sum(number for _, number in parts)
    parts += [(N_("neither: {n}"), other)] if other else []
    st.markdown("\u00a0· ".join(t(word, n=count(number)) for word, number in parts))
    for cause, row in causes.items():
        _cause(seen, cause, row)


def _cause(seen: Seen, cause: str, row: ReportRow) -> None:
    known: Mapping[str, Look] = {one: look for one, look in (*STATUSES.items(), *STATES.items())}
    shown = known.get(cause, known["unknown"])
    with st.container(horizontal=True, vertical_alignment="center", key=f"usage_cause_{cause}"):
        told = f"{count(row.calls)} ({percent(share(row.calls, seen.total.calls))})"
        st.markdown(f":{COLOURS[shown.group]}[{shown.symbol} {t(shown.word)}] · {told}", width="stretch")
        if st.button(t(N_("In the log")), key=f"usage_log_{cause}", type="tertiary", icon=":material/receipt_long:"):
            go("log", **log_view(seen), **({"cause": cause} if cause in STATES else {"status": cause}))


def dearest(seen: Seen) -> None:
    """The calls that cost most; each leads to the call in the log."""
    st.subheader(t(N_("Most expensive calls")))
    found = seen.dearest()
    if not found:
        st.caption(t(N_("No call of these days has cost anything that is known.")))
    for cost, row in found:
        with st.container(horizontal=True, vertical_alignment="center", key=f"usage_dear_{row.id}"):
            st.markdown(f"**{money(cost)}** · {_what(row)}", width="stretch")
            key = f"usage_call_{row.id}"
            if st.button(t(N_("Details")), key=key, type="tertiary", icon=":material/chevron_right:"):
                go("log", call=row.id)


def _what(row: CallRow) -> str:
    parts = (code(row.model), literal(row.connection), capability(row.capability), moment(row.created_at))
    return ":gray[" + " · ".join(part for part in parts if part) + "]"


def figures(seen: Seen) -> None:
    """Estimated, billed and official side by side, each over the calls of which it is known."""
    st.subheader(t(N_("Estimated, billed, official")))
    with st.container(horizontal=True, gap="medium", key="usage_three"):
        for figure, word in FIGURES.items():
            known = seen.total.known(figure)
            found = seen.conversion.total(seen.total.figure(figure).values())
            of = t(N_("known of {n} of {all} calls"), n=count(known), all=count(seen.total.calls))
            with st.container(width=250):
                figure_of(t(word), found if known else None)
                st.caption(of)
    for pair, sentence in PAIRS.items():
        for difference in _differences(seen, pair):
            st.caption(t(sentence, n=count(difference.calls), first=money(difference.first),
                         second=money(difference.second), share=_of(difference)))  # fmt: skip
    if seen.engine.configuration().relays_in_use:
        link("reconcile", t(N_("Beside the relay's own log")))


def _differences(seen: Seen, pair: Pair) -> list[Difference]:
    """The calls that have both, as they are to be shown: by currency, added only where a rate says how."""
    found = seen.total.difference(pair).values()
    calls: Counter[str] = Counter()
    for one in found:
        calls[seen.conversion.view(one.first).currency] += one.calls
    firsts = seen.conversion.total(one.first for one in found)
    seconds = seen.conversion.total(one.second for one in found)
    return [Difference(calls[currency], first, seconds[currency]) for currency, first in firsts.items()]


def _of(difference: Difference) -> str:
    return percent(1 + difference.share) if difference.share is not None else t(N_("an unknown share"))
