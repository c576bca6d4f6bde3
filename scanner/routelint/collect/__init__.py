"""Collecting: from a folder to the files worth reading, sorted into units by language, with those that hold a marker."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

from routelint.collect import listing, markers, matching, patterns, units
from routelint.collect.markers import Markers
from routelint.collect.matching import Matcher
from routelint.collect.tree import MOST_BYTES, DiskTree, StreamedTree, UnreadableError
from routelint.deferred import dataclass
from routelint.model import ScanError
from routelint.source import SourceUnit

__all__ = ["Collected", "DiskTree", "StreamedTree", "collect", "collect_tree"]

_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class Collected:
    """What lies below a root: units in a fixed order, what could not be read, and how many files were looked at."""

    tree: StreamedTree
    units: tuple[SourceUnit, ...]
    errors: tuple[ScanError, ...] = ()
    files: int = 0


def collect(
    root: Path,
    *,
    include: Sequence[str] = (),
    exclude: Sequence[str] = (),
    most_bytes: int = MOST_BYTES,
    on_progress: Callable[[int, int], None] | None = None,
) -> Collected:
    """Every file below `root` that may hold a route, in units.

    `include` and `exclude` are gitignore-style patterns on relative paths. `on_progress` is told how many files were looked
    at, of how many. A file larger than `most_bytes` is not read; it is an error only where a marker stands in it.
    """
    excluded, included = patterns.matcher(exclude), patterns.matcher(include)
    listed = listing.look(root)
    wanted = [path for path in listed.paths if not excluded(path) and (not include or included(path))]
    tree = DiskTree(root, wanted, most_bytes, listed.links)
    return collect_tree(tree, most_bytes=most_bytes, on_progress=on_progress)


def collect_tree(
    tree: StreamedTree,
    *,
    most_bytes: int = MOST_BYTES,
    seen: Collected | None = None,
    same: AbstractSet[str] = frozenset(),
    on_progress: Callable[[int, int], None] | None = None,
) -> Collected:
    """Every file of a tree that may hold a route, in units; the files `same` are as they were `seen` before."""
    paths: list[str] = []
    languages: list[str] = []
    for path in tree.paths():
        language = units.language_of(path)
        if language is not None:
            paths.append(path)
            languages.append(language)
    look = _Look(tree, most_bytes, matching.choose(sought, units.WORDS, len(paths)))
    if seen is not None:
        look.remember(seen, same)
    for done, path in enumerate(paths):
        look.at(path, languages[done])
        if on_progress is not None and done % 256 == 0:
            on_progress(done, len(paths))
    if on_progress is not None:
        on_progress(len(paths), len(paths))
    found = (SourceUnit(name, tuple(look.paths[name]), tuple(look.marked[name])) for name in units.LANGUAGES)
    return Collected(tree, tuple(unit for unit in found if unit.paths), tuple(look.errors), len(paths))


def sought(language: str) -> Markers:
    """The markers of a language."""
    return markers.load(language)


class _Look:
    """One look at each file: which unit it belongs to and whether it holds a marker. Paths stay in the order given."""

    def __init__(self, tree: StreamedTree, most_bytes: int, matcher: Matcher) -> None:
        self._tree = tree
        self._most_bytes = most_bytes
        self._matcher = matcher
        self.paths: dict[str, list[str]] = {language: [] for language in units.LANGUAGES}
        self.marked: dict[str, list[str]] = {language: [] for language in units.LANGUAGES}
        self.errors: list[ScanError] = []
        self._seen: dict[str, tuple[str | None, bool, list[ScanError]]] = {}

    def remember(self, seen: Collected, same: AbstractSet[str]) -> None:
        """Takes over what was seen of the files `same`, so that they are not read again."""
        errors: dict[str, list[ScanError]] = {}
        for error in seen.errors:
            errors.setdefault(error.path, []).append(error)
        for unit in seen.units:
            marked = frozenset(unit.marked)
            self._seen.update(
                (path, (unit.language, path in marked, errors.get(path, []))) for path in unit.paths if path in same
            )
        for path, faults in errors.items():
            if path in same:
                self._seen.setdefault(path, (None, False, faults))

    def at(self, path: str, language: str) -> None:
        """Look at one file."""
        if path in self._seen:
            known, marked, faults = self._seen[path]
            self.errors.extend(faults)
            if known is not None:
                self.paths[known].append(path)
                self.marked[known].extend([path] if marked else [])
            return
        chunks: list[bytes] = []
        try:
            if not self._tree.stream(path, chunks.append, self._most_bytes):
                self._too_large(path, language)
                return
        except UnreadableError as error:
            self.errors.append(ScanError(path, f"cannot read the file: {error}"))
            return
        data = chunks[0] if len(chunks) == 1 else b"".join(chunks)
        if data.startswith(_BYTE_ORDER_MARKS):
            data = data.decode("utf-16", "replace").encode()
        if language == "text" and units.may_be_template(path):
            if self._matcher.is_plain(data):
                self.paths[language].append(path)
                return
            if self._matcher.may_hold_words(data):
                language = units.language_of_content(data)
        self.paths[language].append(path)
        if self._matcher.marked(data, language):
            self.marked[language].append(path)

    def _too_large(self, path: str, language: str) -> None:
        """An error for a file too large to be read, where a marker stands in it; it costs one chunk of memory."""
        overlap = b""
        found = False

        def search(chunk: bytes) -> None:
            nonlocal overlap, found
            found = found or self._matcher.marked(overlap + chunk, language)
            overlap = chunk[-markers.OVERLAP_BYTES :]

        try:
            self._tree.stream(path, search)
        except UnreadableError as error:
            self.errors.append(ScanError(path, f"cannot read the file: {error}"))
            return
        if found:
            limit = self._most_bytes // (1024 * 1024)
            self.errors.append(ScanError(path, f"not read: larger than {limit} MiB, and it mentions Bedrock"))
