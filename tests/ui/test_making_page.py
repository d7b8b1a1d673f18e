"""A page that makes something: what its form offers, puts back and leads on to."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest

from demo import media
from lib.calls.draft import CallDraft
from lib.engine import Engine
from lib.ledger.row import CallRow
from lib.wire import Media
from tests.conftest import DemoRelay
from tests.ui.conftest import go, to_send, words
from ui.engine import door
from ui.markdown import literal
from ui.words import worded

BAD = "sk-nobody-knows-this-key-0000"


@pytest.fixture
def engine(app: AppTest) -> Engine:
    """The demo's, with a key for everything, also under some makers' own protocols, and a bad one."""
    shown = door().engine
    address = shown.configuration().relays[0].lines[0].base_url
    document = json.loads(DemoRelay(address).connections)
    everything = next(one for one in document["connections"] if one["id"] == "all")
    own = [("elevenlabs", everything["key"]), ("deepl", everything["key"]), ("elevenlabs", BAD)]
    makers = [
        {"id": f"{name}_{number}", "provider": name, "base_url": address, "key": key}
        for number, (name, key) in enumerate(own)
    ]
    document["connections"] = [everything, *makers]
    shown.import_(json.dumps(document))
    door().ask(shown.check(["all"]))
    return shown


def choose(page: AppTest, capability: str, connection: str, model: str | None = None) -> AppTest:
    page.selectbox(key=f"draft_{capability}_connection").set_value(connection).run()
    if model is not None:
        page.selectbox(key=f"draft_{capability}_model").set_value(model).run()
    return page


def made(engine: Engine, draft: CallDraft) -> CallRow:
    """A call that has ended."""
    call = door().ask(engine.submit(draft))
    door().ask(engine.wait(call))
    return engine.log.call(call)[0]


@pytest.mark.parametrize(
    ("capability", "connection", "parameter", "option"),
    [
        ("speech", "elevenlabs_0", "voice", "Rachel"),
        ("translation", "deepl_1", "target_lang", "Portuguese (Brazil)"),
    ],
)
def test_what_a_key_may_choose_from_is_fetched_when_asked(
    app: AppTest, engine: Engine, capability: str, connection: str, parameter: str, option: str
) -> None:
    page = choose(go(app, capability), capability, connection)
    assert option not in page.selectbox(key=f"draft_{capability}_param_{parameter}").options
    page.button(key=f"{capability}_list").click().run()
    assert not page.exception
    assert option in page.selectbox(key=f"draft_{capability}_param_{parameter}").options
    assert not engine.log.page().rows


def test_a_list_that_does_not_come_says_why(app: AppTest, engine: Engine) -> None:
    page = choose(go(app, "speech"), "speech", "elevenlabs_2")
    page.button(key="speech_list").click().run()
    assert not page.exception
    why = door().ask(engine.fetch_choices("elevenlabs_2", "speech", "elevenlabs"))
    assert why is not None
    assert why.code == "bad_key"
    assert literal(worded(why).message) in words(page)
    assert engine.choices("elevenlabs_2", "speech", "elevenlabs") == {"voice": ()}


def test_a_voice_chosen_by_its_name_is_sent_by_its_id(app: AppTest, engine: Engine) -> None:
    page = choose(go(app, "speech"), "speech", "elevenlabs_0")
    page.button(key="speech_list").click().run()
    page.selectbox(key="draft_speech_param_voice").set_value("EXAVITQu4vr4xnSDxMaL").run()
    page.text_area(key="draft_speech_prompt").set_value("Good morning.").run()
    to_send(page, "speech").click().run()
    (row,) = engine.log.page().rows
    door().ask(engine.wait(row.id))
    assert engine.log.call(row.id)[1].request_json["params"] == {"voice": "EXAVITQu4vr4xnSDxMaL"}


def test_a_grid_leads_on_by_its_own_buttons(app: AppTest, engine: Engine) -> None:
    grid = made(engine, CallDraft("all", "image", "a lighthouse", "mj_imagine"))
    upscale = engine.task(grid.id).follow_ups[1]
    large = made(engine, CallDraft("all", "image_edit", "", "mj_upscale", "upscale",
                                   params={"task_id": grid.task_id or "", "custom_id": upscale.value}))  # fmt: skip
    assert large.status == "succeeded"
    page = go(app, "image_edit")
    zoom = next(one for one in engine.task(large.id).follow_ups if one.operation == "zoom")
    page.button(key=f"made_{zoom.value}").click().run()
    assert not page.exception
    assert page.session_state["draft_image_edit_operation"] == "zoom"
    assert page.selectbox(key="draft_image_edit_model").value == "mj_zoom"
    to_send(page, "image_edit").click().run()
    row = engine.log.page().rows[0]
    door().ask(engine.wait(row.id))
    assert engine.log.call(row.id)[0].status == "succeeded"


def test_again_empties_what_the_request_did_not_have(app: AppTest, engine: Engine) -> None:
    made(engine, CallDraft("all", "image", "a lighthouse", "gpt-image-1", params={"quality": "low"}))
    page = choose(go(app, "image"), "image", "all", "gpt-image-1")
    page.selectbox(key="draft_image_param_size").set_value("1024x1536").run()
    page.button(key="made_again").click().run()
    assert page.selectbox(key="draft_image_param_size").value is None
    assert page.selectbox(key="draft_image_param_quality").value == "low"


def test_again_speaks_the_protocol_that_was_chosen_by_hand(app: AppTest, engine: Engine) -> None:
    made(engine, CallDraft("all", "image", "a lighthouse", "dall-e-3", protocol="image_async"))
    usual = engine.protocol("all", "image", "dall-e-3")
    assert usual != "image_async"
    page = go(app, "image")
    page.button(key="made_again").click().run()
    assert page.selectbox(key="draft_image_protocol").value == "image_async"
    made(engine, CallDraft("all", "image", "a lighthouse", "dall-e-3", protocol=usual))
    page.query_params.clear()
    page.run()
    page.button(key="made_again").click().run()
    assert page.selectbox(key="draft_image_protocol").value == ""


def test_a_call_without_a_prompt_is_named_by_its_answer_which_is_copied_and_kept(app: AppTest, engine: Engine) -> None:
    sound = Media(media.wav("Hello from the pier"), "audio/wav", "pier.wav")
    made(engine, CallDraft("all", "transcription", "", "whisper-1", inputs=(sound,)))
    page = go(app, "transcription")
    assert not page.exception
    assert [one.label for one in page.button if one.key.startswith("show_")] == ["**Hello from the pier**"]
    assert [one.value for one in page.code][-1] == "Hello from the pier"
    assert "Download" in [one.label for one in page.get("download_button")]


def test_the_fields_have_names_and_the_api_s_own_names_are_told(app: AppTest, engine: Engine) -> None:
    page = choose(go(app, "image_edit"), "image_edit", "all", "gpt-image-1")
    assert {"Size", "Quality", "How many", "Background", "Format"} <= {
        one.label for one in (*page.selectbox, *page.number_input)
    }
    assert "In the API: Size `size`" in words(page)


def test_what_files_are_taken_is_said_in_the_reader_s_language(
    app: AppTest, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RELAYSCOPE_LANG", "zh")
    page = go(app, "transcription")
    said = [one.proto.body for one in page.get("html")]
    assert any("选择文件" in one and "每个不超过 25 MB：WAV, MP3" in one for one in said)


def test_lyrics_are_asked_for_by_a_prompt_alone(app: AppTest, engine: Engine) -> None:
    page = choose(go(app, "music"), "music", "all", "suno_lyrics")
    assert page.session_state["draft_music_operation"] == "lyrics"
    assert not {"Title", "Suno version"} & {one.label for one in (*page.text_input, *page.selectbox)}


def test_what_is_missing_is_called_as_its_field(app: AppTest, engine: Engine) -> None:
    page = choose(go(app, "image_edit"), "image_edit", "all", "mj_zoom")
    assert to_send(page, "image_edit").disabled
    assert "Fill in: Task id." in words(page)


def test_a_call_whose_file_was_deleted_says_so(app: AppTest, engine: Engine) -> None:
    row = made(engine, CallDraft("all", "image", "a lighthouse", "gpt-image-1"))
    said = "What it made has been deleted."
    assert said not in words(go(app, "image"))
    engine.gallery.delete([one.name for one in engine.gallery.page(limit=9).files])
    page = go(app, "image")
    assert row.status == "succeeded"
    assert said in words(page)


@pytest.mark.parametrize("where", ["speech", "log"])
def test_a_failure_can_be_reported_without_its_key(app: AppTest, engine: Engine, where: str) -> None:
    row = made(engine, CallDraft("elevenlabs_2", "speech", "Hello"))
    assert row.error_code == "bad_key"
    app.query_params["call"] = row.id
    page = go(app, where)
    assert not page.exception
    report = next(one.value for one in page.code if "HTTP status: 401" in one.value)
    assert str(row.request_id) in report
    assert BAD not in report
