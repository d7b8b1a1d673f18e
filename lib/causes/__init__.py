"""What a server's words mean: from an answer to its cause, and from a cause to a reason and to words.

`rows` has what can be said, `rules` how it is recognised; another protocol adds rows and rules, not code.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from string import Formatter

from lib.causes.rows import CAPABILITY_NAMES, CAUSES, STAGE_NAMES, STATE_NAMES, STEP_NAMES, Cause
from lib.causes.rules import RULES, SAY_NOTHING, Rule
from lib.errors import LineFault
from lib.i18n import N_, Translate
from lib.vocabulary import Reason, WhoseMove
from lib.wire import Said

__all__ = [
    "CAPABILITY_NAMES",
    "CAUSES",
    "STATE_NAMES",
    "STEP_NAMES",
    "Cause",
    "Worded",
    "judge",
    "of_line_fault",
    "reason",
    "remembered",
    "words",
]

LINE_FAULTS = {"redirects": "redirected", "too_large": "too_large"}
"""Faults of a line that aren't the line's; the others have a row `line_<kind>`."""

UNNAMED = {
    "model": N_("this model"), "group": N_("this group"), "step": N_("this rung"), "stage": N_("an answer"),
    "answer": N_("none"),
}  # fmt: skip
"""What stands in a sentence for a parameter that nobody gave."""

NAMED: Mapping[str, Mapping[str, str]] = {
    "provider": {"Custom": N_("another provider")},
    "step": STEP_NAMES,
    "stage": STAGE_NAMES,
    "state": STATE_NAMES,
    "capability": CAPABILITY_NAMES,
    "allowed": CAPABILITY_NAMES,
    "makes": CAPABILITY_NAMES,
}
"""Parameters that are words of the contract, or several with commas, with their names for the user."""

CLOCKS = ("again_at",)
"""Parameters that are a time within the hour, kept in ISO form and said as hh:mm."""

QUOTED = 500
"""Characters of a server's words that a reason keeps."""


@dataclass(frozen=True, slots=True)
class Worded:
    """A reason in the user's language."""

    message: str
    remedy: str
    whose_move: WhoseMove


@dataclass(frozen=True, slots=True)
class _Case:
    """One answer as the rules see it."""

    said: Said
    codes: frozenset[str]
    words: str
    protocol: str
    through_relay: bool
    posted: bool


def judge(said: Said, protocol: str, *, through_relay: bool = False, posted: bool = True) -> Cause:
    """The cause of a fault, told in `protocol` ("openai", "newapi"): by code and words, by status last.

    `through_relay`: whose quota, key and place are meant depends on it. `posted`: the request may have been billed
    (any POST), so a gateway that gave up waiting proves nothing; False for a GET.
    """
    plain = _with_status(said)
    codes = frozenset(code.casefold() for code in (plain.code, plain.kind, plain.finer) if code)
    case = _Case(plain, codes, plain.message.casefold(), protocol, through_relay, posted)
    return next(CAUSES[rule.cause] for rule in RULES if _fits(rule, case))


def of_line_fault(fault: LineFault) -> Cause:
    """The cause of a request without a whole HTTP answer. One whose head came isn't the line's fault."""
    broken = f"line_{fault.kind}" if fault.http_status is None else "unreadable"
    return CAUSES[LINE_FAULTS.get(fault.kind, broken)]


def reason(cause: Cause, said: Said | None = None, /, **params: str) -> Reason:
    """A cause with its parameters and the server's own words: cut, without control characters, not yet redacted."""
    if said is None:
        return Reason(cause.code, cause.whose_move, params)
    told = {"code": said.code or said.kind, "status": str(said.status)}
    wanted = {name: value for name, value in told.items() if name in _parameters(cause.message)}
    return Reason(cause.code, cause.whose_move, wanted | params, _quote(said))


def remembered(code: str, params: Mapping[str, str], said: str = "") -> Reason:
    """A reason of which only the code was kept. A code that this version doesn't know is nobody's move."""
    cause = CAUSES.get(code)
    return Reason(code, cause.whose_move if cause else "nobody", params, said)


def words(why: Reason, translate: Translate, zone: tzinfo | None = None) -> Worded:
    """A reason in the user's language, its times in his zone (None: the system's).

    A code of another version, not known here, is shown as itself.
    """
    cause = CAUSES.get(why.code)
    params = dict(why.params)
    if cause is None:
        cause, params = CAUSES["unknown_code"], {"code": why.code}
    params |= {name: _named(params[name], names, translate) for name, names in NAMED.items() if name in params}
    params |= {name: _clock(params[name], zone) for name in CLOCKS if name in params}
    message, remedy = (_filled(msgid, params, translate) for msgid in (cause.message, cause.remedy))
    return Worded(message, remedy, why.whose_move)


def _clock(iso: str, zone: tzinfo | None) -> str:
    return f"{datetime.fromisoformat(iso).astimezone(zone):%H:%M}"


def _with_status(said: Said) -> Said:
    """An HTTP status written as the body's code is no code; inside a stream it is the true status."""
    if not (said.code.isascii() and said.code.isdigit() and 400 <= int(said.code[:4]) < 600):
        return said
    return replace(said, code="", status=int(said.code[:4]) if said.status < 400 else said.status)


def _fits(rule: Rule, case: _Case) -> bool:
    said = case.said
    return (
        (not rule.protocols or case.protocol in rule.protocols)
        and (not rule.statuses or said.status in rule.statuses)
        and said.status not in rule.not_statuses
        and (not rule.codes or not case.codes.isdisjoint(rule.codes))
        and (not rule.words or _says(case.words, rule.words))
        and (not rule.params or said.param in rule.params)
        and (rule.body is None or (said.html if rule.body == "page" else said.empty))
        and rule.relay in (None, case.through_relay)
        and rule.posted in (None, case.posted)
        and rule.coded in (None, bool(said.code) and said.code.casefold() not in SAY_NOTHING)
    )


def _says(text: str, sentences: Collection[str]) -> bool:
    return any(_has_in_order(text, sentence.split("…")) for sentence in sentences)


def _has_in_order(text: str, pieces: list[str]) -> bool:
    at = 0
    for piece in pieces:
        at = text.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    return True


def _quote(said: Said) -> str:
    """The server's words, with its code and parameter unless they have them: one sentence covers many faults."""
    text, *marks = (_clean(words) for words in (said.message, said.code, said.param))
    marks = [mark for mark in marks if mark and mark not in text]
    return (f"{text} ({', '.join(marks)})" if marks else text)[:QUOTED].strip()


def _clean(text: str) -> str:
    """Text in one line, without control characters and marks that turn its direction."""
    return " ".join("".join(c for c in text if c.isspace() or not unicodedata.category(c).startswith("C")).split())


def _parameters(message: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(message) if name}


def _named(codes: str, names: Mapping[str, str], translate: Translate) -> str:
    return ", ".join(translate(names.get(code, code)) for code in codes.split(", "))


def _filled(message: str, params: dict[str, str], translate: Translate) -> str:
    missing = {name: translate(UNNAMED[name]) if name in UNNAMED else "…" for name in _parameters(message)}
    return translate(message, **missing | {name: value for name, value in params.items() if value})
