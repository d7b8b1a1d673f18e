"""Puts it together: one data folder, one ledger, one HTTP client, one loop. The door through which all is done.

Screens and the command line ask here; nothing of it knows which of the two asks. What is not `async` sends nothing,
reads the ledger and may be called from any thread.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import starmap
from pathlib import Path
from typing import Any

from platformdirs import user_data_path
from pydantic import SecretStr
from sqlalchemy.exc import DatabaseError

from lib.calls.conversation import Turn, conversation
from lib.calls.dialect import protocol_of
from lib.calls.draft import GIVEN, CallDraft, Drafted, draft_of, given_again, make
from lib.calls.files import Files
from lib.calls.gallery import Gallery
from lib.calls.guard import bound
from lib.calls.known import Dated, Known
from lib.calls.life import Calls
from lib.calls.lists import LISTS, fetch
from lib.calls.live import Live
from lib.calls.recovery import recover, works_on
from lib.calls.repricing import Batch, Repricing, Tally
from lib.calls.retention import Retention
from lib.calls.spending import Spending, forecasts, over_budget, spendings
from lib.checks import account_log
from lib.checks import relay_log as relay_logs
from lib.checks.lines import LineResult, entries, race
from lib.checks.listing import Listings
from lib.checks.many import OnStep, check
from lib.checks.paid import smallest_call
from lib.checks.relay_log import OnTold, Told
from lib.checks.runs import Runs
from lib.checks.trial import Trial, try_out
from lib.connections import accounts, network, store
from lib.connections.accounts import Access
from lib.connections.keys import KeyStore
from lib.connections.model import Configuration
from lib.cost import budget, conversion
from lib.cost.budget import Budget, Place
from lib.cost.conversion import Conversion
from lib.cost.reconciliation import Reconciled
from lib.errors import WrongUse
from lib.http import Http, Outward
from lib.ledger import Ledger, balances, evidence, relay_log, spells, tasks
from lib.ledger.balances import Balance
from lib.ledger.log import Log
from lib.ledger.media import Kept, Role, of_calls
from lib.ledger.owners import Owner
from lib.ledger.relay_log import Pulled
from lib.ledger.spells import Called, Spell
from lib.ledger.tasks import TaskRecord
from lib.verdicts.judge import Judge
from lib.verdicts.judged import Judged
from lib.verdicts.judging import Facts
from lib.verdicts.overview import Overview, quotas
from lib.verdicts.planning import Offer, cheapest
from lib.verdicts.prices import Prices
from lib.verdicts.standing import Standing, standing
from lib.verdicts.tried import Tried, passed, tried
from lib.verdicts.views import Cell, Row
from lib.vocabulary import Capability, Evidence, Money, Quota, Reason, Verdict
from lib.vocabulary import KeyStore as KeyStoreKind
from lib.wire import Choice
from lib.wire.newapi import Listing, RelayStatus

RECOVERS_EVERY_S = 30.0
"""A process that shares this folder may die at any time; what it left is ended this soon."""
RETAINS_EVERY_S = 24 * 60 * 60.0

CHEAPEST = 20
"""So many are made ready at most to find one that can be sent."""


def home() -> Path:
    """The data folder: `RELAYSCOPE_HOME`, else the platform's user data folder. Not made here."""
    named = os.environ.get("RELAYSCOPE_HOME")
    return Path(named).expanduser() if named else user_data_path("relayscope", appauthor=False)


def database_url() -> str | None:
    """`RELAYSCOPE_DATABASE_URL`; None: a SQLite file in the data folder."""
    return os.environ.get("RELAYSCOPE_DATABASE_URL") or None


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check of one connection came to: each rung's evidence and the verdicts that hold now."""

    connection: str
    capabilities: tuple[Capability, ...]
    steps: tuple[Evidence, ...]
    verdicts: tuple[Verdict, ...]
    quota: Quota | None


class Engine:
    """One data folder at work. Make it anywhere; `await start()` and `await stop()` on the loop that runs it."""

    def __init__(
        self, home: Path, database_url: str | None = None, keys: KeyStoreKind | None = None, *, goes_on: bool = True
    ) -> None:
        """`keys`: where they are kept, if that isn't the user's to choose. `goes_on`: with what servers still work on
        and whose process has died; a command that ends at once leaves that to others.

        Raises `WrongUse` for a bad database.
        """
        self._goes_on = goes_on
        self.home = home
        self.files = Files(home)
        self.ledger = Ledger.open(database_url, home)
        self.keys = KeyStore(home, self.ledger, keys)
        self.known = Known(self.ledger, self.keys, self.files)
        self._owner: Owner | None = None
        self.log = Log(self.ledger)
        self.gallery = Gallery(self.ledger, self.files)
        self.retention = Retention(self.ledger, self.files)
        self._judge = Judge(self.known)

    async def start(self) -> None:
        """Makes ready to send; ends what a dead process left unfinished."""
        self._http = Http(await asyncio.to_thread(network.load, self.ledger, self.keys))
        self._owner = Owner(self.ledger.database)
        self.calls = Calls(self._http, self.ledger, self.known, self._owner, self.files)
        self._listings = Listings(self._http, self.known)
        self.runs = Runs(self._http, self.known, self._listings, self.calls, self.log)
        await self._recover(self._owner)
        self._recovering = asyncio.create_task(self._recover_again(self._owner))
        self._retaining = asyncio.create_task(self._let_old_calls_go())

    async def _recover_again(self, owner: Owner) -> None:
        while True:
            await asyncio.sleep(RECOVERS_EVERY_S)
            with suppress(DatabaseError):  # a server is away for a while; there is another time
                await self._recover(owner)

    async def _let_old_calls_go(self) -> None:
        """At the start and once a day, where the user wants it and the process stays."""
        while self._goes_on:
            with suppress(DatabaseError):  # another process has it; there is another day
                await asyncio.to_thread(self.retention.keep_to_rule)
            await asyncio.sleep(RETAINS_EVERY_S)

    async def _recover(self, owner: Owner) -> None:
        for row in await recover(self.ledger, owner, goes_on=self._goes_on):
            if works_on(row):
                await self.calls.resume(row.id)

    async def stop(self) -> None:
        """Ends running calls as interrupted; closes connections and the ledger."""
        if self._owner is not None:
            self._recovering.cancel()
            self._retaining.cancel()
            await self.runs.cancel()
            await self.calls.close()
            await self.runs.wait()
            await self._http.aclose()
            self._owner.release()
        self.ledger.close()

    @property
    def outward(self) -> Outward:
        """The proxy and the time-outs that hold now."""
        return self._http.outward

    async def go_out(self, outward: Outward) -> None:
        """From now on, and at every start, by this proxy and these time-outs; what is under way isn't broken.

        Raises `WrongUse` where the proxy's password can't be kept; nothing has changed then.
        """
        await asyncio.to_thread(network.save, self.ledger, self.keys, outward)
        await self._http.take(outward)

    def configuration(self) -> Configuration:
        """The user's relays and connections."""
        return self.known.configuration()

    def remove(self, name: str) -> None:
        """Removes a connection with its key and evidence, or a relay nothing depends on. Raises `WrongUse`."""
        store.remove(self.ledger, self.keys, name)

    def remove_connection(self, name: str) -> None:
        """Removes a connection, and never a relay of the same id. Raises `WrongUse`."""
        store.remove_connection(self.ledger, self.keys, name)

    def remove_relay(self, name: str) -> None:
        """Removes a relay nothing depends on. Raises `WrongUse`."""
        store.remove_relay(self.ledger, self.keys, name)

    def import_(self, text: str, *, only_new: bool = False) -> Configuration:
        """Saves what an import file says, all or nothing; sends nothing. Raises `WrongUse` naming the field.

        `only_new`: refused where it would replace anything.
        """
        store.apply_import(self.ledger, self.keys, store.plan_import(text), only_new=only_new)
        return self.configuration()

    async def try_out(self, text: str, on_step: OnStep | None = None) -> Tried:
        """The free ladder of the first connection of an import file, as if it were saved; nothing is kept of it.

        Raises `WrongUse` naming the field before anything is sent.
        """
        trial = Trial(self.known, store.plan_import(text))
        steps = await try_out(self._http, trial, on_step)
        return await asyncio.to_thread(tried, trial, steps)

    def facts(self) -> Facts:
        """All that verdicts rest on, from the ledger."""
        return self._judge.facts()

    def judged(self) -> Judged:
        """The facts as they stand and what is concluded of them; nothing is judged twice on the same basis."""
        return self._judge.judged()

    def overview(self) -> Overview:
        """What can be used right now, what can't and why; what is left, and the evidence."""
        return self.judged().overview

    def history(
        self, connection: str, called: Called | None = None, limit: int | None = spells.NEWEST
    ) -> tuple[Spell, ...]:
        """How a connection has stood, newest first: its rungs, and its real calls (`called`: of these models alone)."""
        with self.ledger.read() as db:
            return tuple(spells.newest(db, connection, called, limit))

    def stood(self, connection_id: str) -> Standing:
        """How each API of a connection has stood over time. Raises `WrongUse` for an unknown one."""
        connection = self.configuration().connection(connection_id)
        found = [one for one in self.verdicts() if one.connection == connection_id]
        with self.ledger.read() as db:
            return standing(connection, found, spells.looked_back(db, connection_id), datetime.now(UTC))

    def behind(self, found: Sequence[Spell]) -> Mapping[int, Sequence[Evidence]]:
        """By spell's id, what is kept of the requests that showed it, newest first."""
        with self.ledger.read() as db:
            return evidence.of_spells(db, [one.id for one in found])

    def verdicts(self) -> tuple[Verdict, ...]:
        """Every verdict there is."""
        return self.judged().verdicts

    def matrix(self) -> tuple[Cell, ...]:
        """Provider × capability."""
        return self.judged().matrix()

    def catalogue(self, relay_id: str) -> tuple[Row, ...]:
        """Every API a relay lists, with its verdict. Raises `WrongUse` for an unknown relay."""
        judged = self.judged()
        return judged.catalogue(f"relay:{judged.facts.configuration.relay(relay_id).id}")

    def relay_status(self, relay_id: str) -> Dated[RelayStatus] | None:
        """What answered last at a relay's line: its name and version. Raises `WrongUse` for an unknown relay."""
        return self.known.site(f"relay:{self.configuration().relay(relay_id).id}")

    def listing(self, relay_id: str) -> Dated[Listing] | None:
        """A relay's price list, as last fetched. Raises `WrongUse` for an unknown relay."""
        return self.known.listing(f"relay:{self.configuration().relay(relay_id).id}")

    def prices(self, conversion: Conversion | None = None) -> Prices:
        """What everything judged costs today; made once for each basis, day and choice of rates (None: the own)."""
        return self._judge.prices(conversion or self.conversion())

    def offers(self, capability: Capability, conversion: Conversion) -> tuple[Offer, ...]:
        """What can be used for a capability, what that costs today, and what is left for its key buys of it."""
        return self._judge.offers(capability, conversion)

    def cheapest(self, found: Sequence[Offer], draft: CallDraft, conversion: Conversion) -> Drafted | None:
        """A draft made ready where it costs least at most, of some offers; sends nothing.

        None where nobody knows what it costs, or none of the `CHEAPEST` first can be asked for this.
        """
        for one in cheapest(found, draft, conversion)[:CHEAPEST]:
            try:
                ready = self.draft(draft.elsewhere(one.verdict.connection, one.verdict.model))
            except WrongUse:  # it was removed since
                continue
            if ready.quoted is not None and ready.refused is None:
                return ready
        return None

    async def fresh_listing(self, relay_id: str, *, again: bool = False) -> bool:
        """Fetches a relay's status and price list, without a key, if that was long ago. False where it didn't come.

        `again`: however short the time since.
        """
        relay = self.configuration().relay(relay_id)
        return await self._listings.fresh(f"relay:{relay.id}", relay.chosen.base_url, again=again)

    async def check(
        self, ids: Sequence[str] | None = None, *, paid: bool = False, on_step: OnStep | None = None
    ) -> tuple[Checked, ...]:
        """The ladder of some connections (None: all), free; with `paid` one smallest real call where it passes.

        Raises `WrongUse` for an unknown id before anything is sent.
        """
        wanted = list(dict.fromkeys(ids)) if ids else [one.id for one in self.configuration().connections]
        steps = await check(self._http, self.ledger, self.known, wanted, on_step)
        if paid:
            steps = await self._paid(steps, on_step)
        return await asyncio.to_thread(self._checked, steps)

    async def _paid(
        self, climbed: Mapping[str, tuple[Evidence, ...]], on_step: OnStep | None
    ) -> dict[str, tuple[Evidence, ...]]:
        """The same ladders with a real call on top, at once but for what goes to one host."""
        facts, rates = await asyncio.to_thread(lambda: (self.facts(), self.conversion()))

        async def paid(name: str, steps: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
            try:
                connection = facts.configuration.connection(name)
                open_to_it = await asyncio.to_thread(passed, facts, name, steps)
                async with self.runs.pace(facts.configuration.address(connection)):
                    book = self.known.book(connection)
                    shown = await smallest_call(self.calls, self.log, book, rates, open_to_it)
            except WrongUse:  # it was removed since
                return steps
            if shown is None:
                return steps
            if on_step is not None:
                on_step(shown)
            return (*steps, shown)

        return dict(zip(climbed, await asyncio.gather(*starmap(paid, climbed.items())), strict=True))

    def _checked(self, steps: dict[str, tuple[Evidence, ...]]) -> tuple[Checked, ...]:
        judged = self.judged()
        facts, found, left = judged.facts, judged.verdicts, quotas(judged.facts.evidence)
        there = {one.id for one in facts.configuration.connections}
        return tuple(
            Checked(
                connection=name,
                capabilities=bound(mine := facts.configuration.connection(name), facts.models(mine)),
                steps=rungs,
                verdicts=tuple(v for v in found if v.connection == name),
                quota=left.get(name),
            )
            for name, rungs in steps.items()
            if name in there
        )

    async def race(self, relay_id: str) -> tuple[LineResult, ...]:
        """Races a relay's lines; switches nothing, costs nothing."""
        relay = self.configuration().relay(relay_id)
        return await race(self._http, await asyncio.to_thread(entries, self.known, relay))

    def choose_line(self, relay_id: str, line_id: str) -> None:
        """Switches the line by hand. Raises `WrongUse` for an unknown relay or line."""
        store.choose_line(self.ledger, relay_id, line_id)

    def draft(self, draft: CallDraft) -> Drafted:
        """A call made ready: guarded, priced, within the budgets, exportable as code. Sends nothing."""
        at = datetime.now(UTC)
        drafted = make(self.known, draft, at)
        with self.ledger.read() as db:
            return replace(drafted, refused=drafted.refused or over_budget(db, drafted, at))

    def draft_again(self, call_id: str) -> CallDraft:
        """The draft a call was made of, with the files it was given. Raises `WrongUse` where these are gone, or it is.
        """
        row, payload = self.log.call(call_id)
        given = {role: self.artifacts([call_id], role).get(call_id, ()) for role in GIVEN}
        return given_again(draft_of(row, payload), given, self.files)

    def protocol(self, connection_id: str, capability: Capability, model: str) -> str:
        """The protocol a model would be spoken to in for a capability. Raises `WrongUse` for an unknown connection."""
        route = self.known.route(connection_id)
        return protocol_of(route, capability, "generate", model, *self.known.dialects(route.connection, model))

    def choices(self, connection_id: str, capability: Capability, protocol: str) -> Mapping[str, tuple[Choice, ...]]:
        """By parameter, what a key's server lists for it, () where it wasn't asked; empty where it lists nothing."""
        wanted = LISTS.get((capability, protocol))
        return {wanted.parameter: self.known.choices(connection_id, wanted.kind)} if wanted else {}

    async def fetch_choices(self, connection_id: str, capability: Capability, protocol: str) -> Reason | None:
        """Asks a key's server for that list, which is free; why it didn't come, None where it did.

        Raises `WrongUse` for an unknown connection.
        """
        return await fetch(self._http, self.known, connection_id, protocol, LISTS[capability, protocol])

    async def submit(self, draft: CallDraft) -> str:
        """Logs and sends a call; returns its id at once. It runs on in the engine.

        What the relay charges is asked before, if that was long ago: a call has the prices of its day.
        """
        await self._listings.of_today(draft.connection)
        return await self.calls.submit(draft)

    async def wait(self, call_id: str) -> None:
        """Returns when a call of this process has ended."""
        await self.calls.wait(call_id)

    async def accepted(self, call_id: str) -> None:
        """Returns when a server has accepted a call of this process as work that finishes later, or it has ended."""
        await self.calls.accepted(call_id)

    async def wait_for_all(self) -> None:
        """Returns when every call of this process has ended."""
        await asyncio.gather(*map(self.calls.wait, tuple(self.calls.live)))

    async def cancel(self, call_id: str) -> None:
        """Stops a call of this process; what came so far is kept."""
        await self.calls.cancel(call_id)

    async def fetch_again(self, call_id: str) -> None:
        """Goes on with a call whose result could not be fetched, or of which nobody knows how it stands.

        Nothing is made again. Raises `WrongUse` where there is nothing to ask after.
        """
        await self.calls.fetch_again(call_id)

    async def recover_task(self, draft: CallDraft, task_id: str, kind: str = "") -> str:
        """Logs work that was submitted elsewhere, or lost in a crash, and follows it; returns the new call's id.

        Nothing is submitted. Raises `WrongUse` where the connection or its protocol can't be asked after a task.
        """
        return await self.calls.recover_task(draft, task_id, kind)

    def artifacts(self, ids: Iterable[str], role: Role = "output") -> Mapping[str, tuple[Kept, ...]]:
        """The files that some calls made (or were given), by call; where they stand says `files.path`."""
        with self.ledger.read() as db:
            return of_calls(db, ids, role)

    def conversation(self, call_id: str | None) -> tuple[Turn, ...]:
        """The turns up to a call, oldest first; none where it can't be gone on from."""
        return conversation(self.ledger, call_id)

    def task(self, call_id: str) -> TaskRecord:
        """How a call's task stood when its server was last asked."""
        with self.ledger.read() as db:
            return tasks.get(db, call_id)

    def live(self, call_id: str) -> Live | None:
        """A call that runs in this process or has ended in it, as it stands; None if it is another's."""
        return self.calls.live.get(call_id)

    async def price_again(self, question: Mapping[str, Any], tally: Tally, *, write: bool) -> None:
        """Prices the calls that these filters of the log find by what is known today, and tells off what that comes to.

        Sends nothing. `write`: the new estimates are stored, some calls at a time; else it is a preview.
        """
        repricing = Repricing(self.known, question, tally, write=write)
        await repricing.run(self.ledger.awrite if write else self._looked_up)

    async def pull_log(
        self, relay_id: str, *, key_in_address: bool = False, on_told: OnTold | None = None
    ) -> tuple[Told, ...]:
        """Asks a relay for its own log of each key, out of its ration, and writes what it billed into the calls.

        `key_in_address`: as old builds want it. `on_told` hears of each key, on the loop. Raises `WrongUse` for an
        unknown relay.
        """
        told = await relay_logs.pull(
            self._http, self.known, relay_id, key_in_address=key_in_address, on_told=on_told
        )
        await asyncio.to_thread(relay_logs.settle, self.ledger, relay_id)
        return told

    def account(self, relay_id: str) -> Access | None:
        """What may be shown of the stored access to the user's account at a relay; None where there is none."""
        return accounts.shown(self.ledger, relay_id)

    def save_account(self, relay_id: str, number: str, token: SecretStr | None) -> None:
        """Keeps access to the user's account at a relay; without a token the one that is stored. Raises `WrongUse`."""
        accounts.save(self.ledger, self.keys, self.configuration().relay(relay_id), number, token)

    def forget_account(self, relay_id: str) -> None:
        """Deletes the stored access to the user's account at a relay; what was read by it stays."""
        accounts.forget(self.ledger, self.keys, relay_id)

    async def try_account(self, relay_id: str) -> Reason | None:
        """Why the log of the user's account can't be read; None where it can. One row of it is asked for, free.

        Raises `WrongUse` for an unknown relay, and where the user gave no access.
        """
        return await account_log.tried(self._http, self.known, self.configuration().relay(relay_id))

    def reconciled(self, relay_id: str, since: datetime | None = None, until: datetime | None = None) -> Reconciled:
        """Our calls through a relay beside its own log, as last read. Raises `WrongUse` for an unknown relay."""
        relay = self.configuration().relay(relay_id)
        return self.ledger.remembered(
            ("reconciled", relay.id, since, until), lambda db: relay_logs.reconciled(db, relay.id, since, until)
        )

    def balances(self, relay_id: str, since: datetime | None = None) -> list[Balance]:
        """What was left for a relay's connections over time, by connection, the oldest first."""
        names = [one.id for one in self.configuration().connections if one.relay == relay_id]
        with self.ledger.read() as db:
            return balances.of(db, names, since)

    def pulled(self, relay_id: str) -> Mapping[str, Pulled]:
        """By connection, when its log at a relay was last read, and since when it is known; "": the account's."""
        with self.ledger.read() as db:
            return relay_log.pulls(db, relay_id)

    async def _looked_up(self, fn: Batch) -> str | None:
        def look() -> str | None:
            with self.ledger.read() as db:
                return fn(db)

        return await asyncio.to_thread(look)

    def conversion(self) -> Conversion:
        """The currency the user wants to see amounts in, with his rates."""
        with self.ledger.read() as db:
            return conversion.load(db)

    def show_in(self, chosen: Conversion) -> None:
        """Keeps the currency to show amounts in, and the rates."""
        self.ledger.write(lambda db: conversion.save(db, chosen))

    def spendings(self) -> tuple[Spending, ...]:
        """How each of the user's budgets stands."""
        with self.ledger.read() as db:
            return spendings(db, datetime.now(UTC))

    def forecasts(self) -> Mapping[Place, Money]:
        """What the months of the user's budgets come to at this pace, by place, where that can be told."""
        with self.ledger.read() as db:
            return forecasts(db, datetime.now(UTC))

    def budgets(self) -> tuple[Budget, ...]:
        """The user's budgets."""
        with self.ledger.read() as db:
            return budget.load(db)

    def keep_budgets(self, chosen: Sequence[Budget]) -> None:
        """Keeps the user's budgets, in place of those there were; of one place the last."""
        self.ledger.write(lambda db: budget.save(db, chosen))
