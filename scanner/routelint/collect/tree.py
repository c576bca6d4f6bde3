"""`DiskTree`: the files below a root as a `SourceTree`; the one reader of scanned files."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable, Sequence
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

    def __init__(self, root: Path, paths: Sequence[str] | None = None, most_bytes: int = MOST_BYTES) -> None:
        self._root = os.fspath(root)
        self._given = paths
        self._most_bytes = most_bytes

    @cached_property
    def _listed(self) -> dict[str, None]:
        return dict.fromkeys(listing.files(Path(self._root)) if self._given is None else self._given)

    @cached_property
    def _real_root(self) -> str:
        return os.path.realpath(self._root)

    def paths(self) -> Sequence[str]:
        """Every file that may be read, sorted."""
        return tuple(self._listed)

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
            if most_bytes is not None and status.st_size > most_bytes:
                return False
            taken = 0
            while chunk := os.read(descriptor, CHUNK_BYTES):
                taken += len(chunk)
                # A file may grow between the look at its size and its end.
                if most_bytes is not None and taken > most_bytes:
                    return False
                take(chunk)
                if taken >= status.st_size and len(chunk) < CHUNK_BYTES:
                    break
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
            # Git and our own walk list nothing below a linked folder, so only the last part of a listed path can be a link.
            full = f"{self._root}/{path}"
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
        if not full.startswith(self._real_root.rstrip(os.sep) + os.sep):
            raise UnreadableError("outside the scanned root")
        if not stat.S_ISREG(os.lstat(full).st_mode):
            raise UnreadableError("not a regular file")
        return full


def _reason(error: OSError | ValueError) -> str:
    """Why a file could not be opened or read, in the same words on every system."""
    if isinstance(error, UnreadableError):
        return str(error)
    if isinstance(error, OSError) and error.errno is not None:
        known = {errno.EACCES: "permission denied", errno.ENOENT: "no such file", errno.ELOOP: "a loop of symbolic links"}
        return known.get(error.errno, os.strerror(error.errno).lower())
    return str(error)
