"""A call that has ended, as it is drawn: nothing in it is obeyed."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from ui.markdown import literal

NAME = "**HK** [x](https://evil.example)"


def _page(name: str) -> None:
    from lib.ledger.calls import Payload
    from tests.ledger.ledger_rows import row
    from ui.result import result

    result(row(status="succeeded", model=name), Payload(text="Hello"), name)


def test_the_names_of_model_and_line_stand_as_they_are_written() -> None:
    app = AppTest.from_function(_page, kwargs={"name": NAME}).run(timeout=60)
    assert not app.exception
    told = " ".join(one.value for one in (*app.caption, *app.markdown))
    assert told.count(literal(NAME)) == 2
    assert NAME not in told


def _failed() -> None:
    from lib.ledger.calls import Payload
    from lib.vocabulary import Usage
    from tests.ledger.ledger_rows import row
    from ui.result import result

    result(row(status="failed", usage=Usage(), first_byte_ms=None, duration_ms=96), Payload(), "HK")


def test_of_a_call_that_brought_nothing_no_empty_figure_is_shown() -> None:
    app = AppTest.from_function(_failed).run(timeout=60)
    assert not app.exception
    assert [one.label for one in app.metric] == ["Cost", "Took"]


def _facts() -> None:
    from ui.chips import facts

    facts(("USD 0.000002", "18 minutes ago", "a model whose long name may break"))


def test_no_line_break_parts_an_amount_from_its_currency() -> None:
    (line,) = AppTest.from_function(_facts).run(timeout=60).caption
    assert line.value == "USD\u00a00.000002\u00a0· 18\u00a0minutes\u00a0ago\u00a0· a model whose long name may break"
