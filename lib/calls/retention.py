"""Retention: what the user wants to keep of old calls; what goes takes its files from the disk. Sends nothing."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from sqlalchemy import Connection

from lib.calls.files import Files
from lib.ledger import Ledger, retention
from lib.ledger.days import zone_named
from lib.ledger.retention import Leaving, Rule
from lib.ledger.rollups import Told, unheard

AT_ONCE = 500
"""Calls deleted in one transaction: others write in between."""
WORTH_COMPACTING = 0.25
"""What goes day by day makes room for what comes; only when this share of the file is spare it is written anew."""


@dataclass(frozen=True, slots=True)
class Gone:
    """What went: calls, and bytes of files."""

    calls: int
    file_bytes: int


class Retention:
    """What may be asked of the old calls of one data folder, from any thread."""

    def __init__(self, ledger: Ledger, files: Files) -> None:
        self._ledger = ledger
        self._files = files

    @property
    def rule(self) -> Rule | None:
        """What the user wants to keep; None: everything."""
        with self._ledger.read() as db:
            return retention.load(db)

    def choose(self, rule: Rule | None) -> None:
        """Keeps the rule, by which calls go at every start and once a day from then on. Deletes nothing."""
        self._ledger.write(lambda db: retention.save(db, rule))

    def leaving(self, rule: Rule) -> Leaving:
        """What would go by a rule today."""
        now = datetime.now(UTC)
        today = now.astimezone(zone_named(self._ledger.zone)).date()

        def found(db: Connection) -> Leaving:
            return retention.leaving(db, retention.border(db, rule, now))

        return self._ledger.remembered(("leaving", rule, today), found)

    def apply(self, rule: Rule, told: Told = unheard, spare: float = 0) -> Gone:
        """Deletes what goes by a rule; `told` hears again and again how many calls are gone. Their sums stay.

        Of a SQLite file, at least that share must be spare before its room is given back to the disk.
        """
        with self._ledger.read() as db:
            until = retention.border(db, rule, datetime.now(UTC))
        calls = freed = 0
        while (batch := self._ledger.write(partial(self._forget, until=until)))[0]:
            calls, freed = calls + batch[0], freed + batch[1]
            told(calls)
        if calls:
            self._ledger.compact(spare)
        return Gone(calls, freed)

    def keep_to_rule(self) -> None:
        """Deletes what goes by the rule the user chose, if there is one."""
        if (rule := self.rule) is not None:
            self.apply(rule, spare=WORTH_COMPACTING)

    def _forget(self, db: Connection, until: datetime) -> tuple[int, int]:
        """Some calls, and their files within the same transaction."""
        calls, files = retention.forget(db, until, AT_ONCE)
        freed = 0
        for file in files:
            with suppress(OSError):  # one that can't be deleted only takes room
                freed += self._files.delete(file)
        return calls, freed
