"""A run over many repositories as a table for people, as JSON, and as JSON lines while it goes on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import assert_never

from routelint import fleet
from routelint.fleet import Counts, Failed, Row, Scanned, Status, Total
from routelint.model import Coverage
from routelint.output import escape
from routelint.output.json_report import VERSION, Json, coverage
from routelint.output.layout import Role, counted, grid, listed
from routelint.output.printing import Printing
from routelint.output.text import resolved

NOTHING = "-"
MOST_RULES = 3
# Document and list: each repository is a line.
_ROW_DEPTH = 2
_HEADINGS = ("repository", "status", "errors", "warnings", "notes", "routes", "resolved", "files")
_AT_RIGHT = range(2, len(_HEADINGS))
_ROLES = {Status.FAILED: Role.ERROR, Status.INCOMPLETE: Role.ERROR, Status.FINDINGS: Role.WARNING, Status.OK: Role.HELP}
_IN_WORDS = {
    Status.FINDINGS: "with findings that fail",
    Status.OK: "in order",
    Status.INCOMPLETE: "incomplete",
    Status.FAILED: "failed",
}


def text(rows: Sequence[Row], printing: Printing) -> str:
    """A line for each repository and one for all, then what they come to in words.

    Where `quiet` is on, a line for each repository that is not in order and nothing else.
    """
    if printing.quiet:
        bad = (each for each in rows if each.status is not Status.OK)
        return "".join(f"{escape.terminal(each.path)}: {each.status}: {escape.terminal(said(each))}\n" for each in bad)
    sums = fleet.total(rows)
    heading, *lines, last = grid([_HEADINGS, *map(_cells, rows), ("total", "", *_numbers(sums.counts))], _AT_RIGHT)
    printed = [printing.paint(heading, Role.FAINT)]
    for each, line in zip(rows, lines, strict=True):
        printed.append(line if each.status is Status.OK else printing.paint(line, _ROLES[each.status]))
        if each.reason:
            printed.append(f"    {escape.terminal(each.reason)}")
    printed.extend([printing.paint(last, Role.STRONG), "", *_summary(sums, printing)])
    return "".join(f"{line}\n" for line in printed)


def _cells(each: Row) -> tuple[str, ...]:
    match each.outcome:
        case Scanned():
            numbers = _numbers(each.outcome.counts)
        case Failed():
            numbers = (NOTHING,) * len(_AT_RIGHT)
        case _:
            assert_never(each.outcome)
    return (escape.terminal(each.path), str(each.status), *numbers)


def _numbers(counts: Counts) -> tuple[str, ...]:
    share = f"{100 * counts.resolved // counts.routes} %" if counts.routes else NOTHING
    found = (f"{number:,}" for number in (counts.errors, counts.warnings, counts.notes, counts.routes))
    return (*found, share, f"{counts.files:,}")


def _summary(sums: Total, printing: Printing) -> Iterator[str]:
    parts = [
        printing.paint(f"{sums.statuses[status]:,} {words}", _ROLES[status])
        for status, words in _IN_WORDS.items()
        if sums.statuses[status]
    ]
    yield f"{repositories(sums.repositories)}: {listed(parts)}"
    routes = Coverage(sums.counts.routes, sums.counts.resolved)
    looked = f"{counted(sums.counts.files, 'file')} looked at"
    yield f"{resolved(routes)}; {looked}" if routes.routes else f"no model routes in {looked}"
    most = sorted(sums.rules, key=lambda rule: (-sums.rules[rule][0], rule))[:MOST_RULES]
    if most:
        yield f"most often: {listed([_often(rule, *sums.rules[rule]) for rule in most])}"


def _often(rule: str, findings: int, where: int) -> str:
    return f"{escape.terminal(rule)} ({findings:,} in {repositories(where)})"


def repositories(number: int) -> str:
    """A number of repositories in words."""
    return f"{number:,} repository" if number == 1 else f"{number:,} repositories"


def said(each: Row) -> str:
    """What a repository came to in a clause: `7 errors and 2 notes`, or the reason why it is not known."""
    if each.reason or isinstance(each.outcome, Failed):
        return each.reason
    counts = each.outcome.counts
    words = {"error": counts.errors, "warning": counts.warnings, "note": counts.notes}
    return listed([counted(number, word) for word, number in words.items() if number]) or "no findings"


def json(rows: Sequence[Row], today: str) -> str:
    """Every repository with what it came to, and the sums."""
    document = {
        "version": VERSION,
        "today": today,
        "repositories": [_row(each) for each in rows],
        "total": _total(fleet.total(rows)),
        "exit_status": fleet.exit_status(rows),
    }
    return escape.json_text(document, _ROW_DEPTH)


def json_line(each: Row) -> str:
    """A repository as a line of JSON, as in `json`."""
    return escape.json_text(_row(each), 0)


def last_json_line(rows: Sequence[Row]) -> str:
    """The line after those of all repositories: the sums."""
    return escape.json_text({"total": _total(fleet.total(rows)), "exit_status": fleet.exit_status(rows)}, 0)


def _row(each: Row) -> Json:
    match each.outcome:
        case Scanned() as outcome:
            result = {
                **_counts(outcome.counts),
                "rules": dict(outcome.rules),
                "policy": outcome.policy,
                "reports": list(outcome.reports),
            }
        case Failed():
            result = {**_counts(None), "rules": {}, "policy": None, "reports": []}
        case _:
            assert_never(each.outcome)
    return {"path": each.path, "status": str(each.status), "reason": each.reason or None, **result}


def _counts(counts: Counts | None) -> dict[str, object]:
    """The numbers of a scan; null where there was none, so that nobody takes it for a clean one."""
    if counts is None:
        return dict.fromkeys(("findings", "suppressed", "coverage", "files", "unread"))
    return {
        "findings": {"error": counts.errors, "warning": counts.warnings, "note": counts.notes},
        "suppressed": counts.suppressed,
        "coverage": coverage(Coverage(counts.routes, counts.resolved)),
        "files": counts.files,
        "unread": counts.unread,
    }


def _total(sums: Total) -> Json:
    return {
        "repositories": sums.repositories,
        "statuses": {str(status): number for status, number in sums.statuses.items()},
        **_counts(sums.counts),
        "rules": {rule: {"findings": findings, "repositories": where} for rule, (findings, where) in sums.rules.items()},
    }
