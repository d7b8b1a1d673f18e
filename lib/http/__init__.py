"""The only part that sends: time-outs, proxy, retries (GET only), size and redirect limits, redaction.

`client` sends, `way` and `proxies` know which way, `stages` notes how far it comes, `faults` maps what can
break; `redaction` and `export` are pure.
"""

from lib.http.client import Http, Streamed, once, told_to_wait
from lib.http.export import body_shown, curl, python
from lib.http.faults import origin
from lib.http.proxies import Proxy, read_proxy
from lib.http.redaction import redact, without_keys
from lib.http.stages import LineTimes, timed, times_of
from lib.http.way import Outward, Timeouts

__all__ = [
    "Http",
    "LineTimes",
    "Outward",
    "Proxy",
    "Streamed",
    "Timeouts",
    "body_shown",
    "curl",
    "once",
    "origin",
    "python",
    "read_proxy",
    "redact",
    "timed",
    "times_of",
    "told_to_wait",
    "without_keys",
]
