"""A strict reader of the Markdown that reports are written in: what it accepts, no reader takes for anything else.

It knows the few constructs that reports are made of, each written in one way, and refuses any other sign that Markdown or a
host of Markdown could obey. Readers of all of Markdown take several times as long.
"""

from __future__ import annotations

import html
import re

# What has a meaning inside of a line is there only as a part of the constructs below.
_TEXT = r"(?:[^\\`*_\[\]<>|~&\n]|&#\d+;)"
_HEAD = re.compile(r"</?details>|<details><summary>[\w ]+</summary>")
_RULER = re.compile(r"\|(?: -{3}:? \|)+")
_INLINE = re.compile(
    rf"(?P<text>{_TEXT}+)"
    r"|<!-- -->|<br>|</?details>|</?summary>|<summary>[\w ]*</summary>|\*\*[\w ,]+\*\*"
    rf"|\[(?P<label>(?:{_TEXT}|<!-- -->)*)\]\((?:[\w.~/-]|%[0-9A-F]{{2}})+#L\d+(?:-L\d+)?\)"
    r"|(?P<fence>`+)(?!`).*?(?<!`)(?P=fence)(?!`)"
)
# Headings, lists, underlines of headings, code that is indented, and numbers that begin a list.
_OPENS_BLOCK = re.compile(r"[-+=#\s]|\d+[.)]")
# Mentions, references, addresses and emoji, which hosts look for.
_HOST_SIGN = re.compile(r"(?:^|\s)[@#!~%&$]\w|://|www\.\w|GH-\d|:\w+:")


def read(written: str) -> None:
    """Asserts that a report is written so."""
    before = ""
    columns: int | None = None
    for line in written.split("\n"):
        # A tag that begins a line begins a block of HTML, which an empty line ends.
        assert not line or not _HEAD.fullmatch(before), line
        if line.startswith("|"):
            columns = _row(line, columns)
        elif line.startswith("<"):
            assert _HEAD.fullmatch(line), line
            assert not before, line
        else:
            columns = None
            start = re.match(r"## |> ?|- |", line)
            assert start is not None
            rest = line[start.end() :]
            assert start[0] or not _OPENS_BLOCK.match(rest), line
            _inline(rest)
        before = line


def _row(line: str, columns: int | None) -> int:
    """The cells of a row of a table, which every other one has, too."""
    cells = re.split(r"(?<!\\)\|", line)
    assert not cells[0], line
    assert not cells[-1], line
    assert columns in (None, len(cells)), line
    if not _RULER.fullmatch(line):
        for cell in cells[1:-1]:
            assert cell[:1] == cell[-1:] == " ", line
            _inline(cell.strip(" ").replace("\\|", "|") if "`" in cell else cell.strip(" "))
    return len(cells)


def _inline(content: str) -> None:
    unread = 0
    for found in _INLINE.finditer(content):
        assert found.start() == unread, content
        unread = found.end()
        said = found["text"] or found["label"]
        if said is not None:
            assert not any(_HOST_SIGN.search(html.unescape(part)) for part in said.split("<!-- -->")), content
    assert unread == len(content), content
