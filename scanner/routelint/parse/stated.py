"""From what expressions may evaluate to, to what a resource says after resolution: JSON-like, for rules that read it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence

from routelint.model import Stated, Unknown
from routelint.possible import Content, Hole, Items, Possible, Record, Template, text_of

MOST_NESTED = 16
MOST_LISTED = 500
MOST_TEXT = 100_000
# A label that names nothing: what stands there cannot be shown, only why.
_NAMELESS = "${...}"


def stated(possible: Possible, depth: int = 0) -> Stated:
    """What a value says: a text, a list, a map, or why it cannot be told; of several the first where all say the same."""
    present = [each for each in possible if each.content is not None]
    several = list(dict.fromkeys(repr(each.content) for each in present))
    if not present:
        return ()
    if len(several) > 1:
        return _one_of([each.content for each in present], depth)
    return _content(present[0].content, depth)


def texts(possible: Possible) -> tuple[str | Unknown, ...]:
    """Every text that a value, a list or several possible lists may hold, each once, in order."""
    return tuple(dict.fromkeys(_texts(possible, 0)))[:MOST_LISTED]


def agreeing(several: Sequence[Mapping[str, Stated]]) -> Mapping[str, Stated]:
    """What several configurations say alike; under a name where they differ, that they do."""
    if not several:
        return {}
    first = several[0]
    return {
        name: value if all(each.get(name, ()) == value for each in several) else Unknown("it differs between configurations")
        for name, value in first.items()
    }


def text(content: Content) -> str | Unknown:
    """A content as a text whose parts that cannot be told stand as `${name}`; unknown where nothing of it has a name."""
    match content:
        case Hole(reason, label):
            return Unknown(reason) if label == _NAMELESS else label
        case Template():
            return str(content)
        case Items() | Record():
            return Unknown("a list or map stands where a text is expected")
        case _:
            return text_of(content)


def document(text: Stated) -> Stated:
    """The content of a JSON text; the text itself where it is none."""
    if not isinstance(text, str) or len(text) > MOST_TEXT:
        return text
    try:
        return plain(json.loads(text))
    except (ValueError, RecursionError):
        return text


def plain(value: object, depth: int = 0) -> Stated:
    """A decoded JSON value as a resource states it: null is an empty list, numbers and truth values are texts."""
    if depth > MOST_NESTED:
        return Unknown("nested too deep")
    match value:
        case None:
            return ()
        case dict():
            return {str(key): plain(inner, depth + 1) for key, inner in value.items()}
        case list():
            return tuple(plain(inner, depth + 1) for inner in value)
        case bool():
            return "true" if value else "false"
        case _:
            return str(value)


def _texts(possible: Possible, depth: int) -> Iterator[str | Unknown]:
    for each in possible:
        match each.content:
            case None:
                continue
            case Items(items, rest) if depth < MOST_NESTED:
                for item in items[:MOST_LISTED]:
                    yield from _texts(item, depth + 1)
                if rest is not None:
                    yield Unknown(rest.reason)
            case _:
                yield text(each.content)


def _content(content: Content, depth: int) -> Stated:
    match content:
        case Items() | Record() if depth >= MOST_NESTED:
            return Unknown("nested too deep")
        case Items(items, rest):
            told = tuple(stated(item, depth + 1) for item in items[:MOST_LISTED])
            return told if rest is None else (*told, Unknown(rest.reason))
        case Record(entries):
            return {key: stated(value, depth + 1) for key, value in entries.items()}
        case _:
            return text(content)


def _one_of(contents: list[Content], depth: int) -> Stated:
    """What several possible contents say together: maps key by key where each has the same keys, else that it differs."""
    scalars = [each for each in contents if isinstance(each, str | int | float | bool)]
    if len(scalars) == len(contents):
        return Unknown("one of " + ", ".join(f"'{text_of(each)}'" for each in scalars[:4]))
    records = [each for each in contents if isinstance(each, Record)]
    if len(records) == len(contents):
        keys = list(dict.fromkeys(key for each in records for key in each.entries))
        joined = {key: tuple(one for each in records for one in each.entries.get(key, ())) for key in keys}
        return {key: stated(value, depth + 1) for key, value in joined.items()}
    return Unknown("it differs between configurations")
