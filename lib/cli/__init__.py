"""The command line, as in the contract: every command can answer with one JSON document; messages go to stderr.

Exit status 0 done; 1 where `check`, `lines` or `call` did not end usable or succeeded; 2 wrong use.
"""

from __future__ import annotations

from lib.cli.commands import main

__all__ = ["main"]
