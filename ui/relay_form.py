"""Adds a relay, or changes the name and lines of one. What is typed stays through an error and a change of page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal
from urllib.parse import urlsplit

import streamlit as st

from lib.connections.addresses import base_url
from lib.connections.lines import as_import, changed, id_for, keys_again, tell_apart
from lib.connections.model import Configuration, Line, Relay
from lib.errors import BadAddress, WrongUse
from lib.i18n import N_
from lib.providers import presets
from ui.drafts import PREFIX, field, forget, put
from ui.engine import door
from ui.markdown import code, literal, option
from ui.words import t, told

NEW = ""
"""What stands for the relay that is being added."""
OPEN = "relay_open"
PROBLEM = "relay_problem"
SAVED = "relay_saved"
FIELDS = f"{PREFIX}relay_"
NAME, PRESET = f"{FIELDS}name", f"{FIELDS}preset"

EXAMPLE = Relay(
    id="example", name="GPTBest", lines=(Line(id="hk", name="HK", base_url="https://api.example.com/v1"),), line="hk"
)
"""What the empty fields show."""


@dataclass(frozen=True, slots=True)
class Form:
    """What is open: the relay's id (`NEW`: none yet), and its rows: by number, the line's id (None: a new one)."""

    relay: str
    rows: Mapping[int, str | None]


def edited() -> str | None:
    """The id of the relay whose form is open, `NEW` for one to be added; None where no form is open."""
    form = st.session_state.get(OPEN)
    return form.relay if form else None


def begin(relay: Relay | None = None) -> None:
    """Opens the form: of a relay as it stands, or an empty one. For a callback."""
    close()
    if relay is None:
        put({PRESET: None})
    _fill(relay.id if relay else NEW, relay.name if relay else "", relay.lines if relay else ())


def _fill(relay_id: str, name: str, lines: Sequence[Line], *, known: bool = True) -> None:
    """Puts values into the fields; `known`: the lines have their ids already."""
    rows: dict[int, str | None] = {number: line.id if known else None for number, line in enumerate(lines)} or {0: None}
    put({NAME: name})
    for number in rows:
        line = lines[number] if lines else None
        put({_name(number): line.name if line else "", _address(number): line.base_url if line else ""})
    st.session_state[OPEN] = Form(relay_id, rows)


def close() -> None:
    """Closes the form and forgets what was typed."""
    st.session_state.pop(OPEN, None)
    st.session_state.pop(PROBLEM, None)
    forget(FIELDS)


def notice() -> None:
    """Says once that a relay was saved."""
    if name := st.session_state.pop(SAVED, None):
        st.toast(t(N_("Saved: {relay}. Nothing was sent."), relay=literal(name)), icon=":material/check:")


def form() -> None:
    """The fields and what becomes of them; below, whose keys are asked for again, before it is saved."""
    opened: Form = st.session_state[OPEN]
    if opened.relay == NEW:
        _presets()
    st.text_input(t(N_("Name of the relay")), key=field(NAME), width=360, placeholder=EXAMPLE.name)
    for number in opened.rows:
        _row(opened, number)
    st.button(t(N_("Add a line")), key="relay_add_line", icon=":material/add:", type="tertiary", on_click=_add_row)
    _warning(opened)
    if problem := st.session_state.get(PROBLEM):
        st.error(problem, icon=":material/error:")
    with st.container(horizontal=True):
        st.button(t(N_("Save the relay")), key="relay_save", icon=":material/save:", on_click=_save)
        st.button(t(N_("Cancel")), key="relay_cancel", type="tertiary", on_click=close)


def _presets() -> None:
    st.segmented_control(
        t(N_("Begin with")), list(presets()), key=field(PRESET), on_change=_take_preset,
        format_func={name: option(one.name) for name, one in presets().items()}.__getitem__,
        help=t(N_("Fills in the lines a relay is known to have; change them as you like.")),
    )


def _take_preset() -> None:
    preset = presets().get(st.session_state[PRESET] or "")
    if preset is not None:
        _fill(NEW, preset.name, [Line(**dict(line)) for line in preset.lines])


def _row(opened: Form, number: int) -> None:
    """One line: its name, its address and what is made of it."""
    name, address, remove = st.columns([3, 6, 2], vertical_alignment="bottom")
    shown: Literal["visible", "collapsed"] = "visible" if number == min(opened.rows) else "collapsed"
    name.text_input(t(N_("Line")), key=field(_name(number)), placeholder=EXAMPLE.chosen.name, label_visibility=shown)
    address.text_input(
        t(N_("Address")), key=field(_address(number)), placeholder=EXAMPLE.chosen.base_url, label_visibility=shown
    )
    used = opened.rows[number] is not None and opened.rows[number] == _line_in_use(opened.relay)
    why = t(N_("This line is in use. Switch to another line first.")) if used else None
    remove.button(
        t(N_("Remove line")), key=f"relay_drop_{number}", icon=":material/close:", type="tertiary", help=why,
        disabled=used or len(opened.rows) == 1, on_click=_drop_row, args=(number,),
    )
    _becomes(st.session_state.get(_address(number)) or "")


def _becomes(typed: str) -> None:
    """How an address will be saved, where that isn't how it was typed; or what is wrong with it."""
    if not typed.strip():
        return
    try:
        address = base_url(typed)
    except BadAddress as fault:
        st.markdown(f":red[:material/error:] {told(fault)}")
        return
    if address != typed.strip():
        st.caption(t(N_("Will be saved as {address}"), address=code(address)))


def _line_in_use(relay_id: str) -> str | None:
    relays = door().own.configuration().relays
    return next((one.line for one in relays if one.id == relay_id), None)


def _add_row() -> None:
    opened: Form = st.session_state[OPEN]
    number = max(opened.rows) + 1
    put({_name(number): "", _address(number): ""})
    st.session_state[OPEN] = replace(opened, rows={**opened.rows, number: None})


def _drop_row(number: int) -> None:
    opened: Form = st.session_state[OPEN]
    st.session_state[OPEN] = replace(opened, rows={one: id for one, id in opened.rows.items() if one != number})
    forget(_name(number))
    forget(_address(number))


# ---- from what is typed to what is saved


def lines(typed: Sequence[tuple[str | None, str, str]]) -> tuple[Line, ...]:
    """The lines that (id, name, address) mean. One without a name is called as its host; an empty row is none.

    Raises `WrongUse` (`BadAddress`) in a sentence about the first that can't be one.
    """
    found: list[Line] = []
    for known, name, text in typed:
        if not name.strip() and not text.strip():
            continue
        if not text.strip():
            raise WrongUse(N_("The line {name} has no address."), name=name.strip())
        address = base_url(text)
        called = name.strip() or urlsplit(address).netloc
        taken = [one for one, _, _ in typed if one] + [line.id for line in found]
        found.append(Line(id=known or id_for(called, taken, "line"), name=called, base_url=address))
    if not found:
        raise WrongUse(N_("Give at least one line with its address."))
    return tuple(found)


def _typed(opened: Form) -> list[tuple[str | None, str, str]]:
    state = st.session_state
    return [(id, state.get(_name(n)) or "", state.get(_address(n)) or "") for n, id in opened.rows.items()]


def relay_of(
    configured: Configuration, relay_id: str, preset_id: str | None, name: str, found: tuple[Line, ...]
) -> Relay:
    """The relay that would be saved. Raises `WrongUse` where a line is there twice, or the one in use isn't."""
    if relay_id != NEW:
        return changed(configured.relay(relay_id), found, name)
    tell_apart(found)
    taken = [*(one.id for one in configured.relays), *(one.id for one in configured.connections)]
    called = name or (presets()[preset_id].name if preset_id else urlsplit(found[0].base_url).netloc)
    usual = presets()[preset_id].line if preset_id else None
    line = usual if usual in [line.id for line in found] else found[0].id
    return Relay(
        id=id_for(preset_id or called, taken, "relay"), name=called, preset=preset_id, lines=found, line=line
    )


def _made(opened: Form) -> Relay:
    preset = st.session_state.get(PRESET) if opened.relay == NEW else None
    name = (st.session_state.get(NAME) or "").strip()
    return relay_of(door().own.configuration(), opened.relay, preset, name, lines(_typed(opened)))


def _warning(opened: Form) -> None:
    """Says before it is saved whose keys have to be entered again for which lines."""
    if opened.relay == NEW:
        return
    configured = door().own.configuration()
    try:
        relay = _made(opened)
    except WrongUse:
        return
    before = {line.base_url for line in configured.relay(relay.id).lines}
    again = keys_again(configured, relay)
    asked = [line for line in relay.lines if line.id in again and line.base_url not in before]
    if asked:
        names = dict.fromkeys(name for line in asked for name in again[line.id])
        words = t(
            N_("A key is only for the addresses it was saved for. To use {lines}, you will have to enter again the "
               "key of: {connections}"),
            lines=", ".join(literal(line.name) for line in asked), connections=", ".join(names),
        )  # fmt: skip
        st.markdown(f":blue[:material/key:] {words}")


def _save() -> None:
    """Saves by the way of an import; what was typed stays where it can't be."""
    opened: Form = st.session_state[OPEN]
    try:
        relay = _made(opened)
        door().own.import_(as_import(relay))
    except BadAddress:  # what is wrong with it stands below the address
        st.session_state[PROBLEM] = t(N_("Nothing is saved yet: correct the address marked above."))
        return
    except WrongUse as error:
        st.session_state[PROBLEM] = told(error)
        return
    close()
    st.session_state[SAVED] = relay.name


def _name(number: int) -> str:
    return f"{FIELDS}line_{number}_name"


def _address(number: int) -> str:
    return f"{FIELDS}line_{number}_address"
