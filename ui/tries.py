"""Chosen models of a connection really called: paid for, so asked for by name, the sum on the button.

The calls run in the engine; a reload and another tab find them again, and each result is drawn as it comes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

import streamlit as st

from lib.calls.draft import CallDraft, Drafted
from lib.calls.route import place_of
from lib.checks.paid import TRIABLE, smallest_draft
from lib.checks.tries import Progress, TryRun
from lib.checks.words import sentence
from lib.cost.price import Price
from lib.engine import Engine
from lib.i18n import N_
from lib.verdicts.judging import preference
from lib.vocabulary import Evidence, Verdict
from ui.budget import warning
from ui.chips import facts
from ui.compare_view import at_most
from ui.engine import door
from ui.markdown import code, literal
from ui.mishaps import show_error
from ui.prices import price_words
from ui.theme import showed
from ui.words import amounts, count, duration, money, t, told, zone

LOOKS_EVERY_S = 0.5
MOST = 20
"""Models at a time: the field offers "all that match" too, and each is paid for."""


def tries(engine: Engine, connection: str, found: Sequence[Verdict], where: str) -> None:
    """What can be tried of some verdicts of one connection, and what is being tried of it. Sends nothing by itself."""
    run = engine.runs.tries.get(connection)
    models: dict[str, Verdict] = {}
    for one in sorted(found, key=preference):
        if one.model and one.capability in TRIABLE:
            models.setdefault(one.model, one)
    if not models:
        return
    with st.expander(t(N_("Try chosen models…")), icon=":material/science:", expanded=run is not None):
        st.caption(t(N_("One smallest real call of each, billed like any other. Nothing is sent before you press the "
                        "button.")))  # fmt: skip
        chosen = _chosen(f"{where}_tries_{connection}", list(models))
        _form(engine, connection, [models[one] for one in chosen], where, run)
        if run is not None:
            _progress(engine, connection, run, where)


def _chosen(key: str, models: list[str]) -> list[str]:
    """The models to try, at first none; one that is there no more isn't chosen, either."""
    if key in st.session_state:
        st.session_state[key] = [one for one in st.session_state[key] if one in models][:MOST]
    return st.multiselect(
        t(N_("Models")), models, key=key, placeholder=t(N_("Choose models")), max_selections=MOST
    )


def _form(
    engine: Engine, connection: str, chosen: Sequence[Verdict], where: str, run: TryRun | None
) -> None:
    """What each would cost, and the button with the sum."""
    drafts = [smallest_draft(connection, one.capability, one.model) for one in chosen]
    ready = [engine.draft(one) for one in drafts]
    prices = _prices(engine, connection) if ready else {}
    for one in ready:
        _offer(one, prices.get(one.model))
    sent = tuple(draft for draft, one in zip(drafts, ready, strict=True) if one.refused is None)
    began = run.began if run else None
    st.button(
        label([one for one in ready if one.refused is None]), key=f"{where}_try_{connection}_{began}",
        type="primary", icon=":material/science:", on_click=begin, args=(engine, connection, sent, began),
        disabled=not sent or (run is not None and not run.ended),
    )
    warning()
    _unpaid(engine, connection, drafts, where, run)


def _unpaid(
    engine: Engine, connection: str, drafts: Sequence[CallDraft], where: str, run: TryRun | None
) -> None:
    """The weaker way, for those of the drafts that are known to be refused for nothing so."""
    asked = [replace(one, unpaid=True) for one in drafts]
    sent = tuple(one for one in asked if engine.draft(one).refused is None)
    if not sent:
        return
    began = run.began if run else None
    with st.container(gap="xsmall"):
        st.button(
            t(N_("Ask {n} without paying"), n=count(len(sent))), key=f"{where}_unpaid_{connection}_{began}",
            type="tertiary", icon=":material/door_open:", on_click=begin, args=(engine, connection, sent, began),
            disabled=run is not None and not run.ended,
        )
        st.caption(t(N_("Sends a request that must be refused before anything is made. Free at relays whose source we "
                        "read; weaker than a real call.")))  # fmt: skip


def _prices(engine: Engine, connection: str) -> Mapping[str, Price | None]:
    known = door().prices().catalogue(place_of(engine.configuration().connection(connection)))
    return {one.row.model: one.price for one in known}


def _offer(one: Drafted, price: Price | None) -> None:
    """A model that is chosen: its price, and what the call costs at most; or why it can't be sent."""
    most = t(N_("at most {amount}"), amount=money(one.quoted)) if one.quoted else t(N_("price unknown"))
    why = literal(told(one.refused)) if one.refused else literal(most)
    facts((code(one.model), literal(price_words(price or one.price)), why))


def label(ready: Sequence[Drafted]) -> str:
    """What the button says: of how many models one call each, and what they cost together at most."""
    if not ready:
        return t(N_("Try"))
    known, unknown = at_most([one.quoted for one in ready])
    n, amount = count(len(ready)), literal(amounts(known))
    if not known:
        return t(N_("Try {n} — price unknown"), n=n)
    if unknown:
        more = count(unknown)
        return t(N_("Try {n} — at most {amount}, and {unknown} of unknown price"), n=n, amount=amount, unknown=more)
    return t(N_("Try {n} — at most {amount}"), n=n, amount=amount)


def begin(engine: Engine, connection: str, drafts: Sequence[CallDraft], after: datetime | None) -> None:
    """Sends them, unless this is the second click of two. For a callback."""
    door().ask(engine.runs.begin_tries(connection, drafts, after))


def cancel(engine: Engine, connection: str) -> None:
    """Sends no more of them. For a callback."""
    door().ask(engine.runs.cancel_tries(connection))


def _progress(engine: Engine, connection: str, run: TryRun, where: str) -> None:
    """How far they are, drawn again and again while they run."""
    if run.ended:
        if run.broke is not None:
            show_error(run.broke)
        _results(engine, run)
        return

    @st.fragment(run_every=LOOKS_EVERY_S)
    def fragment() -> None:
        if run.ended:
            st.rerun()
        done = run.progress
        with st.container(horizontal=True, vertical_alignment="center"):
            st.progress(len(done.shown) / len(done.asked), text=how_far(done), width="stretch")
            st.button(
                t(N_("Cancel")), key=f"{where}_tries_cancel", icon=":material/stop_circle:", on_click=cancel,
                args=(engine, connection), disabled=run.cancelled or len(done.sent) == len(done.asked),
                help=t(N_("What hasn't been sent isn't; what was sent is paid for, and its end is waited for.")),
            )
        _results(engine, run)

    fragment()


def how_far(done: Progress) -> str:
    """How far it is: "3 of 5 models, 1 failed"."""
    parts = {"done": count(len(done.shown)), "asked": count(len(done.asked)), "failed": count(len(done.failed))}
    if not done.failed:
        return t(N_("{done} of {asked} models"), done=parts["done"], asked=parts["asked"])
    return t(N_("{done} of {asked} models, {failed} failed"), **parts)


def _results(engine: Engine, run: TryRun) -> None:
    """Each model's line: what its call showed and cost; or that it runs, waits, or was never sent."""
    done = run.progress
    for model in done.asked:
        if model in done.shown:
            _result(engine, model, done.shown[model])
        elif model in done.sent:
            st.markdown(f":shimmer[{code(model)}…]")
        else:
            facts((code(model), t(N_("not sent")) if run.cancelled else t(N_("waiting"))))


def _result(engine: Engine, model: str, shown: Evidence) -> None:
    """What one call showed, its cause, and what it cost."""
    how = showed(shown.step, shown.state, ok=shown.ok)
    st.markdown(f":{how.colour}[{how.symbol} {t(how.word)}] · {code(model)}")
    cost = engine.log.call(shown.call)[0].cost if shown.call else None
    spent = money(cost) if cost else t(N_("cost unknown"))
    facts((literal(sentence(shown, t, zone())), literal(spent), duration(shown.ms) if shown.ms is not None else ""))
