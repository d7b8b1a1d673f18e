"""What a rung showed, as one sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import tzinfo

from lib.causes import words
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


def _in_cents(amount: str) -> str:
    """An amount with at least two decimals."""
    whole, _, cents = amount.partition(".")
    return f"{whole}.{cents:0<2}"
