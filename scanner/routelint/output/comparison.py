"""What differs between findings, printed: results of policy tests, and what a new policy changes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from routelint.model import Finding
from routelint.output import escape
from routelint.output.layout import Role, counted, wrap
from routelint.output.printing import Printing
from routelint.policy_tests import Changed, Comparison, Expected, Result

VERSION = 1
_INDENT = "  "


def tests(results: Sequence[Result], printing: Printing) -> str:
    """A line for each test, below a failed one the difference, then the count."""
    lines: list[str] = []
    for result in results:
        place = f"{printing.shown(result.path)}:{result.case.location.span.start_line}"
        if result.passed:
            if not printing.quiet:
                lines.append(f"{printing.paint('ok', Role.STRONG)}    {escape.terminal(result.case.name)}")
            continue
        lines.append(f"{printing.paint('FAIL', Role.ERROR)}  {escape.terminal(f'{result.case.name} ({place})')}")
        lines.extend(_INDENT + line for line in _difference(result, printing))
    failed = sum(1 for result in results if not result.passed)
    files = counted(len({result.path for result in results}), "file")
    lines.append(f"{counted(len(results), 'test')} in {files}: {len(results) - failed} passed, {failed} failed")
    return "".join(f"{line}\n" for line in lines)


def tests_json(results: Sequence[Result]) -> str:
    """The same as JSON."""
    failed = sum(1 for result in results if not result.passed)
    return escape.json_text(
        {
            "version": VERSION,
            "tests": [_result(result) for result in results],
            "passed": len(results) - failed,
            "failed": failed,
        }
    )


def _difference(result: Result, printing: Printing) -> Iterator[str]:
    for error in result.errors:
        yield printing.paint(f"! {escape.terminal(error)}", Role.ERROR)
    yield from _compared(result.findings, "", printing)
    yield from _compared(result.suppressed, "suppressed: ", printing)


def _compared(comparison: Comparison, prefix: str, printing: Printing) -> Iterator[str]:
    for expected in comparison.missing:
        yield f"{printing.paint('-', Role.ERROR)} {prefix}{escape.terminal(_wanted(expected))}: expected, not found"
    for changed in comparison.changed:
        yield f"{printing.paint('~', Role.WARNING)} {prefix}{escape.terminal(_place(changed.found))}: {_changes(changed)}"
    for finding in comparison.unexpected:
        yield f"{printing.paint('+', Role.WARNING)} {prefix}{escape.terminal(_place(finding))}: found, not expected"
        yield f"{_INDENT}{escape.terminal(finding.message)}"


def _changes(changed: Changed) -> str:
    return escape.terminal(
        ", ".join(f"{each.what} is '{each.found}', expected '{each.expected}'" for each in changed.differences)
    )


def _wanted(expected: Expected) -> str:
    line = "" if expected.line is None else f":{expected.line}"
    facts = [
        f"{what} '{value}'"
        for what, value in (
            ("symbol", expected.symbol),
            ("model", expected.model),
            ("environments", None if expected.environments is None else ", ".join(expected.environments)),
            ("message", expected.message),
        )
        if value is not None
    ]
    severity = "" if expected.severity is None else f"{expected.severity} "
    return f"{severity}{expected.rule} {expected.path}{line}" + (f" with {', '.join(facts)}" if facts else "")


def _place(finding: Finding) -> str:
    return f"{finding.severity} {finding.rule} {finding.location.path}:{finding.location.span.start_line}"


def _result(result: Result) -> dict[str, object]:
    return {
        "path": result.path,
        "line": result.case.location.span.start_line,
        "name": result.case.name,
        "passed": result.passed,
        **_comparison_json(result.findings),
        "suppressed": _comparison_json(result.suppressed),
        "errors": list(result.errors),
    }


def _comparison_json(comparison: Comparison) -> dict[str, object]:
    return {
        "missing": [_expected_json(each) for each in comparison.missing],
        "unexpected": [finding_json(each) for each in comparison.unexpected],
        "changed": [
            {
                "expected": _expected_json(each.expected),
                "found": finding_json(each.found),
                "differences": {d.what: {"expected": d.expected, "found": d.found} for d in each.differences},
            }
            for each in comparison.changed
        ],
    }


def _expected_json(expected: Expected) -> dict[str, object]:
    written = {
        "rule": expected.rule,
        "path": expected.path,
        "line": expected.line,
        "symbol": expected.symbol,
        "severity": None if expected.severity is None else str(expected.severity),
        "model": expected.model,
        "environments": None if expected.environments is None else list(expected.environments),
        "message": expected.message,
    }
    return {key: value for key, value in written.items() if value is not None}


def finding_json(finding: Finding) -> dict[str, object]:
    """A finding by what tells it from others."""
    return {
        "rule": finding.rule,
        "severity": str(finding.severity),
        "message": finding.message,
        "path": finding.location.path,
        "line": finding.location.span.start_line,
        "column": finding.location.span.start_column,
        "symbol": finding.location.symbol,
        "model": finding.model,
        "environments": list(finding.environments),
        "roots": list(finding.roots),
    }


def impact(
    appearing: Sequence[Finding],
    vanishing: Sequence[Finding],
    unchanged: int,
    old: str,
    new: str,
    printing: Printing,
) -> str:
    """The findings that a new policy brings and takes away, and how many stay."""
    lines = [
        *_listed(f"{counted(len(appearing), 'finding')} more with {new}", "+", Role.ERROR, appearing, printing),
        *_listed(f"{counted(len(vanishing), 'finding')} fewer", "-", Role.STRONG, vanishing, printing),
        escape.terminal(f"{counted(unchanged, 'finding')} the same with {old} and {new}"),
    ]
    return "".join(f"{line}\n" for line in lines)


def _listed(heading: str, sign: str, role: Role, findings: Sequence[Finding], printing: Printing) -> Iterable[str]:
    if not findings:
        return
    yield escape.terminal(heading)
    for finding in findings:
        place = f"{printing.shown(finding.location.path)}:{finding.location.span.start_line}"
        environments = f" [{', '.join(finding.environments)}]" if finding.environments else ""
        yield f"  {printing.paint(sign, role)} {escape.terminal(f'{place}: {finding.severity}[{finding.rule}]{environments}')}"
        yield from (f"      {line}" for line in wrap(escape.terminal(finding.message), printing.width, 6, 6))
    yield ""


def impact_json(
    appearing: Sequence[Finding], vanishing: Sequence[Finding], unchanged: int, old: str | None, new: str | None
) -> str:
    """The same as JSON."""
    return escape.json_text(
        {
            "version": VERSION,
            "policy": old,
            "new_policy": new,
            "appearing": [finding_json(each) for each in appearing],
            "vanishing": [finding_json(each) for each in vanishing],
            "unchanged": unchanged,
        }
    )
