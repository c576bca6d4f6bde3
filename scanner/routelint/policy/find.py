"""Where the policy file of a repository lies."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator

NAMES = ("routelint.yaml", ".routelint.yaml", ".github/routelint.yaml")
# How the files that test a policy end.
TESTS = ".routelint-test.yaml"
_MISSPELT = ("routelint.yml", ".routelint.yml", ".github/routelint.yml", ".github/.routelint.yaml", ".github/.routelint.yml")


def find(start: str, exists: Callable[[str], bool]) -> str | None:
    """The policy file that governs `start`: the nearest one upward, to the root of the repository; None where there is none.

    `start` is an absolute POSIX path of a file or folder. Outside a repository only `start` itself is looked at, so that a file
    that someone left in a shared parent folder governs nothing.
    """
    return _first(start, exists, NAMES)


def misspelt(start: str, exists: Callable[[str], bool]) -> str | None:
    """A file that was surely meant as the policy but has a name that is not read, such as `routelint.yml`."""
    return _first(start, exists, _MISSPELT)


def _first(start: str, exists: Callable[[str], bool], names: tuple[str, ...]) -> str | None:
    return next(
        (path for folder in _folders(start, exists) for name in names if exists(path := posixpath.join(folder, name))), None
    )


def _folders(start: str, exists: Callable[[str], bool]) -> list[str]:
    """The folders from `start` up to the root of its repository; only `start` where it lies in none."""
    upward: list[str] = []
    for folder in _upward(start):
        upward.append(folder)
        # A file in a worktree or submodule, else a folder, of which `exists` may be a test for files.
        if exists(posixpath.join(folder, ".git")) or exists(posixpath.join(folder, ".git/HEAD")):
            return upward
    return upward[:1]


def _upward(start: str) -> Iterator[str]:
    folder = posixpath.normpath(start)
    while True:
        yield folder
        above = posixpath.dirname(folder)
        if above == folder:
            return
        folder = above
