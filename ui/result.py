"""A call that has ended: what came, what it cost, what to do with it. And the list of those before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from lib.calls.draft import Drafted
from lib.causes import remembered
from lib.engine import Engine
from lib.i18n import N_
from lib.ledger.calls import Payload
from lib.ledger.row import CallRow
from lib.vocabulary import UNFINISHED, Capability, Money
from ui import format as figures
from ui.asking import OPERATIONS
from ui.chips import chip, facts, quote
from ui.follow import draw, thoughts
from ui.markdown import code as monospace
from ui.markdown import literal, option, whole
from ui.theme import NOT_PROVEN, STATES, STATUSES, Look
from ui.words import ago, capability, count, duration, money, t, worded

NEWEST, HEAD = 8, 80
"""The last calls that are shown, and the characters of each one's prompt."""
COST_OF = {"billed": N_("as billed"), "estimated": N_("estimated"), "none": N_("unknown")}
PRICES_OF = {
    "user": N_("by your own price"),
    "relay": N_("by the relay's price list"),
    "official": N_("by the official price list"),
}


def appearance(row: CallRow) -> Look:
    """How a call is drawn: by its error where it has one; under way, the same at every step: the row isn't redrawn.

    One that was refused as it had to be hasn't failed.
    """
    if row.status in UNFINISHED:
        return STATUSES["running"]
    if row.let_in:
        return NOT_PROVEN
    told = row.status == "failed" and row.error_state not in (None, "untested")
    return STATES[str(row.error_state)] if told else STATUSES[row.status]


def result(row: CallRow, payload: Payload, line: str) -> None:
    """The answer with everything that is known about it. `line`: the name of the line it went by."""
    answer(row, payload)
    _figures(row, line)


def answer(row: CallRow, payload: Payload) -> None:
    """What came, and why it isn't all that was asked for."""
    if row.status != "succeeded":
        chip(appearance(row))
        problem(row)
    thoughts(payload.reasoning)
    draw(payload.text)
    cut(row)


def cut(row: CallRow) -> None:
    """Says that an answer ends where its tokens did, if it does."""
    if row.finish_reason == "length":
        words = t(N_("Cut at the token limit: allow more (max_tokens)."))
        st.markdown(f":orange[:material/content_cut: {words}]")


def problem(row: CallRow) -> None:
    """Why a call didn't succeed, what to do, and the server's own words."""
    if row.error_code is None:
        return
    why = worded(remembered(row.error_code, row.error_params))
    st.markdown(f"**{literal(why.message)}** {literal(why.remedy)}")
    if row.error_message:
        quote(row.error_message)


def _figures(row: CallRow, line: str) -> None:
    usage = row.usage
    tokens = " / ".join("–" if n is None else count(n) for n in (usage.input_tokens, usage.output_tokens))
    with st.container(horizontal=True, key="result_figures", gap="medium"):
        st.metric(t(N_("Cost")), money(row.cost), width="content")
        if usage.input_tokens is not None or usage.output_tokens is not None:
            st.metric(t(N_("Tokens in / out")), tokens, width="content")
        if row.first_byte_ms is not None:
            st.metric(t(N_("First word after")), duration(row.first_byte_ms), width="content")
        st.metric(t(N_("Took")), duration(row.duration_ms), width="content")
    figures_of(row, line)


def figures_of(row: CallRow, line: str) -> None:
    """How its cost is known, and how it went: two quiet lines."""
    facts((*_origin(row), *_other_figures(row)))
    facts((literal(row.model), row.connection, literal(line), ago(row.created_at), _request_id(row)))


def _origin(row: CallRow) -> tuple[str, ...]:
    kind = "billed" if row.billed else "estimated" if row.estimated else "none"
    prices = t(PRICES_OF[row.price_source]) if row.price_source and kind == "estimated" else ""
    guessed = t(N_("tokens approximated")) if row.usage_source == "approximate" else ""
    return (t(N_("Cost {kind}"), kind=t(COST_OF[kind])), prices, guessed)


def _other_figures(row: CallRow) -> tuple[str, ...]:
    named: tuple[tuple[str, Money | None], ...] = (
        (N_("official price {amount}"), row.official), (N_("quoted at most {amount}"), row.quoted),
    )
    return tuple(t(words, amount=money(amount)) for words, amount in named if amount is not None)


def _request_id(row: CallRow) -> str:
    return whole(t(N_("request id {id}"), id=monospace(row.request_id))) if row.request_id else ""


def line_of(engine: Engine, row: CallRow) -> str:
    """The name of the line a call went by, as it is called now; its id where it is gone."""
    lines = [line for relay in engine.configuration().relays if relay.id == row.relay for line in relay.lines]
    return next((line.name for line in lines if line.id == row.line), row.line or "")


def code(ready: Drafted, key: str) -> None:
    """The very request as code, with an environment variable for the key."""
    with st.popover(t(N_("Code")), icon=":material/code:", key=key):
        st.caption(t(N_("The key is read from the environment variable {name}."), name=f"`{ready.key_variable}`"))
        curl, python = st.tabs([option("cURL"), option("Python")])
        curl.code(ready.curl, language="bash", wrap_lines=True)
        python.code(ready.python, language="python", wrap_lines=True)


def before(engine: Engine, capability: Capability, shown: str | None, choose: Callable[[str], None]) -> None:
    """The last calls of one capability; a click shows one again."""
    rows = engine.log.page(limit=NEWEST, capability=capability).rows
    if not rows:
        return
    names = named(engine, rows, HEAD)
    st.subheader(t(N_("Last results")))
    for row in rows:
        _earlier(row, names[row.id], current=row.id == shown, choose=choose)


def named(engine: Engine, rows: Sequence[CallRow], length: int) -> dict[str, str]:
    """By id what each is called in Markdown: the beginning of its prompt; where it had none, of its answer, else what
    was to be done.
    """
    prompts = engine.log.prompts([row.id for row in rows], 4 * length)
    answers = engine.log.texts([row.id for row in rows if not prompts.get(row.id, "").strip()])
    said = {row.id: figures.head(prompts.get(row.id) or answers.get(row.id, ""), length) for row in rows}
    return {row.id: literal(said[row.id]) or wordless(row) for row in rows}


def wordless(row: CallRow) -> str:
    """What a call without any words is called: by what was to be done."""
    return capability(row.capability) if row.operation == "generate" else t(OPERATIONS[row.operation])


def _earlier(row: CallRow, name: str, *, current: bool, choose: Callable[[str], None]) -> None:
    with st.container(border=True, key=f"earlier_{row.id}", horizontal=True, vertical_alignment="center"):
        with st.container(gap=None):
            st.button(
                f"**{name}**" if current else name, key=f"show_{row.id}", type="tertiary", on_click=choose,
                args=(row.id,), icon=":material/chevron_right:" if current else None,
            )
            cost = "" if row.status in UNFINISHED else money(row.cost)
            facts((literal(row.model), row.connection, cost, ago(row.created_at)))
        chip(appearance(row))
