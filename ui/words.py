"""Words in the reader's language and times in his zone: what every page says goes through here."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st
from babel import Locale, UnknownLocaleError
from babel.numbers import format_decimal

from lib import causes
from lib.causes import CAPABILITY_NAMES, Worded
from lib.errors import Refused, RelayscopeError
from lib.i18n import N_, Language, choose, translator
from lib.providers import providers
from lib.vocabulary import Capability, Money, Quota, Reason
from ui import format as figures
from ui.engine import door
from ui.markdown import literal

LANGUAGE = "language"
"""The user's setting, and the key under which a session keeps it between two questions to the ledger."""

NAMES: Mapping[Language, str] = {"zh_CN": "中文", "en": "English"}


def settle_language() -> None:
    """Decides the language of this run: the user's choice, else RELAYSCOPE_LANG, else the browser's."""
    # First without the ledger, so that even its failure is told in the right language.
    st.session_state[LANGUAGE] = choose(os.environ.get("RELAYSCOPE_LANG") or st.context.locale)
    if chosen := door().setting(LANGUAGE):
        st.session_state[LANGUAGE] = choose(chosen)


def language() -> Language:
    """The language of this run."""
    return _later.get() or choose(st.session_state.get(LANGUAGE))


_later: ContextVar[Language | None] = ContextVar("language_of_what_is_made_later", default=None)


def later(make: Callable[[], str]) -> Callable[[], str]:
    """What is made when it is asked for, such as a download: no page is drawn then, so in the language of now."""
    now = language()

    def made() -> str:
        token = _later.set(now)
        try:
            return make()
        finally:
            _later.reset(token)

    return made


def t(msgid: str, **params: str) -> str:
    """Words a message id in the reader's language."""
    return translator(language())(msgid, **params)


def worded(reason: Reason) -> Worded:
    """Words a reason."""
    return causes.words(reason, translator(language()), zone())


def told(error: RelayscopeError) -> str:
    """Words an error, as plain text that Markdown obeys nowhere; a refusal also with what to do."""
    if isinstance(error, Refused):
        why = worded(Reason(error.code, "you", error.params))
        return literal(f"{why.message} {why.remedy}")
    return literal(t(error.message, **error.params))


def tongue(code: str) -> str:
    """What a language is called, by its code such as `EN-US`; empty for one that isn't known."""
    try:
        return Locale.parse(code, sep="-").get_display_name(language()) or ""
    except (ValueError, UnknownLocaleError):
        return ""


def money(amount: Money | None) -> str:
    """An amount with its ISO code, or that nobody knows it."""
    return t(N_("unknown")) if amount is None else figures.amount(amount, language())


LEAST_SHARE = 0.0005
"""What is less would read as 0 %."""


def change(before: Money | None, after: Money | None) -> str:
    """`+USD 0.50 (+50 %)`: from one amount to another; empty where they can't be compared."""
    if before is None or after is None or before.currency != after.currency:
        return ""
    more = after.amount - before.amount
    return signed(more, money(Money(abs(more), after.currency)), before.amount)


def signed(more: Decimal, said: str, before: Decimal) -> str:
    """A difference, `said` without its sign, with its share of what was before, where that is any to speak of."""
    if not more:
        return "±0"
    share = float(more / before) if before else 0.0
    shown = f" ({percent(share, signed=True)})".replace("-", "−") if abs(share) >= LEAST_SHARE else ""
    return f"{'+' if more > 0 else '−'}{said}{shown}"


def amounts(found: Mapping[str, Money]) -> str:
    """`USD 0.0123 + CNY 1.20`, or that it is nothing."""
    return " + ".join(money(one) for one in found.values() if one.amount) or t(N_("nothing"))


def quota(left: Quota | None) -> str:
    """What is left for a key."""
    if left is None:
        return t(N_("not known"))
    if left.characters is not None:
        return t(N_("{count} characters"), count=count(left.characters))
    return t(N_("Unlimited")) if left.unlimited else money(left.remaining)


def capability(name: Capability) -> str:
    """A capability's name."""
    return t(CAPABILITY_NAMES[name])


def maker(id: str) -> str:
    """The name of who makes an API, plain text; an id that isn't known any more is its own name."""
    if id == "custom":
        return t(N_("Other providers"))
    return providers()[id].name if id in providers() else id


def count(number: int) -> str:
    """A whole number with its thousands marked."""
    return figures.count(number, language())


def first(names: Sequence[str], shown: int) -> str:
    """The first of some names, and how many more there are."""
    more = len(names) - shown
    return ", ".join(names[:shown]) + (f" +{count(more)}" if more > 0 else "")


def number(value: Decimal, pattern: str) -> str:
    """A figure by a pattern of Unicode's (CLDR)."""
    return format_decimal(value, pattern, locale=language())


def ago(at: datetime) -> str:
    """How long ago that was."""
    return figures.age(at, datetime.now(UTC), language()) or t(N_("just now"))


def moment(at: datetime) -> str:
    """Date and time in the browser's zone."""
    return figures.moment(at, zone(), language())


def stretch(since: datetime, until: datetime) -> str:
    """From when to when in the browser's zone."""
    return figures.stretch(since, until, zone(), language())


def duration(ms: int | None) -> str:
    """How long something took."""
    return "–" if ms is None else figures.duration(ms, language())


def day(iso: str, *, short: bool = False) -> str:
    """A day or a month of the ledger's."""
    return figures.day(iso, language(), short=short)


def percent(part: float, *, signed: bool = False) -> str:
    """A share, or a change by one."""
    return figures.percent(part, language(), signed=signed)


def zone() -> ZoneInfo:
    """The browser's time zone; UTC until it has told."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
