"""# cheaper-successor

## What it does

Reports a route whose model has a successor of the same line that is active, newer, costs less per token and by the catalog can
do no less (context, output cap, image input). The policy must allow the successor.

## Why it costs

Prices fall with each generation. A model that stays in the code because it works is paid at last year's price for this year's
traffic.

## Example

    client.converse(modelId="global.anthropic.claude-opus-4-8", messages=messages)

## Use instead

Run the successor on the workload's golden dataset, and change the model where it passes:

    client.converse(modelId="global.anthropic.claude-opus-5-5", messages=messages)

## Policy keys

`models`, `prices.models`, `prices.mix`

## References

`routelint catalog MODEL` shows a model's price, life and cheaper substitutes
"""

from __future__ import annotations

from collections.abc import Iterator

from routelint import cost
from routelint.catalog import Status
from routelint.model import Kind, ModelReference, Severity
from routelint.rule import Breach, Category, Context, Example, Rule

CALL = """\
import boto3

boto3.client("bedrock-runtime").converse(modelId="{model}", messages=[])
"""
TERRAFORM = """\
resource "aws_bedrockagent_agent" "support" {{
  foundation_model = "{model}"
}}
"""


def check(reference: ModelReference, context: Context) -> Iterator[Breach]:
    """One breach per model with a cheaper successor; a model at its end has rules of its own, which name a replacement."""
    if reference.kind is Kind.GRANT:
        return
    for choice in reference.choices:
        model = context.model(choice)
        if model is None or model.status(context.today) in (Status.LEGACY, Status.RETIRED):
            continue
        successor = context.successor(model)
        if successor is not None:
            yield Breach(
                f"'{choice.model.id}' has a newer successor that costs less"
                + cost.instead(choice, model, successor, context.policy, verb="try"),
                choice,
                context.environments(reference, choice),
            )


RULE = Rule(
    id="cheaper-successor",
    summary="A newer model of the same line costs less",
    severity=Severity.NOTE,
    category=Category.ROUTE,
    page=__doc__,
    check=check,
    examples=(
        Example("a generation behind", {"app.py": CALL.format(model="global.anthropic.claude-opus-4-8")}, ("app.py:3",)),
        Example("the newest of its line", {"app.py": CALL.format(model="global.anthropic.claude-opus-5-5")}),
        Example(
            "an agent a generation behind",
            {"main.tf": TERRAFORM.format(model="anthropic.claude-haiku-4-5-20251001-v1:0")},
            ("main.tf:2",),
        ),
        Example(
            "the policy denies the successor",
            {"app.py": CALL.format(model="global.anthropic.claude-opus-4-8")},
            policy='version: 1\nmodels: {deny: ["anthropic.claude-*5-5", "anthropic.claude-opus-5"]}\n',
        ),
    ),
)
