"""# unused-justification

## What it does

Reports a justification of the policy that no route needs: none is at the places or in the workloads it names, or those that
are take another model, or run in other environments. Nothing is said where the model of such a route cannot be told, where
only a part of what the policy governs is scanned, and of a policy that lies outside of it.

## Why it costs

An approval that lies around is a permission nobody remembers giving. The next route at that place takes the premium model
unasked.

## Example

    justifications:
      - {id: FIN-7, models: ["anthropic.claude-opus-5-5"], routes: [moved_away.py], reason: ..., expires: 2027-01-31}

## Use instead

Delete the entry, or mend its `routes`, `workloads`, `models` or `environments` where the route has moved.

## Policy keys

`justifications`

## References

`docs/policy.md`, section Justifications
"""

from __future__ import annotations

from collections.abc import Iterator

from routelint import justifications
from routelint.model import ModelReference, Resource, Severity
from routelint.policy import Justification
from routelint.rule import Breach, Category, Context, Example, Place, Rule
from routelint_rules.expired_justification import AGENT, CALL, POLICY

MOST_NAMED = 3


def check_all(context: Context) -> Iterator[tuple[ModelReference | Resource | Place, Breach]]:
    """One breach per justification that matches no route."""
    if not context.whole:
        return
    for entry in context.policy.justifications:
        if entry.location is None or not entry.location.in_scan or context.uses(entry):
            continue
        reason = _reason(entry, context)
        if reason is not None:
            yield Place.at(entry.location), Breach(f"justification '{entry.id}' matches no route: {reason}")


def _reason(entry: Justification, context: Context) -> str | None:
    """Why no route matches, and the way out; None where one may match and cannot be told."""
    near = [each for each in context.references if justifications.concerns(entry, each, context.policy)]
    if any(each.unknown is not None for each in near):
        return None
    if not near:
        return "none is at the places or in the workloads it names; delete it, or say where the route is now"
    choices = [(reference, choice) for reference in near for choice in reference.choices]
    of_model = [
        (reference, choice)
        for reference, choice in choices
        if (model := context.model(choice)) is not None and entry.covers_model(model.id)
    ]
    if not of_model:
        return f"those it names take {_named(choice.model.id for _, choice in choices)}; delete it"
    environments = (name for reference, choice in of_model for name in context.environments(reference, choice))
    return (
        f"those it names run in {_named(environments) or 'no environment that is known'}; name that environment, or delete it"
    )


def _named(names: Iterator[str]) -> str:
    distinct = sorted(set(names))
    more = f" and {len(distinct) - MOST_NAMED} more" if len(distinct) > MOST_NAMED else ""
    return ", ".join(f"'{name}'" for name in distinct[:MOST_NAMED]) + more


RULE = Rule(
    id="unused-justification",
    summary="A justification that no route needs",
    severity=Severity.NOTE,
    category=Category.GOVERNANCE,
    page=__doc__,
    check_all=check_all,
    examples=(
        Example("no such route", {"app.py": CALL}, ("routelint.yaml:9",), policy=POLICY),
        Example("another model", {"review.py": CALL.replace("opus-5-5", "haiku-5-5")}, ("routelint.yaml:9",), policy=POLICY),
        Example("another environment", {"envs/dev/review.tf": AGENT}, ("routelint.yaml:9",), policy=POLICY),
        Example("a route in its environment", {"envs/prod/review.tf": AGENT}, policy=POLICY),
        Example("a route in no known environment", {"review.py": CALL}, policy=POLICY),
        Example(
            "a route whose model cannot be told",
            {"review.py": CALL.replace('"global.anthropic.claude-opus-5-5"', "input()")},
            policy=POLICY,
        ),
    ),
)
