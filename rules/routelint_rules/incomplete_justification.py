"""# incomplete-justification

## What it does

Reports what a justification of the policy lacks to count: an approval for each role, by a person the role lists, by another
person for each role, not dated in the future; an id that is a ticket; a term within `max_days` of its last approval; approvals
that are not older than the model they are for. One finding for each fault, at its line. The routes the entry is for are judged
as unjustified.

Whether an approval is older than the model is judged by the git history of the line that decides it; without a history it is
skipped, and a notice says so. An approval of the day of the change counts.

## Why it costs

Half an approval is how an exception becomes a habit: product agreed, finance never saw it.

## Example

    justifications:
      - id: FIN-7
        models: ["anthropic.claude-opus-5-5"]
        routes: [review.py]
        reason: clause comparison failed on the next tier down
        approvals:
          product: {by: product@example.com, on: 2026-09-01}
        expires: 2027-01-31

## Use instead

Have each role of `justification.roles` approve, each by one of its approvers, and write down who and when.

## Policy keys

`justification.roles`, `justification.max_days`, `justification.ticket`, `justifications`

## References

`docs/policy.md`, section Justifications
"""

from __future__ import annotations

from collections.abc import Iterator

from routelint import justifications
from routelint.justifications import Flaw, FlawKind
from routelint.model import Location, ModelReference, Related, Resource, Severity
from routelint.policy import Justification
from routelint.rule import Breach, Category, Context, Example, Place, Rule
from routelint_rules.expired_justification import AGENT, CALL, POLICY

FINANCE = "      finance: {by: finance@example.com, on: 2026-09-02}\n"


def check_all(context: Context) -> Iterator[tuple[ModelReference | Resource | Place, Breach]]:
    """One breach per fault of a justification."""
    for entry in context.policy.justifications:
        routes = tuple(dict.fromkeys(reference.location for reference, _ in context.uses(entry)))
        if entry.location is None or not (entry.location.in_scan or routes):
            continue
        found = {
            flaw: routes
            for flaw in justifications.flaws(entry, context.policy, context.today)
            if flaw.kind is FlawKind.INCOMPLETE
        }
        for flaw, places in (*found.items(), *_older_than_the_model(entry, context).items()):
            yield (
                Place.at(flaw.location or entry.location),
                Breach(
                    f"justification '{entry.id}' does not count: {flaw.clause}; {flaw.remedy}",
                    related=tuple(Related(place, "this route relies on it") for place in places),
                ),
            )


def _older_than_the_model(entry: Justification, context: Context) -> dict[Flaw, tuple[Location, ...]]:
    found: dict[Flaw, tuple[Location, ...]] = {}
    for reference, choice in context.uses(entry):
        for flaw in justifications.change_flaws(entry, context.changed(reference, choice)):
            places = found.get(flaw, ())
            found[flaw] = places if reference.location in places else (*places, reference.location)
    return found


def remark(context: Context) -> str | None:
    """That the age of approvals was not compared, where there are some and no history tells when models changed."""
    if context.changed_on is not None or not any(each.approvals for each in context.policy.justifications):
        return None
    return "skipped: whether approvals are older than the models they are for; no git history is at hand"


RULE = Rule(
    id="incomplete-justification",
    summary="A justification that lacks something to count",
    severity=Severity.ERROR,
    category=Category.GOVERNANCE,
    page=__doc__,
    check_all=check_all,
    remark=remark,
    examples=(
        Example("a role is missing", {"review.py": CALL}, ("routelint.yaml:9",), policy=POLICY.replace(FINANCE, "")),
        Example(
            "a person the role does not list",
            {"review.py": CALL},
            ("routelint.yaml:16",),
            policy=POLICY.replace("by: finance@example.com", "by: intern@example.com"),
        ),
        Example(
            "one person in two roles",
            {"review.py": CALL},
            ("routelint.yaml:16",),
            policy=POLICY.replace("[finance@example.com]", "[finance@example.com, product@example.com]").replace(
                "by: finance@example.com", "by: Product@example.com"
            ),
        ),
        Example(
            "an id that is no ticket",
            {"review.py": CALL},
            ("routelint.yaml:9",),
            policy=POLICY.replace("id: FIN-7", "id: the-lawyers"),
        ),
        Example(
            "a term that is too long",
            {"review.py": CALL},
            ("routelint.yaml:9",),
            policy=POLICY.replace("expires: 2027-01-31", "expires: 2027-03-02"),
        ),
        Example(
            "the longest term there is",
            {"review.py": CALL},
            policy=POLICY.replace("expires: 2027-01-31", "expires: 2027-03-01"),
        ),
        Example(
            "an approval of tomorrow",
            {"review.tf": AGENT},
            ("routelint.yaml:16",),
            policy=POLICY.replace("on: 2026-09-02", "on: 2026-11-25"),
        ),
        Example("everything there", {"review.tf": AGENT}, policy=POLICY),
    ),
)
