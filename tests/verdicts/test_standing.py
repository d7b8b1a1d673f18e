"""How an API has stood, as a table: what was seen at which hour, and what is told of each time."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lib.causes import CAUSES, reason
from lib.connections.model import Connection
from lib.ledger import Ledger, evidence, spells
from lib.verdicts.standing import Standing, standing
from lib.vocabulary import Capability, Evidence, State, Step, Verdict
from tests.ledger.ledger_rows import NOON

MINE = Connection(id="mine", provider="openai", relay="demo", capabilities=("text",))
TEN = 10
"""The hour it is."""


def seen(hour: float, step: Step, code: str = "", model: str | None = None) -> Evidence:
    cause = CAUSES[code] if code else None
    state: State = cause.state if cause else "usable"  # type: ignore[assignment]
    capability: Capability | None = "text" if model else None
    return Evidence(
        NOON + timedelta(hours=hour), "mine", step, cause is None, state, "GET", "/v1/models", model, capability,
        reason=reason(cause) if cause else None,
    )  # fmt: skip


def ladder(hour: float, code: str = "") -> list[Evidence]:
    """Every rung passed; or the key's failed, which ends it."""
    if code:
        return [seen(hour, "line"), seen(hour, "key", code)]
    return [seen(hour, step) for step in ("line", "key", "quota", "permission")]


def call(hour: float, code: str = "", model: str = "m") -> list[Evidence]:
    return [seen(hour, "call", code, model)]


def told(home: Path, pieces: list[Evidence], limit: int = spells.MOST, **now: Any) -> Standing:
    """How the model `m` has stood; `now`: the verdict of it, at the tenth hour."""
    plain: dict[str, Any] = {"state": "usable", "proof": "ladder", "reason": reason(CAUSES["should_work"])}
    verdict = Verdict("mine", "text", "m", **plain | now)
    with Ledger.open(None, home) as ledger:
        ledger.write(lambda db: [evidence.add(db, one) for one in pieces])
        with ledger.read() as db:
            history = spells.looked_back(db, "mine", limit)
    return standing(MINE, [verdict], history, NOON + timedelta(hours=TEN))


def brief(found: Standing) -> list[tuple[Any, ...]]:
    ((_, stood),) = found
    return [
        (_hour(one.since), _hour(one.until), one.state, one.proof, one.seen_at and _hour(one.seen_at)) for one in stood
    ]


def _hour(at: datetime) -> float:
    return (at - NOON) / timedelta(hours=1)


CASES: list[tuple[str, list[Evidence], State, list[tuple[Any, ...]]]] = [
    ("nothing asked", [], "untested", []),
    ("checked once, long ago", ladder(1), "usable", [(1, 10, "usable", "ladder", 1)]),
    ("checked again just now", [*ladder(1), *ladder(9.5)], "usable", [(1, 10, "usable", "ladder", 9.5)]),
    ("down and back", [*ladder(1), *ladder(1.5, "key_expired"), *ladder(9.5)], "usable",
     [(1, 1.5, "usable", "ladder", 1.5), (1.5, 9.5, "expired_key", None, 1.5), (9.5, 10, "usable", "ladder", 9.5)]),
    ("a real call tells more than the ladder", [*ladder(1), *call(1.5), *ladder(9.5)], "usable",
     [(1, 1.5, "usable", "ladder", 1.5), (1.5, 10, "usable", "call", 1.5)]),
    ("a failed call is believed for an hour", [*ladder(1), *call(1.5, "no_channel"), *ladder(9.5)], "untested",
     [(1, 1.5, "usable", "ladder", 1.5), (1.5, 2.5, "not_offered", None, 1.5), (2.5, 10, "untested", None, 1.5)]),
    ("another model's call is another's", [*ladder(1), *call(1.5, "no_channel", "other"), *ladder(9.5)], "usable",
     [(1, 10, "usable", "ladder", 9.5)]),
    ("another model's success proves the key all the same",
     [*ladder(1, "bad_key"), *call(2, model="other"), *ladder(9.5)], "usable",
     [(1, 2, "bad_key", None, 1), (2, 9.5, "untested", None, 1), (9.5, 10, "usable", "ladder", 9.5)]),
    ("rungs one after another, before which nothing is known",
     [seen(1, "line"), seen(1.25, "key"), seen(1.5, "quota"), seen(9.75, "permission")], "usable",
     [(9.75, 10, "usable", "ladder", 9.75)]),
    ("never more than untested", [seen(9.5, "line")], "untested", [(9.5, 10, "untested", None, None)]),
]  # fmt: skip


@pytest.mark.parametrize(("pieces", "state", "expected"), [one[1:] for one in CASES], ids=[one[0] for one in CASES])
def test_how_it_stood(tmp_path: Path, pieces: list[Evidence], state: State, expected: list[tuple[Any, ...]]) -> None:
    assert brief(told(tmp_path, pieces, state=state)) == expected


def test_it_ends_in_the_verdict_of_now(tmp_path: Path) -> None:
    """A list that was read since tells of today alone."""
    gone = {"state": "no_permission", "proof": None, "checked_at": NOON + timedelta(hours=9.5)}
    assert brief(told(tmp_path, [*ladder(1), *ladder(9.5)], **gone)) == [
        (1, 9.5, "usable", "ladder", 9.5), (9.5, 10, "no_permission", None, 9.5),
    ]  # fmt: skip


def test_what_is_not_spoken_never_should_have_worked(tmp_path: Path) -> None:
    unspoken = {"state": "unsupported", "proof": None, "checked_at": NOON + timedelta(hours=9.5)}
    pieces = [*ladder(1), *ladder(2, "bad_key"), *ladder(9.5)]
    assert [one[2] for one in brief(told(tmp_path, pieces, **unspoken))] == ["unsupported", "bad_key", "unsupported"]


def test_an_outage_since_the_list_was_read_is_not_forgotten(tmp_path: Path) -> None:
    gone = {"state": "no_permission", "proof": None, "checked_at": NOON + timedelta(hours=1)}
    pieces = [*ladder(1), *ladder(9, "bad_key"), *ladder(9.5)]
    assert [one[2] for one in brief(told(tmp_path, pieces, **gone))] == ["usable", "bad_key", "no_permission"]


def test_of_a_long_history_the_newest_is_told_and_nothing_is_missing_in_it(tmp_path: Path) -> None:
    flapping = [one for n in range(6) for one in ladder(2 + n, "key_expired" if n % 2 == 0 else "")]
    assert brief(told(tmp_path, [*ladder(1), *flapping], limit=3)) == [
        (5, 6, "usable", "ladder", 6), (6, 7, "expired_key", None, 6), (7, 10, "usable", "ladder", 7),
    ]  # fmt: skip
