"""Whether a module of the repository is a library's own source, or only has a name that a library has too."""

from __future__ import annotations

import posixpath
import re
import tomllib
from functools import cached_property

from routelint.deferred import lazy_regex
from routelint.source import NotTextError, SourceTree, decode
from routelint.tracing import TracedTree

MOST_BYTES = 500_000
# An application's own package called like a library is not as large.
LEAST_MODULES = 100
_NAME = lazy_regex(r"""^\s*name\s*=\s*["']?([A-Za-z0-9][\w.-]*)""", re.MULTILINE)
_ANYWHERE = lazy_regex(r"""\bname\s*=\s*["']([A-Za-z0-9][\w.-]*)["']""")
_INSTALLED = lazy_regex(r"(?:^|/)([A-Za-z0-9][\w.]*)-[^/]*\.dist-info/")
_PROJECT_FILES = (("pyproject.toml", None), ("setup.cfg", _NAME), ("setup.py", _ANYWHERE))


# Questions about which files there are.
SIZE, INSTALLED = "size", "installed"


class Ownership:
    """Answers for one tree; project files are read once."""

    def __init__(self, tree: SourceTree) -> None:
        self._tree = TracedTree.of(tree)
        self._names: dict[str, str | None] = {}
        self._sizes: dict[str, int] = {}

    def belongs(self, path: str, library: str, package: str) -> bool:
        """Whether the project a module is part of, or an installed one beside it, is a library or a part of it.

        A part has the library's name before its own: `llama-index-llms-bedrock` of `llama-index`. Where nothing names the
        project, a package of the library's name and size is taken for it.
        """
        if self._size(path, package) >= LEAST_MODULES:
            return True
        wanted = _normalized(library)
        projects = set(self.installed)
        self._tree.note_answer((INSTALLED,), sorted(projects))
        folder = posixpath.dirname(path)
        while True:
            name = self._project(folder)
            if name is not None:
                projects.add(name)
            if not folder:
                break
            folder = posixpath.dirname(folder)
        return any(each == wanted or each.startswith(f"{wanted}-") for each in projects)

    def _size(self, path: str, package: str) -> int:
        """How many modules the package of a name around a module has."""
        parts = path.split("/")
        if package not in parts[:-1]:
            return 0
        folder = "/".join(parts[: parts.index(package) + 1]) + "/"
        found = self.size(folder)
        self._tree.note_answer((SIZE, folder), found)
        return found

    def size(self, folder: str) -> int:
        """How many modules lie below a folder, whose path ends with a slash."""
        if folder not in self._sizes:
            paths = self._tree.untraced.paths()
            self._sizes[folder] = sum(1 for each in paths if each.startswith(folder) and each.endswith(".py"))
        return self._sizes[folder]

    @cached_property
    def installed(self) -> frozenset[str]:
        """The projects that lie in the tree as an installer lays them out."""
        found = (_INSTALLED.search(path) for path in self._tree.untraced.paths())
        return frozenset(_normalized(each[1]) for each in found if each is not None)

    def _project(self, folder: str) -> str | None:
        """The name of the project a folder is the root of; None where it is none."""
        if folder in self._names:
            for file, _ in _PROJECT_FILES:
                self._tree.note_file(posixpath.join(folder, file))
        else:
            self._names[folder] = self._read(folder)
        return self._names[folder]

    def _read(self, folder: str) -> str | None:
        for file, pattern in _PROJECT_FILES:
            path = posixpath.join(folder, file)
            data = self._tree.read(path)
            if data is None or len(data) > MOST_BYTES:
                continue
            try:
                text = decode(path, data).text
            except NotTextError:
                continue
            name = _of_toml(text) if file == "pyproject.toml" else None
            if pattern is not None and (found := pattern.search(text)) is not None:
                name = found[1]
            if name is not None:
                return _normalized(name)
        return None


def _of_toml(text: str) -> str | None:
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return None
    tool = document.get("tool")
    poetry = tool.get("poetry") if isinstance(tool, dict) else None
    for table in (document.get("project"), poetry):
        name = table.get("name") if isinstance(table, dict) else None
        if isinstance(name, str):
            return name
    return None


def _normalized(name: str) -> str:
    """A project's name as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()
