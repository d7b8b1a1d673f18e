"""POST /v1/chat/completions: text by `chat`; films and pictures that relays tell in chat (wire.md 2D, 4).

A film's progress is told in words and ends with its link; a picture is a Markdown image with a data URI.
"""

import base64
import json
import re
from collections.abc import AsyncIterator, Mapping
from types import MappingProxyType

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from demo import chat
from demo.auth import admit
from demo.books import Job
from demo.catalogue import Model
from demo.charge import Usage
from demo.chat import CHAT_PATH, ChatRequest
from demo.faults import faults, work
from demo.files import address, made
from demo.images import SECONDS, ImageRequest, begin_picture, makes_images
from demo.intake import check_channel, check_means, distribute, json_body, validated
from demo.jobs import Status, is_lost, state
from demo.pictures import pictures, sent
from demo.relay import relay_of
from demo.settlement import Settlement, opened
from demo.videos import Film, Prompted, make

MEDIA = ("video", "image", "image_edit")
DEFAULT_SECONDS = 10
LOOK_EVERY = 1.0

TOLD: Mapping[Status, str] = MappingProxyType(
    {"NOT_START": "> 排队中.\n", "QUEUED": "> 任务正在队列中..\n", "IN_PROGRESS": "> 🏃 进度：{percent}.0%\n"}
)


async def completions(request: Request) -> Response:
    """The route: a JSON answer, or server-sent events."""
    key, body = admit(request), await json_body(request)
    model = distribute(key, body.get("model"))
    if model.capability not in MEDIA:
        return await chat.completions(request)
    with opened(request, key, model, is_stream=body.get("stream") is True) as settlement:
        asked = validated(ChatRequest, body)
        check_channel(model, CHAT_PATH, served=_served(model))
        inputs = await pictures(request, _pictures(asked))
        if model.capability == "video":
            job, usage = _begin_film(request, settlement, asked, inputs)
        else:
            job, usage = await _begin_picture(request, settlement, asked, inputs)
    words = _film(request, job) if model.capability == "video" else _picture(request, job)
    if asked.stream:
        events = _events(asked, words, usage)
        return StreamingResponse(events, media_type="text/event-stream", headers={"Cache-Control": "no-cache"})
    text = "".join([piece async for piece in words])
    return JSONResponse(chat.whole(chat.new_head(model.name), {"content": text}, "stop", usage))


def _served(model: Model) -> bool:
    """Sora is on reverse channels of chat; others are where the list says so."""
    if model.capability == "video":
        return model.name.startswith("sora") or "openai" in model.endpoints
    return makes_images(model) and "openai" in model.endpoints


def _pictures(asked: ChatRequest) -> list[bytes | str]:
    content = asked.messages[-1].content
    parts = content if isinstance(content, list) else []
    return [text for part in parts if part.type == "image_url" for text in sent(part.image_url)]


def _begin_film(request: Request, settlement: Settlement, asked: ChatRequest, inputs: list[bytes]) -> tuple[Job, Usage]:
    seconds = re.search(r"(\d{1,2})s\b", asked.model)
    size = "1280x720" if "landscape" in asked.model else "720x1280"
    prompt = validated(Prompted, {"prompt": asked.last_words("user")}).prompt
    film = Film(prompt, int(seconds[1]) if seconds else DEFAULT_SECONDS, size, inputs)
    return make(request, settlement, film), film.usage()


async def _begin_picture(
    request: Request, settlement: Settlement, asked: ChatRequest, inputs: list[bytes]
) -> tuple[Job, Usage]:
    picture = validated(ImageRequest, {"model": asked.model, "prompt": asked.last_words("user")})
    usage = picture.usage(len(inputs))
    check_means(settlement.key, settlement, usage)
    await work(relay_of(request), picture.prompt, SECONDS)
    return begin_picture(request, settlement, picture, inputs), usage


async def _film(request: Request, job: Job) -> AsyncIterator[str]:
    facts = {"prompt": job.prompt, "orientation": _orientation(job)}
    yield f"```json\n{json.dumps(facts, ensure_ascii=False)}\n```\n\n"
    yield f"> ID: `{job.id}`\n"
    async for line in _progress(request, job):
        yield line
    relay = relay_of(request)
    seen = state(job, relay.clock())
    if is_lost(job, relay.clock()):
        yield "\n> 任务已丢失，无法查询\n"
    elif seen.status == "FAILURE":
        yield f"\n> 生成失败 ❌\n> 失败原因：{seen.reason}\n"
    else:
        yield "> 生成完成 ✅\n\n"
        if "no-url" not in faults(job.prompt):
            yield f"[▶️ 在线播放]({address(request, job, 'mp4')})\n"


async def _progress(request: Request, job: Job) -> AsyncIterator[str]:
    """Each new word about a job that runs, until it doesn't."""
    relay, told = relay_of(request), ""
    while (seen := state(job, relay.clock())).status in TOLD and not is_lost(job, relay.clock()):
        line = TOLD[seen.status].format(percent=seen.percent)
        if line != told:
            told = line
            yield line
        await relay.pause(LOOK_EVERY)


async def _picture(request: Request, job: Job) -> AsyncIterator[str]:
    picture = made(relay_of(request).books, job, 0, "png")
    yield f"![image](data:image/png;base64,{base64.b64encode(picture).decode()})"


async def _events(asked: ChatRequest, words: AsyncIterator[str], usage: Usage) -> AsyncIterator[str]:
    head = chat.new_head(asked.model)
    yield chat.chunk(head, {"role": "assistant", "content": ""})
    async for text in words:
        yield chat.chunk(head, {"content": text})
    yield chat.chunk(head, {}, "stop")
    for last in chat.ending(asked, head, usage):
        yield last


def _orientation(job: Job) -> str:
    width, height = (int(side) for side in job.params["size"].split("x"))
    return "landscape" if width > height else "portrait"
