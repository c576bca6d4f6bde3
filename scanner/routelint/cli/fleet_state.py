"""What the scan of a repository depends on: while all of it is as it was, so is the result.

That is the program with its catalog, the options, the day, every file of a policy, which files the repository has and what
stands in those that may hold a route, and whatever else was read on the way: a CODEOWNERS file above the scanned folder, a
dataset, a file that git ignores. Contents are compared, never times, so that a fresh clone counts as unchanged.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import field
from functools import cache
from pathlib import Path

import routelint
import routelint_rules
from routelint.cli.session import Side
from routelint.collect import Collected, DiskTree, StreamedTree, collect_tree, listing, patterns, units
from routelint.collect.tree import MOST_BYTES, UnreadableError
from routelint.deferred import dataclass

_SUFFIXES = (".py", ".json", ".yaml")


@dataclass(frozen=True)
class State:
    """What a scan depended on: a digest of all that is read of every repository, and what this one was asked beyond that.

    `besides` are the folder of a tree, relative to the scanned one, a path in it, and the digest of what was there.
    """

    digest: str
    besides: tuple[tuple[str, str, str], ...] = ()


class UnchangedError(Exception):
    """All that a scan depended on is as it was."""


@cache
def program() -> str:
    """A digest of the code and data of routelint and of the version of Python, which reads Python files."""
    whole = hashlib.sha256(repr(sys.version_info[:2]).encode())
    for package in (routelint, routelint_rules):
        folder = Path(str(package.__file__)).parent
        for path in sorted(each for each in folder.rglob("*") if each.suffix in _SUFFIXES):
            _take(whole, path.relative_to(folder).as_posix(), path.read_bytes())
    return whole.hexdigest()


@dataclass(eq=False)
class Notes:
    """Notes what one scan of the folder `root` depends on while it goes on; where that is as it was `known`, it stops there.

    `options` stand for what the scan was asked; the files in the folder `left_out` are none of the repository's.
    """

    root: Path
    options: object
    left_out: str = ""
    known: State | None = None
    _policy: dict[str, str] = field(default_factory=dict)
    _besides: dict[tuple[str, str], str] = field(default_factory=dict)
    _digest: str = ""

    @property
    def state(self) -> State:
        """What the scan depended on, as far as it has come."""
        return State(self._digest, tuple((*key, each) for key, each in sorted(self._besides.items())))

    def side(self, facts: Callable[[], object]) -> Side:
        """The files on disk, noted; `facts` tells what else the result depends on, once the policy is read."""

        def collect(root: Path, exclude: Sequence[str], on_progress: Callable[[int, int], None]) -> Collected:
            excluded = patterns.matcher(exclude)
            listed = (path for path in listing.files(root) if not self.left_out or not path.startswith(f"{self.left_out}/"))
            tree = DiskTree(root, [path for path in listed if not excluded(path)])
            # Before the scan reads anything: what changes while it runs differs the next time.
            self._digest = _digest_of(tree, (program(), self.options, sorted(self._policy.items()), facts()))
            if self.known is not None and self.known.digest == self._digest and self._as_they_were(self.known):
                raise UnchangedError
            collected = collect_tree(tree, on_progress=on_progress)
            return Collected(self._noted("", tree), collected.units, collected.errors, collected.files)

        def read(path: Path) -> bytes:
            data = path.read_bytes()
            self._policy[self._from_root(path)] = _digest(data)
            return data

        return Side(collect, lambda folder: self._noted(self._from_root(folder), DiskTree(folder, ())), read)

    def _as_they_were(self, known: State) -> bool:
        """Whether what was read besides is as it was."""
        trees: dict[str, DiskTree] = {}
        for folder, path, digest in known.besides:
            tree = trees.setdefault(folder, DiskTree(self.root / folder, ()))
            if _digest(tree.read(path)) != digest:
                return False
        return True

    def _from_root(self, path: Path) -> str:
        return Path(os.path.relpath(path, self.root)).as_posix()

    def _noted(self, folder: str, tree: StreamedTree) -> _NotedTree:
        def note(path: str, digest: str) -> None:
            self._besides.setdefault((folder, path), digest)

        return _NotedTree(tree, frozenset(filter(_is_compared, tree.paths())), note)


class _NotedTree:
    """A tree that notes what is read of it besides the files that are compared anyway."""

    def __init__(self, tree: StreamedTree, compared: frozenset[str], note: Callable[[str, str], None]) -> None:
        self._tree = tree
        self._compared = compared
        self._note = note

    def paths(self) -> Sequence[str]:
        """Every file that may be read, sorted."""
        return self._tree.paths()

    def read(self, path: str) -> bytes | None:
        """The bytes of a file; None where it is absent, unreadable or larger than is read."""
        data = self._tree.read(path)
        if path not in self._compared:
            self._note(path, _digest(data))
        return data

    def stream(self, path: str, take: Callable[[bytes], object], most_bytes: int | None = None) -> bool:
        """Whether the whole file was given to `take`, in chunks: False where it is larger than `most_bytes`.

        Raises:
            UnreadableError: the file cannot be read.
        """
        if path not in self._compared:
            self._note(path, _digest(self._tree.read(path)))
        return self._tree.stream(path, take, most_bytes)


def _is_compared(path: str) -> bool:
    """Whether the content of a file is a part of every state: whether a scan looks into it for routes."""
    return units.language_of(path) is not None


def _digest_of(tree: DiskTree, facts: object) -> str:
    """A digest of the names of all files, the contents of those that are compared, and the facts."""
    whole = hashlib.sha256(repr(facts).encode("utf-8", "surrogateescape"))
    for path in tree.paths():
        _take(whole, path, _content(tree, path) if _is_compared(path) else b"")
    return whole.hexdigest()


def _content(tree: DiskTree, path: str) -> bytes:
    chunks: list[bytes] = []
    try:
        if tree.stream(path, chunks.append, MOST_BYTES):
            return b"+" + b"".join(chunks)
        # Of a file that is too large to be read only the chunks of one pass are held.
        large = hashlib.sha256()
        tree.stream(path, large.update)
    except UnreadableError as error:
        return f"-{error}".encode()
    return b"=" + large.digest()


def _take(whole: hashlib._Hash, name: str, content: bytes) -> None:
    """Adds a file to a digest so that no other names and contents give the same bytes."""
    encoded = name.encode("utf-8", "surrogateescape")
    whole.update(b"%d %d " % (len(encoded), len(content)))
    whole.update(encoded)
    whole.update(content)


def _digest(data: bytes | None) -> str:
    """A digest of a file's content; empty where there is none to be read."""
    return "" if data is None else hashlib.sha256(data).hexdigest()
