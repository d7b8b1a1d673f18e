"""Names for files that leave the data folder, and several of them in one ZIP. Pure.

Nothing of a name is as a server or a model's maker wrote it: a name can't leave a folder or hide its type.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import tzinfo

from lib.calls.files import suffix
from lib.ledger.media import Kept, MadeFile

UNSAFE = re.compile(r"[^A-Za-z0-9._]+")
LONGEST = 60
"""Characters of a model's name."""
UNKNOWN = ".bin"
UNNAMED = "file"
"""A model in whose name nothing is safe."""


def name(file: MadeFile, zone: tzinfo) -> str:
    """`20260308-113000-sora-2-1.mp4`: when, by which model, which of the call's files; the time is the zone's."""
    return f"{_stem(file, zone)}{suffix(file.kept.mime) or UNKNOWN}"


def _stem(file: MadeFile, zone: tzinfo) -> str:
    model = UNSAFE.sub("-", file.row.model).strip("-.")[:LONGEST].strip("-.") or UNNAMED
    return f"{file.row.created_at.astimezone(zone):%Y%m%d-%H%M%S}-{model}-{file.number}"


def names(files: Iterable[MadeFile], zone: tzinfo) -> Mapping[str, MadeFile]:
    """Files by a name that no other of them has."""
    named: dict[str, MadeFile] = {}
    for file in files:
        stem, end = _stem(file, zone), suffix(file.kept.mime) or UNKNOWN
        found, n = stem + end, 2
        while found in named:
            found, n = f"{stem}-{n}{end}", n + 1
        named[found] = file
    return named


def zipped(files: Sequence[MadeFile], read: Callable[[Kept], bytes], zone: tzinfo) -> bytes:
    """The files as a ZIP; one that is gone is left out. Nothing is squeezed: pictures, films and sounds are already."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for named, file in names(files, zone).items():
            try:
                archive.writestr(named, read(file.kept))
            except OSError:
                continue
    return packed.getvalue()
