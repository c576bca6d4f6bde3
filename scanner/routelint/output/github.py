"""A scan as GitHub workflow commands: annotations on the lines of a pull request."""

from __future__ import annotations

from collections.abc import Iterable

from routelint.model import Finding, Report, Severity
from routelint.output.escape import workflow_data, workflow_property
from routelint.output.layout import counted, listed
from routelint.output.printing import Printing
from routelint.output.text import compared

# GitHub shows at most this many annotations of a level from one step.
MOST_OF_A_LEVEL = 10

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def scan(report: Report, printing: Printing) -> str:
    """One workflow command per finding, the worst first, and a notice of how many were left out."""
    by_severity = {severity: [finding for finding in report.findings if finding.severity is severity] for severity in _COMMANDS}
    room = dict.fromkeys(_COMMANDS, MOST_OF_A_LEVEL)
    if report.diff is not None:
        room[Severity.NOTE] -= 1  # for the notice of what was compared
    if any(len(by_severity[severity]) > room[severity] for severity in _COMMANDS):
        room[Severity.NOTE] -= 1  # for the notice of what is left out
    lines: list[str] = []
    left_out: list[str] = []
    for severity, findings in by_severity.items():
        lines.extend(_commands(findings[: room[severity]], printing))
        if len(findings) > room[severity]:
            left_out.append(counted(len(findings) - room[severity], str(severity)))
    if left_out:
        message = (
            f"{listed(left_out)} left out: GitHub shows {MOST_OF_A_LEVEL} annotations of a level; `routelint scan` lists all"
        )
        lines.append(f"::notice title=routelint::{workflow_data(message)}")
    if report.diff is not None:
        lines.append(f"::notice title=routelint::{workflow_data(compared(report, report.diff))}")
    # What could not be read is a finding already; a fault of routelint is none, and must not look like a clean scan.
    faults = (error for error in report.errors if error.internal)
    lines.extend(f"::error title=routelint is incomplete::{workflow_data(error.message)}" for error in faults)
    return "".join(f"{line}\n" for line in lines)


def _commands(findings: Iterable[Finding], printing: Printing) -> Iterable[str]:
    for finding in findings:
        span = finding.location.span
        properties = {
            "file": printing.in_repository(finding.location.path),
            "line": str(span.start_line),
            "col": str(span.start_column),
            "endLine": str(max(span.start_line, span.end_line)),
        }
        # GitHub rejects an end column where the lines differ.
        if span.start_line == span.end_line and span.end_column > span.start_column:
            properties["endColumn"] = str(span.end_column)
        properties["title"] = finding.rule
        written = ",".join(f"{key}={workflow_property(value)}" for key, value in properties.items())
        message = workflow_data("\n".join((finding.message, *finding.notes)))
        yield f"::{_COMMANDS[finding.severity]} {written}::{message}"
