"""Price again on the log's page: a preview that changes nothing, then the filtered calls and no others."""

from __future__ import annotations

import json
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from lib.ledger import calls as log
from lib.ledger import rollups
from lib.ledger.calls import Payload
from lib.ledger.row import CallRow
from lib.vocabulary import Money, Usage
from tests.ledger.ledger_rows import row, usd
from tests.ui.conftest import go, words
from ui.engine import door
from ui.log_again import WORK, Work

NOW = datetime(2026, 3, 8, 3, 30, tzinfo=UTC)
CONNECTION = {"id": "chat", "provider": "custom", "base_url": "http://127.0.0.1:9", "models": ["m", "n"]}


def prices(amount: str) -> None:
    """From now on that is the price of a million tokens."""
    price = [{"model": name, "unit": "token", "amount": amount, "currency": "USD"} for name in ("m", "n")]
    door().own.import_(json.dumps({"connections": [{**CONNECTION, "prices": price}]}))


@pytest.fixture
def page(app: AppTest) -> AppTest:
    """The log of three calls at USD 1, and one of unknown cost, now that the price is 3."""
    prices("3")

    def fill(db: log.Connection) -> None:
        for n, (model, estimated) in enumerate([("m", "1"), ("m", "1"), ("n", "1"), ("m", None)]):
            known: dict[str, Any] = {"estimated": usd(estimated) if estimated else None, "model": model}
            one = row(NOW + timedelta(minutes=n), status="succeeded", sent_at=NOW, connection="chat",
                      usage=Usage(10**6, output_tokens=0), **known)  # fmt: skip
            log.insert(db, one, Payload(prompt=f"call {n}"))

    door().own.ledger.write(fill)
    return go(app, "log")


def estimates() -> list[Money | None]:
    return [one.estimated for one in reversed(door().own.log.page().rows)]


def whole(page: AppTest) -> AppTest:
    """The page once what is under way has ended."""
    page.session_state[WORK].future.result()
    return page.run()


def test_a_preview_then_what_is_filtered_and_nothing_else(page: AppTest) -> None:
    page.query_params["model"] = "m"
    whole(page.run().button(key="log_price_again").click().run())
    assert not page.exception
    assert "calls looked at: 3" in words(page)
    assert "of them unknown until now: 1" in words(page)
    (sums,) = (one.value.to_dict("records") for one in page.dataframe)
    assert sums == [{"currency": "USD", "before": "USD 2.00", "after": "USD 9.00", "difference": "+USD 7.00 (+350 %)"}]
    assert estimates() == [usd("1"), usd("1"), usd("1"), None]

    whole(page.button(key="log_again_price").click().run())
    assert not page.exception
    assert "Calls with a new estimate: 3." in words(page)
    assert estimates() == [usd("3"), usd("3"), usd("1"), usd("3")]
    with door().own.ledger.read() as db:
        assert rollups.prove(db)


def test_what_is_as_it_should_be_is_said_so(page: AppTest) -> None:
    prices("1")
    page.query_params["model"] = "n"
    whole(page.run().button(key="log_price_again").click().run())
    assert "Nothing changes: of 1 calls" in words(page)
    assert "log_again_price" not in {one.key for one in page.button}
    page.button(key="log_back").click().run()
    assert "log_price_again" in {one.key for one in page.button}


def test_a_call_tells_what_it_cost_before(page: AppTest) -> None:
    whole(page.button(key="log_price_again").click().run())
    whole(page.button(key="log_again_price").click().run())
    first: CallRow = door().own.log.page().rows[-1]
    page.query_params["call"] = first.id
    page.run()
    assert not page.exception
    assert "priced again; before: USD 1.00" in words(page)
    page.button(key="log_back").click().run()
    assert "Calls with a new estimate: 4." in words(page)


def test_what_is_under_way_shows_how_far_it_is_and_can_be_stopped(page: AppTest) -> None:
    unfinished: Future[None] = Future()
    page.query_params["again"] = "1"
    page.run()
    work: Work = page.session_state[WORK]
    page.session_state[WORK] = Work(work.question, False, 9, unfinished, work.tally)
    page.run()
    page.button(key="log_again_stop").click().run()
    assert work.tally.stopped
    unfinished.set_result(None)
    page.run()
    assert "Stopped after 4 calls. Nothing was changed." in words(page)
    assert not page.exception


def test_another_filter_is_another_preview(page: AppTest) -> None:
    whole(page.button(key="log_price_again").click().run())
    page.text_input(key="log_by_text").set_value("call 2").run()
    whole(page)
    assert "calls looked at: 1" in words(page)
