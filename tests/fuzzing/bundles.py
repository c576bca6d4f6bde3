"""A tree of files as one run of bytes, so that a mutation may cut across files and a crash is one file to keep."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from routelint.collect.tree import UnreadableError

_HEAD = re.compile(rb"^#==> (.{1,200}?) <==#\n", re.MULTILINE)
MOST_FILES = 40


def pack(files: Mapping[str, bytes]) -> bytes:
    """The files in one text: each after a line with its path."""
    parts = []
    for path, data in files.items():
        end = b"" if data.endswith(b"\n") or not data else b"\n"
        parts.append(b"#==> %s <==#\n%s%s" % (path.encode("utf-8", "surrogateescape"), data, end))
    return b"".join(parts)


def unpack(data: bytes, default: str) -> dict[str, bytes]:
    """Path -> bytes; what stands before the first line with a path is the file `default`."""
    parts = _HEAD.split(data, MOST_FILES)
    files = {default: parts[0]} if parts[0] or len(parts) == 1 else {}
    for path, content in zip(parts[1::2], parts[2::2], strict=True):
        files[_below(path.decode("utf-8", "surrogateescape"))] = content
    return files


def _below(path: str) -> str:
    """A path as a listing of files would hold it: relative, without `..`, but with whatever characters it has."""
    kept = [part for part in path.replace("\0", "").split("/") if part not in ("", ".", "..")]
    return "/".join(kept) or "empty"


def of_folder(folder: Path, without: frozenset[str] = frozenset()) -> bytes:
    """The files below a folder, sorted, less those called as in `without`."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in without)
    return pack({path.relative_to(folder).as_posix(): path.read_bytes() for path in paths})


@dataclass(frozen=True)
class StreamedMemory:
    """A tree in memory that collecting can read as it reads a disk."""

    files: Mapping[str, bytes]

    def paths(self) -> tuple[str, ...]:
        """Every path, sorted."""
        return tuple(sorted(self.files))

    def read(self, path: str) -> bytes | None:
        """The bytes of a file; None where it is absent."""
        return self.files.get(path)

    def stream(self, path: str, take: Callable[[bytes], object], most_bytes: int | None = None) -> bool:
        """Whether the whole file was given to `take`.

        Raises:
            UnreadableError: there is no such file.
        """
        if path not in self.files:
            raise UnreadableError("no such file")
        if most_bytes is not None and len(self.files[path]) > most_bytes:
            return False
        take(self.files[path])
        return True
