"""# costly-default-model

## What it does

Reports a fallback that is a premium model: the default of an environment variable, a function, command-line or settings
parameter, a Terraform variable or a CloudFormation parameter. Reported where the default is written, once for all the routes
that take it.

## Why it costs

A default is what every new deployment, developer and test gets without deciding. A premium one makes the expensive choice the
one nobody makes.

## Example

    model_id = os.environ.get("MODEL_ID", "global.anthropic.claude-opus-5-5")

## Use instead

Default to a model of a lower tier, and set the premium one where it is justified:

    model_id = os.environ.get("MODEL_ID", "global.anthropic.claude-haiku-5-5")

## Policy keys

`justification.tiers`, `tiers`

## References

`docs/policy.md`, section Tiers
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from routelint import cost
from routelint.model import Choice, Kind, ModelReference, Resolution, Resource, Severity
from routelint.rule import Breach, Category, Context, Example, Place, Rule

DEFAULTS = frozenset({Resolution.ENV_DEFAULT, Resolution.PARAMETER_DEFAULT, Resolution.VARIABLE_DEFAULT})

CODE = """\
import os

import boto3

MODEL_ID = os.environ.get("MODEL_ID", "{model}")
boto3.client("bedrock-runtime").converse(modelId=MODEL_ID, messages=[])
"""
TERRAFORM = """\
variable "model" {{
  default = "{model}"
}}

resource "aws_bedrockagent_agent" "support" {{
  foundation_model = var.model
}}
"""


def check_all(context: Context) -> Iterator[tuple[ModelReference | Resource | Place, Breach]]:
    """One breach per place where a premium default is written."""
    for reference in context.references:
        if reference.kind is Kind.GRANT:
            continue
        for choice in reference.choices:
            if choice.resolution not in DEFAULTS and reference.kind is not Kind.DEFAULT:
                continue
            model, tier = context.model(choice), context.tier(choice)
            if model is None or tier is None or tier not in context.policy.justification.tiers:
                continue
            breach = Breach(
                f"the default '{choice.model.id}' is a {tier} model"
                + cost.instead(choice, model, context.substitute(model, below=tier), context.policy, verb="default to"),
                replace(choice, trail=()),
                context.environments(reference, choice),
            )
            yield _written(reference, choice), breach


def _written(reference: ModelReference, choice: Choice) -> Place:
    """Where the default stands: the last hop of its way."""
    if not choice.trail:
        return Place(reference.location, reference.statement)
    location = choice.trail[-1].location
    return Place(replace(location, symbol=location.symbol or choice.trail[-1].note), location.span)


RULE = Rule(
    id="costly-default-model",
    summary="A fallback that is a premium model",
    severity=Severity.WARNING,
    category=Category.ROUTE,
    page=__doc__,
    check_all=check_all,
    examples=(
        Example("a premium environment default", {"app.py": CODE.format(model="anthropic.claude-opus-5-5")}, ("app.py:5",)),
        Example("an economy environment default", {"app.py": CODE.format(model="amazon.nova-lite-v1:0")}),
        Example("a premium variable default", {"main.tf": TERRAFORM.format(model="anthropic.claude-opus-5-5")}, ("main.tf:2",)),
        Example("an economy variable default", {"main.tf": TERRAFORM.format(model="amazon.nova-lite-v1:0")}),
    ),
)
