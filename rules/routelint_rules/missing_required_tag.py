"""# missing-required-tag

## What it does

Reports a taggable Bedrock resource that lacks a required tag under every one of its keys, after the provider's default tags,
merges, module arguments, SAM globals and stack tags. A tag whose value cannot be told counts as present; where further tags
may be added that cannot be told, nothing is reported.

## Why it costs

Untagged spend belongs to nobody: no team sees it, no budget covers it, and it cannot be cut.

## Example

    resource "aws_bedrockagent_agent" "support" {
      agent_name = "support"
    }

## Use instead

Set the tag on the resource, in the provider's `default_tags`, or in the stack's tags:

    resource "aws_bedrockagent_agent" "support" {
      agent_name = "support"
      tags       = { team = "support", project = "helpdesk", environment = "prod" }
    }

## Policy keys

`tags.required`

## References

`docs/policy.md`, section Tags
"""

from __future__ import annotations

from collections.abc import Iterator

from routelint.deferred import lazy_regex
from routelint.model import ModelReference, Resource, Severity, Tags
from routelint.rule import Breach, Category, Context, Example, Place, Rule

BEDROCK = "bedrock"
# A call of the SDK or a construct of the CDK; what follows is the path to the model in its arguments.
OPERATION = lazy_regex(r"(?:[a-z0-9-]+\.[a-z0-9]+_[a-z0-9_]+|(?:[a-z0-9_]+\.)+[A-Z]\w*)(?=\.)")

AGENT = """\
resource "aws_bedrockagent_agent" "support" {{
  foundation_model = "amazon.nova-lite-v1:0"
  {tags}
}}
"""
PROFILE = """\
Resources:
  Profile:
    Type: AWS::Bedrock::ApplicationInferenceProfile
    Properties:
      InferenceProfileName: support
      ModelSource: {{CopyFrom: "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"}}
      Tags: {tags}
"""
ALL = 'tags = { team = "support", project = "helpdesk", environment = "prod" }'


def check_all(context: Context) -> Iterator[tuple[ModelReference | Resource | Place, Breach]]:
    """One breach per resource, naming every missing tag."""
    places = {(resource.location.path, resource.statement, resource.root) for resource in context.resources}
    for resource in context.resources:
        if BEDROCK not in resource.type.lower():
            # A role or a budget is listed because other rules ask about it; its tags are another linter's business.
            continue
        yield from _judge(resource, resource.tags, f"{resource.type} '{resource.name}'", context)
    for reference in context.references:
        # A call that creates a resource carries its tags itself; infrastructure has its resource rows.
        place = (reference.location.path, reference.statement, reference.root)
        if reference.language == "python" and place not in places:
            # Two models of one resource, the variants of a prompt, lack its tags once.
            places.add(place)
            yield from _judge(reference, reference.tags, _operation(reference.sink), context)


def _operation(sink: str) -> str:
    """The call that creates the resource, without the path to the model in its arguments."""
    found = OPERATION.match(sink)
    return found[0] if found else sink.rsplit(".", 1)[0]


def _judge(
    place: ModelReference | Resource, tags: Tags | None, name: str, context: Context
) -> Iterator[tuple[ModelReference | Resource | Place, Breach]]:
    if tags is None or tags.rest is not None:
        return
    missing = [
        required.name
        for required in context.policy.required_tags
        if not any(tags.entries.get(key) not in (None, "") for key in required.keys)
    ]
    if missing:
        plural, them = ("tags", "them") if len(missing) > 1 else ("tag", "it")
        keys = ", ".join(f"'{key}'" for key in missing)
        yield (
            place,
            Breach(
                f"{name} lacks the required {plural} {keys}; set {them} on the resource or in default tags",
                None,
                place.environments,
            ),
        )


PROMPT = """\
from aws_cdk import aws_bedrock as bedrock

bedrock.CfnPrompt(
    stack,
    "Answer",
    name="answer",
    variants=[
        {{"name": "a", "templateType": "TEXT", "modelId": "amazon.nova-lite-v1:0"}},
        {{"name": "b", "templateType": "TEXT", "modelId": "amazon.nova-micro-v1:0"}},
    ],
    {tags}
)
"""

RULE = Rule(
    id="missing-required-tag",
    summary="A Bedrock resource without a required tag",
    severity=Severity.ERROR,
    category=Category.ATTRIBUTION,
    page=__doc__,
    check_all=check_all,
    examples=(
        Example("an agent without tags", {"main.tf": AGENT.format(tags="")}, ("main.tf:1",)),
        Example("an agent with every tag", {"main.tf": AGENT.format(tags=ALL)}),
        Example(
            "tags from the provider's default tags",
            {"main.tf": AGENT.format(tags=""), "provider.tf": f'provider "aws" {{\n  default_tags {{\n    {ALL}\n  }}\n}}\n'},
        ),
        Example(
            "tags that cannot be told",
            {"main.tf": AGENT.format(tags="tags = var.tags"), "variables.tf": 'variable "tags" {}\n'},
        ),
        Example(
            "a prompt of two models in the CDK",
            {"stack.py": PROMPT.format(tags="")},
            ("stack.py:8",),
        ),
        Example(
            "a prompt with every tag",
            {"stack.py": PROMPT.format(tags='tags={"team": "support", "project": "helpdesk", "environment": "prod"},')},
        ),
        Example("a profile with one tag", {"t.yaml": PROFILE.format(tags="[{Key: team, Value: a}]")}, ("t.yaml:2",)),
        Example(
            "a profile with every tag",
            {
                "t.yaml": PROFILE.format(
                    tags="[{Key: team, Value: a}, {Key: project, Value: b}, {Key: environment, Value: prod}]"
                )
            },
        ),
    ),
)
