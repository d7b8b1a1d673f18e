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
    "other_currency": N_("The estimate is in {ours}, the bill in {theirs}: they aren't compared."),
    "cache_differs": N_("The relay counts other cached tokens: {theirs} there, {ours} in the answer."),
    "tokens_differ": N_("The relay counts other tokens: {theirs} there, {ours} in the answer."),
    "rounding": N_("Rounded otherwise, by one unit of its quota."),
    "other_group": N_("Billed by the group {theirs}, not {ours}: {factor} times the estimate."),
    "price_changed": N_("Billed by another price than the relay listed: {theirs}, not {ours}."),
    "other_price": N_("Billed by another price than the one used here: {theirs}, not {ours}."),
    "multiplier": N_("Billed {factor} times the estimate; nothing the relay tells says why."),
    "billed_though_free": N_("Billed, though it costs nothing by the price known here."),
    "another_time": N_("The relay's log has it at another time: {theirs}."),
    "another_program": N_("Not from here: another program's call, or another data folder's."),
    "refund_alone": N_("Quota given back, of no call that is known here."),
}
NAMES: Mapping[Why, str] = {
    "billed_though_failed": N_("Billed though failed"),
    "cut_billed_in_full": N_("Cut, billed in full"),
    "billed_twice": N_("Billed more than once"),
    "refunded": N_("Given back"),
    "not_billed": N_("Not billed"),
    "no_estimate": N_("No estimate"),
    "other_currency": N_("Another currency"),
    "cache_differs": N_("Other cached tokens"),
    "tokens_differ": N_("Other tokens"),
    "rounding": N_("Rounding"),
    "other_group": N_("Another group"),
    "price_changed": N_("Price changed"),
    "other_price": N_("Another price"),
    "multiplier": N_("Hidden multiplier"),
    "billed_though_free": N_("Billed though free"),
    "another_time": N_("Another time"),
    "another_program": N_("Not from here"),
    "refund_alone": N_("Refund alone"),
}
"""The same in a word or two, to choose by."""
NOT_IN_LOG = N_("The relay's log doesn't have it.")
"""Of a call that is only here."""


def sentence(why: Difference, t: Translate) -> str:
    """A difference in the user's language."""
    return t(SENTENCES[why.code], **why.params)
