"""The guides' examples from the user's own connections; the demo's while it is shown. Nothing of it sends."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from lib.calls.draft import CallDraft
from lib.connections.model import Connection
from lib.engine import Engine
from lib.i18n import N_
from lib.verdicts.judging import best_of, preference
from lib.vocabulary import CAPABILITIES, Capability, Verdict
from lib.wire import Endpoint
from ui.chips import copyable, facts
from ui.choices import worth_trying
from ui.engine import door
from ui.links import link
from ui.markdown import code, literal
from ui.prices import markup_words, price_words
from ui.theme import look
from ui.words import capability, count, first, quota, t, worded

MODELS_NAMED = 3
PRICES_SHOWN = 12
PROMPT = N_("Describe a lighthouse in one sentence.")


def live(engine: Engine, name: str) -> None:
    """Draws the example of that name."""
    with st.container(border=True):
        if not engine.configuration().connections:
            st.markdown(t(N_("Once you have a connection, your own figures stand here.")))
            link("connections", t(N_("Set up a connection")))
            return
        whose = t(N_("From the demo's connections")) if door().is_demo else t(N_("From your own connections"))
        st.caption(f":material/bolt: {whose}")
        LIVE[name](engine)


def _listed(engine: Engine) -> None:
    """How many of the listed APIs work."""
    seen = engine.overview()
    st.markdown(
        t(N_("Listed: **{listed}**. Usable with your keys: **{usable}**."), listed=count(seen.listed),
          usable=count(seen.usable))
    )
    link("matrix", t(N_("Which ones, and why not the rest")))


def _keys(engine: Engine) -> None:
    """Every key, what it is for and how it is."""
    found = engine.verdicts()
    rows = []
    for one in engine.configuration().connections:
        mine = [verdict for verdict in found if verdict.connection == one.id]
        rows.append({
            "connection": one.id, "key": f"…{one.key_tail}" if one.key_tail else "", "line": _place(engine, one),
            "for": ", ".join(capability(name) for name in CAPABILITIES if name in {v.capability for v in mine}),
            "models": _models(mine), "state": _state(mine),
        })  # fmt: skip
    _table(rows, {
        "connection": t(N_("Connection")), "key": t(N_("Key")), "for": t(N_("What it is for")),
        "models": t(N_("Models")), "state": t(N_("State")), "line": t(N_("Where it leads")),
    })  # fmt: skip


def _quotas(engine: Engine) -> None:
    """What is left for every key."""
    left = engine.overview().quotas
    rows = [
        {"connection": one.id, "left": quota(left.get(one.id)), "at": left[one.id].as_of if one.id in left else None}
        for one in engine.configuration().connections
    ]
    _table(rows, {
        "connection": t(N_("Connection")),
        "left": st.column_config.TextColumn(t(N_("Quota left")), alignment="right"),
        "at": st.column_config.DatetimeColumn(t(N_("As of")), format="YYYY-MM-DD HH:mm"),
    })  # fmt: skip


def _lines(engine: Engine) -> None:
    """Every line of the relays in use."""
    rows = [
        {"relay": relay.name, "line": line.name, "address": line.base_url, "used": line.id == relay.line}
        for relay in engine.configuration().relays_in_use
        for line in relay.lines
    ]
    if not rows:
        facts((t(N_("None of your connections goes through a relay.")),))
        return
    _table(rows, {
        "relay": t(N_("Relay")), "line": t(N_("Line")), "address": t(N_("Base URL")),
        "used": st.column_config.CheckboxColumn(t(N_("In use"))),
    })  # fmt: skip


def _endpoints(engine: Engine) -> None:
    """How many models each relay lists with each endpoint type."""
    listings = ((relay, engine.listing(relay.id)) for relay in engine.configuration().relays_in_use)
    rows = [
        {"relay": relay.name, "type": kind, "models": models}
        for relay, listing in listings if listing
        for kind, models in Counter(kind for api in listing.value.apis for kind in api.endpoints).most_common()
    ]  # fmt: skip
    if not rows:
        facts((t(N_("Nothing is known yet of what your relay lists.")),))
        return
    _table(rows, {
        "relay": t(N_("Relay")), "type": t(N_("Endpoint type")),
        "models": st.column_config.NumberColumn(t(N_("Models listed"))),
    })  # fmt: skip


def _text(engine: Engine) -> None:
    """A text call by the connection that suits best, as cURL."""
    best = best_of(_worth_trying(engine, "text"))
    if best is None:
        _none("text")
        return
    drafted = engine.draft(CallDraft(best.connection, "text", t(PROMPT), best.model))
    _variable(drafted.key_variable, best.connection)
    copyable(drafted.curl or _models_command(engine, best.connection, drafted.key_variable))
    link("text", t(N_("Try it on the Text page")), connection=best.connection, model=best.model)


def _video(engine: Engine) -> None:
    """Every connection for video: line, models, state, and a command that asks for its own models."""
    by_connection: dict[str, list[Verdict]] = {}
    for verdict in engine.verdicts():
        if verdict.capability == "video":
            by_connection.setdefault(verdict.connection, []).append(verdict)
    if not by_connection:
        _none("video")
    for name, mine in by_connection.items():
        _video_of(engine, engine.configuration().connection(name), mine)


def _video_of(engine: Engine, connection: Connection, found: Sequence[Verdict]) -> None:
    best = best_of(found)
    assert best is not None
    shown, why = look(best.state, best.proof), worded(best.reason)
    st.markdown(f"**{literal(connection.id)}** :{shown.colour}[{shown.symbol} {t(shown.word)}]")
    address = engine.configuration().address(connection)
    facts((literal(_models(found)), literal(_place(engine, connection)), code(address)))
    if best.state != "usable":
        st.markdown(f"{literal(why.message)} {literal(why.remedy)}")
    drafted = engine.draft(CallDraft(connection.id, "video", t(PROMPT), best.model or None))
    _variable(drafted.key_variable, connection.id)
    copyable(drafted.curl or _models_command(engine, connection.id, drafted.key_variable))


def _prices(engine: Engine) -> None:
    """What usable models cost here and at their makers."""
    prices = door().prices()
    priced = [one for place in engine.judged().facts.places for one in prices.catalogue(place)]
    usable = sorted((one for one in priced if one.row.state == "usable"), key=lambda one: one.row.proof != "call")
    if not usable:
        facts((t(N_("Nothing is usable with these keys yet.")),))
        return
    rows = [
        {"model": one.row.model, "here": price_words(one.price), "official": price_words(one.official),
         "more": markup_words(one.markup)}
        for one in usable[:PRICES_SHOWN]
    ]  # fmt: skip
    _table(rows, {
        "model": t(N_("Model")), "here": t(N_("Price here")), "official": t(N_("Official price")),
        "more": st.column_config.TextColumn(t(N_("Mark-up")), alignment="right"),
    })  # fmt: skip
    if len(usable) > len(rows):
        link("catalogue", t(N_("All {n} in the catalogue"), n=count(len(usable))), state="usable")


LIVE: Mapping[str, Callable[[Engine], None]] = {
    "listed": _listed,
    "keys": _keys,
    "quota": _quotas,
    "lines": _lines,
    "endpoints": _endpoints,
    "text": _text,
    "video": _video,
    "prices": _prices,
}
"""By the name in a guide's mark."""


def _table(rows: Sequence[Mapping[str, object]], columns: dict[str, Any]) -> None:
    st.dataframe(list(rows), column_config=columns, column_order=list(columns), hide_index=True)


def _worth_trying(engine: Engine, name: Capability) -> list[Verdict]:
    return [v for v in engine.verdicts() if v.capability == name and worth_trying(v) and v.model]


def _none(name: Capability) -> None:
    st.markdown(t(N_("None of these connections is for {capability} and worth trying."), capability=capability(name)))
    link("connections", t(N_("Set up a connection")))


def _models(found: Sequence[Verdict]) -> str:
    """The first models by name, the best first, and how many more."""
    return first(list(dict.fromkeys(v.model for v in sorted(found, key=preference) if v.model)), MODELS_NAMED)


def _state(found: Sequence[Verdict]) -> str:
    best = best_of(found)
    return t(look(best.state, best.proof).word) if best else t(look("untested").word)


def _place(engine: Engine, connection: Connection) -> str:
    """The relay and line a connection goes by, or its own address."""
    line = engine.configuration().line(connection)
    if connection.relay is None or line is None:
        return connection.base_url or ""
    return f"{engine.configuration().relay(connection.relay).name} · {line.name}"


def _variable(name: str, connection: str) -> None:
    st.caption(
        t(N_("The key of {connection} is never shown: put it into the environment variable {variable} first."),
          connection=literal(connection), variable=code(name))
    )


def _models_command(engine: Engine, connection: str, variable: str) -> str:
    """Asks for a key's own models: free, and right for every capability."""
    configuration = engine.configuration()
    address = shlex.quote(Endpoint(configuration.address(configuration.connection(connection))).at("/v1/models"))
    return f'curl -s {address} \\\n  -H "Authorization: Bearer ${variable}"'
