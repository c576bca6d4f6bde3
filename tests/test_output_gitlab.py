from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings

from reports import ANY_REPORT, FINDINGS, HOSTILE, HOSTILE_PATH, REPORTS, RICH, printing
from routelint.model import Location, Report, Severity
from routelint.output import gitlab

CASES = Path(__file__).parent / "cases_output"
# The fields GitLab documents as required of a Code Quality report.
SHAPE = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "additionalProperties": False,
        "properties": {
            "description": {"type": "string"},
            "check_name": {"type": "string"},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "additionalProperties": False,
                "properties": {
                    "path": {"type": "string"},
                    "lines": {
                        "type": "object",
                        "required": ["begin"],
                        "additionalProperties": False,
                        "properties": {"begin": {"type": "integer", "minimum": 1}},
                    },
                },
            },
        },
    },
}


def entries(report: Report, **changes: object) -> list[dict[str, Any]]:
    written = json.loads(gitlab.scan(report, printing(**changes)))
    jsonschema.validate(written, SHAPE)
    assert isinstance(written, list)
    return written


@pytest.mark.parametrize("name", REPORTS)
def test_golden(name: str, golden: Callable[[Path, str], None]) -> None:
    golden(CASES / f"scan-{name}-gitlab.json", gitlab.scan(REPORTS[name], printing(repository_prefix="work/")))


def test_an_entry_says_what_gitlab_shows() -> None:
    assert entries(Report(FINDINGS[2:3]), repository_prefix="work/") == [
        {
            "description": "aws_bedrockagent_agent.support lacks the tag 'cost-center'",
            "check_name": "missing-required-tag",
            "fingerprint": "0c" * 16,
            "severity": "major",
            "location": {"path": "work/infra/main.tf", "lines": {"begin": 3}},
        }
    ]


@pytest.mark.parametrize(
    ("severity", "expected"), [(Severity.ERROR, "major"), (Severity.WARNING, "minor"), (Severity.NOTE, "info")]
)
def test_each_severity_has_its_name_there(severity: Severity, expected: str) -> None:
    assert entries(Report((replace(FINDINGS[0], severity=severity),)))[0]["severity"] == expected


def test_suppressed_findings_are_left_out() -> None:
    assert len(entries(RICH)) == len(RICH.findings)


def test_a_fault_of_the_program_is_not_a_clean_report() -> None:
    (fault,) = [entry for entry in entries(Report(errors=HOSTILE.errors)) if entry["check_name"] == gitlab.INCOMPLETE]
    assert fault["description"] == "the scan is incomplete: rule 'x' failed: KeyError: 'y'"


def test_a_path_is_the_one_of_the_repository_and_a_description_is_one_line() -> None:
    finding = replace(FINDINGS[0], message="a\nb\x1b", notes=("c",), location=Location(HOSTILE_PATH))
    (entry,) = entries(Report((finding,)))
    assert entry["description"] == "a b\\x1b; c"
    assert entry["location"]["path"] == HOSTILE_PATH.replace("\udce9", "\ufffd")


@settings(max_examples=30)
@given(ANY_REPORT)
def test_any_report_is_valid_and_its_fingerprints_are_unique(report: Report) -> None:
    written = entries(report)
    assert len(written) == len(report.findings) + sum(1 for error in report.errors if error.internal)
    assert len({entry["fingerprint"] for entry in written}) == len(written)
