"""Relays and their lines: what answers there, which line is in use, how fast each is; switched by hand only."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lib.checks.lines import SAMPLES, LineResult, RaceRun, fastest
from lib.checks.rungs import way_of
from lib.connections.lines import keys_again
from lib.connections.model import Line, Relay
from lib.engine import Engine
from lib.errors import WrongUse
from lib.i18n import N_
from lib.providers import presets
from ui import line_chart, relay_form
from ui.checking import ask, checking
from ui.chips import chip, facts, way_there
from ui.engine import door
from ui.links import link
from ui.markdown import code, literal, option
from ui.mishaps import show_error
from ui.theme import look
from ui.words import ago, count, duration, t, told, worded

WHERE = "relays"
"""Where a check of a relay's connections is drawn."""
LOOKS_EVERY_S = 0.5
SHARES = [5, 3, 4]
"""Of a line's width: its name and address, how it ran, what that means."""


def section(engine: Engine) -> None:
    """Every relay with its lines. Those of the demo are only raced and switched; the user's own are changed."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.subheader(t(N_("Relays and lines")), width="stretch")
        st.button(
            t(N_("Add a relay")), key="add_relay", icon=":material/add:", on_click=relay_form.begin,
            disabled=relay_form.edited() == relay_form.NEW,
        )
    relay_form.notice()
    if relay_form.edited() == relay_form.NEW:
        with st.container(border=True, key="relay_new"):
            relay_form.form()
    checking(engine, WHERE)
    shown = [(engine, relay) for relay in engine.configuration().relays]
    if door().is_demo:
        shown += [(door().own, relay) for relay in door().own.configuration().relays]
    for one, relay in shown:
        card(one, relay)
    if not shown:
        st.caption(t(N_("No relay yet. Add one with its lines; connections with its keys come next.")))


def card(engine: Engine, relay: Relay) -> None:
    """One relay: what is known of it, its lines, and what may be done to it."""
    name, run = mark(engine, relay), engine.runs.races.get(relay.id)
    racing = run is not None and not run.ended  # asked once: it may end while this is drawn
    with st.container(border=True, key=f"relay_card_{name}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{literal(relay.name)}**", width="stretch")
            _buttons(engine, relay, name, racing=racing)
        facts(_known(engine, relay))
        if engine is door().own and relay_form.edited() == relay.id:
            relay_form.form()
            return
        if len(relay.lines) > 1:
            switcher(engine, relay, WHERE)
        if run is not None and racing:
            _follow(engine, relay, run)
        else:
            _lines(engine, relay, run)


def mark(engine: Engine, relay: Relay) -> str:
    """A relay's name in the keys of its widgets: the demo's and the user's own may have one id."""
    return relay.id if engine is door().engine else f"own_{relay.id}"


def users(engine: Engine, relay_id: str) -> list[str]:
    """The connections that go through a relay."""
    return [one.id for one in engine.configuration().connections if one.relay == relay_id]


def _buttons(engine: Engine, relay: Relay, name: str, *, racing: bool) -> None:
    st.button(
        t(N_("Race the lines")), key=f"relay_race_{name}", icon=":material/speed:", on_click=race,
        args=(engine, relay.id), disabled=racing,
        help=t(N_("Free: asks every line {n} times, with a key that was saved for it if there is one. Nothing is "
                  "switched."), n=count(SAMPLES)),
    )  # fmt: skip
    if engine is not door().own:
        return
    st.button(
        t(N_("Edit")), key=f"relay_edit_{name}", icon=":material/edit:", type="tertiary", on_click=relay_form.begin,
        args=(relay,),
    )
    if st.button(t(N_("Remove")), key=f"relay_remove_{name}", icon=":material/delete:", type="tertiary"):
        st.dialog(t(N_("Remove {relay}"), relay=literal(relay.name)))(_removing)(relay)


def _known(engine: Engine, relay: Relay) -> list[str]:
    preset = presets().get(relay.preset or "")
    status = engine.relay_status(relay.id)
    used = len(users(engine, relay.id))
    answers = N_("{site}, version {version}, answers there, seen {ago}")
    return [
        code(relay.id),
        t(N_("preset {name}"), name=literal(preset.name)) if preset else "",
        t(answers, site=literal(status.value.name), version=literal(status.value.version), ago=ago(status.at))
        if status
        else t(N_("nobody has asked yet what answers there")),
        t(N_("connections that use it: {n}"), n=count(used)) if used else t(N_("no connection uses it")),
    ]


# ---- switching


def switcher(engine: Engine, relay: Relay, where: str) -> None:
    """A relay's lines to choose from. `where` the relay's connections are checked then."""
    key = f"line_{mark(engine, relay)}"
    st.session_state[key] = relay.line  # whoever switched it, here or elsewhere
    st.segmented_control(
        t(N_("Line of {relay}"), relay=literal(relay.name)), [line.id for line in relay.lines],
        format_func={line.id: option(line.name) for line in relay.lines}.__getitem__, required=True, key=key,
        on_change=_switched, args=(engine, relay.id, key, where), label_visibility="collapsed",
    )


def _switched(engine: Engine, relay_id: str, key: str, where: str) -> None:
    switch(engine, relay_id, st.session_state[key], where)


def switch(engine: Engine, relay_id: str, line_id: str, where: str) -> None:
    """Takes another line of a relay, by hand, and looks once how the connections are that go by it."""
    engine.choose_line(relay_id, line_id)
    if engine is door().engine and (names := users(engine, relay_id)):
        ask(where, names)


# ---- racing


def race(engine: Engine, relay_id: str) -> None:
    """Begins a race; it goes on whatever becomes of the page."""
    door().ask(engine.runs.begin_race(relay_id))


def _follow(engine: Engine, relay: Relay, run: RaceRun) -> None:
    @st.fragment(run_every=LOOKS_EVERY_S)
    def fragment() -> None:
        if run.ended:
            st.rerun()
        words = t(N_("Racing: {tried} of {tries} tries"), tried=count(run.tried), tries=count(run.tries))
        st.progress(run.tried / run.tries, text=words)
        _rows(engine, relay, run)

    fragment()


def _lines(engine: Engine, relay: Relay, run: RaceRun | None) -> None:
    """The lines, how they ran in the last race, and what follows from it."""
    _rows(engine, relay, run)
    if run is None:
        return
    if run.broke is not None:
        show_error(run.broke)
    results = [one for line in relay.lines if (one := run.of(line))]
    facts((t(N_("raced {ago}"), ago=ago(run.began)), t(N_("medians of {n} tries"), n=count(SAMPLES))))
    if any(one.times for one in results):
        line_chart.draw(results, f"relay_chart_{mark(engine, relay)}")
    if results:
        _suggestion(engine, relay, results)


def _suggestion(engine: Engine, relay: Relay, results: Sequence[LineResult]) -> None:
    """What the race showed in a sentence, with the step as a button: no line is switched by itself."""
    best = fastest(results)
    if best is None:
        st.markdown(t(N_("No line answers. Check your own network first; then the relay's documentation for its "
                         "current addresses.")))
        return
    line = f"**{literal(best.line.name)}**"
    now = next((one for one in results if one.line.base_url == relay.chosen.base_url), None)
    if best is now:
        words = t(N_("{line}, the line in use, is the fastest."), line=line)
        st.markdown(f":green[:material/bolt:] {words}")
        return
    down = now is not None and now.state != "usable"
    told_so = N_("The line in use is down; {line} is the fastest.") if down else N_("{line} is the fastest.")
    chosen = next(one for one in relay.lines if one.base_url == best.line.base_url)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/bolt: {t(told_so, line=line)}", width="content")
        st.button(
            t(N_("Use {line}"), line=literal(chosen.name)), key=f"use_line_{mark(engine, relay)}",
            icon=":material/swap_horiz:", on_click=switch, args=(engine, relay.id, chosen.id, WHERE),
        )


def _rows(engine: Engine, relay: Relay, run: RaceRun | None) -> None:
    again = keys_again(engine.configuration(), relay)
    for line in relay.lines:
        name, ran, meant = st.columns(SHARES, vertical_alignment="center", gap="small")
        with name.container(gap="xsmall"):
            _name(relay, line, again.get(line.id, ()))
        if run is not None and (result := run.of(line)):
            with ran.container(gap="xsmall"):
                _ran(result)
            with meant:
                _meant(result)


def _name(relay: Relay, line: Line, again: Sequence[str]) -> None:
    in_use = t(N_("in use"))
    used = f" :green-badge[:material/radio_button_checked: {in_use}]" if line.id == relay.line else ""
    st.markdown(f"**{literal(line.name)}**{used} {code(line.base_url)}")
    if again:
        words = t(N_("Enter again for this line the key of: {connections}"), connections=", ".join(again))
        st.markdown(f":blue[:material/key: {words}]")


def _ran(result: LineResult) -> None:
    if result.median_ms is None:
        chip(look(result.state))
    else:
        shown, answers = look(result.state), t(N_("answers"))
        st.markdown(f":{shown.colour}[{shown.symbol} {answers}] **{duration(result.median_ms)}**")


def _meant(result: LineResult) -> None:
    """What a race measured of a line; of one that is down, why and what to do."""
    if result.times is None:
        if result.reason is not None:
            why = worded(result.reason)
            st.markdown(f"{literal(why.message)} {literal(why.remedy)}")
        return
    keyed = result.entry.connection
    facts((
        t(N_("with the key of {connection}"), connection=code(keyed)) if keyed else t(N_("without a key")),
        t(N_("{n} of {tries} tries answered"), n=count(result.samples), tries=count(SAMPLES)),
        *way_there(way_of(result.times)),
    ))  # fmt: skip


# ---- removing


def _removing(relay: Relay) -> None:
    """Asks before a relay is removed, or says what still goes through it."""
    own = door().own
    if relay.id not in [one.id for one in own.configuration().relays]:
        st.rerun()
    if names := users(own, relay.id):
        st.markdown(t(N_("These connections go through it. Remove them first, or set them to another relay.")))
        for name in names:
            link("connections", name, id=name)
        return
    st.markdown(t(N_("Its lines and its list of APIs are forgotten; calls in the log stay.")))
    if own.account(relay.id):
        st.markdown(t(N_("The access token of your account is deleted here; at the relay it stays valid.")))
    if problem := st.session_state.pop("relay_removal", None):
        st.error(problem, icon=":material/error:")
    st.button(
        t(N_("Remove the relay")), key="remove_relay", icon=":material/delete:", type="primary", on_click=_remove,
        args=(relay.id,),
    )


def _remove(relay_id: str) -> None:
    try:
        door().own.remove_relay(relay_id)
    except WrongUse as error:  # a connection took it up meanwhile
        st.session_state["relay_removal"] = told(error)
