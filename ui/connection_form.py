"""The form of a connection: what it shows, and what its fields hold.

What is typed outlives a change of page, but for the key. `ui.connection_draft` makes of it what import reads, so there
is one validation.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import replace

import streamlit as st

from lib.connections.keys import key_variable
from lib.connections.model import Configuration, Connection
from lib.engine import Engine
from lib.errors import WrongUse
from lib.i18n import N_
from lib.providers import presets, provider, providers
from lib.vocabulary import CAPABILITIES, Capability
from lib.wire.protocols import PROTOCOLS
from ui import climb
from ui.chips import facts
from ui.connection_draft import (
    NEW,
    OFFICIAL,
    OWN,
    PRESET,
    RELAY,
    Draft,
    cleaned,
    first_way,
    free_id,
    of,
    offered,
    relay_at,
    ways,
)
from ui.drafts import PREFIX, field, put
from ui.markdown import code, literal
from ui.prices_table import PRICES, prices, renew
from ui.words import capability, count, maker, t, told

OPEN = PREFIX + "connection_open"
"""The id of the connection that is edited; empty for a new one."""
ID = PREFIX + "connection_id"
PROPOSED = PREFIX + "connection_proposed"
PROVIDER = PREFIX + "connection_provider"
WAY = PREFIX + "connection_way"
ADDRESS = PREFIX + "connection_address"
RELAY_NAME = PREFIX + "connection_relay_name"
FOR = PREFIX + "connection_capabilities"
MODELS = PREFIX + "connection_models"
GROUP = PREFIX + "connection_group"
PROTOCOL = PREFIX + "connection_protocol"
MORE = PREFIX + "connection_more"
PROBLEM = "connection_problem"
"""What is wrong with what is typed, as said when it was last to be tested or saved; any change takes it away."""
SECRET = "connection_secret"
"""Names the key's field: another at each load and after each use, as the browser keeps a field's text by its name."""
FIRST = "openai"
SHORT = 200
"""The width of a field for a short word, beside a long one."""


def opened() -> str:
    """The id of the connection that is edited; empty for a new one."""
    return str(st.session_state.get(OPEN) or "")


def secret() -> str:
    """The key under which the session holds what is typed as the connection's key."""
    return f"connection_key_{st.session_state.get(SECRET, '')}"


def clear_secret() -> None:
    """Takes the typed key out of the session and gives its field another name."""
    st.session_state.pop(secret(), None)
    st.session_state[SECRET] = secrets.token_hex(4)


def begin(engine: Engine, maker: str = "") -> None:
    """An empty form, for a provider if that is named."""
    configuration = engine.configuration()
    known = maker if maker in providers() else FIRST
    fill(Draft(_free(known, configuration), known, first_way(known, configuration)), "")


def edit(engine: Engine, id: str) -> None:
    """The form of a connection there is. Raises `WrongUse` for an unknown one."""
    fill(of(engine.configuration().connection(id)), id)


def copy(engine: Engine, id: str) -> None:
    """A new connection like another, under an id of its own; its key isn't copied."""
    configuration = engine.configuration()
    fill(replace(of(configuration.connection(id)), id=_free(id, configuration)), "")


def _free(wanted: str, configuration: Configuration) -> str:
    return free_id(wanted, {one.id for one in configuration.connections})


def fill(draft: Draft, id: str) -> None:
    """Puts a draft into the fields; the ladder of what stood there goes."""
    put({
        OPEN: id, ID: draft.id, PROPOSED: draft.id, PROVIDER: draft.provider, WAY: draft.way,
        ADDRESS: draft.address, RELAY_NAME: draft.name, FOR: list(draft.capabilities), MODELS: list(draft.models),
        GROUP: draft.group, PROTOCOL: draft.protocol, MORE: bool(draft.group or draft.protocol or draft.prices),
    })  # fmt: skip
    renew(draft.prices)
    clear_secret()
    st.session_state.pop(PROBLEM, None)
    climb.forget()


def draft() -> Draft:
    """What the fields hold."""
    state = st.session_state
    return Draft(
        id=opened() or state.get(ID) or "", provider=state[PROVIDER], way=state[WAY],
        address=state.get(ADDRESS) or "", name=state.get(RELAY_NAME) or relay_seen(), key=state.get(secret()) or "",
        capabilities=tuple(state.get(FOR) or ()), models=tuple(state.get(MODELS) or ()),
        group=state.get(GROUP) or "", protocol=state.get(PROTOCOL) or "", prices=tuple(state.get(PRICES) or ()),
    )


def relay_seen() -> str:
    """What the relay at the address that is typed calls itself, if a test has asked it."""
    shown = climb.current()
    return shown.relay if shown is not None and shown.address == st.session_state.get(ADDRESS) else ""


def changed() -> None:
    """What the ladder showed, and what was wrong, is no longer what is typed."""
    st.session_state.pop(PROBLEM, None)
    if (shown := climb.current()) is not None:
        shown.changed = True


def fields(engine: Engine) -> None:
    """All fields, from whom to own prices."""
    configuration = engine.configuration()
    saved = next((one for one in configuration.connections if one.id == opened()), None)
    _provider(configuration)
    with st.container(key="connection_way"):  # what comes and goes in it moves no field below
        _way(configuration)
    with st.container(horizontal=True, key="connection_key_row"):
        _key(engine, saved)
        if saved is None:
            _id()
    _what_for(engine, configuration)
    if st.toggle(t(N_("Group, own prices, protocol")), key=field(MORE)):
        _more()


def _id() -> None:
    st.text_input(
        t(N_("Short name")), key=field(ID), on_change=changed, max_chars=40, width=SHORT,
        help=t(N_("Small letters, digits and _, a letter first, 40 at most. The command line uses it too, and it "
                  "can't be changed later.")),
    )


def _provider(configuration: Configuration) -> None:
    st.selectbox(
        t(N_("Provider")), list(providers()), key=field(PROVIDER), format_func=lambda one: _provider_name(one),
        on_change=_propose, args=(configuration,), help=t(N_("Who makes the API that the key is for.")),
    )
    known = provider(st.session_state[PROVIDER])
    facts((", ".join(map(capability, known.capabilities)), f"[{t(N_('Documentation'))}]({known.docs_url})"))


def _provider_name(id: str) -> str:
    return t(N_("Another provider, or several")) if id == "custom" else maker(id)


def _propose(configuration: Configuration) -> None:
    """Another provider: another name is proposed unless one was typed; what it doesn't do goes, and a way to it."""
    state = st.session_state
    maker = state[PROVIDER]
    if not opened() and state.get(ID) in ("", state.get(PROPOSED)):
        state[ID] = state[PROPOSED] = _free(maker, configuration)
    state[FOR] = [one for one in state.get(FOR, ()) if one in provider(maker).capabilities]
    if state.get(WAY) not in ways(maker, configuration):
        state[WAY] = first_way(maker, configuration)
    changed()


def _way(configuration: Configuration) -> None:
    """Where requests go: through a relay, or to an address; and what an address that was typed became."""
    state = st.session_state
    there = ways(state[PROVIDER], configuration)
    if state.get(WAY) not in there:
        state[WAY] = first_way(state[PROVIDER], configuration)
    st.selectbox(
        t(N_("Reached through")), there, key=field(WAY), format_func=lambda one: _way_name(one, configuration),
        on_change=changed,
    )
    if state[WAY] not in (NEW, OWN):
        _console(state[WAY], configuration)
        return
    with st.container(horizontal=True, key="connection_address_row"):
        st.text_input(t(N_("Base URL")), key=field(ADDRESS), placeholder="https://api.example.com", on_change=changed)
        if state[WAY] == NEW:
            st.text_input(
                t(N_("Name of the relay")), key=field(RELAY_NAME), max_chars=80, width=SHORT,
                on_change=changed, placeholder=relay_seen() or t(N_("Optional")),
            )
    if (state.get(ADDRESS) or "").strip():
        _became(state[ADDRESS], configuration)


def _way_name(way: str, configuration: Configuration) -> str:
    kind, _, name = way.partition(":")
    if way.startswith(RELAY):
        relay = configuration.relay(name)
        return t(N_("Relay {relay}, line {line}"), relay=relay.name, line=relay.chosen.name)
    if way.startswith(PRESET):
        return t(N_("Relay {relay}"), relay=presets()[name].name)
    if way == OFFICIAL:
        known = provider(st.session_state[PROVIDER])
        return t(N_("{provider} itself ({address})"), provider=known.name, address=known.base_url or "")
    return t(N_("A relay, by its base URL")) if kind == NEW else t(N_("Another address of its own"))


def _console(way: str, configuration: Configuration) -> None:
    """The address of what is chosen, and where its keys are made."""
    name = way.partition(":")[2]
    if way == OFFICIAL:
        facts((_link(t(N_("Get a key")), provider(st.session_state[PROVIDER]).keys_url),))
    elif way.startswith(PRESET):
        preset = presets()[name]
        facts((code(preset.lines[0].base_url), _link(t(N_("Get a key")), preset.keys_url),
               _link(t(N_("Documentation")), preset.docs_url)))  # fmt: skip
    else:
        relay = configuration.relay(name)
        preset_of = presets().get(relay.preset or "")
        facts((code(relay.chosen.base_url), _link(t(N_("Get a key")), preset_of.keys_url if preset_of else None)))


def _link(label: str, address: str | None) -> str:
    """A link to an address of our own data."""
    return f"[{label}]({address})" if address else ""


def _became(typed: str, configuration: Configuration) -> None:
    """The base URL that was understood, or why it is none."""
    try:
        address = cleaned(typed)
    except WrongUse as error:
        st.markdown(f":blue[:material/link_off: {told(error)}]")
        return
    facts((t(N_("Requests go to {address}"), address=code(address)),))
    there = relay_at(address, configuration) if st.session_state[WAY] == NEW else ""
    if there:
        name = next((one.name for one in configuration.relays if one.id == there), there)
        facts((t(N_("This is a line of the relay {relay}, which is used."), relay=literal(name)),))


def _key(engine: Engine, saved: Connection | None) -> None:
    kept = saved is not None and bool(saved.key_tail)
    hint = t(N_("•••• {tail}: leave empty to keep it"), tail=saved.key_tail) if saved and kept else "sk-…"
    if engine.keys.kind == "env":
        name = code(key_variable(draft().id))
        facts((t(N_("Keys come from environment variables here: set {variable}, then start again."), variable=name),))
        return
    st.text_input(
        t(N_("Key")), type="password", key=secret(), placeholder=hint, autocomplete="new-password", on_change=changed,
        help=t(N_("It goes to the address above and nowhere else. Once saved, it never comes back to this page.")),
    )


def _what_for(engine: Engine, configuration: Configuration) -> None:
    state = st.session_state
    maker = state[PROVIDER]
    known = [one for one in CAPABILITIES if one in provider(maker).capabilities or one in state.get(FOR, ())]
    st.multiselect(
        t(N_("Capabilities")), known, key=field(FOR), format_func=capability, on_change=changed,
        placeholder=t(N_("What the key's own list shows")),
        help=t(N_("One key isn't for everything: what you leave out is refused before anything is sent.")),
    )
    chosen = state.get(MODELS) or []
    names = listed(engine, configuration)
    wanted: Collection[Capability] = state.get(FOR) or ()
    st.multiselect(
        t(N_("Models")), offered(names, maker, wanted, chosen), key=field(MODELS), accept_new_options=True,
        on_change=changed, placeholder=t(N_("All of the key's own list")),
        help=t(N_("A model that isn't in the list can be typed. With models given, only these are judged.")),
    )
    if len(names) > len(offered(names, maker, wanted, chosen)):
        facts((t(N_("{n} models are listed; type a name that isn't offered."), n=count(len(names))),))


def listed(engine: Engine, configuration: Configuration) -> list[str]:
    """The models known of what is typed: what a test has shown, else the saved key's list, else its relay's."""
    shown = climb.current()
    if shown is not None and not shown.runs and shown.work.exception() is None and shown.work.result().models:
        return list(shown.work.result().models)
    facts_now = engine.judged().facts
    if own := facts_now.key_models.get(opened()):
        return [one.model for one in own[1]]
    way = st.session_state[WAY]
    return list(facts_now.listings.get(way, {})) if way.startswith(RELAY) else []


def _more() -> None:
    """What few need."""
    st.text_input(
        t(N_("Group")), key=field(GROUP), on_change=changed, placeholder=t(N_("The key's own group")),
        help=t(N_("The relay's price group, where the key may use several.")),
    )
    prices(changed)
    known = list(dict.fromkeys(("", *PROTOCOLS, st.session_state.get(PROTOCOL) or "")))
    st.selectbox(
        t(N_("Protocol")), known, key=field(PROTOCOL), on_change=changed,
        format_func=lambda one: one or t(N_("What fits the provider and the address")),
        help=t(N_("Only where the guess is wrong.")),
    )
