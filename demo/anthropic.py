"""POST /v1/messages and /v1/messages/count_tokens as Anthropic answers them (wire.md 5).

Any model that chats is served so, as new-api does it. Tools are accepted unread.
"""

import json
import secrets
from collections.abc import AsyncIterator
from itertools import groupby
from typing import Any, Literal

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from demo.auth import admit
from demo.charge import Usage
from demo.chat import ChatRequest, ChatStream, Completion, Message, Part, begin, prompt_usage
from demo.intake import distribute, json_body, validated
from demo.refusals import Refused
from demo.relay import relay_of
from demo.settlement import opened

LEAST_BUDGET = 1024
STOP_REASONS = {"stop": "end_turn", "length": "max_tokens"}


class Block(BaseModel):
    """One piece of a content; `content` is a tool's result."""

    type: str
    text: str = ""
    content: str | list["Block"] | None = None
    cache_control: dict[str, Any] | None = None


class Turn(BaseModel):
    """One message."""

    role: Literal["user", "assistant", "system"]
    content: str | list[Block]


class Thinking(BaseModel):
    """Whether the model is to think aloud."""

    type: Literal["enabled", "disabled", "adaptive"]
    budget_tokens: int | None = Field(None, ge=LEAST_BUDGET)


class Counted(BaseModel):
    """What can be counted of a request."""

    model: str
    messages: list[Turn] = Field(min_length=1)
    system: str | list[Block] | None = None
    thinking: Thinking | None = None
    cache_control: dict[str, Any] | None = None


class MessagesRequest(Counted):
    """What is read of a request; all else is accepted and has no effect."""

    max_tokens: int = Field(ge=1)
    stream: bool | None = None
    temperature: float | None = Field(None, ge=0, le=1)
    top_p: float | None = Field(None, ge=0, le=1)


class Asked(ChatRequest):
    """The same in chat's words."""

    aloud: bool = False
    keeps: bool = False

    def thinks(self) -> bool:
        """Where it was asked to, or where the model always does."""
        return self.aloud or super().thinks()

    def caches(self) -> bool:
        """Only what `cache_control` marks is kept."""
        return self.keeps

    def written(self, cacheable: int, read: int) -> int:
        """What could be read next time is written now, at a price of its own."""
        return cacheable - read


async def messages(request: Request) -> Response:
    """The route: a message, or its events."""
    key, relay = admit(request), relay_of(request)
    body = await json_body(request)
    model = distribute(key, body.get("model"))
    with opened(request, key, model, is_stream=body.get("stream") is True) as settlement:
        asked = _asked(validated(MessagesRequest, body))
        completion = begin(asked, relay, key, settlement)
    headers = {"request-id": request.state.request_id}
    if asked.stream:
        return ChatStream(completion, _events(completion), headers)
    await completion.finish()
    return JSONResponse(_message(completion), headers=headers)


async def count_tokens(request: Request) -> Response:
    """The route that counts and costs nothing."""
    key = admit(request)
    body = await json_body(request)
    distribute(key, body.get("model"))
    counted = validated(Counted, body)
    usage = prompt_usage(_chat(counted, {}).model_copy(update={"keeps": False}), relay_of(request), key)
    return JSONResponse({"input_tokens": usage.prompt}, headers={"request-id": request.state.request_id})


def _asked(said: MessagesRequest) -> Asked:
    budget = said.thinking and said.thinking.budget_tokens
    if budget and budget >= said.max_tokens:
        raise Refused("bad_field", reason="`max_tokens` must be greater than `thinking.budget_tokens`")
    return _chat(said, {"max_tokens": said.max_tokens, "stream": said.stream})


def _chat(said: Counted, limits: dict[str, Any]) -> Asked:
    system = [] if said.system is None else [Message(role="system", content=_content(said.system))]
    turns = [Message(role=turn.role, content=_content(turn.content)) for turn in said.messages]
    return Asked(
        model=said.model,
        messages=[*system, *turns],
        aloud=said.thinking is not None and said.thinking.type != "disabled",
        keeps=_keeps(said),
        **limits,
    )


def _content(content: str | list[Block]) -> str | list[Part]:
    return content if isinstance(content, str) else [_part(block) for block in content]


def _part(block: Block) -> Part:
    if block.type in ("image", "document"):
        return Part(type="image_url")
    inner = block.content if isinstance(block.content, str) else ""
    return Part(type="text", text=block.text or inner)


def _keeps(said: Counted) -> bool:
    contents = [said.system, *(turn.content for turn in said.messages)]
    blocks = [block for content in contents if isinstance(content, list) for block in content]
    return said.cache_control is not None or any(block.cache_control is not None for block in blocks)


def _message(completion: Completion) -> dict[str, Any]:
    blocks = [
        _block(kind) | {_field(kind): "".join(text for _, text in pieces)} | _signed(kind)
        for kind, pieces in groupby(completion.pieces, key=lambda piece: piece[0])
    ]
    return {**_head(completion), "content": blocks, **_end(completion), "usage": _usage(completion.usage())}


def _head(completion: Completion) -> dict[str, Any]:
    return {"id": f"msg_{completion.id}", "type": "message", "role": "assistant", "model": completion.asked.model}


def _end(completion: Completion) -> dict[str, Any]:
    return {"stop_reason": STOP_REASONS[completion.finish_reason], "stop_sequence": None}


def _field(kind: str) -> str:
    return "text" if kind == "content" else "thinking"


def _block(kind: str) -> dict[str, Any]:
    if kind == "content":
        return {"type": "text", "text": "", "citations": None}
    return {"type": "thinking", "thinking": "", "signature": ""}


def _signed(kind: str) -> dict[str, str]:
    return {} if kind == "content" else {"signature": secrets.token_urlsafe(64)}


async def _events(completion: Completion) -> AsyncIterator[str]:
    start = {**_head(completion), "content": [], "stop_reason": None, "stop_sequence": None}
    usage = _usage(completion.prompt) | {"output_tokens": 1}
    yield _event("message_start", message=start | {"usage": usage})
    index, open_kind = -1, ""
    async for kind, text in completion.paced():
        if kind != open_kind:
            for event in _turn(index, open_kind, kind):
                yield event
            index, open_kind = index + 1, kind
        yield _delta(index, f"{_field(kind)}_delta", _field(kind), text)
    for event in _closed(index, open_kind):
        yield event
    completion.settle()
    yield _event("message_delta", delta=_end(completion), usage=_usage(completion.usage()))
    yield _event("message_stop")


def _turn(index: int, old: str, new: str) -> list[str]:
    """The end of block `index` and the beginning of the next; Anthropic's ping comes after the first."""
    begun = _event("content_block_start", index=index + 1, content_block=_block(new))
    return [*_closed(index, old), begun, *([_event("ping")] if index < 0 else [])]


def _closed(index: int, kind: str) -> list[str]:
    if index < 0:
        return []
    signed = [_delta(index, "signature_delta", "signature", value) for value in _signed(kind).values()]
    return [*signed, _event("content_block_stop", index=index)]


def _delta(index: int, kind: str, field: str, text: str) -> str:
    return _event("content_block_delta", index=index, delta={"type": kind, field: text})


def _event(name: str, **fields: Any) -> str:
    return f"event: {name}\ndata: {json.dumps({'type': name, **fields}, ensure_ascii=False)}\n\n"


def _usage(usage: Usage) -> dict[str, Any]:
    return {
        "input_tokens": usage.prompt - usage.cached - usage.written,
        "cache_creation_input_tokens": usage.written,
        "cache_read_input_tokens": usage.cached,
        "cache_creation": {"ephemeral_5m_input_tokens": usage.written, "ephemeral_1h_input_tokens": 0},
        "output_tokens": usage.completion,
        "service_tier": "standard",
    }
