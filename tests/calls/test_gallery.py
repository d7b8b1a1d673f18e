"""Deleting what calls made: the disk is freed when no call has the file any more, and the log keeps its calls."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lib.calls.files import Files
from lib.calls.gallery import Gallery
from lib.errors import WrongUse
from lib.ledger import Ledger, calls, media
from lib.ledger.calls import Payload
from lib.ledger.media import Kept, Name, Role, Stored
from tests.ledger.ledger_rows import row

PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452")
"""A signature and the beginning of a header (PNG specification, 5.2 and 11.2.2)."""


class Folder:
    """A data folder with its parts."""

    def __init__(self, home: Path, ledger: Ledger) -> None:
        self.ledger = ledger
        self.files = Files(home)
        self.gallery = Gallery(ledger, self.files)

    def call(self, **files: list[Kept]) -> str:
        """A call with files by their roles; its id."""
        made = row(capability="image")
        self.ledger.write(lambda db: calls.insert(db, made, Payload("a prompt")))
        roles: dict[Role, list[Kept]] = dict(files)  # type: ignore[arg-type]
        for role, kept in roles.items():
            self.ledger.write(lambda db, role=role, kept=kept: media.add(db, made.id, role, kept))
        return made.id


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    with Ledger.open(None, tmp_path) as ledger:
        yield Folder(tmp_path, ledger)


def test_what_is_deleted_is_off_the_disk(folder: Folder) -> None:
    kept = folder.files.keep(PNG)
    name = Name(folder.call(output=[kept]), 1)
    assert folder.gallery.frees([name]) == Stored(1, len(PNG))
    assert folder.gallery.delete([name]) == len(PNG)
    assert not folder.files.path(kept).exists()
    assert (folder.gallery.page().files, folder.gallery.storage()) == ((), Stored(0, 0))
    assert folder.gallery.delete([name]) == 0
    with folder.ledger.read() as db:
        assert calls.get(db, name.call) is not None


@pytest.mark.parametrize("role", ["input", "mask", "output"])
def test_what_another_call_has_stays(folder: Folder, role: str) -> None:
    kept = folder.files.keep(PNG)
    name = Name(folder.call(output=[kept]), 1)
    folder.call(**{role: [kept]})
    assert folder.gallery.frees([name]) == Stored(0, 0)
    assert folder.gallery.delete([name]) == 0
    assert folder.files.read(kept) == PNG


def test_several_are_deleted_at_once(folder: Folder) -> None:
    kept = [folder.files.keep(PNG + bytes([n])) for n in range(3)]
    call = folder.call(output=kept)
    assert folder.gallery.delete([Name(call, 1), Name(call, 3)]) == 2 * (len(PNG) + 1)
    assert [one.number for one in folder.gallery.page().files] == [2]


def test_the_same_bytes_told_otherwise_are_a_file_of_their_own(folder: Folder) -> None:
    plain, named = folder.files.keep(b"sound", ""), folder.files.keep(b"sound", "audio/mpeg")
    name = Name(folder.call(output=[plain]), 1)
    folder.call(output=[named])
    assert folder.gallery.delete([name]) == len(b"sound")
    assert folder.files.read(named) == b"sound"


def test_a_file_that_is_gone_already_frees_nothing(folder: Folder) -> None:
    kept = folder.files.keep(PNG)
    name = Name(folder.call(output=[kept]), 1)
    folder.files.path(kept).unlink()
    assert folder.gallery.delete([name]) == 0
    assert folder.gallery.page().files == ()


def test_a_file_that_cant_be_deleted_is_still_there(folder: Folder) -> None:
    kept = Kept("a" * 64, "image/png", 1)
    folder.files.path(kept).mkdir(parents=True)  # no file, so it can't be taken off the disk as one
    name = Name(folder.call(output=[kept]), 1)
    with pytest.raises(WrongUse):
        folder.gallery.delete([name])
    assert folder.gallery.made([name])
