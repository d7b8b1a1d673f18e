import io
import math
import wave

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageStat

from demo import media


def near(one, other):
    return sum(a * b for a, b in zip(media.vector(one), media.vector(other), strict=True))


def boxes(film):
    """The top-level boxes of an MP4 (ISO 14496-12): four bytes of size, four of name."""
    position = 0
    while position < len(film):
        size = int.from_bytes(film[position : position + 4], "big")
        yield film[position + 4 : position + 8]
        position += size
    assert position == len(film)


@pytest.mark.parametrize(
    "make",
    [
        lambda prompt: media.png(prompt, 64, 48),
        lambda prompt: media.png(prompt, 64, 48, of=[media.png("a start", 20, 20)]),
        lambda prompt: media.wav(prompt),
        lambda prompt: media.mp4(prompt, 4),
        lambda prompt: media.vector(prompt),
    ],
)
def test_the_same_words_make_the_same_and_other_words_make_others(make):
    assert make("一只狐狸") == make("一只狐狸") != make("一只猫")


@pytest.mark.parametrize("size", [(1, 1), (16, 400), (1024, 1024), (1792, 1024)])
@pytest.mark.parametrize("prompt", ["a fox", "一只狐狸 🦊", "", "x" * 5000])
def test_a_picture_opens_in_its_size_and_knows_its_prompt(size, prompt):
    image = Image.open(io.BytesIO(media.png(prompt, *size)))
    image.load()
    assert (image.format, image.size) == ("PNG", size)
    assert image.text["prompt"] == prompt


def test_an_edited_picture_shows_the_first_one_through():
    black, white = (_plain(colour) for colour in ("black", "white"))
    assert _brightness(media.png("x", 64, 64, of=[black])) < _brightness(media.png("x", 64, 64, of=[white]))
    assert media.png("x", 64, 64, of=[black]) != media.png("x", 64, 64, of=[black, white])


@pytest.mark.parametrize("data", [b"", b"no picture", b"\x89PNG\r\n\x1a\n", media.wav("x")])
def test_what_is_no_picture_can_not_be_edited(data):
    with pytest.raises(OSError, match="not a picture"):
        media.png("x", 64, 64, of=[data])


@pytest.mark.parametrize(
    ("prompt", "seconds", "length"), [("", None, 1), ("hello", None, 1), ("word " * 20, None, 7.5), ("x", 12.5, 12.5)]
)
def test_a_sound_is_as_long_as_its_text_or_as_asked(prompt, seconds, length):
    sound = media.wav(prompt, seconds)
    with wave.open(io.BytesIO(sound)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 16000)
        assert file.getnframes() == length * 16000
        assert any(file.readframes(4000))
    assert media.duration(sound) == pytest.approx(length)


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40))
@settings(max_examples=25)
def test_a_sound_is_heard_as_it_was_spoken(prompt):
    assert media.heard(media.wav(prompt)) == prompt


@given(st.binary(max_size=60) | st.binary(max_size=60).map(lambda data: b"RIFF\0\0\0\0WAVELIST" + data))
def test_no_bytes_break_the_ear(data):
    media.heard(data)
    assert media.duration(data) >= 0


@pytest.mark.parametrize("seconds", [2, 4, 8, 12, 25])
def test_a_film_is_whole_starts_fast_and_lasts_as_long_as_asked(seconds):
    film = media.mp4("a fox at dawn", seconds)
    assert list(boxes(film)) == [b"ftyp", b"moov", b"free", b"mdat", b"free"]
    assert b"vp09" in film
    assert b"a fox at dawn" in film
    at = film.index(b"mvhd") + 16
    scale, length = (int.from_bytes(film[start : start + 4], "big") for start in (at, at + 4))
    assert length / scale == pytest.approx(seconds, rel=0.01)


def test_the_clips_are_a_dozen_under_a_megabyte_and_all_are_chosen():
    sizes = [path.stat().st_size for path in media.CLIPS.glob("*.mp4")]
    assert len(sizes) == 12
    assert sum(sizes) < 1_000_000
    films = {media.mp4(str(number), 2).partition(b"mdat")[0] for number in range(200)}
    assert len(films) == 12


@pytest.mark.parametrize(
    ("text", "like", "unlike"),
    [
        ("the red fox jumps", "a red fox jumped", "quantum field theory"),
        ("今天天气很好", "今天天气不错", "数据库索引失效"),
        ("how to bake bread", "bread baking at home", "repair of a bicycle chain"),
    ],
)
def test_like_texts_are_near(text, like, unlike):
    assert near(text, text) == pytest.approx(1)
    assert near(text, like) > near(text, unlike) + 0.2


@given(st.text(max_size=50), st.sampled_from([1, 256, 1536]))
def test_a_vector_has_length_one(text, dimensions):
    values = media.vector(text, dimensions)
    assert len(values) == dimensions
    assert math.hypot(*values) == pytest.approx(1)


def _plain(colour):
    file = io.BytesIO()
    Image.new("RGB", (8, 8), colour).save(file, "PNG")
    return file.getvalue()


def _brightness(picture):
    return ImageStat.Stat(Image.open(io.BytesIO(picture)).convert("L")).mean[0]
