"""# legacy-model

## What it does

Reports a model that Amazon Bedrock lists as legacy on the day of the scan: it still answers, and has an end-of-life date.

## Why it costs

In its last months a legacy model may be billed at a higher extended-access price, and a move made in a hurry skips the
evaluation. Its successor is often cheaper.

## Example

    modelId = "anthropic.claude-opus-4-1-20250805-v1:0"

## Use instead

Evaluate the replacement named on your own data, and move before the end of life.

## Policy keys

None.

## References

The lifecycle page of Amazon Bedrock's user guide; `routelint catalog MODEL` shows the dates and their source.
"""

from __future__ import annotations

from collections.abc import Iterator

from routelint import cost
from routelint.catalog import Model, Status
from routelint.model import Kind, ModelReference, Severity
from routelint.rule import Breach, Category, Context, Example, Rule

CALL = """\
import boto3

client = boto3.client("bedrock-runtime")
client.converse(modelId="{model}", messages=[])
"""
TERRAFORM = """\
variable "model" {{
  default = "{model}"
}}

resource "aws_bedrockagent_agent" "support" {{
  foundation_model = var.model
}}
"""


def check(reference: ModelReference, context: Context) -> Iterator[Breach]:
    """One breach per legacy model of the route."""
    if reference.kind is Kind.GRANT:
        return
    for choice in reference.choices:
        model = context.model(choice)
        if model is None or model.status(context.today) is not Status.LEGACY:
            continue
        ends = model.lifecycle.end_of_life
        replacement = context.catalog.replacement(model, context.today)
        yield Breach(
            f"'{choice.model.id}' is a legacy model"
            + (f" and reaches its end of life on {ends}" if ends else "")
            + cost.move(choice, replacement, context.policy, "move to"),
            choice,
            context.environments(reference, choice),
            notes=_notes(model, context),
        )


def _notes(model: Model, context: Context) -> tuple[str, ...]:
    lifecycle, notes = model.lifecycle, []
    if lifecycle.end_of_life is not None:
        notes.append(f"{(lifecycle.end_of_life - context.today).days} days are left")
    if lifecycle.extended_access is not None and lifecycle.extended_access <= context.today:
        price = model.prices.extended_access
        known = (
            "its price there is not known"
            if price is None
            else f"it costs {price.input:g} in and {price.output:g} out there, in US dollars per million tokens"
        )
        notes.append(f"in extended access since {lifecycle.extended_access}; {known}")
    return tuple(notes)


RULE = Rule(
    id="legacy-model",
    summary="A model that is legacy and has an end-of-life date",
    severity=Severity.WARNING,
    category=Category.ROUTE,
    page=__doc__,
    check=check,
    examples=(
        Example("a legacy model", {"app.py": CALL.format(model="us.anthropic.claude-opus-4-1-20250805-v1:0")}, ("app.py:4",)),
        Example("an active model", {"app.py": CALL.format(model="amazon.nova-lite-v1:0")}),
        Example("a legacy variable default", {"main.tf": TERRAFORM.format(model="writer.palmyra-x5-v1:0")}, ("main.tf:6",)),
        Example("an active variable default", {"main.tf": TERRAFORM.format(model="amazon.nova-lite-v1:0")}),
    ),
)
