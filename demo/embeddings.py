"""POST /v1/embeddings: vectors in which like texts lie near each other (wire.md 3)."""

import asyncio
import base64
import struct
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from demo import media
from demo.auth import admit
from demo.charge import Usage
from demo.faults import work
from demo.intake import check_channel, check_means, distribute, json_body, validated
from demo.lines import path_of
from demo.relay import relay_of
from demo.settlement import opened
from demo.tokens import split

SECONDS = 0.3
DIMENSIONS: Mapping[str, int] = MappingProxyType({"text-embedding-3-large": 3072, "embedding-2": 1024})
DEFAULT_DIMENSIONS = 1536


class EmbeddingRequest(BaseModel):
    """What the demo reads of an embedding request."""

    model: str
    input: str | list[str] = Field(min_length=1, max_length=100_000)
    dimensions: int | None = Field(None, ge=1, le=4096)
    encoding_format: Literal["float", "base64"] = "float"

    def texts(self) -> list[str]:
        """Every text to embed."""
        return [self.input] if isinstance(self.input, str) else self.input


async def embeddings(request: Request) -> Response:
    """The route."""
    key, body = admit(request), await json_body(request)
    model = distribute(key, body.get("model"))
    with opened(request, key, model) as settlement:
        asked = validated(EmbeddingRequest, body)
        check_channel(model, path_of(request.scope), served=model.capability == "embedding")
        usage = Usage(max(1, sum(len(split(text)) for text in asked.texts())), 0)
        check_means(key, settlement, usage)
        await work(relay_of(request), " ".join(asked.texts()), SECONDS)
        data = await asyncio.to_thread(_data, asked)
        settlement.settle(usage)
    counts = {"prompt_tokens": usage.prompt, "total_tokens": usage.prompt}
    return JSONResponse({"object": "list", "data": data, "model": model.name, "usage": counts})


def _data(asked: EmbeddingRequest) -> list[dict[str, Any]]:
    size = asked.dimensions or DIMENSIONS.get(asked.model, DEFAULT_DIMENSIONS)
    vectors = (media.vector(text, size) for text in asked.texts())
    return [
        {"object": "embedding", "index": index, "embedding": _encoded(vector, asked.encoding_format)}
        for index, vector in enumerate(vectors)
    ]


def _encoded(vector: list[float], form: str) -> list[float] | str:
    if form == "float":
        return vector
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()
