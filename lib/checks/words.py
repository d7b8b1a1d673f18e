"""What was asked, by name, and what that showed, as one sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo

from lib.causes import words
from lib.http.proxies import SETTINGS, SYSTEM
from lib.i18n import N_, Translate
from lib.vocabulary import Evidence, Step

PASSED: Mapping[Step, Sequence[tuple[str, str]]] = {
    "line": [("", N_("The line answers."))],
    "key": [
        ("listed", N_("The key is accepted. Models in its own list: {listed}.")),
        ("", N_("The key is accepted.")),
    ],
    "quota": [
        ("unlimited", N_("The quota is unlimited.")),
        ("characters", N_("{characters} characters left.")),
        ("remaining", N_("{currency} {remaining} left.")),
        ("", N_("The quota is not used up.")),
    ],
    "permission": [("", N_("Models in its list: {listed}; of use for this connection: {allowed}."))],
    "call": [
        ("expected", N_("It answered, but {question} was not {expected}.")),
        ("", N_("A real call has succeeded.")),
    ],
}
"""What each rung shows where it passed: the first sentence whose figure was told."""


def sentence(evidence: Evidence, t: Translate, zone: tzinfo | None = None) -> str:
    """The rung in the user's language: what was seen where it passed, else the cause; times in `zone`."""
    if not evidence.ok and evidence.reason is not None:
        return words(evidence.reason, t, zone).message
    passed = next(words for figure, words in PASSED[evidence.step] if not figure or figure in evidence.detail)
    told = {key: _in_cents(text) if key == "remaining" else text for key, text in evidence.detail.items()}
    return t(passed, **told)


STAGES: Mapping[str, str] = {
    "dns_ms": N_("DNS {ms} ms"),
    "connect_ms": N_("connect {ms} ms"),
    "proxy_ms": N_("proxy {ms} ms"),
    "tls_ms": N_("TLS {ms} ms"),
    "first_byte_ms": N_("first byte {ms} ms"),
}
"""How long each stage took, by the figures of evidence."""
NAMED_BY: Mapping[str, str] = {SETTINGS: N_("your settings"), SYSTEM: N_("the system's settings")}
"""Where a proxy is named; a variable of the environment goes by its own name."""


def way(detail: Mapping[str, str], t: Translate) -> str:
    """How a request came to the server, or how far, and through which proxy; empty where nothing is known of it.

    `detail`: of evidence, or `way_of` its times.
    """
    took = " · ".join(t(said, ms=detail[name]) for name, said in STAGES.items() if name in detail)
    named_by = detail.get("proxy_by", "")
    through = t(
        N_("through the proxy {proxy} ({named_by})"),
        proxy=detail.get("proxy", ""), named_by=t(NAMED_BY[named_by]) if named_by in NAMED_BY else named_by,
    )  # fmt: skip
    parts = (took, through if "proxy" in detail else "")
    return " · ".join(part for part in parts if part)


def _in_cents(amount: str) -> str:
    """An amount with at least two decimals."""
    whole, _, cents = amount.partition(".")
    return f"{whole}.{cents:0<2}"
