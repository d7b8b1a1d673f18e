"""Gallery: found by every filter, told with what made it, downloaded, zipped, deleted with the disk really freed."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from lib.ledger import calls as log
from lib.ledger import media
from lib.ledger.calls import Payload
from lib.ledger.media import Kept, MadeFile
from tests.ledger.ledger_rows import row, usd
from tests.ui.conftest import go, words
from ui.asking import USE
from ui.demo import story
from ui.engine import door
from ui.gallery_names import name, names, zipped
from ui.gallery_view import View

NOW = datetime(2026, 3, 8, 3, 30, tzinfo=UTC)
FILES = 12
MP4 = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"
"""A file type box as `filetype` knows it (ISO/IEC 14496-12, 4.3)."""
WAV = b"RIFF\x24\x00\x00\x00WAVEfmt "
SVG = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


def png(shade: int) -> bytes:
    """A picture like no other."""
    made = io.BytesIO()
    Image.new("L", (4, 4), shade).save(made, "PNG")
    return made.getvalue()


def fill(made: dict[str, tuple[dict[str, Any], list[bytes]]]) -> None:
    """Calls of the user's own, a minute apart, by their prompts, with the files they made."""
    engine = door().own
    engine.import_(story("http://127.0.0.1:9"))
    for n, (prompt, (changes, files)) in enumerate(made.items()):
        call = row(NOW + timedelta(minutes=n), **{"capability": "image", "status": "succeeded", **changes})
        kept = [engine.files.keep(data, "image/svg+xml" if data == SVG else "") for data in files]
        payload = Payload(prompt, {"params": {"size": "1024x1024", "seed": 7}})
        engine.ledger.write(lambda db, call=call, payload=payload: log.insert(db, call, payload))
        engine.ledger.write(lambda db, call=call, kept=kept: media.add(db, call.id, "output", kept))


MANY: dict[str, tuple[dict[str, Any], list[bytes]]] = {
    "alpha 5%": ({"model": "gpt-image-1", "estimated": usd("0.04"), "duration_ms": 12_000}, [png(1), png(2)]),
    "灯塔 beta": ({"model": "sora-2", "capability": "video"}, [MP4]),
    "gamma": ({"model": "tts-1", "capability": "speech"}, [WAV]),
    "delta": ({"model": "vectors", "capability": "image"}, [SVG]),
    "words only": ({"capability": "text"}, []),
}
NEWEST = ["delta", "gamma", "灯塔 beta", "alpha 5%", "alpha 5%"]


def at(app: AppTest, **view: str) -> AppTest:
    """The page at an address."""
    go(app, "gallery")
    app.query_params.clear()
    app.query_params.update(view)
    return app.run()


def cards(page: AppTest) -> list[str]:
    """The keys of the cards, in their order."""
    return [one.key.removeprefix("gallery_pick_") for one in page.checkbox if one.key.startswith("gallery_pick_")]


def shown(page: AppTest) -> list[str]:
    """The prompts of the cards, in their order."""
    keys = cards(page)
    prompts = door().own.log.prompts([key.partition("_")[0] for key in keys], 100)
    return [prompts[key.partition("_")[0]] for key in keys]


FILTERED: list[tuple[dict[str, str], list[str]]] = [
    ({}, NEWEST),
    ({"text": "灯塔"}, NEWEST[2:3]),
    ({"text": "5%"}, NEWEST[3:]),
    ({"text": "5_"}, []),
    ({"model": "tts-1"}, NEWEST[1:2]),
    ({"capability": "image"}, [NEWEST[0], *NEWEST[3:]]),
    ({"kind": "video"}, NEWEST[2:3]),
    ({"kind": "other"}, []),
    ({"since": "2026-03-08", "until": "2026-03-08"}, NEWEST),
    ({"since": "2026-03-09"}, []),
    ({"until": "2026-03-07"}, []),
    ({"kind": "smell", "capability": "text", "since": "soon"}, NEWEST),
]


def test_every_filter_finds_its_files(app: AppTest) -> None:
    door().own.ledger.change_zone("Asia/Shanghai")
    fill(MANY)
    found = {}
    for n, (view, _) in enumerate(FILTERED):
        page = at(app, **view)
        assert not page.exception
        found[n] = shown(page)
    assert found == {n: prompts for n, (_, prompts) in enumerate(FILTERED)}


def test_a_field_changes_the_address_and_is_cleared(app: AppTest) -> None:
    fill(MANY)
    fields: list[tuple[str, str, Any, str, int]] = [
        ("text_input", "text", "灯塔", "灯塔", 1),
        ("date_input", "since", date(2026, 3, 10), "2026-03-10", 0),
        ("selectbox", "kind", "audio", "audio", 1),
        ("selectbox", "model", "gpt-image-1", "gpt-image-1", 2),
    ]
    page = at(app)
    for kind, field, value, told, files in fields:
        getattr(page, kind)(key=f"gallery_by_{field}").set_value(value).run()
        assert page.query_params == {field: told}
        assert len(cards(page)) == files
        page.button(key=f"gallery_drop_{field}").click().run()
        assert not page.query_params
        assert not page.exception


def test_only_models_that_made_files_are_offered(app: AppTest) -> None:
    fill(MANY)
    page = at(app)
    assert page.selectbox(key="gallery_by_model").options == ["gpt-image-1", "sora-2", "tts-1", "vectors"]


def test_a_card_tells_what_made_it_and_sends_nothing(app: AppTest) -> None:
    fill({"alpha": MANY["alpha 5%"]})
    page = at(app)
    said = words(page).replace("\\", "")
    told_of = ("alpha", "gpt-image-1", "USD 0.04", "12.0 s",
               "Size: 1024x1024", "Random seed: 7", "PNG", "files kept: 2")  # fmt: skip
    for told in told_of:
        assert told in said
    page = at(app, model="gpt-image-1")
    assert len(door().own.log.page().rows) == 1


def test_pages_lead_there_and_back(app: AppTest) -> None:
    fill({f"prompt {n}": ({}, [png(n)]) for n in range(FILES + 2)})
    page = at(app)
    newest = shown(page)
    assert len(newest) == FILES
    page.button(key="gallery_older").click().run()
    assert shown(page) == ["prompt 1", "prompt 0"]
    page.button(key="gallery_newer").click().run()
    assert shown(page) == newest
    page.button(key="gallery_older").click().run()
    page.text_input(key="gallery_by_text").set_value("prompt").run()
    assert page.query_params == {"text": "prompt"}
    assert not page.exception


def test_nothing_made_and_no_match_say_what_to_do(app: AppTest) -> None:
    page = at(app)
    assert "Nothing has been made yet" in words(page)
    assert not page.text_input
    page = at(app, text="nothing like it")
    assert "No file matches." in words(page)
    page.button(key="gallery_clear_all").click().run()
    assert "Nothing has been made yet" in words(page)
    assert not page.exception


def test_details_lead_to_the_call(app: AppTest) -> None:
    fill({"alpha": MANY["alpha 5%"]})
    page = at(app)
    (made,) = door().own.log.page().rows
    page.button(key=f"gallery_show_{cards(page)[0]}").click().run()
    assert not page.exception
    assert page.title[0].value == "Call log"
    assert page.query_params == {"call": made.id}


@pytest.mark.parametrize(
    ("capability", "title", "prompt"),
    [("text", "Text", "draft_text_prompt"), ("image", "Images", "draft_image_prompt")],
)
def test_again_fills_the_form_and_sends_nothing(app: AppTest, capability: str, title: str, prompt: str) -> None:
    fill({"words and a file": ({"capability": capability}, [png(1)])})
    page = at(app)
    page.button(key=f"gallery_again_{cards(page)[0]}").click().run()
    assert not page.exception
    assert page.title[0].value == title
    assert page.session_state[prompt] == "words and a file"
    assert len(door().own.log.page().rows) == 1


def test_a_picture_is_used_as_input_until_it_is_deleted(app: AppTest) -> None:
    fill({"alpha": ({}, [png(1)]), "gamma": ({}, [WAV])})
    page = at(app)
    assert [one.key for one in page.button if one.label == "Use as input"] == [f"gallery_use_{cards(page)[1]}"]
    page.button(key=f"gallery_use_{cards(page)[1]}").click().run()
    assert page.title[0].value == "Image editing"
    assert page.session_state[USE] == door().own.gallery.page(kind="image").files[0].kept
    page = at(page)
    page.button(key=f"gallery_delete_{cards(page)[1]}").click().run()
    page.button(key="gallery_delete_yes").click().run()
    assert USE not in page.session_state
    assert not page.exception


def test_what_is_deleted_is_off_the_disk_after_a_question(app: AppTest) -> None:
    fill(MANY)
    page = at(app, model="gpt-image-1")
    second = cards(page)[1]
    (_, file) = door().own.gallery.page(model="gpt-image-1").files
    page.button(key=f"gallery_delete_{second}").click().run()
    assert f"Frees {file.kept.bytes} B on disk" in words(page)
    assert door().own.files.path(file.kept).exists()
    page.button(key="gallery_delete_yes").click().run()
    assert not page.exception
    assert not door().own.files.path(file.kept).exists()
    assert shown(page) == ["alpha 5%"]
    assert f"{file.kept.bytes} B" in page.toast[0].value
    assert len(door().own.log.page().rows) == len(MANY)


def test_what_another_call_has_is_said_to_stay(app: AppTest) -> None:
    fill({"one": ({}, [png(1)]), "two": ({}, [png(1)])})
    page = at(app)
    page.button(key=f"gallery_delete_{cards(page)[0]}").click().run()
    assert "Frees 0 B on disk" in words(page)
    assert "stays on disk for it" in words(page)
    page.button(key="gallery_delete_yes").click().run()
    assert shown(page) == ["one"]
    (file,) = door().own.gallery.page().files
    assert door().own.files.read(file.kept) == png(1)


def test_what_is_selected_stays_so_on_other_pages(app: AppTest) -> None:
    fill({f"prompt {n}": ({}, [png(n)]) for n in range(FILES + 2)})
    page = at(app)
    first = cards(page)[0]
    page.checkbox(key=f"gallery_pick_{first}").check().run()
    page.button(key="gallery_older").click().run()
    page.checkbox(key=f"gallery_pick_{cards(page)[0]}").check().run()
    assert "Selected: 2" in words(page)
    page.button(key="gallery_newer").click().run()
    assert page.checkbox(key=f"gallery_pick_{first}").value
    page.button(key="gallery_delete").click().run()
    page.button(key="gallery_delete_yes").click().run()
    assert door().own.gallery.storage().files == FILES
    assert "Selected" not in words(page)
    assert not page.exception


def test_nothing_is_selected_any_more(app: AppTest) -> None:
    fill(MANY)
    page = at(app)
    for key in cards(page)[:2]:
        page.checkbox(key=f"gallery_pick_{key}").check().run()
    page.button(key="gallery_none").click().run()
    assert not any(box.value for box in page.checkbox)
    assert not page.exception


@pytest.mark.parametrize(
    "data", [b"\x89PNG\r\n\x1a\nbroken", b"/etc/hostname", b"", b"\xff\xfe", b"<html></html>", b'{"embedding": [1]}']
)
def test_what_cant_be_seen_is_no_fault(app: AppTest, data: bytes) -> None:
    fill({"odd": ({}, [data])})
    page = at(app)
    assert not page.exception
    assert shown(page) == ["odd"]


def test_a_file_that_is_gone_is_told(app: AppTest) -> None:
    fill({"gone": ({}, [png(1)])})
    (file,) = door().own.gallery.page().files
    door().own.files.path(file.kept).unlink()
    page = at(app)
    assert not page.exception
    assert "gone from the data folder" in words(page)


def test_a_large_file_is_loaded_when_it_is_asked_for(app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.gallery_preview.AT_ONCE", 10)
    fill({"large": ({}, [png(1)])})
    page = at(app)
    page.button(key=f"gallery_load_{cards(page)[0]}").click().run()
    assert not page.exception
    assert not [one for one in page.button if one.key.startswith("gallery_load_")]


def file(model: str, number: int = 1, mime: str = "image/png") -> MadeFile:
    """A made file as its name needs it."""
    return MadeFile(row(NOW, model=model), number, Kept("a" * 64, mime, 3), "", {})


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (file("sora-2", 3, "video/mp4"), "20260308-033000-sora-2-3.mp4"),
        (file("../../etc/passwd"), "20260308-033000-etc-passwd-1.png"),
        (file("a/b\\c:d*?\"<>|\0\n"), "20260308-033000-a-b-c-d-1.png"),
        (file("可图"), "20260308-033000-file-1.png"),
        (file("x" * 500), f"20260308-033000-{'x' * 60}-1.png"),
        (file("page.html", mime="text/html"), "20260308-033000-page.html-1.bin"),
    ],
)
def test_a_name_is_safe(made: MadeFile, told: str) -> None:
    assert name(made, UTC) == told


def test_names_in_a_zip_are_different() -> None:
    same = [file("m"), file("m"), file("m", 2), file("m")]
    assert list(names(same, UTC)) == [f"20260308-033000-m-{end}.png" for end in ("1", "1-2", "2", "1-3")]


def test_a_zip_has_the_files_that_are_there() -> None:
    def read(kept: Kept) -> bytes:
        if kept.sha256 == "b":
            raise FileNotFoundError
        return b"abc"

    gone = replace(file("gone"), kept=Kept("b", "image/png", 3))
    with zipfile.ZipFile(io.BytesIO(zipped([file("m"), gone], read, UTC))) as archive:
        assert {one: archive.read(one) for one in archive.namelist()} == {"20260308-033000-m-1.png": b"abc"}


@pytest.mark.parametrize(
    "address",
    [{}, {"text": "海", "kind": "audio"}, {"since": "2026-03-01", "until": "2026-03-08", "model": "m"},
     {"capability": "speech", "before": "abc.1"}],
)  # fmt: skip
def test_a_view_is_its_address(address: dict[str, str]) -> None:
    assert View.read(address).address == address
