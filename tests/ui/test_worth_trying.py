"""What a form offers: what may well succeed, and what only another call can show to work again."""

from __future__ import annotations

import pytest

from lib.causes import CAUSES, reason
from lib.vocabulary import State, Verdict
from ui.choices import choices

SPENT = reason(CAUSES["account_quota_exhausted"])


@pytest.mark.parametrize(
    ("state", "only_a_call_tells", "offered"),
    [
        ("usable", False, True),
        ("rate_limited", False, True),
        ("untested", False, True),
        ("quota_exhausted", False, False),
        ("quota_exhausted", True, True),
        ("bad_key", False, False),
    ],
)
def test_offered_is_what_is_worth_trying(state: State, only_a_call_tells: bool, offered: bool) -> None:
    mine = Verdict("mine", "text", "glm-4-flash", state, None, SPENT, None, only_a_call_tells)
    found = choices([mine], "text")
    assert list(found.offered) == (["mine"] if offered else [])
    assert list(found.refused) == ([] if offered else [mine])
