"""What a whole scan makes of Terraform beside other files, and what golden folders do not show: regions of routes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

import scans
from routelint import policy as policies
from routelint.engine import Resolved
from routelint.model import Choice, Known, ModelReference

NOVA = "amazon.nova-lite-v1:0"
POLICY = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "bedrock:InvokeModel",\n'
    f' "Resource": "arn:aws:bedrock:us-east-1::foundation-model/{NOVA}"}}]}}\n'
)
AGENT = f'resource "aws_bedrockagent_agent" "a" {{\n%s  foundation_model = "{NOVA}"\n}}\n'


def resolved(folder: Path, files: Mapping[str, str]) -> Resolved:
    return scans.resolve(scans.write_tree(folder, files), policies.default())


def only(found: Resolved) -> ModelReference:
    (reference,) = found.references
    return reference


def test_a_policy_file_that_terraform_attaches_is_one_route(tmp_path: Path) -> None:
    text = 'resource "aws_iam_policy" "bedrock" {\n  policy = file("${path.module}/policy.json")\n}\n'
    reference = only(resolved(tmp_path, {"main.tf": text, "policy.json": POLICY}))
    assert reference.location.symbol == "aws_iam_policy.bedrock.policy"
    assert reference.location.path == "policy.json"


def test_a_policy_file_that_nothing_attaches_is_a_route_by_itself(tmp_path: Path) -> None:
    assert only(resolved(tmp_path, {"policy.json": POLICY})).location.path == "policy.json"


def test_a_root_without_any_marker_is_read_for_the_model_that_a_workflow_gives(tmp_path: Path) -> None:
    files = {
        "other/main.tf": AGENT % "",
        "infra/main.tf": 'variable "llm" {}\nresource "aws_lambda_function" "f" {\n  environment {\n'
        "    variables = { LLM = var.llm }\n  }\n}\n",
        ".github/workflows/deploy.yml": "jobs:\n  deploy:\n    environment: prod\n    env:\n"
        f"      TF_VAR_llm: {NOVA}\n    steps:\n      - run: terraform -chdir=infra apply\n",
    }
    found = [each for each in resolved(tmp_path, files).references if each.root == "infra"]
    (reference,) = found
    assert reference.environments == ("prod",)
    assert isinstance(reference.value, Known)
    choice: Choice = reference.value.choice
    assert [(hop.location.path, hop.location.span.start_line, hop.note) for hop in choice.trail] == [
        (".github/workflows/deploy.yml", 5, "TF_VAR_llm in .github/workflows/deploy.yml")
    ]


@pytest.mark.parametrize(
    ("files", "region"),
    [
        ({"main.tf": AGENT % ""}, None),
        ({"main.tf": 'provider "aws" {\n  region = "eu-central-1"\n}\n' + AGENT % ""}, "eu-central-1"),
        (
            {
                "main.tf": 'variable "region" {\n  default = "us-east-1"\n}\nprovider "aws" {\n  region = var.region\n}\n'
                + AGENT % "",
                "terraform.tfvars": 'region = "eu-west-1"\n',
            },
            "eu-west-1",
        ),
        (
            {
                "main.tf": 'provider "aws" {\n  region = "eu-central-1"\n}\nprovider "aws" {\n  alias = "us"\n'
                '  region = "us-east-1"\n}\n' + AGENT % "  provider = aws.us\n"
            },
            "us-east-1",
        ),
        (
            {"main.tf": 'provider "aws" {\n  region = "eu-central-1"\n}\n' + AGENT % '  region = "us-west-2"\n'},
            "us-west-2",
        ),
        (
            {
                "main.tf": 'provider "aws" {\n  alias = "us"\n  region = "us-east-2"\n}\nmodule "m" {\n  source = "./m"\n'
                "  providers = { aws = aws.us }\n}\n",
                "m/main.tf": AGENT % "",
            },
            "us-east-2",
        ),
        (
            {
                "main.tf": 'variable "region" {}\nprovider "aws" {\n  region = var.region\n}\n' + AGENT % "",
                "dev.tfvars": 'region = "us-east-1"\n',
                "prod.tfvars": 'region = "eu-west-1"\n',
            },
            None,
        ),
    ],
    ids=[
        "nothing says it",
        "the provider",
        "a variable of the provider",
        "an alias of the provider",
        "the resource itself",
        "a provider handed to a module",
        "differs between environments",
    ],
)
def test_the_region_of_a_route(files: dict[str, str], region: str | None, tmp_path: Path) -> None:
    assert only(resolved(tmp_path, files)).region == region
