"""Changes to a relay's lines: what may be changed, and whose keys have to be entered again for it. Pure.

A key is for the lines as they stood when it was saved, so a new address asks for it again (`lib.connections.keys`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from lib.connections.model import Configuration, Line, Relay
from lib.errors import WrongUse
from lib.i18n import N_

NOT_IN_AN_ID = re.compile(r"[^a-z0-9]+")
LONGEST_ID = 40


def changed(relay: Relay, lines: Sequence[Line], name: str | None = None) -> Relay:
    """The relay with these lines. Raises `WrongUse` where the line in use isn't among them, or two are one."""
    if relay.line not in [line.id for line in lines]:
        raise WrongUse(
            N_("The line {line} of {relay} is in use. Switch to another line first, then remove it."),
            line=relay.chosen.name, relay=relay.name,
        )  # fmt: skip
    tell_apart(lines)
    return relay.model_copy(update={"lines": tuple(lines), "name": name or relay.name})


def tell_apart(lines: Sequence[Line]) -> None:
    """Raises `WrongUse` for two lines of one name, or of one address."""
    for number, line in enumerate(lines):
        for other in lines[:number]:
            if line.name == other.name:
                raise WrongUse(N_("Two lines are called {name}. Give each its own name."), name=line.name)
            if line.base_url == other.base_url:
                raise WrongUse(
                    N_("The lines {one} and {other} have the same address, {address}. Remove one of them."),
                    one=other.name, other=line.name, address=line.base_url,
                )  # fmt: skip


def as_import(relay: Relay) -> str:
    """The import file that saves the relay: there is one way in, and one check of what comes."""
    document: dict[str, Any] = relay.model_dump(mode="json", exclude_none=True)
    return json.dumps({"relays": [document]})


def keys_again(configured: Configuration, relay: Relay) -> Mapping[str, tuple[str, ...]]:
    """By line, the connections whose key was saved for other addresses: it has to be entered again to go there.

    `relay` as it would be; the connections are those that go through the one of its id now.
    """
    users = [one for one in configured.connections if one.relay == relay.id and one.bound]
    found = {line.id: tuple(one.id for one in users if line.base_url not in one.bound) for line in relay.lines}
    return {line: names for line, names in found.items() if names}


def id_for(name: str, taken: Collection[str], otherwise: str) -> str:
    """An id made of a name, which may be in any script; another one than those taken."""
    plain = NOT_IN_AN_ID.sub("_", name.lower()).strip("_")
    start = (plain if plain[:1].isalpha() else otherwise)[: LONGEST_ID - 4]
    numbered = (f"{start}_{number}" for number in range(2, 1000))
    return next(one for one in (start, *numbered) if one not in taken)
