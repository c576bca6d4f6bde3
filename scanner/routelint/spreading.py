"""Does the steps of a scan in several processes, for the same results in the same order.

A process that is killed, for want of memory say, takes the others of its pool along. What was lost with them is done once more
in a new pool, then file by file: a file that kills its process again is named in an error, and nothing else is lost.
"""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor
from dataclasses import replace
from types import TracebackType
from typing import TypeAlias

from routelint import processes
from routelint.model import ScanError
from routelint.parse import open_scan, steps
from routelint.parse.parsed import ParseContext
from routelint.parse.steps import Done, Failure, Item, Scan
from routelint.source import SourceUnit
from routelint.tracing import Trace, TracedTree

# Several for each process, because some files take a hundred times as long as others; not one by one, because a module that
# neighbours share is then parsed in each process.
CHUNKS_PER_PROCESS = 8
MOST_ITEMS_PER_CHUNK = 32

# Opens an executor with so many processes that have a scan at hand.
OpenExecutor: TypeAlias = Callable[[int, Scan], Executor]


# Forked processes have in memory what this one has read. Elsewhere than on Linux the system's libraries forbid it.
START = "fork" if sys.platform == "linux" else "spawn"


def open_pool(width: int, scan: Scan, start: str = START) -> Executor:
    """A pool of processes that have opened the same scan; they are started when they are first given work."""
    tree = scan.tree
    return ProcessPoolExecutor(
        width,
        multiprocessing.get_context(start),
        _begin,
        (scan.unit, scan.context, tree.untraced, tree.with_digests),
    )


class Spread:
    """Workers in `width` processes; where that is one, in this.

    The processes of a scan stay for its next step, which finds in their memory what they have read; they end with the block.
    """

    def __init__(self, width: int, open_executor: OpenExecutor = open_pool) -> None:
        self._width = width
        self._open = open_executor
        self._opened: tuple[Scan, Executor] | None = None

    def __call__(self, scan: Scan, step: str, items: Sequence[Item], shared: object = None) -> Iterator[Done]:
        """What the step finds for each item, in their order."""
        if self._width < 2 or len(items) < 2:
            yield from steps.each(scan, step, items, shared)
            return
        found = self._tried(scan, step, _chunks(items, self._width), shared)
        lost = [item for item in items if item.path not in found]
        if lost:
            found |= self._tried(scan, step, _chunks(lost, self._width), shared)
        for item in items:
            if item.path not in found:
                found |= self._tried(scan, step, [[item]], shared)
            yield found.get(item.path) or _killed(item)

    def __enter__(self) -> Spread:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if kind is not None:
            # Whoever interrupts does not wait for the files that are being looked at. One that has just been forked would take
            # a gentler signal as this process does, and say so.
            for process in multiprocessing.active_children():
                process.kill()
        self.close()

    def close(self) -> None:
        """Ends the processes, if there are any, when they have done what they are at."""
        if self._opened is not None:
            self._opened[1].shutdown(cancel_futures=True)
            self._opened = None

    def _executor(self, scan: Scan) -> Executor:
        if self._opened is None or self._opened[0] is not scan:
            self.close()
            self._opened = (scan, self._open(self._width, scan))
        return self._opened[1]

    def _tried(self, scan: Scan, step: str, chunks: Sequence[Sequence[Item]], shared: object) -> dict[str, Done]:
        """What is found before a process is killed, if one is."""
        found: dict[str, Done] = {}
        broken = False
        try:
            executor = self._executor(scan)
            futures = [executor.submit(_work, step, tuple(chunk), shared) for chunk in chunks]
        except BrokenExecutor:
            futures, broken = [], True
        for chunk, future in zip(chunks, futures, strict=False):
            try:
                found.update(zip((item.path for item in chunk), future.result(), strict=True))
            except BrokenExecutor:
                broken = True
        if broken:
            self.close()
        return found


def _chunks(items: Sequence[Item], width: int) -> list[Sequence[Item]]:
    size = max(1, min(MOST_ITEMS_PER_CHUNK, len(items) // (width * CHUNKS_PER_PROCESS)))
    return [items[start : start + size] for start in range(0, len(items), size)]


def _killed(item: Item) -> Done:
    message = "the process that read this file was killed, twice; it may take more memory than there is"
    return Done(Failure(ScanError(item.path, message, internal=True)), Trace())


# In a process of the pool ------------------------------------------------------------------------------------------------

_scan: Scan | None = None


def _begin(unit: SourceUnit, context: ParseContext, tree: object, digests: bool) -> None:
    """Opens the scan in a new process."""
    global _scan
    processes.begin()
    noted = TracedTree(tree, digests=digests)  # type: ignore[arg-type]
    _scan = open_scan(unit, replace(context, tree=noted))


def _work(step: str, items: Sequence[Item], shared: object) -> list[Done]:
    assert _scan is not None
    return list(steps.each(_scan, step, items, shared))
