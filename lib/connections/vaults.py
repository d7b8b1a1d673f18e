"""Two places that keep keys by id: the system's keychain, and a file only its owner can read."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue
from secrets import token_hex
from threading import Thread
from typing import Protocol, TypeVar

from filelock import FileLock

from lib.errors import WrongUse
from lib.i18n import N_

T = TypeVar("T")

SERVICE = "relayscope"
PROBE = "probe-of-relayscope"
ALL_KEYS = "all-keys"
"""The macOS keychain asks the user once for each item, so there all keys are one (neither name can be an id)."""

PROBE_SECONDS = 2.0
PATIENCE_SECONDS = 30.0
"""How long a keychain may take that has worked before: it may be asking the user to unlock it."""


class Vault(Protocol):
    """Keeps keys by connection id."""

    @property
    def where(self) -> str: ...
    def get(self, id: str) -> str | None: ...
    def put(self, id: str, key: str) -> None: ...
    def drop(self, id: str) -> None: ...


class KeyFile:
    """`keys.json` in the data folder, mode 0600 from its first byte on."""

    def __init__(self, home: Path) -> None:
        self._file = home / "keys.json"

    @property
    def where(self) -> str:
        """The file's path."""
        return str(self._file)

    def get(self, id: str) -> str | None:
        """The key; None if there is none."""
        return self._all().get(id)

    def put(self, id: str, key: str) -> None:
        """Keeps the key in place of any other of that id."""
        self._change(lambda keys: keys | {id: key})

    def drop(self, id: str) -> None:
        """Deletes the key, if there is one."""
        if id in self._all():
            self._change(lambda keys: {name: key for name, key in keys.items() if name != id})

    def _all(self) -> dict[str, str]:
        try:
            return _keys(self._file.read_text("utf-8"))
        except FileNotFoundError:
            return {}
        except (OSError, ValueError) as fault:
            said = type(fault).__name__
        raise WrongUse(N_("The key file {file} can't be read ({said})."), file=str(self._file), said=said)

    def _change(self, change: Callable[[dict[str, str]], dict[str, str]]) -> None:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(self._file.with_suffix(".lock")):
                self._write(json.dumps(change(self._all()), indent=1))
        except OSError as fault:
            said = fault.strerror or type(fault).__name__
            raise WrongUse(
                N_("The key file {file} can't be written: {said}."), file=str(self._file), said=said
            ) from fault

    def _write(self, text: str) -> None:
        draft = self._file.with_suffix(f".{token_hex(4)}")
        try:
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.replace(draft, self._file)
        finally:
            draft.unlink(missing_ok=True)


def _keys(text: str) -> dict[str, str]:
    keys = json.loads(text)
    if not isinstance(keys, dict):
        raise ValueError("not an object")
    return keys


class Keychain:
    """The system's keychain by way of `keyring`, imported at first use: some backends start services."""

    @property
    def where(self) -> str:
        """The keychain's name."""
        import keyring

        return keyring.get_keyring().name

    def get(self, id: str) -> str | None:
        """The key; None if there is none."""
        if sys.platform == "darwin":
            return self._all().get(id)
        return _asked(lambda: _get(id))

    def put(self, id: str, key: str) -> None:
        """Keeps the key in place of any other of that id."""
        if sys.platform == "darwin":
            self._put_all(self._all() | {id: key})
        else:
            _asked(lambda: _set(id, key))

    def drop(self, id: str) -> None:
        """Deletes the key, if there is one."""
        if sys.platform == "darwin":
            self._put_all({name: key for name, key in self._all().items() if name != id})
        elif self.get(id) is not None:
            _asked(lambda: _delete(id))

    def _all(self) -> dict[str, str]:
        return _keys(_asked(lambda: _get(ALL_KEYS)) or "{}")

    def _put_all(self, keys: dict[str, str]) -> None:
        _asked(lambda: _set(ALL_KEYS, json.dumps(keys)))


def keychain_works() -> bool:
    """Whether a real keychain is there that writes, reads and deletes within two seconds."""
    import keyring

    if keyring.get_keyring().priority < 1:
        return False
    word = token_hex(8)

    def tried() -> bool:
        _set(PROBE, word)
        same = _get(PROBE) == word
        _delete(PROBE)
        return same

    try:
        return _answer(tried, PROBE_SECONDS)
    except WrongUse:
        return False


def _get(name: str) -> str | None:
    import keyring

    return keyring.get_password(SERVICE, name)


def _set(name: str, value: str) -> None:
    import keyring

    keyring.set_password(SERVICE, name, value)


def _delete(name: str) -> None:
    import keyring

    keyring.delete_password(SERVICE, name)


def _asked(question: Callable[[], T]) -> T:
    return _answer(question, PATIENCE_SECONDS)


def _answer(question: Callable[[], T], seconds: float) -> T:
    """What the keychain answers. Raises `WrongUse` if it fails or takes longer; then it's left behind on its thread."""
    answers: SimpleQueue[tuple[T] | Exception] = SimpleQueue()

    def ask() -> None:
        try:
            answers.put((question(),))
        except Exception as fault:  # backends raise whatever the system's own library does
            answers.put(fault)

    Thread(target=ask, name="keychain", daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except Empty:
        raise WrongUse(N_("The keychain doesn't answer. Unlock it, or set RELAYSCOPE_KEYS=file.")) from None
    if isinstance(answer, Exception):
        raise WrongUse(N_("The keychain failed ({said})."), said=type(answer).__name__)
    return answer[0]
