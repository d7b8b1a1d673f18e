"""What `generateContent` answers, whole or a chunk of it: parts, finish mark, usage (wire.md 4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AliasChoices, Field

from lib.vocabulary import Usage
from lib.wire import FinishReason, Media, Said, UsageSeen
from lib.wire.answers import Answer, Count, Flag, Object, Objects, Words
from lib.wire.media import UNTOLD, of_base64

FINISH_REASONS: Mapping[str, FinishReason | None] = {
    "": None,
    "FINISH_REASON_UNSPECIFIED": None,
    "STOP": "stop",
    "MAX_TOKENS": "length",
    "SAFETY": "content_filter",
    "RECITATION": "content_filter",
    "BLOCKLIST": "content_filter",
    "PROHIBITED_CONTENT": "content_filter",
    "SPII": "content_filter",
    "IMAGE_SAFETY": "content_filter",
    "IMAGE_PROHIBITED_CONTENT": "content_filter",
    "IMAGE_RECITATION": "content_filter",
}
"""Any other word is "other"."""


class Inline(Answer):
    """A file within the answer."""

    mime: Words = Field("", validation_alias=AliasChoices("mimeType", "mime_type"))
    data: Words = ""

    @property
    def media(self) -> Media | None:
        """The file; None where there is none."""
        return of_base64(self.data, self.mime or UNTOLD)


class Part(Answer):
    """A piece of the answer, or of the thinking that led to it: words or a file."""

    text: Words = ""
    thought: Flag = False
    inline: Annotated[Inline, Object] = Field(Inline(), validation_alias=AliasChoices("inlineData", "inline_data"))


class _Content(Answer):
    parts: Annotated[tuple[Part, ...], Objects] = ()


class Candidate(Answer):
    """One answer of several."""

    index: Count = None
    content: Annotated[_Content, Object] = _Content()
    finish_reason: Words = Field("", validation_alias="finishReason")
    finish_message: Words = Field("", validation_alias="finishMessage")


class _Feedback(Answer):
    block_reason: Words = Field("", validation_alias="blockReason")


class Told(Answer):
    """A whole answer or a chunk of one; both have the same form."""

    candidates: Annotated[tuple[Candidate, ...], Objects] = ()
    feedback: Annotated[_Feedback, Object] = Field(_Feedback(), validation_alias="promptFeedback")

    @property
    def first(self) -> Candidate | None:
        """The answer that counts; None where there is none."""
        return next((one for one in self.candidates if not one.index), None)

    @property
    def parts(self) -> tuple[Part, ...]:
        """The pieces of it."""
        return self.first.content.parts if self.first else ()

    @property
    def text(self) -> str:
        """Its words."""
        return "".join(part.text for part in self.parts if not part.thought)

    @property
    def thoughts(self) -> str:
        """The thinking's words."""
        return "".join(part.text for part in self.parts if part.thought)

    @property
    def media(self) -> tuple[Media, ...]:
        """Its files; sketches of the thinking are left out."""
        found = (part.inline.media for part in self.parts if not part.thought)
        return tuple(one for one in found if one is not None)

    @property
    def blocked(self) -> Said | None:
        """Why the prompt was refused: then there is no answer. None where it wasn't; the code is new-api's for it."""
        reason = self.feedback.block_reason if self.first is None else ""
        return Said(200, code="prompt_blocked", message=f"blockReason: {reason}") if reason else None

    @property
    def finished(self) -> FinishReason | None:
        """The finish mark; None without one."""
        if self.blocked:
            return "content_filter"
        return FINISH_REASONS.get(self.first.finish_reason, "other") if self.first else None

    @property
    def why_nothing(self) -> str:
        """What was said in place of what was asked for."""
        first = self.first or Candidate()
        return self.text.strip() or first.finish_message or first.finish_reason


class _OfOneKind(Answer):
    """So many tokens of one modality."""

    modality: Words = ""
    count: Count = Field(None, validation_alias="tokenCount")


KINDS = Annotated[tuple[_OfOneKind, ...], Objects]
SOUND = ("AUDIO",)
PICTURES = ("IMAGE", "DOCUMENT")
"""Modalities: a document's pages are counted, and charged, as images (genai-prices, google.yml)."""


class _UsageBody(Answer):
    """`promptTokenCount` includes the cached ones; what tools put in and what is thought come apart."""

    prompt: Count = Field(None, validation_alias="promptTokenCount")
    of_tools: Count = Field(None, validation_alias="toolUsePromptTokenCount")
    cached: Count = Field(None, validation_alias="cachedContentTokenCount")
    answer: Count = Field(None, validation_alias="candidatesTokenCount")
    thoughts: Count = Field(None, validation_alias="thoughtsTokenCount")
    prompt_kinds: KINDS = Field((), validation_alias="promptTokensDetails")
    tools_kinds: KINDS = Field((), validation_alias="toolUsePromptTokensDetails")
    cached_kinds: KINDS = Field((), validation_alias="cacheTokensDetails")
    answer_kinds: KINDS = Field((), validation_alias="candidatesTokensDetails")


def usage_of(body: Mapping[str, Any], **counted: Any) -> UsageSeen | None:
    """The tokens as told, and what was `counted` besides; None where the server tells none and nothing was counted."""
    told = body.get("usageMetadata")
    raw: dict[str, Any] = told if isinstance(told, dict) else {}
    figures = _UsageBody.model_validate(raw)
    asked = (*figures.prompt_kinds, *figures.tools_kinds)
    usage = Usage(
        input_tokens=_sum(figures.prompt, figures.of_tools),
        cached_input_tokens=figures.cached,
        output_tokens=_sum(figures.answer, figures.thoughts),
        reasoning_tokens=figures.thoughts,
        calls=1,
        cached_audio_tokens=_of(SOUND, figures.cached_kinds),
        cached_image_tokens=_of(PICTURES, figures.cached_kinds),
        input_audio_tokens=_of(SOUND, asked),
        input_image_tokens=_of(PICTURES, asked),
        output_audio_tokens=_of(SOUND, figures.answer_kinds),
        output_image_tokens=_of(PICTURES, figures.answer_kinds),
        **counted,
    )
    nothing = usage.input_tokens is None and usage.output_tokens is None and not counted
    return None if nothing else UsageSeen(usage, raw)


def _of(modalities: tuple[str, ...], kinds: tuple[_OfOneKind, ...]) -> int | None:
    return _sum(*(one.count for one in kinds if one.modality.upper() in modalities))


def _sum(*counts: int | None) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if known else None
