"""Text made harmless for where it goes: one function per destination.

Names and code of the scanned repository are hostile: they may hold terminal escape sequences, characters that reverse or
hide text, commands for a CI runner, formulas, markup, and halves of surrogate pairs that no encoder accepts. What cannot be
shown as it is becomes a visible escape such as `\\x1b` or `\\u202e`, so a reader sees that something is there.
"""

from __future__ import annotations

import html as _html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from urllib.parse import quote

from routelint.deferred import lazy_regex

# Control, format (bidirectional overrides, zero-width characters, tags), surrogate, line and paragraph separator.
_UNSHOWABLE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# Letters and marks that draw nothing although their category says they should (Default_Ignorable_Code_Point, less the
# variation selectors that emoji need) and the blank braille pattern.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
_SHORT_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_SURROGATES = lazy_regex("[\ud800-\udfff]")
# CI runners obey lines of a log: `::error ...::` where only blanks stand before it (GitHub), `##[...]` and `##vso[...]`
# anywhere in a line (GitHub, Azure Pipelines, TeamCity).
_COMMAND = r"##(?=\w*\[)|(?<!\S)::(?=\w)"
_RUNNER_COMMAND = lazy_regex(_COMMAND)
_NOT_PLAIN = lazy_regex(r"[^\x20-\x7e]")
_NOT_PLAIN_OR_COMMAND = lazy_regex(rf"[^\x20-\x7e]|{_COMMAND}")
_RUNNER_MARK = lazy_regex(r"##(?=\w*\[)")
_NOT_PLAIN_ASCII = lazy_regex(r"[^\x00-\x7e]")
# The wide forms are formulas too where a spreadsheet reads East Asian text.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
# What XML 1.0 cannot hold even as a character reference.
_NOT_XML = lazy_regex("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# A colon begins an address, or may close or open the name of an emoji; a period follows `www`; a hyphen `GH`.
_MARKDOWN_INNER = r":(?=//|[\w+-]*(?::|$))|(?<=[wW]{3})\.|(?<=GH)-"
# What has a meaning anywhere in a line of Markdown, or only where a line starts.
# A line that begins with blanks may be code.
_MARKDOWN_SPECIAL = lazy_regex(rf"^ |[\\`*_{{}}\[\]<>#|~&@$^!%\"]|{_MARKDOWN_INNER}|^\s*(?:[-+=]|\d+[.)])")
# Hosts look for mentions, references, emoji and addresses in the text that is left when entities are decoded.
_HOST_SIGN = lazy_regex(rf"[@#!~%&$](?=[\w\"]|$)|{_MARKDOWN_INNER}")

# Made once: a report is written in many small pieces.
_encode = json.JSONEncoder(ensure_ascii=False).encode


def terminal_pieces(line: str) -> list[str]:
    """How each character of one line is shown on a terminal or in a log: one piece per code point."""
    pieces = [_shown(character) for character in line]
    for command in _RUNNER_COMMAND.finditer(line):
        second = command.start() + 1
        pieces[second] = f"\\x{ord(line[second]):02x}"
    return pieces


def terminal(line: str) -> str:
    """One line for a terminal or a log; line ends inside it become visible."""
    if line.isprintable() and "##" not in line and "::" not in line and (line.isascii() or _INVISIBLE.isdisjoint(line)):
        return line
    return _NOT_PLAIN_OR_COMMAND.sub(_shown_match, line)


def plain(text: str) -> str:
    """Text for a viewer of plain text: several lines stay several lines, everything else unshowable becomes visible."""
    return "\n".join(_visible(line) for line in text.split("\n"))


def workflow_data(text: str) -> str:
    """The message of a GitHub workflow command."""
    return "%0A".join(terminal(line).replace("%", "%25") for line in text.split("\n"))


def workflow_property(text: str) -> str:
    """A property of a GitHub workflow command, such as its file or title."""
    return workflow_data(text).replace(":", "%3A").replace(",", "%2C")


def json_text(document: object, depth: int | None = None) -> str:
    """A JSON document in printable ASCII: safe on any terminal, in any log and in any encoding.

    A reader gets back the same text, except that halves of surrogate pairs become U+FFFD, because strict readers refuse the
    whole document for one of them. What lies deeper than `depth` levels stands on one line: a long report is then read and
    compared line by line, and written several times as fast.
    """
    if depth is None:
        text = json.dumps(document, ensure_ascii=False, indent=2)
    else:
        parts: list[str] = []
        _write_json(document, depth, "\n", parts)
        text = "".join(parts)
        del parts
    # Outside strings JSON has none of the characters below, so they can be escaped in place.
    text = _NOT_PLAIN_ASCII.sub(_json_escape, text)
    return _RUNNER_MARK.sub(r"#\\u0023", text) + "\n"


def _write_json(value: object, depth: int, line_end: str, parts: list[str]) -> None:
    """Appends the JSON of a value whose lines end with `line_end`, the indentation of the next one included.

    What an iterator gives is a list, of which one item is held at a time.
    """
    if depth == 0 or not value or not isinstance(value, (Mapping, list, tuple, Iterator)):
        parts.append(_encode(value))
        return
    items: Iterable[tuple[str, object]]
    if isinstance(value, Mapping):
        start, end = "{", "}"
        items = ((f"{_encode(key)}: ", each) for key, each in value.items())
    else:
        start, end = "[", "]"
        items = (("", each) for each in value)
    inner = line_end + "  "
    separator = start + inner
    for name, each in items:
        parts.append(separator + name)
        _write_json(each, depth - 1, inner, parts)
        separator = "," + inner
    parts.append(line_end + end if separator[0] == "," else start + end)


@lru_cache(maxsize=4096)
def uri(path: str) -> str | None:
    """A POSIX path as a relative URI reference, percent-encoded; None where it is absolute or leaves its root."""
    segments = path.split("/")
    if path.startswith("/") or ".." in segments:
        return None
    kept = [segment for segment in segments if segment not in ("", ".")]
    return "/".join(quote(_whole(segment), safe="") for segment in kept) or None


def markdown(text: str) -> str:
    """Text inside a Markdown paragraph or table cell: no markup, link, mention, reference or second line."""
    shown = terminal(text)
    signs = {found.start() for found in _HOST_SIGN.finditer(shown)}

    def entity(found: re.Match[str]) -> str:
        # An empty comment parts a sign from the name after it.
        parted = "<!-- -->" if found.end() - 1 in signs else ""
        return f"{found[0][:-1]}&#{ord(found[0][-1])};{parted}"

    return _MARKDOWN_SPECIAL.sub(entity, shown)


def markdown_code(text: str) -> str:
    """Text as a Markdown code span, also inside a table cell."""
    shown = terminal(text).replace("|", "\\|")
    longest = max((len(run) for run in re.findall("`+", shown)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if not shown.strip(" ") or shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def html(text: str) -> str:
    """One line of text inside an HTML element or a quoted attribute; harmless too where a page is printed to a log."""
    return _html.escape(terminal(text), quote=True)


def xml(text: str) -> str:
    """Text inside an XML 1.0 element or a quoted attribute."""
    return _html.escape(_NOT_XML.sub(lambda found: _escape(found[0]), plain(text)), quote=True).replace("\n", "&#10;")


def xml_text(text: str) -> str:
    """Text inside an XML 1.0 element; several lines stay several lines."""
    return _html.escape(_NOT_XML.sub(lambda found: _escape(found[0]), plain(text)), quote=False)


def csv_cell(text: str) -> str:
    """One quoted CSV cell of one line that no spreadsheet takes for a formula."""
    shown = terminal(text)
    if text.lstrip().startswith(_FORMULA_STARTS) or shown.startswith(_FORMULA_STARTS):
        shown = "'" + shown
    return '"' + shown.replace('"', '""') + '"'


def _shown_match(found: re.Match[str]) -> str:
    shown = found[0]
    return _shown(shown) if len(shown) == 1 else f"{shown[0]}\\x{ord(shown[1]):02x}"


def _shown(character: str) -> str:
    if character.isprintable() and character not in _INVISIBLE:
        return character
    import unicodedata  # most of what is shown is printable

    if character in _INVISIBLE or unicodedata.category(character) in _UNSHOWABLE_CATEGORIES:
        return _escape(character)
    return character


def _escape(character: str) -> str:
    code = ord(character)
    if character in _SHORT_ESCAPES:
        return _SHORT_ESCAPES[character]
    if 0xDC80 <= code <= 0xDCFF:  # a byte of a file name that is not UTF-8
        return f"\\x{code - 0xDC00:02x}"
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _visible(line: str) -> str:
    if line.isprintable() and (line.isascii() or _INVISIBLE.isdisjoint(line)):
        return line
    return _NOT_PLAIN.sub(_shown_match, line)


def _whole(text: str) -> str:
    return _SURROGATES.sub("\ufffd", text)


def _json_escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    if 0xD800 <= code <= 0xDFFF:
        return "\\ufffd"
    if code <= 0xFFFF:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
