"""What a rung showed, as one sentence."""

from __future__ import annotations

from lib.causes import words
from lib.i18n import N_, Translate
from lib.vocabulary import Evidence

PASSED = {
    "line": N_("The line answers."),
    "key": N_("The key is accepted. Models in its own list: {listed}."),
    "quota": N_("{currency} {remaining} left."),
    "unlimited": N_("The quota is unlimited."),
    "permission": N_("Models in its list: {listed}; of use for this connection: {allowed}."),
    "call": N_("A real call has succeeded."),
}


def sentence(evidence: Evidence, t: Translate) -> str:
    """The rung in the user's language: what was seen where it passed, else the cause."""
    if not evidence.ok and evidence.reason is not None:
        return words(evidence.reason, t).message
    name = "unlimited" if "unlimited" in evidence.detail else evidence.step
    told = {key: _in_cents(text) if key == "remaining" else text for key, text in evidence.detail.items()}
    return t(PASSED[name], **told)


def _in_cents(amount: str) -> str:
    """An amount with at least two decimals."""
    whole, _, cents = amount.partition(".")
    return f"{whole}.{cents:0<2}"
