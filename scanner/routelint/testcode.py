"""What findings in test code come to: notes, one for each thing said of a file."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import replace
from pathlib import PurePosixPath

from routelint.deferred import lazy_regex
from routelint.model import Finding, Severity

# Programs only: a `test` folder of infrastructure or of settings is an environment.
_PROGRAMS = frozenset(
    (
        ".py", ".ipynb", ".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".mts", ".cts", ".java", ".kt", ".scala", ".groovy",
        ".go", ".rs", ".cs", ".rb", ".php", ".swift", ".sh",
    )
)  # fmt: skip
_FOLDERS = frozenset(("__mocks__", "__tests__", "e2e", "spec", "test", "testing", "tests", "unit_tests", "integration_tests"))
_NAME = lazy_regex(
    r"test_.*|conftest\.py|.*[._](?:test|tests|spec|e2e)\.\w+|.*(?:Test|Tests|IT|Spec)\.(?:java|kt|cs|scala|groovy|swift|php)"
)
_WHY = (
    "in test code, so no more than a note; name its folder under `environments.*.paths` to have it judged as that environment"
)
MOST_LINES = 10


def is_program(path: str) -> bool:
    """Whether a file is a program, and no infrastructure or settings, by its name."""
    return PurePosixPath(path).suffix in _PROGRAMS


def is_test(path: str) -> bool:
    """Whether a file is a program that tests, or part of one, by its path."""
    named = PurePosixPath(path)
    if not is_program(path):
        return False
    return not _FOLDERS.isdisjoint(named.parts[:-1]) or _NAME.fullmatch(named.name) is not None


def lessened(findings: Iterable[Finding], rules: AbstractSet[str]) -> list[Finding]:
    """The findings with those of `rules` in test code made notes, and what is said often of one file said once.

    A test calls a model seldom or only in name, and a suite names one model a hundred times. Where the policy gives the code
    an environment it counts in full.
    """
    kept: list[Finding] = []
    in_tests: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in findings:
        if finding.rule not in rules or finding.environments or not is_test(finding.location.path):
            kept.append(finding)
        else:
            in_tests.setdefault((finding.rule, finding.message, finding.location.path), []).append(finding)
    return [*kept, *(_note(min(each, key=lambda one: one.location), each) for each in in_tests.values())]


def _note(first: Finding, found: list[Finding]) -> Finding:
    lines = sorted({each.location.span.start_line for each in found} - {first.location.span.start_line})
    shown = ", ".join(str(line) for line in lines[:MOST_LINES])
    more = f" and {len(lines) - MOST_LINES} more" if len(lines) > MOST_LINES else ""
    also = (f"said of line{'s' * (len(lines) > 1)} {shown}{more} too",) if lines else ()
    why = () if first.severity is Severity.NOTE else (_WHY,)
    return replace(first, severity=Severity.NOTE, notes=(*first.notes, *why, *also))
