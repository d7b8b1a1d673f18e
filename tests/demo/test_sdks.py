"""The makers' own SDKs (the group `sdk`), unchanged, against the running demo. They are installed, or this fails."""

import base64
import warnings
from importlib import import_module

import anthropic
import openai
import pytest

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


@LINES
def test_openai_talks_and_draws(served, line):
    with openai.OpenAI(base_url=f"{served}{line}/v1", api_key=KEY, max_retries=0) as client:
        messages = [{"role": "user", "content": "17+25"}]
        assert client.chat.completions.create(model="gpt-4o-mini", messages=messages).choices[0].message.content == "42"
        picture = client.images.generate(model="gpt-image-1", prompt="a cat").data[0]
        assert base64.b64decode(picture.b64_json).startswith(b"\x89PNG")
        assert len(client.embeddings.create(model="text-embedding-3-small", input="tea").data[0].embedding) > 100
        with pytest.raises(openai.AuthenticationError):
            client.with_options(api_key="sk-nobody").models.list()


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
