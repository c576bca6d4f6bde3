"""The files of a scan as a set, and the folders that they lie in."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable
from functools import cached_property


class Paths:
    """The paths of a scan's files, asked once for each path that code writes."""

    def __init__(self, files: Iterable[str]) -> None:
        """Takes the paths of the files; folders are told from them when one is first asked for."""
        self.files = frozenset(files)

    def __contains__(self, path: str) -> bool:
        """Whether a path is a file of the scan, or a folder that holds one; `.` always is."""
        return path in self.files or self.is_folder(path)

    def is_folder(self, path: str) -> bool:
        """Whether a path is a folder that holds a file of the scan; `.` always is."""
        return path == "." or path in self._folders

    @cached_property
    def _folders(self) -> frozenset[str]:
        found: set[str] = set()
        for path in self.files:
            folder = posixpath.dirname(path)
            while folder and folder not in found:
                found.add(folder)
                folder = posixpath.dirname(folder)
        return frozenset(found)
