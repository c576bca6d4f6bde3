from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from routelint import catalog, engine
from routelint.collect import collect
from routelint.model import Report, Severity
from routelint.parse import text
from routelint.parse.parsed import ParseContext, Parsed
from routelint.parse.python.parser import PythonScan
from routelint.parse.python.program import Program
from routelint.rule import Breach, Category, Rule
from routelint.source import SourceUnit
from routelint_rules import RULES, legacy_model, unjustified_premium_model
from scans import RULE_IDS, TODAY, policy_of, scan, write_tree

OPUS = "global.anthropic.claude-opus-5-5"
CALL = f"""\
import boto3

client = boto3.client("bedrock-runtime")
client.converse(modelId="{OPUS}", messages=[])
"""
AGENT = """\
variable "model" {}

resource "aws_bedrockagent_agent" "a" {
  foundation_model = var.model
}
"""
ROOT = f"""\
module "agent" {{
  source = "../../modules/agent"
  model  = "{OPUS}"
}}
"""
MODULE = {
    "modules/agent/main.tf": AGENT,
    "envs/dev/main.tf": ROOT,
    "envs/staging/main.tf": ROOT,
    "envs/prod/main.tf": ROOT,
}


def rules_of(report: Report) -> list[str]:
    return sorted({finding.rule for finding in report.findings})


def test_a_module_called_from_two_roots_with_the_same_outcome_is_one_finding(tmp_path: Path) -> None:
    report = scan(write_tree(tmp_path, MODULE), rules=[unjustified_premium_model.RULE])
    [finding] = report.findings
    assert finding.roots == ("envs/prod", "envs/staging")
    assert finding.environments == ("prod", "staging")
    assert finding.root == "envs/prod"


def test_an_inline_directive_with_a_reason_silences_its_finding(tmp_path: Path) -> None:
    ignored = CALL.replace(
        "client.converse", "# routelint: ignore[unjustified-premium-model] -- trial until March, OPS-1\nclient.converse"
    )
    report = scan(write_tree(tmp_path, {"app.py": ignored}))
    assert "unjustified-premium-model" not in rules_of(report)
    assert [(each.finding.rule, each.by, each.reason) for each in report.suppressed] == [
        ("unjustified-premium-model", "directive", "trial until March, OPS-1")
    ]


@pytest.mark.parametrize(
    "directive",
    [
        "# routelint: ignore[unjustified-premium-model]",
        "# routelint: ignore[unjustified-premium-modle] -- a reason",
        "# routelint: ignore[unjustified-premium-model] until=2026-11-23 -- it ended yesterday",
        "# routelint: ignore[unjustified-premium-model] until=2026-13-01 -- no such month",
        "# routelint: ignore[legacy-model] -- another rule",
    ],
    ids=["no reason", "unknown rule", "expired", "no date", "another rule"],
)
def test_a_directive_that_is_faulty_expired_or_about_something_else_silences_nothing(directive: str, tmp_path: Path) -> None:
    report = scan(write_tree(tmp_path, {"app.py": CALL.replace("client.converse", f"{directive}\nclient.converse")}))
    assert "unjustified-premium-model" in rules_of(report)


def test_an_expiry_day_is_inclusive(tmp_path: Path) -> None:
    directive = "# routelint: ignore[unjustified-premium-model] until=2026-11-24 -- ends today\n"
    report = scan(write_tree(tmp_path, {"app.py": CALL.replace("client.converse", directive + "client.converse")}))
    assert "unjustified-premium-model" not in rules_of(report)


WAIVER = """\
version: 1
waivers:
  - {{rule: unjustified-premium-model, routes: ["app.py"], reason: "frozen, OPS-7", expires: {expires}}}
{more}
"""


@pytest.mark.parametrize(
    ("expires", "more", "silenced"),
    [
        ("2026-11-24", "", True),
        ("2026-11-23", "", False),
        ("2027-01-01", "rules:\n  unjustified-premium-model: {waivable: false}", False),
    ],
    ids=["valid to the last day", "expired", "not waivable"],
)
def test_a_waiver_silences_until_it_expires_where_the_rule_may_be_waived(
    expires: str, more: str, silenced: bool, tmp_path: Path
) -> None:
    report = scan(write_tree(tmp_path, {"app.py": CALL}), WAIVER.format(expires=expires, more=more))
    assert ("unjustified-premium-model" in rules_of(report)) is not silenced
    assert bool(report.suppressed) is silenced


def test_a_directive_names_the_justification_that_covers_a_route(tmp_path: Path) -> None:
    policy = unjustified_premium_model.POLICY.replace('routes: ["review.py"]', "workloads: [review]") + (
        "workloads:\n  review: {routes: [review.py], owner: legal}\n"
    )
    files = {"app.py": CALL.replace("client.converse", "# routelint: justification=FIN-7\nclient.converse")}
    assert "unjustified-premium-model" not in rules_of(scan(write_tree(tmp_path, files), policy))


def test_a_directive_names_the_environment_and_the_workload_of_a_route(tmp_path: Path) -> None:
    directives = "# routelint: environment=dev\n# routelint: workload=triage\n"
    report = scan(write_tree(tmp_path, {"app.py": CALL.replace("client.converse", directives + "client.converse")}))
    [reference] = report.references
    assert reference.environments == ("dev",)
    assert reference.workload == "triage"
    assert "model-above-environment-tier" in rules_of(report)
    assert "unjustified-premium-model" not in rules_of(report)


def test_fingerprints_are_unique_and_survive_lines_inserted_above(tmp_path: Path) -> None:
    twice = CALL + f'client.converse(modelId="{OPUS}", messages=[])\n'
    before = scan(write_tree(tmp_path / "a", {"app.py": twice}))
    after = scan(write_tree(tmp_path / "b", {"app.py": "# a comment\n\n\n" + twice}))
    marks = [finding.fingerprint for finding in before.findings]
    assert len(marks) == len(set(marks)) >= 2
    assert [finding.fingerprint for finding in after.findings] == marks


def test_a_policy_turns_a_rule_off_or_changes_its_severity(tmp_path: Path) -> None:
    folder = write_tree(tmp_path, {"app.py": CALL})
    off = scan(folder, "version: 1\nrules: {unjustified-premium-model: off}\n")
    note = scan(folder, "version: 1\nrules: {unjustified-premium-model: note}\n")
    assert "unjustified-premium-model" not in rules_of(off)
    assert {each.severity for each in note.findings if each.rule == "unjustified-premium-model"} == {Severity.NOTE}


def test_a_rule_that_fails_costs_itself_and_is_said(tmp_path: Path) -> None:
    def fail(reference: object, context: object) -> list[Breach]:
        raise ZeroDivisionError("a fault of ours")

    broken = Rule("broken-rule", "fails", Severity.ERROR, Category.ROUTE, "# broken-rule\n", check=fail)
    report = scan(write_tree(tmp_path, {"app.py": CALL}), rules=[broken, unjustified_premium_model.RULE])
    assert rules_of(report) == ["unjustified-premium-model"]
    assert [error.message for error in report.errors if error.internal] == [
        "rule 'broken-rule' failed: ZeroDivisionError: a fault of ours"
    ]


@pytest.mark.parametrize(
    ("fault", "said"),
    [(KeyError("a fault of ours"), "KeyError: 'a fault of ours'"), (MemoryError(), "memory ran out")],
    ids=["a fault", "no memory"],
)
def test_a_parser_that_fails_on_one_file_costs_that_file(
    fault: Exception, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = Program.module

    def module(self: Program, path: str) -> object:
        if path == "bad.py":
            raise fault
        return original(self, path)

    monkeypatch.setattr(Program, "module", module)
    report = scan(write_tree(tmp_path, {"bad.py": CALL, "good.py": CALL, "other.py": CALL}))
    assert {finding.location.path for finding in report.findings} == {"good.py", "other.py"}
    assert [(error.path, error.internal) for error in report.errors] == [("bad.py", True)]
    assert report.errors[0].message == f"routelint failed on this file: {said}"


def test_a_parser_of_whole_units_that_fails_on_one_file_costs_that_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = text.parse

    def parse(unit: SourceUnit, context: ParseContext) -> Parsed:
        if "bad.env" in unit.marked:
            raise KeyError("a fault of ours")
        return original(unit, context)

    monkeypatch.setattr(text, "parse", parse)
    report = scan(write_tree(tmp_path, dict.fromkeys(("bad.env", "good.env", "other.env"), f"MODEL_ID={OPUS}\n")))
    assert {reference.location.path for reference in report.references} == {"good.env", "other.env"}
    assert [(error.path, error.internal) for error in report.errors] == [("bad.env", True)]


def test_a_parser_that_fails_on_no_file_in_particular_costs_its_unit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: PythonScan, run: object) -> Parsed:
        raise KeyError("a fault of ours")

    monkeypatch.setattr(PythonScan, "parsed", fail)
    report = scan(write_tree(tmp_path, {"app.py": CALL, "good.env": f"MODEL_ID={OPUS}\n"}))
    assert {reference.location.path for reference in report.references} == {"good.env"}
    assert [(error.path, error.internal) for error in report.errors] == [(".", True)]


def test_the_report_does_not_depend_on_the_order_of_files(tmp_path: Path) -> None:
    folder = write_tree(tmp_path, {**MODULE, "app.py": CALL, "b.py": CALL})
    policy, models = policy_of(None), catalog.load()
    collected = collect(folder)
    turned = [replace(unit, paths=unit.paths[::-1], marked=unit.marked[::-1]) for unit in collected.units[::-1]]
    reports = [
        engine.judge(engine.resolve(units, collected.tree, policy, models, rule_ids=RULE_IDS), RULES, policy, models, TODAY)
        for units in (collected.units, turned)
    ]
    assert reports[0] == reports[1]


def test_dates_are_judged_as_of_the_day_given(tmp_path: Path) -> None:
    folder = write_tree(tmp_path, {"app.py": CALL.replace(OPUS, "us.anthropic.claude-opus-4-1-20250805-v1:0")})
    legacy = [legacy_model.RULE]
    assert not scan(folder, rules=legacy, today=date(2026, 7, 7)).findings
    assert scan(folder, rules=legacy, today=date(2026, 7, 8)).findings
    assert not scan(folder, rules=legacy, today=date(2027, 1, 8)).findings


TEMPLATE = f"""\
Resources:
  Triage:
    Type: AWS::Serverless::Function
    Properties:
      Handler: app.handler
      Runtime: python3.12
      CodeUri: src/
      Environment:
        Variables:
          MODEL_ID: {OPUS}
"""
READER = """\
import os

import boto3


def handler(event, context):
    return boto3.client("bedrock-runtime").converse(modelId=os.environ["MODEL_ID"], messages=[])
"""


def test_a_variable_set_in_a_template_and_read_in_code_is_one_finding_where_it_is_decided(tmp_path: Path) -> None:
    folder = write_tree(tmp_path, {"template.yaml": TEMPLATE, "src/app.py": READER, "src/again.py": READER})
    report = scan(folder, rules=[unjustified_premium_model.RULE])
    [finding] = report.findings
    assert (finding.location.path, finding.location.span.start_line) == ("template.yaml", 10)
    assert [related.location.path for related in finding.related] == ["src/again.py", "src/app.py"]
    assert {reference.location.path for reference in report.references} == {"template.yaml", "src/app.py", "src/again.py"}


def test_a_notebook_in_newer_python_is_read(tmp_path: Path) -> None:
    code = f'import boto3\nprint(f"{{names["a"]}}")\nboto3.client("bedrock-runtime").converse(modelId="{OPUS}", messages=[])'
    cell: dict[str, object] = {"cell_type": "code", "source": code.splitlines(keepends=True), "metadata": {}, "outputs": []}
    notebook = json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1)
    report = scan(write_tree(tmp_path, {"a.ipynb": notebook}), rules=[unjustified_premium_model.RULE])
    assert not report.errors
    assert [finding.rule for finding in report.findings] == ["unjustified-premium-model"]


def test_a_model_without_a_listed_substitute_is_given_a_sibling(tmp_path: Path) -> None:
    report = scan(
        write_tree(tmp_path, {"app.py": CALL.replace(OPUS, "us.amazon.nova-pro-v1:0")}), rules=[unjustified_premium_model.RULE]
    )
    assert "use 'us.amazon.nova-2-lite-v1:0'" in report.findings[0].message


CDK = """\
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_stepfunctions_tasks as tasks

model = bedrock.FoundationModel.from_foundation_model_id(
    scope, "m", bedrock.FoundationModelIdentifier.ANTHROPIC_CLAUDE_3_HAIKU_20240307_V1_0
)
tasks.BedrockInvokeModel(scope, "t", model=model)
"""


def test_a_constant_of_the_cdk_is_the_model_the_catalog_says(tmp_path: Path) -> None:
    report = scan(write_tree(tmp_path, {"stack.py": CDK}))
    ids = {choice.model.id for reference in report.references for choice in reference.choices}
    assert ids == {"anthropic.claude-3-haiku-20240307-v1:0"}


def test_a_policy_may_ask_every_exception_for_its_last_day(tmp_path: Path) -> None:
    policy = "version: 1\ndirectives: {until_required: true}\n"
    endless = "# routelint: ignore[unjustified-premium-model] -- trial, OPS-1\n"
    dated = endless.replace(" --", " until=2026-12-31 --")
    for name, directive, silenced in (("endless", endless, False), ("dated", dated, True)):
        folder = write_tree(tmp_path / name, {"app.py": CALL.replace("client.converse", directive + "client.converse")})
        report = scan(folder, policy)
        assert ("unjustified-premium-model" in rules_of(report)) is not silenced
        assert ("suppression-without-reason" in rules_of(report)) is not silenced


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ('regex("(?P<id>anthropic[.].+)$", local.arn).id', "anthropic.claude-opus-5-5"),
        ('regex("[^/]+$", local.arn)', "anthropic.claude-opus-5-5"),
        ('regexall("anthropic[.][a-z0-9-]+", local.arn)[0]', "anthropic.claude-opus-5-5"),
        ('replace(local.arn, "/^.*foundation-model.(.*)$/", "us.$1")', "us.anthropic.claude-opus-5-5"),
        ('regex("^(([a-z:-]+)+)+!$", local.arn)', None),
    ],
)
def test_terraforms_expressions_are_evaluated_in_linear_time(expression: str, expected: str | None, tmp_path: Path) -> None:
    text = (
        'locals {\n  arn = "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-opus-5-5"\n}\n'
        f'resource "aws_bedrockagent_agent" "a" {{\n  foundation_model = {expression}\n}}\n'
    )
    report = scan(write_tree(tmp_path, {"main.tf": text}))
    [reference] = [each for each in report.references if each.sink == "aws_bedrockagent_agent.foundation_model"]
    assert [choice.model.id for choice in reference.choices] == ([] if expected is None else [expected])
