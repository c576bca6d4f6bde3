"""What a run over many repositories says while it goes on: on standard error to people, line by line to a program."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterable, Sequence
from types import TracebackType

import click

from routelint.cli import errors, writing
from routelint.cli.fleet_store import SUMMARY, Store
from routelint.cli.interruption import TerminatedError
from routelint.cli.options import shown
from routelint.cli.progress import Progress
from routelint.fleet import Failed, Row
from routelint.output import escape
from routelint.output import fleet as printer


class Telling:
    """Tells people on standard error how far a run has come; `verbose` a line for each repository, `quiet` hardly anything."""

    def __init__(self, total: int, store: Store | None, *, quiet: bool, verbose: bool) -> None:
        self._total = total
        self._store = store
        self._quiet = quiet
        self._verbose = verbose
        self._progress = Progress(enabled=not quiet and sys.stderr.isatty())
        self._done = 0
        self._reused = 0

    def __enter__(self) -> Telling:
        self._progress.repositories(0, self._total)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._progress.hide()
        if isinstance(error, (KeyboardInterrupt, TerminatedError)):
            self._say(f"routelint: {self._done:,} of {printer.repositories(self._total)} done; {self._way_on()}")

    def _way_on(self) -> str:
        if self._store is None:
            return "nothing is kept without --output-dir"
        return f"their reports are in '{shown(self._store.folder)}', and the same command goes on from there"

    def remark(self, line: str) -> None:
        """Says something about the run itself."""
        if not self._quiet:
            self._say(f"routelint: {line}")

    def finished(self, row: Row, *, reused: bool) -> None:
        """Says that a repository is done; `reused` tells that it was not scanned again."""
        self._done += 1
        self._reused += reused
        if self._verbose:
            unchanged = "unchanged: " if reused else ""
            self._say(f"[{self._done:,}/{self._total:,}] {row.path}: {unchanged}{printer.said(row)}")
        if isinstance(row.outcome, Failed) and row.outcome.trace:
            self._progress.hide()
            errors.tell(row.outcome.trace.removesuffix("\n"))
            self._say("routelint: this is a fault of routelint, not of what it scanned; report it with the lines above")
        self._progress.repositories(self._done, self._total)

    def end(self) -> None:
        """Says what was not scanned again, and where the reports are."""
        if self._reused:
            self.remark(
                f"{self._reused:,} of {printer.repositories(self._total)} unchanged and not scanned again; "
                "--no-resume scans them anew"
            )
        if self._store is not None:
            self.remark(f"full reports and {SUMMARY} are in '{shown(self._store.folder)}'")

    def _say(self, line: str) -> None:
        self._progress.hide()
        click.echo(escape.terminal(line), err=True)


class Lines:
    """Prints rows as lines of JSON while a run goes on, in the order of the paths, whichever is finished first."""

    def __init__(self, paths: Iterable[str]) -> None:
        self._paths = deque(paths)
        self._rows: dict[str, Row] = {}

    def finished(self, row: Row) -> None:
        """Prints what can be printed now that a row is there."""
        self._rows[row.path] = row
        while self._paths and self._paths[0] in self._rows:
            writing.to_terminal(printer.json_line(self._rows.pop(self._paths.popleft())))

    def end(self, rows: Sequence[Row]) -> None:
        """Prints the sums."""
        writing.to_terminal(printer.last_json_line(rows))
