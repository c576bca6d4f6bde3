"""# unused-suppression

## What it does

Reports an inline directive or a waiver of the policy that does nothing: there is no finding of the rule it names where it
stands, or the rule may not be waived; a `justification=`, `workload=` or `environment=` that stands at no route, or names what
the policy does not hold. Only rules that were judged are spoken of. Of waivers nothing is said where only a part of what the
policy governs is scanned, or where a file they cover could not be read.

## Why it costs

Whoever reads it believes that something is excused here. And it will silence, unseen, the next finding at this place.

## Example

    # routelint: ignore[legacy-model] -- moves with the March release, OPS-77
    client.converse(modelId="amazon.nova-lite-v1:0", messages=messages)

## Use instead

Delete it, or put it on or above the statement it is about.

## Policy keys

`waivers`, `rules` (`waivable`), `justifications`, `workloads`

## References

`docs/policy.md`, sections Waivers and Inline directives
"""

from __future__ import annotations

from collections.abc import Iterator

from routelint.model import Directive, Location, ModelReference, Resource, Severity
from routelint.policy import Waiver, nearest
from routelint.rule import Breach, Category, Context, Example, Place, Rule
from routelint.suppress import Outcome, Unused, rules_of

CALL = """\
import boto3

client = boto3.client("bedrock-runtime")
# routelint: {directive}
{last}
"""
ROUTE = 'client.converse(modelId="amazon.nova-lite-v1:0", messages=[])'
AGENT = """\
# routelint: {directive}
resource "aws_bedrockagent_agent" "review" {{
  foundation_model = "anthropic.claude-opus-5-5"
}}
"""
LEDGER = """\
version: 1
justifications:
  - {id: FIN-7, models: ["*"], routes: ["*.tf"], reason: measured, expires: 2027-01-31}
"""
WORKLOADS = """\
version: 1
workloads:
  triage: {routes: ["triage/**"]}
"""


def check_outcome(outcome: Outcome, context: Context) -> Iterator[tuple[ModelReference | Resource | Place, Breach]]:
    """One breach per directive or waiver that does nothing."""
    idle: set[Directive] = set()
    for unused in outcome.unused:
        match unused.by:
            case Directive() as directive:
                idle.add(directive)
                if not _unread(directive.path, context):
                    yield _place(directive), Breach(_directive(unused, directive))
            case Waiver() as waiver:
                if waiver.location is not None and waiver.location.in_scan and _known(waiver, context):
                    yield Place.at(waiver.location), Breach(_waiver(unused, waiver))
    for directive in context.directives:
        if directive.fault is None and directive not in idle:
            fault = _unknown_name(directive, context)
            if fault is not None:
                yield _place(directive), Breach(fault)


def _place(directive: Directive) -> Place:
    return Place.at(Location(directive.path, directive.span, f"directive {directive.name}"))


def _directive(unused: Unused, directive: Directive) -> str:
    if directive.name != "ignore":
        return f"this directive says nothing: no route stands at it; put '{directive.name}=' on or above a route, or delete it"
    named = ", ".join(f"'{rule}'" for rule in unused.rules)
    if unused.unwaivable:
        rigid = ", ".join(f"'{rule}'" for rule in unused.unwaivable)
        return f"this directive does not silence {rigid}, which may not be waived; mend the finding"
    if set(unused.rules) == set(rules_of(directive)):
        return f"this directive silences nothing: there is no finding of {named} here; delete it"
    return f"this directive names {named}, of which there is no finding here; leave it out"


def _waiver(unused: Unused, waiver: Waiver) -> str:
    if unused.unwaivable:
        return f"this waiver has no effect: '{waiver.rule}' may not be waived; mend the findings and delete it"
    return f"this waiver silences nothing: there is no finding of '{waiver.rule}' on its routes; delete it"


def _known(waiver: Waiver, context: Context) -> bool:
    """Whether all that a waiver covers was looked at."""
    policy = context.policy
    return context.whole and not any(waiver.covers(waiver.rule, policy.local(error.path), "") for error in context.errors)


def _unread(path: str, context: Context) -> bool:
    return any(error.path == path for error in context.errors)


def _unknown_name(directive: Directive, context: Context) -> str | None:
    """What a directive names that the policy does not hold, with the nearest."""
    policy = context.policy
    match directive.name:
        case "justification":
            known = [entry.id for entry in policy.justifications]
        case "workload" if policy.workloads:
            known = [workload.name for workload in policy.workloads]
        case _:
            return None
    name = directive.arguments[0]
    if name in known:
        return None
    near = nearest(name, known)
    return f"the policy has no {directive.name} '{name}'; " + (
        f"nearest is '{near}'" if near else "add it, or delete this directive"
    )


RULE = Rule(
    id="unused-suppression",
    summary="A directive or waiver that does nothing",
    severity=Severity.WARNING,
    category=Category.HOUSEKEEPING,
    page=__doc__,
    check_outcome=check_outcome,
    waivable=False,
    examples=(
        Example("at no route", {"app.py": CALL.format(directive="environment=dev", last="print(client)")}, ("app.py:4",)),
        Example("at a route", {"app.py": CALL.format(directive="environment=dev", last=ROUTE)}),
        Example(
            "a workload that is not declared",
            {"app.py": CALL.format(directive="workload=tirage", last=ROUTE)},
            ("app.py:4",),
            policy=WORKLOADS,
        ),
        Example("a justification that is there", {"main.tf": AGENT.format(directive="justification=FIN-7")}, policy=LEDGER),
        Example(
            "a justification that is not there",
            {"main.tf": AGENT.format(directive="justification=FIN-8")},
            ("main.tf:1",),
            policy=LEDGER,
        ),
    ),
)
