"""Midjourney through a relay: jobs are submitted, their buttons pressed, their tasks fetched (wire.md 7).

A button that first opens a window answers 21; what the window says comes by `modal`, under the same id.
"""

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from demo import jobs
from demo.auth import admit
from demo.books import Job, Key
from demo.charge import Usage
from demo.files import address
from demo.intake import check_channel, check_means, distribute, json_body, validated
from demo.pictures import pictures
from demo.refusals import Refused
from demo.relay import relay_of
from demo.settlement import opened
from demo.tokens import split

KIND = "midjourney"
SIDE = 1024
GRID_SECONDS, ONE_SECONDS, DESCRIBE_SECONDS = 30.0, 10.0, 4.0
STATUS = {"QUEUED": "SUBMITTED"}
"""midjourney-proxy's words where they differ from the relay's."""
SUBMITTED, WAITING = 1, 21
MODAL_ENDING = "m"
"""What a window brings is kept under the id of the task that opened it, and this."""


@dataclass(frozen=True, slots=True)
class Press:
    """What a button does: the action, its model, and whether it opens a window first."""

    action: str
    model: str
    window: bool = False


PRESSES: tuple[tuple[str, Press], ...] = (
    (r"MJ::JOB::upsample::", Press("UPSCALE", "mj_upscale")),
    (r"MJ::JOB::upsample_", Press("UPSCALE", "mj_upscale")),
    (r"MJ::JOB::(low_|high_)?variation::", Press("VARIATION", "mj_variation")),
    (r"MJ::JOB::reroll::", Press("REROLL", "mj_reroll")),
    (r"MJ::JOB::pan_", Press("PAN", "mj_pan")),
    (r"MJ::Outpaint::", Press("ZOOM", "mj_zoom")),
    (r"MJ::CustomZoom::", Press("ZOOM", "mj_modal", window=True)),
    (r"MJ::Inpaint::", Press("INPAINT", "mj_modal", window=True)),
)
"""How a button's id begins → what it does, first match."""

CHANGES: Mapping[str, str] = MappingProxyType({"UPSCALE": "upsample", "VARIATION": "variation", "REROLL": "reroll"})
SIMPLE = re.compile(r"(\S+)\s+(?:([UV])([1-4])|R)", re.IGNORECASE)
LETTERS = {"U": "UPSCALE", "V": "VARIATION"}

GRID_BUTTONS = (
    *((f"MJ::JOB::upsample::{n}::{{hash}}", "", f"U{n}") for n in range(1, 5)),
    ("MJ::JOB::reroll::0::{hash}::SOLO", "🔄", ""),
    *((f"MJ::JOB::variation::{n}::{{hash}}", "", f"V{n}") for n in range(1, 5)),
)
ONE_BUTTONS = (
    ("MJ::JOB::upsample_v6_2x_subtle::1::{hash}::SOLO", "upscale_1", "Upscale (Subtle)"),
    ("MJ::JOB::upsample_v6_2x_creative::1::{hash}::SOLO", "upscale_1", "Upscale (Creative)"),
    ("MJ::JOB::low_variation::1::{hash}::SOLO", "🪄", "Vary (Subtle)"),
    ("MJ::JOB::high_variation::1::{hash}::SOLO", "🪄", "Vary (Strong)"),
    ("MJ::Inpaint::1::{hash}::SOLO", "🖌️", "Vary (Region)"),
    ("MJ::Outpaint::50::1::{hash}::SOLO", "🔍", "Zoom Out 2x"),
    ("MJ::Outpaint::75::1::{hash}::SOLO", "🔍", "Zoom Out 1.5x"),
    ("MJ::CustomZoom::{hash}", "🔍", "Custom Zoom"),
    ("MJ::JOB::pan_left::1::{hash}::SOLO", "⬅️", ""),
    ("MJ::JOB::pan_right::1::{hash}::SOLO", "➡️", ""),
    ("MJ::JOB::pan_up::1::{hash}::SOLO", "⬆️", ""),
    ("MJ::JOB::pan_down::1::{hash}::SOLO", "⬇️", ""),
)
"""Below a grid of four, and below one picture: id, emoji, label."""

DIMENSIONS = {"PORTRAIT": (832, 1248), "SQUARE": (SIDE, SIDE), "LANDSCAPE": (1248, 832)}


class Imagine(BaseModel):
    """Words, and pictures to go by."""

    prompt: str = Field(min_length=1)
    base64Array: list[str] = []
    state: str = ""


class Action(BaseModel):
    """A button of a task."""

    taskId: str
    customId: str
    state: str = ""


class Change(BaseModel):
    """The same without its id."""

    taskId: str
    action: Literal["UPSCALE", "VARIATION", "REROLL"]
    index: int = Field(1, ge=1, le=4)
    state: str = ""


class SimpleChange(BaseModel):
    """The same as Discord's users write it: `ID U2`."""

    content: str
    state: str = ""


class Blend(BaseModel):
    """Pictures to make one of."""

    base64Array: list[str] = Field(min_length=2, max_length=5)
    dimensions: Literal["PORTRAIT", "SQUARE", "LANDSCAPE"] = "SQUARE"
    state: str = ""


class Describe(BaseModel):
    """A picture to be put into words."""

    base64: str = Field(min_length=1)
    state: str = ""


class Modal(BaseModel):
    """What a window is told."""

    taskId: str
    prompt: str = ""
    maskBase64: str = ""


class Ids(BaseModel):
    """The tasks that are asked after."""

    ids: list[str] = Field(max_length=100)


@dataclass(frozen=True, slots=True)
class Order:
    """A job to begin."""

    action: str
    model: str
    prompt: str
    params: Mapping[str, Any]
    inputs: list[str | bytes]
    seconds: float = GRID_SECONDS
    id: str | None = None


async def imagine(request: Request) -> Response:
    """POST …/submit/imagine: a grid of four."""
    key, body = admit(request), await json_body(request)
    distribute(key, "mj_imagine")
    asked = validated(Imagine, body)
    order = Order("IMAGINE", "mj_imagine", asked.prompt, _grid(asked.state), [*asked.base64Array])
    return await _submit(request, key, order)


async def blend(request: Request) -> Response:
    """POST …/submit/blend: a grid of several pictures."""
    key, asked = admit(request), validated(Blend, await json_body(request))
    width, height = DIMENSIONS[asked.dimensions]
    params = _grid(asked.state) | {"width": width, "height": height}
    return await _submit(request, key, Order("BLEND", "mj_blend", "blend", params, [*asked.base64Array]))


async def describe(request: Request) -> Response:
    """POST …/submit/describe: four prompts that could have made a picture."""
    key, asked = admit(request), validated(Describe, await json_body(request))
    params = {"state": asked.state, "width": SIDE, "height": SIDE}
    return await _submit(
        request, key, Order("DESCRIBE", "mj_describe", "describe", params, [asked.base64], DESCRIBE_SECONDS)
    )


async def action(request: Request) -> Response:
    """POST …/submit/action: press a button."""
    key, asked = admit(request), validated(Action, await json_body(request))
    return await _press(request, key, asked.taskId, asked.customId, asked.state)


async def change(request: Request) -> Response:
    """POST …/submit/change: press one of a grid's buttons by name."""
    key, asked = admit(request), validated(Change, await json_body(request))
    return await _press(request, key, asked.taskId, _custom_id(asked.taskId, asked.action, asked.index), asked.state)


async def simple_change(request: Request) -> Response:
    """POST …/submit/simple-change: the same in one line."""
    key, asked = admit(request), validated(SimpleChange, await json_body(request))
    said = SIMPLE.fullmatch(asked.content.strip())
    if said is None:
        raise Refused("bad_field", reason="content参数错误")
    id, letter, index = said.groups()
    name = LETTERS[letter.upper()] if letter else "REROLL"
    return await _press(request, key, id, _custom_id(id, name, int(index or 0)), asked.state)


async def modal(request: Request) -> Response:
    """POST …/submit/modal: what the window of an earlier button is told; the job begins under that id."""
    key, asked = admit(request), validated(Modal, await json_body(request))
    job = _known(request, key, asked.taskId)
    if not job.params.get("window"):
        raise Refused("task_not_exist")
    params = {name: value for name, value in job.params.items() if name not in ("window", "action")}
    inputs = [asked.maskBase64] if asked.maskBase64 else []
    prompt, id = asked.prompt or job.prompt, job.id + MODAL_ENDING
    return await _submit(request, key, Order(job.params["action"], "mj_modal", prompt, params, [*inputs], id=id))


async def fetch(request: Request) -> Response:
    """GET …/task/{id}/fetch: one task."""
    return JSONResponse(_task(request, _look(request, admit(request), request.path_params["id"])))


async def list_by_condition(request: Request) -> Response:
    """POST …/task/list-by-condition: those of the tasks that there are."""
    key, asked = admit(request), validated(Ids, await json_body(request))
    sights = [sight for id in asked.ids if (sight := _seen(request, key, id))]
    return JSONResponse([_task(request, sight) for sight in sights])


async def image_seed(request: Request) -> Response:
    """GET …/task/{id}/image-seed: a number that goes with the task."""
    job = _known(request, admit(request), request.path_params["id"])
    return JSONResponse({"code": SUBMITTED, "description": "成功", "result": str(int(_hash(job.id)[:8], 16))})


async def _press(request: Request, key: Key, id: str, custom_id: str, state: str) -> Response:
    parent = _known(request, key, id)
    press = next((press for start, press in PRESSES if re.match(start, custom_id)), None)
    if press is None or _hash(parent.id) not in custom_id:
        raise Refused("bad_field", reason="customId参数错误")
    if jobs.state(parent, relay_of(request).clock()).status != "SUCCESS":
        raise Refused("bad_field", reason="关联任务状态错误")
    numbers = re.search(r"::([1-4])::", custom_id)
    words = f"{parent.prompt} #{numbers[1]}" if numbers and numbers[1] != "1" else parent.prompt
    if press.window:
        params = _grid(state) | {"action": press.action, "window": True}
        return _wait(request, key, Order(press.action, press.model, parent.prompt, params, []))
    one = press.action == "UPSCALE"
    params = _one(state, words) if one else _grid(state) | {"words": f"{words} {secrets.token_hex(2)}"}
    seconds = ONE_SECONDS if one else GRID_SECONDS
    inputs = relay_of(request).books.job_inputs(parent.id)
    return await _submit(request, key, Order(press.action, press.model, parent.prompt, params, [*inputs], seconds))


async def _submit(request: Request, key: Key, order: Order) -> Response:
    model = distribute(key, order.model)
    with opened(request, key, model) as settlement:
        usage = Usage(max(1, len(split(order.prompt))), 0)
        check_channel(model, request.url.path, served=True)
        check_means(key, settlement, usage)
        job = jobs.begin(
            request,
            settlement,
            usage,
            kind=KIND,
            prompt=order.prompt,
            params={**order.params, "action": order.action},
            inputs=await pictures(request, order.inputs),
            seconds=order.seconds,
            id=order.id or _new_id(),
        )
    return _accepted(SUBMITTED, "提交成功", job.id.removesuffix(MODAL_ENDING))


def _wait(request: Request, key: Key, order: Order) -> Response:
    """A task that stands still, free, until its window is told more."""
    with opened(request, key, distribute(key, order.model)) as settlement:
        job = jobs.begin(
            request,
            settlement,
            Usage(0, 0),
            kind=KIND,
            prompt=order.prompt,
            params=order.params,
            seconds=0,
            id=_new_id(),
        )
    return _accepted(WAITING, "Waiting for window confirm", job.id)


def _accepted(code: int, description: str, id: str) -> Response:
    return JSONResponse({"code": code, "description": description, "result": id, "properties": {}})


def _look(request: Request, key: Key, id: str) -> jobs.Sight:
    """The task, or what its window began."""
    told = relay_of(request).books.job(id + MODAL_ENDING)
    return jobs.look(request, key, id if told is None else told.id, KIND)


def _seen(request: Request, key: Key, id: str) -> jobs.Sight | None:
    try:
        return _look(request, key, id)
    except Refused:
        return None


def _known(request: Request, key: Key, id: str) -> Job:
    return _look(request, key, id).job


def _task(request: Request, sight: jobs.Sight) -> dict[str, Any]:
    job, state = sight.job, sight.state
    status = "MODAL" if job.params.get("window") else STATUS.get(state.status, state.status)
    done = status == "SUCCESS"
    told = _prompts(job) if done and job.params["action"] == "DESCRIBE" else job.prompt
    return {
        "id": job.id.removesuffix(MODAL_ENDING),
        "action": job.params["action"],
        "status": status,
        "prompt": told,
        "promptEn": told,
        "description": f"/{job.params['action'].lower()} {job.prompt}",
        "state": job.params["state"],
        "submitTime": _milliseconds(job.created_at),
        "startTime": _milliseconds(state.started_at),
        "finishTime": _milliseconds(state.finished_at if status != "MODAL" else None),
        "progress": "0%" if status == "MODAL" else f"{state.percent}%",
        "imageUrl": address(request, job, "png") if done and sight.ready else "",
        "failReason": state.reason,
        "properties": {"finalPrompt": told},
        "buttons": _buttons(job) if done else [],
    }


def _buttons(job: Job) -> list[dict[str, Any]]:
    if job.params["action"] == "DESCRIBE":
        return []
    rows = GRID_BUTTONS if job.params.get("grid") else ONE_BUTTONS
    ids = ((custom.format(hash=_hash(job.id)), emoji, label) for custom, emoji, label in rows)
    return [{"customId": id, "emoji": emoji, "label": label, "type": 2, "style": 2} for id, emoji, label in ids]


def _prompts(job: Job) -> str:
    looks = ("soft morning light", "flat colours, bold shapes", "wide angle, calm mood", "a poster in pastel tones")
    return "\n\n".join(f"{number}️⃣ abstract shapes, {look} --ar 1:1" for number, look in enumerate(looks, 1))


def _custom_id(id: str, name: str, index: int) -> str:
    index = 0 if name == "REROLL" else index
    return f"MJ::JOB::{CHANGES[name]}::{index}::{_hash(id)}{'::SOLO' if name == 'REROLL' else ''}"


def _hash(id: str) -> str:
    return hashlib.md5(id.removesuffix(MODAL_ENDING).encode(), usedforsecurity=False).hexdigest()


def _grid(state: str) -> dict[str, Any]:
    return {"grid": True, "width": SIDE, "height": SIDE, "state": state}


def _one(state: str, words: str) -> dict[str, Any]:
    return {"width": SIDE, "height": SIDE, "state": state, "words": words}


def _new_id() -> str:
    """As midjourney-proxy's: digits."""
    return str(secrets.randbelow(9 * 10**15) + 10**15)


def _milliseconds(seconds: float | None) -> int:
    return int((seconds or 0) * 1000)
