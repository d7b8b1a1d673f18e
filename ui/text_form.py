"""The form of a text call: what is typed becomes a draft; what the draft would cost stands on the button."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, MutableMapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from lib.calls.draft import CallDraft, Drafted
from lib.calls.params import typed
from lib.engine import Engine
from lib.errors import RelayscopeError, WrongUse
from lib.i18n import N_
from lib.vocabulary import Capability, Verdict
from lib.wire import Media
from ui.chips import facts
from ui.choices import ONLY_A_CALL_TELLS, Choices
from ui.drafts import PREFIX, field, put
from ui.format import head
from ui.given import LARGEST, media
from ui.markdown import code, literal
from ui.parameters import api_names
from ui.parameters import label as label_of
from ui.prices import WHY_UNPRICED
from ui.sent import over_budget, why
from ui.theme import look
from ui.uploads import in_language
from ui.words import count, money, t, told, worded

CONNECTION = PREFIX + "text_connection"
MODEL = PREFIX + "text_model"
SYSTEM = PREFIX + "text_system"
PROMPT = PREFIX + "text_prompt"
EXTRA = PREFIX + "text_extra"
AFTER = PREFIX + "text_after"
"""The call that what is typed goes on from; None: a conversation of its own."""
ROUND, CHOOSE_AGAIN = "text_images_round", "text_images_again"
"""How often the images chosen were put away; and how many a request had that was put back into the form."""
SAID = "text_said"
"""The prompt of the turn that was sent, which makes place for the next."""
SEES: frozenset[str] = frozenset({"openai", "anthropic", "gemini", "zhipu"})
"""Protocols that take images with a prompt. Whether its model can read them, only its maker knows."""
IMAGES = ("png", "jpg", "jpeg", "webp")
"""The endings of images."""
NUMBERS: Mapping[str, tuple[str, float, float | None, float]] = {
    "temperature": (PREFIX + "text_temperature", 0.0, 2.0, 0.1),
    "top_p": (PREFIX + "text_top_p", 0.0, 1.0, 0.05),
    "max_tokens": (PREFIX + "text_max_tokens", 1, None, 1),
}
"""Parameter: its key, least, most and step. An empty field isn't sent.

The limits are ours to check: beyond one of the widget's own, Streamlit keeps the number in the browser.
"""
EXAMPLE = '{"seed": 7, "stop": ["END"]}'
UNWRITTEN = N_("Your prompt")
"""Stands for a prompt not yet written, in the quote and in the code."""
HEAD = 60
"""Characters of the prompt that what is typed goes on from."""


def fields(engine: Engine, offered: Choices) -> None:
    """Connection, model, what it goes on from, prompts, images and parameters."""
    choose(engine, offered, CONNECTION, MODEL)
    _goes_on(engine)
    st.text_area(
        t(N_("Prompt")), key=field(PROMPT), height=170, placeholder=t(N_("Ask or describe what you want written."))
    )
    _images(engine)
    st.text_area(
        t(N_("System prompt")), key=field(SYSTEM), height=70,
        placeholder=t(N_("Optional: how the model should behave.")),
    )
    with st.expander(t(N_("More settings")), icon=":material/tune:"):
        _parameters()


def choose(engine: Engine, offered: Choices, connection: str, model: str) -> None:
    """Connection and model, under those keys, and why what is chosen may not work."""
    state = st.session_state
    names = offered.connections(state.get(connection))
    if state.get(connection) not in names:
        state[connection] = names[0]
    st.selectbox(t(N_("Connection")), names, key=field(connection), format_func=lambda one: _name(engine, one))
    found = offered.models(state[connection], state.get(model))
    if state.get(model) not in found:
        state[model] = next(iter(found))
    st.selectbox(t(N_("Model")), list(found), key=field(model))
    doubt(found[state[model]])


def _goes_on(engine: Engine) -> None:
    """The conversation that the prompt goes on with, and the way out of it."""
    turns = engine.conversation(st.session_state.get(AFTER))
    if not turns:
        st.session_state[AFTER] = None  # its last call is of another log, or was never answered
        return
    last, chosen = turns[-1], st.session_state[MODEL]
    with st.container(horizontal=True, vertical_alignment="center", key="text_goes_on"):
        said = t(N_("Goes on from: {prompt}"), prompt=literal(head(last.payload.prompt, HEAD)))
        st.markdown(f":material/forum: {said}", width="stretch")
        st.button(
            t(N_("New conversation")), key="text_new", type="tertiary", icon=":material/add_comment:", on_click=leave
        )
    if last.row.model != chosen:
        facts((t(N_("{before} answered before; {model} goes on."), before=code(last.row.model), model=code(chosen)),))


def _images(engine: Engine) -> None:
    if not sees(engine):
        return
    st.file_uploader(
        t(N_("Images (optional)")), type=list(IMAGES), accept_multiple_files=True, key=_files(),
        max_upload_size=LARGEST // 1024 // 1024,
    )
    in_language(_files(), IMAGES)
    had = st.session_state.get(CHOOSE_AGAIN)
    if had and not st.session_state.get(_files()):
        said = t(N_("This request had images ({n}): choose them again."), n=count(had))
        facts((f":material/attach_file: {said}",))


def _files() -> str:
    """The key of the images' field: another one empties it."""
    return f"text_images_{st.session_state.get(ROUND, 0)}"


def put_images_away(had: int = 0) -> None:
    """Empties the images' field. `had`: the images that the request in the form was sent with."""
    st.session_state[ROUND] = st.session_state.get(ROUND, 0) + 1
    st.session_state[CHOOSE_AGAIN] = had


def sees(engine: Engine) -> bool:
    """Whether the chosen model is spoken to in a protocol that takes images."""
    return engine.protocol(st.session_state[CONNECTION], "text", st.session_state[MODEL]) in SEES


def go_on(call_id: str) -> None:
    """What is typed goes on from a call."""
    put({AFTER: call_id})


def put_prompt_away(said: Collection[str]) -> None:
    """A prompt that was said already makes place for the next."""
    if (st.session_state.get(PROMPT) or "").strip() in {one.strip() for one in said}:
        put({PROMPT: ""})


def leave() -> None:
    """What is typed is a conversation of its own."""
    put({AFTER: None})


def begin_with(view: MutableMapping[str, str]) -> None:
    """Takes up what the page's address says to begin with: once, so that it is the user's to change."""
    for key, name in ((CONNECTION, "connection"), (MODEL, "model")):
        if name in view:
            st.session_state[key] = view.pop(name)


def _name(engine: Engine, connection_id: str) -> str:
    connection = engine.configuration().connection(connection_id)
    return f"{connection_id} · {connection.relay or connection.base_url}"


def doubt(verdict: Verdict) -> None:
    """Why what is chosen may not work; it may be sent all the same."""
    if verdict.state == "usable":
        return
    shown, why = look(verdict.state), worded(verdict.reason)
    told = f"{literal(why.message)} {literal(why.remedy)}"
    also = f" {t(ONLY_A_CALL_TELLS)}" if verdict.only_a_call_tells else ""
    st.markdown(f":{shown.colour}[{shown.symbol} **{t(shown.word)}**]\u00a0· {told}{also}")


def _parameters() -> None:
    with st.container(key="text_fields"):
        for name, (key, *_) in NUMBERS.items():
            number_field(name, key)
    by_hand(EXTRA, list(NUMBERS))


def by_hand(key: str, drawn: Sequence[str]) -> None:
    """The field, under that key, of parameters that have none; `drawn`: those that have one, as the API calls them."""
    st.text_area(t(N_("More parameters (JSON)")), key=field(key), height=68, placeholder=EXAMPLE)
    if drawn:
        facts((api_names(drawn),))


def number_field(name: str, key: str) -> None:
    """The field of a parameter that is a number, under that key; empty at first."""
    step = NUMBERS[name][-1]
    st.session_state.setdefault(key, None)
    st.number_input(
        label_of(name), value=None, step=step, format="%g" if isinstance(step, float) else None, key=field(key),
        placeholder=t(N_("auto")),
    )


def numbers(keys: Mapping[str, str]) -> dict[str, Any]:
    """What is typed of some parameters, by name; `keys` of their fields. Raises `WrongUse` for one out of its range."""
    found = {name: value for name, key in keys.items() if (value := st.session_state.get(key)) is not None}
    for name, value in found.items():
        _, least, most, _ = NUMBERS[name]
        within(name, value, least, most)
    return found


def draft(engine: Engine) -> CallDraft:
    """What is typed and given, as a draft. Raises `WrongUse` for a number out of its range, extra parameters that
    aren't a JSON object, and a file that is no image or too large.
    """
    state = st.session_state
    typed_in = numbers({name: key for name, (key, *_) in NUMBERS.items()})
    return CallDraft(
        connection=state[CONNECTION], capability="text", model=state[MODEL], prompt=state.get(PROMPT) or "",
        system=state.get(SYSTEM) or "", params={**typed_in, **extra(state.get(EXTRA) or "")},
        inputs=_given() if sees(engine) else (), after=state.get(AFTER), over_budget=over_budget("text"),
    )


def _given() -> tuple[Media, ...]:
    return tuple(media("text", one.getvalue(), one.name) for one in st.session_state.get(_files()) or ())


def within(name: str, value: float, least: float, most: float | None) -> None:
    """Raises `WrongUse` for a number out of its range. `most` None: there is no upper end."""
    if least <= value and (most is None or value <= most):
        return
    if most is None:
        raise WrongUse(N_("{name} must be {least} or more."), name=label_of(name), least=f"{least:g}")
    words = N_("{name} must be from {least} to {most}.")
    raise WrongUse(words, name=label_of(name), least=f"{least:g}", most=f"{most:g}")


def _fits(name: str, value: float) -> bool:
    _, least, most, _ = NUMBERS[name]
    return least <= value and (most is None or value <= most)


def extra(text: str) -> Mapping[str, Any]:
    """Parameters written by hand. Raises `WrongUse` where they aren't a JSON object."""
    if not text.strip():
        return {}
    try:
        value = typed(text)
    except ValueError:
        raise WrongUse(N_("The parameters aren't JSON. Write them like {example}."), example=EXAMPLE) from None
    if not isinstance(value, dict):
        raise WrongUse(N_("The parameters must be a JSON object in braces."))
    return value


def fill(asked: CallDraft, images: int = 0) -> None:
    """Puts a draft back into the form, but for its images: so many are to be chosen again."""
    put_images_away(images)
    st.session_state[SAID] = None
    held = {name: value for name, given in asked.params.items() if (value := fitting(name, given)) is not None}
    others = {name: value for name, value in asked.params.items() if name not in held}
    put({
        CONNECTION: asked.connection, MODEL: asked.model, PROMPT: asked.prompt, SYSTEM: asked.system,
        AFTER: asked.after,
        **{key: held.get(name) for name, (key, *_) in NUMBERS.items()},
        EXTRA: json.dumps(others, ensure_ascii=False) if others else "",
    })  # fmt: skip


def fitting(name: str, value: object) -> float | None:
    """A parameter as its own field can hold it; None where it has none, or the value is none of its kind or range."""
    if name not in NUMBERS or isinstance(value, bool) or not isinstance(value, int | float):
        return None
    step = NUMBERS[name][-1]
    held = float(value) if isinstance(step, float) else value
    return held if type(held) is type(step) and _fits(name, held) else None


def quoted(engine: Engine) -> Drafted | str:
    """The draft made ready; where it can't be, the reason in words."""
    try:
        asked = draft(engine)
        ready = engine.draft(asked if asked.prompt.strip() else replace(asked, prompt=t(UNWRITTEN)))
    except RelayscopeError as error:
        return told(error)
    return why(ready.refused) if ready.refused else ready


def label(ready: Drafted | str) -> str:
    """What the button says: what it does and what that costs at most."""
    if isinstance(ready, str):
        return t(N_("Generate"))
    if ready.quoted is None:
        return t(N_("Generate — price unknown"))
    return t(N_("Generate — at most {amount}"), amount=literal(money(ready.quoted)))


def why_unpriced(ready: Drafted | str) -> str | None:
    """Why the button can't say what it costs, where the relay's list is the reason."""
    return t(WHY_UNPRICED[ready.unpriced]) if isinstance(ready, Drafted) and ready.unpriced else None


def others(engine: Engine, refused: Sequence[Verdict], capability: Capability = "text") -> None:
    """The connections that can't do this now, and why."""
    if not refused:
        return
    with st.popover(t(N_("Other connections")), type="tertiary", icon=":material/lock:", key=f"{capability}_others"):
        for verdict in refused:
            st.markdown(f"**{verdict.connection}** · {code(verdict.model)}")
            st.caption(_why_not(engine, verdict, capability))


def _why_not(engine: Engine, verdict: Verdict, capability: Capability) -> str:
    if verdict.capability == capability:
        why = worded(verdict.reason)
        return literal(t(N_("{state}: {why}"), state=t(look(verdict.state).word), why=f"{why.message} {why.remedy}"))
    refusal = engine.draft(CallDraft(verdict.connection, capability, t(UNWRITTEN))).refused
    return told(refusal) if refusal else ""
