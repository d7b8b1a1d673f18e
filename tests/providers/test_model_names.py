"""What a name says: tables of names as relays write them, and every name that the demo lists."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from lib.providers import capabilities_of, listed_as_chat, maker_of, output_limit

LISTED = [
    pytest.param(row["model"], tuple(row["endpoints"].split(";")), row["vendor"], row["capability"], id=row["model"])
    for row in csv.DictReader((Path(__file__).parents[2] / "demo" / "models.csv").read_text("utf-8").splitlines())
]

CHAT = ("openai",)

FOR = [
    # a video model listed as a conversation is still a video model
    ("sora-2", CHAT, "video"),
    ("sora_video2-landscape-15s", CHAT, "video"),
    ("veo3.1-fast", CHAT, "video"),
    ("google/veo-3", (), "video"),
    ("kling-v2-master", CHAT, "video"),
    ("wan2.5-t2v-preview", CHAT, "video"),
    ("hunyuanvideo", CHAT, "video"),
    ("image-to-video-01", CHAT, "video"),
    ("mj_video", CHAT, "video"),
    ("minimax/h3/recast", (), "video"),
    ("luma.ray-v2:0", (), "video"),
    ("amazon.nova-reel-v1:0", (), "video"),
    ("i2v-01-live", (), "video"),
    # of families that make videos, what makes images
    ("fal-ai/luma-photon/flash", (), "image"),
    ("sora_image", CHAT, "image"),
    ("kling-image-o1", CHAT, "image"),
    ("wan2.5-t2i-preview", CHAT, "image"),
    ("gpt-4o-image-vip", CHAT, "image"),
    ("gpt-image-1-mini", (), "image"),
    ("nano-banana-2-4k", CHAT, "image"),
    ("doubao-seedream-4-0-250828", CHAT, "image"),
    ("imagen-4.0-generate-001", CHAT, "image"),
    ("black-forest-labs/FLUX.1-dev", CHAT, "image"),
    ("mj_imagine", CHAT, "image"),
    ("niji-6", CHAT, "image"),
    ("flux-kontext-pro", CHAT, "image_edit"),
    ("qwen-image-edit", CHAT, "image_edit"),
    ("stable-outpaint-v1", CHAT, "image_edit"),
    ("stability.stable-style-transfer-v1:0", (), "image_edit"),
    ("fal-ai/flux-general", (), "image"),
    ("image-01-live", (), "image"),
    ("whisper-large-v3", CHAT, "transcription"),
    ("nova-3-medical", (), "transcription"),
    ("flux-general-en", (), "transcription"),
    ("gpt-realtime-whisper", (), "transcription"),
    ("gpt-4o-mini-transcribe", CHAT, "transcription"),
    ("qwen3-asr-flash", CHAT, "transcription"),
    ("tts-1-hd-1106", (), "speech"),
    ("gemini-2.5-pro-preview-tts", ("gemini", "openai"), "speech"),
    ("eleven_turbo_v2_5", CHAT, "speech"),
    ("aura-2-thalia-en", (), "speech"),
    ("aura-stella-en", (), "speech"),
    ("eleven-multilingual-v2", (), "speech"),
    ("eleven_realtime_v1", (), "speech"),
    ("lyria-3-clip-preview", CHAT, "music"),
    ("suno-v5", CHAT, "music"),
    ("chirp-v3-5", CHAT, "music"),
    ("text-embedding-3-large", (), "embedding"),
    ("cohere.embed-english-image-v3.0", CHAT, "embedding"),
    ("BAAI/bge-m3", (), "embedding"),
    ("text2vec-base-chinese", (), "embedding"),
    ("deepl-zh-en", CHAT, "translation"),
    ("hy-mt2-plus", (), "translation"),
    ("qwen-mt-plus", CHAT, "translation"),
    ("gpt-4o-audio-preview", CHAT, "text"),
    ("gpt-4-vision-preview", CHAT, "text"),
    ("inkling-small", CHAT, "text"),
    ("claude-sonnet-4-5", (), "text"),
    ("llama3.1:8b", (), "text"),
    ("anthropic.claude-opus-4-1-20250805-v1:0", (), "text"),
    ("ft:gpt-4o-2024-08-06", (), "text"),
    ("amazon.nova-2-lite-v1:0", (), "text"),
    ("llama-guard-3-8b", CHAT, "text"),  # asked by chat, whatever it is for
    ("deepseek-ocr", (), "text"),
    ("some-fine-tune-7b", (), "text"),
    # the endpoint type says it where the name doesn't
    ("some-model", CHAT, "text"),
    ("some-model", ("anthropic",), "text"),
    ("some-model", ("gemini",), "text"),
    ("some-model", ("openai-response",), "text"),
    ("some-model", ("image-generation", "openai"), "image"),
    ("some-model", ("embeddings",), "embedding"),
    ("some-model", ("openai-video",), "video"),
    # nothing we know, and unknown
    ("some-model", ("jina-rerank",), None),
    ("bge-reranker-v2-m3", CHAT, None),
    ("omni-moderation-latest", CHAT, None),
    ("gpt-realtime-mini", CHAT, None),
    ("semantic-ranker-fast-004", (), None),
    ("mistral-ocr-latest", (), None),
    ("gemini-2.5-flash-native-audio-latest", (), None),
    ("pplx-decider-v1.1-27b", (), None),
    ("gemini-3.1-flash-live-preview", CHAT, None),
    ("some-model", ("a-type-of-tomorrow",), None),
    ("some-model", (), None),
    ("", (), None),
]

VIDEO_BY_PATH = ("/v1/video/create",)

TOLD_BESIDE = [
    # the name first, whatever its relay says (wire.md 2D)
    ("sora-2", CHAT, "Suno", True, (), "video"),
    ("gpt-4o", ("image-generation",), "Midjourney", True, (), "text"),
    # then an endpoint type that is for one thing, or the path of a type of the relay's own
    ("some-model", ("openai", "image-generation"), "Suno", True, (), "image"),
    ("some-model", ("视频统一格式",), "", True, VIDEO_BY_PATH, "video"),
    ("some-model", ("视频统一格式", "openai"), "Anthropic", False, VIDEO_BY_PATH, "video"),
    ("some-model", ("语音",), "", False, ("/v1/audio/speech",), "speech"),
    ("some-model", ("重排",), "OpenAI", False, ("/v1/rerank",), None),
    # then a vendor whose models are all for one thing: a relay's default type says less
    ("some-model", CHAT, "Suno", True, (), "music"),
    ("some-model", CHAT, "Midjourney", True, (), "image"),
    ("some-model", CHAT, "Black Forest Labs", True, (), "image"),
    ("some-model", CHAT, "Kling", True, (), "video"),
    ("some-model", CHAT, "可灵AI", True, (), "video"),
    ("some-model", CHAT, "Vidu", False, (), "video"),
    ("some-model", (), "Runway", True, (), "video"),
    ("some-model", CHAT, "ElevenLabs", False, (), "speech"),
    ("some-model", (), "Cartesia", False, (), "speech"),
    ("some-model", CHAT, "AssemblyAI", True, (), "transcription"),
    ("some-model", CHAT, "Voyage AI", False, (), "embedding"),
    ("some-model", CHAT, "DeepL", True, (), "translation"),
    ("some-model", (), "Anthropic", False, (), "text"),
    ("some-model", CHAT, "月之暗面", True, (), "text"),
    # those of others make more than one thing
    ("some-model", (), "OpenAI", False, (), None),
    ("some-model", CHAT, "快手", True, (), None),
    ("some-model", CHAT, "Stability AI", True, (), None),
    ("some-model", CHAT, "Illuma", True, (), None),
    ("some-model", CHAT, "DeepLearning", True, (), None),
    # then chat, but where everything is listed not what is billed by call
    ("some-model", CHAT, "OpenAI", False, (), "text"),
    ("some-model", CHAT, "", True, (), None),
    ("some-model", ("gemini", "openai"), "Google", True, (), None),
    ("some-model", ("gemini", "openai"), "Google", False, (), "text"),
    ("some-model", ("anthropic", "openai"), "", True, (), "text"),
    ("some-model", ("openai-response",), "", True, (), "text"),
    ("some-model", (), "", True, (), None),
]

BOTH = ["gpt-image-1", "gemini-2.5-flash-image", "nano-banana", "qwen-image-2.0", "sd3.5-large", "dall-e-2", "mj_zoom"]

MAKERS = [
    ("gpt-4o-mini", "", "openai"),
    ("openai/gpt-4.1", "", "openai"),
    ("o3-mini", "", "openai"),
    ("dall-e-3", "", "openai"),
    ("whisper-1", "", "openai"),
    ("text-embedding-3-small", "", "openai"),
    ("sora-2-pro", "OpenAI", "sora"),
    ("sora_video2", "", "sora"),
    ("claude-opus-4-1-20250805", "", "anthropic"),
    ("anthropic/claude-3.5-haiku", "", "anthropic"),
    ("gemini-2.5-flash-image", "", "gemini"),
    ("nano-banana-2", "", "gemini"),
    ("veo3.1", "", "gemini"),
    ("imagen-4.0-generate-001", "", "gemini"),
    ("glm-4-flash", "", "zhipu"),
    ("chatglm3-6b", "", "zhipu"),
    ("cogview-4", "", "zhipu"),
    ("cogvideox-3", "", "zhipu"),
    ("mj_imagine", "", "midjourney"),
    ("stable-diffusion-3-5-large", "", "stability"),
    ("sd3.5-large", "", "stability"),
    ("grok-4", "xAI", "custom"),
    ("eleven_flash_v2_5", "Runway", "elevenlabs"),
    ("suno_music", "", "suno"),
    ("chirp-v3-5", "", "suno"),
    ("deepl-zh-en", "", "deepl"),
    ("deepseek-chat", "", "deepseek"),
    ("deepseek-ai/DeepSeek-R1-Distill-Qwen-32B", "", "deepseek"),
    ("Qwen/QwQ-32B", "", "qwen"),
    ("text-embedding-v4", "", "qwen"),
    ("wan2.5-t2v-preview", "阿里云百炼", "qwen"),
    ("some-model", "Google", "gemini"),
    ("some-model", "Nobody", "custom"),
    ("some-model", "", "custom"),
]


@pytest.mark.parametrize(("model", "endpoints", "vendor", "capability"), LISTED)
def test_every_listed_name(model: str, endpoints: tuple[str, ...], vendor: str, capability: str) -> None:
    assert capabilities_of(model, endpoints)[:1] == ((capability,) if capability else ())


@pytest.mark.parametrize(("model", "endpoints", "capability"), FOR)
def test_what_a_name_is_for(model: str, endpoints: tuple[str, ...], capability: str | None) -> None:
    for written in (model, model.upper()):
        assert capabilities_of(written, list(endpoints))[:1] == ((capability,) if capability else ())


@pytest.mark.parametrize(("model", "endpoints", "vendor", "by_call", "paths", "capability"), TOLD_BESIDE)
def test_what_its_relay_says_where_the_name_does_not(
    model: str, endpoints: tuple[str, ...], vendor: str, by_call: bool, paths: tuple[str, ...], capability: str | None
) -> None:
    told = capabilities_of(model, endpoints, vendor, by_call, paths)
    assert told[:1] == ((capability,) if capability else ())


@pytest.mark.parametrize("model", BOTH)
def test_what_makes_and_edits_images(model: str) -> None:
    assert capabilities_of(model, CHAT) == ("image", "image_edit")


@pytest.mark.parametrize(
    ("model", "endpoints", "wrongly"),
    [
        ("kling-v1", CHAT, True),
        ("sora-2", ("openai", "openai-response"), True),
        ("flux-1-dev", CHAT, True),
        ("suno-v5", CHAT, True),
        ("kling-v1", ("openai-video",), False),
        ("kling-v1", ("openai", "openai-video"), False),
        ("nano-banana", ("gemini", "openai"), False),  # Gemini's own type is for its images too (wire.md 4)
        ("kling-v1", (), False),  # nothing is said of it
        ("gpt-4o", CHAT, False),
        ("qwen-mt-plus", CHAT, False),
        ("tts-1", CHAT, False),  # new-api has no type for speech: OpenAI's is the right one
        ("whisper-1", CHAT, False),
        ("text-embedding-3-small", CHAT, False),
        ("some-model", CHAT, False),
        ("rerank-v3.5", CHAT, False),  # of no use to us, wherever it is listed
    ],
)
def test_what_is_listed_under_chat_and_is_not_for_it(model: str, endpoints: tuple[str, ...], wrongly: bool) -> None:
    assert listed_as_chat(model, endpoints) is wrongly


@pytest.mark.parametrize(("model", "vendor", "maker"), MAKERS)
def test_who_makes_it(model: str, vendor: str, maker: str) -> None:
    assert maker_of(model, vendor) == maker


@pytest.mark.parametrize(
    ("model", "tokens"),
    [
        ("gpt-4o-mini", 16_384),
        ("gpt-4.1-nano", 32_768),
        ("gpt-5-mini", 128_000),
        ("gpt-5-chat-latest", 16_384),
        ("gpt-5-pro", 272_000),
        ("o3", 100_000),
        ("gpt-4-turbo", 4_096),
        ("claude-3-5-haiku-latest", 8_192),
        ("claude-opus-4-1-20250805", 32_000),
        ("claude-sonnet-4-5", 64_000),
        ("claude-opus-4-6", 128_000),
        ("gemini-2.5-pro", 65_536),
        ("some-model", None),
    ],
)
def test_the_longest_answer(model: str, tokens: int | None) -> None:
    assert output_limit(model) == tokens
