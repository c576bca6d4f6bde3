"""# model-not-allowed

## What it does

Reports a model that the policy's `models.allow` does not name, that `models.deny` names, or an inference profile whose scope
prefix is not in `models.scopes`.

## Why it costs

An organisation that agreed on a few models gets committed prices, one evaluation per model and a security review per model.
One that slips in gets none of these.

## Example

    models: {allow: ["amazon.nova-*"]}

    modelId = "meta.llama3-70b-instruct-v1:0"

## Use instead

Take a model the policy allows, or let the owners of the policy change `models`.

## Policy keys

`models.allow`, `models.deny`, `models.scopes`

## References

`docs/policy.md`, section Models
"""

from __future__ import annotations

from collections.abc import Iterator

from routelint.model import Kind, ModelReference, Related, Severity
from routelint.rule import Breach, Category, Context, Example, Rule

POLICY = """\
version: 1
models:
  allow: ["amazon.nova-*", "anthropic.*"]
  deny: ["*opus*"]
  scopes: [us, global]
"""
CALL = """\
import boto3

client = boto3.client("bedrock-runtime")
client.converse(modelId="{model}", messages=[])
"""
TEMPLATE = """\
Resources:
  Support:
    Type: AWS::Bedrock::Agent
    Properties:
      AgentName: support
      FoundationModel: {model}
"""


def check(reference: ModelReference, context: Context) -> Iterator[Breach]:
    """One breach per model of the route that the policy excludes."""
    for choice in reference.choices:
        model = context.model(choice)
        if model is None:
            continue
        verdict = context.policy.allows_model(model.id)
        if verdict and reference.kind is not Kind.GRANT:
            verdict = context.policy.allows_scope(choice.model.scope)
        if not verdict:
            related = () if verdict.location is None else (Related(verdict.location, "the policy says so here"),)
            environments = context.environments(reference, choice)
            yield Breach(f"'{choice.model.id}' is not allowed: {verdict.reason}", choice, environments, related=related)


RULE = Rule(
    id="model-not-allowed",
    summary="A model or scope that the policy excludes",
    severity=Severity.ERROR,
    category=Category.ROUTE,
    page=__doc__,
    check=check,
    examples=(
        Example(
            "a model outside the allow list",
            {"app.py": CALL.format(model="meta.llama3-70b-instruct-v1:0")},
            ("app.py:4",),
            policy=POLICY,
        ),
        Example("a denied model", {"app.py": CALL.format(model="anthropic.claude-opus-5-5")}, ("app.py:4",), policy=POLICY),
        Example(
            "a scope that is not allowed",
            {"app.py": CALL.format(model="eu.amazon.nova-lite-v1:0")},
            ("app.py:4",),
            policy=POLICY,
        ),
        Example("an allowed model and scope", {"app.py": CALL.format(model="us.amazon.nova-lite-v1:0")}, policy=POLICY),
        Example(
            "a template outside the allow list",
            {"template.yaml": TEMPLATE.format(model="meta.llama3-70b-instruct-v1:0")},
            ("template.yaml:6",),
            policy=POLICY,
        ),
        Example("an allowed template", {"template.yaml": TEMPLATE.format(model="amazon.nova-lite-v1:0")}, policy=POLICY),
    ),
)
