"""# model-above-environment-tier

## What it does

Reports a route that takes, in an environment, a model above that environment's `max_tier`. Which model a route takes in which
environment is resolved through variable files, workspaces, parameter files, mappings and conditions.

## Why it costs

Development and test environments run all day, are called by pipelines and seldom need the flagship's quality. Their default is
copied from production and nobody looks at their bill.

## Example

    # dev.tfvars
    model = "global.anthropic.claude-opus-5-5"

## Use instead

Set a model within the environment's `max_tier` for that environment alone:

    # dev.tfvars
    model = "global.anthropic.claude-haiku-5-5"

## Policy keys

`environments.<name>.max_tier`, `environments.<name>.aliases`, `environments.<name>.paths`, `environments.default`, `tiers`

## References

`docs/policy.md`, section Environments
"""

from __future__ import annotations

from collections.abc import Iterator

from routelint import cost
from routelint.model import Kind, ModelReference, Severity
from routelint.policy import UNNAMED
from routelint.rule import Breach, Category, Context, Example, Rule

MAIN = """\
variable "model" {}

resource "aws_bedrockagent_agent" "support" {
  foundation_model = var.model
}
"""
TEMPLATE = """\
Parameters:
  Env: {{Type: String, AllowedValues: [dev, prod], Default: dev}}
Resources:
  Support:
    Type: AWS::Bedrock::Agent
    Properties:
      AgentName: support
      FoundationModel: {model}
      Tags: {{environment: dev}}
"""


def check(reference: ModelReference, context: Context) -> Iterator[Breach]:
    """One breach per model and highest tier that some of its environments allow."""
    if reference.kind is Kind.GRANT:
        return
    policy = context.policy
    for choice in reference.choices:
        model, tier = context.model(choice), context.tier(choice)
        if model is None or tier is None:
            continue
        broken: dict[str, list[str]] = {}
        for environment in context.environments(reference, choice) or (None,):
            most = policy.max_tier(environment)
            if most is not None and policy.above(tier, most):
                broken.setdefault(most, []).append(environment or UNNAMED)
        for most, names in broken.items():
            where = ", ".join(f"'{name}'" for name in names)
            if names == [UNNAMED]:
                where = f"{where}, which judges routes of no known environment,"
            yield Breach(
                f"'{choice.model.id}' is a {tier} model but {where} allows at most {most}"
                + cost.instead(choice, model, context.substitute(model, at_most=most), policy),
                choice,
                tuple(name for name in names if name != UNNAMED),
            )


RULE = Rule(
    id="model-above-environment-tier",
    summary="A model above the highest tier of its environment",
    severity=Severity.ERROR,
    category=Category.ROUTE,
    page=__doc__,
    check=check,
    examples=(
        Example(
            "dev resolves to a premium model",
            {"main.tf": MAIN, "dev.tfvars": 'model = "global.anthropic.claude-opus-5-5"\n'},
            ("main.tf:4",),
        ),
        Example(
            "dev resolves to an economy model, prod to a premium one",
            {
                "main.tf": MAIN,
                "dev.tfvars": 'model = "amazon.nova-lite-v1:0"\n',
                "prod.tfvars": 'model = "global.anthropic.claude-opus-5-5"\n',
            },
        ),
        Example("a tag says dev", {"template.yaml": TEMPLATE.format(model="anthropic.claude-opus-5-5")}, ("template.yaml:8",)),
        Example("an economy model in dev", {"template.yaml": TEMPLATE.format(model="amazon.nova-lite-v1:0")}),
    ),
)
