"""What all of Gemini's calls are made of: address, key, contents, and where each parameter stands (wire.md 4)."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Collection, Mapping
from urllib.parse import quote

import httpx

from lib.wire import Endpoint, Json, Media, Message, Request

CONFIG: Collection[str] = frozenset({
    "temperature", "topP", "topK", "maxOutputTokens", "stopSequences", "candidateCount", "responseMimeType",
    "responseSchema", "responseJsonSchema", "responseModalities", "imageConfig", "thinkingConfig", "speechConfig",
    "seed", "presencePenalty", "frequencyPenalty", "responseLogprobs", "logprobs", "mediaResolution",
})  # fmt: skip
"""Parameters that stand in `generationConfig` (wire.md 4, and ai.google.dev/api/generate-content for the last
seven and `responseJsonSchema`); all others stand beside it.
"""

OTHER_NAMES: Mapping[str, str] = {
    "max_tokens": "maxOutputTokens",
    "top_p": "topP",
    "top_k": "topK",
    "stop": "stopSequences",
}
"""OpenAI's names of the same."""

DECIDED: Collection[str] = frozenset({"model", "contents", "generationConfig"})
"""What the call itself decides, and what is merged."""


def url(endpoint: Endpoint, model: str, method: str) -> str:
    """Where a model is asked."""
    return f"{endpoint.base_url}/v1beta/models/{quote(bare(model), safe='')}:{method}"


def bare(model: str) -> str:
    """A model's name without the prefix it has in Google's own list."""
    return model.removeprefix("models/")


def key(endpoint: Endpoint) -> dict[str, str]:
    """The header that carries the key."""
    return {"x-goog-api-key": endpoint.secret} if endpoint.key else {}


def post(endpoint: Endpoint, model: str, method: str, body: Mapping[str, Json]) -> httpx.Request:
    """One of a model's methods, asked."""
    return httpx.Request("POST", url(endpoint, model, method), headers=key(endpoint), json=body)


def named(params: Mapping[str, Json], other_names: Mapping[str, str]) -> dict[str, Json]:
    """Parameters by Gemini's names; the one given by that name holds."""
    own = {name: value for name, value in params.items() if name not in other_names}
    return {**{other_names[name]: value for name, value in params.items() if name in other_names}, **own}


def body_of(request: Request, defaults: Mapping[str, Json], params: Mapping[str, Json]) -> dict[str, Json]:
    """What `generateContent` is asked: contents, system instruction and configuration.

    `params` are the request's, or what a part has left of them; `defaults` hold where they say nothing.
    """
    told = named(params, OTHER_NAMES)
    given = told.get("generationConfig")
    config = {**defaults, **(given if isinstance(given, Mapping) else {}), **_config(told)}
    others = {name: value for name, value in told.items() if name not in CONFIG and name not in DECIDED}
    system = "\n\n".join(one.content for one in request.messages if one.role == "system")
    return {
        **others,
        "contents": [_content(one) for one in request.messages if one.role != "system" and (one.content or one.images)],
        **({"systemInstruction": {"parts": [{"text": system}]}} if system else {}),
        **({"generationConfig": config} if config else {}),
    }


def image_bytes(media: Media) -> str:
    """A file's bytes as JSON carries them."""
    return b64encode(media.data).decode()


def _config(told: Mapping[str, Json]) -> dict[str, Json]:
    config = {name: value for name, value in told.items() if name in CONFIG}
    if isinstance(stop := config.get("stopSequences"), str):
        config["stopSequences"] = [stop]
    return config


def _content(message: Message) -> Json:
    """One turn: its images, then its words. The model's own role is named so."""
    images: list[Json] = [
        {"inlineData": {"mimeType": image.mime, "data": image_bytes(image)}} for image in message.images
    ]
    words: list[Json] = [{"text": message.content}] if message.content else []
    return {"role": "model" if message.role == "assistant" else "user", "parts": [*images, *words]}
