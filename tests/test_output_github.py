from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings

from reports import ANY_REPORT, EMPTY, FINDINGS, HOSTILE, REPORTS, RICH, printing
from routelint.model import Report, Severity, Span
from routelint.output import github

CASES = Path(__file__).parent / "cases_output"
COMMAND = re.compile(r"::(error|warning|notice) ([^:\n]*)::([^\n]*)")


def many(errors: int, warnings: int = 0, notes: int = 0) -> Report:
    counts = {Severity.ERROR: errors, Severity.WARNING: warnings, Severity.NOTE: notes}
    return Report(tuple(replace(FINDINGS[0], severity=severity) for severity, count in counts.items() for _ in range(count)))


@pytest.mark.parametrize("name", REPORTS)
def test_golden(name: str, golden: Callable[[Path, str], None]) -> None:
    golden(CASES / f"scan-{name}-annotations.txt", github.scan(REPORTS[name], printing(repository_prefix="work/")))


def test_an_annotation_holds_place_title_message_and_notes() -> None:
    first = github.scan(Report(FINDINGS[:1]), printing(repository_prefix="work/"))
    assert first == (
        "::error file=work/infra/main.tf,line=7,col=29,endLine=7,endColumn=38,title=model-above-environment-tier::"
        "'us.anthropic.claude-opus-4-1-20250805-v1:0' is a premium model, and dev allows economy at most; "
        "'amazon.nova-lite-v1:0' is the next one down%0A"
        "it costs 250 times 'amazon.nova-lite-v1:0' per token ($15.00 against $0.06 per million input tokens)\n"
    )


def test_an_end_column_stands_only_where_the_span_is_on_one_line() -> None:
    lines = github.scan(RICH, printing()).splitlines()
    (whole_block,) = [line for line in lines if "missing-required-tag" in line]
    assert "line=3,col=1,endLine=8,title" in whole_block
    point = github.scan(
        Report((replace(FINDINGS[0], location=replace(FINDINGS[0].location, span=Span(7, 29, 7, 29))),)), printing()
    )
    assert "endColumn" not in point


@pytest.mark.parametrize(
    ("report", "shown", "left_out"),
    [
        pytest.param(many(10, 10, 10), (10, 10, 10), None, id="exactly what fits"),
        pytest.param(many(13), (10, 0, 1), "3 errors left out", id="errors"),
        pytest.param(many(11, 12, 9), (10, 10, 10), "1 error and 2 warnings left out", id="room for the notice"),
        pytest.param(many(11, 0, 10), (10, 0, 10), "1 error and 1 note left out", id="a note gives way to the notice"),
        pytest.param(many(0, 0, 30), (0, 0, 10), "21 notes left out", id="notes"),
        pytest.param(EMPTY, (0, 0, 0), None, id="nothing"),
    ],
)
def test_at_most_ten_of_a_level_and_the_rest_is_counted(
    report: Report, shown: tuple[int, int, int], left_out: str | None
) -> None:
    written = github.scan(report, printing())
    counts = Counter(line.split(" ", 1)[0] for line in written.splitlines())
    assert (counts["::error"], counts["::warning"], counts["::notice"]) == shown
    assert (left_out in written) if left_out else ("left out" not in written)


def test_the_worst_come_first() -> None:
    levels = [line.split(" ", 1)[0] for line in github.scan(RICH, printing()).splitlines()]
    assert levels == ["::error"] * 4 + ["::warning"] * 2 + ["::notice"]


def test_a_hostile_name_cannot_start_a_command() -> None:
    for line in github.scan(HOSTILE, printing()).splitlines():
        match = COMMAND.fullmatch(line)
        assert match is not None
        names = [each.split("=", 1)[0] for each in match[2].split(",")]
        assert names == ["title"] or names == [
            "file",
            "line",
            "col",
            "endLine",
            "endColumn",
            "title",
        ]


@settings(max_examples=30)
@given(ANY_REPORT)
def test_any_report_is_lines_of_one_command_each(report: Report) -> None:
    written = github.scan(report, printing())
    written.encode()
    lines = written.split("\n")
    assert lines.pop() == ""
    findings = sum(1 for finding in report.findings if finding.severity is not Severity.OFF)
    assert len(lines) == findings + sum(1 for error in report.errors if error.internal)
    for line in lines:
        assert COMMAND.fullmatch(line)
        assert not {unicodedata.category(character) for character in line} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
