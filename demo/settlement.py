"""The end of a call in the books: may it begin, what was charged, and the log row new-api would write."""

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal

from starlette.requests import Request

from demo.books import CONSUMED, FAILED, Books, Entry, Job, Key, LogType
from demo.catalogue import Model
from demo.charge import Rates, Usage, quota, rates
from demo.keys import QUOTA_PER_USD
from demo.refusals import Refused, language
from demo.relay import relay_of


def check_funds(key: Key, rates: Rates, most: Usage) -> None:
    """Refused where the account or the key can't pay for `most`; the account is asked first, as in new-api."""
    need = quota(most, rates)
    facts = {"funds": dollars(key.funds), "remain": dollars(key.remain), "need": dollars(need)}
    if key.funds <= 0:
        raise Refused("account_empty", **facts)
    if key.funds < need:
        raise Refused("account_too_small", **facts)
    if not key.spec.unlimited and key.remain < need:
        raise Refused("key_too_small", **facts)


def dollars(units: int) -> str:
    """Units as new-api writes money in its messages, with a full-width dollar sign."""
    return f"＄{Decimal(units) / QUOTA_PER_USD:.6f}"


class Settlement:
    """One call that reached a model: charged and logged once, or logged as failed."""

    def __init__(self, request: Request, books: Books, key: Key, model: Model, *, is_stream: bool) -> None:
        self.model, self.rates = model, rates(model, key.spec.group)
        self.key = key
        self._books, self._is_stream = books, is_stream
        self._request_id, self._language = request.state.request_id, language(request)
        self._created_at, self._start = int(time.time()), time.monotonic()
        self._first_token_ms = 0
        self._settled = False

    def first_token(self) -> None:
        """Note when the first token left."""
        self._first_token_ms = int((time.monotonic() - self._start) * 1000)

    def settle(self, usage: Usage, job: Job | None = None, inputs: Iterable[bytes] = ()) -> None:
        """Deduct what `usage` costs and log it, and keep the `job` that was begun; only the first call counts."""
        if self._settled:
            return
        self._settled = True
        units, details = quota(usage, self.rates), self._details(usage)
        if job is None:
            self._write(CONSUMED, self._prices(usage), usage, units, details)
        else:
            task = {"is_task": True, "task_id": job.id} if job.seconds else {}
            self._write(CONSUMED, self._prices(usage), usage, units, details | task, replace(job, quota=units), inputs)

    def fail(self, refused: Refused) -> None:
        """Log a refusal that new-api logs; the others leave no trace."""
        if refused.refusal.logged:
            details = {
                "error_type": refused.refusal.type,
                "error_code": refused.refusal.code or "",
                "status_code": refused.refusal.status,
            }
            self._write(FAILED, refused.message(self._language), Usage(0, 0), 0, details)

    def _write(
        self,
        kind: LogType,
        content: str,
        usage: Usage,
        units: int,
        details: Mapping[str, object],
        job: Job | None = None,
        inputs: Iterable[bytes] = (),
    ) -> None:
        self._books.record(
            Entry(
                key=self.key.spec.name,
                created_at=self._created_at,
                type=kind,
                content=content,
                model_name=self.model.name,
                quota=units,
                prompt_tokens=usage.prompt,
                completion_tokens=usage.completion,
                use_time=int(time.monotonic() - self._start),
                is_stream=self._is_stream,
                group=self.key.spec.group,
                request_id=self._request_id,
                other=details,
            ),
            job,
            inputs,
        )

    def _prices(self, usage: Usage) -> str:
        group = f"分组倍率 {self.rates.group_ratio.normalize():f}"
        if self.rates.price is not None:
            times = f"，数量 {usage.times.normalize():f}" if usage.times != 1 else ""
            return f"模型价格 {self.rates.price.normalize():f}，{group}{times}"
        model, completion = self.rates.model_ratio.normalize(), self.rates.completion_ratio.normalize()
        return f"模型倍率 {model:f}，补全倍率 {completion:f}，{group}"

    def _details(self, usage: Usage) -> dict[str, object]:
        return {
            "model_ratio": float(self.rates.model_ratio),
            "group_ratio": float(self.rates.group_ratio),
            "completion_ratio": float(self.rates.completion_ratio),
            "cache_tokens": usage.cached,
            "cache_ratio": float(self.rates.cache_ratio),
            "model_price": -1 if self.rates.price is None else float(self.rates.price),
            "frt": self._first_token_ms,
            **self._written(usage),
            **self._kinds(usage),
        }

    def _written(self, usage: Usage) -> dict[str, object]:
        if not usage.written:
            return {}
        ratio = float(self.rates.create_cache_ratio)
        return {"cache_creation_tokens": usage.written, "cache_creation_ratio": ratio}

    def _kinds(self, usage: Usage) -> dict[str, object]:
        """Images and sound, where they were charged by a ratio of their own."""
        if self.rates.audio_ratio is not None and (usage.sound or usage.spoken):
            return {
                "audio": True, "audio_input": usage.sound, "audio_output": usage.spoken,
                "text_input": usage.prompt - usage.sound, "text_output": usage.completion - usage.spoken,
                "audio_ratio": float(self.rates.audio_ratio),
                "audio_completion_ratio": float(self.rates.audio_completion_ratio),
            }  # fmt: skip
        if usage.images and self.rates.image_ratio != 1:
            return {"image": True, "image_ratio": float(self.rates.image_ratio), "image_output": usage.images}
        return {}


@contextmanager
def opened(request: Request, key: Key, model: Model, *, is_stream: bool = False) -> Iterator[Settlement]:
    """The settlement of a call; a Refused raised inside is logged, where new-api logs it, and goes on."""
    settlement = Settlement(request, relay_of(request).books, key, model, is_stream=is_stream)
    try:
        yield settlement
    except Refused as refused:
        settlement.fail(refused)
        raise
