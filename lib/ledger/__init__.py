"""The store: calls, payloads, evidence, snapshots, configuration, rollups. The only code that knows SQLAlchemy.

`Ledger` opens the database; the modules beside it are functions over one of its connections, grouped by subject
(`calls`, `evidence`, `snapshots`, `settings`, `rollups`, `owners`); `log.Log` is how calls are read from outside of it.
"""

from lib.ledger.store import Ledger

__all__ = ["Ledger"]
