"""# expired-justification

## What it does

Reports a justification of the policy whose last day has passed. The day it expires still counts. The routes it was for are
listed; they are judged as unjustified. An entry of a policy outside of what is scanned is reported only where a route here
relies on it.

## Why it costs

A justification is a decision for a time: prices fall, cheaper models get better. One that nobody renews is a decision that
nobody has taken again.

## Example

    justifications:
      - {id: FIN-7, models: ["anthropic.claude-opus-5-5"], routes: [review.py], reason: ..., expires: 2026-10-31}

## Use instead

Test the next tier down, and either take it or renew the entry with new approvals and a new day.

## Policy keys

`justifications`, `expiry_notice_days` (a note beforehand)

## References

`docs/policy.md`, section Justifications
"""

from __future__ import annotations

from collections.abc import Iterator

from routelint import justifications
from routelint.justifications import FlawKind
from routelint.model import ModelReference, Related, Resource, Severity
from routelint.rule import Breach, Category, Context, Example, Place, Rule

POLICY = """\
version: 1
justification:
  roles:
    product: {approvers: [product@example.com]}
    finance: {approvers: [finance@example.com]}
  max_days: 180
  ticket: "^FIN-[0-9]+$"
justifications:
  - id: FIN-7
    models: ["anthropic.claude-opus-5-5"]
    routes: ["review.*"]
    environments: [prod]
    reason: clause comparison failed on the next tier down
    approvals:
      product: {by: product@example.com, on: 2026-09-01}
      finance: {by: finance@example.com, on: 2026-09-02}
    expires: 2027-01-31
"""
CALL = """\
import boto3

client = boto3.client("bedrock-runtime")
client.converse(modelId="global.anthropic.claude-opus-5-5", messages=[])
"""
AGENT = """\
resource "aws_bedrockagent_agent" "review" {
  agent_name       = "review"
  foundation_model = "anthropic.claude-opus-5-5"
}
"""


def check_all(context: Context) -> Iterator[tuple[ModelReference | Resource | Place, Breach]]:
    """One breach per justification that is past its day."""
    for entry in context.policy.justifications:
        routes = tuple(dict.fromkeys(reference.location for reference, _ in context.uses(entry)))
        if entry.location is None or not (entry.location.in_scan or routes):
            continue
        related = tuple(Related(location, "this route relies on it") for location in routes)
        for flaw in justifications.flaws(entry, context.policy, context.today):
            if flaw.kind is FlawKind.EXPIRED:
                yield (
                    Place.at(flaw.location or entry.location),
                    Breach(f"justification '{entry.id}' does not count: {flaw.clause}; {flaw.remedy}", related=related),
                )


RULE = Rule(
    id="expired-justification",
    summary="A justification past its last day",
    severity=Severity.ERROR,
    category=Category.GOVERNANCE,
    page=__doc__,
    check_all=check_all,
    examples=(
        Example(
            "past its day",
            {"review.py": CALL},
            ("routelint.yaml:9",),
            policy=POLICY.replace("expires: 2027-01-31", "expires: 2026-11-23"),
        ),
        Example("on its last day", {"review.py": CALL}, policy=POLICY.replace("expires: 2027-01-31", "expires: 2026-11-24")),
        Example(
            "past its day, for an agent",
            {"review.tf": AGENT},
            ("routelint.yaml:9",),
            policy=POLICY.replace("expires: 2027-01-31", "expires: 2026-11-01"),
        ),
        Example("valid, for an agent", {"review.tf": AGENT}, policy=POLICY),
    ),
)
