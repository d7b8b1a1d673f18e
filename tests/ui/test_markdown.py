"""A model's words: drawn as meant where they are harmless, and never loading, obeying or leading astray."""

from __future__ import annotations

import re
from time import process_time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ui.markdown import ZERO_WIDTH, Block, blocks, host_of, literal, safe, settled, whole

PICTURE = "image"

PIECES = st.lists(
    st.sampled_from(
        ["![", "]", "[", "(", ")", "](", "][", ":", "]:", "!", "\\", "`", "``", "```", "~~~", "\n", "\n\n", " ", "    ",
         "> ", "- ", "1. ", "<", ">", "a", "https://evil.example/p.png", "javascript:alert(1)", ":red[", ":material/x:",
         "$$", "|", "\"t\"", "<div>", "<!--", "-->", "<pre>", "](https://evil.example)",
         "](<https://evil.example/a b>)", "evil.example", "&#46;", "\r"]
    ),
    max_size=40,
).map("".join)


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("plain **bold** text", "plain **bold** text"),
        ("![a cat](https://evil.example/c.png)", "(image: a cat `https://evil.example/c.png`)"),
        ("![](data:image/png;base64,AAAA)", "(image:  `data:image/png;base64,AAAA`)"),
        ('![a](https://x.example/y "title")', "(image: a `https://x.example/y`)"),
        ("see [docs](https://docs.example/a)", "see [docs (docs.example)](https://docs.example/a)"),
        ("[docs.example](https://docs.example/a)", "[docs.example](https://docs.example/a)"),
        ("[bank](https://bank.example@evil.example/)", "[bank (evil.example)](https://evil.example/)"),
        ("[https://docs.example/a](https://docs.example/a)", "[https://docs.example/a](https://docs.example/a)"),
        ("[Docs.Example](https://docs.example)", "[Docs.Example](https://docs.example)"),
        ("[a.example.b.example](https://a.example)", "[a.example.b.example (a.example)](https://a.example)"),
        ("[b.example/a.example](https://a.example)", "[b.example/a.example (a.example)](https://a.example)"),
        ("[a.example@b.example](https://a.example)", "[a.example@b.example (a.example)](https://a.example)"),
        ("[a.example [x\\]](https://a.example)", "[a.example [x\\] (a.example)](https://a.example)"),
        ("[a [b](c) d](https://a.example)", "[a [b]&#40;c) d (a.example)](https://a.example)"),
        ("[b](https://b.example&#46;a.example)", "[b (b.example.a.example)](https://b.example.a.example)"),
        ("[b](https://a.example\\\\@b.example)", "[b (b.example)](https://b.example)"),
        ("[x](https://a.example/?a=1&b=2&lt;&amp;lt;)", "[x (a.example)](https://a.example/?a=1&b=2%3C&amp;lt;)"),
        ("[x](https://a.example/中[1](2)$)", "[x (a.example)](https://a.example/%E4%B8%AD%5B1%5D%282%29%24)"),
        ("[x](https://_a_.example/)", "x `https://_a_.example/`"),
        ("[x](javascript:alert(1))", "x `javascript:alert(1)`"),
        ("[x](/text?call=1)", "x `/text?call=1`"),
        ("[x](mailto:a@b.example)", "x `mailto:a@b.example`"),
        ("a list: `x[0]` and vec![1]", "a list: `x[0]` and vec&#33;[1]"),
        (":red[warning]", "&#58;red[warning]"),
        (":material/home:", "&#58;material/home:"),
        ("12:30 and http://a.example:80/", "12:30 and http://a.example:80/"),
    ],
)
def test_prose_is_cleaned(said: str, shown: str) -> None:
    assert safe(said, PICTURE).replace(ZERO_WIDTH, "") == shown


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (f"[{'a' * 501}](https://evil.example)", f"[{'a' * 501}]&#40;https://evil.example)"),
        (f"[a](https://evil.example/{'a' * 1800})", f"[a]&#40;https://evil.example/{'a' * 1800})"),
        ("[a [b [c]]](https://evil.example)", "[a [b [c]]]&#40;https://evil.example)"),
        ("[a\nb](https://evil.example)", "[a\nb]&#40;https://evil.example)"),
        ("[a](<https://evil.example/a b>)", "[a]&#40;<https://evil.example/a b>)"),
        ("[`a`](https://evil.example)", "[`a`]&#40;https://evil.example)"),
        ("\\`[a](https://evil.example)`", "\\`[a](https://evil.example)`"),
        ("[a]: https://evil.example", "[a]&#58; https://evil.example"),
        ("[`a`]: https://evil.example", "[`a`]&#58; https://evil.example"),
        ("- `\n\n  [a]: https://evil.example\n\n  `", "- `\n\n  [a]: https://evil.example\n\n  `"),
        ("[a]\r\r[a]: https://evil.example", "[a]\n\n[a]&#58; https://evil.example"),
    ],
)
def test_a_link_whose_host_would_not_show_is_none(said: str, shown: str) -> None:
    made = safe(said, PICTURE)
    assert made.replace(ZERO_WIDTH, "") == shown
    assert not re.search(r"\][(:]", made)


def test_code_looks_as_written() -> None:
    assert safe("`vec![1][i](x)`", PICTURE).replace(ZERO_WIDTH, "") == "`vec![1][i](x)`"


@given(PIECES)
@example("\\![a](https://evil.example/p.png)")
@example("\\:red[x]")
@example("`![a](https://evil.example/p.png)")
@example("![a][b]\n\n[b]: https://evil.example/p.png")
@example("![a\nb][b]\n\n> [a\nb]: https://evil.example/p.png")
def test_no_image_and_no_directive_survives(said: str) -> None:
    for block in blocks(said):
        if block.language is None:
            shown = safe(block.text, PICTURE)
            assert "![" not in shown
            assert not re.search(r":[A-Za-z][\w-]*[\[/]", shown.replace("https:", "").replace("javascript:", ""))


@given(PIECES)
@example("[evil.example [x\\]](https://evil.example)")
@example("[a [b](https://evil.example) c](https://docs.example)")
@example("- `\n\n  [b]: https://evil.example\n\n  `\n\n  [a][b]")
def test_every_link_shows_its_host_and_no_definition_is_left(said: str) -> None:
    """However Markdown finds where the label of `…](…)` begins: what stands last before it names the host."""
    for block in blocks(said):
        if block.language is None:
            shown = safe(block.text, PICTURE)
            assert "]:" not in shown
            for at in re.finditer(r"\]\((?P<url>[^()]*\))?", shown):
                host = host_of((at["url"] or "").rstrip(")"))
                before = shown[: at.start()]
                plain = re.search(r"\[([\w .,:/-]*)$", before)
                assert host
                assert before.endswith(f" ({host})") or (plain and host in re.split(r"[ /]", plain[1]))


@pytest.mark.parametrize(
    "piece",
    ["[", "[a", "[a](", "[a](https://x", "[a[b]", "[\\", "![a](x ", "]:", "[a](https://x/&#", "[a](x \"", "`a``", ":a"],
)
def test_long_answers_are_cleaned_in_linear_time(piece: str) -> None:
    started = process_time()
    safe(piece * (20_000 // len(piece)), PICTURE)
    safe("[a](" + " " * 20_000, PICTURE)
    assert process_time() - started < 5


@given(PIECES)
def test_cutting_loses_nothing_that_is_seen(said: str) -> None:
    kept = "".join(block.text for block in blocks(said))
    lines = [line for line in said.split("\n") if not line.startswith(("```", "~~~"))]
    assert all(word in kept for line in lines for word in re.findall(r"a+", line))


@given(PIECES, PIECES)
def test_finished_blocks_stay_while_the_answer_grows(before: str, after: str) -> None:
    finished = blocks(before)[: settled(before)]
    assert blocks(before + after)[: len(finished)] == finished


@pytest.mark.parametrize(
    ("answer", "cut"),
    [
        ("", []),
        ("one\n\ntwo", [Block("one"), Block("two")]),
        ("- a\n\n- b\n\nend", [Block("- a\n\n- b"), Block("end")]),
        ("1. a\n\n   more\n\n2. b", [Block("1. a\n\n   more\n\n2. b")]),
        ("a\n```python\nx = 1\n```\nb", [Block("a"), Block("x = 1", "python"), Block("b")]),
        ("```\nopen", [Block("open", "")]),
        ("~~~sh\n```\n~~~\n", [Block("```", "sh")]),
        ("$$\na\n\nb\n$$\n\nc", [Block("$$\na\n\nb\n$$"), Block("c")]),
        ("a\r\n\r\nb", [Block("a"), Block("b")]),
    ],
)
def test_answers_are_cut_into_paragraphs_and_code(answer: str, cut: list[Block]) -> None:
    assert blocks(answer) == cut


@pytest.mark.parametrize(
    ("address", "host"),
    [("https://A.example/x", "a.example"), ("http://münchen.example", "xn--mnchen-3ya.example"),
     ("ftp://a.example", ""),
     ("//a.example", ""), ("https://[::1", ""), ("", "")],
)
def test_a_link_tells_its_host(address: str, host: str) -> None:
    assert host_of(address) == host


@given(st.text(max_size=60))
def test_literal_words_keep_their_letters(text: str) -> None:
    shown = re.sub(r"\\(.)", r"\1", literal(text))
    assert shown.replace(ZERO_WIDTH, "") == " ".join(text.split()).replace(ZERO_WIDTH, "")


AUTOLINK = re.compile(r"https?://[-.\w]|www\.\w|[-.\w+]@[-\w]+\.", re.IGNORECASE)
"""What remark-gfm makes a link of, once it has taken every escape away."""


@pytest.mark.parametrize(
    "said",
    [
        "see https://evil.example/pay now", "HTTP://evil.example", "(http://evil.example)", "www.evil.example",
        "WWW.evil.example", "write to pay@evil.example", "a@b-c.example, d+e@f.example",
    ],
)  # fmt: skip
def test_an_address_within_literal_words_leads_nowhere(said: str) -> None:
    unescaped = re.sub(r"\\(.)", r"\1", literal(said))
    assert AUTOLINK.search(said)
    assert not AUTOLINK.search(unescaped)
    assert unescaped.replace(ZERO_WIDTH, "") == said


@pytest.mark.parametrize(
    ("said", "drawn"),
    [
        ("from $5 to $10", "from &#36;5 to &#36;10"),
        ("$x^2$ and $y$", "$x^2$ and $y$"),
        ("$$\nx\n$$", "$$\nx\n$$"),
        (r"\$5 is \$5", r"\$5 is \$5"),
        (r"so \( a_1 \) is", "so $a_1$ is"),
        (r"\[ a \]", "$$ a $$"),
        ("# Top", "### Top"),
        ("#### Deep", "###### Deep"),
        ("#hashtag", "#hashtag"),
        ("**注意：**这里", "**注意：\u200b**这里"),
        ("他说**“好”**了", "他说**\u200b“好”\u200b**了"),
        ("**plain** text", "**plain** text"),
        ("safe\u202eelpmaxe.live", "safeelpmaxe.live"),
    ],
)
def test_an_answer_is_drawn_as_it_was_meant(said: str, drawn: str) -> None:
    assert safe(said, "image") == drawn


def test_what_no_line_break_parts_is_found_and_copied_as_it_reads() -> None:
    assert whole("3 次中 3 次有返回").split() == ["3", "次中", "3", "次有返回"]
