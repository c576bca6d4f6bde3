"""# unjustified-premium-model

## What it does

Reports a route that takes a model of a tier that needs a justification (by default `premium`), in an environment that needs
one, where no valid justification in the policy covers the model, the route and the environment. A route whose environment
nothing says is in scope: it could be production. A permission and a mere default are no routes in this sense.

## Why it costs

A premium model costs several to a hundred times what the next tier costs for the same tokens. Where nobody had to say why it
is needed, a cheaper one was usually never tried.

## Example

    client.converse(modelId="global.anthropic.claude-opus-5-5", messages=messages)

## Use instead

Take a model of a lower tier, or add an entry under `justifications` with the approval of every role and an expiry date.

## Policy keys

`justification.tiers`, `justification.environments`, `justification.roles`, `justification.max_days`, `justification.ticket`,
`justifications`, `tiers`

## References

`docs/policy.md`, section Justifications
"""

from __future__ import annotations

from collections.abc import Iterator

from routelint import cost
from routelint.model import Kind, ModelReference, Severity
from routelint.rule import Breach, Category, Context, Example, Rule

POLICY = """\
version: 1
justification:
  roles:
    product: {approvers: [product@example.com]}
    finance: {approvers: [finance@example.com]}
justifications:
  - id: FIN-7
    models: ["anthropic.claude-opus-5-5"]
    routes: ["review.py"]
    reason: clause comparison failed on the next tier down
    approvals:
      product: {by: product@example.com, on: 2026-09-01}
      finance: {by: finance@example.com, on: 2026-09-02}
    expires: 2027-01-31
"""
CALL = """\
import boto3

client = boto3.client("bedrock-runtime")
client.converse(modelId="{model}", messages=[])
"""
TERRAFORM = """\
resource "aws_bedrockagent_agent" "support" {{
  agent_name       = "support"
  foundation_model = "{model}"
}}
"""


def check(reference: ModelReference, context: Context) -> Iterator[Breach]:
    """One breach per premium model of the route that no valid justification covers."""
    # A fallback that reaches no call is costly-default-model's to report.
    if reference.kind in (Kind.GRANT, Kind.DEFAULT):
        return
    policy = context.policy
    for choice in reference.choices:
        model, tier = context.model(choice), context.tier(choice)
        environments = context.environments(reference, choice)
        concerned = tuple(name for name in environments if policy.needs_justification(tier, name))
        if model is None or not (concerned or (not environments and policy.needs_justification(tier, None))):
            continue
        cover = context.cover(reference, choice, model, concerned)
        if not cover.covered:
            yield Breach(
                f"'{choice.model.id}' is a {tier} model and no valid justification covers it"
                + cost.instead(choice, model, context.substitute(model, below=tier), policy),
                choice,
                cover.uncovered,
                related=cover.near,
            )


RULE = Rule(
    id="unjustified-premium-model",
    summary="A premium model without a valid justification",
    severity=Severity.ERROR,
    category=Category.ROUTE,
    page=__doc__,
    check=check,
    examples=(
        Example("a premium model in a call", {"app.py": CALL.format(model="global.anthropic.claude-opus-5-5")}, ("app.py:4",)),
        Example("an economy model in a call", {"app.py": CALL.format(model="amazon.nova-lite-v1:0")}),
        Example("a premium agent", {"main.tf": TERRAFORM.format(model="anthropic.claude-opus-5-5")}, ("main.tf:3",)),
        Example("an economy agent", {"main.tf": TERRAFORM.format(model="amazon.nova-micro-v1:0")}),
        Example(
            "a justified call",
            {"review.py": CALL.format(model="global.anthropic.claude-opus-5-5")},
            policy=POLICY,
        ),
        Example(
            "a justification for another file",
            {"app.py": CALL.format(model="global.anthropic.claude-opus-5-5")},
            ("app.py:4",),
            policy=POLICY,
        ),
        Example(
            "an expired justification",
            {"review.py": CALL.format(model="global.anthropic.claude-opus-5-5")},
            ("review.py:4",),
            policy=POLICY.replace("expires: 2027-01-31", "expires: 2026-10-31"),
        ),
    ),
)
