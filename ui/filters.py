"""A page's filters, kept in its address: a view can be linked to, gone back to and kept as a bookmark."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from lib.i18n import N_
from ui.words import t

BETWEEN = ","
"""Between the values of one filter."""
YES = "yes"


class Filters:
    """The filters of one page. Make it anew on every run, before the widgets; `keep()` after them.

    What the address says is taken up when it comes from elsewhere: a link, Back, a bookmark. `names`: of the filters
    that take several values; `text`: of those that take one; `flags`: of those that are on or off.
    """

    def __init__(self, page: str, text: Sequence[str], names: Sequence[str], flags: Sequence[str] = ()) -> None:
        self._page = page
        self._text = text
        self._names = names
        self._flags = flags
        keys = [self.key(name) for name in (*text, *names, *flags)]
        view, state = self._address(), st.session_state
        if view == state.get(f"{page}_view") and all(key in state for key in keys):
            return
        for name in text:
            state[self.key(name)] = view.get(name, "")
        for name in names:
            state[self.key(name)] = [one for one in view.get(name, "").split(BETWEEN) if one]
        for name in flags:
            state[self.key(name)] = name in view

    def key(self, name: str) -> str:
        """The key of a filter's widget."""
        return f"{self._page}_{name}"

    def typed(self, name: str, label: str, placeholder: str) -> str:
        """A field to search by; what was typed, in lower case."""
        found = st.text_input(
            label, key=self.key(name), placeholder=placeholder, icon=":material/search:", label_visibility="collapsed"
        )
        return (found or "").strip().casefold()

    def chosen(self, name: str, options: Mapping[str, str], every: str, label: str) -> list[str]:
        """Several of some options, each with its name; nothing chosen means all, which is what `every` says."""
        state, key = st.session_state, self.key(name)
        state[key] = [one for one in state[key] if one in options]
        return st.multiselect(
            label, list(options), key=key, format_func=lambda one: options.get(one, one), placeholder=every,
            label_visibility="collapsed",
        )

    def one_of(self, name: str, options: Mapping[str, str], label: str) -> str:
        """One of some options, each with its name; the first where the address names none of them."""
        state, key = st.session_state, self.key(name)
        if state[key] not in options:
            state[key] = next(iter(options))
        return st.selectbox(
            label, list(options), key=key, format_func=lambda one: options.get(one, one), label_visibility="collapsed"
        )

    def flag(self, name: str, label: str) -> bool:
        """On or off."""
        return st.toggle(label, key=self.key(name))

    def clear(self) -> None:
        """Shows everything again; for a button's callback."""
        for name in self._text:
            st.session_state[self.key(name)] = ""
        for name in self._names:
            st.session_state[self.key(name)] = []
        for name in self._flags:
            st.session_state[self.key(name)] = False

    def keep(self) -> None:
        """Puts what is chosen into the address."""
        state = st.session_state
        view = {name: state[self.key(name)] for name in self._text}
        view |= {name: BETWEEN.join(state[self.key(name)]) for name in self._names}
        view |= {name: YES if state[self.key(name)] else "" for name in self._flags}
        for name, value in view.items():
            if value:
                st.query_params[name] = value
            elif name in st.query_params:
                del st.query_params[name]
        state[f"{self._page}_view"] = self._address()

    def _address(self) -> dict[str, str]:
        names = (*self._text, *self._names, *self._flags)
        return {name: found for name in names if (found := st.query_params.get(name))}


def nothing(clear: Callable[[], None], key: str) -> None:
    """Says that nothing fits the filters, and offers to clear them."""
    st.markdown(t(N_("Nothing fits these filters.")))
    st.button(t(N_("Clear the filters")), key=key, icon=":material/filter_alt_off:", on_click=clear)
