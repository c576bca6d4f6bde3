"""How the work on a unit is cut: into steps, each of which looks at one file and says all that it found there.

A step may read whatever it likes, but what it returns depends on nothing else: not on the steps before it, nor on how far the
program has been read. So the files of a step can be looked at in any order and in several processes, and a result can be kept
for the next run (see `routelint.tracing`).
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from importlib import import_module
from typing import Any, Protocol, cast

from routelint.deferred import dataclass
from routelint.model import ScanError
from routelint.parse.parsed import ParseContext, Parsed, merge
from routelint.source import SourceUnit
from routelint.tracing import Question, Search, Trace, TracedTree

# Results are plain data of several types, one per step: whoever runs a step knows which.
Result = Any
OUT_OF_MEMORY = "memory ran out"


@dataclass(frozen=True, slots=True)
class Failure:
    """A step that a fault of ours ended on one file."""

    error: ScanError


@dataclass(frozen=True, slots=True)
class Item:
    """A file to look at, and what is known of it from the steps before; `path` is empty for a whole unit."""

    path: str
    given: object = None


@dataclass(frozen=True, slots=True)
class Done:
    """What a step found in a file, and what it asked for that."""

    result: Result
    trace: Trace


class Scan(Protocol):
    """A unit that is being looked at: each of its steps is a method that takes an item and what all items of it share.

    Opening a scan costs nothing: what its steps need is made when the first of them runs.
    """

    unit: SourceUnit
    context: ParseContext
    tree: TracedTree

    def parsed(self, run: Runner) -> Parsed:
        """Everything the marked files of the unit hold; `run` does the steps."""

    def holds(self, path: str, search: Search) -> bool:
        """Whether a file holds the word of a search that a step has noted."""

    def answer(self, question: Question, shared: object) -> object:
        """The answer to a question that a step has noted; `shared` is what the items of the step share."""


class Runner(Protocol):
    """Runs a step of a scan for several items; the results come in the order of the items."""

    def __call__(self, scan: Scan, step: str, items: Sequence[Item], shared: object = None) -> list[Result]:
        """The result of each item, or its failure."""


class Workers(Protocol):
    """Do a step of a scan for several items, and say what each result rests on; in the order of the items."""

    def __call__(self, scan: Scan, step: str, items: Sequence[Item], shared: object = None) -> Iterable[Done]:
        """The result of each item, or its failure."""


def each(scan: Scan, step: str, items: Sequence[Item], shared: object = None) -> Iterator[Done]:
    """Does a step item by item in this process, and says what each result rests on."""
    method: Callable[[Item, Any], Result] = getattr(scan, step)
    for item in items:
        with scan.tree.traced() as trace:
            said = ""
            try:
                result = method(item, shared)
            except MemoryError:
                said = OUT_OF_MEMORY
            except Exception as error:
                said = f"{type(error).__name__}: {error}"
            if said:
                if said is OUT_OF_MEMORY:
                    # Before anything is made: what asked for it is held up to here, and after that by circles.
                    gc.collect()
                where = item.path or scan.unit.marked[0]
                result = Failure(ScanError(where, f"routelint failed on this file: {said}", internal=True))
        yield Done(result, trace)


def by(workers: Workers) -> Runner:
    """The runner that has its work done by `workers`, and forgets what the results rest on."""

    def run(scan: Scan, step: str, items: Sequence[Item], shared: object = None) -> list[Result]:
        return [done.result for done in workers(scan, step, items, shared)]

    return run


here = by(each)
"""Runs a step item by item in this process."""


class WholeScan:
    """A unit whose parser looks at all of it in one step."""

    def __init__(self, unit: SourceUnit, context: ParseContext) -> None:
        self.unit = unit
        self.tree = TracedTree.of(context.tree)
        self.context = replace(context, tree=self.tree)

    def parsed(self, run: Runner) -> Parsed:
        """Everything the marked files of the unit hold; a fault of ours in one file costs that file, not the unit."""
        found = run(self, "whole", [Item("", (self.unit.marked, self.unit.paths, self.context.settings))])[0]
        if not isinstance(found, Failure):
            return cast("Parsed", found)
        if len(self.unit.marked) == 1:
            return Parsed(errors=(found.error,))
        half = len(self.unit.marked) // 2
        parts = (self.unit.marked[:half], self.unit.marked[half:])
        return merge(WholeScan(replace(self.unit, marked=part), self.context).parsed(run) for part in parts)

    def holds(self, path: str, search: Search) -> bool:
        """No search is noted here."""
        raise AssertionError(f"nobody has looked for {search.word} in {path}")

    def answer(self, question: Question, shared: object) -> object:
        """No question is noted here."""
        raise AssertionError(f"nobody has asked {question}")

    def whole(self, _item: Item, _shared: object) -> Parsed:
        """Everything the marked files hold."""
        parser = import_module(f"routelint.parse.{self.unit.language}")
        return cast("Parsed", parser.parse(self.unit, self.context))
