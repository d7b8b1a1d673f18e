"""The ladder drawn as it happens: a rung a row with its icon, time and what was seen; below it what would work."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from lib.causes import STEP_NAMES
from lib.checks.words import sentence
from lib.i18n import N_
from lib.vocabulary import CAPABILITIES, STATES, Capability, Evidence, State, Step, Verdict
from ui.chips import chip, facts, quote, way_there
from ui.markdown import code, literal
from ui.theme import WHOSE_MOVE, look, showed
from ui.words import capability, duration, first, t, worded, zone

STEPS: tuple[Step, ...] = ("line", "key", "quota", "permission")
MODELS_NAMED = 3
ONLY_A_CALL = N_("Free checks end here: whether a channel is open and has room just now, only a real call shows.")


def ladder(seen: Sequence[Evidence], *, running: bool) -> None:
    """The free rungs in their order, and a real call if there was one. `running`: more may come."""
    newest = {one.step: one for one in seen}
    last = max((STEPS.index(one) for one in newest if one in STEPS), default=-1)
    with st.container(border=True, gap="small", key="ladder"):
        for number, step in enumerate(STEPS):
            if step in newest:
                _rung(newest[step])
            elif number > last:
                _not_yet(step, asked=running and number == last + 1)
        if "call" in newest:
            _rung(newest["call"])


def _not_yet(step: Step, *, asked: bool) -> None:
    icon, word = ("progress_activity", N_("asking…")) if asked else ("radio_button_unchecked", N_("not reached"))
    mark = f":material/{icon}:"
    st.markdown(f":gray[{mark} **{t(STEP_NAMES[step])}** · {t(word)}]")


def _rung(one: Evidence) -> None:
    shown = showed(one.step, one.state, ok=one.ok)
    word = "" if one.ok else f" · {t(shown.word)}"
    took = f" · {duration(one.ms)}" if one.ms is not None else ""
    head = f":{shown.colour}[{shown.symbol} **{t(STEP_NAMES[one.step])}**{word}]{took}"
    st.markdown(f"{head}  \n{literal(sentence(one, t, zone()))}{_relay(one)}")
    facts(way_there(one.detail))
    if one.ok:
        return
    if one.reason is not None:
        _remedy(one)
    request = code(f"{one.method} {one.path}") if one.method else ""
    status = f"HTTP {one.http_status}" if one.http_status else ""
    asked = t(N_("Request id {id}"), id=code(one.request_id)) if one.request_id else ""
    facts((request, status, code(one.provider_code or ""), asked))


def _relay(line: Evidence) -> str:
    """What a relay says it is."""
    name, version = (literal(line.detail.get(one, "")) for one in ("relay", "version"))
    if not name:
        return ""
    if not version:
        return " " + t(N_("It is the relay {name}."), name=name)
    return " " + t(N_("It is the relay {name}, version {version}."), name=name, version=version)


def _remedy(failed: Evidence) -> None:
    """Whose move it is and what to do; then the server's own words."""
    assert failed.reason is not None
    why = worded(failed.reason)
    whose = f"**{t(WHOSE_MOVE[why.whose_move])}** " if why.whose_move in WHOSE_MOVE else ""
    if why.remedy:
        st.markdown(whose + literal(why.remedy))
    if failed.reason.said:
        quote(failed.reason.said)


def outcome(found: Sequence[Verdict], seen: Sequence[Evidence]) -> None:
    """What is concluded, by state: for which capabilities it holds, and with which models."""
    failed = [one for one in seen if not one.ok and one.state != "untested"]
    told = {one.reason.code for one in failed if one.reason}
    for state, by_capability in _groups(found).items():
        first = next(iter(by_capability.values()))[0]
        with st.container(gap="xsmall", key=f"outcome_{state}"):
            chip(look(state, first.proof))
            if failed and failed[-1].step != "permission":  # nothing could be asked of single models
                st.markdown(", ".join(map(capability, by_capability)))
            else:
                lines = (f"- **{capability(one)}** {_models(mine)}" for one, mine in by_capability.items())
                st.markdown("\n".join(lines))
            if state == "usable" and first.proof == "ladder":
                st.caption(t(ONLY_A_CALL))
            if state != "usable" and first.reason.code not in told:
                why = worded(first.reason)
                st.caption(f"{literal(why.message)} {literal(why.remedy)}")


def _groups(found: Sequence[Verdict]) -> dict[State, dict[Capability, list[Verdict]]]:
    """By state, the best first, then by capability."""
    groups: dict[State, dict[Capability, list[Verdict]]] = {}
    for one in sorted(found, key=lambda one: (STATES.index(one.state), CAPABILITIES.index(one.capability))):
        groups.setdefault(one.state, {}).setdefault(one.capability, []).append(one)
    return groups


def _models(found: Sequence[Verdict]) -> str:
    return first([code(one.model) for one in found if one.model], MODELS_NAMED)
