"""Both logs side by side: sums, mark-up by model, where they differ and why, and what only one of them has."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache, partial

import streamlit as st

from lib.cli.sheet import Field, sheet
from lib.cost.differences import NAMES, NOT_IN_LOG, SENTENCES, sentence
from lib.cost.reconciliation import Match, Reconciled
from lib.i18n import N_
from lib.ledger.row import CallRow, iso
from lib.vocabulary import Money
from ui.figure import figure_of
from ui.links import go
from ui.reconcile_view import View
from ui.tables import EMPTY
from ui.words import amounts, count, moment, money, number, t

CSV = (
    "side", "id", "created_at", "connection", "model", "request_id", "estimated", "estimated_currency", "billed",
    "billed_currency", "official", "official_currency", "matched_by", "why",
)  # fmt: skip


WHY_PX, TIME_PX = 340, 160
COLUMNS = ("why", "estimated", "billed", "official", "model", "at", "connection")
ON_PHONE = ("model", "estimated", "billed", "official", "why", "at", "connection")
"""In which order; a narrow screen shows the first few."""
SHOWN = 500
"""Calls on which both agree that are shown; the file has all."""
MADE = 4
"""Reconciliations whose sums are kept."""


@dataclass(slots=True)
class Sums:
    """Amounts by figure and currency, in 10⁻⁹, of so many calls."""

    calls: int = 0
    nano: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, **figures: Money | None) -> None:
        """Adds a call's."""
        self.calls += 1
        for figure, amount in figures.items():
            if amount is not None:
                self.nano[figure][amount.currency] += amount.nano

    def of(self, figure: str) -> dict[str, Money]:
        """A figure by currency."""
        return {one: Money.of_nano(nano, one) for one, nano in sorted(self.nano[figure].items())}

    def times(self, of: str) -> Decimal | None:
        """How many times a figure what was billed is, of the calls that have it; None where that can't be compared."""
        first, second = self.nano[f"beside_{of}"], self.nano[of]
        if len(first) != 1 or first.keys() != second.keys():
            return None
        (mine,), (theirs,) = first.values(), second.values()
        return Decimal(mine) / theirs if theirs else None


@lru_cache(MADE)
def in_total(found: Reconciled) -> Sums:
    """What the calls that both logs have come to; made once."""
    return summed(found.matched)


def summed(matches: Iterable[Match]) -> Sums:
    """What the calls that both logs have come to."""
    sums = Sums()
    for one in matches:
        mine, theirs, official = one.call.estimated, one.bill.amount, one.call.official
        sums.add(
            estimated=mine, billed=theirs, official=official,
            beside_estimated=theirs if mine else None, beside_official=theirs if official else None,
        )  # fmt: skip
    return sums


@lru_cache(MADE)
def by_model(found: Reconciled) -> dict[str, Sums]:
    """The same by model, those billed most first."""
    models: defaultdict[str, list[Match]] = defaultdict(list)
    for one in found.matched:
        models[one.call.model].append(one)
    sums = {model: summed(matches) for model, matches in models.items()}
    return dict(sorted(sums.items(), key=lambda one: (-sum(one[1].nano["billed"].values()), one[0])))


def sums(found: Reconciled) -> None:
    """Three figures for the calls that both logs have, and how many agree."""
    total = in_total(found)
    with st.container(horizontal=True, gap="medium", key="reconcile_sums"):
        for figure, word in (
            ("estimated", N_("Estimated")), ("billed", N_("Billed")), ("official", N_("Official price")),
        ):  # fmt: skip
            with st.container(width=200):
                figure_of(t(word), total.of(figure))
    agree = len(found.matched) - len(found.differing)
    st.markdown(t(N_("Both logs agree on {n} of {all} calls."), n=count(agree), all=count(len(found.matched))))
    other = Sums()
    for one in found.only_there:
        other.add(billed=one.bill.amount)
    if other.calls:
        st.markdown(t(N_("Besides, the relay billed {amount} for what is not in your log."),
                      amount=amounts(other.of("billed"))))  # fmt: skip


def markup(found: Reconciled) -> None:
    """By model what was estimated, billed and official, and how many times the others billed is."""
    if not found.matched:
        return
    st.subheader(t(N_("Mark-up by model")))
    column = partial(st.column_config.TextColumn, alignment="right")
    st.dataframe(
        [_model(model, one) for model, one in by_model(found).items()], hide_index=True, placeholder=EMPTY,
        key="reconcile_models", height="content",
        column_config={
            "model": t(N_("Model")), "calls": st.column_config.NumberColumn(t(N_("Calls"))),
            "estimated": column(t(N_("Estimated"))), "billed": column(t(N_("Billed"))),
            "official": column(t(N_("Official price"))),
            "to_estimate": column(t(N_("Billed ÷ estimated"))), "to_official": column(t(N_("Billed ÷ official"))),
        },
    )  # fmt: skip


def _model(model: str, one: Sums) -> Mapping[str, object]:
    figures = {name: amounts(one.of(name)) if one.nano[name] else None for name in ("estimated", "billed", "official")}
    return {
        "model": model, "calls": one.calls, **figures,
        "to_estimate": _times(one.times("estimated")), "to_official": _times(one.times("official")),
    }  # fmt: skip


def _times(factor: Decimal | None) -> str | None:
    return None if factor is None else f"× {number(factor, '#,##0.###')}"


def differing(found: Reconciled, view: View, on_phone: bool) -> None:
    """The calls about which the logs differ, and why; of one kind alone where that is chosen."""
    st.subheader(t(N_("Where both differ")))
    codes = Counter(one.why.code for one in found.differing if one.why)
    if not codes:
        st.markdown(t(N_("Nowhere: every call that both logs have was billed as it was estimated.")))
        return
    kinds = dict(codes.most_common())
    wanted = next((code for code in kinds if code == view.why), None)
    st.session_state["reconcile_why"] = wanted
    st.pills(
        t(N_("Why")), list(kinds), key="reconcile_why", on_change=_take_why, label_visibility="collapsed",
        format_func=lambda one: f"{t(NAMES[one])} ({count(kinds[one])})",
    )
    shown = [(one, one.why) for one in found.differing if one.why and wanted in (None, one.why.code)]
    _table("differing", [(one.call, one.bill.amount, sentence(why, t)) for one, why in shown], on_phone)


def _take_why() -> None:
    chosen = st.session_state["reconcile_why"]
    if chosen:
        st.query_params["why"] = chosen
    else:
        st.query_params.pop("why", None)


def _table(name: str, rows: Sequence[tuple[CallRow, Money | None, str]], on_phone: bool) -> None:
    """Calls of ours, the newest first; a chosen one leads to the log."""
    newest = sorted(rows, key=lambda one: one[0].id, reverse=True)
    columns = st.column_config
    chosen = st.dataframe(
        [
            {"why": why, "estimated": money(row.estimated), "billed": money(billed) if billed else None,
             "official": money(row.official) if row.official else None, "model": row.model,
             "at": moment(row.created_at), "connection": row.connection}
            for row, billed, why in newest
        ],
        hide_index=True, placeholder=EMPTY, on_select="rerun", selection_mode="single-row", key=f"reconcile_{name}",
        column_order=ON_PHONE if on_phone else COLUMNS,
        column_config={
            "why": columns.TextColumn(t(N_("Why")), width=WHY_PX),
            "estimated": columns.TextColumn(t(N_("Estimated")), alignment="right"),
            "billed": columns.TextColumn(t(N_("Billed")), alignment="right"),
            "official": columns.TextColumn(t(N_("Official price")), alignment="right"),
            "model": t(N_("Model")), "at": columns.TextColumn(t(N_("Time")), width=TIME_PX),
            "connection": t(N_("Connection")),
        },
    )  # fmt: skip
    for row in chosen["selection"]["rows"]:
        go("log", call=newest[row][0].id)


def agreeing(found: Reconciled, on_phone: bool) -> None:
    """The other calls that both logs have, where they are wanted."""
    agree = sorted((one for one in found.matched if one.why is None), key=lambda one: one.call.id, reverse=True)
    if not agree or not st.toggle(t(N_("Show the calls on which both agree, too")), key="reconcile_agreeing"):
        return
    if len(agree) > SHOWN:
        st.caption(t(N_("The newest {n} of {all}; the file below has all."), n=count(SHOWN), all=count(len(agree))))
    _table("agree", [(one.call, one.bill.amount, t(N_("Both agree."))) for one in agree[:SHOWN]], on_phone)


def only_here(found: Reconciled, on_phone: bool) -> None:
    """The calls that the relay's log should have and hasn't."""
    if found.only_here:
        st.subheader(t(N_("Only in your log")))
        st.caption(t(N_("The relay never billed these, it books them late, or it keeps its log for a shorter time.")))
        _table("only_here", [(row, row.billed, t(NOT_IN_LOG)) for row in found.only_here], on_phone)


def only_there(found: Reconciled) -> None:
    """What the relay logged of these keys, and isn't ours."""
    if not found.only_there:
        return
    st.subheader(t(N_("Only in the relay's log")))
    st.caption(t(N_("If no other program uses these keys, change them: someone else may.")))
    columns = st.column_config
    newest = sorted(found.only_there, key=lambda one: one.bill.place, reverse=True)
    st.dataframe(
        [
            {"why": t(SENTENCES[one.why]), "billed": money(one.bill.amount), "model": one.bill.first.row.model,
             "input": one.bill.first.row.input_tokens, "output": one.bill.first.row.output_tokens,
             "at": moment(one.bill.first.row.at), "connection": one.bill.first.connection or t(N_("another key"))}
            for one in newest
        ],
        hide_index=True, placeholder=EMPTY, key="reconcile_only_there",
        column_config={
            "why": columns.TextColumn(t(N_("Why")), width=WHY_PX),
            "billed": columns.TextColumn(t(N_("Billed")), alignment="right"), "model": t(N_("Model")),
            "input": columns.NumberColumn(t(N_("Tokens in")), format="localized"),
            "output": columns.NumberColumn(t(N_("Tokens out")), format="localized"),
            "at": columns.TextColumn(t(N_("Time")), width=TIME_PX), "connection": t(N_("Connection")),
        },
    )  # fmt: skip


def download(found: Reconciled, view: View) -> None:
    """All of it as a file."""
    st.download_button(
        t(N_("Everything (CSV)")), lambda: as_csv(found).encode(), file_name=f"reconcile-{view.relay}.csv",
        mime="text/csv", key="reconcile_csv", icon=":material/download:", on_click="ignore",
    )  # fmt: skip


def as_csv(found: Reconciled) -> str:
    """Both logs as a sheet in the words of the contract, amounts exact; what nobody knows is empty."""
    both = [_line("both", one.call, one.bill.amount, one.by, one.why.code if one.why else None)
            for one in found.matched]  # fmt: skip
    here = [_line("here", row, row.billed, None, "not_in_log") for row in found.only_here]
    there: list[Sequence[Field]] = []
    for one in found.only_there:
        first = one.bill.first
        told = ("there", None, iso(first.row.at), first.connection, first.row.model, first.row.request_id or None)
        there.append((*told, *_amounts(None, one.bill.amount, None), None, one.why))
    return sheet(CSV, [*both, *here, *there])


def _line(side: str, row: CallRow, billed: Money | None, by: str | None, why: str | None) -> Sequence[Field]:
    amounts = _amounts(row.estimated, billed, row.official)
    return (side, row.id, iso(row.created_at), row.connection, row.model, row.request_id, *amounts, by, why)


def _amounts(*found: Money | None) -> Iterator[Field]:
    for one in found:
        yield from (one.plain, one.currency) if one else (None, None)
