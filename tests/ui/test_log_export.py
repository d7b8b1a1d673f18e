"""The call log as a file: all that is filtered, read page by page, nothing a spreadsheet computes, no key in it."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.testclient import TestClient

from lib.cli.export import AT_ONCE, FORMS, HEAD, Wanted, export
from lib.cli.sheet import BOM, inert, lines, sheet
from lib.engine import Engine
from lib.i18n import translator
from lib.ledger import calls as log
from lib.ledger.calls import Page, Payload
from lib.ledger.log import Log
from lib.vocabulary import Money, Usage
from tests.ledger.ledger_rows import row, usd
from ui.engine import door
from ui.log_download import address, named, routes
from ui.log_view import View

NOW = datetime(2026, 3, 8, 3, 30, tzinfo=UTC)
KEY = "sk-abcdefghijklmnop1234"
MADE: list[tuple[dict[str, Any], Payload]] = [
    ({"estimated": usd("0.0000001"), "model": "gpt-4o"}, Payload(prompt="灯塔", text="一座“灯塔”\n在海边")),
    ({"usage": Usage(3, output_tokens=4), "billed": Money(Decimal("0.5"), "CNY")},
     Payload(prompt="=cmd|' /C calc'!A0", text="no")),
    ({"status": "failed", "error_state": "bad_key", "error_code": "bad_key", "error_message": f"wrong: {KEY}"},
     Payload(prompt=f"my key is {KEY}")),
]  # fmt: skip


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = Engine(tmp_path, keys="file")
    yield made
    made.ledger.close()


def fill(engine: Engine, made: list[tuple[dict[str, Any], Payload]]) -> None:
    """Calls a second apart, the first the oldest."""

    def write(db: log.Connection) -> None:
        for n, (changes, payload) in enumerate(made):
            known = {"status": "succeeded", "sent_at": NOW, "model": "glm-4-flash", **changes}
            log.insert(db, row(NOW + timedelta(seconds=n), **known), payload)

    engine.ledger.write(write)


def told(engine: Engine, form: str, *, prompts: bool = False, **question: Any) -> str:
    """The whole file."""
    return b"".join(export(engine, form, Wanted(question, prompts, translator("en")))).decode("utf-8")


def table(text: str) -> list[dict[str, str]]:
    assert text.startswith(BOM)
    return list(csv.DictReader(StringIO(text.removeprefix(BOM), newline="")))


def test_a_sheet_has_exact_amounts_and_computes_nothing(engine: Engine) -> None:
    fill(engine, MADE)
    failed, billed, cheap = table(told(engine, "csv", prompts=True))
    assert cheap["estimated_amount"] == "0.0000001"
    assert (billed["billed_amount"], billed["billed_currency"], billed["input_tokens"]) == ("0.5", "CNY", "3")
    assert [one["prompt"] for one in (failed, billed, cheap)] == [
        "my key is [key …1234]", "'=cmd|' /C calc'!A0", "灯塔",
    ]  # fmt: skip
    assert billed["cached_input_tokens"] == ""


def test_what_was_asked_is_in_it_only_where_that_is_wanted(engine: Engine) -> None:
    fill(engine, MADE)
    assert "灯塔" not in told(engine, "csv")
    assert all("prompt" not in json.loads(line) for line in told(engine, "jsonl").splitlines())
    assert [json.loads(line)["prompt"] for line in told(engine, "jsonl", prompts=True).splitlines()] == [
        "my key is [key …1234]", "=cmd|' /C calc'!A0", "灯塔",
    ]  # fmt: skip


def test_documents_are_the_contracts_a_line_each(engine: Engine) -> None:
    fill(engine, MADE)
    failed, _, cheap = map(json.loads, told(engine, "jsonl").splitlines())
    assert (cheap["model"], cheap["text"]) == ("gpt-4o", "一座“灯塔”\n在海边")
    assert cheap["cost"]["estimated"] == {"amount": "0.0000001", "currency": "USD"}
    assert cheap["artifacts"] == []
    assert failed["error"]["state"] == "bad_key"
    assert failed["error"]["said"] == "wrong: [key …1234]"


@pytest.mark.parametrize("form", FORMS)
def test_only_what_is_filtered_is_in_it_and_never_a_key(engine: Engine, form: str) -> None:
    fill(engine, MADE)
    text = told(engine, form, prompts=True, status="succeeded")
    assert "gpt-4o" in text
    assert "bad_key" not in text
    assert KEY not in told(engine, form, prompts=True)


@pytest.mark.parametrize(("form", "more"), [("csv", 1), ("jsonl", 0)])
def test_an_empty_log_is_a_file_too(engine: Engine, form: str, more: int) -> None:
    assert len(told(engine, form).splitlines()) == more


class Counting(Log):
    """A log that tells how many calls each question brought."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.read: list[int] = []

    def page(self, **filters: Any) -> Page:
        found = super().page(**filters)
        self.read.append(len(found.rows))
        return found


@pytest.mark.parametrize("form", FORMS)
def test_a_long_log_is_never_held_whole(engine: Engine, form: str) -> None:
    many = 2 * AT_ONCE + 7
    fill(engine, [({}, Payload()) for _ in range(many)])
    engine.log = counting = Counting(engine.ledger)
    pieces = export(engine, form, Wanted({}, False, translator("en")))
    assert len(list(islice(pieces, AT_ONCE))) == AT_ONCE
    assert counting.read == [AT_ONCE]
    rest = list(pieces)
    assert len(rest) == many - AT_ONCE + (form == "csv")
    assert counting.read == [AT_ONCE, AT_ONCE, 7]


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=5))
def test_no_cell_begins_a_formula_and_none_is_lost(rows: list[list[str]]) -> None:
    read = list(csv.reader(StringIO(sheet(["a", "b"], rows).removeprefix(BOM), newline="")))
    assert read == [["a", "b"], *([inert(one) for one in line] for line in rows)]
    for line, cells in zip(rows, read[1:], strict=True):
        for text, cell in zip(line, cells, strict=True):
            assert cell.removeprefix("'") == text.replace("\x00", "").removeprefix("'")
            assert not cell.lstrip()[:1] or cell.lstrip()[0] not in "=+@＝＋－＠"


@pytest.mark.parametrize(
    ("field", "cell"),
    [
        (None, ""), (0, "0"), (-5, "-5"), ("-0.00012", "-0.00012"), (1.5, "1.5"), ("plain", "plain"), ("灯塔", "灯塔"),
        ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1+1", "'-1+1"), ("@SUM(A1)", "'@SUM(A1)"), ("\t=1", "'\t=1"),
        ("\rx", "'\rx"), ("\nx", "'\nx"), (" =1", "' =1"), ("\xa0=1", "'\xa0=1"), ("＝1", "'＝1"),
        ("\x00=1", "'=1"), ("-1\n", "'-1\n"), ("-١", "'-١"), ("a=1", "a=1"),
    ],
)  # fmt: skip
def test_cells(field: str | float | None, cell: str) -> None:
    assert inert(field) == cell


def test_lines_come_as_they_are_asked_for() -> None:
    endless = lines(["n"], ([n] for n in iter(int, 1)))
    assert list(islice(endless, 3)) == [f"{BOM}n\r\n", "0\r\n", "0\r\n"]


# ---- the way to the browser


def get(path: str, **headers: str) -> Any:
    return TestClient(Starlette(routes=[*routes]), base_url="http://127.0.0.1").get(path, headers=headers)


def test_the_file_of_a_view_is_at_its_address(home: Path) -> None:
    door().leave_demo()
    fill(door().own, MADE)
    found = get("/" + address(View(model="gpt-4o"), "jsonl", prompts=True))
    (line,) = found.text.splitlines()
    assert json.loads(line)["prompt"] == "灯塔"
    assert found.headers["content-type"].startswith("application/x-ndjson")
    assert found.headers["content-disposition"].startswith('attachment; filename="relayscope-calls-2')
    assert found.headers["cache-control"] == "no-store"
    sheet_of_all = get("/" + address(View(), "csv", prompts=False))
    assert sheet_of_all.content.startswith(BOM.encode())
    assert tuple(table(sheet_of_all.text)[0]) == HEAD


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/export/calls.csv", {}, 200),
        ("/export/calls.csv", {"sec-fetch-site": "same-origin"}, 200),
        ("/export/calls.csv", {"sec-fetch-site": "none"}, 200),
        ("/export/calls.csv", {"sec-fetch-site": "cross-site"}, 403),
        ("/export/calls.csv", {"sec-fetch-site": "same-site"}, 403),
        ("/export/calls.xlsx", {}, 404),
        ("/export/calls.csv?since=soon&status=nonsense&after=x", {}, 200),
    ],
)
def test_only_pages_of_ours_are_answered(home: Path, path: str, headers: dict[str, str], status: int) -> None:
    door().leave_demo()
    assert get(path, **headers).status_code == status


def test_a_file_is_named_by_its_day() -> None:
    assert named("csv", date(2026, 3, 8)) == "relayscope-calls-2026-03-08.csv"
