"""Who a call belongs to: a process, known by a lock that dies with it. Only a dead owner's calls are taken over."""

from __future__ import annotations

import secrets

from lib.ledger.database import Database
from lib.ledger.locks import exists, try_lock


class Owner:
    """This process as an owner, from now until `release()` or its death. An id is never used again."""

    def __init__(self, database: Database) -> None:
        self.id = secrets.token_hex(8)
        self._database = database
        self._lock = try_lock(database, _name(self.id))

    def hold(self) -> bool:
        """Whether it has its lock still; where a restarted server has let go of it, that is taken again.

        False: it had not, and who else lives may be without his own until he has looked, too.
        """
        if self._lock is not None and self._lock.held():
            return True
        self._lock = try_lock(self._database, _name(self.id))
        return False

    def alive(self, owner_id: str) -> bool:
        """Whether that owner still lives; what a dead one left is cleaned up."""
        if owner_id == self.id:
            return self._lock is not None
        if not exists(self._database, _name(owner_id)):
            return False
        free = try_lock(self._database, _name(owner_id))
        if free is None:
            return True
        free.release()
        return False

    def release(self) -> None:
        """Ends the ownership; the process may live on."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None


def _name(owner_id: str) -> str:
    return f"owners/{owner_id}"
