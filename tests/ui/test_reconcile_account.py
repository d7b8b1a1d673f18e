"""Access to the account at a relay as a user gives it: typed, tested, used, changed and taken back."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from demo.keys import accounts
from lib.calls.draft import CallDraft
from lib.connections.accounts import stored_as
from lib.connections.keys import binding
from lib.ledger import settings
from lib.vocabulary import Reason
from tests.ui.conftest import go
from tests.ui.conftest import words as marked
from ui import reconcile_account
from ui.engine import door

MINE, BANNED = accounts()["demo"].token, accounts()["banned"].token
VARIABLE = "RELAYSCOPE_ACCOUNT_DEMO"
NUMBER = reconcile_account.NUMBER + "demo"


def words(app: AppTest) -> str:
    """All text of the page, without the marks that keep Markdown from obeying it."""
    return marked(app).replace("\\", "")


def token(app: AppTest) -> str:
    (field,) = [one for one in app.text_input if (one.key or "").startswith(reconcile_account.TOKEN)]
    return str(field.key)


def clicked(app: AppTest, button: str) -> AppTest:
    app.button(key=button).click().run()
    if reconcile_account.TEST in app.session_state:
        app.session_state[reconcile_account.TEST][1].result()
        app.run()
    assert not app.exception
    return app


def saved(app: AppTest, number: str, secret: str) -> AppTest:
    app.text_input(key=NUMBER).set_value(number)
    app.text_input(key=token(app)).set_value(secret)
    return clicked(app, "account_save")


@pytest.fixture
def page(app: AppTest) -> AppTest:
    return go(app, "reconcile")


def test_it_is_saved_tested_and_never_comes_back(page: AppTest, home: Path) -> None:
    assert "may do all that you may there" in words(page)
    assert not [one for one in page.button if one.key in ("account_test_it", "account_remove")]
    app = saved(page, "1", MINE)
    assert "The relay tells your log." in words(app)
    field = app.text_input(key=token(app))
    assert (field.value, field.placeholder) == ("", f"•••• {MINE[-4:]}: leave empty to keep it")
    shown = f"{app.session_state._state.filtered_state} {app.main} {words(app)}"
    assert MINE[:-4] not in shown
    assert [path.name for path in home.rglob("*") if path.is_file() and MINE.encode() in path.read_bytes()] == [
        "keys.json"
    ]  # fmt: skip
    app = clicked(app, "account_remove")
    assert (door().engine.account("demo"), app.text_input(key=NUMBER).value) == (None, "")
    assert MINE.encode() not in (home / "demo" / "keys.json").read_bytes()


@pytest.mark.parametrize(
    ("number", "secret", "said"),
    [
        ("2", MINE, "Copy your number (ID)"),
        ("", MINE, "Copy your number (ID)"),
        ("1", "AcCe55Token000000000000000000001", "Make a new system access token"),
        ("3", BANNED, "is banned"),
        ("me", MINE, "digits only"),
        ("1", "sk-1234567890abcdef", "key for calls"),
        ("1", "", "Enter the access token."),
    ],
)
def test_what_is_wrong_is_said_with_the_next_step(page: AppTest, number: str, secret: str, said: str) -> None:
    app = saved(page, number, secret)
    assert said in words(app)
    assert "The relay tells your log." not in words(app)
    assert "The relay tells your log." in words(saved(app, "1", MINE))


def test_the_number_alone_can_be_corrected(page: AppTest) -> None:
    app = saved(page, "2", MINE)
    assert "The relay tells your log." in words(saved(app, "1", ""))


def test_which_way_it_was_read_is_told(page: AppTest) -> None:
    engine = door().engine
    call_id = door().ask(engine.submit(CallDraft("chatglm", "text", "Hello.")))
    door().ask(engine.wait(call_id))
    app = clicked(saved(page, "1", MINE), "reconcile_fetch")
    door().ask(engine.runs.logs["demo"].wait())
    said = words(app.run())
    assert "By your account: chatglm." in said
    assert "By key: gemini, sora." in said
    assert "Both logs agree on 1 of 1 calls." in said


def test_an_account_that_cant_be_read_is_told_and_keys_are_asked(page: AppTest) -> None:
    app = clicked(saved(page, "2", MINE), "reconcile_fetch")
    door().ask(door().engine.runs.logs["demo"].wait())
    said = words(app.run())
    assert "your account: The user number is missing" in said
    assert "By your account" not in said


def test_of_the_environment(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, f"1:{MINE}")
    app = page.run()
    assert f"`{VARIABLE}` holds it" in words(app)
    assert not [one for one in app.text_input if one.key == NUMBER]
    app = clicked(app, "account_test_it")
    assert "The relay tells your log." in words(app)
    assert MINE not in words(app)


def test_of_the_environment_at_another_address(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, f"1:{MINE}")
    bound = binding(stored_as("demo"))
    door().engine.ledger.write(lambda db: settings.put(db, bound, '["https://before.example"]'))
    app = clicked(page.run(), "account_test_it")
    assert "first used for other addresses" in words(app)
    assert "The relay tells your log." not in words(app)
    app = clicked(app, "account_use_here")
    assert "The relay tells your log." in words(app)
    assert "first used for other addresses" not in words(app)


@pytest.mark.parametrize("code", ["![a](http://evil.example/x.png)", "]:red[**x**"])
def test_a_relay_s_words_are_words(page: AppTest, code: str) -> None:
    test: Future[Reason | None] = Future()
    test.set_result(Reason("unknown_code", "nobody", {"code": code}))
    assert code not in reconcile_account._came_to(test)
