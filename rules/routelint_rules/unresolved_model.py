"""# unresolved-model

## What it does

Says of a route that its model cannot be told from the scanned files, and what stopped the resolution. No other rule speaks of
what is unknown.

## Why it costs

What cannot be told cannot be judged. A value that comes from outside the repository may be the flagship.

## Example

    modelId = os.environ["MODEL_ID"]    # nothing in the repository sets MODEL_ID

## Use instead

Keep the value where it can be read: a variable file, a parameter file, a template's environment block or a default.

## Policy keys

None. `--min-resolved PERCENT` makes the share of resolved routes a gate.

## References

`routelint inventory` lists every route with how it was resolved.
"""

from __future__ import annotations

from collections.abc import Iterator

from routelint.model import ModelReference, Severity
from routelint.rule import Breach, Category, Context, Example, Rule
from routelint.testcode import is_test

CODE = """\
import os

import boto3

boto3.client("bedrock-runtime").converse(modelId={value}, messages=[])
"""
TERRAFORM = """\
variable "model" {{
{default}
}}

resource "aws_bedrockagent_agent" "support" {{
  foundation_model = var.model
}}
"""


def check(reference: ModelReference, context: Context) -> Iterator[Breach]:
    """One breach for a route of which something cannot be told; none in test code, where fixtures and mocks pass the model."""
    unknown = reference.unknown
    if unknown is not None and (reference.environments or not is_test(reference.location.path)):
        fact = (
            "cannot tell which other model the route takes" if reference.choices else "cannot tell which model the route takes"
        )
        yield Breach(f"{fact}: {unknown.reason}", None, reference.environments, trail=unknown.trail)


RULE = Rule(
    id="unresolved-model",
    summary="A route whose model cannot be told",
    severity=Severity.NOTE,
    category=Category.ROUTE,
    page=__doc__,
    check=check,
    examples=(
        Example("a variable nothing sets", {"app.py": CODE.format(value='os.environ["MODEL_ID"]')}, ("app.py:5",)),
        Example("a literal", {"app.py": CODE.format(value='"amazon.nova-lite-v1:0"')}),
        Example("a variable without a default", {"main.tf": TERRAFORM.format(default="  type = string")}, ("main.tf:6",)),
        Example("a variable with a default", {"main.tf": TERRAFORM.format(default='  default = "amazon.nova-lite-v1:0"')}),
    ),
)
