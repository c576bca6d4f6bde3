"""`routelint fleet`: many repositories in one run, which can be interrupted and goes on where it stopped."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import assert_never

import click

from routelint import __version__, fleet
from routelint.cli import destinations, options, parameters
from routelint.cli.destinations import Destination
from routelint.cli.errors import PolicyFault
from routelint.cli.fleet_engines import Engine, engine
from routelint.cli.fleet_scanning import FORMATS, Finished, Job, Unchanged
from routelint.cli.fleet_state import program
from routelint.cli.fleet_store import Remembered, Store
from routelint.cli.fleet_telling import Lines, Telling
from routelint.cli.quick import GATES
from routelint.cli.rule_set import rule_ids
from routelint.cli.session import load_policy
from routelint.deferred import dataclass
from routelint.fleet import Entry, Failed, Outcome, Row, Wrong
from routelint.output import fleet as printer
from routelint.output.printing import Printing
from routelint.policy import Fault, PolicyError

SUMMARIES = ("text", "json", "jsonl")
REPORTS = tuple(name for name in FORMATS if name not in SUMMARIES)
STANDARD_INPUT = "-"


@dataclass(frozen=True)
class Repository:
    """A repository of the list: how it is written there, where it lies, and what its files are called."""

    path: str
    folder: Path
    name: str


@click.command(name="fleet")
@click.argument("list_file", metavar="REPOS.txt", type=click.Path(path_type=Path))
@click.option(
    "--output-dir",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write the full report of each repository here as it is finished, and the summary; the next run goes on from it.",
)
@click.option(
    "--policy",
    "policy_path",
    type=click.Path(path_type=Path),
    help="The policy file for all of them. [default: each one's own, as scan finds it]",
)
@click.option(
    "--format",
    "-f",
    "formats",
    multiple=True,
    type=parameters.OutputFormat((*SUMMARIES, *REPORTS)),
    help="text, json or jsonl: how to print the summary, as FORMAT=FILE into a file. The others: full reports to be written to "
    "--output-dir, besides JSON. Repeatable. [default: text]",
)
@click.option("--sort", type=click.Choice(["path", "worst"]), default="path", help="Order of the summary. [default: path]")
@click.option(
    "--fail-on",
    type=click.Choice(GATES),
    help="Exit with 1 where a finding is at least this severe. [default: as each policy says, else error]",
)
@click.option("--strict", is_flag=True, help="Exit with 3 where a file could not be read.")
@click.option(
    "--environment", "environment_names", multiple=True, metavar="ENV", help="Report only what concerns this environment."
)
@click.option("--exclude", multiple=True, metavar="GLOB", help="Leave out files that match this gitignore-style pattern.")
@options.no_repo_config_option
@options.today_option
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    metavar="N",
    help="So many repositories at a time; 1 scans in this process. [default: as many as processors]",
)
@click.option(
    "--engine",
    "engine_name",
    default="local",
    metavar="ENGINE",
    help="Where to scan: local, or dask://HOST:PORT, a Dask scheduler whose workers see the same paths. [default: local]",
)
@click.option("--no-resume", is_flag=True, help="Scan anew what has not changed since the last run.")
@options.color_option
@click.option("--quiet", "-q", is_flag=True, help="Print only the repositories that are not in order: no table, no progress.")
@click.option("--verbose", "-v", is_flag=True, help="Print a line on standard error for each repository as it is finished.")
def command(
    list_file: Path,
    output_dir: Path | None,
    policy_path: Path | None,
    formats: tuple[Destination, ...],
    sort: str,
    fail_on: str | None,
    strict: bool,
    environment_names: tuple[str, ...],
    exclude: tuple[str, ...],
    no_repo_config: bool,
    today: date | None,
    jobs: int | None,
    engine_name: str,
    no_resume: bool,
    color: str,
    quiet: bool,
    verbose: bool,
) -> int:
    """Scan the repositories that REPOS.txt lists and report on each and on all.

    REPOS.txt names one folder a line, relative to the file it stands in; '-' reads standard input. With --output-dir a run that
    was interrupted goes on where it stopped, and a later one scans what has changed.

    Exit status: 0 nothing at or above --fail-on, 1 findings, 2 usage or policy error, 3 a repository failed or its scan is
    incomplete.
    """
    summaries, reports = _destinations(formats, output_dir)
    day = today or options.today_utc()
    repositories, remarks = _repositories(list_file)
    if policy_path is not None:
        # Its faults are told once and before anything is scanned; each repository reads it with paths of its own.
        load_policy(policy_path, policy_path.resolve().parent, rule_ids())
    store = None if output_dir is None else _opened(output_dir, repositories)
    telling = Telling(len(repositories), store, quiet=quiet, verbose=verbose)
    for remark in remarks:
        telling.remark(remark)
    running = engine(engine_name, jobs, telling.remark)
    known = {} if store is None or no_resume else _known(store, repositories)
    work = {
        Job(
            root=os.fspath(each.folder),
            today=day,
            program=program(),
            policy=None if policy_path is None else os.fspath(policy_path.resolve()),
            exclude=exclude,
            environments=environment_names,
            formats=() if store is None else ("json", *reports),
            fail_on=fail_on,
            strict=strict,
            no_repo_config=no_repo_config,
            left_out=_left_out(store, each),
            known=known[each.name].state if each.name in known else None,
        ): each
        for each in repositories
    }
    streams = any(each.format == "jsonl" and each.path is None for each in summaries)
    lines = Lines(each.path for each in repositories) if streams else None
    found: list[Row] = []
    with telling:
        for repository, outcome, reused in _outcomes(running, work, store, known):
            row = fleet.row(repository.path, outcome, fail_on, strict=strict)
            found.append(row)
            telling.finished(row, reused=reused)
            if lines is not None:
                lines.finished(row)
    if lines is not None:
        lines.end(found)
    rows = fleet.ordered(found, worst_first=sort == "worst")
    if store is not None:
        store.conclude(printer.json(rows, day.isoformat()))
    for destination in summaries:
        if destination.format != "jsonl" or destination.path is not None:
            destinations.write(destination, _summary(destination, rows, day, color, quiet))
    telling.end()
    return fleet.exit_status(rows)


def _destinations(formats: Sequence[Destination], output_dir: Path | None) -> tuple[tuple[Destination, ...], tuple[str, ...]]:
    """Where the summary is printed, and the formats of full reports besides JSON.

    Raises:
        click.UsageError: a full report has no folder, or a file of its own.
    """
    reports = [each for each in formats if each.format in REPORTS]
    for each in reports:
        if each.path is not None:
            raise click.UsageError(
                f"each repository has a report of its own, so '{each.path}' is not enough; write --format {each.format} "
                "--output-dir DIR"
            )
        if output_dir is None:
            raise click.UsageError(
                f"--format {each.format} is a full report of each repository; --output-dir says where they go"
            )
    summaries = destinations.chosen(tuple(each for each in formats if each.format in SUMMARIES), None)
    return summaries, tuple(dict.fromkeys(each.format for each in reports))


def _repositories(list_file: Path) -> tuple[tuple[Repository, ...], tuple[str, ...]]:
    """The repositories of a list, sorted by path, and remarks about lines that name one again.

    Raises:
        PolicyFault: lines are wrong; all of them are shown.
        click.UsageError: the list cannot be read, or names nothing.
    """
    from_input = os.fspath(list_file) == STANDARD_INPUT
    shown = "standard input" if from_input else options.shown(list_file)
    base = Path.cwd() if from_input else list_file.resolve().parent
    try:
        data = sys.stdin.buffer.read() if from_input else list_file.read_bytes()
    except OSError as error:
        raise click.UsageError(f"cannot read the list '{list_file}': {(error.strerror or str(error)).lower()}") from error
    entries, wrong = fleet.read_list(data)
    if wrong:
        raise _wrong(shown, wrong)
    if not entries:
        raise click.UsageError(f"{shown} names no repository; expected the path of a folder a line")
    first: dict[object, Entry] = {}
    remarks = []
    for entry in entries:
        before = first.setdefault(_identity(base / entry.path), entry)
        if before is not entry:
            remarks.append(f"{shown}:{entry.line}: '{entry.path}' is '{before.path}' of line {before.line}; scanned once")
    listed = sorted(first.values(), key=lambda entry: entry.path)
    places = [Path(os.path.relpath(os.path.realpath(base / entry.path), base)).as_posix() for entry in listed]
    return (
        tuple(
            Repository(entry.path, base / entry.path, name)
            for entry, name in zip(listed, fleet.file_names(places), strict=True)
        ),
        tuple(remarks),
    )


def _wrong(shown: str, lines: Sequence[Wrong]) -> PolicyFault:
    """The error that names every wrong line of a list."""
    return PolicyFault(PolicyError(Fault(shown, each.line, 1, each.reason) for each in lines).diagnostics())


def _identity(folder: Path) -> object:
    """What two ways to the same folder have in common."""
    try:
        status = folder.stat()
    except OSError:
        return os.path.realpath(folder)
    return (status.st_dev, status.st_ino) if status.st_ino else os.path.realpath(folder)


def _opened(folder: Path, repositories: Sequence[Repository]) -> Store:
    """The output folder, ready to be written to.

    Raises:
        click.UsageError: it is one of the repositories, which would then hold its own reports.
        WriteError: it cannot be written to.
    """
    identity = _identity(folder)
    itself = next((each for each in repositories if _identity(each.folder) == identity), None)
    if itself is not None:
        raise click.UsageError(f"--output-dir '{folder}' is the repository '{itself.path}'; choose a folder of its own")
    store = Store(folder)
    store.open()
    return store


def _left_out(store: Store | None, repository: Repository) -> str:
    """The folder in a repository that is none of its own: where the reports of the run are; empty where they are elsewhere."""
    if store is None:
        return ""
    root, folder = repository.folder.resolve(), store.folder.resolve()
    return folder.relative_to(root).as_posix() if folder.is_relative_to(root) else ""


def _known(store: Store, repositories: Sequence[Repository]) -> dict[str, Remembered]:
    """What is known of repositories from an earlier run, by their names."""
    found = ((each.name, store.remembered(each.name)) for each in repositories)
    return {name: remembered for name, remembered in found if remembered is not None}


def _outcomes(
    running: Engine, work: Mapping[Job, Repository], store: Store | None, known: Mapping[str, Remembered]
) -> Iterator[tuple[Repository, Outcome, bool]]:
    """Each repository with what it came to, its reports written, and whether that is what was known of it."""
    with contextlib.closing(running.run(tuple(work))) as results:
        for job, result in results:
            repository = work[job]
            match result:
                case Finished():
                    yield repository, result.scanned if store is None else store.keep(repository.name, result), False
                case Unchanged():
                    yield repository, known[repository.name].scanned, True
                case Failed():
                    yield repository, result, False
                case _:
                    assert_never(result)


def _summary(destination: Destination, rows: Sequence[Row], day: date, color: str, quiet: bool) -> str:
    match destination.format:
        case "json":
            return printer.json(rows, day.isoformat())
        case "jsonl":
            return "".join(map(printer.json_line, rows)) + printer.last_json_line(rows)
        case _:
            on_terminal = destination.path is None
            colour = on_terminal and options.coloured(color, os.environ.get("NO_COLOR"))
            return printer.text(rows, Printing(__version__, colour=colour, quiet=quiet))
