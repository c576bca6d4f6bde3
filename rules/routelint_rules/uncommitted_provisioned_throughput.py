"""# uncommitted-provisioned-throughput

## What it does

Reports provisioned throughput that is bought by the hour without a commitment where no valid justification covers it, and
provisioned throughput, committed or not, for a legacy model. Speaks only where the commitment can be told.

## Why it costs

An hour without commitment is the dearest way to buy capacity, and it runs until someone deletes it. A commitment for a model
that is being retired pays for capacity that has to be moved anyway.

## Example

    resource "aws_bedrock_provisioned_model_throughput" "triage" {
      model_arn   = data.aws_bedrock_foundation_model.haiku.model_arn
      model_units = 1
    }

## Use instead

Invoke on demand; or, where steady load is shown, commit and record who approved it:

    commitment_duration = "OneMonth"

## Policy keys

`justifications`

## References

`docs/policy.md`, section Justifications
"""

from __future__ import annotations

from collections.abc import Iterator

from routelint.catalog import Status
from routelint.model import LEFT_OUT, ModelReference, Severity
from routelint.rule import Breach, Category, Context, Example, Rule

POLICY = """\
version: 1
justification:
  roles: {finance: {approvers: [finops@example.com]}}
justifications:
  - id: FIN-8
    models: ["amazon.nova-lite-*"]
    routes: ["**"]
    reason: a load test of one week
    approvals: {finance: {by: finops@example.com, on: 2026-11-01}}
    expires: 2026-12-31
"""
TERRAFORM = """\
resource "aws_bedrock_provisioned_model_throughput" "triage" {{
  provisioned_model_name = "triage"
  model_arn              = "arn:aws:bedrock:us-east-1::foundation-model/{model}"
  model_units            = 1
{commitment}}}
"""
COMMITTED = '  commitment_duration = "SixMonths"\n'
CALL = """\
import boto3

boto3.client("bedrock").create_provisioned_model_throughput(
    modelId="amazon.nova-lite-v1:0", provisionedModelName="triage", modelUnits=1
)
"""


def check(reference: ModelReference, context: Context) -> Iterator[Breach]:
    """One breach per model bought by the hour, and one per legacy model that is bought at all."""
    commitment = reference.settings.get("commitment")
    if commitment is None:
        return
    for choice in reference.choices:
        model = context.model(choice)
        environments = context.environments(reference, choice)
        if model is not None and model.status(context.today) is Status.LEGACY:
            end = model.lifecycle.end_of_life
            until = f" and reaches its end of life on {end}" if end is not None else ""
            replacement = context.catalog.replacement(model, context.today)
            move = f"; move to '{replacement.id}' before buying" if replacement is not None else ""
            yield Breach(
                f"dedicated capacity for '{choice.model.id}', which is a legacy model{until}{move}", choice, environments
            )
        if commitment != LEFT_OUT:
            continue
        if model is not None and context.cover(reference, choice, model, environments).covered:
            continue
        yield Breach(
            f"dedicated capacity for '{choice.model.id}' without a commitment, the dearest hourly price, and no valid "
            "justification covers it; invoke it on demand, or commit and justify it",
            choice,
            environments,
        )


RULE = Rule(
    id="uncommitted-provisioned-throughput",
    summary="Dedicated capacity by the hour, or for a legacy model",
    severity=Severity.WARNING,
    category=Category.ROUTE,
    page=__doc__,
    check=check,
    examples=(
        Example("by the hour", {"main.tf": TERRAFORM.format(model="amazon.nova-lite-v1:0", commitment="")}, ("main.tf:3",)),
        Example("committed", {"main.tf": TERRAFORM.format(model="amazon.nova-lite-v1:0", commitment=COMMITTED)}),
        Example(
            "committed to a legacy model",
            {"main.tf": TERRAFORM.format(model="anthropic.claude-sonnet-4-5-20250929-v1:0", commitment=COMMITTED)},
            ("main.tf:3",),
        ),
        Example(
            "by the hour, justified", {"main.tf": TERRAFORM.format(model="amazon.nova-lite-v1:0", commitment="")}, policy=POLICY
        ),
        Example("by the hour, from a script", {"buy.py": CALL}, ("buy.py:4",)),
    ),
)
