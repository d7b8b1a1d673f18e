"""What calls made: found, counted, and deleted so that the disk is really freed. Sends nothing."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import Any

from sqlalchemy import Connection

from lib.calls.files import Files
from lib.errors import WrongUse
from lib.i18n import N_
from lib.ledger import Ledger, media
from lib.ledger.media import MadeFile, MadePage, Name, Stored


class Gallery:
    """What may be asked of the files of one data folder, from any thread."""

    def __init__(self, ledger: Ledger, files: Files) -> None:
        self._ledger = ledger
        self._files = files

    def page(self, **filters: Any) -> MadePage:
        """Made files, newest first; filters and paging as in `lib.ledger.media.page`."""
        with self._ledger.read() as db:
            return media.page(db, **filters)

    def made(self, names: Collection[Name]) -> tuple[MadeFile, ...]:
        """Those of some made files that are still there, newest first."""
        with self._ledger.read() as db:
            return media.made(db, names)

    def models(self) -> list[str]:
        """The models that made files which are there."""
        with self._ledger.read() as db:
            return media.models(db)

    def storage(self) -> Stored:
        """What all files take on disk, those that calls were given too."""
        with self._ledger.read() as db:
            return media.storage(db)

    def frees(self, names: Collection[Name]) -> Stored:
        """What deleting some made files would free: what other calls made or were given too stays."""
        with self._ledger.read() as db:
            return media.frees(db, names)

    def delete(self, names: Collection[Name]) -> int:
        """Deletes made files and returns the bytes freed. Their calls stay in the log.

        Raises `WrongUse` where a file can't be deleted; it and those after it are there still.
        """
        return sum(self._ledger.write(partial(self._delete, name)) for name in names)

    def _delete(self, name: Name, db: Connection) -> int:
        """One file within the transaction that forgets it: if either fails, neither is done."""
        gone = media.remove(db, name)
        if gone is None:
            return 0
        try:
            return self._files.delete(gone)
        except OSError as fault:
            said = fault.strerror or str(fault)
            raise WrongUse(N_("The file {name} can't be deleted: {said}."), name=gone.sha256, said=said) from fault
