"""What `keys.toml` says: the accounts and keys the relay starts with. How they stand now is in the books."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

QUOTA_PER_USD = 500_000
"""Quota units in one US dollar, new-api's default `quota_per_unit`."""

NEVER = 0
"""`expires_at` of a key that doesn't expire."""

Fault = Literal["region", "limited", "saturated", "no_channel", "html"]


@dataclass(frozen=True, slots=True)
class Account:
    """Who owns keys: quota in units, the system access token, and whether the owner is banned."""

    name: str
    id: int
    quota: int
    token: str
    banned: bool


@dataclass(frozen=True, slots=True)
class KeySpec:
    """A key at first start. `models` None: every model of its groups; `quota` in units; times in Unix seconds.

    The first of its `groups` sets what it pays; the others only widen what it may use.
    """

    name: str
    id: int
    secret: str
    account: str
    quota: int
    unlimited: bool
    enabled: bool
    expires_at: int
    groups: tuple[str, ...]
    models: tuple[str, ...] | None
    fault: Fault | None

    @property
    def group(self) -> str:
        """The group it pays by."""
        return self.groups[0]


def units(usd: str) -> int:
    """Quota units of a USD amount."""
    return int(Decimal(usd) * QUOTA_PER_USD)


@cache
def accounts() -> Mapping[str, Account]:
    """Every account by name."""
    return MappingProxyType(
        {
            name: Account(name, row["id"], units(row["usd"]), row["token"], row.get("banned", False))
            for name, row in _document()["accounts"].items()
        }
    )


@cache
def specs() -> Mapping[str, KeySpec]:
    """Every key by name, in the order of the file."""
    return MappingProxyType({name: _spec(name, row) for name, row in _document()["keys"].items()})


def _spec(name: str, row: dict[str, Any]) -> KeySpec:
    return KeySpec(
        name=name,
        id=row["id"],
        secret=row["secret"],
        account=row["account"],
        quota=units(row.get("usd", "0")),
        unlimited=row.get("unlimited", False),
        enabled=row.get("enabled", True),
        expires_at=_seconds(row["expires"]) if "expires" in row else NEVER,
        groups=tuple(row.get("groups", ["default"])),
        models=tuple(row["models"]) if "models" in row else None,
        fault=row.get("fault"),
    )


def _seconds(day: str) -> int:
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())


@cache
def _document() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "keys.toml").read_text(encoding="utf-8"))
