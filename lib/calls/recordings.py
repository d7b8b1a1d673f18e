"""How long a recording is, by what its file says of itself. Pure."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Iterator

Seconds = float | None
"""None: this reader doesn't know the file, or the file doesn't say."""

MPEG1 = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
MPEG2 = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
"""kbit/s of MP3's frames, by the number in their heads less one (ISO/IEC 11172-3 and 13818-3, layer III)."""
RATES = (44_100, 48_000, 32_000)
SLOWER = {3: 1, 2: 2, 0: 4}
"""How much slower than MPEG-1 the samples are, by the version in a frame's head."""
BEHIND = (b"TAG", b"APETAGEX", b"\0")
"""What may stand behind the last frame."""


def length(data: bytes) -> int | None:
    """Seconds, rounded up; None where that can't be known. Never less than what is there to be heard."""
    try:
        found = next((seconds for read in READERS if (seconds := read(data)) is not None), None)
    except (struct.error, IndexError, ZeroDivisionError):
        return None
    return None if found is None else math.ceil(found)


def _wav(data: bytes) -> Seconds:
    """By the bytes that a second takes; what the head says of its size may be a live recording's guess."""
    at = data.find(b"fmt ", 0, 4096) if data.startswith(b"RIFF") and data[8:12] == b"WAVE" else -1
    return None if at < 0 else float(len(data) / _number("<I", data, at + 16))


def _flac(data: bytes) -> Seconds:
    """Samples and their rate stand in its first block (RFC 9639, 8.2); 0 samples: not known."""
    if not data.startswith(b"fLaC"):
        return None
    told = _number(">Q", data, 18)
    return ((told & (1 << 36) - 1) / (told >> 44)) or None


def _ogg(data: bytes) -> Seconds:
    """By the number of the last sample, as its last page has it (RFC 3533); Opus counts 48,000 a second (RFC 7845)."""
    head = data[:256]
    if not data.startswith(b"OggS") or not (b"OpusHead" in head or b"\x01vorbis" in head):
        return None
    rate = 48_000 if b"OpusHead" in head else _number("<I", data, head.index(b"\x01vorbis") + 12)
    return (max(0, _number("<q", data, data.rindex(b"OggS") + 6)) / rate) or None


def _mp4(data: bytes) -> Seconds:
    """By its movie's head (ISO/IEC 14496-12, 8.2.2); 0 where it is told piece by piece."""
    at = data.find(b"mvhd") if data[4:8] == b"ftyp" else -1
    if at < 0:
        return None
    form, place = (">IQ", 24) if data[at + 4] == 1 else (">II", 16)
    scale, duration = struct.unpack_from(form, data, at + place)
    unknown = duration in (0, 2**32 - 1, 2**64 - 1)
    return None if unknown else float(duration / scale)


def _mp3(data: bytes) -> Seconds:
    """Frame by frame, for each may have a bit rate of its own."""
    at, seconds = _behind_tag(data), 0.0
    for size, lasts in _frames(data, at):
        at, seconds = at + size, seconds + lasts
    whole = seconds and (at >= len(data) or data.startswith(BEHIND, at))
    return seconds if whole else None


def _behind_tag(data: bytes) -> int:
    """Where the sound begins behind an ID3 tag (id3.org, ID3v2.4.0, 3.1: 7 bits in each byte of its size)."""
    if not data.startswith(b"ID3"):
        return 0
    return 10 + sum(byte << shift for byte, shift in zip(data[6:10], (21, 14, 7, 0), strict=True))


def _frames(data: bytes, at: int) -> Iterator[tuple[int, float]]:
    """The bytes and seconds of each frame that stands there, until one doesn't."""
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] >= 0xE0:
        version, layer = data[at + 1] >> 3 & 3, data[at + 1] >> 1 & 3
        kilobits, rate = data[at + 2] >> 4, data[at + 2] >> 2 & 3
        if layer != 1 or version not in SLOWER or kilobits in (0, 15) or rate == 3:
            return
        samples = RATES[rate] // SLOWER[version]
        bits, of_frame = (MPEG1, 1152) if version == 3 else (MPEG2, 576)
        size = of_frame // 8 * bits[kilobits - 1] * 1000 // samples + (data[at + 2] >> 1 & 1)
        yield size, of_frame / samples
        at += size


def _number(form: str, data: bytes, at: int) -> int:
    return int(struct.unpack_from(form, data, at)[0])


READERS: tuple[Callable[[bytes], Seconds], ...] = (_wav, _flac, _ogg, _mp4, _mp3)
