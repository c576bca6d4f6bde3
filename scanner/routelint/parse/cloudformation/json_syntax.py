"""Located nodes of a JSON text that libyaml does not take: surrogate escapes, keys longer than 1,024 characters."""

from __future__ import annotations

from json.decoder import scanstring  # type: ignore[attr-defined]  # not in the stubs, but the function json itself is built on

from routelint.deferred import lazy_regex
from routelint.parse.cloudformation.nodes import Entry, Mapping, Node, Scalar, Sequence
from routelint.source import SourceText

DEEPEST = 100

_BLANK = lazy_regex(r"[ \t\n\r]*")
_WORD = lazy_regex(r"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null")
_SURROGATE = lazy_regex("[\ud800-\udfff]")


class _NotJsonError(ValueError):
    pass


def parse(source: SourceText) -> Node | None:
    """The value that `source` holds; None where it is not JSON or is nested too deep."""
    try:
        node, position = _value(source, _skip(source.text, 0), 0)
    except (_NotJsonError, ValueError, IndexError):
        return None
    return node if _skip(source.text, position) == len(source.text) else None


def _skip(text: str, position: int) -> int:
    match = _BLANK.match(text, position)
    return match.end() if match else position


def _value(source: SourceText, start: int, depth: int) -> tuple[Node, int]:
    text = source.text
    if depth > DEEPEST:
        raise _NotJsonError
    match text[start]:
        case '"':
            return _string(source, start)
        case "{":
            return _object(source, start, depth)
        case "[":
            return _array(source, start, depth)
    word = _WORD.match(text, start)
    if word is None:
        raise _NotJsonError
    return Scalar(word[0], source, start, word.end(), None, True), word.end()


def _string(source: SourceText, start: int) -> tuple[Scalar, int]:
    if source.text[start] != '"':
        raise _NotJsonError
    value, end = scanstring(source.text, start + 1, False)
    return Scalar(_SURROGATE.sub("\ufffd", value), source, start, end), end


def _object(source: SourceText, start: int, depth: int) -> tuple[Node, int]:
    text = source.text
    entries: dict[str, Entry] = {}
    position = _skip(text, start + 1)
    if text[position] == "}":
        return Mapping(entries, source, start, position + 1), position + 1
    while True:
        key, position = _string(source, position)
        position = _skip(text, position)
        if text[position] != ":":
            raise _NotJsonError
        value, position = _value(source, _skip(text, position + 1), depth + 1)
        entries.pop(key.text, None)
        entries[key.text] = Entry(key, value)
        position = _skip(text, position)
        if text[position] == "}":
            return Mapping(entries, source, start, position + 1), position + 1
        if text[position] != ",":
            raise _NotJsonError
        position = _skip(text, position + 1)


def _array(source: SourceText, start: int, depth: int) -> tuple[Node, int]:
    text = source.text
    items: list[Node] = []
    position = _skip(text, start + 1)
    if text[position] == "]":
        return Sequence((), source, start, position + 1), position + 1
    while True:
        value, position = _value(source, position, depth + 1)
        items.append(value)
        position = _skip(text, position)
        if text[position] == "]":
            return Sequence(tuple(items), source, start, position + 1), position + 1
        if text[position] != ",":
            raise _NotJsonError
        position = _skip(text, position + 1)
