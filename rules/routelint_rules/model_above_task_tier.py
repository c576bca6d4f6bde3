"""# model-above-task-tier

## What it does

Reports a route that takes a model above the highest tier of its workload's task. The task is what the policy declares for the
workload (`classification`, `extraction`, `summarization` ...); nothing is guessed from the code. A valid justification silences
it.

## Why it costs

Sorting tickets into six classes or pulling a date out of a letter needs no model that can plan and reason. It is most of the
traffic of most companies, and the flagship answers it no better at ten to a hundred times the price.

## Example

    workloads:
      ticket-triage: {routes: ["triage/**"], task: classification}

    # triage/app.py
    client.converse(modelId="global.anthropic.claude-opus-5-5", messages=messages)

## Use instead

Try a model within the task's tier on the workload's golden dataset, or declare why this workload needs more:

    client.converse(modelId="global.anthropic.claude-haiku-5-5", messages=messages)

## Policy keys

`workloads.<name>.task`, `tasks.<name>.max_tier`, `justifications`, `tiers`

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
  ticket-triage: {routes: ["triage/**"], owner: support, task: classification}
"""
CALL = """\
import boto3

boto3.client("bedrock-runtime").converse(modelId="{model}", messages=[])
"""
TERRAFORM = """\
resource "aws_bedrockagent_agent" "triage" {{
  foundation_model = "{model}"
}}
"""


def check(reference: ModelReference, context: Context) -> Iterator[Breach]:
    """One breach per model above what the task of the route's workload allows."""
    policy = context.policy
    workload = policy.workload(reference.workload) if reference.workload is not None else None
    task = policy.task(workload.task) if workload is not None and workload.task is not None else None
    if workload is None or task is None:
        return
    for choice, model, tier in context.above(reference, task.max_tier):
        yield Breach(
            f"'{choice.model.id}' is a {tier} model but the {task.name} of '{workload.name}' needs at most {task.max_tier}"
            + cost.instead(choice, model, context.substitute(model, at_most=task.max_tier), policy),
            choice,
            context.environments(reference, choice),
        )


RULE = Rule(
    id="model-above-task-tier",
    summary="A model above the tier that its workload's task needs",
    severity=Severity.WARNING,
    category=Category.ROUTE,
    page=__doc__,
    check=check,
    examples=(
        Example(
            "tickets sorted by the flagship",
            {"triage/app.py": CALL.format(model="anthropic.claude-opus-5-5")},
            ("triage/app.py:3",),
            POLICY,
        ),
        Example(
            "tickets sorted by an economy model", {"triage/app.py": CALL.format(model="amazon.nova-lite-v1:0")}, (), POLICY
        ),
        Example(
            "an agent that sorts tickets",
            {"triage/main.tf": TERRAFORM.format(model="anthropic.claude-opus-5-5")},
            ("triage/main.tf:2",),
            POLICY,
        ),
        Example("no task is declared", {"app.py": CALL.format(model="anthropic.claude-opus-5-5")}, (), POLICY),
    ),
)
