"""What was typed outlives a change of page; what is being typed outlives a run of the page."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from tests.ui.conftest import go
from ui import connection_form, text_form


def test_a_field_that_the_browser_has_is_not_written_again(app: AppTest) -> None:
    go(app, "text")
    app.text_area(key=text_form.PROMPT).set_value("Half a prompt").run()
    assert not app.text_area(key=text_form.PROMPT).proto.set_value
    app.run()
    assert not app.text_area(key=text_form.PROMPT).proto.set_value
    assert app.text_area(key=text_form.PROMPT).value == "Half a prompt"


def test_a_field_that_comes_back_with_its_page_has_what_was_typed(app: AppTest) -> None:
    go(app, "text")
    app.text_area(key=text_form.PROMPT).set_value("Half a prompt").run()
    go(app, "log").run()
    go(app, "text")
    field = app.text_area(key=text_form.PROMPT)
    assert (field.proto.set_value, field.proto.value) == (True, "Half a prompt")


def test_a_field_that_comes_back_on_its_page_has_what_was_typed(app: AppTest) -> None:
    go(app, "connections")
    app.toggle(key=connection_form.MORE).set_value(True).run()
    app.text_input(key=connection_form.GROUP).set_value("vip").run()
    app.toggle(key=connection_form.MORE).set_value(False).run()
    assert connection_form.GROUP not in [one.key for one in app.text_input]
    app.run()
    app.toggle(key=connection_form.MORE).set_value(True).run()
    field = app.text_input(key=connection_form.GROUP)
    assert (field.proto.set_value, field.proto.value) == (True, "vip")


def test_the_key_field_is_the_same_for_as_long_as_one_stays(app: AppTest) -> None:
    def named() -> str:
        return next(one.key for one in app.text_input if one.key.startswith("connection_key_"))

    go(app, "connections")
    first = named()
    app.text_input(key=first).set_value("sk-typed").run()
    app.text_input(key=connection_form.ADDRESS).set_value("https://api.example.com").run()
    assert named() == first
    assert app.text_input(key=first).value == "sk-typed"
    go(app, "log")
    go(app, "connections")
    assert named() != first
    assert app.text_input(key=named()).value == ""
