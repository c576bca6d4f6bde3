"""Source in the syntax of a newer Python, rewritten so that this one parses it, with every line where it was.

Repositories move to new syntax before the machines that check them: quotes, newlines and backslashes inside an f-string's
fields, type parameters and `type` statements (3.12), `except` without parentheses (3.14). Only their shape is changed: a
field keeps its code where quotes can be exchanged, and becomes an unknown name where not.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from routelint.deferred import dataclass, lazy_regex

DEEPEST_STRINGS = 20

_TOKEN = lazy_regex(r"#[^\n]*|(?<!\w)(?:[rRbBuUfFtT]{1,2})?('''|\"\"\"|'|\")")
_TYPE_PARAMETERS = lazy_regex(
    r"^([ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+\w+)(\[[^\[\]\n]*(?:\[[^\[\]\n]*\][^\[\]\n]*)*\])", re.MULTILINE
)
_TYPE_STATEMENT = lazy_regex(r"^([ \t]*)type[ \t](?=[ \t]*\w+(?:\[[^\]\n]*\])?[ \t]*=)", re.MULTILINE)
_GENERIC_ALIAS = lazy_regex(r"^([ \t]*type_\w+)(\[[^\]\n]*\])(?=[ \t]*=)", re.MULTILINE)
_BARE_EXCEPT = lazy_regex(r"^([ \t]*except\*?[ \t]+)([\w.]+(?:[ \t]*,[ \t]*[\w.]+)+)(?=[ \t]*:)", re.MULTILINE)


class _UnreadableError(ValueError):
    """A string that does not end, or is nested too deeply."""


@dataclass(frozen=True, slots=True)
class _Field:
    """A replacement field of an f-string: where its expression stands."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _String:
    """A string literal: its extent, its quote, and the fields it has where it is formatted."""

    start: int
    end: int
    quote: str
    fields: tuple[_Field, ...] = ()


def portable(text: str) -> str:
    """The source in older syntax; the text itself where nothing in it is newer, or where it cannot be read at all."""
    try:
        strings = list(_strings(text, 0, len(text)))
    except _UnreadableError:
        return text
    pieces: list[str] = []
    position = 0
    for string in strings:
        pieces.append(_older_code(text[position : string.start]))
        pieces.append(_older_string(text, string))
        position = string.end
    pieces.append(_older_code(text[position:]))
    return "".join(pieces)


def _older_code(code: str) -> str:
    """Code without strings: no type parameters, no `type` statements, exceptions in parentheses."""
    code = _TYPE_PARAMETERS.sub(lambda match: match[1] + " " * len(match[2]), code)
    code = _TYPE_STATEMENT.sub(lambda match: f"{match[1]}type_", code)
    code = _GENERIC_ALIAS.sub(lambda match: match[1] + " " * len(match[2]), code)
    return _BARE_EXCEPT.sub(lambda match: f"{match[1]}({match[2]})", code)


def _strings(text: str, start: int, stop: int, depth: int = 0) -> Iterator[_String]:
    """The string literals between two offsets, outermost ones only, comments passed over."""
    position = start
    while (match := _TOKEN.search(text, position, stop)) is not None:
        if match[1] is None:
            position = match.end()
            continue
        string = _string(text, match.start(), match, depth)
        yield string
        position = string.end


def _string(text: str, start: int, opening: re.Match[str], depth: int) -> _String:
    if depth > DEEPEST_STRINGS:
        raise _UnreadableError
    quote, prefix = opening[1], text[start : opening.start(1)].lower()
    formatted = "f" in prefix or "t" in prefix
    fields: list[_Field] = []
    position = opening.end()
    while position < len(text):
        if text.startswith(quote, position):
            return _String(start, position + len(quote), quote, tuple(fields))
        character = text[position]
        if character == "\\":
            position += 2
        elif character == "\n" and len(quote) == 1:
            raise _UnreadableError
        elif formatted and character == "{":
            if text.startswith("{{", position):
                position += 2
            else:
                position = _field(text, position + 1, fields, depth)
        else:
            position += 1
    raise _UnreadableError


def _field(text: str, start: int, fields: list[_Field], depth: int) -> int:
    """Reads a field's expression and format from behind its `{`; the offset behind its `}`."""
    if depth > DEEPEST_STRINGS:
        raise _UnreadableError
    position, brackets = start, 0
    while position < len(text):
        character = text[position]
        token = _TOKEN.match(text, position)
        if token is not None and token[1] is None:
            position = token.end()
        elif token is not None:
            position = _string(text, position, token, depth + 1).end
        elif character in "([{":
            brackets += 1
            position += 1
        elif character in ")]}" and brackets:
            brackets -= 1
            position += 1
        elif character == "}":
            fields.append(_Field(start, position))
            return position + 1
        elif not brackets and (character == ":" or (character == "!" and text[position + 1 : position + 2] != "=")):
            fields.append(_Field(start, position))
            return _format(text, position + 1, fields, depth)
        else:
            position += 1
    raise _UnreadableError


def _format(text: str, start: int, fields: list[_Field], depth: int) -> int:
    """Reads a conversion and format up to the `}` that ends the field; fields within a format are read too."""
    position = start
    while position < len(text):
        if text[position] == "{":
            position = _field(text, position + 1, fields, depth + 1)
        elif text[position] == "}":
            return position + 1
        elif text[position] == "\n":
            raise _UnreadableError
        else:
            position += 1
    raise _UnreadableError


def _older_string(text: str, string: _String) -> str:
    """The literal with every field in older syntax; in triple quotes where a field runs over lines."""
    pieces: list[str] = []
    position, lines = string.start, False
    for field in string.fields:
        code = text[field.start : field.end]
        older = _older_field(code, string.quote)
        lines = lines or ("\n" in code and len(string.quote) == 1)
        pieces.extend((text[position : field.start], older))
        position = field.end
    pieces.append(text[position : string.end])
    literal = "".join(pieces)
    if not lines:
        return literal
    opening = literal.index(string.quote)
    return literal[:opening] + string.quote * 3 + literal[opening + 1 : -1] + string.quote * 3


def _older_field(code: str, quote: str) -> str:
    """A field's code with the other kind of quotes; an unknown name of the same extent where that does not make it older."""
    if quote not in code and "\\" not in code and "#" not in code:
        return code
    other = "'" if quote[0] == '"' else '"'
    exchanged = code.replace(quote, other)
    if len(quote) == 1 and other not in code and "\\" not in code and "#" not in code and _is_expression(exchanged):
        return exchanged
    blank = re.sub(r"[^\n]", " ", code)
    return "_" + (blank if code.startswith("\n") else blank[1:])


def _is_expression(code: str) -> bool:
    try:
        ast.parse(f"({code}\n)", mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
