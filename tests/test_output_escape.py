from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Callable
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from reports import HOSTILE_LINE, HOSTILE_PATH, TEXTS
from routelint.output import escape

UNSHOWABLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize(
    ("destination", "text", "expected"),
    [
        pytest.param(escape.terminal, "modèle 模型 🎉", "modèle 模型 🎉", id="letters of every script stay"),
        pytest.param(escape.terminal, "a\nb\rc\td", "a\\nb\\rc\\td", id="line ends and tabs become visible"),
        pytest.param(escape.terminal, "\x1b[31m", "\\x1b[31m", id="terminal escapes"),
        pytest.param(escape.terminal, "\x9b31m\x7f", "\\x9b31m\\x7f", id="C1 controls and delete"),
        pytest.param(escape.terminal, "a\u202eb\u2066", "a\\u202eb\\u2066", id="bidirectional overrides"),
        pytest.param(escape.terminal, "no\u200bva\u3164", "no\\u200bva\\u3164", id="invisible characters"),
        pytest.param(escape.terminal, "模型\u3164", "模型\\u3164", id="invisible letters alone"),
        pytest.param(escape.plain, "模型\u3164", "模型\\u3164", id="invisible letters in plain text"),
        pytest.param(escape.terminal, "\U000e0041", "\\U000e0041", id="tag characters"),
        pytest.param(escape.terminal, "caf\udce9.py", "caf\\xe9.py", id="a byte of a name that is not UTF-8"),
        pytest.param(escape.terminal, "\ud83d", "\\ud83d", id="half a surrogate pair"),
        pytest.param(escape.terminal, "::error::x", ":\\x3aerror::x", id="a runner command at the start"),
        pytest.param(escape.terminal, "  ::add-mask::x", "  :\\x3aadd-mask::x", id="a runner command after blanks"),
        pytest.param(escape.terminal, "a::b std::c x[::2]", "a::b std::c x[::2]", id="colons of code stay"),
        pytest.param(escape.terminal, "a ##[error]b", "a #\\x23[error]b", id="an older runner command"),
        pytest.param(escape.terminal, "##vso[task.x]y", "#\\x23vso[task.x]y", id="a command of another runner"),
        pytest.param(escape.terminal, "## heading", "## heading", id="a heading stays"),
        pytest.param(escape.plain, "a\n\x1b::b\n", "a\n\\x1b::b\n", id="plain text keeps its lines"),
        pytest.param(escape.workflow_data, "100%\r\n::x", "100%25\\r%0A:\\x3ax", id="the message of a workflow command"),
        pytest.param(escape.workflow_property, "a:b,c%\n", "a%3Ab%2Cc%25%0A", id="a property of a workflow command"),
        pytest.param(escape.uri, "a b/ü#?.tf", "a%20b/%C3%BC%23%3F.tf", id="a path as a URI"),
        pytest.param(escape.uri, "a:b/c", "a%3Ab/c", id="a first segment is no scheme"),
        pytest.param(escape.uri, "./a//b", "a/b", id="empty segments go"),
        pytest.param(escape.uri, "caf\udce9", "caf%EF%BF%BD", id="a URI is UTF-8 whatever the name was"),
        pytest.param(escape.uri, "100%41", "100%2541", id="a percent sign is no escape"),
        pytest.param(escape.uri, "../a", None, id="a path out of the root has no URI"),
        pytest.param(escape.uri, "//evil.example/a", None, id="an absolute path has no URI"),
        pytest.param(escape.uri, ".", None, id="the root itself has no URI"),
        pytest.param(escape.markdown, "a|b\nc", "a&#124;b&#92;nc", id="a table cell stays one cell"),
        pytest.param(escape.markdown, "@team", "&#64;<!-- -->team", id="nobody is mentioned"),
        pytest.param(escape.markdown, "#12 !3", "&#35;<!-- -->12 &#33;<!-- -->3", id="nothing is referred to"),
        pytest.param(escape.markdown, "https://x", "https&#58;<!-- -->//x", id="no address becomes a link"),
        pytest.param(escape.markdown, "a-b.c v1:0 50 %", "a-b.c v1:0 50 &#37;<!-- -->", id="names stay readable"),
        pytest.param(escape.markdown, "- a", "&#45; a", id="no list"),
        pytest.param(escape.markdown, "1. a", "1&#46; a", id="no numbered list"),
        pytest.param(escape.markdown_code, "a`b", "``a`b``", id="a code span with a backtick"),
        pytest.param(escape.markdown_code, "`", "`` ` ``", id="a code span of a backtick"),
        pytest.param(escape.markdown_code, "a|b", "`a\\|b`", id="a code span in a table"),
        pytest.param(escape.html, "<a href='x'>\x1b", "&lt;a href=&#x27;x&#x27;&gt;\\x1b", id="HTML"),
        pytest.param(escape.xml, '<\ufffe&\x00\n">', "&lt;\\ufffe&amp;\\x00&#10;&quot;&gt;", id="XML"),
        pytest.param(escape.csv_cell, "=1+1", '"\'=1+1"', id="a formula"),
        pytest.param(escape.csv_cell, " @SUM(A1)", '"\' @SUM(A1)"', id="a formula after a blank"),
        pytest.param(escape.csv_cell, 'say "x", y', '"say ""x"", y"', id="quotes and commas"),
    ],
)
def test_each_destination_neutralises(destination: Callable[[str], str | None], text: str, expected: str | None) -> None:
    assert destination(text) == expected


@given(TEXTS)
def test_terminal_text_is_one_line_without_controls_or_commands(text: str) -> None:
    shown = escape.terminal(text)
    assert not {unicodedata.category(character) for character in shown} & UNSHOWABLE
    assert not shown.lstrip().startswith("::") or not re.match(r"\s*::\w", shown)
    assert not re.search(r"##\w*\[", shown)
    assert shown == "".join(escape.terminal_pieces(text))
    shown.encode()


@given(TEXTS)
def test_one_piece_per_code_point(text: str) -> None:
    assert len(escape.terminal_pieces(text)) == len(text)


@given(
    st.recursive(
        TEXTS | st.integers() | st.none() | st.booleans(), lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner)
    )
)
def test_json_is_printable_ascii_that_reads_back(document: object) -> None:
    text = escape.json_text(document)
    assert set(text) <= set(map(chr, range(0x20, 0x7F))) | {"\n"}
    assert not re.search(r"##\w*\[", text)
    without_halves = json.loads(
        re.sub(r"\\ud[89ab]..(?!\\ud[c-f])|(?<!\\ud[89ab]..)\\ud[c-f]..", r"\\ufffd", json.dumps(document))
    )
    assert json.loads(text) == without_halves


DOCUMENTS = st.recursive(TEXTS | st.integers() | st.none(), lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner))


@given(DOCUMENTS, st.integers(0, 4))
def test_json_with_deep_parts_on_one_line_is_the_same_document(document: object, depth: int) -> None:
    # Keys that become equal when halves of pairs are replaced are one key to a reader.
    assert json.loads(escape.json_text(document, depth)) == json.loads(escape.json_text(document))


def test_json_puts_what_lies_deep_on_one_line() -> None:
    assert escape.json_text({"a": [{"b": [1, 2]}, {}], "c": [], "d": "x"}, 2).splitlines() == [
        "{",
        '  "a": [',
        '    {"b": [1, 2]},',
        "    {}",
        "  ],",
        '  "c": [],',
        '  "d": "x"',
        "}",
    ]


@given(TEXTS)
def test_workflow_properties_decode_to_what_is_shown(text: str) -> None:
    written = escape.workflow_property(text)
    assert not set(written) & set(":,\r\n")
    decoded = written.replace("%3A", ":").replace("%2C", ",").replace("%0A", "\n").replace("%25", "%")
    assert decoded == "\n".join(escape.terminal(line) for line in text.split("\n"))


@given(TEXTS)
def test_uris_are_relative_and_decode_to_the_path(text: str) -> None:
    written = escape.uri(text)
    if written is None:
        assert text.startswith("/") or ".." in text.split("/") or not text.replace("/", "").replace(".", "")
        return
    parts = urlsplit(written)
    assert (parts.scheme, parts.netloc, parts.query, parts.fragment) == ("", "", "", "")
    assert written.isascii()
    assert not written.startswith("/")
    kept = [segment for segment in text.split("/") if segment not in ("", ".")]
    assert unquote(written) == re.sub("[\ud800-\udfff]", "\ufffd", "/".join(kept))


@given(TEXTS)
def test_markdown_is_one_paragraph_of_text(text: str) -> None:
    written = escape.markdown(text)
    assert not text.strip() or MarkdownIt("commonmark").parse(written)[0].type == "paragraph_open"
    tokens = MarkdownIt("commonmark").parse(f"x{written}x")
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    # GitHub looks for mentions and references in runs of text; a comment ends a run.
    runs = [""]
    for token in tokens[1].children or []:
        if (token.type, token.content) == ("html_inline", "<!-- -->"):
            runs.append("")
        else:
            assert token.type in ("text", "text_special")
            runs[-1] += token.content
    assert "".join(runs) == f"x{escape.terminal(text)}x"
    assert not any(re.search(r"[@#!~%&$]\w|GH-\d|:\w+:|\w://|www\.", run, re.ASCII) for run in runs)
    assert "://" not in written
    assert "www." not in written


@given(TEXTS)
def test_markdown_code_is_one_code_span(text: str) -> None:
    tokens = MarkdownIt("commonmark").parse(f"x {escape.markdown_code(text)} x")
    inner = tokens[1].children or []
    if text:
        assert [token.type for token in inner] == ["text", "code_inline", "text"]
        assert inner[1].content.strip(" ") == escape.terminal(text).replace("|", "\\|").strip(" ")


@given(TEXTS)
def test_html_holds_no_markup(text: str) -> None:
    found: list[str] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            raise AssertionError(tag)

        def handle_data(self, data: str) -> None:
            found.append(data)

    reader = Reader()
    reader.feed(escape.html(text))
    reader.close()
    assert "".join(found) == escape.terminal(text)


@given(TEXTS)
def test_xml_parses_in_elements_and_attributes(text: str) -> None:
    written = escape.xml(text)
    root = ElementTree.fromstring(f'<a b="{written}">{written}</a>')
    assert root.text or not text
    assert root.get("b") == (root.text or "")


@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_csv_reads_back_as_cells_that_are_no_formulas(cells: list[str]) -> None:
    read = next(csv.reader(io.StringIO(",".join(map(escape.csv_cell, cells)), newline="")))
    assert [cell.removeprefix("'") for cell in read] == [escape.terminal(cell).removeprefix("'") for cell in cells]
    assert not any(cell.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠")) for cell in read)


@pytest.mark.parametrize(
    "destination",
    [
        escape.terminal,
        escape.plain,
        escape.workflow_data,
        escape.workflow_property,
        escape.json_text,
        escape.uri,
        escape.markdown,
        escape.markdown_code,
        escape.html,
        escape.xml,
        escape.csv_cell,
    ],
)
@pytest.mark.parametrize("text", [HOSTILE_PATH, HOSTILE_LINE])
def test_nothing_raw_survives_anywhere(destination: Callable[[str], str | None], text: str) -> None:
    written = destination(text) or ""
    written.encode()
    assert not set(written) & set("\x1b\x07\x9b\r\u202e\u202c\u200b\udce9")
