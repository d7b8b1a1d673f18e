"""What stands before a server answers in its stead: Cloudflare, nginx, a captive portal, a router, or nobody."""

from __future__ import annotations

from tests.scenarios.relays import KEY, called, checks, page
from tests.scenarios.row import GRANTED, MODELS, STATUS, Row
from tests.scenarios.server import Answer

CLOUDFLARE = "developers.cloudflare.com/support/troubleshooting/http-status-codes (1xxx and 5xx)"
LIST = {"object": "list", "data": [{"id": "gpt-4o-mini", "object": "model"}]}
WHOLE_ANSWER = {"choices": [{"message": {"role": "assistant", "content": "42"}, "finish_reason": "stop"}]}
BEGUN = 'data: {"choices":[{"delta":{"content":"4"}}]}\n\n'
EVENTS = {"content-type": "text/event-stream"}
BLOCKED = "Attention Required! | Cloudflare"

ROWS = (
    *checks("Cloudflare", CLOUDFLARE, "relay", {
        "blocked (page)": ({MODELS: page(BLOCKED, 403)}, "firewall", KEY),
        "blocked (1020, plain)": ({MODELS: Answer(403, "error code: 1020")}, "firewall", KEY),
        "browser asked for": ({MODELS: page("Just a moment...", 403)}, "firewall", KEY),
        "browser signature (1010)": (
            {MODELS: page("Access denied | relay.example used Cloudflare to restrict access", 403)}, "firewall", KEY),
        "country banned (1009)": ({MODELS: Answer(403, "error code: 1009")}, "region_blocked", KEY),
        "limit (1015)": ({MODELS: Answer(429, "error code: 1015")}, "rate_limited", KEY),
        "origin down (521)": ({MODELS: page("relay.example | 521: Web server is down", 521)}, "upstream_fault", KEY),
        "origin unreachable (522, plain)": ({MODELS: Answer(522, "error code: 522")}, "upstream_fault", KEY),
        "bad gateway (502)": ({MODELS: page("relay.example | 502: Bad gateway", 502)}, "upstream_fault", KEY),
        "blocked on every path": ({"*": page(BLOCKED, 403), MODELS: page(BLOCKED, 403), STATUS: page(BLOCKED, 403)},
                                  "firewall", KEY),
    }),
    *called("Cloudflare", "users.md Batch L (sub2api#4326)", {
        "gave up waiting (524)": (page("relay.example | 524: A timeout occurred", 524), "possibly_billed"),
    }, "image"),
    *called("Cloudflare", CLOUDFLARE, {
        "blocked": (page(BLOCKED, 403), "firewall"),
        "bad gateway (502)": (page("relay.example | 502: Bad gateway", 502), "upstream_fault"),
    }),
    *checks("nginx", "nginx's own pages (nginx source: ngx_http_special_response.c)", "relay", {
        "404": ({MODELS: page("404 Not Found", 404)}, "html_page", KEY),
        "502": ({MODELS: page("502 Bad Gateway", 502)}, "upstream_fault", KEY),
        "503": ({MODELS: page("503 Service Temporarily Unavailable", 503)}, "upstream_fault", KEY),
        "429": ({MODELS: page("429 Too Many Requests", 429)}, "rate_limited", KEY),
        "http to an https port": ({MODELS: page("400 The plain HTTP request was sent to HTTPS port", 400)}, "html_page",
                                  KEY),
    }),
    *called("nginx", "nginx's own pages (nginx source: ngx_http_special_response.c)", {
        "504": (page("504 Gateway Time-out", 504), "possibly_billed"),
        "413": (page("413 Request Entity Too Large", 413), "bad_request"),
        "405": (page("405 Not Allowed", 405), "html_page"),
    }, "image_edit"),
    *checks("captive portal", "contract.md, Words: wrong_address; RFC 8910", "relay", {
        "its page for everything": ({"*": page("Wi-Fi login"), STATUS: page("Wi-Fi login"),
                                     MODELS: page("Wi-Fi login")},
                                    "html_page", KEY),
        "sends everything elsewhere": (
            {STATUS: Answer(302, "", {"Location": "http://login.wifi.invalid/"})}, "redirected", ("line",)),
        "asks to authenticate (511)": ({MODELS: page("Network Authentication Required", 511)}, "captive_portal", KEY),
    }),
    *checks("a server that breaks", "wire.md 3; design.md, Verdicts need evidence", "relay", {
        "half a JSON": ({MODELS: Answer(200, '{"object": "li')}, "unreadable", KEY),
        "nothing in a 200": ({MODELS: Answer(200)}, "empty_answer", KEY),
        "closes the connection": ({STATUS: Answer(0)}, "line_closed", ("line",)),
        "gone": ({MODELS: Answer(410)}, "gone", KEY),
        "a legal reason (451)": ({MODELS: Answer(451)}, "relay_region_blocked", KEY),
    }),
    *called("a server that breaks", "wire.md 3; design.md, One life for every call", {
        "nothing in a 200": (Answer(200), "empty_answer"),
        "no JSON in a 200": (Answer(200, "ok"), "unreadable"),
        "401 without a body": (Answer(401), "bad_key"),
        "an empty 429": (Answer(429), "rate_limited"),
        "a stream without an end": (Answer(200, BEGUN, EVENTS), "interrupted"),
        "a stream of nothing but [DONE]": (Answer(200, "data: [DONE]\n\n", EVENTS), "empty_answer"),
    }),
    *checks("a server that falls silent", "design.md: only DNS, connect, TLS and time-out are the line's", "relay", {
        "never answers": ({STATUS: Answer(200, stops=0)}, "line_timeout", ("line",)),
        "never answers a key": ({MODELS: Answer(200, stops=0)}, "line_timeout", ("line", "line")),
        "stops in the middle of a list": ({MODELS: Answer(200, LIST, stops=30)}, "unreadable", KEY),
        "never tells what was granted": ({GRANTED: Answer(200, stops=0)}, "line_timeout", ("line", "key", "line")),
    }),
    *called("a server that falls silent", "design.md, One life for every call: never a second time", {
        "never answers": (Answer(200, stops=0), "no_answer"),
        "stops in the middle of an answer": (Answer(200, WHOLE_ANSWER, stops=40), "interrupted"),
        "stops in the middle of a stream": (Answer(200, BEGUN, EVENTS, stops=len(BEGUN)), "interrupted"),
    }),
    *(Row("nobody", fault, code, "design.md: only DNS, connect, TLS and time-out are the line's", through=through,
          rungs=("line",))
      for fault, code, through in (
        ("no such name", "line_dns", "http://no-such-host.invalid"),
        ("nothing listens", "line_connect", "http://127.0.0.1:9"),
        ("no TLS there", "line_tls", "https"),
    )),
)  # fmt: skip
