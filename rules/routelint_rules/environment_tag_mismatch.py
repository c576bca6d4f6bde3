"""# environment-tag-mismatch

## What it does

Reports a Bedrock resource whose environment tag names one declared environment while its place names another: the variable
file, workspace or parameter it is deployed with, the policy's `paths`, or its folder.

## Why it costs

The tag decides in whose report the cost appears. A production agent tagged `dev` hides in the cheap environment's budget, and
limits that are meant for `dev` are judged by the wrong name.

## Example

    # envs/prod/main.tf
    resource "aws_bedrockagent_agent" "support" {
      tags = { environment = "dev" }
    }

## Use instead

Take the tag from what decides the environment:

    tags = { environment = var.environment }

## Policy keys

`tags.required`, `environments`

## References

`docs/policy.md`, section Environments
"""

from __future__ import annotations

from collections.abc import Iterator

from routelint import attribution, environments
from routelint.model import ModelReference, Related, Resource, Severity
from routelint.rule import Breach, Category, Context, Example, Place, Rule

AGENT = """\
resource "aws_bedrockagent_agent" "support" {{
  foundation_model = "amazon.nova-lite-v1:0"
  tags             = {{ environment = "{value}" }}
}}
"""
TEMPLATE = """\
Resources:
  Agent:
    Type: AWS::Bedrock::Agent
    Properties:
      FoundationModel: amazon.nova-lite-v1:0
      Tags: {{environment: {value}}}
"""


def check_all(context: Context) -> Iterator[tuple[ModelReference | Resource | Place, Breach]]:
    """One breach per resource whose tag and place disagree."""
    policy = context.policy
    keys = next((tag.keys for tag in policy.required_tags if tag.is_environment), environments.TAG_KEYS)
    for place, name, tags in attribution.tagged(context.resources, context.references):
        for key in keys:
            value = tags.entries.get(key)
            tagged = policy.declared(value) if isinstance(value, str) and value else None
            if tagged is None:
                continue
            told = [each for each in environments.of_place(place, policy) if policy.declared(each.environment) is not None]
            other = [each for each in told if policy.environment(each.environment) != tagged.name]
            if not other:
                continue
            names = tuple(dict.fromkeys(policy.environment(each.environment) for each in other))
            listed = ", ".join(f"'{each}'" for each in names)
            yield (
                place,
                Breach(
                    f"tag '{key}' of {name} says '{value}', but its place says {listed} ({other[0].reason}); "
                    "take the tag from what decides the environment",
                    None,
                    names,
                    related=tuple(Related(each.location, each.reason) for each in other if each.location is not None),
                ),
            )


RULE = Rule(
    id="environment-tag-mismatch",
    summary="A tag that names another environment than the place",
    severity=Severity.WARNING,
    category=Category.ATTRIBUTION,
    page=__doc__,
    check_all=check_all,
    examples=(
        Example("dev in prod's folder", {"envs/prod/main.tf": AGENT.format(value="dev")}, ("envs/prod/main.tf:1",)),
        Example("another spelling of the same", {"envs/prod/main.tf": AGENT.format(value="production")}),
        Example("a place that says nothing", {"main.tf": AGENT.format(value="dev")}),
        Example(
            "staging in the template of prod",
            {"envs/prod/t.yaml": TEMPLATE.format(value="staging")},
            ("envs/prod/t.yaml:2",),
        ),
        Example("prod in the template of prod", {"envs/prod/t.yaml": TEMPLATE.format(value="prod")}),
    ),
)
