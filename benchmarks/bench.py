"""Measures routelint on generated repositories, against `python -c pass` and a text search of the same run.

    python benchmarks/bench.py [--files 1000 --files 10000] [--repeat 5] [--json build/bench.json]

Seconds are medians and depend on the machine; ratios to `python -c pass` and to the text search are what to compare.
Peak memory is that of the largest process.
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
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import generated_tree

ROOT = Path(__file__).parent.parent
TODAY = "2026-11-24"
MARKER = "bedrock"
# wait4 counts in kilobytes on Linux and in bytes on macOS.
RSS_PER_MEGABYTE = 1024 * 1024 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Job:
    """A command to measure: `search` names the job that reads the same files as a mere text search."""

    name: str
    command: tuple[str, ...]
    directory: Path
    search: str | None = None


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
    parser.add_argument("--repeat", type=int, default=5, help="runs of each command, the median counts (default: 5)")
    parser.add_argument("--json", type=Path, default=ROOT / "build" / "bench.json", help="where the figures go as JSON")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="routelint-bench-") as folder:
        try:
            planned = jobs(Path(folder), options.files or [1000, 10000])
            measured = with_ratios(planned, [measure(job, options.repeat) for job in planned])
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


def jobs(folder: Path, sizes: Sequence[int]) -> list[Job]:
    """Every job, in the order of the table; generates the repositories."""
    routelint = (sys.executable, "-m", "routelint")
    common = ("--today", TODAY, "--fail-on", "never", "--quiet")
    found = [
        Job("python -c pass", (sys.executable, "-c", "pass"), folder),
        Job("routelint --version", (*routelint, "--version"), folder),
        Job("routelint --help", (*routelint, "--help"), folder),
    ]
    for size in sizes:
        repository = folder / f"files-{size}"
        changed = generated_tree.write(repository, size).relative_to(repository).as_posix()
        searcher = _search(f"{size:,} files")
        found += [
            Job(searcher[0], searcher[1], repository),
            Job(f"routelint scan, one changed file of {size:,}", (*routelint, "scan", changed, *common), repository),
            Job(f"routelint scan, {size:,} files", (*routelint, "scan", ".", *common), repository, searcher[0]),
            Job(
                f"routelint inventory, {size:,} files, JSON",
                (*routelint, "inventory", ".", "--format", "json", "--today", TODAY),
                repository,
                searcher[0],
            ),
        ]
    return found


def _search(what: str) -> tuple[str, tuple[str, ...]]:
    if shutil.which("rg"):
        return f"rg -l, {what}", ("rg", "-l", "-i", MARKER, ".")
    return f"grep -rl, {what}", ("grep", "-rlIi", "--exclude-dir=.git", MARKER, ".")


class CommandError(Exception):
    """A measured command failed: says which, and how it ended."""


def measure(job: Job, repeat: int) -> Measurement:
    """One job, run once to warm the file cache and then `repeat` times.

    Raises:
        CommandError: the command did not exit with 0.
    """
    print(f"measuring {job.name}", file=sys.stderr)
    _run(job)
    runs = [_run(job) for _ in range(repeat)]
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / RSS_PER_MEGABYTE
    peak = max(run.peak_megabytes for run in runs)
    return Measurement(
        job.name,
        statistics.median(run.seconds for run in runs),
        statistics.median(run.cpu_seconds for run in runs),
        peak if peak > own + 1 else None,
    )


@dataclass(frozen=True)
class _Run:
    """One run of a job."""

    seconds: float
    cpu_seconds: float
    peak_megabytes: float


def _run(job: Job) -> _Run:
    started = time.perf_counter()
    process = subprocess.Popen(job.command, cwd=job.directory, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    elapsed = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise CommandError(f"'{' '.join(job.command)}' ended with exit code {process.returncode}")
    return _Run(elapsed, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / RSS_PER_MEGABYTE)


def with_ratios(planned: Sequence[Job], measured: Sequence[Measurement]) -> list[Measurement]:
    """The measurements with their ratios to the first, `python -c pass`, and to the text search of the same files."""
    seconds = {each.name: each.median_seconds for each in measured}
    return [
        replace(
            each,
            times_python=each.median_seconds / measured[0].median_seconds,
            times_search=each.median_seconds / seconds[job.search] if job.search else None,
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
