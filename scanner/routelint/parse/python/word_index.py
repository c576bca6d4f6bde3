"""Which Python files hold a word, of those that were asked for: none is looked through twice for it."""

from __future__ import annotations

import bisect
from array import array
from collections.abc import Callable, Iterator, Sequence

from routelint.parse.python import words

# Words of files that are held, four bytes for each of a file; files beyond them may hold any word.
MOST_HELD = 4_000_000
# Files looked through before the first of them that hold a word are told: who asks may need no more.
FILES_AT_ONCE = 128


class WordIndex:
    """An index of files by number, each read and indexed when a search first reaches it; `data` gives the bytes of one."""

    def __init__(self, files: int, data: Callable[[int], bytes]) -> None:
        self._data = data
        # A byte for each file: whether it was reached.
        self._reached = bytearray(files)
        self._files: dict[int, array[int]] = {}
        self._held = 0
        self._unindexed: list[int] = []

    def holding(self, number: int, files: range) -> Sequence[int]:
        """Those of a range of files that may hold the word of a number (`words.number`)."""
        self._reach(files)
        return [each for each in (*self._files.get(number, ()), *self._unindexed) if each in files]

    def _reach(self, files: range) -> None:
        for index in _left(self._reached, files):
            numbers = words.numbers(self._data(index))
            if self._held + len(numbers) <= MOST_HELD:
                self._held += len(numbers)
                for number in numbers:
                    held = self._files.get(number)
                    if held is None:
                        held = self._files[number] = array("I")
                    held.append(index)
            else:
                self._unindexed.append(index)


class Holders:
    """The files that hold one word, as far as they were asked for.

    `may_hold` gives those of a range of files that may, and `holds` says of one whether it does.
    """

    def __init__(self, files: int, may_hold: Callable[[range], Sequence[int]], holds: Callable[[int], bool]) -> None:
        self._may_hold = may_hold
        self._holds = holds
        self._reached = bytearray(files)
        # Sorted.
        self._held: list[int] = []

    def within(self, files: range) -> Iterator[int]:
        """Those of a range of files that hold the word, in order."""
        for start in range(files.start, files.stop, FILES_AT_ONCE):
            some = range(start, min(start + FILES_AT_ONCE, files.stop))
            self._reach(some)
            yield from self._held[bisect.bisect_left(self._held, some.start) : bisect.bisect_left(self._held, some.stop)]

    def _reach(self, files: range) -> None:
        left = self._reached.find(0, files.start, files.stop)
        if left < 0:
            return
        for index in self._may_hold(range(left, files.stop)):
            if not self._reached[index] and self._holds(index):
                bisect.insort(self._held, index)
        self._reached[left : files.stop] = b"\1" * (files.stop - left)


def _left(reached: bytearray, files: range) -> Iterator[int]:
    """The files of a range that were not reached yet; from here on they are."""
    index = reached.find(0, files.start, files.stop)
    while index >= 0:
        reached[index] = 1
        yield index
        index = reached.find(0, index, files.stop)
