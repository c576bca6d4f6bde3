"""What is kept of a result, and whether it still holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from functools import cached_property

from routelint.deferred import dataclass
from routelint.parse.parsed import EnvironmentSettings
from routelint.tracing import Search, Trace, digest

# Language, step and path of the file that was looked at; the path is empty for a whole unit.
Key = tuple[str, str, str]
# Size, times and number of a file on the disk: where they are as they were, its content is.
Signature = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class FileState:
    """A file when a snapshot was taken: the digest of its content, and its signature where that can be trusted.

    A file that was written shortly before or during the run has none: it may change again within one tick of its clock.
    """

    digest: bytes
    signature: Signature | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """A result and what it rests on: what the step was given, contents, words looked for, and variables set."""

    given: bytes
    files: tuple[tuple[str, bytes], ...]
    searches: tuple[Search, ...]
    settings: tuple[tuple[str, str, bytes], ...]
    result: bytes

    @classmethod
    def of(cls, given: bytes, trace: Trace, result: bytes) -> Entry:
        """What is kept of a result that was just worked out."""
        return cls(
            given,
            tuple(trace.files.items()),
            tuple(trace.searches.values()),
            tuple((path, name, found) for (path, name), found in trace.settings.items()),
            result,
        )


@dataclass(frozen=True)
class Snapshot:
    """Every result of a run.

    `basis` is a digest of what all of them rest on: the version of the program, and which files there are. `states` are the
    files that results rest on, or that words were looked for in.
    """

    basis: bytes
    entries: Mapping[Key, Entry] = field(default_factory=dict)
    states: Mapping[str, FileState] = field(default_factory=dict)


class Validity:
    """Tells which entries of a snapshot hold for the programs of one language as they are now.

    `now` gives the digest of a file, `holds` says whether one holds the word of a search. `searched` are the files that words
    are looked for in.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        searched: Sequence[str],
        now: Callable[[str], bytes],
        holds: Callable[[str, Search], bool],
    ) -> None:
        self._snapshot = snapshot
        self._searched = searched
        self._now = now
        self._holds = holds
        self._held: dict[tuple[str, str, str, tuple[str, ...]], bool] = {}

    @cached_property
    def _changed(self) -> tuple[str, ...]:
        """The searched files that are not as they were."""
        states = self._snapshot.states
        return tuple(path for path in self._searched if path not in states or states[path].digest != self._now(path))

    def of(self, entry: Entry, given: bytes, settings: EnvironmentSettings) -> bool:
        """Whether a step that is given something now would find what it found then."""
        return (
            entry.given == given
            and all(self._now(path) == content for path, content in entry.files)
            and all(digest(settings.lookup(path, name)) == found for path, name, found in entry.settings)
            and all(map(self._finds_the_same, entry.searches))
        )

    def _finds_the_same(self, search: Search) -> bool:
        return all(search.finds_the_same(path, held=self._holds_now(path, search)) for path in self._changed)

    def _holds_now(self, path: str, search: Search) -> bool:
        key = (path, search.kind, search.word, search.origins)
        if key not in self._held:
            self._held[key] = self._holds(path, search)
        return self._held[key]
