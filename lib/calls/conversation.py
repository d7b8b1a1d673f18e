"""A conversation, from the log: each call says which one it goes on from. Sends nothing.

A link that is missing or brought no words ends it: what goes on is what the user sees above his next prompt.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from lib.errors import WrongUse
from lib.i18n import N_
from lib.ledger import Ledger, calls, media
from lib.ledger.calls import Connection, Payload
from lib.ledger.media import Kept
from lib.ledger.row import CallRow
from lib.vocabulary import Status
from lib.wire import Media, Message

MOST_TURNS = 50
"""So many of the last turns are told again; those before them are left out."""
ANSWERED: tuple[Status, ...] = ("succeeded", "interrupted", "cancelled")
"""How a call may have ended that can be gone on from: what was stopped or broke off has said something too."""
AFTER = "after"
"""The call that one goes on from, in `Payload.request_json`."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A call that was answered in words, and the images it was given."""

    row: CallRow
    payload: Payload
    given: tuple[Kept, ...] = ()


def after(payload: Payload) -> str | None:
    """The id of the call that one went on from; None for the first of a conversation."""
    found = (payload.request_json or {}).get(AFTER)
    return found if isinstance(found, str) else None


def holds(row: CallRow, payload: Payload) -> bool:
    """Whether a call can be gone on from: one of words, that has ended and brought some."""
    return row.capability == "text" and row.status in ANSWERED and bool(payload.text.strip())


def chain(find: Callable[[str], Turn | None], last: str | None) -> tuple[Turn, ...]:
    """The turns up to a call, oldest first; none where that call itself can't be gone on from."""
    found: list[Turn] = []
    while last is not None and len(found) < MOST_TURNS:
        turn = find(last)
        if turn is None or not holds(turn.row, turn.payload):
            break
        found.append(turn)
        last = after(turn.payload)
    return tuple(reversed(found))


def messages(turns: Sequence[Turn], read: Callable[[Kept], bytes]) -> tuple[Message, ...]:
    """What is told again of some turns: each prompt with its images, then its answer.

    Raises `WrongUse` where an image is gone: without it another conversation would go on.
    """
    return tuple(
        message
        for turn in turns
        for message in (
            Message("user", turn.payload.prompt, images(turn.given, read)),
            Message("assistant", turn.payload.text),
        )
    )


def images(given: Sequence[Kept], read: Callable[[Kept], bytes]) -> tuple[Media, ...]:
    """The images that a turn was given. Raises `WrongUse` where one is gone."""
    try:
        return tuple(Media(read(one), one.mime) for one in given)
    except OSError:
        raise WrongUse(N_("An image of this conversation was deleted. Begin a new conversation.")) from None


def conversation(ledger: Ledger, last: str | None) -> tuple[Turn, ...]:
    """The turns up to a call, with their images, as the log has them."""
    with ledger.read() as db:
        turns = chain(partial(_turn, db), last)
        given = media.of_calls(db, [turn.row.id for turn in turns], "input")
    return tuple(replace(turn, given=given.get(turn.row.id, ())) for turn in turns)


def _turn(db: Connection, call_id: str) -> Turn | None:
    row, payload = calls.get(db, call_id), calls.payload(db, call_id)
    return Turn(row, payload) if row and payload else None
