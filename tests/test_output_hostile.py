"""Every printer with every kind of hostile text in every place: nothing but text comes out."""

from __future__ import annotations

import pytest

import strict_markdown
from printed import GIVEN, PRINTERS, is_json, is_markup, plain_lines, report_of
from routelint.output import comparison

PAYLOADS = {
    "terminal escapes": "\x1b]0;owned\x07\x1b[31mred\x1b[2J",
    "C1 controls": "\x9b31m\x9d0;owned\x9c",
    "a workflow command": "a\n::error file=x,line=1::owned",
    "a workflow command on its own": "::set-output name=x::y",
    "an encoded workflow command": "%0A::error::owned%0D",
    "commands of other runners": "##[error]owned ##vso[task.setvariable variable=a]b ##teamcity[x]",
    "script": "<script>alert(1)</script>",
    "an image that runs": '"><img src=x onerror="alert(1)">',
    "a closing comment": "--><svg onload=alert(1)>",
    "closing tags": "</style></title></pre></td></details><h1>x",
    "a Markdown link": "[click](https://evil.example) <https://evil.example>",
    "a Markdown image": "![i](https://evil.example/i.png)",
    "a bare address": "see https://evil.example and www.evil.example, mail a@evil.example",
    "pipes and rules": "a | b |\n| --- |\n| c |",
    "backticks": "`` ` ``` ````\n```",
    "mentions and references": "@everyone @org/team #1 !2 %3 ~4 &5 $6 GH-7 :tada:",
    "headings and lists": "# x\n- y\n1. z\n> q\n---\n===",
    "a formula": '=HYPERLINK("https://evil.example","x")',
    "a formula after blanks": "\t +cmd|' /C calc'!A0",
    "a minus formula": "-1+1",
    "an at formula": "@SUM(1+1)",
    "a wide formula": "＝1+1",
    "quotes and separators": 'a","b\'; c\r\nd,e',
    "what XML cannot hold": "]]>&\x00\x0b\ufffe\uffff&#0;",
    "bidirectional overrides": "\u202egnp.exe\u202c\u2066x\u2069\u200f",
    "invisible characters": "a\u200b\u2060\u00ad\u3164\U000e0041b",
    "line separators": "a\u2028b\u2029c\x85d\x0ce\rf",
    "halves of pairs": "\ud800 \udfff \udc00\ud800",
    "a name that is not UTF-8": "caf\udce9",
    "templates": "{{7*7}} ${7*7} {0} %s %(x)s",
    "nothing": "",
    "a very long word": "x" * 20_000,
}


@pytest.mark.parametrize("printer", PRINTERS)
@pytest.mark.parametrize("payload", PAYLOADS)
def test_hostile_text_is_only_text(printer: str, payload: str) -> None:
    for written in PRINTERS[printer].write(PAYLOADS[payload]):
        assert written
        PRINTERS[printer].check(written)


def test_every_format_of_the_command_line_is_tried() -> None:
    from routelint.cli import inventory, quick

    assert set(quick.FORMATS) == set(PRINTERS)
    assert set(inventory.FORMATS) <= set(PRINTERS)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_what_a_new_policy_would_change_is_only_text(payload: str) -> None:
    findings = report_of(PAYLOADS[payload]).findings
    said = PAYLOADS[payload]
    plain_lines(comparison.impact(findings, findings, 1, "'a'", "'b'", GIVEN))
    is_json(comparison.impact_json(findings, findings, 1, said, said))


UNREADABLE = ("<p>", "</p>", "<p></b>", "<p/>", "<P></P>", "<p>a<b", "<p class=x></p>", '<p class="a"b">', "a & b", "&nbsp;")
NOT_OURS = ("<!-- x -->", '<p onclick="x"></p>', "<script></script>", '<a href="x"></a>')


@pytest.mark.parametrize("written", [*UNREADABLE, *NOT_OURS])
def test_the_strict_reader_of_pages_refuses(written: str) -> None:
    is_markup('<p class="a">b &lt; c<br></p>')
    with pytest.raises((AssertionError, KeyError)):
        is_markup(written)


MARKED = (
    *("*a*", "**a", "`a", "[a](b)", "[a]", "<b>", "a <br", "&lt;", "a | b", "\\", "~~a~~", "_a_", "<http://a>", "<!-- a -->"),
    *(
        "# a",
        "- a\n===",
        "1. a",
        "  a",
        "+ a",
        "***",
        "```",
        "<br>a",
        "<details>\na",
        "a @b",
        "https://a",
        "www.a",
        "GH-1",
        ":a:",
    ),
    *("&#64;a", "| a |\n| b | c |", "|a|", "<!-- -->a"),
)


@pytest.mark.parametrize("written", MARKED)
def test_the_strict_reader_of_markdown_refuses(written: str) -> None:
    strict_markdown.read(
        "## a &#60;\n\n| b `c\\|` |\n| --- |\n\n<details><summary>d</summary>\n\n- [e](f#L1) &#64;<!-- -->g\n\n</details>\n"
    )
    with pytest.raises(AssertionError):
        strict_markdown.read(written)
