"""What is kept of a result, and whether it still holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field
from functools import cached_property

from routelint.deferred import dataclass
from routelint.parse.steps import Scan
from routelint.tracing import Question, Search, Trace, digest

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
    """A result and what it rests on: what the step was given, contents, names looked for, other questions, which files exist.

    `listing` is empty where the step did not ask for all of them.
    """

    given: bytes
    files: tuple[tuple[str, bytes], ...]
    searches: tuple[Search, ...]
    answers: tuple[tuple[Question, bytes], ...]
    listing: bytes
    result: bytes

    @classmethod
    def of(cls, given: bytes, trace: Trace, result: bytes) -> Entry:
        """What is kept of a result that was just worked out."""
        return cls(
            given,
            tuple(trace.files.items()),
            tuple(trace.searches.values()),
            tuple(trace.answers.items()),
            trace.listing,
            result,
        )


@dataclass(frozen=True)
class Snapshot:
    """Every result of a run.

    `basis` is a digest of what all of them rest on, which is the version of the program. `states` are the files that results
    rest on, or that words were looked for in.
    """

    basis: bytes
    entries: Mapping[Key, Entry] = field(default_factory=dict)
    states: Mapping[str, FileState] = field(default_factory=dict)


class Validity:
    """Tells which entries of a snapshot hold for a scan as its files are now; `now` gives the digest of a file."""

    def __init__(self, snapshot: Snapshot, scan: Scan, now: Callable[[str], bytes]) -> None:
        self._snapshot = snapshot
        self._scan = scan
        self._now = now
        self._held: dict[tuple[str, str, str, tuple[str, ...]], bool] = {}
        self._answers: dict[Question, bytes] = {}
        self._shared: object = None

    def of(self, entry: Entry, given: bytes, shared: object) -> bool:
        """Whether a step that is given something now would find what it found then."""
        return (
            entry.given == given
            and (not entry.listing or entry.listing == self._scan.tree.listing)
            and all(self._now(path) == content for path, content in entry.files)
            and all(self._answer(question, shared) == answer for question, answer in entry.answers)
            and all(map(self._finds_the_same, entry.searches))
        )

    def _answer(self, question: Question, shared: object) -> bytes:
        if shared is not self._shared:
            self._answers.clear()
            self._shared = shared
        if question not in self._answers:
            self._answers[question] = digest(self._scan.answer(question, shared))
        return self._answers[question]

    @cached_property
    def _changed(self) -> tuple[str, ...]:
        """The searched files that are new or not as they were."""
        states = self._snapshot.states
        return tuple(path for path in self._scan.unit.paths if path not in states or states[path].digest != self._now(path))

    @cached_property
    def _searched(self) -> frozenset[str]:
        return frozenset(self._scan.unit.paths)

    def _finds_the_same(self, search: Search) -> bool:
        # A file that is gone is no hit any more.
        return self._searched.issuperset(search.hits) and all(
            search.finds_the_same(path, held=self._holds_now(path, search)) for path in self._changed
        )

    def _holds_now(self, path: str, search: Search) -> bool:
        key = (path, search.kind, search.word, search.origins)
        if key not in self._held:
            self._held[key] = self._scan.holds(path, search)
        return self._held[key]
