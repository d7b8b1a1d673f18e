"""From a request to its key, and from a key's state to the first reason to refuse it."""

import re
import time

from starlette.requests import Request

from demo.books import Key
from demo.catalogue import Model, models
from demo.keys import NEVER, specs
from demo.lines import below, path_of
from demo.refusals import Refused
from demo.relay import relay_of

ANTHROPIC, GOOGLE, ELEVENLABS = "x-api-key", "x-goog-api-key", "xi-api-key"
OTHER_FORMS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("/v1/models", (ANTHROPIC, GOOGLE, "?key")),
    ("/v1/messages", (ANTHROPIC,)),
    ("/v1beta", (GOOGLE, ANTHROPIC, "?key")),
    *((f"{mode}/mj", ("mj-api-secret",)) for mode in ("", "/mj-fast", "/mj-turbo", "/mj-relax")),
    *((path, (ELEVENLABS,)) for path in ("/v1/text-to-speech", "/v1/voices", "/v2/voices", "/v1/user")),
)
"""Where a key may also come in another header than Authorization, or in the query (`?`)."""
BEARER = re.compile(r"^(bearer|deepl-auth-key)(\s+|$)", re.IGNORECASE)
"""What stands before a key in Authorization: everybody's word, and DeepL's."""


class Misrouted(Exception):
    """The request got a web page instead of the API, as behind a captive portal."""


def admit(request: Request, *, spent: bool = False) -> Key:
    """The key of a `/v1` request that passes new-api's token check; Refused otherwise.

    `spent`: a key that is used up is let in, where an official API tells such a one how it stands.
    """
    key = _known(request, secret_of(request))
    reason = refusal(key)
    if reason and not (spent and reason == "exhausted"):
        raise Refused(reason, masked=mask(key.spec.secret))
    if key.fault == "html":
        raise Misrouted
    return key


def secret_of(request: Request) -> str:
    """The key as a request carries it: like OpenAI's, or in a form of its own where the path has one."""
    secret = request.headers.get("authorization", "")
    if secret:
        return secret
    path = path_of(request.scope)
    forms = next((forms for prefix, forms in OTHER_FORMS if below(path, prefix)), ())
    return next(filter(None, (_told(request, form) for form in forms)), "")


def bearer(request: Request, secret: str) -> Key | None:
    """The key called `secret`, whatever its state, for the `/api` queries that serve expired keys too."""
    name = _names().get(_bare(secret))
    return None if name is None else relay_of(request).books.key(name)


def refusal(key: Key) -> str | None:
    """Why this key may not enter at all, as a name in `refusals.REFUSALS`; None where it may."""
    if not key.enabled:
        return "disabled"
    if key.expires_at != NEVER and key.expires_at < time.time():
        return "expired"
    if not key.spec.unlimited and key.remain <= 0:
        return "exhausted"
    if key.banned:
        return "banned"
    return key.fault if key.fault in ("region", "limited") else None


def allowed(key: Key) -> dict[str, Model]:
    """The models this key may use: in one of its groups, and among its own where it names any."""
    return {name: model for name, model in models().items() if permits(key, name) and reaches(key, model)}


def permits(key: Key, model: str) -> bool:
    """Whether the key's own list of models lets `model` through."""
    return key.models is None or model in key.models


def reaches(key: Key, model: Model) -> bool:
    """Whether one of the key's groups has `model`."""
    return any(group in model.groups for group in key.spec.groups)


def mask(secret: str) -> str:
    """A key as new-api shows it in messages."""
    bare = _bare(secret)
    return f"sk-{bare[:3]}***{bare[-3:]}"


def _known(request: Request, header: str) -> Key:
    secret = BEARER.sub("", header.strip())
    if not secret:
        raise Refused("no_key")
    key = bearer(request, secret)
    if key is None:
        raise Refused("bad_key")
    return key


def _told(request: Request, form: str) -> str | None:
    if form.startswith("?"):
        return request.query_params.get(form[1:])
    return request.headers.get(form)


def _bare(secret: str) -> str:
    return secret.strip().removeprefix("sk-")


def _names() -> dict[str, str]:
    return {_bare(spec.secret): name for name, spec in specs().items()}
