"""How long a recording is, by its file; each is built as the format's public description has it."""

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


@pytest.mark.parametrize(
    ("data", "seconds"),
    [
        pytest.param(wav(3), 3, id="wav"),
        pytest.param(wav(2.5), 3, id="rounded up"),
        pytest.param(mp3(LIGHT, seconds=12), 12, id="mp3"),
        pytest.param(mp3(LIGHT, HEAVY, seconds=12), 12, id="mp3 of two bit rates"),
        pytest.param(TAG + mp3(LIGHT, seconds=12) + b"TAG" + bytes(125), 12, id="mp3 with tags"),
        pytest.param(FLAC + struct.pack(">Q", 44_100 << 44 | 441_000) + bytes(16), 10, id="flac"),
        pytest.param(FLAC + struct.pack(">Q", 44_100 << 44) + bytes(16), None, id="flac of a stream"),
        pytest.param(b"\x1a\x45\xdf\xa3webm", None, id="webm"),
        pytest.param(b"", None, id="nothing"),
    ],
)
def test_length(data: bytes, seconds: int | None) -> None:
    assert length(data) == seconds


@given(
    st.sampled_from((b"", wav(0), LIGHT, TAG, FLAC, b"OggS\0\2", b"RIFF\0\0\0\0WAVE", b"\0\0\0\x14ftypM4A ")),
    st.binary(max_size=80),
)
def test_no_bytes_break_it(head: bytes, more: bytes) -> None:
    found = length(head + more)
    assert found is None or found > 0
