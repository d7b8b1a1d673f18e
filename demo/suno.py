"""Suno through a relay: songs and lyrics are submitted, then fetched (wire.md 7).

The demo has no MP3 encoder: a song's `audio_url` is a WAV.
"""

from typing import Any

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from demo import jobs, prose
from demo.auth import admit
from demo.books import Job, Key
from demo.catalogue import Model
from demo.charge import Usage
from demo.files import address
from demo.intake import check_channel, check_means, distribute, json_body, validated
from demo.refusals import Refused
from demo.settlement import opened
from demo.tokens import split

KIND = "suno"
CLIPS = 2
SONG_SECONDS, TAKES_SECONDS, LYRICS_TAKE_SECONDS = 12, 30.0, 3.0
MODELS = {"music": "suno_music", "lyrics": "suno_lyrics"}


class MusicRequest(BaseModel):
    """A song from its lyrics (`prompt`) or from a description."""

    prompt: str = ""
    gpt_description_prompt: str = ""
    mv: str = "chirp-v4"
    title: str = ""
    tags: str = ""
    make_instrumental: bool = False
    continue_at: float | None = None
    continue_clip_id: str | None = None

    def words(self) -> str:
        """What the song is made of."""
        return self.prompt or self.gpt_description_prompt or self.tags


class LyricsRequest(BaseModel):
    """What the words are to be about."""

    prompt: str = ""


class FetchRequest(BaseModel):
    """The tasks that are asked after."""

    ids: list[str] = Field(max_length=100)


async def music(request: Request) -> Response:
    """POST /suno/submit/music: a task of two songs, at the price of one request."""
    key, model = _let_in(request, "music")
    asked = validated(MusicRequest, await json_body(request))
    params = asked.model_dump(include={"mv", "title", "tags", "make_instrumental", "continue_at", "continue_clip_id"})
    media = {"n": CLIPS, "seconds": SONG_SECONDS, "width": 512, "height": 512}
    return _submit(request, key, model, "music", asked.words(), params | media, TAKES_SECONDS)


async def lyrics(request: Request) -> Response:
    """POST /suno/submit/lyrics: a task of words."""
    key, model = _let_in(request, "lyrics")
    asked = validated(LyricsRequest, await json_body(request))
    return _submit(request, key, model, "lyrics", asked.prompt, {}, LYRICS_TAKE_SECONDS)


async def fetch(request: Request) -> Response:
    """GET /suno/fetch/{id}: one task."""
    sight = jobs.look(request, admit(request), request.path_params["id"], KIND)
    return _success(_task(request, sight))


async def fetch_many(request: Request) -> Response:
    """POST /suno/fetch: those of the tasks that there are."""
    key = admit(request)
    asked = validated(FetchRequest, await json_body(request))
    sights = [sight for id in asked.ids if (sight := _seen(request, key, id))]
    return _success([_task(request, sight) for sight in sights])


def _let_in(request: Request, action: str) -> tuple[Key, Model]:
    """The key and the model of an action, which the path names: new-api asks for both before it reads the body."""
    key = admit(request)
    return key, distribute(key, MODELS[action])


def _submit(
    request: Request, key: Key, model: Model, action: str, prompt: str, params: dict[str, Any], seconds: float
) -> Response:
    with opened(request, key, model) as settlement:
        if not prompt:
            raise Refused("bad_field", reason="prompt_empty")
        usage = Usage(max(1, len(split(prompt))), 0)
        check_channel(model, request.url.path, served=True)
        check_means(key, settlement, usage)
        job = jobs.begin(
            request,
            settlement,
            usage,
            kind=KIND,
            prompt=prompt,
            params={**params, "action": action.upper()},
            seconds=seconds,
        )
    return _success(job.id)


def _success(data: object) -> Response:
    return JSONResponse({"code": "success", "message": "", "data": data})


def _seen(request: Request, key: Key, id: str) -> jobs.Sight | None:
    try:
        return jobs.look(request, key, id, KIND)
    except Refused:
        return None


def _task(request: Request, sight: jobs.Sight) -> dict[str, Any]:
    job, state = sight.job, sight.state
    return {
        "task_id": job.id,
        "action": job.params["action"],
        "status": state.status,
        "fail_reason": state.reason,
        "submit_time": int(job.created_at),
        "start_time": int(state.started_at or 0),
        "finish_time": int(state.finished_at or 0),
        "progress": f"{state.percent}%",
        "data": _made(request, sight) if state.status == "SUCCESS" else None,
    }


def _made(request: Request, sight: jobs.Sight) -> object:
    job = sight.job
    if job.params["action"] == "LYRICS":
        title = job.prompt.splitlines()[0][:40]
        return {"id": job.id, "status": "complete", "title": title, "text": _verses(job.prompt)}
    return [_song(request, job, number, ready=sight.ready) for number in range(CLIPS)]


def _song(request: Request, job: Job, number: int, *, ready: bool) -> dict[str, Any]:
    def at(extension: str) -> str:
        return address(request, job, extension, number) if ready else ""

    return {
        "id": f"{job.id}-{number}",
        "title": job.params["title"] or job.prompt.splitlines()[0][:40],
        "status": "complete",
        "audio_url": at("wav"),
        "video_url": at("mp4"),
        "image_url": at("png"),
        "image_large_url": at("png"),
        "text": "" if job.params["make_instrumental"] else job.prompt,
        "model_name": "chirp-v4",
        "major_model_version": job.params["mv"],
        "metadata": {
            "tags": job.params["tags"],
            "prompt": job.prompt,
            "duration": SONG_SECONDS,
            "error_type": None,
            "error_message": None,
        },
    }


def _verses(prompt: str) -> str:
    lines = [line for line in prose.answer(KIND, "", prompt).splitlines() if line]
    return "[Verse]\n" + "\n".join(lines[:4]) + "\n\n[Chorus]\n" + prompt
