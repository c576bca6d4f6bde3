"""What a rule is and what it may see: the policy, the catalog, the day and the resolved routes; never a syntax tree."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from routelint import cost
from routelint.catalog import Catalog, Model, Status
from routelint.changes import Swap
from routelint.model import Choice, Directive, Hop, Location, ModelReference, Related, Resource, ScanError, Severity, Span
from routelint.policy import Policy


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
    where there is no choice to take it from.
    """

    message: str
    choice: Choice | None = None
    environments: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    related: tuple[Related, ...] = ()
    trail: tuple[Hop, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a breach stands that belongs to no route: a file, a resource, a line of the policy."""

    location: Location
    statement: Span
    root: str = "."


@dataclass(frozen=True)
class Context:
    """What rules may ask. `errors` are the files that could not be read; `swaps` is None where no revisions were compared."""

    policy: Policy
    catalog: Catalog
    today: date
    references: Sequence[ModelReference] = ()
    resources: Sequence[Resource] = ()
    errors: Sequence[ScanError] = ()
    directives: Sequence[Directive] = ()
    swaps: Sequence[Swap] | None = None

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

    def substitute(self, model: Model, *, below: str | None = None, at_most: str | None = None) -> Model | None:
        """A cheaper model to try: allowed by the policy, of a tier below `below` or at most `at_most`."""
        policy = self.policy
        named = [cheaper.model for cheaper in self.catalog.cheaper(model, self.today)]
        for candidate in (*named, *self._cheaper_siblings(model)):
            tier = cost.tier(candidate, policy)
            if tier is None or not policy.allows_model(candidate.id):
                continue
            rank = policy.tier_rank(tier)
            if (below is None or rank < policy.tier_rank(below)) and (at_most is None or rank <= policy.tier_rank(at_most)):
                return candidate
        return None

    def _cheaper_siblings(self, model: Model) -> list[Model]:
        """Active models of the same vendor and modality that cost less, the dearest first: the nearest in capability."""
        bound = cost.blended(model, self.policy)
        priced = [
            (price, each)
            for each in self.catalog.models
            if each.vendor == model.vendor
            and each.modality == model.modality
            and each.status(self.today) is Status.ACTIVE
            and (price := cost.blended(each, self.policy)) is not None
            and bound is not None
            and price < bound
        ]
        return [each for _, each in sorted(priced, key=lambda pair: (-pair[0], pair[1].id))]


Check = Callable[[ModelReference, Context], Iterable[Breach]]
CheckAll = Callable[[Context], Iterable[tuple[ModelReference | Resource | Place, Breach]]]


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
    """One rule: `check` judges a route at a time, `check_all` the whole scan; `page` is its documentation in Markdown."""

    id: str
    summary: str
    severity: Severity
    category: Category
    page: str
    examples: tuple[Example, ...] = ()
    check: Check | None = None
    check_all: CheckAll | None = None
    waivable: bool = True
    tags: tuple[str, ...] = field(default=("bedrock", "cost"))
