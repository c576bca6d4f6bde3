"""Every Python file of the scan: parsed when first asked for, found by name or by the words it holds."""

from __future__ import annotations

import bisect
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property

from routelint.model import ScanError
from routelint.parse.python import notebook, words
from routelint.parse.python.modules import Module
from routelint.parse.python.syntax import ModuleError, parse_text
from routelint.parse.python.word_index import Holders, WordIndex
from routelint.source import NotTextError, SourceTree, decode
from routelint.tracing import Search, TracedTree

# A module beyond this is data, not code that people wrote: reading it would cost seconds for nothing.
MOST_BYTES = 4_000_000
# Files looked through for the callers of one name, nearest first.
MOST_FILES_SEARCHED = 5_000
# So much of them is held in memory for the next search; the rest is read again.
MOST_BYTES_HELD = 24_000_000
# Indexing a file takes as long as looking through its text for so many names.
FEW_NAMES = 12
# Words for which is remembered what files hold them.
MOST_WORDS_HELD = 64
# Questions about which files there are.
FILE, MODULES = "file", "modules"
# Files parsed for the callers of one name.
MOST_FILES_PARSED = 60
# Files that set one name of another module.
MOST_FILES_SETTING = 8


class Program:
    """Every Python file of the scan, parsed when first asked for."""

    def __init__(self, tree: SourceTree, paths: Sequence[str]) -> None:
        self.tree = TracedTree.of(tree)
        self.paths = tuple(sorted(paths))
        self.errors: dict[str, tuple[ScanError, ...]] = {}
        self._modules: dict[str, Module | None] = {}
        self._bytes: dict[int, bytes] = {}
        self._searched: dict[tuple[str, str, str], Search] = {}
        self._bytes_held = 0
        self._index = WordIndex(len(self.paths), self._data)
        self._holders: dict[tuple[str, str], Holders] = {}
        self._names = 0
        self._imported: dict[tuple[str, str], str | None] = {}

    @cached_property
    def _path_set(self) -> frozenset[str]:
        return frozenset(self.paths)

    def exists(self, path: str) -> bool:
        """Whether there is a Python file at a path."""
        found = self.is_file(path)
        self.tree.note_answer((FILE, path), found)
        return found

    def is_file(self, path: str) -> bool:
        """The same, for whoever does not rest on it."""
        return path in self._path_set

    def named(self, name: str) -> Sequence[str]:
        """The paths of the modules and packages of a name, without the packages around them."""
        return self._by_name.get(name, ())

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        """Last component of a module's dotted name -> paths of modules and packages of that name."""
        found: dict[str, list[str]] = defaultdict(list)
        for path in self.paths:
            parent, _, file = path.rpartition("/")
            if file == "__init__.py":
                found[parent.rpartition("/")[2]].append(path)
            elif file.endswith(".py"):
                found[file[:-3]].append(path)
        return found

    def module(self, path: str) -> Module | None:
        """The parsed module; None where it cannot be read, and then `errors` says why."""
        if path in self._modules:
            self.tree.note_file(path)
        else:
            self._modules[path] = None
            try:
                self._modules[path] = self._load(path)
            except ModuleError as error:
                self.errors[path] = (error.error,)
            except NotTextError as error:
                self.errors[path] = (ScanError(path, str(error)),)
        return self._modules[path]

    def _load(self, path: str) -> Module | None:
        data = self.tree.read(path)
        if data is None:
            return None
        if len(data) > MOST_BYTES:
            raise ModuleError(ScanError(path, f"larger than {MOST_BYTES} bytes: not read as a Python module"))
        text = decode(path, data).text
        if path.endswith(".ipynb"):
            cells = notebook.read(path, text)
            if cells.errors:
                self.errors[path] = cells.errors
            return Module(path, cells.code, cells.tree, cells.lines)
        return Module(path, text, parse_text(path, text))

    def calling(self, name: str, near: str, *, imported: bool) -> tuple[str, ...]:
        """The files that may call what the file `near` calls `name`, or hand it on, nearest first, up to the bound.

        What is `imported` is called by the file itself, and where its module is named or its name is imported.
        """
        return self._search(words.CALL, name, near, self._origins(near) if imported else ())

    def setting(self, name: str, near: str) -> tuple[str, ...]:
        """The files that store to an attribute of a name, nearest to a path first: `settings.MODEL = ...`."""
        # Only names in capitals, as settings have: every object has attributes of the others.
        return self._search(words.STORE, name, near, ())[:MOST_FILES_SETTING] if name.isupper() else ()

    def _origins(self, path: str) -> tuple[str, ...]:
        """The module of a file and the packages around it, by any of which what it defines can be reached."""
        folder, _, file = path.rpartition("/")
        found = [] if file == "__init__.py" else [file.rpartition(".")[0]]
        while folder and self.exists(f"{folder}/__init__.py"):
            folder, _, package = folder.rpartition("/")
            found.append(package)
        return tuple(found)

    def _search(self, kind: str, name: str, near: str, origins: tuple[str, ...]) -> tuple[str, ...]:
        # What is imported is known by its own module too; anything else is the same for all files of a folder.
        key = (kind, name, near if origins else near.rpartition("/")[0])
        if key not in self._searched:
            hits: list[str] = []
            for index in self._holding(kind, name, near):
                path = self.paths[index]
                if not origins or path == near or words.holds(self._data(index), kind, name, origins):
                    hits.append(path)
                    if len(hits) >= MOST_FILES_PARSED:
                        break
            self._searched[key] = Search(kind, name, origins, near, tuple(hits), len(hits) >= MOST_FILES_PARSED)
        found = self._searched[key]
        self.tree.note_search(found)
        if len(self.paths) > MOST_FILES_SEARCHED:
            # Any new file may push another one out of those that are looked at.
            self.tree.paths()
        return found.hits

    def _holding(self, kind: str, name: str, near: str) -> Iterator[int]:
        """The files that hold a name, nearest first, of so many of the nearest that are searched at all.

        Wherever it may come from: most files do not hold it, and only those that do are asked for its origins.
        """
        holders = self._holders.pop((kind, name), None) or self._new_holders(kind, name)
        self._holders[kind, name] = holders
        if len(self._holders) > MOST_WORDS_HELD:
            del self._holders[next(iter(self._holders))]
        left = MOST_FILES_SEARCHED
        for stretch in self._nearest(near):
            searched = stretch[:left]
            left -= len(searched)
            yield from holders.within(searched)

    def _new_holders(self, kind: str, name: str) -> Holders:
        self._names += 1
        # Most files do not have the word at all, which an index tells many times as fast as their text.
        number = words.number(name) if self._names > FEW_NAMES else None

        def may_hold(files: range) -> Sequence[int]:
            return files if number is None else self._index.holding(number, files)

        return Holders(len(self.paths), may_hold, lambda index: words.holds(self._data(index), kind, name))

    def _data(self, index: int) -> bytes:
        held = self._bytes.get(index)
        if held is not None:
            return held
        path = self.paths[index]
        data = words.searched(path, self.tree.untraced.read(path))
        if self._bytes_held + len(data) <= MOST_BYTES_HELD:
            self._bytes[index] = data
            self._bytes_held += len(data)
        return data

    def _nearest(self, near: str) -> Iterator[range]:
        """Every file as stretches of the sorted paths: those that share the most folders with a path first.

        What lies below a folder is one stretch: ranking all files for every folder would be quadratic.
        """
        parts = near.split("/")[:-1]
        start = end = 0
        for depth in range(len(parts), -1, -1):
            prefix = "".join(part + "/" for part in parts[:depth])
            outer_start = bisect.bisect_left(self.paths, prefix)
            outer_end = bisect.bisect_left(self.paths, prefix + "\U0010ffff") if prefix else len(self.paths)
            if start == end:
                yield range(outer_start, outer_end)
            else:
                yield range(outer_start, start)
                yield range(end, outer_end)
            start, end = outer_start, outer_end

    def find_module(self, name: str, importer: str, level: int = 0) -> str | None:
        """The path of the module or package `name` as the file `importer` would import it; None for one from outside.

        A package without `__init__.py` has no path: its modules are found by their own names.
        """
        if level:
            return self._relative(name, importer, level)
        key = (name, importer.rpartition("/")[0])
        last = name.rpartition(".")[2]
        self.tree.note_answer((MODULES, last), self.named(last))
        if key not in self._imported:
            self._imported[key] = self._absolute(name, importer)
        return self._imported[key]

    def _relative(self, name: str, importer: str, level: int) -> str | None:
        folder = importer.rpartition("/")[0]
        for _ in range(level - 1):
            folder = folder.rpartition("/")[0]
        stem = "/".join(part for part in (folder, name.replace(".", "/")) if part)
        return self._file(stem)

    def _file(self, stem: str) -> str | None:
        for path in (f"{stem}/__init__.py", f"{stem}.py") if stem else ("__init__.py",):
            if self.exists(path):
                return path
        return None

    def _absolute(self, name: str, importer: str) -> str | None:
        inner = name.replace(".", "/")
        candidates = []
        for path in self.named(name.rpartition(".")[2]):
            stem = path.removesuffix("/__init__.py").removesuffix(".py")
            if stem == inner or stem.endswith("/" + inner):
                root = stem[: -len(inner)].rstrip("/")
                candidates.append((root, path))
        parts = importer.split("/")[:-1]
        reachable = [(root, path) for root, path in candidates if self._importable(root, parts, "." in name)]
        if not reachable:
            return None
        return min(reachable, key=lambda each: (-_shared(parts, each[0].split("/")), len(each[0]), each[1]))[1]

    def _importable(self, root: str, importer: Sequence[str], qualified: bool) -> bool:
        """Whether a folder is likely on the importer's module search path: above it, or a source root near it."""
        folder = root.split("/") if root else []
        if list(importer[: len(folder)]) == folder:
            return True
        if folder[-1] in ("src", "lib", "python", "app", "source", "layer", "layers", "shared", "common"):
            return True
        # A layer is a folder of its own, and each of its functions has it on its path.
        if folder[-2:-1] in (["layer"], ["layers"]):
            return True
        # A package path of two names or more that exists in the repository is not a coincidence.
        return qualified or _shared(importer, folder) >= max(1, len(folder) - 2)


def _shared(left: Sequence[str], right: Sequence[str]) -> int:
    """How many leading parts agree."""
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return count
