"""# missing-invocation-logging

## What it does

Notes once that a repository's infrastructure invokes Bedrock, and nothing in it turns on the log of model invocations:
neither a Terraform resource nor a call of `PutModelInvocationLoggingConfiguration`. The log is a setting of an account and
region; where another repository sets it, turn the rule off in the policy.

## Why it costs

Without the log nobody can tell which calls spent the tokens: the bill names a model, not a prompt, a user or a bug. Tags that
a request carries (`requestMetadata`) are written there and nowhere else.

## Example

    resource "aws_bedrockagent_agent" "support" {
      foundation_model = "amazon.nova-lite-v1:0"
    }

## Use instead

    resource "aws_bedrock_model_invocation_logging_configuration" "all" {
      logging_config {
        text_data_delivery_enabled = true
        cloudwatch_config {
          log_group_name = aws_cloudwatch_log_group.bedrock.name
          role_arn       = aws_iam_role.bedrock_logging.arn
        }
      }
    }

## Policy keys

`rules.missing-invocation-logging`

## References

`docs/policy.md`, section Rules
"""

from __future__ import annotations

from collections.abc import Iterator

from routelint import budgets, invoking
from routelint.model import ModelReference, Resource, Severity
from routelint.rule import Breach, Category, Context, Example, Place, Rule

AGENT = """\
resource "aws_bedrockagent_agent" "support" {
  foundation_model = "amazon.nova-lite-v1:0"
}
"""
LOGGING = """\
resource "aws_bedrock_model_invocation_logging_configuration" "all" {
  logging_config {
    text_data_delivery_enabled = true
  }
}
"""
TEMPLATE = """\
Resources:
  Agent:
    Type: AWS::Bedrock::Agent
    Properties:
      FoundationModel: amazon.nova-lite-v1:0
"""
SETUP = """\
import boto3

boto3.client("bedrock").put_model_invocation_logging_configuration(loggingConfig={"textDataDeliveryEnabled": True})
"""


def check_all(context: Context) -> Iterator[tuple[ModelReference | Resource | Place, Breach]]:
    """One breach for the repository, at the first place that invokes models."""
    if any(resource.type in budgets.LOGGING for resource in context.resources):
        return
    units = context.invoking_units
    for first in units[:1]:
        yield (
            Place(first.location, first.statement, first.root),
            Breach(
                "infrastructure invokes models and nothing in the repository logs their invocations; "
                "add 'aws_bedrock_model_invocation_logging_configuration' or call PutModelInvocationLoggingConfiguration",
                related=invoking.others(units),
            ),
        )


RULE = Rule(
    id="missing-invocation-logging",
    summary="Infrastructure that invokes models without a log of invocations",
    severity=Severity.NOTE,
    category=Category.BUDGET,
    page=__doc__,
    check_all=check_all,
    examples=(
        Example("an agent without a log", {"main.tf": AGENT}, ("main.tf:2",)),
        Example("an agent and a log in another root", {"agent/main.tf": AGENT, "account/main.tf": LOGGING}),
        Example("a template without a log", {"t.yaml": TEMPLATE}, ("t.yaml:5",)),
        Example("a template, and a script that turns the log on", {"t.yaml": TEMPLATE, "setup.py": SETUP}),
    ),
)
