"""The form of a call that isn't a conversation: what is typed and given becomes a draft.

Everything typed stands under a key of its own capability, so that it outlives a change of page.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from lib.calls.dialect import takes_mask
from lib.calls.draft import CallDraft, Drafted, needs_words
from lib.calls.translation import TARGET, target
from lib.engine import Engine
from lib.errors import RelayscopeError, WrongUse
from lib.i18n import N_
from lib.ledger.media import Kept
from lib.providers import Field, fields_of
from lib.vocabulary import Capability, Operation
from lib.wire import Choice, Json, Media
from lib.wire.protocols import PROTOCOLS
from ui import parameters, text_form
from ui.chips import facts
from ui.choices import Choices
from ui.drafts import PREFIX, field, put
from ui.engine import door
from ui.given import media, same_size
from ui.markdown import code, literal
from ui.sent import over_budget, why
from ui.uploads import given, uploader
from ui.words import language, t, told, tongue, worded

PROMPTS: Mapping[Capability, tuple[str, str]] = {
    "image": (N_("Prompt"), N_("Describe the picture.")),
    "image_edit": (N_("Prompt"), N_("Describe what is to change.")),
    "video": (N_("Prompt"), N_("Describe the film.")),
    "speech": (N_("Text to speak"), N_("Write what is to be said.")),
    "transcription": (N_("Prompt"), N_("Optional: names and words that occur in it.")),
    "music": (N_("Prompt"), N_("Describe the music, or write the lyrics.")),
    "embedding": (N_("Text"), N_("Write what is to become a vector.")),
    "translation": (N_("Text to translate"), N_("Write or paste what is to be translated.")),
}
"""What the prompt is called, and what stands in the empty field."""
FILES: Mapping[Capability, tuple[str, tuple[str, ...]]] = {
    "image_edit": (N_("Images to work on"), ("png", "jpg", "jpeg", "webp")),
    "video": (N_("First frame or reference (optional)"), ("png", "jpg", "jpeg", "webp")),
    "transcription": (N_("Recording"), ("wav", "mp3", "m4a", "mp4", "ogg", "flac", "webm", "aac")),
    "image": (N_("Reference images (optional)"), ("png", "jpg", "jpeg", "webp")),
}
"""What files are asked for, and the endings they may have."""
FILE_FIRST: tuple[Capability, ...] = ("image_edit", "transcription")
"""Those that work on a file: it is given before anything is said of it."""
OPERATIONS: Mapping[Operation, str] = {
    "generate": N_("Generate"), "edit": N_("Edit by words"), "inpaint": N_("Redraw a part"),
    "erase": N_("Erase a part"),
    "remove_background": N_("Remove the background"), "upscale": N_("Enlarge"), "variation": N_("Variation"),
    "zoom": N_("Zoom out"), "blend": N_("Blend several"), "describe": N_("Describe"), "lyrics": N_("Lyrics only"),
    "extend": N_("Extend"),
}  # fmt: skip
LISTS: Mapping[Capability, str] = {
    "speech": N_("Fetch the voices of this key"), "translation": N_("Fetch the languages of this key"),
}  # fmt: skip
"""What asks for the list that a server has for one parameter."""
TONGUES = ("target_lang", "source_lang")
"""Parameters whose values are languages."""
NO_LIST = "no_list"
USE = PREFIX + "use_as_input"
"""A file that was made before and is to be worked on: its hash and its type."""


def key(capability: Capability, name: str) -> str:
    """The key of a field of a capability's form."""
    return f"{PREFIX}{capability}_{name}"


def begin_with(capability: Capability, view: MutableMapping[str, str]) -> None:
    """Takes up what the page's address says to begin with: once, so that it is the user's to change."""
    for name in ("connection", "model"):
        if name in view:
            st.session_state[key(capability, name)] = view.pop(name)


def choose(engine: Engine, capability: Capability, offered: Choices) -> None:
    """Connection and model, and why what is chosen may not work."""
    text_form.choose(engine, offered, key(capability, "connection"), key(capability, "model"))


def fields(engine: Engine, capability: Capability) -> None:
    """What the chosen model takes."""
    protocol = spoken(engine, capability)
    _operation(capability, protocol)
    first, second = (_files, _prompt) if capability in FILE_FIRST else (_prompt, _files)
    first(engine, capability)
    second(engine, capability)
    known = fields_of(capability, protocol, st.session_state[key(capability, "model")])
    listed = engine.choices(st.session_state[key(capability, "connection")], capability, protocol)
    if known:
        with st.container(key=f"{capability}_fields"):
            for one in known:
                _field(capability, one, listed.get(one.name, ()))
    if listed:
        _fetch_list(engine, capability, protocol)
    with st.expander(t(N_("More settings")), icon=":material/tune:"):
        _by_hand(capability, protocol, [one.name for one in known])


def spoken(engine: Engine, capability: Capability) -> str:
    """The protocol that the chosen model would be spoken to in."""
    state = st.session_state
    return state.get(key(capability, "protocol")) or engine.protocol(
        state[key(capability, "connection")], capability, state[key(capability, "model")]
    )


def operations(capability: Capability, protocol: str) -> list[Operation]:
    """What a protocol can be asked to do for a capability, in the order of the vocabulary."""
    makes = PROTOCOLS[protocol].MAKES if protocol in PROTOCOLS else ()
    return [one for one in OPERATIONS if (capability, one) in makes]


def narrowed(offered: Sequence[Operation], model: str) -> Sequence[Operation]:
    """Only the one that a model is named after (`suno_lyrics`, `mj_describe`): it has that one's price."""
    return [one for one in offered if model.lower().endswith(f"_{one}")] or offered


def _operation(capability: Capability, protocol: str) -> None:
    chosen, model = key(capability, "operation"), st.session_state[key(capability, "model")]
    offered = narrowed(operations(capability, protocol), model)
    if st.session_state.get(chosen) not in offered:
        st.session_state[chosen] = offered[0] if offered else "generate"
    if len(offered) > 1:
        st.selectbox(t(N_("What to do")), offered, key=field(chosen), format_func=lambda one: t(OPERATIONS[one]))


def operation(capability: Capability) -> Operation:
    """What is to be done."""
    found: Operation = st.session_state.get(key(capability, "operation")) or "generate"
    return found


def _prompt(_: Engine, capability: Capability) -> None:
    label, hint = PROMPTS[capability]
    height = 70 if capability == "transcription" else 140
    st.text_area(t(label), key=field(key(capability, "prompt")), height=height, placeholder=t(hint))


def _files(engine: Engine, capability: Capability) -> None:
    if capability not in FILES:
        return
    label, endings = FILES[capability]
    if capability == "image" and operation(capability) == "generate":
        return
    uploader(f"{capability}_files", t(label), endings, several=True)
    if used := in_use(engine, capability):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.image(str(engine.files.path(used)), width=96)
            st.button(t(N_("Don't use it")), key=f"{capability}_drop", type="tertiary", icon=":material/close:",
                      on_click=lambda: st.session_state.pop(USE, None))  # fmt: skip
    if _masked(engine, capability):
        words = t(N_("Mask (optional): transparent where it may change"))
        uploader(f"{capability}_mask", words, ("png",), several=False)


def _fetch_list(engine: Engine, capability: Capability, protocol: str) -> None:
    """The button that asks a key's server which voices or languages it has, and why it didn't say."""
    connection = st.session_state[key(capability, "connection")]

    def ask() -> None:
        st.session_state[NO_LIST] = door().ask(engine.fetch_choices(connection, capability, protocol))

    st.button(
        t(LISTS[capability]), key=f"{capability}_list", type="tertiary", icon=":material/list:", on_click=ask,
        help=t(N_("Asks the provider; that is free.")),
    )
    if why := st.session_state.pop(NO_LIST, None):
        said = worded(why)
        st.markdown(f":blue[:material/error: {literal(said.message)} {literal(said.remedy)}]")


def _field(capability: Capability, one: Field, listed: Sequence[Choice] = ()) -> None:
    name, label = key(capability, f"param_{one.name}"), parameters.label(one.name)
    st.session_state.setdefault(name, None)
    auto = t(N_("auto"))
    if one.kind == "choice":
        names = choice_names(one.name, listed or [Choice(option, option) for option in one.options])
        st.selectbox(
            label, list(names), index=None, key=field(name), placeholder=auto, accept_new_options=one.free,
            format_func=lambda value: names.get(value, value),
        )
    elif one.kind == "flag":
        st.selectbox(
            label, (True, False), index=None, key=field(name), placeholder=auto,
            format_func=lambda on: t(N_("yes")) if on else t(N_("no")),
        )
    elif one.kind == "text":
        st.text_input(label, value=None, key=field(name), placeholder=auto)
    else:
        whole = one.kind == "integer"
        st.number_input(
            label, value=None, step=1 if whole else 0.1, format=None if whole else "%g", key=field(name),
            placeholder=auto,
        )


def choice_names(parameter: str, choices: Sequence[Choice]) -> dict[str, str]:
    """What each value of a parameter is called in the reader's language; no two alike."""
    named = {
        one.value: (tongue(one.value) or one.name if parameter in TONGUES else one.name) for one in choices
    }  # fmt: skip
    alike = Counter(named.values())
    return {value: name if alike[name] == 1 else f"{name} ({value})" for value, name in named.items()}


def _by_hand(capability: Capability, protocol: str, drawn: Sequence[str]) -> None:
    chosen = key(capability, "protocol")
    able = ["", *(name for name in PROTOCOLS if operations(capability, name))]
    if st.session_state.get(chosen) not in able:
        st.session_state[chosen] = ""
    if capability != "translation":
        st.selectbox(
            t(N_("Protocol")), able, key=field(chosen),
            format_func=lambda one: one or t(N_("as it is listed")),  # a label that changes would be taken for a value
            help=t(N_("The way it is spoken to. Change it only if the relay documents another one for this model.")),
        )
        facts((t(N_("Now: {protocol}"), protocol=code(protocol)),))
    text_form.by_hand(key(capability, "extra"), drawn)


def _masked(engine: Engine, capability: Capability) -> bool:
    return takes_mask(spoken(engine, capability), capability, operation(capability))


def draft(engine: Engine, capability: Capability) -> CallDraft:
    """What is typed and given, as a draft. Raises `WrongUse` for what can't be sent as it is."""
    state = st.session_state
    prompt = state.get(key(capability, "prompt")) or ""
    params = {**_params(engine, capability), **text_form.extra(state.get(key(capability, "extra")) or "")}
    if capability == "translation":
        params.setdefault(TARGET, target(prompt, language()))
    masks = given(f"{capability}_mask") if _masked(engine, capability) else []
    inputs = tuple(_inputs(engine, capability))
    mask = next((media(capability, data, name) for name, data in masks), None)
    if mask is not None and inputs:
        same_size(inputs[0], mask)
    return CallDraft(
        connection=state[key(capability, "connection")], capability=capability, prompt=prompt,
        model=state[key(capability, "model")], operation=operation(capability), params=params,
        protocol=state.get(key(capability, "protocol")) or None, inputs=inputs, mask=mask,
        over_budget=over_budget(capability),
    )  # fmt: skip


def _params(engine: Engine, capability: Capability) -> dict[str, Json]:
    """The fields that are set, of those that the model has."""
    state = st.session_state
    prefix = key(capability, "param_")
    drawn = {one.name: one for one in _drawn(engine, capability)}
    set_ = {
        name.removeprefix(prefix): value for name, value in state.items()
        if isinstance(name, str) and name.startswith(prefix) and value not in (None, "")
    }  # fmt: skip
    return {name: _sent(drawn[name], value) for name, value in set_.items() if name in drawn}


def _drawn(engine: Engine, capability: Capability) -> Sequence[Field]:
    return fields_of(capability, spoken(engine, capability), st.session_state[key(capability, "model")])


def _sent(one: Field, value: Any) -> Json:
    """A field's value as it is sent. Raises `WrongUse` beyond its limits."""
    if one.as_number and isinstance(value, str):
        try:
            value = int(value)
        except ValueError:
            raise WrongUse(N_("{name} must be a number."), name=parameters.label(one.name)) from None
    if one.least is not None:
        text_form.within(one.name, value, one.least, one.most)
    sent: Json = value
    return sent


def _inputs(engine: Engine, capability: Capability) -> list[Media]:
    found = [media(capability, data, name) for name, data in given(f"{capability}_files")]
    if used := in_use(engine, capability):
        found.insert(0, Media(engine.files.read(used), used.mime, f"input{engine.files.path(used).suffix}"))
    return found


def in_use(engine: Engine, capability: Capability) -> Kept | None:
    """The file that was made before and is to be worked on here, if it is still there."""
    used: Kept | None = st.session_state.get(USE)
    wanted = used is not None and capability == "image_edit" and engine.files.path(used).exists()
    return used if wanted else None


def fill(asked: CallDraft, files: int = 0) -> None:
    """Puts a draft back into its form, but for files: these are chosen again. `files`: how many there were."""
    if asked.capability == "text":
        text_form.fill(asked, files)
        return
    names = [one.name for one in fields_of(asked.capability, asked.protocol or "", asked.model or "")]
    known = {name: value for name, value in asked.params.items() if name in names}
    extra = {name: value for name, value in asked.params.items() if name not in names and name != TARGET}
    typed = {name: value if isinstance(value, bool | float) else str(value) for name, value in known.items()}
    put({
        key(asked.capability, "connection"): asked.connection, key(asked.capability, "model"): asked.model,
        key(asked.capability, "prompt"): asked.prompt, key(asked.capability, "operation"): asked.operation,
        key(asked.capability, "protocol"): _by_hand_before(asked),
        key(asked.capability, "extra"): json.dumps(extra, ensure_ascii=False) if extra else "",
        **{key(asked.capability, f"param_{name}"): typed.get(name) for name in names},
    })  # fmt: skip


def _by_hand_before(asked: CallDraft) -> str:
    """The protocol of a draft, where its model would be spoken to in another one."""
    try:
        usual = door().engine.protocol(asked.connection, asked.capability, asked.model or "")
    except WrongUse:
        return ""
    return "" if asked.protocol in (None, usual) else asked.protocol


def quoted(engine: Engine, capability: Capability) -> Drafted | str:
    """The draft made ready; where it can't be, the reason in words."""
    try:
        asked = draft(engine, capability)
        empty = not asked.prompt.strip() and needs_words(capability, asked.operation)
        ready = engine.draft(replace(asked, prompt=t(text_form.UNWRITTEN)) if empty else asked)
    except RelayscopeError as error:
        return told(error)
    if ready.refused and ready.refused.code == "needs_input":
        return t(N_("Add the file it is to work on."))
    if ready.refused and ready.refused.code == "needs_param":
        return t(N_("Fill in: {name}."), name=parameters.label(ready.refused.params["name"]))
    return why(ready.refused) if ready.refused else ready
