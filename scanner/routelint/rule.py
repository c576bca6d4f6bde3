"""What a rule is and what it may see: the policy, the catalog, the day and the resolved routes; never a syntax tree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING

from routelint import cost, invoking, justifications, substitutes
from routelint.catalog import Catalog, Model, Status, caveats
from routelint.changes import Swap
from routelint.codeowners import CodeOwners
from routelint.deferred import dataclass
from routelint.justifications import Cover
from routelint.model import (
    Choice,
    Directive,
    Hop,
    Kind,
    Location,
    ModelReference,
    PolicyStatement,
    Principal,
    Related,
    Resource,
    ScanError,
    Severity,
    Span,
)
from routelint.policy import Justification, Policy
from routelint.suppress import Outcome

if TYPE_CHECKING:
    from routelint.evidence import Records


class Category(StrEnum):
    """The question a rule helps to answer."""

    ROUTE = "route"
    ATTRIBUTION = "attribution"
    GOVERNANCE = "governance"
    BUDGET = "budget"
    HOUSEKEEPING = "housekeeping"


@dataclass(frozen=True, slots=True)
class Breach:
    """What a rule says of one place: the engine makes it a finding.

    `choice` is the model it speaks of, None where it speaks of the place; `environments` those it is about; `trail` is shown
    where there is no choice to take it from. `severity` is set where it matters less than its rule says.
    """

    message: str
    choice: Choice | None = None
    environments: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    related: tuple[Related, ...] = ()
    trail: tuple[Hop, ...] = ()
    severity: Severity | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a breach stands that belongs to no route: a file, a resource, a line of the policy."""

    location: Location
    statement: Span
    root: str = "."

    @classmethod
    def at(cls, location: Location) -> Place:
        """The place that is a whole by itself, such as an entry of the policy."""
        return cls(location, location.span)


@dataclass(frozen=True)
class Context:
    """What rules may ask. `errors` are the files that could not be read; `swaps` is None where no revisions were compared.

    `changed_on` says when the line that decides a justified route's model last changed, by the location of that line (the last
    hop of the choice's trail, else the route): None where no git history is at hand; a line without a day was not asked for or
    is not committed yet. `code_owners` is the CODEOWNERS file of the repository. `whole` says that everything the policy
    governs was looked at: only then nothing matches what matched nothing. `evidence` holds the evaluation records: None where
    the policy declares no workload.
    """

    policy: Policy
    catalog: Catalog
    today: date
    references: Sequence[ModelReference] = ()
    resources: Sequence[Resource] = ()
    errors: Sequence[ScanError] = ()
    directives: Sequence[Directive] = ()
    swaps: Sequence[Swap] | None = None
    statements: Sequence[PolicyStatement] = ()
    principals: Sequence[Principal] = ()
    changed_on: Mapping[Location, date] | None = None
    code_owners: CodeOwners | None = None
    whole: bool = True
    evidence: Records | None = None

    @cached_property
    def invoking_units(self) -> tuple[invoking.Unit, ...]:
        """The parts of the infrastructure that invoke models, by name; none where only programs do."""
        return invoking.units(self.references, self.statements, self.principals, self.resources)

    def model(self, choice: Choice) -> Model | None:
        """The catalogued model a choice takes; None where the catalog does not know it or it is a pattern."""
        return None if choice.model.is_pattern else self.catalog.find(choice.model)

    def tier(self, choice: Choice) -> str | None:
        """The tier of a choice under the policy; None where it has none."""
        model = self.model(choice)
        return cost.tier(model, self.policy) if model is not None else None

    def environments(self, reference: ModelReference, choice: Choice) -> tuple[str, ...]:
        """Where a choice holds: what its trail proves, else what its place proves; empty where nothing says."""
        return choice.environments or reference.environments

    def changed(self, reference: ModelReference, choice: Choice) -> date | None:
        """The day a route came to take a model; None where that is not known."""
        return (self.changed_on or {}).get(justifications.decided_at(reference, choice))

    def cover(self, reference: ModelReference, choice: Choice, model: Model, environments: tuple[str, ...]) -> Cover:
        """Whether the policy justifies a route that takes `model` by `choice` in every one of `environments`."""
        changed = self.changed(reference, choice)
        return justifications.cover(reference, model, environments, self.policy, self.today, changed)

    def uses(self, entry: Justification) -> tuple[tuple[ModelReference, Choice], ...]:
        """The routes a justification is for, with the choice by which it is, whether it counts or not."""
        return tuple(justifications.uses(entry, self.references, self.policy, self.model))

    def above(self, reference: ModelReference, limit: str | None) -> Iterator[tuple[Choice, Model, str]]:
        """The choices of a route, with model and tier, whose tier is above `limit` and that no valid justification covers.

        A permission and a fallback that reaches no call run nothing, so they are above no limit.
        """
        if reference.kind in (Kind.GRANT, Kind.DEFAULT):
            return
        for choice in reference.choices:
            model, tier = self.model(choice), self.tier(choice)
            if model is None or tier is None or not self.policy.above(tier, limit):
                continue
            environments = self.environments(reference, choice)
            if not self.cover(reference, choice, model, environments).covered:
                yield choice, model, tier

    def successor(self, model: Model) -> Model | None:
        """The newest active model of the same line that costs less, not weaker by the catalog, and allowed by the policy."""
        bound, launched = cost.blended(model, self.policy), model.lifecycle.launched
        if bound is None or launched is None:
            return None
        newer = [
            (each.lifecycle.launched, each.id, each)
            for each in self.catalog.siblings(model)
            if each.family == model.family
            and each.status(self.today) is Status.ACTIVE
            and each.lifecycle.launched is not None
            and each.lifecycle.launched > launched
            and (price := cost.blended(each, self.policy)) is not None
            and price < bound
            and not caveats(model, each)
            and self.policy.allows_model(each.id)
        ]
        return max(newer, default=(None, "", None))[2]

    def substitute(self, model: Model, *, below: str | None = None, at_most: str | None = None) -> Model | None:
        """A cheaper model to try: allowed by the policy, of a tier below `below` or at most `at_most`."""
        policy = self.policy
        for candidate in substitutes.allowed(model, policy, self.catalog, self.today):
            tier = cost.tier(candidate, policy)
            if (below is None or policy.above(below, tier)) and not policy.above(tier, at_most):
                return candidate
        return None


Check = Callable[[ModelReference, Context], Iterable[Breach]]
CheckAll = Callable[[Context], Iterable[tuple[ModelReference | Resource | Place, Breach]]]
CheckOutcome = Callable[[Outcome, Context], Iterable[tuple[ModelReference | Resource | Place, Breach]]]
Remark = Callable[[Context], str | None]


@dataclass(frozen=True, slots=True)
class Example:
    """Files that a rule is shown, and the lines it must report: `path:line`, none where the example is good.

    `before` are the files at the revision compared with, for rules that judge a change.
    """

    title: str
    files: Mapping[str, str]
    reports: tuple[str, ...] = ()
    policy: str | None = None
    before: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: `check` judges a route at a time, `check_all` the whole scan; `page` is its documentation in Markdown.

    `check_outcome` judges what suppressing came to, so nothing silences its findings. `remark` says, once for the run, what the
    rule could not judge and why.
    """

    id: str
    summary: str
    severity: Severity
    category: Category
    page: str
    examples: tuple[Example, ...] = ()
    check: Check | None = None
    check_all: CheckAll | None = None
    check_outcome: CheckOutcome | None = None
    remark: Remark | None = None
    waivable: bool = True
    tags: tuple[str, ...] = field(default=("bedrock", "cost"))
