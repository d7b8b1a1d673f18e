"""Which modules can generate text, by the protocol's name as providers and connections write it."""

from __future__ import annotations

from collections.abc import Mapping

from lib.wire import TextProtocol, openai

TEXT: Mapping[str, TextProtocol] = {"openai": openai}
