"""How the work of a scan is done: in how many processes, and with the results of earlier runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from routelint.collect import Collected
from routelint.deferred import dataclass
from routelint.parse import steps
from routelint.parse.steps import Done, Item, Runner, Scan, Workers
from routelint.source import SourceTree

CACHE_VARIABLE = "ROUTELINT_CACHE_DIR"
# With fewer marked files a scan is over sooner than a cache is read.
FEWEST_MARKED = 16
# Fewer files are looked at sooner than processes are started.
FEWEST_FOR_PROCESSES = 48
# More processes than this mostly parse the same modules again.
MOST_PROCESSES = 8


@dataclass(frozen=True, slots=True)
class Work:
    """How many processes take part (None: as many as there are processors, within reason), and the folder of caches, if any."""

    jobs: int | None = 1
    cache: Path | None = None


ALONE = Work()


def chosen(jobs: int | None, no_cache: bool, cache_dir: Path | None) -> Work:
    """The work as the options say; the folder of caches is the user's where they say nothing."""
    if no_cache:
        return Work(jobs)
    return Work(jobs, default_folder(os.environ) if cache_dir is None else cache_dir)


def default_folder(environment: Mapping[str, str]) -> Path | None:
    """The folder of caches that the environment names, else the user's; None where there is no home."""
    if named := environment.get(CACHE_VARIABLE):
        return Path(named)
    if sys.platform == "win32":
        base = environment.get("LOCALAPPDATA")
        return Path(base) / "routelint" / "cache" if base else None
    home = environment.get("HOME")
    if sys.platform == "darwin":
        return Path(home) / "Library" / "Caches" / "routelint" if home else None
    named = environment.get("XDG_CACHE_HOME", "")
    base = named if named.startswith("/") else f"{home}/.cache" if home else None
    return Path(base) / "routelint" if base else None


@contextmanager
def begun(work: Work, root: Path, exclude: Sequence[str], collected: Collected) -> Iterator[tuple[SourceTree, Runner]]:
    """The tree to scan and the runner of its steps; what was found is kept when the block has ended well."""
    with ExitStack() as stack:
        workers = _workers(work.jobs, stack)
        if work.cache is None or sum(len(unit.marked) for unit in collected.units) < FEWEST_MARKED:
            yield collected.tree, steps.by(workers)
            return
        from routelint.cli.caching import Cache
        from routelint.tracing import TracedTree

        tree = TracedTree(collected.tree, digests=True)
        cache = Cache(work.cache, root, exclude, collected.tree)
        runner = cache.runner(workers)
        yield tree, runner
        cache.keep(runner)


def _workers(jobs: int | None, stack: ExitStack) -> Workers:
    """This process, and others when a step has enough to do for them; the stack ends them."""
    if jobs == 1:
        return steps.each
    opened: list[Workers] = []

    def work(scan: Scan, step: str, items: Sequence[Item], shared: object = None) -> Iterable[Done]:
        if len(items) < FEWEST_FOR_PROCESSES:
            return steps.each(scan, step, items, shared)
        if not opened:
            # What starts processes takes 15 ms to load.
            from routelint.processes import processors
            from routelint.spreading import Spread

            width = min(processors(), MOST_PROCESSES) if jobs is None else jobs
            opened.append(stack.enter_context(Spread(width)))
        return opened[0](scan, step, items, shared)

    return work
