"""What is read of a request to Gemini's own API (wire.md 4); all else is accepted and has no effect."""

import base64
import binascii

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from demo.chat import ChatRequest, Message, Part
from demo.refusals import Refused


class Read(BaseModel):
    """Names as Google writes them, `camelCase`; `snake_case` is taken too, as there."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)


class Inline(Read):
    """A file in base64."""

    mime_type: str
    data: str

    def content(self) -> bytes:
        """The file; Refused where it isn't base64."""
        try:
            return base64.b64decode(self.data, validate=True)
        except (binascii.Error, ValueError) as error:
            raise Refused("bad_field", reason="inlineData.data: Base64 decoding failed") from error


class ContentPart(Read):
    """Text or a file."""

    text: str = ""
    inline_data: Inline | None = None


class Content(Read):
    """One turn."""

    role: str | None = None
    parts: list[ContentPart] = []

    def text(self) -> str:
        """All its words."""
        return "\n".join(part.text for part in self.parts if part.text)


class Thinking(Read):
    """How much is thought, and whether that is shown."""

    thinking_budget: int | None = None
    thinking_level: str | None = None
    include_thoughts: bool = False


class ImageConfig(Read):
    """What a picture is to look like."""

    aspect_ratio: str | None = None
    image_size: str | None = None


class Config(Read):
    """`generationConfig`."""

    temperature: float | None = Field(None, ge=0, le=2)
    top_p: float | None = Field(None, ge=0, le=1)
    max_output_tokens: int | None = Field(None, ge=1)
    image_config: ImageConfig = ImageConfig()
    thinking_config: Thinking | None = None


class Generate(Read):
    """The body of generateContent, streamGenerateContent and countTokens."""

    contents: list[Content] = Field(min_length=1)
    system_instruction: Content | None = None
    generation_config: Config = Config()

    def prompt(self) -> str:
        """The user's last words."""
        return next((turn.text() for turn in reversed(self.contents) if turn.role != "model"), "")

    def files(self) -> list[bytes]:
        """Every file that came with it."""
        return [part.inline_data.content() for turn in self.contents for part in turn.parts if part.inline_data]


class Embed(Read):
    """The body of embedContent, and one request of batchEmbedContents."""

    content: Content
    output_dimensionality: int | None = Field(None, ge=1, le=3072)


class EmbedMany(Read):
    """The body of batchEmbedContents."""

    requests: list[Embed] = Field(min_length=1, max_length=100)


class Asked(ChatRequest):
    """A text request in chat's words; `aloud`: the thoughts are shown."""

    thoughtful: bool = False
    aloud: bool = False

    def thinks(self) -> bool:
        """Where the request says how, or where the model always does."""
        return self.thoughtful or super().thinks()


def as_chat(model: str, asked: Generate) -> Asked:
    """`asked` in chat's words."""
    thinking = asked.generation_config.thinking_config
    system = [] if asked.system_instruction is None else [_message("system", asked.system_instruction)]
    turns = [_message("assistant" if turn.role == "model" else "user", turn) for turn in asked.contents]
    return Asked(
        model=model,
        messages=[*system, *turns],
        max_tokens=asked.generation_config.max_output_tokens,
        thoughtful=thinking is not None and thinking.thinking_budget != 0,
        aloud=thinking is not None and thinking.include_thoughts,
    )


def _message(role: str, turn: Content) -> Message:
    parts = [Part(type="image_url" if part.inline_data else "text", text=part.text) for part in turn.parts]
    return Message(role=role, content=parts)
