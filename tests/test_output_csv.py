from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings

from reports import ANY_REPORT, FINDINGS, HOSTILE, REPORTS, RICH, ROUTES, printing, rows
from routelint.model import Report
from routelint.output import csv_report

CASES = Path(__file__).parent / "cases_output"
TODAY = date(2026, 11, 24)


def table(text: str) -> list[dict[str, str]]:
    """The rows as a strict reader of RFC 4180 gets them."""
    head, *body = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert text.endswith("\r\n")
    assert all(len(row) == len(head) for row in body)
    return [dict(zip(head, row, strict=True)) for row in body]


@pytest.mark.parametrize("name", REPORTS)
def test_golden(name: str, golden: Callable[[Path, str], None]) -> None:
    written = csv_report.scan(REPORTS[name], printing(shown_prefix="work/", show_suppressed=True))
    golden(CASES / f"scan-{name}.csv", written.replace("\r\n", "\n"))


def test_golden_inventory(golden: Callable[[Path, str], None]) -> None:
    golden(CASES / "inventory-rich.csv", csv_report.inventory(rows(), printing()).replace("\r\n", "\n"))


def test_a_finding_is_a_row() -> None:
    first, *_ = table(csv_report.scan(RICH, printing(shown_prefix="work/")))
    assert (first["severity"], first["rule"], first["path"], first["line"]) == (
        "error",
        "model-above-environment-tier",
        "work/infra/main.tf",
        "7",
    )
    assert first["trail"] == "work/infra/dev.tfvars:1 dev.tfvars sets model"
    assert len(table(csv_report.scan(RICH, printing()))) == len(RICH.findings)


def test_suppressed_findings_follow_where_they_are_asked_for() -> None:
    *_, last = table(csv_report.scan(RICH, printing(show_suppressed=True)))
    assert (last["suppressed_by"], last["reason"]) == ("waiver", "frozen until the March migration, OPS-77")


def test_a_fault_of_the_program_is_a_row() -> None:
    *_, last = table(csv_report.scan(HOSTILE, printing()))
    assert (last["severity"], last["rule"]) == ("error", csv_report.INTERNAL)


@pytest.mark.parametrize(
    "message", ["=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1", '=HYPERLINK("http://x")']
)
def test_no_cell_is_a_formula(message: str) -> None:
    (row,) = table(csv_report.scan(Report((replace(FINDINGS[0], message=message),)), printing()))
    assert row["message"].startswith("'")


def test_a_route_has_a_row_per_model_and_one_for_what_cannot_be_told() -> None:
    written = table(csv_report.inventory(rows(), printing()))
    support = [row for row in written if row["symbol"] == "aws_bedrockagent_agent.support.foundation_model"]
    assert [(row["model"], row["tier"], row["environments"]) for row in support] == [
        ("us.anthropic.claude-opus-4-1-20250805-v1:0", "premium", "dev"),
        ("amazon.nova-lite-v1:0", "economy", "prod; staging"),
    ]
    assert support[0]["input_usd_per_million_tokens"] == "16.5"
    assert support[0]["tags"] == "owner=?; team=search"
    unknown = [row for row in written if row["unresolved"]]
    assert [row["model"] for row in unknown] == ["", ""]
    assert {row["line"] for row in written} == {str(route.location.span.start_line) for route in ROUTES}


@settings(max_examples=30)
@given(ANY_REPORT)
def test_any_report_reads_back_without_formulas(report: Report) -> None:
    read = table(csv_report.scan(report, printing(show_suppressed=True)))
    faults = sum(1 for error in report.errors if error.internal)
    assert len(read) == len(report.findings) + len(report.suppressed) + faults
    for row in read:
        assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for cell in row.values())
