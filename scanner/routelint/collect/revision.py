"""`RevisionTree`: the files of a commit or of the index as a `SourceTree`; what is unchanged is read from a tree at hand."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property
from typing import Protocol

from routelint.collect import listing, patterns
from routelint.collect.tree import MOST_BYTES, StreamedTree, UnreadableError
from routelint.deferred import dataclass

# As many links to links as systems follow.
MOST_LINKS = 40
LONGEST_TARGET = 4096


@dataclass(frozen=True, slots=True)
class Blob:
    """A file of a revision: the name of its content, and whether that is the target of a symbolic link."""

    id: str
    link: bool = False


class BlobStore(Protocol):
    """Where the contents of a revision are."""

    def size(self, blob_id: str) -> int | None:
        """The bytes of a content; None where it is not there."""

    def stream(self, blob_id: str, take: Callable[[bytes], object]) -> None:
        """Gives a content to `take` in chunks."""


class RevisionTree:
    """The files `blobs` (path -> content) of a revision; those `same` are the files of `at_hand` and read from there."""

    def __init__(
        self,
        blobs: Mapping[str, Blob],
        store: BlobStore,
        at_hand: StreamedTree,
        same: AbstractSet[str] = frozenset(),
        exclude: Sequence[str] = (),
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._blobs = blobs
        self._store = store
        self._at_hand = at_hand
        self._most_bytes = most_bytes
        self.same = same
        self._exclude = exclude

    @cached_property
    def _paths(self) -> tuple[str, ...]:
        excluded = patterns.matcher(self._exclude)
        return tuple(path for path in listing.worth_reading({*self._blobs, *self.same}, self.read) if not excluded(path))

    def paths(self) -> Sequence[str]:
        """Every file that may be read, sorted."""
        return self._paths

    def read(self, path: str) -> bytes | None:
        """The bytes of a file; None where it is absent, leads out of the tree or is larger than is read."""
        if path in self.same:
            return self._at_hand.read(path)
        chunks: list[bytes] = []
        try:
            whole = self.stream(path, chunks.append, self._most_bytes)
        except UnreadableError:
            return None
        return b"".join(chunks) if whole else None

    def stream(self, path: str, take: Callable[[bytes], object], most_bytes: int | None = None) -> bool:
        """Whether the whole file was given to `take`, in chunks: False where it is larger than `most_bytes`.

        Raises:
            UnreadableError: it is absent, or a link that leads nowhere or out of the tree.
        """
        if path in self.same:
            return self._at_hand.stream(path, take, most_bytes)
        place = path
        for _ in range(MOST_LINKS):
            if place in self.same:
                return self._at_hand.stream(place, take, most_bytes)
            blob = self._blobs.get(place)
            if blob is None:
                raise UnreadableError("no such file")
            size = self._store.size(blob.id)
            if size is None:
                raise UnreadableError("its content is not in this clone")
            if not blob.link:
                if most_bytes is not None and size > most_bytes:
                    return False
                self._store.stream(blob.id, take)
                return True
            place = self._target(place, blob.id, size)
        raise UnreadableError("a loop of symbolic links")

    def _target(self, place: str, blob_id: str, size: int) -> str:
        chunks: list[bytes] = []
        if size <= LONGEST_TARGET:
            self._store.stream(blob_id, chunks.append)
        target = b"".join(chunks).decode("utf-8", "surrogateescape")
        whole = posixpath.normpath(posixpath.join(posixpath.dirname(place), target))
        if not target or target.startswith("/") or whole.startswith("../") or whole == "..":
            raise UnreadableError("outside the scanned root")
        return whole
