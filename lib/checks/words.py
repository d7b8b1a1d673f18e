"""What a rung showed, as one sentence."""

from __future__ import annotations

from lib.causes import words
from lib.i18n import N_, Translate
from lib.vocabulary import Evidence

PASSED = {
    "line": N_("The line answers."),
    "key": N_("The key is accepted; its own list has {listed} models."),
    "quota": N_("{remaining} {currency} left."),
    "unlimited": N_("The quota is unlimited."),
    "permission": N_("{allowed} of its {listed} models are what this connection is for."),
    "call": N_("A real call has succeeded."),
}


def sentence(evidence: Evidence, t: Translate) -> str:
    """The rung in the user's language: what was seen where it passed, else the cause."""
    if not evidence.ok and evidence.reason is not None:
        return words(evidence.reason, t).message
    name = "unlimited" if "unlimited" in evidence.detail else evidence.step
    return t(PASSED[name], **evidence.detail)
