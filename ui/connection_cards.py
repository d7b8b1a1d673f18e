"""The user's connections as cards: what each is, how it stands, and of its key the last four characters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import urlsplit

import streamlit as st

from lib.calls.guard import bound
from lib.connections.model import Configuration, Connection
from lib.engine import Engine
from lib.i18n import N_
from lib.verdicts.judging import best_of
from lib.vocabulary import Capability, Verdict
from ui.chips import chip, facts
from ui.markdown import code, literal
from ui.theme import look
from ui.words import ago, capability, count, maker, t, worded

AT_ONCE = 12
"""Of many connections, drawn at first, and more each time that more are wanted."""
SHOWN = "connections_shown"
SOUGHT = "connection_sought"


def cards(engine: Engine, opened: str, open_one: Callable[[Engine, str], None]) -> None:
    """A card a connection, in the user's order; many can be searched."""
    judged = engine.judged()
    configuration = judged.facts.configuration
    by_connection: dict[str, list[Verdict]] = {}
    for verdict in judged.verdicts:
        by_connection.setdefault(verdict.connection, []).append(verdict)
    found = _sought(configuration)
    if not found:
        _none_found()
    shown: int = st.session_state.get(SHOWN, AT_ONCE)
    for one in found[:shown]:
        capabilities = bound(one, judged.facts.models(one))
        _card(engine, configuration, one, capabilities, best_of(by_connection.get(one.id, ())), opened, open_one)
    if len(found) > shown:
        st.button(
            t(N_("Show more ({n})"), n=count(len(found) - shown)),
            key="connections_more",
            icon=":material/expand_more:",
            type="tertiary",
            on_click=_more,
        )


def _more() -> None:
    st.session_state[SHOWN] = st.session_state.get(SHOWN, AT_ONCE) + AT_ONCE


def _sought(configuration: Configuration) -> Sequence[Connection]:
    if len(configuration.connections) <= AT_ONCE:
        return configuration.connections
    st.text_input(t(N_("Search")), key=SOUGHT, icon=":material/search:", label_visibility="collapsed",
                  placeholder=t(N_("Search by name or provider")))  # fmt: skip
    wanted = (st.session_state.get(SOUGHT) or "").casefold().strip()
    return [one for one in configuration.connections
            if wanted in f"{one.id} {maker(one.provider)} {one.relay}".casefold()]  # fmt: skip


def _none_found() -> None:
    st.markdown(t(N_("No connection matches.")))
    st.button(t(N_("Clear the search")), key="connection_sought_clear", icon=":material/search_off:", on_click=_clear)


def _clear() -> None:
    st.session_state[SOUGHT] = ""


def _card(
    engine: Engine, configuration: Configuration, one: Connection, made_for: Sequence[Capability],
    best: Verdict | None, opened: str, open_one: Callable[[Engine, str], None],
) -> None:  # fmt: skip
    with st.container(border=True, gap="xsmall", key=f"card_{one.id}"):
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.button(
                f"**{literal(one.id)}**", key=f"open_{one.id}", type="tertiary", on_click=open_one,
                args=(engine, one.id), icon=":material/edit:" if one.id == opened else ":material/chevron_right:",
                help=t(N_("Open for editing")),
            )
            shown = look(best.state, best.proof) if best else look("untested")
            chip(shown, literal(worded(best.reason).message) if best else None)
        tail = code(f"••••{one.key_tail}") if one.key_tail else ""
        checked = t(N_("checked {ago}"), ago=ago(best.checked_at)) if best and best.checked_at else ""
        facts((literal(maker(one.provider)), tail))
        facts((place(one, configuration), checked))
        st.markdown(" ".join(f":gray-badge[{capability(name)}]" for name in made_for))


def place(one: Connection, configuration: Configuration) -> str:
    """Where a connection's requests go: a relay and its line, or a host."""
    if one.relay is None:
        return literal(urlsplit(configuration.address(one)).netloc)
    relay = configuration.relay(one.relay)
    return t(N_("Relay {relay}, line {line}"), relay=literal(relay.name), line=literal(relay.chosen.name))


def dependents(one: Connection, configuration: Configuration) -> tuple[str, ...]:
    """The other connections that go through a connection's relay."""
    return tuple(other.id for other in configuration.connections if other.relay == one.relay and other.id != one.id)


def calls_of(engine: Engine, ids: Sequence[str]) -> Mapping[str, int]:
    """How many calls each connection has in the log, from the rollups."""
    rows = {row.key: row.calls for row in engine.log.report("connection", None, None, engine.ledger.zone)}
    return {id: rows.get(id, 0) for id in ids}
