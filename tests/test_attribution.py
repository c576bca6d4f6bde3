"""What rules on attribution and budgets say of whole repositories: where several files tell one story."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from routelint.model import Finding, Severity
from routelint.rule import Rule
from routelint_rules import (
    broad_model_grant,
    environment_tag_mismatch,
    invalid_tag_value,
    missing_budget_alert,
    missing_invocation_logging,
    missing_latency_alarm,
    unattributed_invocation,
)
from scans import scan, write_tree

CALL = 'import boto3\n\nboto3.client("bedrock-runtime").converse(modelId="amazon.nova-lite-v1:0", messages=[])\n'
FUNCTION = """\
resource "aws_iam_role" "triage" {
  tags = { TAGS }
  inline_policy {
    policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "bedrock:InvokeModel", Resource = "*" }] })
  }
}

resource "aws_lambda_function" "triage" {
  role     = aws_iam_role.triage.arn
  filename = "src.zip"
  handler  = "triage.handler"
}
"""
AGENT = 'resource "aws_bedrockagent_agent" "a" {\n  foundation_model = "amazon.nova-lite-v1:0"\n  tags = { TAGS }\n}\n'
STACK = """\
import * as iam from 'aws-cdk-lib/aws-iam';
role.addToPolicy(new iam.PolicyStatement({ actions: ['bedrock:InvokeModel'], resources: ['*'] }));
"""


def findings(rule: Rule, folder: Path, files: Mapping[str, str], policy: str | None = None) -> tuple[Finding, ...]:
    report = scan(write_tree(folder, files), policy, [rule])
    assert not [error for error in report.errors if error.internal]
    return report.findings


@pytest.mark.parametrize(("tags", "count"), [('team = "search"', 0), ('Name = "triage"', 1), ("", 1)])
def test_code_is_attributed_by_the_tag_of_the_role_it_runs_as(tags: str, count: int, tmp_path: Path) -> None:
    files = {"main.tf": FUNCTION.replace("TAGS", tags), "src/triage.py": CALL}
    found = findings(unattributed_invocation.RULE, tmp_path, files)
    assert len(found) == count
    for finding in found:
        assert finding.location.path == "src/triage.py"
        assert [each.location.path for each in finding.related] == ["main.tf"]


def test_the_tag_of_an_app_attributes_the_code_in_its_folder(tmp_path: Path) -> None:
    files = {"cdk.json": "{}", "lib/stack.ts": STACK, "lambda/app.py": CALL}
    assert len(findings(unattributed_invocation.RULE, tmp_path / "a", files)) == 1
    entry = "import { Tags } from 'aws-cdk-lib';\nTags.of(app).add('team', 'search');\n"
    assert not findings(unattributed_invocation.RULE, tmp_path / "b", {**files, "bin/app.ts": entry})


def test_a_repository_without_infrastructure_is_reported_once(tmp_path: Path) -> None:
    found = findings(unattributed_invocation.RULE, tmp_path, {f"app{number}.py": CALL for number in range(9)})
    assert len(found) == 1
    assert len(found[0].related) == unattributed_invocation.MOST_RELATED


@pytest.mark.parametrize(
    ("ways", "tags", "count"),
    [
        ("[inference-profile]", 'team = "search"', 1),
        ("[iam-principal]", 'team = "search"', 0),
        ("[iam-principal]", "", 1),
        ("[]", "", 0),
    ],
)
def test_the_policy_says_which_ways_count(ways: str, tags: str, count: int, tmp_path: Path) -> None:
    policy = f"version: 1\ntags:\n  attribution: {ways}\n"
    files = {"main.tf": FUNCTION.replace("TAGS", tags), "src/triage.py": CALL}
    assert len(findings(unattributed_invocation.RULE, tmp_path, files, policy)) == count


def test_a_value_that_cannot_be_told_is_a_note_whatever_the_rule_costs(tmp_path: Path) -> None:
    policy = "version: 1\ntags:\n  required:\n    team: {keys: [team], pattern: '^t-'}\nrules:\n  invalid-tag-value: error\n"
    files = {
        "a.tf": AGENT.replace("TAGS", 'team = "search"'),
        "b/b.tf": AGENT.replace("TAGS", "team = var.team") + 'variable "team" {}\n',
    }
    found = {each.location.path: each.severity for each in findings(invalid_tag_value.RULE, tmp_path, files, policy)}
    assert found == {"a.tf": Severity.ERROR, "b/b.tf": Severity.NOTE}


def test_a_tag_is_held_against_the_file_that_a_root_is_applied_with(tmp_path: Path) -> None:
    files = {
        "main.tf": AGENT.replace("TAGS", 'environment = "dev"') + 'variable "environment" {}\n',
        "prod.tfvars": 'environment = "prod"\n',
    }
    found = findings(environment_tag_mismatch.RULE, tmp_path / "a", files)
    assert [each.environments for each in found] == [("prod",)]
    files["main.tf"] = files["main.tf"].replace('"dev"', "var.environment", 1)
    assert not findings(environment_tag_mismatch.RULE, tmp_path / "b", files)


BUDGET = """\
resource "aws_budgets_budget" "b" {
  budget_type = "COST"
  cost_filter {
    name   = "TagKeyValue"
    values = ["user:team$search"]
  }
  notification {
    threshold                  = 80
    subscriber_email_addresses = ["finops@example.com"]
  }
}
"""


def test_a_budget_of_one_team_covers_its_root_and_not_the_other(tmp_path: Path) -> None:
    files = {
        "account/budgets.tf": BUDGET,
        "search/main.tf": AGENT.replace("TAGS", 'team = "search"'),
        "ads/main.tf": AGENT.replace("TAGS", 'team = "ads"'),
    }
    found = findings(missing_budget_alert.RULE, tmp_path, files)
    assert [each.location.path for each in found] == ["ads/main.tf"]
    assert [each.note for each in found[0].related] == ["'b' does not cover it: it counts tag 'team' with 'search' only"]


def test_budgets_are_asked_for_once_for_a_workload_of_several_roots(tmp_path: Path) -> None:
    policy = 'version: 1\nworkloads:\n  triage: {routes: ["**"], owner: a}\n'
    files = {f"{name}/main.tf": AGENT.replace("TAGS", "") for name in ("a", "b")}
    assert len(findings(missing_budget_alert.RULE, tmp_path, files, policy)) == 1


def test_code_in_a_repository_without_roles_is_a_note_for_they_are_kept_elsewhere(tmp_path: Path) -> None:
    (found,) = findings(unattributed_invocation.RULE, tmp_path / "a", {"triage.py": CALL})
    assert found.severity is Severity.NOTE
    role = FUNCTION.replace("TAGS", "").replace('"src.zip"', '"other.zip"')
    (found,) = findings(unattributed_invocation.RULE, tmp_path / "b", {"triage.py": CALL, "infra/main.tf": role})
    assert found.severity is Severity.WARNING


def test_what_invokes_models_is_shown_before_who_may(tmp_path: Path) -> None:
    wide = (
        'data "aws_iam_policy_document" "setup" {\n  statement {\n    actions = ["bedrock:*"]\n    resources = ["*"]\n  }\n}\n'
    )
    narrow = wide.replace("setup", "runtime").replace("bedrock:*", "bedrock:InvokeModel")
    (found,) = findings(missing_latency_alarm.RULE, tmp_path / "a", {"main.tf": wide + narrow + AGENT.replace("TAGS", "")})
    assert found.location.span.start_line == 14
    (found,) = findings(missing_latency_alarm.RULE, tmp_path / "b", {"main.tf": wide + narrow})
    assert found.location.span.start_line == 10


def test_that_nobody_has_decided_on_budgets_is_said_once(tmp_path: Path) -> None:
    files = {f"envs/{name}/main.tf": AGENT.replace("TAGS", "") for name in ("dev", "prod", "staging")}
    (found,) = findings(missing_budget_alert.RULE, tmp_path, files)
    assert found.location.path == "envs/dev/main.tf"
    assert "covers what root 'envs/dev' and 2 others spend on models" in found.message
    assert found.environments == ("dev", "prod", "staging")
    assert [each.note for each in found.related] == [f"root 'envs/{name}' invokes models too" for name in ("prod", "staging")]


def test_an_administrator_is_no_infrastructure_that_invokes_models(tmp_path: Path) -> None:
    files = {
        "main.tf": '# bedrock\nresource "aws_iam_role" "admin" {\n  inline_policy {\n    policy = jsonencode({ Statement = ['
        '{ Effect = "Allow", Action = "*", Resource = "*" }] })\n  }\n}\n'
    }
    assert not findings(missing_budget_alert.RULE, tmp_path, files)
    assert len(findings(broad_model_grant.RULE, tmp_path, files)) == 1


@pytest.mark.parametrize("rule", [missing_invocation_logging.RULE, missing_latency_alarm.RULE], ids=lambda rule: rule.id)
def test_what_is_missing_everywhere_is_said_once(rule: Rule, tmp_path: Path) -> None:
    files = {f"{name}/main.tf": AGENT.replace("TAGS", "") for name in ("a", "b", "c")}
    found = findings(rule, tmp_path, files)
    assert len(found) == 1
    assert [each.location.path for each in found[0].related] == ["b/main.tf", "c/main.tf"]
    assert not findings(rule, tmp_path / "alone", {"app.py": CALL})


OPUS_IN_DEV = """\
resource "aws_iam_role" "app" {
  tags = { environment = "dev" }
}

resource "aws_iam_role_policy" "p" {
  role = aws_iam_role.app.id
  policy = jsonencode({
    Statement = [{
      Effect   = "Allow"
      Action   = "bedrock:InvokeModel"
      Resource = "arn:aws:bedrock:*::foundation-model/anthropic.claude-opus-*"
    }]
  })
}
"""


def test_the_environment_of_a_grant_may_be_told_by_the_tag_of_its_role(tmp_path: Path) -> None:
    files = {"main.tf": OPUS_IN_DEV}
    found = findings(broad_model_grant.RULE, tmp_path, files)
    assert [(each.environments, "'economy'" in each.message) for each in found] == [(("dev",), True)]


@pytest.mark.parametrize(
    ("path", "policy", "severity"),
    [
        ("app/policies.py", None, Severity.WARNING),
        ("tests/test_scanner.py", None, Severity.NOTE),
        (
            "tests/test_scanner.py",
            "version: 1\nenvironments: {dev: {paths: ['tests/**'], max_tier: premium}}\n",
            Severity.WARNING,
        ),
    ],
)
def test_a_statement_that_test_code_only_writes_down_is_a_note(
    path: str, policy: str | None, severity: Severity, tmp_path: Path
) -> None:
    files = {path: "DOCUMENT = {'Statement': [{'Effect': 'Allow', 'Action': 'bedrock:InvokeModel', 'Resource': '*'}]}\n"}
    assert [each.severity for each in findings(broad_model_grant.RULE, tmp_path, files, policy)] == [severity]


ROLES = """\
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      Tags: [TAGS]
  Agent:
    Type: AWS::Bedrock::Agent
    Properties:
      AgentResourceRoleArn: !GetAtt Role.Arn
      FoundationModel: amazon.nova-lite-v1:0
"""


def test_roles_of_one_name_in_two_templates_are_two_roles(tmp_path: Path) -> None:
    files = {"a.yaml": ROLES.replace("TAGS", "{Key: team, Value: search}"), "b.yaml": ROLES.replace("TAGS", "")}
    found = findings(unattributed_invocation.RULE, tmp_path, files)
    assert [(each.location.path, len(each.related)) for each in found] == [("b.yaml", 1)]


def test_a_settings_file_in_an_app_runs_as_nobody(tmp_path: Path) -> None:
    files = {"cdk.json": "{}", "lib/stack.ts": STACK, "config.yaml": "bedrock:\n  model_id: amazon.nova-lite-v1:0\n"}
    assert not findings(unattributed_invocation.RULE, tmp_path, files)


SCRIPT = 'import boto3\n\nDOCUMENT = {"Statement": [{"Effect": "Allow", "Action": "bedrock:InvokeModel", "Resource": "*"}]}\n'


def test_a_script_that_makes_a_role_is_no_infrastructure_and_an_app_is(tmp_path: Path) -> None:
    assert not findings(missing_budget_alert.RULE, tmp_path / "a", {"setup.py": SCRIPT})
    found = findings(missing_budget_alert.RULE, tmp_path / "b", {"infra/cdk.json": "{}", "infra/lib/stack.ts": STACK})
    assert [each.location.path for each in found] == ["infra/lib/stack.ts"]
    assert "app 'infra'" in found[0].message
