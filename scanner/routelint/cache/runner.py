"""Runs only those steps of a scan whose results are not kept, and keeps what they find."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from routelint.cache import file
from routelint.cache.entries import Entry, FileState, Key, Snapshot, Validity
from routelint.parse.steps import Failure, Item, Result, Scan, Workers
from routelint.tracing import digest


class CachedRunner:
    """A runner of steps that takes what it can from the snapshot of an earlier run.

    `now` gives the digest of a file of the tree, `workers` do what is left.
    """

    def __init__(self, earlier: Snapshot, now: Callable[[str], bytes], workers: Workers) -> None:
        self._earlier = earlier
        self._now = now
        self._workers = workers
        self._validities: dict[str, Validity] = {}
        self._searched: set[str] = set()
        self.entries: dict[Key, Entry] = {}
        self.taken = 0

    def __call__(self, scan: Scan, step: str, items: Sequence[Item], shared: object = None) -> list[Result]:
        """The result of each item, or its failure; failures are not kept."""
        language = scan.unit.language
        results: dict[str, Result] = {}
        left: list[Item] = []
        for item in items:
            key = (language, step, item.path)
            entry = self._earlier.entries.get(key)
            if entry is None or not self._validity(scan).of(entry, digest(item.given), shared):
                left.append(item)
                continue
            try:
                results[item.path] = file.load_result(entry.result)
            except file.UnreadableCacheError:
                left.append(item)
                continue
            self.entries[key] = entry
            self.taken += 1
        for item, done in zip(left, self._workers(scan, step, left, shared), strict=True):
            results[item.path] = done.result
            if not isinstance(done.result, Failure):
                made = Entry.of(digest(item.given), done.trace, file.dump_result(done.result))
                self.entries[language, step, item.path] = made
        if any(self.entries[key].searches for item in items if (key := (language, step, item.path)) in self.entries):
            self._searched.update(scan.unit.paths)
        return [results[item.path] for item in items]

    def _validity(self, scan: Scan) -> Validity:
        language = scan.unit.language
        if language not in self._validities:
            self._validities[language] = Validity(self._earlier, scan, self._now)
        return self._validities[language]

    @property
    def has_news(self) -> bool:
        """Whether the snapshot of this run is another than the earlier one."""
        return self.taken < len(self.entries) or len(self.entries) != len(self._earlier.entries)

    def snapshot(self, state: Callable[[str], FileState]) -> Snapshot:
        """The results of this run; `state` gives the state of a file they rest on."""
        paths = {path for entry in self.entries.values() for path, _ in entry.files}
        return Snapshot(self._earlier.basis, self.entries, {path: state(path) for path in sorted(paths | self._searched)})
