"""Measures routelint on generated and real repositories, against `python -c pass`, a text search and other tools.

    python benchmarks/bench.py [--files 1000 --files 10000] [--tree PATH] [--peers] [--repeat 5] [--json build/bench.json]

Seconds are medians and depend on the machine; ratios to `python -c pass` and to the text search are what to compare. They are
of processor time, and all commands take turns, so that what else the machine does befalls them alike. Peak memory is that of
the largest process.
`--peers` installs the other tools from the package registry into .make/ on first use.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import generated_tree
import peers
import small_trees
from routelint.collect import collect, markers

ROOT = Path(__file__).parent.parent
TODAY = "2026-11-24"
# What routelint itself looks for in every language, in an expression that grep reads too.
MARKERS = "|".join(("bedrock", *(each.decode() for each in markers.IDENTIFIERS))).replace("(?:", "(").replace(r"\d", "[0-9]")
BESIDE = Path(sys.executable).parent
# A hook runs the installed program; `python -m` loads 2 ms more.
ROUTELINT = (str(BESIDE / "routelint"),) if (BESIDE / "routelint").exists() else (sys.executable, "-m", "routelint")
SCAN_OPTIONS = ("--today", TODAY, "--fail-on", "never", "--quiet", "--jobs", "1")
IDLE_HOOK = "repos: [{repo: local, hooks: [{id: idle, name: idle, entry: 'true', language: system}]}]\n"
ORDINARY_FILES = 13_000
WITHOUT_FAST = "import sys; sys.modules['hyperscan'] = None; from routelint.__main__ import main; main()"
# Tools say by different statuses that they found something.
ANY_STATUS = tuple(range(256))
# wait4 counts in kilobytes on Linux and in bytes on macOS.
RSS_PER_MEGABYTE = 1024 * 1024 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Job:
    """A command to measure: `search` names the job that reads the same files as a mere text search.

    `statuses` are the exit statuses that say the command did its work. `edited` is a file that gets a line before each run.
    """

    name: str
    command: tuple[str, ...]
    directory: Path
    search: str | None = None
    statuses: tuple[int, ...] = (0,)
    edited: Path | None = None


@dataclass(frozen=True)
class Measurement:
    """What a job took: medians of wall clock and of processor time, the largest process in megabytes, and ratios.

    Linux counts what the measuring process held when it started the command: no peak is told that does not exceed it.
    """

    name: str
    median_seconds: float
    cpu_seconds: float
    peak_megabytes: float | None
    times_python: float = 1.0
    times_search: float | None = None


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0, or 1 where a measured command failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, action="append", help="size of a generated repository (default: 1000 and 10000)")
    parser.add_argument("--tree", type=Path, action="append", default=[], help="a real repository to scan as well; repeatable")
    parser.add_argument("--peers", action="store_true", help="measure other tools too: semgrep, checkov, and the like")
    parser.add_argument("--repeat", type=int, default=5, help="runs of each command, the median counts (default: 5)")
    parser.add_argument("--json", type=Path, default=ROOT / "build" / "bench.json", help="where the figures go as JSON")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="routelint-bench-") as folder:
        try:
            others = tuple(peers.available()) if options.peers else ()
            if options.peers and not shutil.which("rg"):
                peers.RIPGREP.installed()
            planned = jobs(Path(folder), options.files or [1000, 10000], options.tree, others)
            measured = with_ratios(planned, measure(planned, options.repeat))
        except CommandError as error:
            print(error, file=sys.stderr)
            return 1
    print(table(measured))
    options.json.parent.mkdir(parents=True, exist_ok=True)
    machine = {
        "python": platform.python_version(),
        "system": platform.platform(),
        "cores": os.cpu_count(),
        "repeat": options.repeat,
    }
    options.json.write_text(
        json.dumps({"machine": machine, "jobs": [asdict(each) for each in measured]}, indent=2) + "\n", "utf-8"
    )
    print(f"\nwritten: {options.json}")
    return 0


def jobs(folder: Path, sizes: Sequence[int], trees: Sequence[Path], others: Sequence[peers.Peer]) -> list[Job]:
    """Every job, in the order of the table; generates the repositories."""
    found = [
        Job("python -c pass", (sys.executable, "-c", "pass"), folder),
        Job("routelint --version", (*ROUTELINT, "--version"), folder),
        Job("routelint --help", (*ROUTELINT, "--help"), folder),
    ]
    for unit in small_trees.ALL:
        changed = small_trees.write(unit, folder)
        found += _of_file(changed.relative_to(folder / unit.folder), folder / unit.folder, unit.name, others)
    found += _of_pre_commit(folder)
    for size in sizes:
        repository = folder / f"files-{size}"
        changed = generated_tree.write(repository, size)
        found += _of_repository(repository, f"{size:,} files", changed, others)
    found += _of_ordinary(folder / "ordinary", others)
    for tree in trees:
        found += _of_repository(tree.resolve(), tree.name, None, others)
        found += _again(tree.resolve(), folder / "copies" / tree.name, folder / "cache")
    return found


def _again(tree: Path, copy: Path, cache: Path) -> Iterator[Job]:
    """One run after another on a copy of a tree, with the results kept, each after a line more in one of its Python files."""
    shutil.copytree(tree, copy, symlinks=True, ignore=shutil.ignore_patterns(".git"))
    marked = [path for unit in collect(copy).units if unit.language == "python" for path in unit.marked if path.endswith(".py")]
    if marked:
        edited = copy / marked[len(marked) // 2]
        command = (*ROUTELINT, "scan", ".", *SCAN_OPTIONS, "--cache-dir", str(cache))
        yield Job(f"routelint scan, {tree.name}, after one changed file", command, copy, edited=edited)


def _of_repository(repository: Path, what: str, changed: Path | None, others: Sequence[peers.Peer]) -> Iterator[Job]:
    """The jobs of one repository: the text search, routelint on one changed file and on all, and other tools on the same."""
    searcher = _search(what)
    yield Job(searcher[0], searcher[1], repository, statuses=(0, 1))
    if changed is not None:
        yield from _of_file(changed.relative_to(repository), repository, what, others)
    yield Job(f"routelint scan, {what}", (*ROUTELINT, "scan", ".", *SCAN_OPTIONS, "--no-cache"), repository, searcher[0])
    for peer in others:
        if peer.folders:
            yield Job(f"{peer.name}, {what}", peer.command(".", "directory"), repository, searcher[0], ANY_STATUS)


def _of_ordinary(repository: Path, others: Sequence[peers.Peer]) -> Iterator[Job]:
    """A tree in which hardly anything concerns Bedrock, with the faster matcher and without."""
    generated_tree.write(repository, ORDINARY_FILES, bedrock_every=1000)
    what = f"an ordinary tree of {ORDINARY_FILES:,} files"
    yield from _of_repository(repository, what, None, others)
    command = (sys.executable, "-c", WITHOUT_FAST, "scan", ".", *SCAN_OPTIONS, "--no-cache")
    yield Job(f"routelint scan without the extra, {what}", command, repository, _search(what)[0])


def _of_file(changed: Path, repository: Path, what: str, others: Sequence[peers.Peer]) -> Iterator[Job]:
    """One changed file, as a hook gives it to routelint, and the same file given to other tools."""
    file = changed.as_posix()
    command = (*ROUTELINT, "scan", file, *SCAN_OPTIONS, "--no-cache")
    yield Job(f"routelint scan, one changed file of {what}", command, repository)
    for peer in others:
        if file.endswith(peer.reads):
            yield Job(f"{peer.name}, one changed file of {what}", peer.command(file, "file"), repository, None, ANY_STATUS)


def _of_pre_commit(folder: Path) -> Iterator[Job]:
    """What pre-commit itself takes to run a hook, where it is installed."""
    program = BESIDE / "pre-commit"
    if not program.exists():
        return
    unit = small_trees.ALL[0]
    settings = folder / "idle-hook.yaml"
    settings.write_text(IDLE_HOOK, "utf-8")
    # It keeps a database in its home.
    command = ("env", f"PRE_COMMIT_HOME={folder / 'pre-commit'}", str(program), "run", "--config", str(settings))
    yield Job("pre-commit, one hook that does nothing", (*command, "--files", unit.changed), folder / unit.folder)


def _search(what: str) -> tuple[str, tuple[str, ...]]:
    program = shutil.which("rg") or (peers.RIPGREP.program if peers.RIPGREP.program.exists() else None)
    if program is not None:
        return f"rg -l, {what}", (str(program), "-l", "-i", "-e", MARKERS, ".")
    return f"grep -rl, {what}", ("grep", "-rlIiE", "--exclude-dir=.git", "-e", MARKERS, ".")


class CommandError(Exception):
    """A measured command failed: says which, and how it ended."""


def measure(planned: Sequence[Job], repeat: int) -> list[Measurement]:
    """What every job took: all are run once to warm the file cache, and then `repeat` times in turn.

    Raises:
        CommandError: a command ended with a status that says it did not do its work.
    """
    runs: list[list[_Run]] = [[] for _ in planned]
    for turn in range(repeat + 1):
        for job, of_job in zip(planned, runs, strict=True):
            print(f"turn {turn} of {repeat}: {job.name}", file=sys.stderr)
            run = _run(job)
            if turn:
                of_job.append(run)
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / RSS_PER_MEGABYTE
    return [_measurement(job, of_job, own) for job, of_job in zip(planned, runs, strict=True)]


def _measurement(job: Job, runs: Sequence[_Run], own_megabytes: float) -> Measurement:
    peak = max(run.peak_megabytes for run in runs)
    return Measurement(
        job.name,
        statistics.median(run.seconds for run in runs),
        statistics.median(run.cpu_seconds for run in runs),
        peak if peak > own_megabytes + 1 else None,
    )


@dataclass(frozen=True)
class _Run:
    """One run of a job."""

    seconds: float
    cpu_seconds: float
    peak_megabytes: float


def _run(job: Job) -> _Run:
    if job.edited is not None:
        with job.edited.open("a", encoding="utf-8") as file:
            file.write(f"# {time.time_ns()}\n")
    started = time.perf_counter()
    # Installed programs have their bytecode; where a setting forbids to write it, each run would compile everything anew.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(
        job.command, cwd=job.directory, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment
    )
    _, status, usage = os.wait4(process.pid, 0)
    elapsed = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in job.statuses:
        raise CommandError(f"'{' '.join(job.command)}' ended with exit code {process.returncode}")
    return _Run(elapsed, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / RSS_PER_MEGABYTE)


def with_ratios(planned: Sequence[Job], measured: Sequence[Measurement]) -> list[Measurement]:
    """The measurements with the ratios of their processor time to the first, `python -c pass`, and to the text search."""
    seconds = {each.name: each.cpu_seconds for each in measured}
    return [
        replace(
            each,
            times_python=each.cpu_seconds / measured[0].cpu_seconds,
            times_search=each.cpu_seconds / seconds[job.search] if job.search else None,
        )
        for job, each in zip(planned, measured, strict=True)
    ]


def table(measured: Sequence[Measurement]) -> str:
    """The measurements as a Markdown table."""
    lines = [
        "| what | median, s | processor, s | x python -c pass | x text search | peak, MB |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for each in measured:
        search = "" if each.times_search is None else f"{each.times_search:.1f}"
        peak = "" if each.peak_megabytes is None else f"{each.peak_megabytes:.0f}"
        figures = f"{each.median_seconds:.3f} | {each.cpu_seconds:.3f} | {each.times_python:.1f} | {search} | {peak}"
        lines.append(f"| {each.name} | {figures} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
