"""The demo's own pictures, sounds, films and vectors. Pure: the same words make the same bytes, other words others."""

import hashlib
import io
import math
import re
import struct
import wave
from array import array
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

CLIPS = Path(__file__).parent / "clips"
CLIP_SECONDS = 2

CJK_FONTS = ("NotoSansCJK-Regular.ttc", "msyh.ttc", "PingFang.ttc", "Hiragino Sans GB.ttc", "wqy-microhei.ttc")
"""Fonts that know Chinese, by system; the first that is there draws every prompt."""

SHAPES = ("ellipse", "rectangle", "polygon")
WORDS_DRAWN = 24

RATE = 16_000
SCALE = tuple(220 * 2 ** (step / 12) for step in (0, 2, 4, 7, 9, 12, 14, 16))
"""Hz of a pentatonic scale: whatever the words, it sounds well."""
NOTE_SECONDS = 0.15
LETTERS_A_NOTE = 2
COMMENT = b"ICMT"

Box = tuple[float, float, float, float]


def png(prompt: str, width: int, height: int, *, of: Sequence[bytes] = ()) -> bytes:
    """A picture of `prompt` as PNG, its prompt also in the text chunk "prompt".

    With pictures in `of` it is the first of them, changed. Raises OSError where that is no picture.
    """
    seed = _seed(prompt, *of)
    image = _paper(seed, width, height)
    if of:
        image = Image.blend(_opened(of[0]).resize((width, height)), image, 0.35)
    _draw_shapes(image, seed)
    _write(image, prompt)
    facts, file = PngInfo(), io.BytesIO()
    facts.add_itxt("prompt", prompt)
    image.save(file, "PNG", pnginfo=facts, compress_level=1)
    return file.getvalue()


def grid(prompt: str, width: int, height: int, *, of: Sequence[bytes] = ()) -> bytes:
    """Four pictures in one, as Midjourney gives them: of `prompt`, `prompt #2` and so on."""
    whole = Image.new("RGB", (width, height))
    for number in range(4):
        words = f"{prompt} #{number + 1}" if number else prompt
        quarter = _opened(png(words, width // 2, height // 2, of=of))
        whole.paste(quarter, (number % 2 * (width // 2), number // 2 * (height // 2)))
    facts, file = PngInfo(), io.BytesIO()
    facts.add_itxt("prompt", prompt)
    whole.save(file, "PNG", pnginfo=facts, compress_level=1)
    return file.getvalue()


def wav(prompt: str, seconds: float | None = None) -> bytes:
    """A melody that spells `prompt`, 16 kHz mono WAV; without `seconds` as long as the text, at least 1 s.

    Its prompt stands in the comment of a LIST INFO chunk, where `heard` finds it.
    """
    if seconds is None:
        seconds = max(1.0, len(prompt) / LETTERS_A_NOTE * NOTE_SECONDS)
    length = round(seconds * RATE)
    digest = _seed(prompt)
    sound, position = array("h"), 0
    while len(sound) < length:
        sound.extend(_note(digest[position % len(digest)] % len(SCALE)))
        position += 1
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(_little_endian(sound[:length]))
    return _with_comment(file.getvalue(), prompt)


def heard(sound: bytes) -> str | None:
    """The prompt of a WAV that `wav` made; None for any other bytes."""
    for name, body in _chunks(sound):
        if name == b"LIST" and body[:8] == b"INFO" + COMMENT:
            size = int.from_bytes(body[8:12], "little")
            return body[12 : 12 + size].rstrip(b"\0").decode("utf-8", "replace")
    return None


def duration(sound: bytes) -> Decimal:
    """Seconds of a sound file: exact for WAV, for other kinds as long as 128 kbit/s make of its size."""
    try:
        with wave.open(io.BytesIO(sound)) as file:
            return Decimal(file.getnframes()) / Decimal(file.getframerate())
    except (wave.Error, EOFError, ZeroDivisionError):
        return Decimal(len(sound)) / 16_000


def mp4(prompt: str, seconds: float, *, of: Sequence[bytes] = ()) -> bytes:
    """A silent film of `seconds`, VP9 in MP4, 320x180: one of `clips/`, slowed down, chosen by `prompt` and `of`.

    A trailing `free` box holds the prompt, so that other words are other bytes.
    """
    seed = _seed(prompt, *of)
    clip = bytearray(_clips()[seed[0] % len(_clips())])
    for header in (b"mvhd", b"mdhd"):
        _slow_down(clip, header, seconds / CLIP_SECONDS)
    note = seed + prompt.encode()
    return bytes(clip) + struct.pack(">I", 8 + len(note)) + b"free" + note


def vector(text: str, dimensions: int = 256) -> list[float]:
    """`text` as a direction of length 1; texts that share words and letters lie near each other."""
    sums = [0.0] * dimensions
    for gram in _grams(text):
        digest = int.from_bytes(hashlib.blake2b(gram.encode(), digest_size=8).digest(), "big")
        sums[digest % dimensions] += 1.0 if digest >> 63 else -1.0
    length = math.sqrt(sum(value * value for value in sums))
    return [value / length for value in sums] if length else [1.0] + [0.0] * (dimensions - 1)


def _seed(prompt: str, *of: bytes) -> bytes:
    digest = hashlib.sha512(prompt.encode())
    for data in of:
        digest.update(hashlib.sha256(data).digest())
    return digest.digest()


def _opened(data: bytes) -> Image.Image:
    try:
        return Image.open(io.BytesIO(data)).convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise OSError("the input is not a picture") from error


def _paper(seed: bytes, width: int, height: int) -> Image.Image:
    """A soft gradient between four colours of the seed."""
    corners = Image.frombytes("RGB", (2, 2), seed[:12])
    return corners.resize((width, height), Image.Resampling.BICUBIC)


def _draw_shapes(image: Image.Image, seed: bytes) -> None:
    draw = ImageDraw.Draw(image, "RGBA")
    for start in range(12, 60, 8):
        kind, x, y, size, *colour = seed[start : start + 8]
        _draw_shape(draw, SHAPES[kind % len(SHAPES)], _box(image, x, y, size), (*colour[:3], 150))


def _draw_shape(draw: ImageDraw.ImageDraw, shape: str, box: Box, colour: tuple[int, ...]) -> None:
    if shape == "polygon":
        left, top, right, bottom = box
        draw.polygon([((left + right) / 2, top), (right, bottom), (left, bottom)], fill=colour)
    else:
        getattr(draw, shape)(box, fill=colour)


def _box(image: Image.Image, x: int, y: int, size: int) -> Box:
    side = min(image.size) * (0.1 + size / 640)
    left, top = image.width * x / 256 - side / 2, image.height * y / 256 - side / 2
    return left, top, left + side, top + side


def _write(image: Image.Image, prompt: str) -> None:
    words = " ".join(prompt.split())[:WORDS_DRAWN]
    size = max(10, image.width // 18)
    draw = ImageDraw.Draw(image, "RGBA")
    draw.rectangle((0, image.height - 2 * size, image.width, image.height), fill=(0, 0, 0, 130))
    draw.text((size / 2, image.height - 1.7 * size), words, fill=(255, 255, 255, 255), font=_font(size))


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    for name in CJK_FONTS:
        try:
            return ImageFont.truetype(name, size)
        except OSError:
            continue
    return ImageFont.load_default(size)


@cache
def _note(step: int) -> "array[int]":
    """One note of the scale: it swells and fades, so that notes join without a click."""
    length = round(NOTE_SECONDS * RATE)
    wave_ = (math.sin(2 * math.pi * SCALE[step] * at / RATE) * math.sin(math.pi * at / length) for at in range(length))
    return array("h", (int(9000 * value) for value in wave_))


def _little_endian(samples: "array[int]") -> bytes:
    return struct.pack(f"<{len(samples)}h", *samples)


def _with_comment(sound: bytes, words: str) -> bytes:
    text = words.encode() + b"\0"
    text += b"\0" * (len(text) % 2)
    info = b"INFO" + COMMENT + struct.pack("<I", len(text)) + text
    whole = sound[8:] + b"LIST" + struct.pack("<I", len(info)) + info
    return b"RIFF" + struct.pack("<I", len(whole)) + whole


def _chunks(sound: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The chunks of a RIFF WAVE, however its sizes lie."""
    position = 12 if sound[:4] == b"RIFF" and sound[8:12] == b"WAVE" else len(sound)
    while position + 8 <= len(sound):
        size = int.from_bytes(sound[position + 4 : position + 8], "little")
        yield sound[position : position + 4], sound[position + 8 : position + 8 + size]
        position += 8 + size + size % 2


@lru_cache(1)
def _clips() -> tuple[bytes, ...]:
    return tuple(path.read_bytes() for path in sorted(CLIPS.glob("*.mp4")))


def _slow_down(clip: bytearray, header: bytes, factor: float) -> None:
    """Divide the time scale of a version 0 `mvhd` or `mdhd` box (ISO 14496-12), four bytes after its two dates."""
    at = clip.index(header) + 16
    scale = int.from_bytes(clip[at : at + 4], "big")
    clip[at : at + 4] = max(1, round(scale / factor)).to_bytes(4, "big")


def _grams(text: str) -> Iterator[str]:
    """Words, Chinese characters, and the three-letter pieces of words."""
    for word in re.findall(r"[\u3400-\u9fff]|[^\W\u3400-\u9fff]+", text.lower()):
        yield word
        yield from (f"<{word}>"[at : at + 3] for at in range(len(word)))
