"""What a new key would give: by provider not yet reached, the ways to it, what each opens and how it bills."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby

import streamlit as st

from lib.engine import Engine
from lib.i18n import N_
from lib.providers import presets, provider
from lib.verdicts.openings import Opening
from ui.chips import facts
from ui.links import go, link
from ui.markdown import literal
from ui.theme import BILLING
from ui.words import capability, count, maker, t


def section(engine: Engine) -> None:
    """All providers without a connection, folded away; nothing where every one has its key."""
    found = engine.judged().openings(datetime.now(UTC).date())
    if not found:
        return
    with st.expander(t(N_("What would a new key give me?")), icon=":material/key:", key="new_keys"):
        st.caption(t(N_(
            "Through a relay a key opens what the relay lists for its group; test it before you count on it."
        )))  # fmt: skip
        for id, ways in groupby(found, lambda one: one.provider):
            _provider(engine, id, list(ways))


def _provider(engine: Engine, id: str, ways: Sequence[Opening]) -> None:
    st.markdown(f"**{literal(maker(id))}**")
    for way in ways:
        facts((_where(engine, way), _opens(way), "" if _is_local(way) else _billing(way)))
    with st.container(horizontal=True, vertical_alignment="center", key=f"new_key_{id}"):
        for way in ways:
            if way.relay is not None:
                link("catalogue", t(N_("Models")), relay=way.relay, maker=id)
        for label, address in _consoles(engine, id, ways):
            st.link_button(label, address, icon=":material/open_in_new:", type="tertiary")
        if st.button(t(N_("Set up")), key=f"new_key_for_{id}", icon=":material/key:", type="tertiary"):
            go("connections", new=id)


def _consoles(engine: Engine, id: str, ways: Sequence[Opening]) -> Iterator[tuple[str, str]]:
    """Where its key is to be had: at the provider's own console, at the relays' that list it."""
    own = provider(id).keys_url
    if own and any(way.relay is None for way in ways):
        yield t(N_("Get a key")), own
    for way in ways:
        preset = presets().get(engine.configuration().relay(way.relay).preset or "") if way.relay else None
        if preset:
            yield t(N_("Get a key from {relay}"), relay=literal(preset.name)), preset.keys_url


def _where(engine: Engine, way: Opening) -> str:
    if way.relay is not None:
        return t(N_("through {relay}"), relay=literal(engine.configuration().relay(way.relay).name))
    return t(N_("on your machine, without a key")) if _is_local(way) else t(N_("its own API"))


def _is_local(way: Opening) -> bool:
    return way.relay is None and provider(way.provider).auth == "none"


def _billing(way: Opening) -> str:
    return ", ".join(t(BILLING[unit]) for unit in way.billing)


def _opens(way: Opening) -> str:
    """Capabilities, with how many models where a list says so."""
    named = ((capability(name), len(models)) for name, models in way.models.items())
    return ", ".join(f"{name} {count(number)}" if way.relay else name for name, number in named)
