"""# invalid-tag-value

## What it does

Reports a tag of a Bedrock resource whose value breaks what the policy asks: its pattern, its list of values, or that it be a
declared environment. A value that cannot be told counts as present and breaks nothing, but it cannot be checked either: a note
says so.

## Why it costs

A report groups by what the tags say, letter by letter. `prd` beside `prod`, or a cost centre with a missing digit, is money in
a group of its own that nobody looks at.

## Example

    # the policy says: cost-center: {pattern: "^CC-[0-9]{4}$"}
    resource "aws_bedrockagent_agent" "support" {
      tags = { cost-center = "4711" }
    }

## Use instead

    resource "aws_bedrockagent_agent" "support" {
      tags = { cost-center = "CC-4711" }
    }

## Policy keys

`tags.required.*.pattern`, `tags.required.*.values`, `environments`

## References

`docs/policy.md`, section Tags
"""

from __future__ import annotations

from collections.abc import Iterator

from routelint import attribution
from routelint.model import ModelReference, Resource, Severity, Tags, Unknown
from routelint.policy import RequiredTag
from routelint.rule import Breach, Category, Context, Example, Place, Rule

POLICY = """\
version: 1
tags:
  required:
    cost-center: {keys: [cost-center, CostCenter], pattern: "^CC-[0-9]{4}$"}
    environment: {keys: [environment], values: environments}
"""
AGENT = """\
resource "aws_bedrockagent_agent" "support" {{
  foundation_model = "amazon.nova-lite-v1:0"
  tags             = {{ {tags} }}
}}

variable "center" {{}}
"""
PROFILE = """\
Resources:
  Profile:
    Type: AWS::Bedrock::ApplicationInferenceProfile
    Properties:
      ModelSource: {{CopyFrom: "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"}}
      Tags: [{{Key: CostCenter, Value: {value}}}]
"""


def check_all(context: Context) -> Iterator[tuple[ModelReference | Resource | Place, Breach]]:
    """One breach per tag whose value the policy does not take, and a note for each that cannot be told."""
    for place, name, tags in attribution.tagged(context.resources, context.references):
        for tag in context.policy.required_tags:
            for key in tag.keys:
                if key in tags.entries:
                    yield from _judge(place, name, tag, key, tags, context)


def _judge(
    place: ModelReference | Resource, name: str, tag: RequiredTag, key: str, tags: Tags, context: Context
) -> Iterator[tuple[ModelReference | Resource | Place, Breach]]:
    value = tags.entries[key]
    if isinstance(value, Unknown) and value.one_of:
        for text in value.one_of:
            fault = context.policy.tag_fault(tag, text) if text else None
            if fault is not None:
                message = f"tag '{key}' of {name} may be '{text}', but {fault}"
                yield place, Breach(message, None, place.environments, trail=value.trail)
        return
    if isinstance(value, Unknown):
        if tag.pattern is not None or tag.values is not None or tag.is_environment:
            message = f"the value of tag '{key}' of {name} cannot be told, so that it is not checked: {value.reason}"
            yield place, Breach(message, None, place.environments, trail=value.trail, severity=Severity.NOTE)
        return
    fault = context.policy.tag_fault(tag, value) if value else None
    if fault is not None:
        yield place, Breach(f"tag '{key}' of {name} is '{value}', but {fault}", None, place.environments)


RULE = Rule(
    id="invalid-tag-value",
    summary="A tag whose value the policy does not take",
    severity=Severity.WARNING,
    category=Category.ATTRIBUTION,
    page=__doc__,
    check_all=check_all,
    examples=(
        Example(
            "a value that breaks the pattern",
            {"main.tf": AGENT.format(tags='cost-center = "4711"')},
            ("main.tf:1",),
            policy=POLICY,
        ),
        Example("a value that fits", {"main.tf": AGENT.format(tags='cost-center = "CC-4711"')}, policy=POLICY),
        Example(
            "a value that cannot be told",
            {"main.tf": AGENT.format(tags="cost-center = var.center")},
            ("main.tf:1",),
            policy=POLICY,
        ),
        Example(
            "an environment that is not declared",
            {"main.tf": AGENT.format(tags='environment = "blue"')},
            ("main.tf:1",),
            policy=POLICY,
        ),
        Example("another spelling of an environment", {"main.tf": AGENT.format(tags='environment = "prd"')}, policy=POLICY),
        Example(
            "a value that breaks it in a template", {"t.yaml": PROFILE.format(value="CC-47")}, ("t.yaml:2",), policy=POLICY
        ),
        Example("a value that fits in a template", {"t.yaml": PROFILE.format(value="CC-4711")}, policy=POLICY),
    ),
)
