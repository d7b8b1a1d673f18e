"""The small things that rows are made of: a state's chip, the evidence behind a verdict, a list of facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import streamlit as st

from lib.causes import STEP_NAMES, Worded
from lib.checks.words import sentence, way
from lib.i18n import N_
from lib.vocabulary import Evidence
from ui.markdown import code, literal, whole
from ui.theme import WHOSE_MOVE, Look, showed
from ui.words import ago, duration, moment, t, zone

UNBROKEN = 24
"""Characters of a fact that no line break parts: an amount stays with its currency, a number with its unit."""


def way_there(detail: Mapping[str, str]) -> list[str]:
    """How a request came to the server, as facts: a line breaks between two stages, not within one."""
    return list(map(literal, way(detail, t).split(" · ")))


def chip(shown: Look, why: str | None = None) -> None:
    """An icon and a word in the state's colour, with the reason on hover; a quiet state without a background."""
    if shown.quiet:
        st.markdown(f":{shown.colour}[{shown.symbol} {t(shown.word)}]", width="content")
    else:
        st.badge(t(shown.word), icon=shown.symbol, color=shown.colour, help=why)


def heading(words: str, count: str = "") -> None:
    """The heading of a part of a dialog, with how many there are."""
    st.markdown(f"**{words}** {count}")


def facts(parts: Iterable[str]) -> None:
    """One quiet line of facts; nothing where there are none."""
    line = "\u00a0· ".join(whole(part) if len(part) <= UNBROKEN else part for part in parts if part)
    if "](" in line:  # a caption fades what is in it, and a link is then too pale to read
        st.markdown(f":small[{line}]", width="content")
    elif line:
        st.caption(line, width="content")


def advice(why: Worded) -> str:
    """Why something is so, whose move it is and what that would be, in Markdown."""
    whose = f"**{t(WHOSE_MOVE[why.whose_move])}** " if why.whose_move in WHOSE_MOVE else ""
    return f"{literal(why.message)} {whose}{literal(why.remedy)}"


def quote(said: str) -> None:
    """A server's own words."""
    st.markdown(f"> {literal(said)}")


def copyable(text: str) -> None:
    """Code to copy, whole on any screen, in the text's own colour: highlighted, half of it is too pale to read."""
    st.code(text, language=None, wrap_lines=True)


def evidence(found: Sequence[Evidence]) -> None:
    """What requests showed, newest first: the answer to "how do you know?"."""
    if not found:
        st.caption(t(N_("Nothing has been asked yet.")))
    for one in found:
        _one(one)


def _one(one: Evidence) -> None:
    shown = showed(one.step, one.state, ok=one.ok)
    word = t(N_("passed")) if one.ok else t(shown.word)
    name = t(STEP_NAMES[one.step])
    st.markdown(f":{shown.colour}[{shown.symbol} **{name}** · {word}]")
    request = code(f"{one.method} {one.path}") if one.method else ""
    status = f"HTTP {one.http_status}" if one.http_status else ""
    provider_code = code(one.provider_code or "")
    facts((request, status, provider_code, duration(one.ms) if one.ms is not None else "", moment(one.at), ago(one.at)))
    if one.request_id:
        st.caption(t(N_("Request id {id}"), id=literal(one.request_id)))
    st.caption(literal(sentence(one, t, zone())))
    facts(way_there(one.detail))
    if one.reason is not None and one.reason.said:
        quote(one.reason.said)
