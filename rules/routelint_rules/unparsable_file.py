"""# unparsable-file

## What it does

Reports a file, or a part of one, that holds a Bedrock marker and could not be read: broken syntax, another encoding, a size or
a depth beyond the limit. The rest of the scan goes on. With `--strict` the exit status is 3.

## Why it costs

A route in a file that was not read was not judged. Silence would look like approval.

## Example

    resource "aws_bedrockagent_agent" "support" {
      foundation_model = "amazon.nova-lite-v1:0"

## Use instead

Mend the file until its own tool accepts it (`terraform validate`, `cfn-lint`, `python -m py_compile`), or exclude it.

## Policy keys

None.

## References

`routelint scan --strict`
"""

from __future__ import annotations

from collections.abc import Iterator

from routelint.model import Location, ModelReference, Resource, Severity, Span
from routelint.rule import Breach, Category, Context, Example, Place, Rule

BROKEN = """\
import boto3

client = boto3.client("bedrock-runtime"
client.converse(modelId="amazon.nova-lite-v1:0", messages=[])
"""


def check_all(context: Context) -> Iterator[tuple[ModelReference | Resource | Place, Breach]]:
    """One breach per place that could not be read."""
    for error in context.errors:
        if not error.internal:
            span = Span(error.line, error.column, error.line, error.column + 1)
            yield Place(Location(error.path, span), span), Breach(f"this file is not read completely: {error.message}")


RULE = Rule(
    id="unparsable-file",
    summary="A file that could not be read",
    severity=Severity.WARNING,
    category=Category.HOUSEKEEPING,
    page=__doc__,
    check_all=check_all,
    waivable=True,
    examples=(
        Example("broken Python", {"app.py": BROKEN}, ("app.py:3",)),
        Example("sound Python", {"app.py": BROKEN.replace('runtime"\n', 'runtime")\n')}),
        Example(
            "a broken template",
            {"t.yaml": "Resources:\n  A:\n    Type: AWS::Bedrock::Agent\n   Properties: {\n"},
            ("t.yaml:4",),
        ),
        Example(
            "a sound template",
            {"t.yaml": "Resources:\n  A:\n    Type: AWS::Bedrock::Guardrail\n    Properties: {Name: a}\n"},
        ),
    ),
)
