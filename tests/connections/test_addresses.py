"""What people paste as an address or a key, and what becomes of it."""

from __future__ import annotations

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.connections.addresses import base_url, clean_key, tail
from lib.errors import BadAddress, BadKey

CLEANED = [
    ("https://api.example.com", "https://api.example.com"),
    ("https://api.example.com/", "https://api.example.com"),
    ("https://api.example.com///", "https://api.example.com"),
    ("https://api.example.com/v1", "https://api.example.com"),
    ("https://api.example.com/v1/", "https://api.example.com"),
    ("https://api.example.com/V1/", "https://api.example.com"),
    ("https://api.example.com//v1//", "https://api.example.com"),
    ("https://api.example.com/v1/chat/completions", "https://api.example.com"),
    ("https://api.example.com/v1/models", "https://api.example.com"),
    ("https://api.example.com/v1/images/generations/", "https://api.example.com"),
    ("https://api.example.com/chat/completions", "https://api.example.com"),
    ("https://generativelanguage.googleapis.com/v1beta/", "https://generativelanguage.googleapis.com"),
    ("https://api.example.com/v1beta/models", "https://api.example.com"),
    ("https://api.example.com/us/v1", "https://api.example.com/us"),
    ("https://open.bigmodel.cn/api/paas/v4/chat/completions", "https://open.bigmodel.cn/api/paas/v4"),
    ("https://open.bigmodel.cn/api/paas/v4", "https://open.bigmodel.cn/api/paas/v4"),
    ("api.example.com", "https://api.example.com"),
    ("api.example.com:8443/x", "https://api.example.com:8443/x"),
    ("//api.example.com", "https://api.example.com"),
    ("https:/api.example.com", "https://api.example.com"),
    ("HTTPS://API.Example.COM/Path", "https://api.example.com/Path"),
    ("  https://api.example.com \r\n", "https://api.example.com"),
    ("\ufeff\u200bhttps://api.\u200bexample.com\u200d", "https://api.example.com"),
    ("ｈｔｔｐｓ：／／ａｐｉ．example。com／ｖ１", "https://api.example.com"),
    ("“https://api.example.com/v1”，", "https://api.example.com"),
    ("`https://api.example.com`", "https://api.example.com"),
    ("https://api.example.com.", "https://api.example.com"),
    ("https://api.example.com:443/v1", "https://api.example.com"),
    ("http://api.example.com:80", "http://api.example.com"),
    ("http://api.example.com:443", "http://api.example.com:443"),
    ("https://api.example.com/?", "https://api.example.com"),
    ("https://api.example.com/#", "https://api.example.com"),
    ("https://api.example.com/'?", "https://api.example.com"),
    ("localhost:3000/v1", "http://localhost:3000"),
    ("http://localhost", "http://localhost"),
    ("https://localhost:3000", "https://localhost:3000"),
    ("127.0.0.1:8000", "http://127.0.0.1:8000"),
    ("192.168.1.7:3000", "http://192.168.1.7:3000"),
    ("8.8.8.8", "https://8.8.8.8"),
    ("http://[::1]:3000/v1", "http://[::1]:3000"),
    ("[::1]:3000", "http://[::1]:3000"),
    ("https://[2606:4700:0::1111]", "https://[2606:4700::1111]"),
    ("https://接口.example.com", "https://xn--6orp08a.example.com"),
    ("https://api.example.com/中", "https://api.example.com/%E4%B8%AD"),
]


@pytest.mark.parametrize(("typed", "wanted"), CLEANED)
def test_an_address_is_cleaned(typed: str, wanted: str) -> None:
    assert base_url(typed) == wanted
    assert base_url(wanted) == wanted


REFUSED = [
    ("", "is not an address"),
    (" \u200b ", "is not an address"),
    ("https://", "is not an address"),
    ("http://", "is not an address"),
    ("gpt", "with a dot in it"),
    ("http://new-api", "with a dot in it"),
    ("https://api.exam ple.com", "a space"),
    ("https://a.example.com https://b.example.com", "a space"),
    ("https://api.exam\x00ple.com", "a space or a control character"),
    ("ftp://api.example.com", "not an http or https address"),
    ("wss://api.example.com/v1", "not an http or https address"),
    ("https://api..example.com", "is not an address"),
    ("https://xn--a.example.com", "is not an address"),
    ("https://-你.example.com", "is not an address"),
    ("https://api.example.com\\v1", "is not an address"),
    ("https://[::1", "is not an address"),
    ("http://[v1.x]", "is not an address"),
    ("https://1.2.3.400", "is not an address"),
    ("https://api.example.com:70000", "between 1 and 65535"),
    ("https://api.example.com:0", "between 1 and 65535"),
    ("https://api.example.com:http", "between 1 and 65535"),
    ("https://api.example.com/?key=1", "only what stands before it"),
    ("https://api.example.com/#/login", "only what stands before it"),
    ("https://user@api.example.com", "user name or password"),
    ("https://gpt-best.apifox.cn", "documentation page"),
    ("gpt-best.apifox.cn/doc-3533210", "documentation page"),
    ("https://docs.example.com/v1", "documentation page"),
    ("https://doc.example.com", "documentation page"),
    ("https://github.com/songquanpeng/one-api", "documentation page"),
    ("https://api.example.com/docs/quickstart", "documentation page"),
    ("https://api.example.com/docs", "documentation page"),
    ("https://api.example.com/index.html", "documentation page"),
    ("https://api.example.com/docs/?lang=zh#top", "documentation page"),
]


@pytest.mark.parametrize(("typed", "said"), REFUSED)
def test_what_is_no_address_is_refused_with_what_to_type(typed: str, said: str) -> None:
    with pytest.raises(BadAddress, match=said) as refusal:
        base_url(typed)
    assert "ype " in str(refusal.value)


def test_a_refusal_is_one_line_that_no_terminal_obeys() -> None:
    with pytest.raises(BadAddress) as refusal:
        base_url("https://api.exam\nple.com\x1b[2J")
    assert str(refusal.value).isprintable()


@pytest.mark.parametrize(
    "typed",
    [
        "https://user:s3cret-pass@api.example.com",
        "ftp://user:s3cret-pass@api.example.com",
        "https://user:s3cret/s3cret?s3cret@api.example.com",
        "https://api.example.com:99999/?key=s3cret-pass",
        "sk-s3cret-pass-0000000000",
        "https://api.example.com sk-s3cret-pass-0000000000",
    ],
)
def test_a_refusal_repeats_no_secret(typed: str) -> None:
    with pytest.raises(BadAddress) as refusal:
        base_url(typed)
    assert "s3cret" not in str(refusal.value)


PIECES = [
    "https://", "http:", "//", "/", "v1", "/v1/", "chat/completions", "api.example.com", "localhost", ":", "8080",
    "[::1]", "?", "#", "@", " ", "。", "：", "\u200b", "%", "..", ",", "'", "中", "xn--", "ß", "127.0.0.1", "\\",
]  # fmt: skip
TYPED = st.one_of(
    st.text(), st.lists(st.sampled_from(PIECES)).map("".join), st.text().map("https://a.example.com/".__add__)
)


@settings(deadline=None)
@given(TYPED)
def test_an_address_is_cleaned_once_and_for_all_or_refused(typed: str) -> None:
    try:
        cleaned = base_url(typed)
    except BadAddress:
        return
    assert base_url(cleaned) == cleaned
    assert cleaned.isascii()
    assert httpx.URL(cleaned).host


KEY = "sk-Abc123_-.=xyz"


@pytest.mark.parametrize(
    "typed",
    [
        KEY,
        f" {KEY}\r\n",
        f"\ufeff{KEY}\u200b",
        f"sk-Abc\u200b{KEY[6:]}",
        f'"{KEY}"',
        f"“{KEY}”",
        f"‘{KEY}’",
        f"「{KEY}」",
        f"＂{KEY}＂",
        f"　{KEY}　",
        f"`{KEY}`,",
        f"Bearer {KEY}",
        f"bearer\t{KEY}",
        f"Authorization: Bearer {KEY}",
        f"'AUTHORIZATION:BEARER  {KEY}'",
        f'"Authorization": "Bearer {KEY}",',
        f"Bearer Bearer {KEY}",
        "ｓｋ－Ａｂｃ１２３＿－．＝ｘｙｚ",
    ],
)
def test_a_key_is_cleaned(typed: str) -> None:
    assert clean_key(typed) == KEY


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "empty"),
        (" \n“”", "empty"),
        ("Bearer ", "empty"),
        ("Authorization: Bearer", "empty"),
        ("sk-s3cret s3cret", "space"),
        ("sk-s3cret\ns3cret", "line break"),
        ("sk-s3cret\x07s3cret", "control character"),
        ("sk-s3cret密钥", "characters that no key has"),
        ("sk-s3cret••••", "characters that no key has"),
        ("sk-s3cret…cret", "characters that no key has"),
        ("sk-s3cret***cret", "characters that no key has"),
    ],
)
def test_what_is_no_key_is_refused_without_repeating_it(typed: str, said: str) -> None:
    with pytest.raises(BadKey, match=said) as refusal:
        clean_key(typed)
    assert "s3cret" not in str(refusal.value) + repr(refusal.value)


KEY_PIECES = ["Bearer", "authorization", ":", " ", '"', "sk", "\u200b"]


@settings(deadline=None)
@given(st.one_of(st.text(), st.lists(st.sampled_from(KEY_PIECES)).map("".join)))
def test_a_key_is_cleaned_once_and_for_all_or_refused(typed: str) -> None:
    try:
        cleaned = clean_key(typed)
    except BadKey:
        return
    assert clean_key(cleaned) == cleaned


@pytest.mark.parametrize(("key", "shown"), [("sk-12345678", "5678"), ("12345678", "5678"), ("1234567", ""), ("", "")])
def test_of_a_key_the_last_four_are_shown(key: str, shown: str) -> None:
    assert tail(key) == shown
