"""Policy statements and principals as every language writes them: one shape comes out."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from routelint import catalog, engine
from routelint.collect import collect
from routelint.model import PolicyStatement, Principal, Tags, Unknown
from scans import policy_of, write_tree

MODEL = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"


def resolved(folder: Path, files: Mapping[str, str]) -> engine.Resolved:
    collected = collect(write_tree(folder, files))
    found = engine.resolve(collected.units, collected.tree, policy_of(None), catalog.load(), errors=collected.errors)
    assert not [error for error in found.errors if error.internal]
    return found


def shown(statement: PolicyStatement) -> str:
    """A statement on one line: effect, actions, resources, conditions, and who gets it."""

    def listed(sign: str, values: tuple[str | Unknown, ...]) -> str:
        return f" {sign}" + ",".join("?" if isinstance(each, Unknown) else each for each in values) if values else ""

    conditions = "".join(f" if {each.operator} {each.key}{listed('=', each.values)}" for each in statement.conditions)
    holders = "".join(f" -> {each.symbol}" for each in statement.principals)
    line = f"{statement.location.path}:{statement.location.span.start_line} {statement.effect}"
    line += listed("", statement.actions) + listed("!", statement.not_actions)
    return line + listed("@", statement.resources) + listed("!@", statement.not_resources) + conditions + holders


TERRAFORM_DOCUMENT = """\
data "aws_iam_policy_document" "invoke" {
  statement {
    actions   = ["bedrock:InvokeModel*"]
    resources = ["arn:aws:bedrock:${var.region}::foundation-model/*"]
    condition {
      test     = "StringLike"
      variable = "bedrock:InferenceProfileArn"
      values   = ["a", "b"]
    }
  }
  statement {
    effect        = "Deny"
    not_actions   = ["s3:*"]
    not_resources = ["MODEL"]
  }
  statement {
    actions   = ["s3:GetObject"]
    resources = ["*"]
  }
}

variable "region" {}

resource "aws_iam_policy" "invoke" {
  policy = data.aws_iam_policy_document.invoke.json
}

resource "aws_iam_role" "app" {}

resource "aws_iam_role_policy_attachment" "invoke" {
  role       = aws_iam_role.app.name
  policy_arn = aws_iam_policy.invoke.arn
}
""".replace("MODEL", MODEL)

TERRAFORM_TEXTS = """\
resource "aws_iam_role" "app" {
  inline_policy {
    policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "bedrock:*", Resource = "*" }] })
  }
}

resource "aws_iam_role_policy" "heredoc" {
  role   = aws_iam_role.app.id
  policy = <<EOF
{
  "Statement": [
    {"Effect": "Allow", "Action": "s3:*", "Resource": "*"},
    {"Effect": "Allow",
     "Action": ["bedrock:Invoke*"],
     "Resource": "*",
     "Condition": {"Null": {"bedrock:InferenceProfileArn": "false"}}}
  ]
}
EOF
}

resource "aws_iam_user_policy" "file" {
  user   = aws_iam_user.ci.name
  policy = file("${path.module}/policy.json")
}

resource "aws_iam_user" "ci" {}

resource "aws_iam_role_policy_attachment" "managed" {
  role       = aws_iam_role.app.name
  policy_arn = "arn:aws:iam::aws:policy/AmazonBedrockFullAccess"
}
"""
POLICY_FILE = '{\n  "Statement": {\n    "Effect": "Allow",\n    "NotAction": "iam:*",\n    "Resource": "*"\n  }\n}\n'

TEMPLATE = """\
Parameters:
  Model: {Type: String}
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      Policies:
        - PolicyDocument:
            Statement:
              - Effect: Allow
                Action: [bedrock:InvokeModel]
                Resource: !Sub arn:${AWS::Partition}:bedrock:*::foundation-model/${Model}
  Policy:
    Type: AWS::IAM::Policy
    Properties:
      Roles: [!Ref Role]
      PolicyDocument:
        Statement:
          Effect: Deny
          Action: bedrock:*
          NotResource: "*"
          Condition: {StringNotEquals: {aws:RequestedRegion: [us-east-1]}}
  Function:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src
      Handler: app.handler
      Tags: {team: search}
      Policies:
        - AmazonBedrockFullAccess
        - Statement:
            - Effect: Allow
              Action: bedrock:InvokeModel
              Resource: "*"
  Key:
    Type: AWS::KMS::Key
    Properties:
      KeyPolicy:
        Statement:
          - Effect: Allow
            Principal: {AWS: "*"}
            Action: "*"
            Resource: "*"
"""

CDK_PYTHON = """\
import json

from aws_cdk import Stack
from aws_cdk import aws_iam as iam


class App(Stack):
    def __init__(self):
        role.add_to_policy(iam.PolicyStatement(
            effect=iam.Effect.ALLOW,
            actions=["bedrock:InvokeModel"],
            resources=[f"arn:aws:bedrock:{self.region}::foundation-model/*"],
            conditions={"StringEquals": {"aws:RequestedRegion": "us-east-1"}},
        ))
        role.add_to_policy(iam.PolicyStatement(effect=iam.Effect.DENY, actions=["bedrock:*"], resources=["*"]))
        client.put_role_policy(PolicyDocument=json.dumps({"Statement": [
            {"Effect": "Allow", "Action": "bedrock:Invoke*", "Resource": "*"},
        ]}))
        iam.ManagedPolicy.from_aws_managed_policy_name("AmazonBedrockFullAccess")
"""

CDK_TYPESCRIPT = """\
import * as iam from 'aws-cdk-lib/aws-iam';
const models = ['arn:aws:bedrock:*::foundation-model/*'];
fn.addToRolePolicy(new iam.PolicyStatement({
  actions: ['bedrock:InvokeModel'],
  resources: models,
  conditions: { StringEquals: { 'aws:RequestedRegion': ['us-east-1'] } },
}));
fn.addToRolePolicy(new iam.PolicyStatement({ effect: iam.Effect.DENY, actions: ['bedrock:*'], resources: ['*'] }));
const policy = { Statement: [{ Effect: 'Allow', Action: 'bedrock:Invoke*', Resource: '*' }] };
iam.ManagedPolicy.fromAwsManagedPolicyName('AmazonBedrockFullAccess');
"""


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param(
            {"main.tf": TERRAFORM_DOCUMENT},
            [
                "main.tf:4 allow bedrock:InvokeModel* @arn:aws:bedrock:${var.region}::foundation-model/*"
                " if StringLike bedrock:InferenceProfileArn =a,b -> aws_iam_role.app",
                f"main.tf:14 deny !s3:* !@{MODEL} -> aws_iam_role.app",
            ],
            id="blocks of a document, through a policy and its attachment",
        ),
        pytest.param(
            {"main.tf": TERRAFORM_TEXTS, "policy.json": POLICY_FILE},
            [
                "main.tf:3 allow bedrock:* @* -> aws_iam_role.app",
                "main.tf:15 allow bedrock:Invoke* @* if Null bedrock:InferenceProfileArn =false -> aws_iam_role.app",
                "main.tf:31 allow bedrock:* @* -> aws_iam_role.app",
                "policy.json:5 allow !iam:* @* -> aws_iam_user.ci",
            ],
            id="jsonencode, a heredoc, a file and a managed policy",
        ),
        pytest.param(
            {"template.yaml": TEMPLATE},
            [
                "template.yaml:12 allow bedrock:InvokeModel"
                " @arn:${AWS::Partition}:bedrock:*::foundation-model/${Model} -> Role",
                "template.yaml:21 deny bedrock:* !@* if StringNotEquals aws:RequestedRegion =us-east-1 -> Role",
                "template.yaml:30 allow bedrock:* @* -> Function",
                "template.yaml:34 allow bedrock:InvokeModel @* -> Function",
            ],
            id="a role, a policy for it, and a function whose role SAM makes; no key policy",
        ),
        pytest.param(
            {"app.py": CDK_PYTHON},
            [
                "app.py:12 allow bedrock:InvokeModel @arn:aws:bedrock:${self.region}::foundation-model/*"
                " if StringEquals aws:RequestedRegion =us-east-1",
                "app.py:15 deny bedrock:* @*",
                "app.py:17 allow bedrock:Invoke* @*",
                "app.py:19 allow bedrock:* @*",
            ],
            id="the CDK in Python and a document given to boto3",
        ),
        pytest.param(
            {"app.ts": CDK_TYPESCRIPT},
            [
                "app.ts:5 allow bedrock:InvokeModel @arn:aws:bedrock:*::foundation-model/*"
                " if StringEquals aws:RequestedRegion =us-east-1",
                "app.ts:8 deny bedrock:* @*",
                "app.ts:9 allow bedrock:Invoke* @*",
                "app.ts:10 allow bedrock:* @*",
            ],
            id="the CDK in TypeScript",
        ),
        pytest.param(
            {"iam/policy.json": POLICY_FILE.replace("NotAction", "Action").replace("iam:*", "bedrock:*")},
            ["iam/policy.json:5 allow bedrock:* @*"],
            id="a policy in a file of its own",
        ),
    ],
)
def test_statements_about_bedrock(files: Mapping[str, str], expected: list[str], tmp_path: Path) -> None:
    assert [shown(each) for each in resolved(tmp_path, files).statements] == expected


CEILINGS = """\
data "aws_iam_policy_document" "limit" {
  statement {
    actions   = ["bedrock:*"]
    resources = ["*"]
  }
}

resource "aws_organizations_policy" "limit" {
  content = data.aws_iam_policy_document.limit.json
}

resource "aws_iam_policy" "boundary" {
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "bedrock:*", Resource = "*" }] })
}

resource "aws_iam_role" "app" {
  permissions_boundary = aws_iam_policy.boundary.arn
}
"""


def test_what_only_limits_other_policies_grants_nothing(tmp_path: Path) -> None:
    assert resolved(tmp_path, {"main.tf": CEILINGS}).statements == ()


BY_VARIABLE = """\
variable "model" {}

resource "aws_iam_role_policy" "p" {
  policy = jsonencode({
    Statement = [{
      Effect   = "Allow"
      Action   = "bedrock:InvokeModel"
      Resource = "arn:aws:bedrock:*::foundation-model/${var.model}"
    }]
  })
}
"""


def test_a_statement_said_in_one_environment_only_belongs_to_it(tmp_path: Path) -> None:
    files = {
        "main.tf": BY_VARIABLE,
        "dev.tfvars": 'model = "*"\n',
        "prod.tfvars": 'model = "amazon.nova-lite-v1:0"\n',
    }
    found = {each.resources: each.environments for each in resolved(tmp_path, files).statements}
    assert found == {
        ("arn:aws:bedrock:*::foundation-model/*",): ("dev",),
        ("arn:aws:bedrock:*::foundation-model/amazon.nova-lite-v1:0",): ("prod",),
    }


def principal(found: engine.Resolved, symbol: str) -> Principal:
    return next(each for each in found.principals if each.location.symbol == symbol)


LAMBDA = """\
provider "aws" {
  default_tags {
    tags = { project = "helpdesk" }
  }
}

module "roles" {
  source = "./roles"
}

resource "aws_lambda_function" "triage" {
  role     = module.roles.arn
  filename = "src/triage.zip"
  handler  = "triage.handler"
}

resource "aws_lambda_function" "other" {
  role     = var.role
  filename = "src/other.zip"
}

variable "role" {}

resource "aws_bedrockagent_agent" "agent" {
  agent_resource_role_arn = module.roles.arn
  foundation_model        = "amazon.nova-lite-v1:0"
}
"""
ROLE = """\
resource "aws_iam_role" "triage" {
  tags = { team = "search" }
}

output "arn" {
  value = aws_iam_role.triage.arn
}
"""


def test_a_role_of_a_module_is_joined_to_what_acts_as_it(tmp_path: Path) -> None:
    files = {"main.tf": LAMBDA, "roles/main.tf": ROLE, "src/triage.py": "", "src/other.py": ""}
    found = resolved(tmp_path, files)
    role = principal(found, "aws_iam_role.triage")
    assert role.tags == Tags({"project": "helpdesk", "team": "search"})
    assert [each.symbol for each in role.acts_for] == ["aws_lambda_function.triage", "aws_bedrockagent_agent.agent"]
    assert role.code == ("src/triage.py",)
    elsewhere = principal(found, "aws_lambda_function.other")
    assert elsewhere.tags is not None
    assert elsewhere.tags.rest is not None
    assert elsewhere.code == ("src/other.py",)


def test_a_function_of_sam_stands_for_the_role_that_sam_makes(tmp_path: Path) -> None:
    found = principal(resolved(tmp_path, {"template.yaml": TEMPLATE, "src/app.py": ""}), "Function")
    assert found.tags == Tags({"team": "search"})
    assert found.code == ("src/app.py", "src")


ENTRY = """\
import { Tags } from 'aws-cdk-lib';
Tags.of(app).add('team', 'search');
Tags.of(app).add('env', stage);
"""


def test_an_app_of_the_cdk_has_the_tags_that_any_of_its_files_adds(tmp_path: Path) -> None:
    files = {
        "infra/cdk.json": "{}",
        "infra/lib/stack.ts": CDK_TYPESCRIPT,
        "infra/bin/app.ts": ENTRY,
    }
    app = principal(resolved(tmp_path, files), "cdk.json")
    assert app.code == ("infra",)
    assert app.tags is not None
    assert app.tags.entries["team"] == "search"
    assert isinstance(app.tags.entries["env"], Unknown)


BUDGET = 'resource "aws_budgets_budget" "all" {\n  budget_type = "COST"\n}\n'
AGENT = 'resource "aws_bedrockagent_agent" "a" {\n  foundation_model = "amazon.nova-lite-v1:0"\n}\n'


def test_a_budget_in_a_root_that_never_names_bedrock_is_read(tmp_path: Path) -> None:
    found = resolved(tmp_path, {"app/main.tf": AGENT, "account/main.tf": BUDGET})
    assert {each.type: dict(each.attributes) for each in found.resources if each.attributes} == {
        "aws_budgets_budget": {"budget_type": "COST"}
    }


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('boto3.client("bedrock").put_model_invocation_logging_configuration()', "PutModelInvocationLoggingConfiguration"),
        ("# bedrock: put_model_invocation_logging_configuration()", None),
        ('budgets.CfnBudget(self, "Bedrock")', "CreateBudget"),
        ('m = Metric(namespace="AWS/Bedrock", metric_name="InvocationLatency").create_alarm(self, "A")', "PutMetricAlarm"),
        ('m = Metric(namespace="AWS/Bedrock", metric_name="Invocations").create_alarm(self, "A")', None),
        ('w = GraphWidget(left=[Metric(namespace="AWS/Bedrock", metric_name="InvocationLatency")])', None),
    ],
)
def test_what_a_program_sets_up_is_listed(text: str, kind: str | None, tmp_path: Path) -> None:
    found = [each.type for each in resolved(tmp_path, {"app.py": f"{text}\n"}).resources]
    assert found == ([] if kind is None else [kind])


CUSTOM = """\
Resources:
  Logging:
    Type: Custom::AWS
    Properties:
      ServiceToken: !Ref Handler
      Create: '{"service":"Bedrock","action":"putModelInvocationLoggingConfiguration"}'
"""
COMMAND = """\
resource "null_resource" "logging" {
  provisioner "local-exec" {
    command = "aws bedrock put-model-invocation-logging-configuration --logging-config file://logging.json"
  }
}
"""


@pytest.mark.parametrize("files", [{"template.yaml": CUSTOM}, {"main.tf": COMMAND}], ids=["a custom resource", "a command"])
def test_logging_that_infrastructure_turns_on_by_a_call_is_listed(files: Mapping[str, str], tmp_path: Path) -> None:
    assert [each.type for each in resolved(tmp_path, files).resources] == ["PutModelInvocationLoggingConfiguration"]


def _circle(count: int) -> str:
    """Policy documents that each take in all others."""
    others = ", ".join(f"data.aws_iam_policy_document.d{number}.json" for number in range(count))
    body = '  statement {{\n    actions = ["bedrock:*"]\n    resources = ["*"]\n  }}\n  source_policy_documents = [{1}]\n'
    return "".join(f'data "aws_iam_policy_document" "d{n}" {{\n{body.format(n, others)}}}\n' for n in range(count))


HOSTILE = {
    "documents that all refer to one another": {"main.tf": _circle(60)},
    "one object with thousands of effects": {
        "a.ts": "const bedrock = {" + "Effect: 'Allow', Action: 'bedrock:*'," * 20_000 + "};\n"
    },
    "thousands of stars": {
        "p.json": '{"Statement": {"Effect": "Allow", "Action": "bedrock:*", "Resource": "' + "*a" * 20_000 + '"}}'
    },
    "tags without end": {"cdk.json": "{}", "a.py": "import aws_cdk, bedrock\n" + "Tags.of(" * 20_000},
    "an open document": {
        "main.tf": 'resource "aws_iam_role_policy" "p" {\n  policy = jsonencode({ bedrock = [{ Effect = "Allow"'
    },
}


@pytest.mark.parametrize("files", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_costs_little_and_no_error_of_ours(files: Mapping[str, str], tmp_path: Path) -> None:
    started = time.process_time()
    resolved(tmp_path, files)
    # What grows with the square takes minutes here.
    assert time.process_time() - started < 30
