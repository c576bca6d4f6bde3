"""Access to the scanned files without touching the disk: a tree that can be read, units of it, and decoded text."""

from __future__ import annotations

import bisect
import codecs
from array import array
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Protocol

from routelint.deferred import dataclass, lazy_regex
from routelint.model import Span

_LINE_END = lazy_regex(r"\r\n?|\n")


class SourceTree(Protocol):
    """The files of a scan: POSIX paths relative to the root. Never leaves the root, never follows a link out of it."""

    def paths(self) -> Sequence[str]:
        """Every file that may be read, sorted."""

    def read(self, path: str) -> bytes | None:
        """The bytes of a file; None where it is absent, unreadable or larger than is read."""


@dataclass(frozen=True)
class MemoryTree:
    """A tree held in memory: path -> bytes."""

    files: Mapping[str, bytes]

    def paths(self) -> Sequence[str]:
        """Every path, sorted."""
        return sorted(self.files)

    def read(self, path: str) -> bytes | None:
        """The bytes of a file; None where it is absent."""
        return self.files.get(path)


@dataclass(frozen=True, slots=True)
class SourceUnit:
    """The files of one language in a scan: `paths` may be read, `marked` hold a Bedrock marker and must be looked at.

    Both are sorted. A parser reads the marked files and whatever they refer to or are referred to by, nothing else.
    """

    language: str
    paths: tuple[str, ...]
    marked: tuple[str, ...]


@dataclass(frozen=True)
class SourceText:
    """Decoded text of a file that knows its lines; positions convert once, here."""

    path: str
    text: str

    @cached_property
    def _starts(self) -> array[int]:
        # A list takes ten times as much memory, which of a file of short lines is fifty times that of its text.
        starts = array("I", (0,))
        if "\r" in self.text:
            # One by itself ends a line too, for Python and for editors; most texts have none.
            starts.extend(match.end() for match in _LINE_END.finditer(self.text))
            return starts
        add, find = starts.append, self.text.find
        position = 0
        while position := find("\n", position) + 1:
            add(position)
        return starts

    def position(self, offset: int) -> tuple[int, int]:
        """1-based line and column of a code-point offset."""
        line = bisect.bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def span(self, start: int, end: int) -> Span:
        """The span between two code-point offsets."""
        return Span(*self.position(start), *self.position(end))

    def line(self, number: int) -> str:
        """The text of a 1-based line without its end; empty where there is none."""
        if not 1 <= number <= len(self._starts):
            return ""
        end = self._starts[number] if number < len(self._starts) else len(self.text)
        return self.text[self._starts[number - 1] : end].removesuffix("\n").removesuffix("\r")

    def lines(self) -> Iterator[str]:
        """Every line in order."""
        return (self.line(number) for number in range(1, len(self._starts) + 1))


class NotTextError(ValueError):
    """The bytes are not text: says which byte and where."""


def decode(path: str, data: bytes) -> SourceText:
    """The text of a file: UTF-8, with or without a byte-order mark, or UTF-16 with one.

    Raises:
        NotTextError: the bytes are binary or in another encoding.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return SourceText(path, data.decode("utf-16"))
        except UnicodeDecodeError as error:
            raise NotTextError("not UTF-16 text although it starts with its byte-order mark") from error
    if b"\0" in data[:8192]:
        raise NotTextError("binary: it holds a null byte")
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        return SourceText(path, data.decode())
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise NotTextError(f"not UTF-8 text: byte 0x{data[error.start]:02x} on line {line}") from error
