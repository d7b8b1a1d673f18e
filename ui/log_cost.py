"""What a call cost, figure by figure, and how that was computed: tokens × price, by the prices stored with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, cast

import streamlit as st

from lib.cost.price import FORMER, Part, Price, parts, stored
from lib.cost.relay import Unpriced
from lib.i18n import N_
from lib.ledger.calls import Payload
from lib.ledger.row import CallRow
from lib.vocabulary import UNFINISHED, Money, Usage
from ui import format as figures
from ui.chips import facts
from ui.markdown import code, literal
from ui.prices import USED, WHY_UNPRICED, reached
from ui.result import PRICES_OF
from ui.words import change, language, money, t

FIGURES: Mapping[str, str] = {
    "quoted": N_("Quoted (at most)"),
    "estimated": N_("Estimated"),
    "billed": N_("Billed"),
    "official": N_("Official price"),
}


def costs(row: CallRow, payload: Payload) -> None:
    """The four figures, what lies between them, and the arithmetic behind the estimate."""
    with st.container(horizontal=True, gap="medium", key="log_figures"):
        for name, word in FIGURES.items():
            st.metric(t(word), money(getattr(row, name)), width="content")
    facts(differences(row))
    if (price := stored(payload.prices)) is None:
        st.caption(" ".join(_unpriced(payload)))
        return
    if row.status not in UNFINISHED and row.estimated is not None and not row.estimated.amount and row.usage == Usage():
        st.caption(t(N_("Nothing was used, so nothing is charged.")))
        return
    st.markdown("\n".join(f"- {literal(line)}" for line in arithmetic(price, row)) or t(N_("Nothing was used.")))
    read = t(N_("read from {place}"), place=code(price.origin)) if price.origin else ""
    facts((
        t(PRICES_OF[price.source]), reached(price, row.usage), read,
        t(N_("as of {day}"), day=price.as_of.isoformat()) if price.as_of else "",
    ))  # fmt: skip
    facts(t(N_("priced again; before: {amount}"), amount=money(one)) for one in former(payload.prices))


def _unpriced(payload: Payload) -> Iterator[str]:
    yield t(N_("No price was known when this call was made."))
    if why := WHY_UNPRICED.get(cast(Unpriced, payload.unpriced)):
        yield t(why)


def former(prices: Mapping[str, Any]) -> Iterator[Money | None]:
    """The estimates of the prices before this one, newest last; None where none was known."""
    for one in prices.get(FORMER, ()):
        told = one["estimated"]
        yield Money(Decimal(told["amount"]), told["currency"]) if told else None


def differences(row: CallRow) -> tuple[str, ...]:
    """How the bill stands to the estimate, and the cost to the official price; nothing where one isn't known."""
    return (
        _difference(N_("billed {difference} against the estimate"), row.billed, row.estimated),
        _difference(N_("cost {difference} against the official price"), row.cost, row.official),
    )


def _difference(words: str, here: Money | None, there: Money | None) -> str:
    found = change(there, here)
    return t(words, difference=found) if found else ""


def arithmetic(price: Price, row: CallRow) -> Iterator[str]:
    """The lines of a cost: what was used × its price = the amount; then the sum, as the biller rounds it."""
    made_of = parts(price, row.usage)
    for part in made_of:
        yield _line(part, price)
    amounts = [part.amount for part in made_of]
    if len(amounts) > 1 and None not in amounts:
        exact = Money(sum(filter(None, amounts), Decimal(0)), price.currency)
        yield t(N_("Sum: {amount}"), amount=_exact(exact.amount, price))
    if price.quantum and row.estimated is not None and made_of:
        yield t(N_("Charged in whole units of {unit}: {amount}"), unit=_exact(price.quantum, price),
                amount=_exact(row.estimated.amount, price))  # fmt: skip


def _line(part: Part, price: Price) -> str:
    used, unknown = t(USED[part.name]), t(N_("unknown"))
    number = unknown if part.count is None else figures.number(part.count, language())
    rate = unknown if part.rate is None else _exact(part.rate, price)
    amount = unknown if part.amount is None else _exact(part.amount, price)
    if price.unit == "token":
        return t(N_("{used}: {number} × {rate} per million = {amount}"), used=used, number=number, rate=rate,
                 amount=amount)  # fmt: skip
    return t(N_("{used}: {number} × {rate} = {amount}"), used=used, number=number, rate=rate, amount=amount)


def _exact(amount: Decimal, price: Price) -> str:
    return f"{price.currency} {Money(amount).plain}"


def tokens(row: CallRow) -> Iterator[str]:
    """What was used, as it was understood."""
    usage = row.usage
    told: tuple[tuple[str, int | Decimal | None], ...] = (
        (N_("Input tokens"), usage.input_tokens), (N_("of them cached"), usage.cached_input_tokens),
        (N_("of them written to the cache"), usage.cache_write_tokens),
        (N_("of these for an hour"), usage.cache_write_1h_tokens or None),
        (N_("audio put in"), usage.input_audio_tokens or None), (N_("images put in"), usage.input_image_tokens or None),
        (N_("Output tokens"), usage.output_tokens), (N_("of them for thinking"), usage.reasoning_tokens),
        (N_("audio put out"), usage.output_audio_tokens or None),
        (N_("images put out"), usage.output_image_tokens or None), (N_("Images"), usage.images),
        (N_("Seconds"), usage.seconds), (N_("Characters"), usage.characters), (N_("Calls"), usage.calls),
    )  # fmt: skip
    return (f"{t(word)}: {figures.number(value, language())}" for word, value in told if value is not None)
