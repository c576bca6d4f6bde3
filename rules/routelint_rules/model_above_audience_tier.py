"""# model-above-audience-tier

## What it does

Reports a route of a workload whose audience (`internal` or `customer`) takes at most a lower tier. The audience is what the
policy declares for the workload. A valid justification silences it, and `model-above-task-tier` speaks instead where the
workload's task needs no higher tier either.

## Why it costs

An internal tool has patient users who can ask twice. Premium quality there is paid like the product's, without a customer who
would pay for it.

## Example

    workloads:
      meeting-notes: {routes: ["notes/**"], audience: internal}

    # notes/app.py
    client.converse(modelId="global.anthropic.claude-opus-5-5", messages=messages)

## Use instead

Take a model within the audience's tier, or add an entry under `justifications`:

    client.converse(modelId="global.anthropic.claude-haiku-5-5", messages=messages)

## Policy keys

`workloads.<name>.audience`, `audiences.<name>.max_tier`, `justifications`, `tiers`

## References

`docs/policy.md`, section Workloads
"""

from __future__ import annotations

from collections.abc import Iterator

from routelint import cost
from routelint.model import ModelReference, Severity
from routelint.rule import Breach, Category, Context, Example, Rule

POLICY = """\
version: 1
workloads:
  meeting-notes: {routes: ["notes/**"], owner: it, audience: internal}
  help-pages: {routes: ["help/**"], owner: product, audience: customer}
"""
CALL = """\
import boto3

boto3.client("bedrock-runtime").converse(modelId="{model}", messages=[])
"""
TEMPLATE = """\
Resources:
  Notes:
    Type: AWS::Bedrock::Agent
    Properties:
      AgentName: notes
      FoundationModel: {model}
"""


def check(reference: ModelReference, context: Context) -> Iterator[Breach]:
    """One breach per model above what the audience of the route's workload allows."""
    policy = context.policy
    workload = policy.workload(reference.workload) if reference.workload is not None else None
    audience = policy.audience(workload.audience) if workload is not None and workload.audience is not None else None
    if workload is None or audience is None:
        return
    task = policy.task(workload.task) if workload.task is not None else None
    if task is not None and not policy.above(task.max_tier, audience.max_tier):
        return
    for choice, model, tier in context.above(reference, audience.max_tier):
        yield Breach(
            f"'{choice.model.id}' is a {tier} model but '{workload.name}' has an {audience.name} audience, "
            f"which takes at most {audience.max_tier}"
            + cost.instead(choice, model, context.substitute(model, at_most=audience.max_tier), policy),
            choice,
            context.environments(reference, choice),
        )


RULE = Rule(
    id="model-above-audience-tier",
    summary="A model above the tier that its workload's audience takes",
    severity=Severity.WARNING,
    category=Category.ROUTE,
    page=__doc__,
    check=check,
    examples=(
        Example(
            "the flagship in an internal tool",
            {"notes/app.py": CALL.format(model="anthropic.claude-opus-5-5")},
            ("notes/app.py:3",),
            POLICY,
        ),
        Example(
            "a standard model in an internal tool",
            {"notes/app.py": CALL.format(model="anthropic.claude-haiku-4-5-20251001-v1:0")},
            (),
            POLICY,
        ),
        Example("the flagship for customers", {"help/app.py": CALL.format(model="anthropic.claude-opus-5-5")}, (), POLICY),
        Example(
            "an internal agent",
            {"notes/template.yaml": TEMPLATE.format(model="anthropic.claude-opus-5-5")},
            ("notes/template.yaml:6",),
            POLICY,
        ),
    ),
)
