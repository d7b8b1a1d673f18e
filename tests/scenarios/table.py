"""The whole table, and what is expected of each cause: its state, whose move it is, and what its remedy says.

Written apart from `lib.causes`, from contract.md ("Words"): the two must agree.
"""

from __future__ import annotations

from collections.abc import Mapping

from lib.vocabulary import ErrorState, WhoseMove
from tests.scenarios import clouds, gateways, incomplete, makers, relays

ROWS = (*relays.ROWS, *makers.ROWS, *clouds.ROWS, *gateways.ROWS, *incomplete.ROWS)
"""Server's flavour × fault × capability."""

EXPECTED: Mapping[str, tuple[ErrorState, WhoseMove, str]] = {
    "should_work": ("usable", "nobody", "Use it"),
    "no_free_endpoint": ("untested", "you", "one small paid call"),
    "let_in": ("untested", "you", "one small paid call"),
    "not_shown": ("untested", "you", "one small paid call"),
    "unknown_code": ("untested", "nobody", "the server's own words"),
    # the key
    "bad_key": ("bad_key", "you", "Copy the key again"),
    "key_refused_ambiguous": ("bad_key", "you", "the same, enabled, not expired, with quota left"),
    "key_refused_rationed": ("bad_key", "you", "Test again then"),
    "key_not_sent": ("bad_key", "you", "Save the connection with its key"),
    "key_disabled": ("bad_key", "you", "Enable the key"),
    "account_banned": ("bad_key", "you", "key of another account"),
    "ip_not_allowed": ("bad_key", "you", "Add your IP address"),
    "key_expired": ("expired_key", "you", "Renew the key"),
    # quota: of the key, of its account, of the relay's own upstream
    "quota_empty": ("quota_exhausted", "you", "Top up the key"),
    "key_quota_exhausted": ("quota_exhausted", "you", "Top up the key"),
    "account_quota_exhausted": ("quota_exhausted", "you", "Top up the account"),
    "relay_quota_fault": ("upstream_fault", "relay", "Tell the relay"),
    # permission
    "not_in_key_list": ("no_permission", "you", "Allow it for this key"),
    "model_not_allowed": ("no_permission", "you", "Allow it for this key"),
    "not_permitted": ("no_permission", "you", "Allow it for this key"),
    "no_models_allowed": ("no_permission", "you", "Allow models for this key"),
    "group_refused": ("no_permission", "you", "Choose another group"),
    # what is served
    "no_channel": ("not_offered", "relay", "Choose another model or group"),
    "model_unknown": ("not_offered", "you", "from the key's own list"),
    "gone": ("not_offered", "nobody", "Choose another model"),
    "not_implemented": ("not_offered", "relay", "another connection"),
    # too much just now
    "rate_limited": ("rate_limited", "nobody", "Wait a minute"),
    "saturated": ("rate_limited", "upstream", "Try again in a few minutes"),
    # the place
    "region_blocked": ("region_blocked", "you", "from another place"),
    "relay_region_blocked": ("region_blocked", "relay", "Tell the relay"),
    "firewall": ("region_blocked", "you", "another line"),
    # the other side is broken
    "upstream_fault": ("upstream_fault", "upstream", "with the request id"),
    "relay_fault": ("upstream_fault", "relay", "with the request id"),
    "relay_key_fault": ("upstream_fault", "relay", "Tell the relay"),
    "no_price": ("upstream_fault", "relay", "Tell the relay"),
    "unreadable": ("upstream_fault", "upstream", "with the request id"),
    "empty_answer": ("upstream_fault", "upstream", "with the request id"),
    "task_failed": ("upstream_fault", "upstream", "the server's own words"),
    "possibly_billed": ("upstream_fault", "nobody", "Look in the relay's log"),
    # the address and the line
    "html_page": ("wrong_address", "you", "not a web page's"),
    "wrong_path": ("wrong_address", "you", "ends before /v1"),
    "redirected": ("wrong_address", "you", "the address it sends to"),
    "captive_portal": ("wrong_address", "you", "Log in to the network"),
    "line_dns": ("unreachable", "you", "your DNS"),
    "line_connect": ("unreachable", "you", "your network"),
    "line_tls": ("unreachable", "you", "Check the proxy and the base URL"),
    "line_closed": ("unreachable", "nobody", "another line"),
    "line_timeout": ("unreachable", "nobody", "another line"),
    # not spoken here
    "vertex": ("unsupported", "nobody", "the model's maker, or a relay"),
    # one call alone
    "bad_request": ("bad_request", "you", "change the parameters"),
    "content_refused": ("content_refused", "you", "Word the prompt differently"),
    "prompt_refused": ("content_refused", "you", "Word the prompt differently"),
    "interrupted": ("interrupted", "nobody", "Keep what came"),
    "no_answer": ("interrupted", "nobody", "Look in the relay's log"),
}
