"""Whether a premium route is justified: which entry of the policy covers it, and what an entry lacks to be valid."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from enum import StrEnum

from routelint.catalog import Model
from routelint.deferred import dataclass
from routelint.model import Choice, Location, ModelReference, Related
from routelint.policy import Justification, Policy
from routelint.regex import search


class FlawKind(StrEnum):
    """Why an entry does not count: its time is over, or something was never there."""

    EXPIRED = "expired"
    INCOMPLETE = "incomplete"


@dataclass(frozen=True, slots=True)
class Flaw:
    """One reason why an entry does not count, as a clause about it, the way out, and its place in the policy."""

    kind: FlawKind
    clause: str
    remedy: str
    location: Location | None = None


@dataclass(frozen=True, slots=True)
class Cover:
    """How a route stands: the environments without a valid justification, and the entries that come near and do not count."""

    covered: bool
    uncovered: tuple[str, ...] = ()
    near: tuple[Related, ...] = ()


def flaws(entry: Justification, policy: Policy, today: date) -> Iterator[Flaw]:
    """Everything by which an entry does not count today, whatever the route; nothing where it is valid."""
    terms = policy.justification
    if entry.expires < today:
        yield Flaw(
            FlawKind.EXPIRED,
            f"it expired on {entry.expires}",
            "renew it with new approvals, or take a cheaper model",
            entry.location,
        )
    yield from _approval_flaws(entry, policy, today)
    approved = last_approval(entry)
    runs = None if approved is None or entry.expires < today else (entry.expires - approved).days
    if terms.max_days is not None and approved is not None and runs is not None and runs > terms.max_days:
        latest = approved + timedelta(days=terms.max_days)
        yield Flaw(
            FlawKind.INCOMPLETE,
            f"it runs {runs} days from its last approval, and at most {terms.max_days} are allowed",
            f"let it expire by {latest}" if latest >= today else "have every role approve it anew",
            entry.location,
        )
    if terms.ticket is not None and not search(terms.ticket, entry.id):
        yield Flaw(
            FlawKind.INCOMPLETE,
            f"its id '{entry.id}' does not match the ticket pattern '{terms.ticket}'",
            "name the ticket that holds the decision",
            entry.location,
        )


def _approval_flaws(entry: Justification, policy: Policy, today: date) -> Iterator[Flaw]:
    for role in policy.justification.roles:
        approval = entry.approval(role.name)
        if approval is None:
            yield Flaw(
                FlawKind.INCOMPLETE,
                f"the approval of role '{role.name}' is missing",
                f"add approvals.{role.name} by {_any_of(role.approvers)}",
                entry.location,
            )
            continue
        place = approval.location or entry.location
        if not role.lists(approval.by):
            yield Flaw(
                FlawKind.INCOMPLETE,
                f"'{approval.by}' is not an approver of role '{role.name}'",
                f"have {_any_of(role.approvers)} approve",
                place,
            )
        if approval.on > today:
            yield Flaw(
                FlawKind.INCOMPLETE,
                f"the approval of role '{role.name}' is dated {approval.on}, in the future",
                "write the day it was given",
                place,
            )
    by_person: dict[str, list[str]] = {}
    for approval in entry.approvals:
        by_person.setdefault(approval.by.casefold(), []).append(approval.role)
    for approval in entry.approvals:
        roles = by_person[approval.by.casefold()]
        if len(roles) > 1 and approval.role == roles[-1]:
            yield Flaw(
                FlawKind.INCOMPLETE,
                f"'{approval.by}' approves in {len(roles)} roles ({', '.join(roles)})",
                "have another person approve in each",
                approval.location or entry.location,
            )


def _any_of(approvers: Iterable[str]) -> str:
    return " or ".join(f"'{each}'" for each in approvers)


def change_flaws(entry: Justification, changed: date | None) -> Iterator[Flaw]:
    """The approvals of an entry that are older than the day a route's model changed; none where that day is not known.

    An approval of the same day counts.
    """
    for approval in entry.approvals:
        if changed is not None and approval.on < changed:
            yield Flaw(
                FlawKind.INCOMPLETE,
                f"the approval of role '{approval.role}' of {approval.on} is older than the model, which changed on {changed}",
                "have the new model approved",
                approval.location or entry.location,
            )


def last_approval(entry: Justification) -> date | None:
    """The day of the last approval; None where there is none."""
    return max((approval.on for approval in entry.approvals), default=None)


def cover(
    reference: ModelReference,
    model: Model,
    environments: tuple[str, ...],
    policy: Policy,
    today: date,
    changed: date | None = None,
) -> Cover:
    """Whether valid entries cover a route that takes `model` in every one of `environments` (empty: nothing says which).

    `changed` is the day the route came to take this model, None where that is not known.
    """
    left = list(environments)
    near: list[Related] = []
    for entry in policy.justifications:
        if not entry.covers_model(model.id) or not concerns(entry, reference, policy):
            continue
        clauses = [flaw.clause for flaw in (*flaws(entry, policy, today), *change_flaws(entry, changed))]
        if clauses:
            if entry.location is not None:
                near.append(Related(entry.location, f"justification '{entry.id}' does not count: {'; '.join(clauses)}"))
            continue
        if not environments:
            if policy.covers_environments(entry, ()):
                return Cover(True)
            continue
        left = [name for name in left if not policy.covers_environments(entry, (name,))]
        if not left:
            return Cover(True)
    return Cover(False, tuple(left), tuple(near))


def concerns(entry: Justification, reference: ModelReference, policy: Policy) -> bool:
    """Whether an entry was written for a route, whatever its model: by the route, its workload, or the id a directive names."""
    if reference.justification is not None:
        return reference.justification == entry.id
    return entry.covers_route(policy.local(reference.location.path), reference.location.symbol, reference.workload)


def uses(
    entry: Justification,
    references: Iterable[ModelReference],
    policy: Policy,
    model_of: Callable[[Choice], Model | None],
) -> Iterator[tuple[ModelReference, Choice]]:
    """The routes an entry is for, with the choice by which it is: the route, the model and an environment match.

    Whether the entry counts is another question.
    """
    for reference in references:
        if not concerns(entry, reference, policy):
            continue
        for choice in reference.choices:
            model = model_of(choice)
            environments = choice.environments or reference.environments
            if model is None or not entry.covers_model(model.id):
                continue
            if any(policy.covers_environments(entry, (name,)) for name in environments) or (
                not environments and policy.covers_environments(entry, ())
            ):
                yield reference, choice


def decided_at(reference: ModelReference, choice: Choice) -> Location:
    """The line that decides that a route takes a model: the last hop of the choice's way, else the route."""
    return choice.trail[-1].location if choice.trail else reference.location
