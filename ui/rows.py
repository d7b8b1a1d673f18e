"""One API a row, as Overview shows them: what works with what is left, what doesn't with the next step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.engine import Engine
from lib.i18n import N_
from lib.ledger.spells import Called
from lib.providers import provider
from lib.verdicts.overview import Api
from lib.vocabulary import Quota
from ui import chips, opened
from ui.links import go
from ui.markdown import literal, whole
from ui.theme import BILLING, WHOSE_MOVE, look
from ui.words import ago, capability, count, first, maker, moment, quota, t, worded, zone

WORKING, FAILING = [26, 33, 41], [26, 74]
"""Of a row's width: state and name, what is known, what to do; of one that fails, what to do stands below why."""
CAPABILITIES_NAMED = 3
MODELS_NAMED = 3
ALL = "overview_all_"
SHOWN = 8
"""Of a list, shown at once; a key for everything would push all else out of sight, and be slow."""


def works(engine: Engine, api: Api, usable: bool) -> None:
    """An API that can be used now. `usable`: from a page of ours."""
    middle, actions = _parts(api, WORKING)
    with middle:
        left = t(N_("quota {quota}"), quota=_inside(api.quota)) if api.quota else ""
        line = literal(api.line.name) if api.line else ""
        chips.facts((_models(api), api.connection or "", line, t(BILLING[api.billing]), whole(left)))
    with actions, _buttons("right"):
        _evidence(engine, api)
        _use(api, usable)


def fails(
    engine: Engine, api: Api, check: Callable[[str, str], None], console: str | None, usable: bool
) -> None:
    """An API that can't be used: why, whose move it is, and the next step as a button. `check`: where, and of what."""
    why = worded(api.reason)
    (middle,) = _parts(api, FAILING)
    with middle:
        st.markdown(chips.advice(why))
        if api.connection:
            chips.facts((_models(api), api.connection))
    with middle, _buttons("left"):
        if api.connection is None:
            _set_up(api)
            return
        _evidence(engine, api)
        if console:
            st.link_button(t(N_("Open console")), console, icon=":material/open_in_new:")
        st.button(
            t(N_("Check")), key=f"check_{key_of(api)}", icon=":material/refresh:", type="tertiary", on_click=check,
            args=(key_of(api), api.connection),
            help=t(N_("Free: asks for line, key, quota and models of this connection.")),
        )
        _use(api, usable)


def listed(apis: Sequence[Api], name: str, draw: Callable[[Api], None]) -> None:
    """The first rows and a button for all; then all as a table, and of it the chosen one as a row."""
    if len(apis) <= SHOWN or not st.session_state.get(ALL + name):
        for api in apis[:SHOWN]:
            draw(api)
        label, icon = t(N_("Show all {n}"), n=count(len(apis))), ":material/expand_more:"
    else:
        if chosen := table(apis, f"table_{name}"):
            draw(chosen)
        label, icon = t(N_("Show fewer")), ":material/expand_less:"
    if len(apis) > SHOWN:
        st.button(label, key=f"more_{name}", icon=icon, type="tertiary", on_click=turn, args=(name,))


def turn(name: str) -> None:
    """Shows the whole of a list, or its first rows again."""
    st.session_state[ALL + name] = not st.session_state.get(ALL + name)


def table(apis: Sequence[Api], key: str) -> Api | None:
    """Every API on a line, to sort and search: however many, they cost what one row does. The one chosen, if any."""
    st.caption(t(N_("Tick a line for its evidence and what to do.")))
    looks = [look(api.state, api.proof) for api in apis]
    words = {t(one.word): one.colour for one in looks}
    columns: dict[str, Any] = {
        "state": st.column_config.MultiselectColumn(t(N_("State")), options=words, color=words.values()),
        "name": t(N_("Provider")),
        "capability": t(N_("Capability")),
        "connection": t(N_("Connection")),
        "why": st.column_config.TextColumn(t(N_("Why")), width="large"),
        "models": st.column_config.TextColumn(t(N_("Models")), width="medium"),
        "quota": st.column_config.TextColumn(t(N_("Quota left")), alignment="right"),
        "billing": t(N_("Bills by")),
        "checked": st.column_config.DatetimeColumn(t(N_("Checked")), format="YYYY-MM-DD HH:mm", timezone=zone().key),
    }
    lines = [{"state": [t(one.word)], **_line(api)} for one, api in zip(looks, apis, strict=True)]
    shown = [name for name in columns if any(line[name] for line in lines)]
    event = st.dataframe(
        lines, column_config=columns, column_order=shown, hide_index=True, key=key, on_select="rerun",
        selection_mode="single-row",
    )
    return next((apis[row] for row in event.selection.rows if row < len(apis)), None)


def _line(api: Api) -> dict[str, object]:
    return {
        "name": maker(api.provider),
        "capability": ", ".join(map(capability, api.capabilities)),
        "connection": api.connection or "",
        "why": "" if api.state == "usable" else _why(api),
        "models": ", ".join(api.models),
        "quota": whole(quota(api.quota)) if api.quota else "",
        "billing": t(BILLING[api.billing]) if api.state == "usable" else "",
        "checked": api.checked_at,
    }


def _why(api: Api) -> str:
    why = worded(api.reason)
    whose = t(WHOSE_MOVE[why.whose_move]) if why.whose_move in WHOSE_MOVE else ""
    return " ".join(filter(None, (why.message, whose, why.remedy)))


def quotas(left: Mapping[str, Quota], names: Sequence[str]) -> None:
    """What is left for every connection's key, as of when."""
    head = [t(N_("Connection")), t(N_("Quota left")), t(N_("As of"))]
    rows = [(name, whole(quota(left.get(name))), _as_of(left.get(name))) for name in names]
    lines = [f"| {' | '.join(cells)} |" for cells in (head, ["---", "---:", "---"], *rows)]
    st.markdown("\n".join(lines))


def _inside(left: Quota) -> str:
    """What is left, as part of a sentence."""
    return t(N_("unlimited")) if left.unlimited else quota(left)


def _as_of(left: Quota | None) -> str:
    return "–" if left is None else whole(moment(left.as_of))


def _parts(api: Api, shares: Sequence[int]) -> list[DeltaGenerator]:
    """Begins a row with its state and name; returns the places of what is known and of what to do."""
    name, *rest = st.container(border=True, key=f"api_{key_of(api)}").columns(shares, vertical_alignment="center")
    with name.container(gap="xsmall"):
        chips.chip(look(api.state, api.proof), literal(worded(api.reason).message))
        st.markdown(f"**{literal(maker(api.provider))}**\u00a0· {_capabilities(api)}")
    return rest


def _use(api: Api, usable: bool) -> None:
    if usable and st.button(t(N_("Use")), key=f"use_{key_of(api)}", icon=":material/arrow_forward:"):
        go(api.capability, connection=api.connection or "", model=api.models[0])


def key_of(api: Api) -> str:
    """A row's own name on the page."""
    return f"{api.provider}_{api.capability}_{api.connection or 'none'}"


def _buttons(side: Literal["left", "right"]) -> DeltaGenerator:
    return st.container(horizontal=True, horizontal_alignment=side, vertical_alignment="center")


def _capabilities(api: Api) -> str:
    return first(list(map(capability, api.capabilities)), CAPABILITIES_NAMED)


def _models(api: Api) -> str:
    return first(list(map(literal, api.models)), MODELS_NAMED)


def _evidence(engine: Engine, api: Api) -> None:
    """The age of a verdict, and behind it the requests that showed it, and how it stood before.

    A popover would be drawn while closed, and one that isn't loses the click once its label, the age, has changed.
    """
    age = t(N_("checked {ago}"), ago=ago(api.checked_at)) if api.checked_at else t(N_("never checked"))
    if st.button(age, type="tertiary", icon=":material/fact_check:", key=f"evidence_{key_of(api)}"):
        connection = api.connection or ""
        title = f"{literal(maker(api.provider))} · {_capabilities(api)} · {literal(connection)}"
        st.dialog(title, width="large")(_opened)(engine, api, connection)


def _opened(engine: Engine, api: Api, connection: str) -> None:
    opened.report(engine, connection, called(api), api.reason, key_of(api))
    opened.rests_on(engine, connection, called(api), key_of(api))


def called(api: Api) -> Called:
    """A row's own models, each with what it may have been called for."""
    return {(model, name) for model in api.models for name in api.capabilities}


def _set_up(api: Api) -> None:
    known = provider(api.provider)
    if st.button(t(N_("Add a key")), key=f"add_{key_of(api)}", icon=":material/key:"):
        go("connections", new=api.provider)
    if known.keys_url:
        st.link_button(t(N_("Get a key")), known.keys_url, type="tertiary", icon=":material/open_in_new:")
