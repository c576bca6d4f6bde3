"""# provisioned-throughput-in-nonprod

## What it does

Reports provisioned throughput in an environment that is not production. Production is the environment of the policy that is
called `prod` or `production`, by name or alias. Where nothing says which environment a purchase is for, the rule is silent.

## Why it costs

Dedicated capacity is paid by the hour whether or not a request comes. Development and test environments are idle most hours and
never need a guaranteed rate.

## Example

    # dev.tfvars, read by a module that creates aws_bedrock_provisioned_model_throughput
    model_units = 1

## Use instead

Invoke on demand outside production, and create the capacity in production alone:

    count = terraform.workspace == "prod" ? 1 : 0

## Policy keys

`environments.<name>.aliases`, `environments.<name>.paths`

## References

`docs/policy.md`, section Environments
"""

from __future__ import annotations

from collections.abc import Iterator

from routelint.model import ModelReference, Severity
from routelint.rule import Breach, Category, Context, Example, Rule

TERRAFORM = """\
resource "aws_bedrock_provisioned_model_throughput" "triage" {{
  provisioned_model_name = "triage"
  model_arn              = "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-haiku-4-5-20251001-v1:0"
  model_units            = 1
  commitment_duration    = "OneMonth"
  tags                   = {{ environment = "{environment}" }}
}}
"""
CALL = """\
import boto3

boto3.client("bedrock").create_provisioned_model_throughput(
    modelId="anthropic.claude-haiku-4-5-20251001-v1:0",
    provisionedModelName="triage",
    modelUnits=1,
    commitmentDuration="OneMonth",
)
"""


def check(reference: ModelReference, context: Context) -> Iterator[Breach]:
    """One breach per model whose capacity is bought outside production."""
    if "commitment" not in reference.settings:
        return
    production = context.policy.environment("production")
    for choice in reference.choices:
        others = tuple(name for name in context.environments(reference, choice) if name != production)
        if others:
            where = ", ".join(f"'{name}'" for name in others)
            yield Breach(
                f"'{choice.model.id}' has dedicated capacity in {where}, paid by the hour while idle; "
                "invoke it on demand outside production",
                choice,
                others,
            )


RULE = Rule(
    id="provisioned-throughput-in-nonprod",
    summary="Dedicated capacity outside production",
    severity=Severity.WARNING,
    category=Category.ROUTE,
    page=__doc__,
    check=check,
    examples=(
        Example("capacity for development", {"main.tf": TERRAFORM.format(environment="dev")}, ("main.tf:3",)),
        Example("capacity for production", {"main.tf": TERRAFORM.format(environment="production")}),
        Example("capacity bought by a script for test", {"envs/qa/buy.py": CALL}, ("envs/qa/buy.py:4",)),
        Example("nothing says where", {"buy.py": CALL}),
    ),
)
