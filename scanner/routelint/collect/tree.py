"""`DiskTree`: the files below a root as a `SourceTree`; the one reader of scanned files."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Protocol

from routelint.collect import listing
from routelint.source import SourceTree

MOST_BYTES = 10 * 1024 * 1024
CHUNK_BYTES = 256 * 1024

# Opening a pipe for reading waits for a writer, and a terminal device may become the controlling one.
_FLAGS = os.O_RDONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0)
_FLAGS |= getattr(os, "O_BINARY", 0)
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)


class UnreadableError(OSError):
    """A file of the tree that cannot be read; the text says why in one clause."""


class StreamedTree(SourceTree, Protocol):
    """A tree whose files can also be read in chunks, without holding a large one in memory."""

    def stream(self, path: str, take: Callable[[bytes], object], most_bytes: int | None = None) -> bool:
        """Whether the whole file was given to `take`, in chunks: False where it is larger than `most_bytes`.

        Raises:
            UnreadableError: the file cannot be read.
        """


class DiskTree:
    """The files below `root`. Reads regular files up to `most_bytes`, never outside the root, never a device or pipe."""

    def __init__(
        self,
        root: Path,
        paths: Sequence[str] | None = None,
        most_bytes: int = MOST_BYTES,
        links: AbstractSet[str] | None = None,
    ) -> None:
        """`paths` may be read, all there are where none are given; `links` says which of them are no regular files.

        Where that is not said, each path is asked when it is read.
        """
        self._root = os.fspath(root)
        self._given = paths
        self._links = links
        self._most_bytes = most_bytes
        self._inside: dict[str, bool] = {}

    @cached_property
    def _listed(self) -> dict[str, None]:
        if self._given is None:
            listed = listing.look(Path(self._root))
            self._given, self._links = listed.paths, listed.links
        return dict.fromkeys(self._given)

    @cached_property
    def _paths(self) -> tuple[str, ...]:
        return tuple(self._listed)

    @cached_property
    def _real_root(self) -> str:
        return os.path.realpath(self._root)

    def paths(self) -> Sequence[str]:
        """Every file that may be read, sorted."""
        return self._paths

    def read(self, path: str) -> bytes | None:
        """The bytes of a file; None where it is absent, unreadable, outside the root or larger than is read."""
        chunks: list[bytes] = []
        try:
            whole = self.stream(path, chunks.append, self._most_bytes)
        except UnreadableError:
            return None
        return b"".join(chunks) if whole else None

    def stream(self, path: str, take: Callable[[bytes], object], most_bytes: int | None = None) -> bool:
        """Whether the whole file was given to `take`, in chunks: False where it is larger than `most_bytes`.

        Raises:
            UnreadableError: it is absent, not a regular file, not readable, or outside the root.
        """
        try:
            descriptor = os.open(self._locate(path), _FLAGS | _NO_FOLLOW)
        except (OSError, ValueError) as error:
            raise UnreadableError(_reason(error)) from error
        try:
            status = os.fstat(descriptor)
            if not stat.S_ISREG(status.st_mode):
                raise UnreadableError("not a regular file")
            size = status.st_size
            if most_bytes is not None and size > most_bytes:
                return False
            taken = 0
            # One byte more than there should be: a shorter answer says that this was all. Asking for a whole chunk each time
            # costs three times as much, most of it for memory that is given back at once.
            asked = min(size + 1, CHUNK_BYTES)
            while chunk := os.read(descriptor, asked):
                taken += len(chunk)
                # A file may grow between the look at its size and its end.
                if most_bytes is not None and taken > most_bytes:
                    return False
                take(chunk)
                if taken >= size and len(chunk) < asked:
                    break
                asked = CHUNK_BYTES
        except UnreadableError:
            raise
        except OSError as error:
            raise UnreadableError(_reason(error)) from error
        finally:
            os.close(descriptor)
        return True

    def _locate(self, path: str) -> str:
        """The file behind `path`, links resolved; raises where that is outside the root or no regular file."""
        if path in self._listed:
            full = f"{self._root}/{path}"
            if self._links is not None:
                # What became a link, a device or a pipe since it was listed is refused when it has been opened.
                if path not in self._links:
                    return full
            elif self._is_inside(path[: path.rfind("/") + 1]):
                mode = os.lstat(full).st_mode
                if stat.S_ISREG(mode):
                    return full
                if not stat.S_ISLNK(mode):
                    raise UnreadableError("not a regular file")
        else:
            pure = PurePosixPath(path)
            if pure.is_absolute() or "\0" in path:
                raise UnreadableError("outside the scanned root")
            full = os.path.join(self._root, *pure.parts)  # noqa: PTH118 (a Path costs 6 us per file)
        full = os.path.realpath(full)
        if not self._holds(full):
            raise UnreadableError("outside the scanned root")
        if not stat.S_ISREG(os.lstat(full).st_mode):
            raise UnreadableError("not a regular file")
        return full

    def _is_inside(self, folder: str) -> bool:
        """Whether a folder really lies below the root, and no link leads out of it; each is asked once."""
        inside = self._inside.get(folder)
        if inside is None:
            full = os.path.realpath(f"{self._root}/{folder}")
            inside = self._inside[folder] = full == self._real_root or self._holds(full)
        return inside

    def _holds(self, full: str) -> bool:
        return full.startswith(self._real_root.rstrip(os.sep) + os.sep)


def _reason(error: OSError | ValueError) -> str:
    """Why a file could not be opened or read, in the same words on every system."""
    if isinstance(error, UnreadableError):
        return str(error)
    if isinstance(error, OSError) and error.errno is not None:
        known = {errno.EACCES: "permission denied", errno.ENOENT: "no such file", errno.ELOOP: "a loop of symbolic links"}
        return known.get(error.errno, os.strerror(error.errno).lower())
    return str(error)
