"""Where the results of earlier runs lie, and in what state the files are that they rest on.

There is one file per scanned folder in the user's cache folder. Whatever is wrong with it, the scan goes on as if there were
none: a cache saves time and is never needed. It is written beside its place and renamed, so that of two scans at once the last
one wins and both are right.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from routelint.cache import CachedRunner, FileState, Snapshot, file
from routelint.cache.entries import Signature
from routelint.cli import writing
from routelint.parse.steps import Workers
from routelint.source import SourceTree
from routelint.tracing import digest_of_bytes

SUFFIX = ".routelint-cache"
LARGEST_BYTES = 256 * 1024 * 1024
DAYS_KEPT = 30
# A file written so shortly before the run may be written again without a change of its time.
CLOCK_NANOSECONDS = 2_000_000_000
_PACKAGE = Path(__file__).parent.parent


class Cache:
    """The results kept for one scanned folder, as it is asked for with some patterns left out."""

    def __init__(self, folder: Path, root: Path, exclude: Sequence[str], tree: SourceTree) -> None:
        named = "\0".join((os.fspath(root), *exclude)).encode("utf-8", "surrogateescape")
        self._folder = folder
        self._place = folder / f"{hashlib.blake2b(named, digest_size=16).hexdigest()}{SUFFIX}"
        self._root = os.fspath(root)
        self._tree = tree
        self._started = time.time_ns()
        self._digests: dict[str, bytes] = {}
        self._touched: list[str] = []
        self._earlier = self._load(_basis())

    def runner(self, workers: Workers) -> CachedRunner:
        """A runner of steps that takes what holds of the results kept, and has the rest done by `workers`."""
        return CachedRunner(self._earlier, self._digest, workers)

    def _digest(self, path: str) -> bytes:
        """The digest of a file as it is in this run; it is not read where it has not been touched since the last one."""
        if path not in self._digests:
            known = self._earlier.states.get(path)
            if known is not None and known.signature is not None and known.signature == self._signature(path):
                self._digests[path] = known.digest
            else:
                self._digests[path] = digest_of_bytes(self._tree.read(path))
                if known is not None and known.digest == self._digests[path]:
                    self._touched.append(path)
        return self._digests[path]

    def keep(self, runner: CachedRunner) -> None:
        """Keeps the results of a run for the next one; silent where that cannot be written.

        It is not written again where nothing is new. New times of files are, for the next run would read them all again.
        """
        if not runner.has_news and not any(self._state(path).signature for path in self._touched):
            return
        data = file.dump(runner.snapshot(self._state))
        if len(data) > LARGEST_BYTES:
            return
        with contextlib.suppress(OSError):
            new = not self._folder.exists()
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if new:
                # The two signs by which other programs leave a folder out: backups, and git.
                (self._folder / "CACHEDIR.TAG").write_text("Signature: 8a477f597d28d172789f06886806bc55\n", "ascii")
                (self._folder / ".gitignore").write_text("*\n", "ascii")
            writing.replace_file(self._place, data)
            self._tidy()

    def _load(self, basis: bytes) -> Snapshot:
        """What an earlier run kept; nothing where it rests on another program, or cannot be trusted."""
        empty = Snapshot(basis)
        try:
            descriptor = os.open(self._place, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
        except OSError:
            return empty
        try:
            with os.fdopen(descriptor, "rb") as stream:
                status = os.fstat(descriptor)
                if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST_BYTES or not _is_own(status):
                    return empty
                found = file.load(stream.read())
        except (OSError, file.UnreadableCacheError):
            return empty
        return found if found.basis == basis else empty

    def _state(self, path: str) -> FileState:
        return FileState(self._digest(path), self._signature(path, before=self._started - CLOCK_NANOSECONDS))

    def _signature(self, path: str, before: int | None = None) -> Signature | None:
        """What tells that a file is as it was; None where it is none, or was written later than `before`."""
        try:
            status = os.stat(f"{self._root}/{path}")  # noqa: PTH116 (a Path costs 6 us per file)
        except (OSError, ValueError):
            return None
        if not stat.S_ISREG(status.st_mode) or (before is not None and max(status.st_mtime_ns, status.st_ctime_ns) >= before):
            return None
        return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino

    def _tidy(self) -> None:
        """Removes what no run has asked for in a month."""
        oldest = time.time() - DAYS_KEPT * 24 * 60 * 60
        for each in self._folder.glob(f"*{SUFFIX}"):
            with contextlib.suppress(OSError):
                if each.stat().st_mtime < oldest:
                    each.unlink()


def _is_own(status: os.stat_result) -> bool:
    """Whether a file is this user's and nobody else may have written it."""
    return not hasattr(os, "getuid") or (status.st_uid == os.getuid() and not status.st_mode & 0o022)


def _basis() -> bytes:
    """A digest of what every result rests on: this program, and the version of Python."""
    whole = hashlib.blake2b(digest_size=32)
    whole.update(repr(sys.version_info[:2]).encode())
    for path, size, written in _program():
        whole.update(f"{path}\0{size}\0{written}\n".encode())
    return whole.digest()


def _program() -> list[tuple[str, int, int]]:
    """The code and data that a result rests on, with size and time: those of an installed version never change."""
    found: list[tuple[str, int, int]] = []
    work = [os.fspath(_PACKAGE)]
    while work:
        with os.scandir(work.pop()) as entries:
            for each in entries:
                if each.is_dir():
                    if each.name not in ("__pycache__", "cli", "output"):
                        work.append(each.path)
                else:
                    status = each.stat()
                    found.append((each.path, status.st_size, status.st_mtime_ns))
    return sorted(found)
