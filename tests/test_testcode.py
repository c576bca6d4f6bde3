"""Findings in test code: notes, one for each thing said of a file, unless the policy gives the code an environment."""

from __future__ import annotations

from pathlib import Path

import pytest

from routelint import custom
from routelint.model import Finding, Severity
from routelint.testcode import is_test
from routelint_rules import RULES
from scans import policy_of, scan, write_tree

HEAD = 'import boto3\n\nclient = boto3.client("bedrock-runtime")\n'
DEAR = 'client.converse(modelId="anthropic.claude-opus-5-5", messages=[], inferenceConfig={"maxTokens": 9})\n'
AGENT = 'resource "aws_bedrockagent_agent" "a" {\n  foundation_model = "anthropic.claude-opus-5-5"\n}\n'


def findings(folder: Path, files: dict[str, str], policy: str | None = None) -> list[Finding]:
    found = scan(write_tree(folder, files), policy).findings
    return [each for each in found if each.rule in ("unjustified-premium-model", "model-above-environment-tier")]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("tests/triage.py", True),
        ("src/__tests__/triage.ts", True),
        ("app/test_triage.py", True),
        ("app/triage_test.go", True),
        ("app/triage.spec.ts", True),
        ("conftest.py", True),
        ("src/TriageTest.java", True),
        ("src/contest.py", False),
        ("src/latest.ts", False),
        ("evaluation/attestation.py", False),
        # A folder or file of settings or infrastructure of this name is an environment.
        ("envs/test/main.tf", False),
        ("config/test/models.yaml", False),
        ("test.tfvars", False),
        (".env.test", False),
    ],
)
def test_programs_in_folders_and_files_named_for_tests_are_test_code(path: str, expected: bool) -> None:
    assert is_test(path) is expected


def test_a_suite_that_names_one_model_often_is_one_note(tmp_path: Path) -> None:
    files = {"tests/test_triage.py": HEAD + DEAR * 13, "tests/test_other.py": HEAD + DEAR, "triage.py": HEAD + DEAR * 2}
    found = findings(tmp_path, files)
    assert [(each.location.path, each.location.span.start_line, each.severity) for each in found] == [
        ("tests/test_other.py", 4, Severity.NOTE),
        ("tests/test_triage.py", 4, Severity.NOTE),
        ("triage.py", 4, Severity.ERROR),
        ("triage.py", 5, Severity.ERROR),
    ]
    assert found[0].notes[-1].startswith("in test code")
    assert found[1].notes[-1] == "said of lines 5, 6, 7, 8, 9, 10, 11, 12, 13, 14 and 2 more too"


@pytest.mark.parametrize("path", ["tests/test_a.py", "a.py"])
def test_what_fixtures_and_whoever_runs_a_test_decide_is_not_asked_of_it(path: str, tmp_path: Path) -> None:
    call = 'import os\n\nclient.converse(modelId=os.environ["MODEL"], messages=[])\n'
    found = {each.rule for each in scan(write_tree(tmp_path, {path: HEAD + DEAR + call})).findings}
    assert ({"unresolved-model", "unattributed-invocation"} <= found) is (path == "a.py")
    assert ({"unresolved-model", "unattributed-invocation"}.isdisjoint(found)) is (path != "a.py")


def test_what_is_a_note_anyway_needs_no_reason_to_be_one(tmp_path: Path) -> None:
    call = 'client.converse(modelId="us.anthropic.claude-haiku-5-5", messages=[], inferenceConfig={"maxTokens": 9})\n'
    (found,) = scan(write_tree(tmp_path, {"tests/test_a.py": HEAD + call})).findings
    assert (found.rule, found.severity, found.notes) == ("routing-surcharge", Severity.NOTE, ())


def test_test_code_that_the_policy_gives_an_environment_counts_in_full(tmp_path: Path) -> None:
    policy = "version: 1\nenvironments: {test: {paths: ['tests/**'], max_tier: economy}}\n"
    found = findings(tmp_path, {"tests/test_triage.py": HEAD + DEAR}, policy)
    assert [(each.rule, each.severity, each.environments) for each in found] == [
        ("model-above-environment-tier", Severity.ERROR, ("test",))
    ]


def test_infrastructure_in_a_folder_of_tests_counts_in_full(tmp_path: Path) -> None:
    assert [each.severity for each in findings(tmp_path, {"tests/main.tf": AGENT})] == [Severity.ERROR]


def test_a_directive_at_one_of_several_places_still_silences_it(tmp_path: Path) -> None:
    quiet = DEAR.rstrip() + "  # routelint: ignore[unjustified-premium-model] -- the flagship is what is tested\n"
    report = scan(write_tree(tmp_path, {"tests/test_triage.py": HEAD + DEAR + quiet}))
    assert len(report.suppressed) == 1
    assert not [each for each in report.findings if each.rule == "unused-suppression"]
    (found,) = [each for each in report.findings if each.rule == "unjustified-premium-model"]
    assert not [note for note in found.notes if note.startswith("said of")]


def test_an_organisations_own_rule_and_an_unreadable_file_count_in_full(tmp_path: Path) -> None:
    when = 'model.id == "anthropic.claude-opus-5-5"'
    text = f"version: 1\ncustom_rules: [{{id: no-opus, when: {when}, severity: error, message: no}}]\n"
    files = {"tests/test_triage.py": HEAD + DEAR, "tests/test_bad.py": HEAD + "client.converse((\n"}
    rules = (*RULES, *custom.rules(policy_of(text)))
    severities = {each.rule: each.severity for each in scan(write_tree(tmp_path, files), text, rules).findings}
    assert severities["no-opus"] is Severity.ERROR
    assert severities["unparsable-file"] is Severity.WARNING
    assert severities["unjustified-premium-model"] is Severity.NOTE
