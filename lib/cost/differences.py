"""Why our log and a relay's differ, in words."""

from __future__ import annotations

from collections.abc import Mapping

from lib.cost.reconciliation import Difference, Why
from lib.i18n import N_, Translate

SENTENCES: Mapping[Why, str] = {
    "billed_though_failed": N_("Billed, though the call failed."),
    "cut_billed_in_full": N_("The answer broke off; more was billed than came."),
    "billed_twice": N_("Billed more than once."),
    "refunded": N_("Charged, then given back."),
    "not_billed": N_("Not billed."),
    "no_estimate": N_("No price was known here, so there is no estimate."),
    "cache_differs": N_("The relay counts other cached tokens: {theirs} there, {ours} in the answer."),
    "tokens_differ": N_("The relay counts other tokens: {theirs} there, {ours} in the answer."),
    "rounding": N_("Rounded otherwise, by one unit of its quota."),
    "other_group": N_("Billed by the group {theirs}, not {ours}: {factor} times the estimate."),
    "price_changed": N_("Billed by another price than the relay listed: {theirs}, not {ours}."),
    "other_price": N_("Billed by another price than the one used here: {theirs}, not {ours}."),
    "multiplier": N_("Billed {factor} times the estimate; nothing the relay tells says why."),
    "billed_though_free": N_("Billed, though it costs nothing by the price known here."),
    "another_time": N_("The relay's log has it at another time: {theirs}."),
    "another_program": N_("Not a call of ours: another program used this key, or it was made in another data folder."),
    "refund_alone": N_("Quota given back, of no call that is known here."),
}
NOT_IN_LOG = N_("The relay's log doesn't have it.")
"""Of a call that is only here."""


def sentence(why: Difference, t: Translate) -> str:
    """A difference in the user's language."""
    return t(SENTENCES[why.code], **why.params)
