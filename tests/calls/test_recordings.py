"""How long a recording is, by its file; each head is built as the format's public description has it."""

from __future__ import annotations

import io
import struct
import wave

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.calls.recordings import length


def wav(seconds: float, rate: int = 16_000) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(rate)
        writer.writeframes(bytes(2 * int(seconds * rate)))
    return file.getvalue()


def mp3(*frames: bytes, seconds: int) -> bytes:
    """MPEG-1 layer III at 48,000 Hz: a frame is 24 ms, at 64 kbit/s of 192 bytes and at 128 of 384."""
    return b"".join(frames[number % len(frames)] for number in range(seconds * 1000 // 24))


LIGHT, HEAVY = b"\xff\xfb\x54\xc0" + bytes(188), b"\xff\xfb\x94\xc0" + bytes(380)
TAG = b"ID3\x04\x00\x00\x00\x00\x01\x00" + bytes(128)
FLAC = b"fLaC\x00\x00\x00\x22" + bytes(10)
OGG = b"OggS\x00\x02" + bytes(20)
PAGE = b"OggS\x00\x04"
FTYP = b"\x00\x00\x00\x14ftypM4A " + bytes(8)


@pytest.mark.parametrize(
    ("data", "seconds"),
    [
        pytest.param(wav(3), 4, id="wav: its head counts as sound"),
        pytest.param(wav(2.5), 3, id="wav, rounded up"),
        pytest.param(mp3(LIGHT, seconds=12), 12, id="mp3"),
        pytest.param(mp3(LIGHT, HEAVY, seconds=12), 12, id="mp3 of two bit rates"),
        pytest.param(TAG + mp3(LIGHT, seconds=12) + b"TAG" + bytes(125), 12, id="mp3 with tags"),
        pytest.param(mp3(LIGHT, seconds=12) + b"noise" + mp3(LIGHT, seconds=12), None, id="mp3 that is interrupted"),
        pytest.param(FLAC + struct.pack(">Q", 44_100 << 44 | 441_000) + bytes(16), 10, id="flac"),
        pytest.param(FLAC + struct.pack(">Q", 44_100 << 44) + bytes(16), None, id="flac of a stream"),
        pytest.param(OGG + b"OpusHead" + bytes(64) + PAGE + struct.pack("<q", 96_001) + bytes(9), 3, id="opus"),
        pytest.param(
            OGG + b"\x01vorbis" + struct.pack("<IBI", 0, 1, 8_000) + PAGE + struct.pack("<q", 40_000), 5, id="vorbis"
        ),
        pytest.param(FTYP + b"mvhd\0\0\0\0" + struct.pack(">IIII", 0, 0, 600, 6_300), 11, id="m4a"),
        pytest.param(FTYP + b"mvhd\1\0\0\0" + struct.pack(">QQIQ", 0, 0, 1_000, 61_000), 61, id="m4a of 64 bits"),
        pytest.param(FTYP + b"mvhd\0\0\0\0" + struct.pack(">IIII", 0, 0, 600, 0), None, id="m4a told in pieces"),
        pytest.param(b"\x1a\x45\xdf\xa3webm", None, id="webm"),
        pytest.param(b"", None, id="nothing"),
    ],
)
def test_length(data: bytes, seconds: int | None) -> None:
    assert length(data) == seconds


@given(st.sampled_from((b"", wav(0), LIGHT, TAG, FLAC, OGG + b"OpusHead", OGG + b"\x01vorbis", PAGE, FTYP + b"mvhd")),
       st.binary(max_size=80))  # fmt: skip
def test_no_bytes_break_it(head: bytes, more: bytes) -> None:
    found = length(head + more)
    assert found is None or found >= 0
