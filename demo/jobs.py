"""Work that finishes later. Its state follows from the clock alone, so a job goes on through a kill of the relay."""

import secrets
import string
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from starlette.requests import Request

from demo.books import REFUNDED, Entry, Job, Key
from demo.charge import Usage
from demo.faults import FAILS_AT, Fault, faults, slowed
from demo.keys import specs
from demo.refusals import Refused
from demo.relay import Relay, relay_of
from demo.settlement import Settlement

Status = Literal["NOT_START", "QUEUED", "IN_PROGRESS", "SUCCESS", "FAILURE"]

PHASES: tuple[tuple[float, Status], ...] = ((0.05, "NOT_START"), (0.15, "QUEUED"), (1.0, "IN_PROGRESS"))
"""Up to which share of its time a job has which status."""

LOST_AT = 0.5
"""At which share of its time a lost job is forgotten."""

REASONS: Mapping[Fault, str] = MappingProxyType(
    {
        "fail": "上游生成失败，请稍后重试 (upstream generation failed)",
        "refuse-late": "生成的内容违反了内容政策，已被拦截 (the content violates the content policy)",
    }
)

SIGHTINGS_WITHOUT_MEDIA = 2
"""How many answers that say SUCCESS leave the media address out, where that was asked for."""

LETTERS = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class State:
    """How a job stands. Times in Unix seconds, None where that hasn't come; `reason` of a failure, else empty."""

    status: Status
    percent: int
    started_at: float | None = None
    finished_at: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Sight:
    """What one poll sees of a job; `ready`: it succeeded, and its media addresses are told."""

    job: Job
    state: State
    ready: bool


def begin(
    request: Request,
    settlement: Settlement,
    usage: Usage,
    *,
    kind: str,
    prompt: str,
    params: Mapping[str, Any],
    inputs: Iterable[bytes] = (),
    seconds: float,
    id: str | None = None,
) -> Job:
    """Charge `usage` and keep a job that takes `seconds` of the relay's time; 0 is done at once.

    Raises Refused where the prompt asks to be refused. The id is new-api's kind of task id where none is given.
    """
    wrong, relay = faults(prompt), relay_of(request)
    if "refuse" in wrong:
        raise Refused("sensitive")
    now, takes = relay.clock(), slowed(seconds, prompt) / relay.speed
    shares = [share for fault, share in FAILS_AT.items() if fault in wrong]
    job = Job(
        id=id or new_task_id(),
        key=settlement.key.spec.name,
        model=settlement.model.name,
        kind=kind,
        prompt=prompt,
        params=params,
        created_at=now,
        seconds=takes,
        fails_at=now + takes * min(shares) if shares and seconds else None,
        quota=0,
    )
    settlement.settle(usage, job, inputs)
    return job


def look(request: Request, key: Key, id: str, kind: str) -> Sight:
    """Ask once after a job of the key's account; Refused where there is none (any more), or as its prompt asks."""
    job, relay = find(request, key, id, kind), relay_of(request)
    wrong, first = faults(job.prompt), relay.books.count(id, "polls") == 1
    if first and "late-task" in wrong:
        raise Refused("task_not_yet")
    if first and "denied" in wrong:
        raise Refused("model_not_allowed", model=job.model)
    return _sight(relay, job)


def find(request: Request, key: Key, id: str, kind: str) -> Job:
    """The job of the key's account, without counting that it was asked after; Refused where there is none."""
    relay = relay_of(request)
    job = relay.books.job(id)
    if job is None or job.kind != kind or not _same_account(job, key) or is_lost(job, relay.clock()):
        raise Refused("task_not_exist")
    return job


def state(job: Job, now: float) -> State:
    """How `job` stands at `now`."""
    share = _share(job, now)
    status: Status = next((status for end, status in PHASES if share < end), "SUCCESS")
    started_at = job.created_at + PHASES[0][0] * job.seconds if status != "NOT_START" else None
    if job.fails_at is not None and now >= job.fails_at:
        reason = next(words for fault, words in REASONS.items() if fault in faults(job.prompt))
        return State("FAILURE", 100, started_at, job.fails_at, reason)
    if status == "SUCCESS":
        return State(status, 100, started_at, job.created_at + job.seconds)
    return State(status, 0 if status == "NOT_START" else int(share * 100), started_at)


def is_lost(job: Job, now: float) -> bool:
    """Whether the relay has forgotten the job by `now`; what it cost stays charged."""
    return "lost" in faults(job.prompt) and _share(job, now) >= LOST_AT


def refund_failed(relay: Relay) -> None:
    """Give back what failed jobs cost, once, as new-api does when it learns of the failure."""
    for job in relay.books.unrefunded(relay.clock()):
        relay.books.refund(job, _refund(job))


def new_task_id() -> str:
    """As new-api makes the ids of tasks."""
    return "task_" + "".join(secrets.choice(LETTERS) for _ in range(32))


def _share(job: Job, now: float) -> float:
    return (now - job.created_at) / job.seconds if job.seconds else 1.0


def _same_account(job: Job, key: Key) -> bool:
    return specs()[job.key].account == key.spec.account


def _sight(relay: Relay, job: Job) -> Sight:
    seen = state(job, relay.clock())
    if seen.status != "SUCCESS":
        return Sight(job, seen, ready=False)
    shown = relay.books.count(job.id, "sightings")
    return Sight(job, seen, ready="no-url" not in faults(job.prompt) or shown > SIGHTINGS_WITHOUT_MEDIA)


def _refund(job: Job) -> Entry:
    seen = state(job, job.fails_at or 0)
    return Entry(
        key=job.key,
        created_at=int(job.fails_at or 0),
        type=REFUNDED,
        content=f"异步任务执行失败 {job.id}",
        model_name=job.model,
        quota=job.quota,
        prompt_tokens=0,
        completion_tokens=0,
        use_time=0,
        is_stream=False,
        group=specs()[job.key].group,
        request_id="",
        other={"is_task": True, "task_id": job.id, "reason": seen.reason},
    )
