"""# suppression-without-reason

## What it does

Reports an inline `routelint:` directive that is faulty: it names an unknown rule, lacks its reason, or has a malformed date. A
faulty directive silences nothing.

## Why it costs

Whoever wrote it believes a finding is answered. It is not, and the next reader cannot tell why it should be.

## Example

    # routelint: ignore[legacy-model]

## Use instead

Name the rule, a reason and, where the policy asks for one, a last day:

    # routelint: ignore[legacy-model] until=2027-01-31 -- moves with the March release, OPS-77

## Policy keys

None.

## References

`docs/policy.md`, section Inline directives
"""

from __future__ import annotations

from collections.abc import Iterator

from routelint.model import Location, ModelReference, Resource, Severity
from routelint.rule import Breach, Category, Context, Example, Place, Rule

CODE = """\
import boto3

client = boto3.client("bedrock-runtime")
# routelint: ignore[legacy-model]{reason}
client.converse(modelId="amazon.nova-lite-v1:0", messages=[])
"""
TERRAFORM = """\
# routelint: ignore[{rule}] -- waits for the next provider, OPS-1
resource "aws_bedrock_guardrail" "g" {{
  tags = {{ team = "a", project = "b", environment = "dev" }}
}}
"""


def check_all(context: Context) -> Iterator[tuple[ModelReference | Resource | Place, Breach]]:
    """One breach per faulty directive."""
    for directive in context.directives:
        if directive.fault is not None:
            place = Place(Location(directive.path, directive.span, f"directive {directive.name}"), directive.span)
            yield place, Breach(f"this directive silences nothing: {directive.fault}")


RULE = Rule(
    id="suppression-without-reason",
    summary="An inline directive that is faulty",
    severity=Severity.WARNING,
    category=Category.HOUSEKEEPING,
    page=__doc__,
    check_all=check_all,
    waivable=False,
    examples=(
        Example("a directive without a reason", {"app.py": CODE.format(reason="")}, ("app.py:4",)),
        Example("a directive with a reason", {"app.py": CODE.format(reason=" -- moves in March, OPS-77")}),
        Example("an unknown rule", {"main.tf": TERRAFORM.format(rule="legacy-modell")}, ("main.tf:1",)),
        Example("a known rule", {"main.tf": TERRAFORM.format(rule="legacy-model")}),
    ),
)
