"""The only part that sends: time-outs, proxy, retries (GET only), size and redirect limits, redaction.

`client` sends, `faults` maps what can break, `redaction` and `export` are pure.
"""

from lib.http.client import Http, LineTimes, Streamed, Timeouts
from lib.http.export import curl, python
from lib.http.faults import origin
from lib.http.redaction import redact, without_keys

__all__ = ["Http", "LineTimes", "Streamed", "Timeouts", "curl", "origin", "python", "redact", "without_keys"]
