"""The form of a comparison: one prompt, two to four models; what they may cost together stands on the button."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from lib.calls.draft import CallDraft, Drafted
from lib.calls.guard import refusal
from lib.engine import Engine
from lib.errors import RelayscopeError
from lib.i18n import N_
from ui.chips import facts
from ui.choices import Choices
from ui.compare_view import LEAST, MOST, Way, at_most, chosen, proposed, ways
from ui.drafts import PREFIX, field, put
from ui.markdown import literal
from ui.parameters import api_names
from ui.sent import over_budget, why
from ui.text_form import UNWRITTEN, doubt, fitting, number_field, numbers
from ui.words import count, money, t, told

ROWS = PREFIX + "compare_rows"
"""How many models are compared."""
PROMPT, SYSTEM = PREFIX + "compare_prompt", PREFIX + "compare_system"
NUMBERS = {name: f"{PREFIX}compare_{name}" for name in ("max_tokens", "temperature")}


def row_key(number: int) -> str:
    """The key of a row's field."""
    return f"{PREFIX}compare_row_{number}"


def fields(offered: Choices) -> None:
    """Prompts and parameters beside the models."""
    asked, compared = st.columns(2, gap="medium")
    with asked:
        st.text_area(
            t(N_("Prompt")), key=field(PROMPT), height=170,
            placeholder=t(N_("Ask or describe what you want written.")),
        )
        st.text_area(
            t(N_("System prompt")), key=field(SYSTEM), height=70,
            placeholder=t(N_("Optional: how the model should behave.")),
        )
    with compared:
        _rows(offered)
        with st.expander(t(N_("More settings")), icon=":material/tune:"):
            with st.container(key="compare_fields"):
                for name, key in NUMBERS.items():
                    number_field(name, key)
            facts((api_names(NUMBERS),))


def _wanted() -> list[Way | None]:
    """What each row has; where a choice is no longer offered Streamlit keeps its label, and that is none."""
    state = st.session_state
    had = [state.get(row_key(number)) for number in range(state.get(ROWS, LEAST))]
    return [one if isinstance(one, tuple) else None for one in had]


def way_label(way: Way) -> str:
    """How a way is named in its row: always alike, since by its label the browser tells which one is chosen."""
    return f"{way[1]} · {way[0]}"


def _rows(offered: Choices) -> None:
    wanted = _wanted()
    found = ways(offered, [one for one in wanted if one])
    rows = chosen(found, wanted)
    for number, way in enumerate(rows):
        if way != wanted[number]:
            st.session_state[row_key(number)] = way
        with st.container(horizontal=True, vertical_alignment="bottom", key=f"compare_row_{number}"):
            st.selectbox(
                t(N_("Model {n}"), n=count(number + 1)), list(found), key=field(row_key(number)), format_func=way_label,
            )
            if len(rows) > LEAST:
                st.button(
                    t(N_("Remove")), key=f"compare_drop_{number}", icon=":material/close:", type="tertiary",
                    on_click=_drop, args=(number,),
                )
        doubt(found[st.session_state[row_key(number)]])
    if len(found) == 1:
        st.caption(t(N_("Your keys may write with one model only: it is asked several times.")))
    if len(rows) < MOST:
        st.button(
            t(N_("Add a model")), key="compare_add", icon=":material/add:", type="tertiary", on_click=put,
            args=({ROWS: len(rows) + 1, row_key(len(rows)): proposed(found.values(), rows)},),
        )


def _drop(number: int) -> None:
    """Takes a row out; those below it move up."""
    rows = _wanted()
    _put_rows([*rows[:number], *rows[number + 1 :]])


def _put_rows(rows: Sequence[Way | None]) -> None:
    put({ROWS: len(rows), **{row_key(number): way for number, way in enumerate(rows)}})


def drafts() -> tuple[CallDraft, ...]:
    """What is typed, as a draft for each model. Raises `WrongUse` for a number out of its range."""
    state = st.session_state
    params = numbers(NUMBERS)
    return tuple(
        CallDraft(
            connection=way[0], capability="text", model=way[1], prompt=state.get(PROMPT) or "",
            system=state.get(SYSTEM) or "", params=params, over_budget=over_budget("compare"),
        )
        for way in _wanted()
        if way
    )  # fmt: skip


def fill(asked: Sequence[CallDraft]) -> None:
    """Puts a comparison back into the form: what was asked of the first, and all models."""
    first, rows = asked[0], [(one.connection, one.model or "") for one in asked]
    _put_rows([*rows, *[None] * (LEAST - len(rows))])
    held = {key: fitting(name, first.params.get(name)) for name, key in NUMBERS.items()}
    put({PROMPT: first.prompt, SYSTEM: first.system, **held})


def quoted(engine: Engine) -> tuple[Drafted, ...] | str:
    """The drafts made ready; where none of them can be sent, the reason in words."""
    try:
        ready = tuple(
            engine.draft(one if one.prompt.strip() else replace(one, prompt=t(UNWRITTEN))) for one in drafts()
        )
    except RelayscopeError as error:
        return told(error)
    if all(one.refused for one in ready):
        return why(ready[0].refused or refusal("empty_prompt"))
    return ready


def label(ready: tuple[Drafted, ...] | str) -> str:
    """What the button says: what it does, and what that costs at most; of what is refused, nothing is sent."""
    if isinstance(ready, str):
        return t(N_("Compare"))
    known, unknown = at_most([one.quoted for one in ready if not one.refused])
    amount = " + ".join(literal(money(one)) for one in known.values())
    if not known:
        return t(N_("Compare — price unknown"))
    if unknown:
        return t(N_("Compare — at most {amount}, and {n} of unknown price"), amount=amount, n=count(unknown))
    return t(N_("Compare — at most {amount}"), amount=amount)
