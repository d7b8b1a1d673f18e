"""One row of the table: a server's flavour, a fault, a capability; what is played, and the cause that is true."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lib.vocabulary import Capability
from tests.scenarios.server import Answer, Answers

STATUS, PRICING, MODELS = "/api/status", "/api/pricing", "/v1/models"
GRANTED, USED, TOKEN = "/v1/dashboard/billing/subscription", "/v1/dashboard/billing/usage", "/api/usage/token/"
REQUEST_ID = "202611250900001234567890abcdefgh"

USUAL: Mapping[Capability, str] = {
    "text": "gpt-4o-mini", "image": "gpt-image-1", "image_edit": "gpt-image-1", "video": "sora-2", "speech": "tts-1",
    "transcription": "whisper-1", "music": "suno_music", "embedding": "text-embedding-3-small", "translation": "deepl",
}  # fmt: skip
LISTED_UNDER: Mapping[Capability, str] = {
    "image": "image-generation", "image_edit": "image-generation", "video": "openai-video", "embedding": "embeddings",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """`through`: "relay", "gptbest" (a relay with that preset) or, at an address of its own, the provider's id.

    `answers` are played over those of a server of that flavour that works; `call` is what a real call is answered:
    then the ladder passes first, and `answers` are what its task is told to be. `left`: what the quota rung has to say.
    `free`: nothing was charged, else unknown. `unpaid`: the call lacks what must be there, so that it be refused.
    `endpoint`: the type that the relay lists the model under, if not usual.
    """

    flavour: str
    fault: str
    code: str
    source: str
    answers: Mapping[str, Answers] = field(default_factory=dict)
    call: Answer | None = None
    through: str = "relay"
    capability: Capability = "text"
    named: str = ""
    left: tuple[str, str] | None = None
    free: bool = True
    rungs: tuple[str, ...] = ()
    endpoint: str = ""
    unpaid: bool = False

    @property
    def model(self) -> str:
        """The model the connection is for."""
        return self.named or USUAL[self.capability]

    @property
    def name(self) -> str:
        """What the row is called: unique in the table."""
        return f"{self.flavour}: {self.fault} ({f'{self.by}, ' if self.call else ''}{self.capability})"

    @property
    def by(self) -> str:
        """What shows it."""
        return ("unpaid" if self.unpaid else "call") if self.call else "check"

    @property
    def telling(self) -> Answer:
        """The answer that the row is about."""
        told = next(iter(self.answers.values()), self.call or Answer(200))
        return told if isinstance(told, Answer) else told[0]

    @property
    def falls_silent(self) -> bool:
        """Whether an answer stops midway, or never comes."""
        return self.telling.stops is not None

    def scene(self) -> Mapping[str, Answers]:
        """All that is played."""
        good = relay(self) if self.through in ("relay", "gptbest") else MAKERS.get(self.through, maker)(self)
        return {**good, **self.answers, **({"POST": self.call} if self.call else {})}


def listed(*names: str, endpoint: str = "openai") -> Answer:
    """wire.md 1A, 1C, 3: a key's own model list, as new-api has it."""
    data = [{"id": name, "object": "model", "created": 1626777600, "supported_endpoint_types": [endpoint]}
            for name in names]  # fmt: skip
    return Answer(200, {"object": "list", "data": data, "success": True})


def site(**told: object) -> Answer:
    """wire.md 1C: what a relay says of itself."""
    data = {"version": "v0.9.0", "start_time": 1711111111, "system_name": "Relay", "quota_per_unit": 500_000, **told}
    return Answer(200, {"success": True, "message": "", "data": data})


def granted(amount: float) -> Answer:
    """wire.md 1A: granted in all, in the site's display unit."""
    return Answer(200, {"object": "billing_subscription", "has_payment_method": True, "hard_limit_usd": amount})


def used(hundredths: float) -> Answer:
    """wire.md 1A: used in all, in hundredths of that unit."""
    return Answer(200, {"object": "list", "total_usage": hundredths})


def token(**told: object) -> Answer:
    """wire.md 1C: a key's own figures, in raw quota units."""
    data = {"object": "token_usage", "name": "mine", "total_granted": 1_000_000, "total_used": 0, "expires_at": 0,
            "total_available": 1_000_000, "unlimited_quota": False, **told}  # fmt: skip
    return Answer(200, {"code": True, "message": "ok", "data": data})


def relay(row: Row) -> Mapping[str, Answers]:
    """wire.md 1A to 1C: a relay where everything works; its key has 3.75 dollars left."""
    endpoint = row.endpoint or LISTED_UNDER.get(row.capability, "openai")
    entry = {"model_name": row.model, "quota_type": 1, "model_price": 0.01, "enable_groups": ["default"],
             "supported_endpoint_types": [endpoint]}  # fmt: skip
    pricing = {"success": True, "data": [entry], "group_ratio": {"default": 1}, "usable_group": {"default": "default"}}
    return {STATUS: site(), PRICING: Answer(200, pricing), MODELS: listed(row.model, endpoint=endpoint),
            GRANTED: granted(5), USED: used(125)}  # fmt: skip


def maker(row: Row) -> Mapping[str, Answers]:
    """wire.md 3: OpenAI, and what speaks as it does."""
    return {MODELS: listed(row.model)}


def anthropic(row: Row) -> Mapping[str, Answers]:
    """wire.md 5."""
    return {MODELS: Answer(200, {"data": [{"type": "model", "id": row.model}], "has_more": False})}


def gemini(row: Row) -> Mapping[str, Answers]:
    """wire.md 4."""
    entry = {"name": f"models/{row.model}", "supportedGenerationMethods": ["generateContent", "countTokens"]}
    return {"/v1beta/models": Answer(200, {"models": [entry]})}


def zhipu(row: Row) -> Mapping[str, Answers]:
    """wire.md 6."""
    return {"/api/paas/v4/models": listed(row.model)}


def stability(_row: Row) -> Mapping[str, Answers]:
    """wire.md 8: 25 credits of one cent."""
    return {"/v1/user/balance": Answer(200, {"credits": 25.0})}


def elevenlabs(_row: Row) -> Mapping[str, Answers]:
    """wire.md 8."""
    told = {"tier": "free", "character_count": 100, "character_limit": 10_000, "status": "free"}
    return {"/v1/user/subscription": Answer(200, told)}


def deepl(_row: Row) -> Mapping[str, Answers]:
    """wire.md 8."""
    return {"/v2/usage": Answer(200, {"character_count": 100, "character_limit": 500_000})}


MAKERS = {"anthropic": anthropic, "gemini": gemini, "zhipu": zhipu, "stability": stability, "elevenlabs": elevenlabs,
          "deepl": deepl}  # fmt: skip
