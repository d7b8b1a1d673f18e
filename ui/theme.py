"""What a state looks like: icon, word and whose move it is. The colours themselves stand in `.streamlit/config.toml`.

Colour never speaks alone: icon and word always come with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lib.i18n import N_
from lib.vocabulary import Proof, State, Status, Step, WhoseMove

Group = Literal["works", "wait", "yours", "theirs", "unknown"]
Colour = Literal["green", "orange", "blue", "red", "gray"]

BLUE = "#4279D6"
"""Of icon and name: 4.2 : 1 on the light sidebar, 3.9 : 1 on the dark one."""
SIGN = '<g stroke-width="2"><circle cx="12" cy="12" r="10"/><circle cx="12" cy="12" r="5"/><path d="M12 12 19 5"/></g>'
SVG = f'<svg xmlns="http://www.w3.org/2000/svg" fill="none" stroke="{BLUE}" viewBox='
ICON = f'{SVG}"0 0 24 24">{SIGN}</svg>'
"""The browser tab's icon, our own: a Material icon would be fetched from a foreign address at every visit."""
LOGO = (
    f'{SVG}"0 0 150 24">{SIGN}<text x="34" y="18" fill="{BLUE}" stroke="none" font-size="18" font-weight="600" '
    'font-family="Inter, system-ui, sans-serif">Relayscope</text></svg>'
)
"""Icon and name, for the head of the sidebar."""
STYLE = Path(__file__).with_name("page.css")
"""What the theme has no setting for."""

COLOURS: Mapping[Group, Colour] = {
    "works": "green",
    "wait": "orange",
    "yours": "blue",
    "theirs": "red",
    "unknown": "gray",
}
"""The name under which Streamlit knows a group's colour."""


@dataclass(frozen=True, slots=True)
class Look:
    """How one state is drawn. `word` is a message id; `quiet`: without a background."""

    icon: str
    word: str
    group: Group
    quiet: bool = False

    @property
    def colour(self) -> Colour:
        """The group's colour."""
        return COLOURS[self.group]

    @property
    def symbol(self) -> str:
        """The icon in Markdown."""
        return f":material/{self.icon}:"


WORKED = Look("check_circle", N_("Works"), "works")
NOT_PROVEN = Look("help", N_("Not proven"), "unknown")
"""What a request that had to be refused shows at best."""

STATES: Mapping[str, Look] = {
    "usable": Look("check", N_("Should work"), "works"),
    "rate_limited": Look("hourglass_top", N_("Rate limited"), "wait"),
    "untested": Look("help", N_("Untested"), "unknown"),
    "quota_exhausted": Look("account_balance_wallet", N_("Out of quota"), "yours"),
    "no_permission": Look("lock", N_("No permission"), "yours"),
    "expired_key": Look("event_busy", N_("Key expired"), "yours"),
    "bad_key": Look("key_off", N_("Key refused"), "yours"),
    "wrong_address": Look("link_off", N_("Wrong address"), "yours"),
    "not_configured": Look("add_circle", N_("Not set up"), "yours", quiet=True),
    "not_offered": Look("block", N_("Not offered"), "theirs"),
    "region_blocked": Look("public_off", N_("Region blocked"), "theirs"),
    "upstream_fault": Look("cloud_off", N_("Provider fault"), "theirs"),
    "unreachable": Look("wifi_off", N_("Line down"), "theirs"),
    "unsupported": Look("extension_off", N_("Not supported"), "unknown"),
    "wrong_capability": Look("lock", N_("Not what this key is for"), "yours"),
    "budget_exceeded": Look("savings", N_("Over budget"), "yours"),
    "bad_request": Look("edit_note", N_("Bad request"), "yours"),
    "content_refused": Look("shield", N_("Content refused"), "theirs"),
    "interrupted": Look("heart_broken", N_("Interrupted"), "wait"),
    "cancelled": Look("stop_circle", N_("Stopped"), "unknown"),
}
"""By state of an API, and by fault of a single call."""

STATUSES: Mapping[Status, Look] = {
    "drafted": Look("pending", N_("Preparing"), "wait"),
    "sent": Look("outbound", N_("Sent, waiting for the first word"), "wait"),
    "streaming": Look("more_horiz", N_("Answering"), "wait"),
    "accepted": Look("pending", N_("Accepted"), "wait"),
    "running": Look("pending", N_("Running"), "wait"),
    "succeeded": Look("check_circle", N_("Done"), "works"),
    "failed": Look("error", N_("Failed"), "theirs"),
    "interrupted": STATES["interrupted"],
    "cancelled": STATES["cancelled"],
    "unknown": Look("help", N_("Unknown"), "unknown"),
}
"""By status of a call."""

WHOSE_MOVE: Mapping[WhoseMove, str] = {  # nobody's has no word
    "you": N_("Your move:"),
    "relay": N_("The relay's move; you can:"),
    "upstream": N_("The provider's move; you can:"),
}
BILLING: Mapping[str, str] = {
    "token": N_("per token"),
    "call": N_("per call"),
    "image": N_("per image"),
    "second": N_("per second"),
    "character": N_("per character"),
}


def look(state: State | str, proof: Proof | None = None) -> Look:
    """How a state is drawn; *usable* by a real call is told apart from *usable* by the free checks."""
    return WORKED if state == "usable" and proof == "call" else STATES[state]


def showed(step: Step, state: State, *, ok: bool) -> Look:
    """How what one request showed is drawn."""
    return NOT_PROVEN if step == "unpaid" else look("usable" if ok else state, "call" if ok else None)
