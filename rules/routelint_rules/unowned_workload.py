"""# unowned-workload

## What it does

Where the policy declares workloads, reports each file with routes that belong to none of them, a directive that names a
workload the policy does not declare, and each workload with routes that has no owner. A policy without workloads asks for
none, so nothing is reported there.

## Why it costs

What belongs to nobody is optimized by nobody: no budget is set, no task says which tier is enough, and the one who asks about
the bill finds no one to ask.

## Example

    workloads:
      ticket-triage: {routes: ["services/triage/**"]}

## Use instead

    workloads:
      ticket-triage: {routes: ["services/triage/**"], owner: team-support}

## Policy keys

`workloads.*.routes`, `workloads.*.owner`

## References

`docs/policy.md`, section Workloads
"""

from __future__ import annotations

from collections.abc import Iterator

from routelint.model import Kind, ModelReference, Related, Resource, Severity
from routelint.rule import Breach, Category, Context, Example, Place, Rule

OWNED = 'version: 1\nworkloads:\n  triage: {routes: ["triage/**"], owner: team-support}\n'
UNOWNED = 'version: 1\nworkloads:\n  triage: {routes: ["triage/**"]}\n'
CALL = """\
import boto3

boto3.client("bedrock-runtime").converse(modelId="amazon.nova-lite-v1:0", messages=[])
"""
AGENT = 'resource "aws_bedrockagent_agent" "support" {\n  foundation_model = "amazon.nova-lite-v1:0"\n}\n'
MOST_RELATED = 6


def check_all(context: Context) -> Iterator[tuple[ModelReference | Resource | Place, Breach]]:
    """One breach per file or undeclared name, and one per workload without an owner."""
    policy = context.policy
    if not policy.workloads:
        return
    groups: dict[tuple[str, str | None], list[ModelReference]] = {}
    for reference in context.references:
        if reference.kind in (Kind.GRANT, Kind.DEFAULT):
            continue
        workload = policy.workload(reference.workload) if reference.workload is not None else None
        if workload is None:
            groups.setdefault((reference.location.path, reference.workload), []).append(reference)
        elif not workload.owner:
            groups.setdefault(("", workload.name), []).append(reference)
    for (path, name), several in groups.items():
        related = tuple(Related(each.location, "belongs to it too") for each in several[1 : MOST_RELATED + 1])
        if not path:
            message = f"workload '{name}' has no owner; name one under 'owner' in the policy"
            declared = policy.workload(name or "")
            if declared is not None and declared.location is not None:
                related = (Related(declared.location, f"workload '{name}'"), *related)
        elif name is not None:
            message = f"no workload '{name}' is declared in the policy; declare it with an owner"
        else:
            message = "the route belongs to no declared workload; add its path to one under 'workloads' in the policy"
            related = tuple(Related(each.location, "belongs to none either") for each in several[1 : MOST_RELATED + 1])
        yield several[0], Breach(message, None, several[0].environments, related=related)


RULE = Rule(
    id="unowned-workload",
    summary="A route without a declared workload, or a workload without an owner",
    severity=Severity.WARNING,
    category=Category.ATTRIBUTION,
    page=__doc__,
    check_all=check_all,
    examples=(
        Example("a route of no workload", {"chat/app.py": CALL}, ("chat/app.py:3",), policy=OWNED),
        Example("a route of an owned workload", {"triage/app.py": CALL}, policy=OWNED),
        Example("a workload without an owner", {"triage/main.tf": AGENT}, ("triage/main.tf:2",), policy=UNOWNED),
        Example(
            "a directive that names no declared workload",
            {"app.py": CALL.replace("boto3.client", "# routelint: workload=chat\nboto3.client")},
            ("app.py:4",),
            policy=OWNED,
        ),
        Example("a policy without workloads", {"chat/app.py": CALL}),
    ),
)
