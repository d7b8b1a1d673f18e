"""Own prices, a row each, typed into a table. Amounts are text: a float has no exact 0.1."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import streamlit as st

from lib.cost.price import Tier
from lib.i18n import N_
from ui.connection_draft import PRICE_FIELDS, REST
from ui.drafts import PREFIX
from ui.markdown import literal
from ui.prices import rates_words, tiers_words
from ui.theme import BILLING
from ui.words import t

PRICES = PREFIX + "connection_prices"
"""The rows as they are typed."""
BASE = PREFIX + "connection_prices_base"
"""The rows the table began with: its own key holds only what was changed in it."""
TABLE = "connection_prices_table"
HEADS: Mapping[str, str] = {
    "model": N_("Model"),
    "unit": N_("Unit"),
    "amount": N_("Amount"),
    "input": N_("Input"),
    "output": N_("Output"),
    "cached_input": N_("Cached input"),
    "currency": N_("Currency"),
    "valid_from": N_("Valid from"),
}


def renew(rows: Sequence[Mapping[str, Any]]) -> None:
    """Begins with other rows, in another table."""
    st.session_state[PRICES] = st.session_state[BASE] = [dict(row) for row in rows]
    st.session_state[TABLE] = secrets.token_hex(4)


def prices(changed: Callable[[], None]) -> None:
    """The table. Coming back to the page, it begins with what was typed before."""
    import pandas as pd  # half a second to import, and few open this

    state = st.session_state
    key = f"{TABLE}_{state.get(TABLE, '')}"
    if key not in state:
        state[BASE] = state.get(PRICES, [])
    heads = {name: t(head) for name, head in HEADS.items()}
    columns: dict[str, Any] = {name: st.column_config.TextColumn(head) for name, head in heads.items()}
    columns["unit"] = st.column_config.SelectboxColumn(
        heads["unit"],
        options=list(BILLING),
        default="call",
        format_func=lambda unit: t(BILLING[str(unit)]),
    )
    columns[REST] = None
    columns["currency"] = st.column_config.TextColumn(heads["currency"], default="USD", max_chars=3)
    st.markdown(t(N_("Own prices")), help=t(N_(
        "What you pay, where it isn't what the relay lists. Per token: for one million tokens, as an amount, or as "
        "input, output and cached input. From the day in the last column on, where there is one (2026-01-31)."
    )))  # fmt: skip
    table = st.data_editor(
        pd.DataFrame(state[BASE], columns=[*PRICE_FIELDS, REST], dtype="object"), key=key, num_rows="dynamic",
        column_config=columns, hide_index=True, on_change=changed,
    )
    state[PRICES] = rows = [
        {str(name): value for name, value in row.items() if isinstance(value, str) and value.strip()}
        for row in table.to_dict("records")
    ]
    if lines := [line for row in rows for line in kept(row)]:
        st.caption("  \n".join(map(literal, (t(N_("As imported, and kept:")), *lines))))


def kept(row: Mapping[str, str]) -> Iterator[str]:
    """What the table doesn't show of a price, in words."""
    rest: dict[str, Any] = json.loads(row.get(REST) or "{}")
    tiers, currency, of = rest.pop("tiers", ()), row.get("currency", "USD"), row.get("model", "")
    if rest:
        rates = {name: Decimal(rate) for name, rate in rest.items()}
        yield f"{of} · " + t(N_("Per 1M: {rates}"), rates=rates_words(rates, currency))
    yield from (f"{of} · {line}" for line in tiers_words(map(Tier.of_record, tiers), currency))
