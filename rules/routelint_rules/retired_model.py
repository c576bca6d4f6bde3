"""# retired-model

## What it does

Reports a model past its end-of-life date, on the day of the scan.

## Why it costs

Calls to a retired model fail. Code that names one is dead, or falls back to whatever comes next in its list.

## Example

    modelId = "anthropic.claude-v2"

## Use instead

Move to the replacement named, which is active.

## Policy keys

None.

## References

The lifecycle page of Amazon Bedrock's user guide; `routelint catalog MODEL` shows the dates and their source.
"""

from __future__ import annotations

from collections.abc import Iterator

from routelint import cost
from routelint.catalog import Status
from routelint.model import Kind, ModelReference, Severity
from routelint.rule import Breach, Category, Context, Example, Rule

CALL = """\
import boto3

client = boto3.client("bedrock-runtime")
client.converse(modelId="{model}", messages=[])
"""
TEMPLATE = """\
Parameters:
  ModelId: {{Type: String, Default: "{model}"}}
Resources:
  Support:
    Type: AWS::Bedrock::Agent
    Properties:
      AgentName: support
      FoundationModel: !Ref ModelId
"""


def check(reference: ModelReference, context: Context) -> Iterator[Breach]:
    """One breach per model of the route that is past its end of life."""
    if reference.kind is Kind.GRANT:
        return
    for choice in reference.choices:
        model = context.model(choice)
        if model is None or model.status(context.today) is not Status.RETIRED:
            continue
        ended = model.lifecycle.end_of_life
        replacement = context.catalog.replacement(model, context.today)
        yield Breach(
            f"'{choice.model.id}' reached its end of life"
            + (f" on {ended}" if ended else "")
            + cost.move(choice, replacement, context.policy, "replace it with"),
            choice,
            context.environments(reference, choice),
        )


RULE = Rule(
    id="retired-model",
    summary="A model past its end of life",
    severity=Severity.ERROR,
    category=Category.ROUTE,
    page=__doc__,
    check=check,
    examples=(
        Example("a retired model", {"app.py": CALL.format(model="anthropic.claude-v2")}, ("app.py:4",)),
        Example("an active model", {"app.py": CALL.format(model="amazon.nova-lite-v1:0")}),
        Example(
            "a retired parameter default", {"template.yaml": TEMPLATE.format(model="anthropic.claude-v2")}, ("template.yaml:8",)
        ),
        Example("an active parameter default", {"template.yaml": TEMPLATE.format(model="amazon.nova-lite-v1:0")}),
    ),
)
