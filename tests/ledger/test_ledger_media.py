"""The index of files: pages of what calls made are whole, and a file counts as long as any call has it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from ledger_rows import NOON, row

from lib.ledger import Ledger, calls, media
from lib.ledger.calls import Payload
from lib.ledger.media import Kept, Name, Role, Stored

PNG = Kept("a" * 64, "image/png", 100)
MP4 = Kept("b" * 64, "video/mp4", 2000)
WAV = Kept("c" * 64, "audio/wav", 30)
JSON = Kept("d" * 64, "application/json", 4)

Log = dict[str, str]


def fill(ledger: Ledger, *made: tuple[str, dict[str, Any], dict[Role, list[Kept]]]) -> Log:
    """Calls an hour apart with their files; their ids by prompt."""
    ids: Log = {}
    for hour, (prompt, changes, files) in enumerate(made):
        call = row(NOON + timedelta(hours=hour), **{"capability": "image", **changes})
        ids[prompt] = call.id
        said = Payload(prompt, {"params": {"n": 1}})
        ledger.write(lambda db, call=call, said=said: calls.insert(db, call, said))
        for role, kept in files.items():
            ledger.write(lambda db, call=call, role=role, kept=kept: media.add(db, call.id, role, kept))
    return ids


@pytest.fixture
def log(ledger: Ledger) -> Log:
    return fill(
        ledger,
        ("one 5%", {"model": "draw-1"}, {"output": [PNG]}),
        ("two 灯塔", {"model": "film-1", "capability": "video"}, {"output": [MP4]}),
        ("three", {"model": "voice-1", "capability": "speech"}, {"output": [WAV], "input": [MP4]}),
        ("four", {"model": "glm-4-flash", "capability": "text"}, {}),
        ("five", {"model": "draw-1", "capability": "image_edit"}, {"output": [JSON, PNG], "input": [PNG]}),
    )  # fmt: skip


def found(ledger: Ledger, **asked: Any) -> list[tuple[str, int]]:
    with ledger.read() as db:
        return [(one.prompt, one.number) for one in media.page(db, **asked).files]


ALL = [("five", 1), ("five", 2), ("three", 1), ("two 灯塔", 1), ("one 5%", 1)]


@pytest.mark.parametrize(
    ("asked", "prompts"),
    [
        ({}, ALL),
        ({"text": "灯塔"}, ALL[3:4]),
        ({"text": "5%"}, ALL[4:]),
        ({"text": "5_"}, []),
        ({"text": "FIVE"}, ALL[:2]),
        ({"model": "draw-1"}, [*ALL[:2], ALL[4]]),
        ({"capability": "speech"}, ALL[2:3]),
        ({"capability": "text"}, []),
        ({"kind": "image"}, [ALL[1], ALL[4]]),
        ({"kind": "video"}, ALL[3:4]),
        ({"kind": "audio"}, ALL[2:3]),
        ({"kind": "other"}, ALL[:1]),
        ({"since": NOON + timedelta(hours=2)}, ALL[:3]),
        ({"until": NOON + timedelta(hours=2)}, ALL[3:]),
        ({"model": "draw-1", "kind": "other", "text": "v"}, ALL[:1]),
    ],
)
def test_every_filter_finds_its_files(
    ledger: Ledger, log: Log, asked: dict[str, Any], prompts: list[tuple[str, int]]
) -> None:
    assert found(ledger, **asked) == prompts


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 6])
def test_pages_are_whole_both_ways(ledger: Ledger, log: Log, limit: int) -> None:
    with ledger.read() as db:
        there = [media.page(db, limit=limit)]
        while there[-1].next is not None:
            there.append(media.page(db, limit=limit, after=there[-1].next))
        back = [there[-1]]
        while back[0].newer is not None:
            back.insert(0, media.page(db, limit=limit, before=back[0].newer))
    for pages in (there, back):
        assert [(one.prompt, one.number) for page in pages for one in page.files] == ALL
    assert (there[0].newer, back[0].newer) == (None, None)


@pytest.mark.parametrize("cursor", ["", "nonsense", "zz.-1", "zz.99999999999999999999", "'; drop table media", "."])
def test_a_cursor_typed_by_hand_is_no_fault(ledger: Ledger, log: Log, cursor: str) -> None:
    assert set(found(ledger, after=cursor)) <= set(ALL)
    assert set(found(ledger, before=cursor)) <= set(ALL)


def test_a_file_is_told_with_what_made_it(ledger: Ledger, log: Log) -> None:
    with ledger.read() as db:
        (one,) = media.made(db, [Name(log["two 灯塔"], 1), Name(log["two 灯塔"], 2), Name("nobody's", 1)])
    assert (one.kept, one.prompt, one.params, one.row.model) == (MP4, "two 灯塔", {"n": 1}, "film-1")


def test_only_models_that_made_files_are_told(ledger: Ledger, log: Log) -> None:
    with ledger.read() as db:
        assert media.models(db) == ["draw-1", "film-1", "voice-1"]


def test_the_same_bytes_take_the_disk_once(ledger: Ledger, log: Log) -> None:
    with ledger.read() as db:
        assert media.storage(db) == Stored(4, 2134)


def test_nothing_takes_nothing(ledger: Ledger) -> None:
    with ledger.read() as db:
        assert (media.storage(db), media.frees(db, []), media.made(db, [])) == (Stored(0, 0), Stored(0, 0), ())


@pytest.mark.parametrize(
    ("names", "told"),
    [
        ([("one 5%", 1)], Stored(0, 0)),
        ([("one 5%", 1), ("five", 2)], Stored(0, 0)),
        ([("five", 1)], Stored(1, 4)),
        ([("five", 1), ("three", 1)], Stored(2, 34)),
        ([("two 灯塔", 1)], Stored(0, 0)),
        ([("four", 1)], Stored(0, 0)),
    ],
)
def test_only_what_no_other_call_has_would_be_freed(
    ledger: Ledger, log: Log, names: list[tuple[str, int]], told: Stored
) -> None:
    with ledger.read() as db:
        assert media.frees(db, [Name(log[prompt], number) for prompt, number in names]) == told


def test_the_same_file_twice_is_freed_with_the_second(ledger: Ledger) -> None:
    log = fill(ledger, ("a", {}, {"output": [PNG, PNG]}), ("b", {}, {"output": [PNG]}))
    names = [Name(log["a"], 1), Name(log["a"], 2), Name(log["b"], 1)]
    with ledger.read() as db:
        assert media.frees(db, names) == Stored(1, 100)
    assert [ledger.write(lambda db, name=name: media.remove(db, name)) for name in names] == [None, None, PNG]


def test_a_file_that_is_gone_leaves_the_numbers_of_the_others(ledger: Ledger, log: Log) -> None:
    assert ledger.write(lambda db: media.remove(db, Name(log["five"], 1))) == JSON
    assert ledger.write(lambda db: media.remove(db, Name(log["five"], 1))) is None
    assert found(ledger)[0] == ("five", 2)


def test_an_input_is_not_removed(ledger: Ledger, log: Log) -> None:
    assert ledger.write(lambda db: media.remove(db, Name(log["five"], 2))) is None
    with ledger.read() as db:
        assert media.of_calls(db, [log["five"]], "input") == {log["five"]: (PNG,)}
