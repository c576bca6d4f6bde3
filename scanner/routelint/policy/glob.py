"""Patterns of a policy: on model identifiers, on paths and symbols of routes, and on environment names.

Matching takes time proportional to pattern times text whatever the pattern: only the last star is ever retried.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TypeVar

from routelint.deferred import dataclass


class GlobError(ValueError):
    """A pattern that cannot be read; the message says what it was expected to be."""


@dataclass(frozen=True, slots=True)
class _Class:
    """A set of characters: `[a-z0-9]`, or its complement `[!a-z]`."""

    ranges: tuple[tuple[str, str], ...]
    negated: bool

    def holds(self, character: str) -> bool:
        return any(low <= character <= high for low, high in self.ranges) is not self.negated


class _Any:
    """`?` (one) or `*` (any number) of whatever is matched."""


_ONE, _MANY = _Any(), _Any()
_Token = str | _Class | _Any
_Pattern = TypeVar("_Pattern")
_Item = TypeVar("_Item")


# A policy has room for so many, and a cache that is too small for what is asked in turn holds nothing.
_MOST_KEPT = 16_384


@dataclass(frozen=True, slots=True)
class Glob:
    """A glob ready to match: the text it starts with, then tokens from the first one that is no character, and how it ends."""

    prefix: str
    tokens: tuple[_Token, ...]
    suffix: str = ""

    def matches(self, text: str) -> bool:
        """Whether it matches the whole of a text."""
        if not text.startswith(self.prefix) or not text.endswith(self.suffix):
            return False
        if not self.tokens:
            return len(text) == len(self.prefix)
        return self.tokens == (_MANY,) or match_sequence(self.tokens, _MANY, text[len(self.prefix) :], _same_character)


@lru_cache(maxsize=_MOST_KEPT)
def compile_text(pattern: str) -> Glob:
    """The glob of a pattern on one text, where `*` stands for any characters.

    Raises:
        GlobError: a bracket is not closed, a range runs backwards, or braces are used.
    """
    prefix, tokens = "", list[_Token]()
    position = 0
    while position < len(pattern):
        character = pattern[position]
        position += 1
        token: _Token = character
        if character == "*":
            token = _MANY
        elif character == "?":
            token = _ONE
        elif character == "[":
            token, position = _read_class(pattern, position)
        elif character == "\\" and position < len(pattern):
            token = pattern[position]
            position += 1
        elif character in "{}":
            raise GlobError("one pattern for each alternative, without braces")
        if isinstance(token, str) and not tokens:
            prefix += token
        elif token is not _MANY or not tokens or tokens[-1] is not _MANY:
            tokens.append(token)
    ending = itertools.takewhile(lambda each: isinstance(each, str), reversed(tokens))
    return Glob(prefix, tuple(tokens), "".join(map(str, ending))[::-1])


def _read_class(pattern: str, position: int) -> tuple[_Class, int]:
    negated = pattern[position : position + 1] in ("!", "^")
    position += negated
    start, ranges = position, list[tuple[str, str]]()
    while position < len(pattern):
        low = pattern[position]
        if low == "]" and position > start:
            return _Class(tuple(ranges), negated), position + 1
        if low == "\\" and position + 1 < len(pattern):
            position += 1
            low = pattern[position]
        high = low
        if pattern[position + 1 : position + 2] == "-" and pattern[position + 2 : position + 3] not in ("", "]"):
            high = pattern[position + 2]
            position += 2
        if low > high:
            raise GlobError(f"a range from low to high instead of '{low}-{high}'")
        ranges.append((low, high))
        position += 1
    raise GlobError("a ']' for the '[', or '\\[' for the character itself")


def match_sequence(
    pattern: Sequence[_Pattern], many: _Pattern, items: Sequence[_Item], same: Callable[[_Pattern, _Item], bool]
) -> bool:
    """Whether `items` are what `pattern` says, where `many` stands for any number of items."""
    at, index, star, resume = 0, 0, -1, 0
    while index < len(items):
        if at < len(pattern) and pattern[at] is not many and same(pattern[at], items[index]):
            at, index = at + 1, index + 1
        elif at < len(pattern) and pattern[at] is many:
            star, resume = at, index
            at += 1
        elif star >= 0:
            resume += 1
            at, index = star + 1, resume
        else:
            return False
    return all(each is many for each in pattern[at:])


def _same_character(token: _Token, character: str) -> bool:
    if isinstance(token, str):
        return token == character
    return token.holds(character) if isinstance(token, _Class) else token is _ONE


def matches(pattern: str, text: str) -> bool:
    """Whether a glob matches the whole of a text."""
    return compile_text(pattern).matches(text)


def first_match(patterns: Sequence[str], text: str) -> str | None:
    """The first pattern that matches the whole of a text."""
    return next((pattern for pattern in patterns if matches(pattern, text)), None)


@dataclass(frozen=True, slots=True)
class _PathPattern:
    """A gitignore-style pattern, folder by folder; a None stands for any number of folders; `prefix` is its literal start."""

    prefix: str
    segments: tuple[Glob | None, ...]

    def matches(self, path: str) -> bool:
        return path.startswith(self.prefix) and match_sequence(self.segments, None, path.split("/"), _same_segment)


def _same_segment(pattern: Glob | None, segment: str) -> bool:
    return pattern is not None and pattern.matches(segment)


@lru_cache(maxsize=_MOST_KEPT)
def compile_path(pattern: str) -> _PathPattern:
    """The path pattern of a gitignore-style glob; what it matches includes everything below a matching folder.

    Raises:
        GlobError: the pattern cannot be read as a glob, is empty, or climbs out with `..`.
    """
    body = pattern.removeprefix("./")
    below_only = body.endswith("/")
    anchored = "/" in body.rstrip("/")
    parts = [part for part in body.split("/") if part]
    if not parts:
        raise GlobError("a pattern such as 'services/triage/**'")
    if ".." in parts:
        raise GlobError("a path below the folder of the scan, without '..'")
    segments: list[Glob | None] = [] if anchored else [None]
    for part in parts:
        if part != "**":
            segments.append(compile_text(part))
        elif not segments or segments[-1] is not None:
            segments.append(None)
    if below_only or (parts[-1] == "**" and len(parts) > 1):
        # `legacy/**` and `legacy/` are what lies below the folder, not a file of its name.
        if segments[-1] is None:
            segments.pop()
        segments.append(compile_text("*"))
    if segments[-1] is not None:
        segments.append(None)
    literal = itertools.takewhile(lambda each: each is not None and not each.tokens, segments)
    return _PathPattern("/".join(each.prefix for each in literal if each is not None), tuple(segments))


def check_route(pattern: str) -> None:
    """Nothing, where `pattern` can be read as the path or symbol of a route; a leading `!` excludes.

    Raises:
        GlobError: it cannot; says what is expected.
    """
    body = pattern.removeprefix("!")
    compile_path(body)
    compile_text(body)


def matches_path(patterns: Sequence[str], path: str) -> bool:
    """Whether gitignore-style patterns take in a repository-relative POSIX path; the last that matches decides."""
    return _decide(patterns, lambda pattern: compile_path(pattern).matches(path))


def matches_route(patterns: Sequence[str], path: str, symbol: str) -> bool:
    """Whether patterns take in a route: each is tried as a path pattern and as a glob on the whole symbol.

    The last pattern that matches decides, and one that starts with `!` excludes.
    """
    return _decide(patterns, lambda pattern: _takes_in(pattern, path) or matches(pattern, symbol))


def matches_name(patterns: Sequence[str], name: str) -> bool:
    """Whether patterns take in a name; the last that matches decides, and one that starts with `!` excludes."""
    return _decide(patterns, lambda pattern: matches(pattern, name))


@lru_cache(maxsize=_MOST_KEPT)
def _takes_in(pattern: str, path: str) -> bool:
    """Whether a path pattern takes in a path; each is asked of every finding in a file."""
    return compile_path(pattern).matches(path)


def _decide(patterns: Sequence[str], matches: Callable[[str], bool]) -> bool:
    for pattern in reversed(patterns):
        if matches(pattern.removeprefix("!")):
            return not pattern.startswith("!")
    return False
