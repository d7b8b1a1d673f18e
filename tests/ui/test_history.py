"""The history of evidence on the pages: each change with its time and cause, opened for the requests behind it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, delete
from streamlit.testing.v1 import AppTest

from lib.ledger import evidence
from lib.ledger.schema import evidence as pieces_kept
from lib.ledger.schema import evidence_newest, evidence_spells
from lib.verdicts.standing import Stood
from lib.vocabulary import Evidence, Reason, State, Verdict
from tests.ui.conftest import go, words
from ui.engine import door
from ui.format import stretch
from ui.strips import Strip, begin, ticks
from ui.strips import strips as made

NOW = datetime.now(UTC)
EXPIRED = Reason("key_expired", "you")


def was(hours: float, why: Reason | None = None, **changes: Any) -> Evidence:
    """What a check showed of sora's key so many hours ago."""
    state = "expired_key" if why else "usable"
    plain = {"ok": why is None, "state": state, "method": "GET", "path": "/v1/models", "step": "key", "reason": why}
    return Evidence(NOW - timedelta(hours=hours), "sora", **(plain | changes))  # type: ignore[arg-type]


def told(*pieces: Evidence) -> None:
    """Puts this in the place of all that was seen of it."""

    def change(db: Connection) -> None:
        for table in (evidence_newest, evidence_spells, pieces_kept):
            db.execute(delete(table))
        for one in sorted(pieces, key=lambda one: one.at):
            evidence.add(db, one)

    door().engine.ledger.write(change)


def lines(app: AppTest) -> list[str]:
    """The lines of the history, as they are read closed."""
    return [one.label for one in app.expander if "**" in one.label]


@pytest.fixture
def story(app: AppTest) -> AppTest:
    """It worked, its key expired, it was renewed; one call of its model failed before."""
    app.run()
    call = {"step": "call", "model": "sora-2", "capability": "video", "path": "/v1/videos"}
    no_channel = Reason("no_channel", "relay", {"model": "sora-2"})
    told(
        *(was(n) for n in (50, 49, 48, 47, 46, 45)), *(was(n, EXPIRED, request_id=f"r{n}") for n in (30, 29)), was(20),
        was(40, no_channel, **call, state="not_offered"), was(39, no_channel, **call | {"model": "veo"}),
    )  # fmt: skip
    return app


def test_an_opened_cell_tells_when_it_went_down_and_came_back(story: AppTest) -> None:
    story.query_params["cell"] = "sora.video"
    page = go(story, "matrix")
    assert not page.exception
    found = lines(page)
    keys = [one for one in found if "**key**" in one]
    assert ["Key expired" in one for one in keys] == [False, True, False]
    assert "since" in keys[0]
    assert "seen 2 times" in keys[1]
    assert "This key has expired" in keys[1]
    assert "seen 6 times" in keys[2]
    assert [("sora-2" in one, "Not offered" in one) for one in found if "**real call**" in one] == [(True, True)]


def test_a_line_opens_for_the_requests_that_showed_it(story: AppTest) -> None:
    story.query_params["cell"] = "sora.video"
    assert "r29" not in words(go(story, "matrix"))
    (expired,) = [one for one in door().engine.history("sora") if one.cause == "key_expired"]
    story.session_state[f"cell_spell_{expired.id}"] = True
    said = words(story.run())
    assert said.index("r29") < said.index("r30")


def test_of_many_that_showed_the_same_few_are_kept_and_that_is_said(story: AppTest) -> None:
    story.query_params["cell"] = "sora.video"
    story.session_state[f"cell_spell_{door().engine.history('sora')[-1].id}"] = True
    assert "Of 6 that showed the same" in words(go(story, "matrix"))


def strips(app: AppTest) -> list[str]:
    """What the strips say to who can't see them: one line for each."""
    return [line for one in app.get("plotly_chart") for line in one.proto.alt.split(". ")]  # type: ignore[attr-defined]


def test_a_strip_shows_when_an_api_went_down_and_came_back(story: AppTest) -> None:
    story.query_params["cell"] = "sora.video"
    (told,) = strips(go(story, "matrix"))
    assert told.startswith("sora-2: ")
    assert re.findall(r"Should work|Not offered|Key expired|Untested", told) == [
        "Not offered", "Untested", "Key expired", "Untested",
    ]  # fmt: skip


def test_the_strips_stand_wherever_evidence_is_opened(story: AppTest) -> None:
    story.session_state["evidence_sora_video_sora"] = True
    story.button(key="evidence_sora_video_sora").click().run()
    assert not story.exception
    assert len(strips(story)) == 1
    assert lines(story)


def alike(states: str) -> list[Any]:
    """Models `a`, `b` …, each with how it has stood: up or down, for an hour each."""
    hours = [NOW + timedelta(hours=n) for n in range(len(states) + 1)]
    state: dict[str, Any] = {"u": "usable", "d": "expired_key"}
    times = zip(states, pairwise(hours), strict=True)
    return [Stood(since, until, state[one], None, until) for one, (since, until) in times]


def test_models_that_stood_alike_share_a_strip_the_best_first() -> None:
    told: dict[str, tuple[State, str]] = {
        "a": ("expired_key", "ud"), "b": ("usable", "udu"), "c": ("expired_key", "ud"), "d": ("untested", ""),
    }  # fmt: skip
    found = [
        (Verdict("c", "text", name, state, None, EXPIRED), tuple(alike(stood)))
        for name, (state, stood) in told.items()
    ]
    assert [one.models for one in made(found)] == [("b",), ("a", "c")]


@pytest.mark.parametrize(("states", "hours"), [("u", 0), ("ud", 2 / 3), ("uuuuuuuuud", 0), ("ud" * 3, 0)])
def test_the_strip_begins_shortly_before_the_first_change(states: str, hours: float) -> None:
    (one,) = [Strip(("a",), tuple(alike(states)))]
    assert begin([one]) == NOW + timedelta(hours=hours)


SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
MORNING = datetime(2026, 11, 25, 9, 50, tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "hours", "zone", "language", "expected"),
    [
        (MORNING, 1, SHANGHAI, "en", ["18:00", "18:15", "18:30", "18:45"]),
        (MORNING, 24, SHANGHAI, "en", ["18:00", "26 Nov", "06:00", "12:00"]),
        (MORNING, 4 * 24, SHANGHAI, "zh_CN", ["11月26日", "11月27日", "11月28日", "11月29日"]),
        (datetime(2026, 3, 28, 9, 50, tzinfo=UTC), 4 * 24, BERLIN, "en", ["29 Mar", "30 Mar", "31 Mar", "1 Apr"]),
        (MORNING, 0.001, SHANGHAI, "en", ["17:50"]),
        (MORNING + timedelta(seconds=5), 0.01, SHANGHAI, "en", ["17:50"]),
    ],
)
def test_the_axis_has_a_few_times_by_the_readers_clock(
    since: datetime, hours: float, zone: ZoneInfo, language: Any, expected: list[str]
) -> None:
    assert [text for _, text in ticks(since, since + timedelta(hours=hours), zone, language)] == expected


@pytest.mark.parametrize(
    ("hours", "language", "expected"),
    [
        ((10, 10), "en", "25 Nov 2026, 18:00"),
        ((10, 11), "en", "25 Nov 2026, 18:00 – 19:00"),
        ((10, 11), "zh_CN", "2026-11-25 18:00 – 19:00"),
        ((10, 17), "en", "25 Nov 2026, 18:00 – 26 Nov 2026, 01:00"),
    ],
)
def test_from_when_to_when(hours: tuple[int, int], language: Any, expected: str) -> None:
    first, last = (datetime(2026, 11, 25, hour, tzinfo=UTC) for hour in hours)
    assert stretch(first, last, ZoneInfo("Asia/Shanghai"), language) == expected
