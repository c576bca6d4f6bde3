"""Which Python files hold a word, for those that were asked for: most files do not, and none of them is then looked through."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator

from routelint.parse.python import words

# Words of files that are held, four bytes for each of a file; files beyond them may hold any word.
MOST_HELD = 4_000_000


class WordIndex:
    """An index of files by number, each read and indexed when a search first reaches it; `data` gives the bytes of one."""

    def __init__(self, files: int, data: Callable[[int], bytes]) -> None:
        self._data = data
        # A byte for each file: whether it was reached.
        self._reached = bytearray(files)
        self._files: dict[int, array[int]] = {}
        self._held = 0
        self._unindexed: list[int] = []

    def holding(self, number: int, files: range) -> Iterator[int]:
        """Those of a range of files that may hold the word of a number (`words.number`), in order."""
        self._reach(files)
        known = (*self._files.get(number, ()), *self._unindexed)
        yield from sorted(each for each in known if each in files)

    def _reach(self, files: range) -> None:
        index = self._reached.find(0, files.start, files.stop)
        while index >= 0:
            self._reached[index] = 1
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
            index = self._reached.find(0, index, files.stop)
