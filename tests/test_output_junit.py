from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings

from reports import ANY_REPORT, FINDINGS, HOSTILE, REPORTS, RICH, ROUTES, RULES, SUPPRESSED, printing
from routelint.model import Report
from routelint.output import junit

CASES = Path(__file__).parent / "cases_output"
# junit-10.xsd of the Jenkins xUnit plugin, as far as we write it: element -> required attributes, further ones, children.
SCHEMA: dict[str, tuple[set[str], set[str], set[str]]] = {
    "testsuites": (set(), {"name", "time", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": (
        {"name", "tests", "failures", "errors"},
        {"group", "time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url"},
        {"testsuite", "properties", "testcase", "system-out", "system-err"},
    ),
    "testcase": ({"name"}, {"time", "classname", "group"}, {"skipped", "error", "failure", "system-out", "system-err"}),
    "failure": (set(), {"type", "message"}, set()),
    "error": (set(), {"type", "message"}, set()),
    "skipped": (set(), {"type", "message"}, set()),
}


def document(report: Report, **changes: object) -> ElementTree.Element:
    root = ElementTree.fromstring(junit.scan(report, printing(**changes)))
    assert root.tag == "testsuites"
    check(root)
    for suite in [root, *root.iter("testsuite")]:
        assert suite.get("tests") == str(len(list(suite.iter("testcase"))))
        assert suite.get("failures") == str(len(list(suite.iter("failure"))))
        assert suite.get("errors") == str(len(list(suite.iter("error"))))
    return root


def check(element: ElementTree.Element) -> None:
    required, optional, children = SCHEMA[element.tag]
    assert required <= set(element.attrib) <= required | optional
    for child in element:
        assert child.tag in children
        check(child)
    if children:
        assert not (element.text or "").strip()


def suite(root: ElementTree.Element, name: str) -> ElementTree.Element:
    (found,) = [each for each in root.iter("testsuite") if each.get("name") == name]
    return found


@pytest.mark.parametrize("name", REPORTS)
def test_golden(name: str, golden: Callable[[Path, str], None]) -> None:
    golden(CASES / f"scan-{name}-junit.xml", junit.scan(REPORTS[name], printing(repository_prefix="work/")))


def test_a_finding_is_a_failed_test_of_its_file() -> None:
    found = suite(document(RICH, repository_prefix="work/"), "work/infra/main.tf")
    assert found.get("file") == "work/infra/main.tf"
    case = found[0]
    assert case.get("classname") == "work/infra/main.tf"
    assert case.get("name") == (
        "model-above-environment-tier aws_bedrockagent_agent.support.foundation_model "
        "us.anthropic.claude-opus-4-1-20250805-v1:0"
    )
    failure = case[0]
    assert failure.get("type") == "error"
    assert failure.get("message") == FINDINGS[0].message
    assert (failure.text or "").splitlines() == [
        f"work/infra/main.tf:7:29: error[model-above-environment-tier]: {FINDINGS[0].message}",
        "from work/infra/dev.tfvars:1: dev.tfvars sets model",
        "note: in dev",
        f"note: {FINDINGS[0].notes[0]}",
        "help: a model of a lower tier, or a justification in the policy",
    ]


def test_what_was_silenced_is_a_skipped_test() -> None:
    (skipped,) = document(Report(suppressed=SUPPRESSED)).iter("skipped")
    assert skipped.get("message") == "silenced by waiver: frozen until the March migration, OPS-77"


def test_a_file_whose_routes_are_in_order_passes() -> None:
    root = document(Report(FINDINGS[3:4], references=ROUTES))
    assert [(case.get("name"), len(case)) for case in suite(root, "infra/main.tf")] == [(junit.IN_ORDER, 0)]
    assert len(suite(root, "services/triage/app.py")) == len(suite(root, "services/triage/app.py").findall("testcase/failure"))


def test_a_rule_that_judged_and_found_nothing_passes() -> None:
    passed = [case.get("name") for case in suite(document(RICH), junit.RULES)]
    assert passed == ["hardcoded-model"]
    judged = ["missing-required-tag", "legacy-model"]
    assert [case.get("name") for case in suite(document(Report(), judged=judged), junit.RULES)] == judged
    assert [case.get("name") for case in suite(document(Report()), junit.RULES)] == [rule.id for rule in RULES]


def test_a_fault_of_the_program_is_an_error() -> None:
    (error,) = document(HOSTILE).iter("error")
    assert (error.get("type"), error.get("message")) == ("internal-error", "rule 'x' failed: KeyError: 'y'")


def test_two_findings_of_one_name_are_two_tests() -> None:
    root = document(Report((FINDINGS[0], replace(FINDINGS[0], environments=("prod",)))))
    names = [case.get("name") or "" for case in suite(root, "infra/main.tf")]
    assert names[1] == f"{names[0]} (2)"


@settings(max_examples=30)
@given(ANY_REPORT)
def test_any_report_is_valid(report: Report) -> None:
    root = document(report)
    assert len(list(root.iter("failure"))) == len(report.findings)
    assert len(list(root.iter("skipped"))) == len(report.suppressed)
    assert len(list(root.iter("error"))) == sum(1 for error in report.errors if error.internal)
