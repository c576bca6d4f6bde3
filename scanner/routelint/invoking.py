"""Where a repository holds infrastructure that invokes Bedrock: one place for each workload, root, template or app."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field

from routelint import attribution, iam
from routelint.deferred import dataclass
from routelint.model import (
    Effect,
    Kind,
    Location,
    ModelReference,
    PolicyStatement,
    Principal,
    Related,
    Resource,
    Span,
    Tags,
)

# Kinds of routes that spend; a permission is judged by its statement, a fallback may be taken by nobody.
_SPENDING = frozenset((Kind.INVOKE, Kind.EMBED, Kind.AGENT, Kind.PROVISION, Kind.IMPLICIT))
_INFRASTRUCTURE = frozenset(("terraform", "cloudformation"))
_WORKLOAD = "workload "
# What shows best that models are invoked, first.
_ROUTE, _PERMISSION, _WIDE_PERMISSION = range(3)
MOST_NAMED = 4


@dataclass(frozen=True, slots=True)
class Unit:
    """A workload, root, template or app that invokes models: where it does first, and the tags of what it is made of.

    `name` says which of them it is too: `workload 'triage'`, `root '.'`.
    """

    name: str
    location: Location
    statement: Span
    root: str
    environments: tuple[str, ...]
    tags: tuple[Tags | None, ...] = ()

    @property
    def is_workload(self) -> bool:
        """Whether the policy declares it."""
        return self.name.startswith(_WORKLOAD)


@dataclass
class _Parts:
    places: list[tuple[int, Location, Span, str]] = field(default_factory=list)
    environments: dict[str, None] = field(default_factory=dict)
    tags: list[Tags | None] = field(default_factory=list)


def units(
    references: Sequence[ModelReference],
    statements: Sequence[PolicyStatement],
    principals: Sequence[Principal],
    resources: Sequence[Resource],
) -> tuple[Unit, ...]:
    """The units of a repository's infrastructure that invoke models, by name; none where only programs do."""
    found: dict[str, _Parts] = {}
    for reference in references:
        if reference.language in _INFRASTRUCTURE and reference.kind in _SPENDING:
            name = _workload(reference.workload) or unit_of(reference)
            parts = found.setdefault(name, _Parts())
            parts.places.append((_ROUTE, reference.location, reference.statement, reference.root))
            parts.environments.update(dict.fromkeys(reference.environments))
            parts.tags.append(reference.tags)
    workloads = {(each.location.path, each.root): each.workload for each in references if each.workload is not None}
    identities = {each.location: each for each in principals}
    for statement in statements:
        if statement.effect is Effect.DENY or iam.invokes(statement) is None or not _is_about_bedrock(statement):
            continue
        own = unit_of(statement) if statement.language in _INFRASTRUCTURE else _app(statement, principals)
        if own is None:
            # A script or notebook that makes a role for itself, or a policy in a file of its own.
            continue
        name = _workload(workloads.get((statement.location.path, statement.root))) or own
        parts = found.setdefault(name, _Parts())
        rank = _PERMISSION if _names_invoking(statement) else _WIDE_PERMISSION
        parts.places.append((rank, statement.location, statement.statement, statement.root))
        parts.environments.update(dict.fromkeys(statement.environments))
        parts.tags.extend(identities[each].tags for each in statement.principals if each in identities)
    profiles = [each for each in resources if "inference" in each.type.lower() and "profile" in each.type.lower()]
    for profile in profiles:
        if (parts_of := found.get(unit_of(profile))) is not None:
            parts_of.tags.append(profile.tags)
    return tuple(_unit(name, parts) for name, parts in sorted(found.items()))


def _unit(name: str, parts: _Parts) -> Unit:
    _, location, statement, root = min(parts.places)
    return Unit(name, location, statement, root, tuple(parts.environments), tuple(parts.tags))


def _names_invoking(statement: PolicyStatement) -> bool:
    """Whether a statement speaks of invoking; one of every action of the service may be for who sets it up."""
    return any(isinstance(action, str) and ":invoke" in action.lower() for action in statement.actions)


def _is_about_bedrock(statement: PolicyStatement) -> bool:
    """Whether a statement names the service; who may do everything need not invoke models."""
    return any(isinstance(action, str) and action.lower().startswith("bedrock") for action in statement.actions)


def unit_of(thing: ModelReference | PolicyStatement | Resource) -> str:
    """The root of a configuration, or the template, that something belongs to."""
    if thing.language == "terraform":
        return f"root '{thing.root}'"
    return f"template '{thing.location.path if thing.root == '.' else thing.root}'"


def _app(statement: PolicyStatement, principals: Sequence[Principal]) -> str | None:
    """The CDK app whose program makes a statement."""
    apps = [each for each in principals if each.type == attribution.APP]
    covering = attribution.covering(apps, statement.location.path)
    return f"app '{covering[0].code[0]}'" if covering else None


def _workload(name: str | None) -> str | None:
    return None if name is None else f"{_WORKLOAD}'{name}'"


def others(units: Sequence[Unit]) -> tuple[Related, ...]:
    """The places of further units, for a finding that stands at the first of them."""
    return tuple(Related(each.location, f"{each.name} invokes models too") for each in units[1 : MOST_NAMED + 1])
