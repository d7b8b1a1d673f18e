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
