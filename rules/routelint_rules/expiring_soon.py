"""# expiring-soon

## What it does

Notes that a justification, a waiver or an inline directive ends within `expiry_notice_days` (30 by default). The last day still
counts. Justifications that do not count already, or that no route needs, are other rules' to report.

## Why it costs

The morning after, the build fails for everybody. Whoever asked for the exception has by then changed teams, and renewing it in
a hurry is not deciding it again.

## Example

    justifications:
      - {id: FIN-7, models: ["anthropic.claude-opus-5-5"], routes: [review.py], reason: ..., expires: 2026-12-10}

## Use instead

Decide again in time: take a cheaper model, or renew the entry with new approvals.

## Policy keys

`expiry_notice_days`, `justifications`, `waivers`

## References

`docs/policy.md`, section Justifications
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from routelint import justifications
from routelint.model import Location, ModelReference, Related, Resource, Severity
from routelint.rule import Breach, Category, Context, Example, Place, Rule
from routelint.suppress import last_day
from routelint_rules.expired_justification import AGENT, CALL, POLICY

WAIVER = """\
version: 1
waivers:
  - {{rule: legacy-model, routes: ["legacy/**"], reason: "moves in March, OPS-7", expires: {expires}}}
"""
IGNORED = """\
# routelint: ignore[missing-required-tag] until={until} -- tagged by the module, OPS-1
resource "aws_bedrockagent_agent" "review" {{
  foundation_model = "amazon.nova-lite-v1:0"
}}
"""


def check_all(context: Context) -> Iterator[tuple[ModelReference | Resource | Place, Breach]]:
    """One breach per exception that ends soon."""
    policy, today = context.policy, context.today
    for entry in policy.justifications:
        routes = tuple(dict.fromkeys(reference.location for reference, _ in context.uses(entry)))
        sound = not any(justifications.flaws(entry, policy, today))
        if entry.location is not None and routes and sound and _soon(entry.expires, context):
            yield (
                Place.at(entry.location),
                Breach(
                    f"justification '{entry.id}' expires on {entry.expires}; renew it, or take a cheaper model by then",
                    notes=(_left(entry.expires, today),),
                    related=tuple(Related(location, "this route relies on it") for location in routes),
                ),
            )
    for waiver in policy.waivers:
        if waiver.location is not None and waiver.location.in_scan and _soon(waiver.expires, context):
            yield (
                Place.at(waiver.location),
                Breach(
                    f"the waiver of '{waiver.rule}' ends on {waiver.expires}; mend what it covers by then, or renew it",
                    notes=(_left(waiver.expires, today),),
                ),
            )
    for directive in context.directives:
        if directive.fault is None and directive.until is not None and _soon(last_day(directive), context):
            rules = ", ".join(f"'{rule}'" for rule in directive.arguments)
            yield (
                Place.at(Location(directive.path, directive.span, f"directive {directive.name}")),
                Breach(
                    f"the directive that ignores {rules} ends on {directive.until}; mend what it covers by then, or renew it",
                    notes=(_left(last_day(directive), today),),
                ),
            )


def _soon(last: date, context: Context) -> bool:
    return 0 <= (last - context.today).days <= context.policy.expiry_notice_days


def _left(last: date, today: date) -> str:
    days = (last - today).days
    return "today is its last day" if days == 0 else f"{days} day{'s' if days > 1 else ''} left"


RULE = Rule(
    id="expiring-soon",
    summary="A justification, waiver or directive that ends soon",
    severity=Severity.NOTE,
    category=Category.GOVERNANCE,
    page=__doc__,
    check_all=check_all,
    examples=(
        Example(
            "a justification that ends in 30 days",
            {"review.py": CALL},
            ("routelint.yaml:9",),
            policy=POLICY.replace("expires: 2027-01-31", "expires: 2026-12-24"),
        ),
        Example(
            "a justification that ends in 31 days",
            {"review.py": CALL},
            policy=POLICY.replace("expires: 2027-01-31", "expires: 2026-12-25"),
        ),
        Example(
            "a justification that no route needs",
            {"app.py": CALL},
            policy=POLICY.replace("expires: 2027-01-31", "expires: 2026-12-24"),
        ),
        Example(
            "a notice of 70 days",
            {"review.tf": AGENT},
            ("routelint.yaml:10",),
            policy=POLICY.replace("version: 1", "version: 1\nexpiry_notice_days: 70"),
        ),
        Example(
            "a waiver on its last day",
            {"legacy/review.tf": AGENT},
            ("routelint.yaml:3",),
            policy=WAIVER.format(expires="2026-11-24"),
        ),
        Example("a waiver that has ended", {"legacy/review.tf": AGENT}, policy=WAIVER.format(expires="2026-11-23")),
        Example("a directive that ends soon", {"main.tf": IGNORED.format(until="2026-12-01")}, ("main.tf:1",)),
        Example("a directive with time left", {"main.tf": IGNORED.format(until="2027-12-01")}),
    ),
)
