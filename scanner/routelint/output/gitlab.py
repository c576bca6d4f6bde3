"""A scan as a GitLab Code Quality report: one entry per finding, shown in merge requests and on the lines of a change."""

from __future__ import annotations

from collections.abc import Mapping

from routelint.model import Finding, Report, ScanError, Severity
from routelint.output import fingerprints
from routelint.output.escape import json_text, plain
from routelint.output.printing import Printing

INCOMPLETE = "scan-incomplete"
# The list itself: each entry is a line.
_ENTRY_DEPTH = 1

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.NOTE: "info", Severity.OFF: "info"}


def scan(report: Report, printing: Printing) -> str:
    """A JSON list of the findings; faults of routelint itself stand in it too, so that they do not look like a clean scan."""
    entries = [
        _finding(finding, fingerprint, printing)
        for finding, fingerprint in zip(report.findings, fingerprints.unique(report.findings), strict=True)
    ]
    faults = (error for error in report.errors if error.internal)
    entries.extend(_fault(error, number, printing) for number, error in enumerate(faults, 1))
    return json_text(entries, _ENTRY_DEPTH)


def _finding(finding: Finding, fingerprint: str, printing: Printing) -> Mapping[str, object]:
    return {
        "description": plain("; ".join((finding.message, *finding.notes)).replace("\n", " ")),
        "check_name": plain(finding.rule),
        "fingerprint": fingerprint,
        "severity": _SEVERITIES[finding.severity],
        "location": _location(finding.location.path, finding.location.span.start_line, printing),
    }


def _fault(error: ScanError, number: int, printing: Printing) -> Mapping[str, object]:
    return {
        "description": plain(f"the scan is incomplete: {error.message}".replace("\n", " ")),
        "check_name": INCOMPLETE,
        "fingerprint": f"{INCOMPLETE}:{number}",
        "severity": "major",
        "location": _location(error.path, error.line, printing),
    }


def _location(path: str, line: int, printing: Printing) -> Mapping[str, object]:
    """GitLab compares the path with those of the change, so it is not escaped: JSON does that for it."""
    return {"path": printing.in_repository(path), "lines": {"begin": line}}
