"""# unknown-model

## What it does

Reports an identifier that the catalog does not know, and names the nearest known one. Malformed identifiers too: a profile id
inside a foundation-model ARN, a missing `:0`, a version suffix on a name that has none.

## Why it costs

A misspelt identifier fails at the first call. One that is new has no price and no lifecycle dates here, so no other rule can
judge it.

## Example

    modelId = "amazon.nova-lite-v1"

## Use instead

Write the identifier as `routelint catalog` lists it:

    modelId = "amazon.nova-lite-v1:0"

## Policy keys

None.

## References

`routelint catalog` lists the models known.
"""

from __future__ import annotations

from collections.abc import Iterator

from routelint.deferred import lazy_regex
from routelint.model import Choice, Kind, ModelReference, Severity
from routelint.rule import Breach, Category, Context, Example, Rule
from routelint.testcode import is_program, is_test

HOLE = "${"
DATE = lazy_regex(r"-20\d{6}")

CALL = """\
import boto3

client = boto3.client("bedrock-runtime")
client.converse(modelId="{model}", messages=[])
"""
TERRAFORM = """\
resource "aws_bedrockagent_agent" "support" {{
  foundation_model = "{model}"
}}
"""


def check(reference: ModelReference, context: Context) -> Iterator[Breach]:
    """One breach per identifier that is malformed or not in the catalog."""
    for choice in reference.choices:
        named = choice.model
        if named.is_pattern or named.form.opaque:
            continue
        environments = context.environments(reference, choice)
        if named.fault is not None:
            yield Breach(
                f"'{named.text}' is malformed: {named.fault}{_mended(reference, choice, context)}", choice, environments
            )
        elif context.model(choice) is None:
            if HOLE in named.id:
                # What a deployment fills in is no identifier yet.
                continue
            near = context.catalog.near(named.id)
            if near is not None and _names_a_family(reference, named.id, near.id):
                continue
            if near is None and is_test(reference.location.path):
                # A name such as 'foo', made up where no model is called.
                continue
            way_out = f"; did you mean '{near.id}'? ({near.reason})" if near else "; 'routelint catalog' lists the models known"
            yield Breach(f"model '{named.id}' is not in the catalog{way_out}", choice, environments)


def _mended(reference: ModelReference, choice: Choice, context: Context) -> str:
    """The way out for a malformed identifier, as the tail of the message; empty where the model it means is not known."""
    named = choice.model
    if context.model(choice) is None or named.id == named.text:
        return ""
    if reference.kind is Kind.GRANT:
        # A permission names resources; both the profile's and the model's are needed.
        return "; name the ARN of the inference profile" if named.scope is not None else ""
    return f"; write '{named.id}'"


def _names_a_family(reference: ModelReference, identifier: str, near: str) -> bool:
    """Whether a text in a program that reaches no call is the start of identifiers, as programs compare them with."""
    rest = near.removeprefix(identifier)
    return reference.kind is Kind.DEFAULT and is_program(reference.location.path) and DATE.match(rest) is not None


FAMILIES = """\
def takes_one_parameter(model_id):
    model_patterns = ["anthropic.claude-sonnet-4", "anthropic.claude-opus-4"]
    return any(pattern in model_id for pattern in model_patterns)
"""

RULE = Rule(
    id="unknown-model",
    summary="A model identifier that is malformed or not in the catalog",
    severity=Severity.WARNING,
    category=Category.ROUTE,
    page=__doc__,
    check=check,
    examples=(
        Example("a missing revision", {"app.py": CALL.format(model="amazon.nova-lite-v1")}, ("app.py:4",)),
        Example("the starts of identifiers that a program looks for", {"app.py": FAMILIES}),
        Example(
            "a setting without its date", {".env.example": "BEDROCK_MODEL_ID=anthropic.claude-sonnet-4\n"}, (".env.example:1",)
        ),
        Example("what a deployment fills in", {"config.yaml": "bedrock:\n  model_id: ${BEDROCK_MODEL}\n"}),
        Example("a name made up in a test", {"tests/test_app.py": CALL.format(model="foo")}),
        Example("a known model", {"app.py": CALL.format(model="amazon.nova-lite-v1:0")}),
        Example(
            "a profile id in a foundation-model ARN",
            {"main.tf": TERRAFORM.format(model="arn:aws:bedrock:us-east-1::foundation-model/us.amazon.nova-lite-v1:0")},
            ("main.tf:2",),
        ),
        Example(
            "a foundation-model ARN",
            {"main.tf": TERRAFORM.format(model="arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0")},
        ),
    ),
)
