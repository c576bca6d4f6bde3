"""Which files of a scan its programs import: by path, and the other way round."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence
from functools import cached_property

from routelint.deferred import lazy_regex
from routelint.source import SourceTree

# Programs of a scan that are looked through for imports of others, their bytes, and the files that import one.
MOST_IMPORTERS = 20_000
MOST_IMPORTER_BYTES = 64_000_000
MOST_FOUND = 256
_MOST_REEXPORTS = 64
_SUFFIXES = ("", ".ts", ".tsx", ".js", ".mjs", ".cjs", ".mts", ".jsx", ".json", "/index.ts", "/index.js", "/index.mjs")
_SCRIPTS = (".ts", ".tsx", ".js", ".mjs", ".cjs", ".mts", ".jsx")
_ALIAS = lazy_regex(r"[@~]/(.+)")
_JAVASCRIPT = lazy_regex(r"\.(?:js|mjs|cjs)$")
# An import is looked for by how its path opens: there are fewer of these than letters that a keyword may start with.
_OPENINGS = tuple(quote + first for quote in (b"'", b'"') for first in (b".", b"@", b"~"))
_TARGET = lazy_regex(rb"([^'\"\n]{1,201})['\"]")
_KEYWORD = lazy_regex(rb"\b(?:from|require\s*\(|import\s*\(?)$")
_EXPORT = lazy_regex(rb"\bexport\b")
_MOST_BLANKS = 200
_LONGEST_KEYWORD = 40
_LONGEST_EXPORT = 406


def is_script(path: str) -> bool:
    """Whether a file is written in JavaScript or a relative."""
    return path.endswith(_SCRIPTS)


class Imports:
    """The imports of a scan's programs. `scripts` are all files of JavaScript and its relatives."""

    def __init__(self, tree: SourceTree, paths: frozenset[str], scripts: Sequence[str]) -> None:
        """Takes the files of the scan; programs are looked through when it is first asked who imports one."""
        self._tree = tree
        self.paths = paths
        self._scripts = scripts
        self._resolved: dict[tuple[str, str], str | None] = {}

    def resolve(self, importer: str, target: str) -> str | None:
        """The path that an import means: relative to it, or `@/...`, below a folder above it; None where absent."""
        if not target.startswith((".", "@/", "~/")):
            return None
        folder = posixpath.dirname(importer)
        key = (folder, target)
        if key not in self._resolved:
            self._resolved[key] = self._resolve(folder, target)
        return self._resolved[key]

    def _resolve(self, folder: str, target: str) -> str | None:
        if target.startswith("."):
            return self._existing(posixpath.join(folder, target))
        alias = _ALIAS.match(target)
        while alias is not None:
            for base in (folder, posixpath.join(folder, "src")):
                if (found := self._existing(posixpath.join(base, alias[1]))) is not None:
                    return found
            if not folder:
                return None
            folder = posixpath.dirname(folder)
        return None

    def _existing(self, path: str) -> str | None:
        base = posixpath.normpath(path)
        if base.startswith(".."):
            return None
        stem = _JAVASCRIPT.sub("", base)
        for start in (base, stem) if stem != base else (base,):
            for suffix in _SUFFIXES:
                each = start + suffix
                if each in self.paths and posixpath.splitext(each)[1] in (*_SCRIPTS, ".json"):
                    return each
        return None

    def imported_by(self, path: str) -> Iterator[str]:
        """The scripts that a program imports, and those that they import."""
        pending, seen = [path], {path}
        while pending and len(seen) < MOST_FOUND:
            importer = pending.pop()
            data = self._tree.read(importer)
            if data is None or len(data) > MOST_IMPORTER_BYTES:
                continue
            for target, _ in _specifiers(data):
                imported = self.resolve(importer, target)
                if imported is not None and imported not in seen and is_script(imported):
                    seen.add(imported)
                    pending.append(imported)
                    yield imported

    def importing(self, path: str) -> Iterator[str]:
        """The programs that import a file, also through files that export it again."""
        pending, seen = [path], {path}
        while pending and len(seen) < MOST_FOUND:
            for importer, exports in self._importers.get(pending.pop(), {}).items():
                if importer in seen:
                    continue
                seen.add(importer)
                if exports and len(pending) < _MOST_REEXPORTS:
                    pending.append(importer)
                yield importer

    @cached_property
    def _importers(self) -> dict[str, dict[str, bool]]:
        """Path of a program -> the programs that import it, and whether they export it again."""
        found: dict[str, dict[str, bool]] = {}
        read = 0
        for path in self._scripts[:MOST_IMPORTERS]:
            data = self._tree.read(path)
            if data is None or b"\0" in data[:8192]:
                continue
            read += len(data)
            if read > MOST_IMPORTER_BYTES:
                break
            for target, exports in _specifiers(data):
                imported = self.resolve(path, target)
                if imported is not None:
                    users = found.setdefault(imported, {})
                    users[path] = users.get(path, False) or exports
        return found


def _specifiers(data: bytes) -> Iterator[tuple[str, bool]]:
    """The paths that a program imports, and whether it exports what it imports."""
    for start in _openings(data):
        low = max(0, start - _MOST_BLANKS)
        before = data[low:start].rstrip()
        if not before.endswith((b"from", b"import", b"(")):
            continue
        keyword = _KEYWORD.search(before, max(0, len(before) - _LONGEST_KEYWORD))
        target = _TARGET.match(data, start + 1) if keyword is not None else None
        if keyword is not None and target is not None:
            yield target[1].decode("utf-8", "replace"), _is_export(data, low + keyword.start())


def _openings(data: bytes) -> list[int]:
    """Where a path that may be imported is opened by its quote, in order."""
    found = []
    for opening in _OPENINGS:
        at = data.find(opening)
        while at >= 0:
            found.append(at)
            at = data.find(opening, at + 1)
    return sorted(found)


def _is_export(data: bytes, keyword: int) -> bool:
    """Whether the statement of an import exports what it imports: `export * from "./models"`."""
    low = max(0, keyword - _LONGEST_EXPORT)
    low = max(low, *(data.rfind(mark, low, keyword) for mark in (b";", b"'", b'"')))
    return _EXPORT.search(data, low, keyword) is not None
