"""What was asked of a tree while something was worked out: the result holds for as long as the answers are the same.

Questions are told apart by what makes their answers stale: the content of a file, which files hold a word, the whole list of
files, and whatever can be asked anew for less than it costs to work a result out, such as which modules there are of a name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import field
from functools import cached_property
from typing import TypeAlias

from routelint.deferred import dataclass
from routelint.source import SourceTree

DIGEST_BYTES = 16


# Its kind, in words of the language, and what it is about.
Question: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Search:
    """A word that was looked for near a file: the first files that hold it, nearest first.

    `kind` and `origins` say how they hold it, in words of the language. A search that is `full` stopped at the last of them,
    and did not look at what is farther away.
    """

    kind: str
    word: str
    origins: tuple[str, ...]
    near: str
    hits: tuple[str, ...]
    full: bool

    def finds_the_same(self, path: str, *, held: bool) -> bool:
        """Whether the hits would be the same with a file that holds the word now, or does not."""
        if path in self.hits:
            return held
        return not held or (self.full and distance(self.near, path) > distance(self.near, self.hits[-1]))


def distance(near: str, path: str) -> tuple[int, str]:
    """What files are sorted by to look at the nearest to a file first: those that share the most folders with it."""
    shared = 0
    for one, other in zip(near.split("/")[:-1], path.split("/")[:-1], strict=False):
        if one != other:
            break
        shared += 1
    return -shared, path


@dataclass(eq=False)
class Trace:
    """The questions asked while one result was worked out, with the digest of the answer to each.

    `files` maps a path to its content, `answers` a question to what was answered. `listing` is a digest of which files there
    are, where that was asked.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    searches: dict[tuple[str, str, tuple[str, ...], str], Search] = field(default_factory=dict)
    answers: dict[Question, bytes] = field(default_factory=dict)
    listing: bytes = b""


class TracedTree:
    """A tree that notes what is asked of it. What is remembered of a file must be noted again by whoever remembers it.

    With `digests` the content of each file is digested when it is read; without, a trace says only which files were read.
    """

    def __init__(self, tree: SourceTree, *, digests: bool = False) -> None:
        self.untraced = tree
        self.with_digests = digests
        self._digests: dict[str, bytes] = {}
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
        if self.with_digests:
            self._trace.listing = self.listing
        return self._paths

    @cached_property
    def listing(self) -> bytes:
        """A digest of which files there are."""
        return digest_of_bytes("\n".join(self._paths).encode("utf-8", "surrogateescape"))

    def read(self, path: str) -> bytes | None:
        """The bytes of a file; None where it is absent, unreadable or larger than is read."""
        data = self.untraced.read(path)
        self._digests[path] = self._trace.files[path] = digest_of_bytes(data) if self.with_digests else b""
        return data

    def note_file(self, path: str) -> None:
        """Notes that a result rests on the content of a file that was read before, or is read now."""
        if path not in self._trace.files:
            if path in self._digests:
                self._trace.files[path] = self._digests[path]
            else:
                self.read(path)

    def note_search(self, search: Search) -> None:
        """Notes that a result rests on which files hold a word."""
        self._trace.searches[search.kind, search.word, search.origins, search.near] = search

    def note_answer(self, question: Question, answer: object) -> None:
        """Notes that a result rests on the answer to a question, which is printed alike wherever it is equal."""
        if question not in self._trace.answers:
            self._trace.answers[question] = digest(answer) if self.with_digests else b""

    @contextmanager
    def traced(self) -> Iterator[Trace]:
        """What is asked of the tree inside the block."""
        outer, self._trace = self._trace, Trace()
        try:
            yield self._trace
        finally:
            self._trace = outer


def digest(value: object) -> bytes:
    """A digest of a value that is printed alike wherever it is equal: of dataclasses, tuples, numbers and texts."""
    return digest_of_bytes(repr(value).encode("utf-8", "surrogateescape"))


def digest_of_bytes(data: bytes | None) -> bytes:
    """A digest of the content of a file; empty where there is none."""
    import hashlib  # loads OpenSSL, of which a scan without a cache has no need

    return b"" if data is None else hashlib.blake2b(data, digest_size=DIGEST_BYTES).digest()
