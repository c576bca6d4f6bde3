"""Whether a premium route is justified: which entry of the policy covers it, and what an entry lacks to be valid."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from routelint.catalog import Model
from routelint.model import ModelReference, Related
from routelint.policy import Justification, Policy
from routelint.regex import search


@dataclass(frozen=True, slots=True)
class Cover:
    """How a route stands: the environments without a valid justification, and the entries that come near and do not count."""

    covered: bool
    uncovered: tuple[str, ...] = ()
    near: tuple[Related, ...] = ()


def faults(entry: Justification, policy: Policy, today: date) -> Iterator[str]:
    """Why an entry does not count today, one clause each; nothing where it is valid."""
    terms = policy.justification
    if entry.expires < today:
        yield f"it expired on {entry.expires}"
    for role in terms.roles:
        approval = entry.approval(role.name)
        if approval is None:
            yield f"the approval of role '{role.name}' is missing"
        elif not role.lists(approval.by):
            yield f"'{approval.by}' is not an approver of role '{role.name}'"
        elif approval.on > today:
            yield f"the approval of role '{role.name}' is dated {approval.on}, in the future"
    for person, roles in Counter(approval.by for approval in entry.approvals).items():
        if roles > 1:
            yield f"'{person}' approves in {roles} roles"
    approved = max((approval.on for approval in entry.approvals), default=None)
    if terms.max_days is not None and approved is not None and (days := (entry.expires - approved).days) > terms.max_days:
        yield f"it runs {days} days from its last approval; at most {terms.max_days} are allowed"
    if terms.ticket is not None and not search(terms.ticket, entry.id):
        yield f"its id '{entry.id}' does not match the ticket pattern '{terms.ticket}'"


def cover(reference: ModelReference, model: Model, environments: tuple[str, ...], policy: Policy, today: date) -> Cover:
    """Whether valid entries cover a route that takes `model` in every one of `environments` (empty: nothing says which)."""
    left = list(environments)
    near: list[Related] = []
    for entry in policy.justifications:
        if not entry.covers_model(model.id) or not _concerns(entry, reference, policy):
            continue
        clauses = tuple(faults(entry, policy, today))
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


def _concerns(entry: Justification, reference: ModelReference, policy: Policy) -> bool:
    if reference.justification is not None:
        return reference.justification == entry.id
    return entry.covers_route(policy.local(reference.location.path), reference.location.symbol, reference.workload)
