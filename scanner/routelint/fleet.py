"""A run over many repositories: the list that names them, a row for each, and what they come to together."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, fields
from enum import StrEnum
from typing import TypeAlias, assert_never

from routelint.deferred import dataclass, lazy_regex
from routelint.model import Report, Severity

NEVER = "never"

_UTF_8_MARK = b"\xef\xbb\xbf"
_UTF_16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_COMMENT = lazy_regex(r"\s+#.*")
_AFTER_QUOTES = lazy_regex(r"(?:\s+#.*|\s*)")
_ADDRESS = lazy_regex(r"[A-Za-z][A-Za-z0-9+.-]+://|[\w.-]+@[\w.-]+:")
_CONTROL = lazy_regex(r"[\x00-\x1f\x7f]")
_UNSAFE = lazy_regex(r"[^A-Za-z0-9._]+")
_MOST_CHARACTERS = 80
_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Entry:
    """A repository as a line of the list names it."""

    line: int
    path: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """A line of the list that names no repository, and why."""

    line: int
    reason: str


def read_list(data: bytes) -> tuple[tuple[Entry, ...], tuple[Wrong, ...]]:
    """The repositories that a list names, in its order, and the lines that are wrong.

    A path a line. What follows `#` at the start of a line or after a blank is a comment. Quotes around a path, single or
    double, keep what is between them as it is; without them a path may hold blanks inside. UTF-8, or UTF-16 with its
    byte-order mark; bytes that are not UTF-8 stay as they are, as in names of files.
    """
    if data.startswith(_UTF_16_MARKS):
        text = data.decode("utf-16", "replace")
    else:
        text = data.removeprefix(_UTF_8_MARK).decode("utf-8", "surrogateescape")
    lines = (line.strip() for line in text.split("\n"))
    found = [_read_line(number, line) for number, line in enumerate(lines, 1) if line and not line.startswith("#")]
    return tuple(each for each in found if isinstance(each, Entry)), tuple(each for each in found if isinstance(each, Wrong))


def _read_line(number: int, line: str) -> Entry | Wrong:
    quote = line[0]
    if quote in "'\"":
        path, closing, rest = line[1:].partition(quote)
        if not closing:
            return Wrong(number, f"the quote {quote} is not closed; expected another one at the end of the path")
        if not _AFTER_QUOTES.fullmatch(rest):
            return Wrong(number, "text follows the closing quote; expected one path a line")
        if not path.strip():
            return Wrong(number, "the quotes are empty; expected the path of a folder")
    else:
        path = _COMMENT.sub("", line)
        if _ADDRESS.match(path):
            return Wrong(number, "an address; expected the path of a folder that it is cloned to")
    if _CONTROL.search(path):
        return Wrong(number, "a control character; expected the path of a folder")
    # What a shell completes ends with a slash, which says nothing of a folder.
    return Entry(number, path.rstrip("/") or "/")


def file_names(places: Sequence[str]) -> tuple[str, ...]:
    """A name for the files of each repository, none of them twice, on whatever file system.

    `places` are POSIX paths from the list to each repository. A name holds letters, digits, `.`, `_` and `-` only, and does
    not depend on the other repositories, so that it is the same in the next run.
    """
    names: dict[str, None] = {}
    for place in places:
        parts = [part for part in place.split("/") if part not in ("", ".", "..")][-2:]
        readable = _UNSAFE.sub("-", "-".join(parts))[-_MOST_CHARACTERS:].strip("-._").lower() or "repository"
        digest = hashlib.sha256(place.encode("utf-8", "surrogateescape")).hexdigest()
        name = f"{readable}-{digest[:_DIGITS]}"
        # Two folders whose first digits are the same can be found on purpose.
        names[f"{readable}-{digest}" if name in names else name] = None
    return tuple(names)


@dataclass(frozen=True, slots=True)
class Counts:
    """What was found: findings by severity, those silenced, routes, files looked at, and faults while reading."""

    errors: int = 0
    warnings: int = 0
    notes: int = 0
    suppressed: int = 0
    routes: int = 0
    resolved: int = 0
    files: int = 0
    unread: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(Counts)))


@dataclass(frozen=True)
class Scanned:
    """What the scan of one repository came to.

    `rules` counts the findings of each rule; `fail_on` is what its policy says; `incomplete` is why the scan is, empty where
    it is not; `reports` names the files with the full report.
    """

    counts: Counts
    rules: Mapping[str, int] = field(default_factory=dict)
    policy: str | None = None
    fail_on: str = "error"
    incomplete: str = ""
    reports: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Failed:
    """A repository that could not be scanned, and why; `trace` tells where a fault of routelint's own arose."""

    reason: str
    trace: str = ""


Outcome: TypeAlias = Scanned | Failed


class Status(StrEnum):
    """What a repository means for the run, worst first."""

    FAILED = "failed"
    INCOMPLETE = "incomplete"
    FINDINGS = "findings"
    OK = "ok"


_RANKS = {status: rank for rank, status in enumerate(Status)}


@dataclass(frozen=True)
class Row:
    """A repository of the run: its path as the list writes it, what became of it, and why where that needs saying."""

    path: str
    outcome: Outcome
    status: Status
    reason: str = ""


def scanned(report: Report, fail_on: str, incomplete: str = "") -> Scanned:
    """What a report comes to."""
    by_severity = Counter(finding.severity for finding in report.findings)
    coverage = report.coverage
    counts = Counts(
        errors=by_severity[Severity.ERROR],
        warnings=by_severity[Severity.WARNING],
        notes=by_severity[Severity.NOTE],
        suppressed=len(report.suppressed),
        routes=coverage.routes,
        resolved=coverage.resolved,
        files=report.files,
        unread=len(report.errors),
    )
    rules = Counter(finding.rule for finding in report.findings)
    return Scanned(counts, dict(sorted(rules.items())), report.policy, fail_on, incomplete)


def row(path: str, outcome: Outcome, fail_on: str | None = None, *, strict: bool = False) -> Row:
    """The row of a repository; without `fail_on` its own policy says what fails.

    Where it is `strict`, a scan that could not read a file is incomplete.
    """
    match outcome:
        case Failed():
            return Row(path, outcome, Status.FAILED, outcome.reason)
        case Scanned():
            if outcome.incomplete:
                return Row(path, outcome, Status.INCOMPLETE, outcome.incomplete)
            if strict and outcome.counts.unread:
                return Row(path, outcome, Status.INCOMPLETE, "not every file could be read completely")
            fails = _fails(outcome.counts, fail_on or outcome.fail_on)
            return Row(path, outcome, Status.FINDINGS if fails else Status.OK)
        case _:
            assert_never(outcome)


def _fails(counts: Counts, fail_on: str) -> bool:
    found = {Severity.ERROR: counts.errors, Severity.WARNING: counts.warnings, Severity.NOTE: counts.notes}
    return fail_on != NEVER and any(number for each, number in found.items() if each.rank <= Severity(fail_on).rank)


def ordered(rows: Iterable[Row], *, worst_first: bool = False) -> tuple[Row, ...]:
    """The rows by path; `worst_first` those without a whole result, then by errors, warnings and notes."""
    by_path = sorted(rows, key=lambda each: each.path)
    return tuple(sorted(by_path, key=_badness) if worst_first else by_path)


def _badness(each: Row) -> tuple[int, ...]:
    # A gate may be laxer for one repository than for another: among whole results the findings alone count.
    rank = min(_RANKS[each.status], _RANKS[Status.FINDINGS])
    counts = each.outcome.counts if isinstance(each.outcome, Scanned) else Counts()
    return (rank, -counts.errors, -counts.warnings, -counts.notes)


@dataclass(frozen=True)
class Total:
    """What all repositories come to. `rules` maps a rule to its findings and the number of repositories that have some."""

    statuses: Mapping[Status, int]
    counts: Counts
    rules: Mapping[str, tuple[int, int]]

    @property
    def repositories(self) -> int:
        """How many there are."""
        return sum(self.statuses.values())


def total(rows: Sequence[Row]) -> Total:
    """What the rows come to; one that failed adds nothing but itself."""
    done = [each.outcome for each in rows if isinstance(each.outcome, Scanned)]
    findings: Counter[str] = Counter()
    repositories: Counter[str] = Counter()
    for each in done:
        findings.update(each.rules)
        repositories.update(each.rules.keys())
    statuses = Counter(each.status for each in rows)
    return Total(
        {status: statuses[status] for status in Status},
        sum((each.counts for each in done), Counts()),
        {rule: (findings[rule], repositories[rule]) for rule in sorted(findings)},
    )


def exit_status(rows: Iterable[Row]) -> int:
    """0, 1 or 3 by the contract of the command line."""
    statuses = {each.status for each in rows}
    if statuses & {Status.FAILED, Status.INCOMPLETE}:
        return 3
    return 1 if Status.FINDINGS in statuses else 0
