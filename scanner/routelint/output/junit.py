"""A scan as JUnit XML, as test reports of CI systems read it: valid by the schema of the Jenkins xUnit plugin (junit-10.xsd).

Every file is a test suite with a failed test per finding and a skipped one per finding that was silenced; a file whose routes
are all in order has one that passed. The rules that found nothing are passed tests of a suite of their own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from routelint.deferred import dataclass
from routelint.model import Finding, Hop, Report, Suppressed
from routelint.output.escape import terminal, xml, xml_text
from routelint.output.pages import way_out
from routelint.output.printing import Printing

NAME = "routelint"
RULES = "rules"
IN_ORDER = "every route is in order"
FAULT = "the scan is complete"


@dataclass(frozen=True, slots=True)
class _Case:
    """One test: its name, and the element in it that says how it ended (empty: it passed)."""

    name: str
    outcome: str = ""
    element: str = ""


def scan(report: Report, printing: Printing) -> str:
    """The report as one document; no times are given, so that equal scans give equal documents."""
    suites = [*_files(report, printing), *_rules(report, printing), *_faults(report)]
    counts = Counter(case.outcome for _, _, cases in suites for case in cases)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="{NAME}" tests="{sum(counts.values())}" {_counts(counts)}>',
    ]
    for name, file, cases in suites:
        lines.extend(_suite(name, file, cases))
    lines.append("</testsuites>")
    return "".join(f"{line}\n" for line in lines)


def _files(report: Report, printing: Printing) -> Iterable[tuple[str, bool, list[_Case]]]:
    by_path: dict[str, list[_Case]] = {reference.location.path: [] for reference in report.references}
    for finding in report.findings:
        by_path.setdefault(finding.location.path, []).append(_failed(finding, printing))
    for suppressed in report.suppressed:
        by_path.setdefault(suppressed.finding.location.path, []).append(_skipped(suppressed))
    for path in sorted(by_path):
        yield printing.in_repository(path), True, by_path[path] or [_Case(IN_ORDER)]


def _rules(report: Report, printing: Printing) -> Iterable[tuple[str, bool, list[_Case]]]:
    found = {finding.rule for finding in report.findings}
    passed = [_Case(rule) for rule in printing.judging if rule not in found]
    if passed:
        yield RULES, False, passed


def _faults(report: Report) -> Iterable[tuple[str, bool, list[_Case]]]:
    faults = [error for error in report.errors if error.internal]
    if faults:
        yield (
            NAME,
            False,
            [
                _Case(FAULT, "error", f'<error type="internal-error" message="{xml(terminal(error.message))}"/>')
                for error in faults
            ],
        )


def _failed(finding: Finding, printing: Printing) -> _Case:
    attributes = f'type="{finding.severity}" message="{xml(terminal(finding.message))}"'
    body = xml_text("\n".join(terminal(line) for line in _body(finding, printing)))
    return _Case(_name(finding), "failure", f"<failure {attributes}>{body}</failure>")


def _skipped(suppressed: Suppressed) -> _Case:
    message = xml(terminal(f"silenced by {suppressed.by}: {suppressed.reason}"))
    return _Case(_name(suppressed.finding), "skipped", f'<skipped message="{message}"/>')


def _name(finding: Finding) -> str:
    """What stays the same from scan to scan: no line number, so that CI systems know a failure again."""
    return " ".join(part for part in (finding.rule, finding.location.symbol, finding.model) if part)


def _body(finding: Finding, printing: Printing) -> Iterable[str]:
    span = finding.location.span
    place = f"{printing.in_repository(finding.location.path)}:{span.start_line}:{span.start_column}"
    yield f"{place}: {finding.severity}[{finding.rule}]: {finding.message}"
    yield from (_step(hop, printing) for hop in finding.trail)
    if finding.environments:
        yield f"note: in {', '.join(finding.environments)}"
    yield from (f"note: {note}" for note in finding.notes)
    yield from (f"help: {fix.description}" for fix in finding.fixes)
    advice = way_out(printing.rule(finding.rule))
    if advice and not finding.fixes:
        yield f"help: {advice}"


def _step(hop: Hop, printing: Printing) -> str:
    return f"from {printing.in_repository(hop.location.path)}:{hop.location.span.start_line}: {hop.note}"


def _suite(name: str, file: bool, cases: Sequence[_Case]) -> Iterable[str]:
    counts = Counter(case.outcome for case in cases)
    shown = xml(terminal(name))
    where = f' file="{shown}"' if file else ""
    yield f'  <testsuite name="{shown}"{where} tests="{len(cases)}" {_counts(counts)} skipped="{counts["skipped"]}">'
    taken: Counter[str] = Counter()
    for case in cases:
        taken[case.name] += 1
        # Test reports join tests of one name; a second finding must not hide behind the first.
        ordinal = f" ({taken[case.name]})" if taken[case.name] > 1 else ""
        head = f'    <testcase classname="{shown}" name="{xml(terminal(case.name + ordinal))}"'
        yield f"{head}>{case.element}</testcase>" if case.element else f"{head}/>"
    yield "  </testsuite>"


def _counts(counts: Counter[str]) -> str:
    return f'failures="{counts["failure"]}" errors="{counts["error"]}"'
