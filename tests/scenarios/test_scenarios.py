"""Every row of the table of scenarios: its state, code, whose move, remedy; and that nothing was charged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal

import pytest

from lib.causes import CAUSES, remembered, words
from lib.i18n import translator
from lib.vocabulary import STATES
from tests.conftest import ROOT
from tests.scenarios.page import PAGE, page
from tests.scenarios.playing import Played, play
from tests.scenarios.row import Row
from tests.scenarios.table import EXPECTED, ROWS

ENGLISH = translator("en")
ENDS = {"possibly_billed": "unknown", "interrupted": "interrupted", "no_answer": "interrupted"}
CHECKS = [pytest.param(row, id=row.name) for row in ROWS if not row.call]
CALLS = [pytest.param(row, id=row.name) for row in ROWS if row.call]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Played]:
    return play(ROWS, tmp_path_factory.mktemp("scenes"))


def test_the_table_is_large_enough_and_says_where_all_of_it_is_from() -> None:
    assert len(ROWS) >= 120
    assert not [name for name, times in Counter(row.name for row in ROWS).items() if times > 1]
    assert not [row.name for row in ROWS if not row.source]
    assert {row.code for row in ROWS} == set(EXPECTED)


@pytest.mark.parametrize("code", EXPECTED)
def test_what_is_expected_of_each_cause(code: str) -> None:
    state, whose_move, remedy = EXPECTED[code]
    cause = CAUSES[code]
    worded = words(remembered(code, {}), ENGLISH)
    assert (cause.state, cause.whose_move, worded.whose_move) == (state, whose_move, whose_move)
    assert remedy in worded.remedy


@pytest.mark.parametrize("row", CHECKS)
def test_a_free_check_tells_the_true_cause(row: Row, played: Mapping[str, Played]) -> None:
    found = played[row.name]
    state, whose_move, remedy = EXPECTED[row.code]
    why = found.verdict.reason
    assert (found.verdict.state, why.code, why.whose_move) == (state, row.code, whose_move)
    assert remedy in words(why, ENGLISH).remedy
    assert tuple(step.step for step in found.steps) == row.rungs
    assert found.posts == 0
    assert not [step for step in found.steps if step.call]
    if row.left is not None:
        assert left(found) == row.left


def left(found: Played) -> tuple[str, str]:
    assert found.quota is not None
    money = found.quota.remaining
    return ("unlimited", "") if money is None else (money.plain, money.currency)


@pytest.mark.parametrize("row", CALLS)
def test_a_refused_call_tells_the_true_cause_and_is_sent_once(row: Row, played: Mapping[str, Played]) -> None:
    found = played[row.name]
    state, whose_move, remedy = EXPECTED[row.code]
    call = found.call
    assert call is not None
    assert (call.error_state, call.error_code, call.status) == (state, row.code, ENDS.get(row.code, "failed"))
    why = remembered(row.code, call.error_params, call.error_message or "")
    assert why.whose_move == whose_move
    assert remedy in words(why, ENGLISH).remedy
    assert (found.posts_before, found.posts) == (0, 1)
    told = call.estimated.amount if call.estimated else None
    assert (told == Decimal(0)) is row.free, "a definite refusal costs nothing; what may have been billed isn't 0"


@pytest.mark.parametrize("row", CALLS)
def test_what_a_refused_call_proves_of_its_api(row: Row, played: Mapping[str, Played]) -> None:
    """A fault of one call alone, or one nobody knows, proves nothing: what the ladder said stays."""
    found = played[row.name]
    before, after = found.verdict, found.after
    assert before.state in ("usable", "untested")
    state = EXPECTED[row.code][0]
    if state in STATES and state != "untested" and row.code not in ENDS:
        assert (after.state, after.reason.code) == (state, row.code)
    else:
        assert after.state in (before.state, "untested")


def test_the_page_of_causes_is_up_to_date() -> None:
    """`python -m tests.scenarios` writes it."""
    assert (ROOT / PAGE).read_text(encoding="utf-8") == page()
