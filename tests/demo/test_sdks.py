"""The makers' own SDKs (the group `sdk`), unchanged, against the running demo. They are installed, or this fails."""

import base64
import warnings
from importlib import import_module

import anthropic
import openai
import pytest

from demo import media
from demo.keys import specs

with warnings.catch_warnings():
    # its own imports warn
    warnings.simplefilter("ignore")
    genai = import_module("google.genai")

KEY = specs()["all"].secret
CLAUDE = {"model": "claude-sonnet-5-5", "messages": [{"role": "user", "content": "17+25"}]}
"""A model that the SDK doesn't warn of."""
GEMINI, PAINTER = "gemini-2.5-flash", "gemini-2.5-flash-image"
LINES = pytest.mark.parametrize("line", ["", "/us", "/official"])


@pytest.fixture
def claude(served):
    """Anthropic's client, refusing any answer that isn't as its types say."""
    with anthropic.Anthropic(
        base_url=f"{served}/us", api_key=KEY, max_retries=0, _strict_response_validation=True
    ) as client:
        yield client


def gpt(address):
    """OpenAI's client, as strict."""
    return openai.OpenAI(base_url=f"{address}/v1", api_key=KEY, max_retries=0, _strict_response_validation=True)


@LINES
def test_openai_talks_and_draws(served, line):
    with gpt(f"{served}{line}") as client:
        messages = [{"role": "user", "content": "17+25"}]
        assert client.chat.completions.create(model="gpt-4o-mini", messages=messages).choices[0].message.content == "42"
        picture = client.images.generate(model="gpt-image-1", prompt="a cat").data[0]
        assert base64.b64decode(picture.b64_json).startswith(b"\x89PNG")
        vector = client.embeddings.create(model="text-embedding-3-small", input="tea", encoding_format="float")
        assert len(vector.data[0].embedding) > 100
        with pytest.raises(openai.AuthenticationError):
            client.with_options(api_key="sk-nobody").models.list()


def test_openai_streams_with_its_usage(served):
    with gpt(served) as client:
        asked = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "17+25"}]}
        chunks = list(client.chat.completions.create(stream=True, stream_options={"include_usage": True}, **asked))
        assert "".join(one.choices[0].delta.content or "" for one in chunks if one.choices) == "42"
        assert chunks[-1].usage.completion_tokens > 0


def test_openai_edits_speaks_and_listens(served):
    with gpt(served) as client:
        picture = ("a.png", media.png("a cat", 64, 64), "image/png")
        edited = client.images.edit(model="gpt-image-1", prompt="a hat", image=picture).data[0]
        assert base64.b64decode(edited.b64_json).startswith(b"\x89PNG")
        sound = client.audio.speech.create(model="tts-1", voice="alloy", input="tea", response_format="wav").content
        assert sound.startswith(b"RIFF")
        assert client.audio.transcriptions.create(model="whisper-1", file=("a.wav", sound, "audio/wav")).text


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # OpenAI's own Videos API is gone; relays' isn't
def test_openai_makes_a_film_and_deletes_it(served):
    with gpt(served) as client:
        film = client.videos.create_and_poll(model="sora-2", prompt="waves", seconds="4", poll_interval_ms=50)
        assert (film.status, film.progress) == ("completed", 100)
        assert client.videos.download_content(film.id).content[4:8] == b"ftyp"
        assert client.videos.delete(film.id).deleted


def test_anthropic_gets_messages(claude):
    whole = claude.messages.create(max_tokens=2048, **CLAUDE)
    assert (whole.content[0].text, whole.stop_reason) == ("42", "end_turn")
    assert claude.messages.count_tokens(**CLAUDE).input_tokens == whole.usage.input_tokens
    assert CLAUDE["model"] in {model.id for model in claude.models.list()}


def test_anthropic_streams_thoughts(claude):
    thinking = {"type": "enabled", "budget_tokens": 1024}
    with claude.messages.stream(max_tokens=2048, thinking=thinking, **CLAUDE) as stream:
        final = stream.get_final_message()
    assert [block.type for block in final.content] == ["thinking", "text"]
    assert final.usage.output_tokens > 1


@pytest.mark.parametrize(
    ("key", "error", "words"),
    [
        ("sk-nobody", anthropic.AuthenticationError, "invalid x-api-key"),
        (specs()["exhausted"].secret, anthropic.BadRequestError, "credit balance is too low"),
        (specs()["limited"].secret, anthropic.RateLimitError, "rate limit"),
    ],
)
def test_anthropic_knows_its_errors(claude, key, error, words):
    with pytest.raises(error, match=words):
        claude.with_options(api_key=key).messages.create(max_tokens=1, **CLAUDE)


def test_google_talks_draws_and_counts(served):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        options = {"base_url": f"{served}/official"}
        client = genai.Client(api_key=KEY, http_options=options)
        whole = client.models.generate_content(model=GEMINI, contents="17+25")
        assert (whole.text, whole.candidates[0].finish_reason.value) == ("42", "STOP")
        chunks = list(client.models.generate_content_stream(model=GEMINI, contents="17+25"))
        assert "".join(chunk.text or "" for chunk in chunks) == "42"
        assert client.models.count_tokens(model=GEMINI, contents="hi").total_tokens > 0
        vector = client.models.embed_content(model="gemini-embedding-001", contents="tea").embeddings[0]
        assert len(vector.values) == 3072
        picture = client.models.generate_content(model=PAINTER, contents="a cat").candidates[0].content.parts[0]
        assert picture.inline_data.data.startswith(b"\x89PNG")


def test_google_knows_its_errors(served):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        stranger = genai.Client(api_key="sk-nobody", http_options={"base_url": served})
        with pytest.raises(genai.errors.ClientError, match="API key not valid"):
            stranger.models.generate_content(model=GEMINI, contents="hi")
