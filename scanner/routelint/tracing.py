"""What was asked of a tree while something was worked out: the result holds for as long as the answers are the same.

Three kinds of question are told apart, because they go stale for different reasons: the content of a file, which files hold a
word, and which environment variables are set for a place. What files there are is a fourth; it is taken to be the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import field
from functools import cached_property

from routelint.deferred import dataclass
from routelint.source import SourceTree

# A program longer than this is data: no word is looked for in it.
MOST_BYTES_SEARCHED = 4_000_000
DIGEST_BYTES = 16


@dataclass(frozen=True, slots=True)
class Search:
    """A word that was looked for: the files that were found to hold it, and whether these are all."""

    word: str
    hits: tuple[str, ...]
    whole: bool


@dataclass(eq=False)
class Trace:
    """The questions asked while one result was worked out; `settings` maps a place and a name to the digest of the answer."""

    files: dict[str, None] = field(default_factory=dict)
    searches: dict[tuple[str, str], Search] = field(default_factory=dict)
    settings: dict[tuple[str, str], bytes] = field(default_factory=dict)


class TracedTree:
    """A tree that notes what is asked of it. What is remembered of a file must be noted again by whoever remembers it."""

    def __init__(self, tree: SourceTree) -> None:
        self.untraced = tree
        self._trace = Trace()

    @classmethod
    def of(cls, tree: SourceTree) -> TracedTree:
        """The tree itself where it notes already."""
        return tree if isinstance(tree, cls) else cls(tree)

    @cached_property
    def _paths(self) -> tuple[str, ...]:
        return tuple(self.untraced.paths())

    def paths(self) -> Sequence[str]:
        """Every file that may be read, sorted."""
        return self._paths

    def read(self, path: str) -> bytes | None:
        """The bytes of a file; None where it is absent, unreadable or larger than is read."""
        self.note_file(path)
        return self.untraced.read(path)

    def note_file(self, path: str) -> None:
        """Notes that a result rests on a file's content, or on its absence."""
        self._trace.files[path] = None

    def note_search(self, near: str, search: Search) -> None:
        """Notes that a result rests on which files hold a word."""
        self._trace.searches[search.word, near] = search

    def note_setting(self, path: str, name: str, found: Sequence[object]) -> None:
        """Notes that a result rests on what is set under a name for the code at a path."""
        if (path, name) not in self._trace.settings:
            self._trace.settings[path, name] = digest(found)

    @contextmanager
    def traced(self) -> Iterator[Trace]:
        """What is asked of the tree inside the block."""
        outer, self._trace = self._trace, Trace()
        try:
            yield self._trace
        finally:
            self._trace = outer


def holds(data: bytes | None, word: str) -> bool:
    """Whether a file holds a word, as searches of programs see it."""
    return data is not None and len(data) <= MOST_BYTES_SEARCHED and word.encode() in data


def digest(value: object) -> bytes:
    """A digest of a value that is printed alike wherever it is equal: of dataclasses, tuples, numbers and texts."""
    return digest_of_bytes(repr(value).encode("utf-8", "surrogateescape"))


def digest_of_bytes(data: bytes | None) -> bytes:
    """A digest of the content of a file; empty where there is none."""
    return b"" if data is None else hashlib.blake2b(data, digest_size=DIGEST_BYTES).digest()
