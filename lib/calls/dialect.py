"""Which protocol a call is spoken in: chosen by hand, found from what the relay says, or the provider's own. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from lib.calls.route import Route
from lib.providers import named_dialect, spoken_as
from lib.vocabulary import Capability, Operation
from lib.wire.protocols import PROTOCOLS

PLAIN = "openai"
"""What an address is spoken to in where nothing says otherwise."""
MASKED: Mapping[str, Collection[Operation]] = {
    "openai": ("edit", "inpaint"), "image_async": ("edit", "inpaint"), "stability": ("inpaint", "erase"),
}  # fmt: skip
"""What a protocol can keep to a part of an image (wire.md 3, 8)."""
ANY = "custom"
"""The provider of any address: it is asked what is there."""


def protocol_of(
    route: Route,
    capability: Capability,
    operation: Operation,
    model: str,
    endpoints: Sequence[str] = (),
    paths: Mapping[str, str] | None = None,
) -> str:
    """The name of the module of `lib.wire` to speak.

    The user's choice; at an address of its own a provider's; through a relay, or where nobody knows what is there, what
    the model's name says, else the first endpoint type listed for it that we speak for this, else OpenAI's.
    `endpoints` and `paths` are the relay's `supported_endpoint_types` and `supported_endpoint`.
    """
    if route.connection.protocol:
        return route.connection.protocol
    offers = route.provider.capabilities
    if route.relay is None and route.provider.id != ANY and (offer := offers.get(capability) or offers.get("text")):
        own = capability in offers or offer.protocol != PLAIN
        return offer.protocol if own else spoken_as(capability, "default") or PLAIN
    named = named_dialect(model)
    if named is not None and named in PROTOCOLS:
        return named
    found = _listed(capability, endpoints, paths or {})
    return next((one for one in found if makes(one, capability, operation)), spoken_as(capability, "default") or PLAIN)


def makes(protocol: str, capability: Capability, operation: Operation) -> bool:
    """Whether a protocol that we speak can be asked for this; a text model translates when asked to."""
    spoken = PROTOCOLS.get(protocol)
    asked = {(capability, operation), *([("text", "generate")] if capability == "translation" else [])}
    return spoken is not None and not asked.isdisjoint(spoken.MAKES)


def takes_mask(protocol: str, capability: Capability, operation: Operation) -> bool:
    """Whether a mask goes along with this."""
    return capability == "image_edit" and operation in MASKED.get(protocol, ())


def _listed(capability: Capability, endpoints: Sequence[str], paths: Mapping[str, str]) -> Iterator[str]:
    """What each listed type stands for, the path the relay names for it before the type itself."""
    for named in endpoints:
        for one in (paths.get(named, ""), named):
            if (found := spoken_as(capability, one)) is not None:
                yield found
