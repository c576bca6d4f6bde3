"""What a policy file says, entry by entry: frozen data, each with its place in the file.

`location` is None where a built-in profile says it; places never count when two entries are compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import field
from datetime import date
from enum import StrEnum

from routelint.deferred import dataclass
from routelint.model import Location, Severity
from routelint.policy.glob import first_match, matches_route


class FailOn(StrEnum):
    """The least severity that fails a build."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"
    NEVER = "never"


class Audience(StrEnum):
    """Who sees what a workload makes."""

    INTERNAL = "internal"
    CUSTOMER = "customer"


class Attribution(StrEnum):
    """A way of attributing an on-demand invocation to those who pay for it."""

    INFERENCE_PROFILE = "inference-profile"
    IAM_PRINCIPAL = "iam-principal"


@dataclass(frozen=True, slots=True)
class Tier:
    """A price class: models that match a pattern, else models whose blended price is below the bound."""

    name: str
    below_usd_per_million_tokens: float | None = None
    models: tuple[str, ...] = ()
    location: Location | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Mix:
    """How many input tokens go with how many output tokens in a blended price."""

    input: float = 3.0
    output: float = 1.0

    def blended(self, input_usd: float, output_usd: float) -> float:
        """The blended price of two prices per million tokens."""
        return (self.input * input_usd + self.output * output_usd) / (self.input + self.output)


@dataclass(frozen=True, slots=True)
class ModelPrice:
    """What a model costs under a private contract, per million tokens."""

    model: str
    input_usd_per_million_tokens: float
    output_usd_per_million_tokens: float
    source: str
    location: Location | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Prices:
    """How prices are made and shown; `models` override the catalog where amounts are shown, never for tiers."""

    mix: Mix = field(default_factory=Mix)
    discount_percent: float = 0.0
    models: tuple[ModelPrice, ...] = ()

    def model(self, catalog_id: str) -> ModelPrice | None:
        """The contract price of a model, where the policy holds one."""
        return next((each for each in self.models if each.model == catalog_id), None)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether something is allowed, why not, and the place in the policy that says so; true where it is allowed."""

    allowed: bool
    reason: str = ""
    location: Location | None = field(default=None, compare=False, repr=False)

    def __bool__(self) -> bool:
        """Whether it is allowed."""
        return self.allowed


@dataclass(frozen=True, slots=True)
class Pattern:
    """A glob and its place."""

    text: str
    location: Location | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Models:
    """Which models and which inference-profile scopes may be used; None allows all."""

    allow: tuple[Pattern, ...] | None = None
    deny: tuple[Pattern, ...] = ()
    scopes: tuple[str, ...] | None = None
    location: Location | None = field(default=None, compare=False, repr=False)
    allow_location: Location | None = field(default=None, compare=False, repr=False)
    scopes_location: Location | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Environment:
    """A declared environment, its other names (globs), the highest tier it allows, and the paths that belong to it."""

    name: str
    aliases: tuple[str, ...] = ()
    max_tier: str | None = None
    paths: tuple[str, ...] = ()
    location: Location | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class RequiredTag:
    """A tag that taggable Bedrock resources must carry under one of `keys`.

    `values` are the values allowed (None: any); `is_environment` says that the value must be a declared environment.
    """

    name: str
    keys: tuple[str, ...]
    pattern: str | None = None
    values: tuple[str, ...] | None = None
    is_environment: bool = False
    location: Location | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Volume:
    """How much a workload uses: the only base of amounts in dollars per month.

    Tokens are of a typical request; `cached_input_tokens` are those of its input that a prompt cache serves.
    """

    requests_per_month: float
    input_tokens: float
    output_tokens: float
    cached_input_tokens: float = 0.0


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How a workload's quality is tested before its model changes.

    `max_age_days` and `margin` are None where the workload leaves them to the policy's `evidence`.
    """

    dataset: str
    metric: str | None = None
    minimum: float | None = None
    max_age_days: int | None = None
    margin: float | None = None
    location: Location | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where evaluation records lie and what makes one count; `margin` is the loss of quality that is still no loss."""

    folder: str
    max_age_days: int
    margin: float
    confidence: float
    location: Location | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Workload:
    """Routes that serve one purpose, who owns them, and what they may cost."""

    name: str
    routes: tuple[str, ...] = ()
    owner: str | None = None
    task: str | None = None
    audience: Audience | None = None
    tags: tuple[tuple[str, str], ...] = ()
    volume: Volume | None = None
    budget_usd_per_month: float | None = None
    max_p95_latency_ms: float | None = None
    evaluation: Evaluation | None = None
    location: Location | None = field(default=None, compare=False, repr=False)

    def covers(self, path: str, symbol: str) -> bool:
        """Whether a route belongs to the workload by its patterns."""
        return matches_route(self.routes, path, symbol)


@dataclass(frozen=True, slots=True)
class Limit:
    """The highest tier of a task or an audience; None sets no limit."""

    name: str
    max_tier: str | None = None
    location: Location | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Role:
    """A part in the approval of a justification, and who may fill it; `code_owners` are they as CODEOWNERS names them."""

    name: str
    approvers: tuple[str, ...]
    code_owners: tuple[str, ...] = ()
    location: Location | None = field(default=None, compare=False, repr=False)

    def lists(self, person: str) -> bool:
        """Whether a person may approve for the role; case does not count."""
        return person.casefold() in (each.casefold() for each in self.approvers)


@dataclass(frozen=True, slots=True)
class JustificationTerms:
    """What a route of the listed tiers must show in the listed environments (name patterns, `!` excludes)."""

    tiers: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ()
    max_days: int | None = None
    ticket: str | None = None
    location: Location | None = field(default=None, compare=False, repr=False)

    def role(self, name: str) -> Role | None:
        """The role of that name."""
        return next((each for each in self.roles if each.name == name), None)


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved for a role, and when."""

    role: str
    by: str
    on: date
    location: Location | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Justification:
    """Why routes take models that need one, approved until `expires` (inclusive)."""

    id: str
    models: tuple[str, ...]
    reason: str
    expires: date
    workloads: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    environments: tuple[str, ...] = ()
    approvals: tuple[Approval, ...] = ()
    location: Location | None = field(default=None, compare=False, repr=False)

    def approval(self, role: str) -> Approval | None:
        """The approval given for a role."""
        return next((each for each in self.approvals if each.role == role), None)

    def covers_model(self, catalog_id: str) -> bool:
        """Whether it was written for this model."""
        return first_match(self.models, catalog_id) is not None

    def covers_route(self, path: str, symbol: str, workload: str | None) -> bool:
        """Whether it was written for the route or its workload; one that names neither covers nothing."""
        return workload in self.workloads or matches_route(self.routes, path, symbol)


@dataclass(frozen=True, slots=True)
class Waiver:
    """Findings of one rule accepted on some routes until `expires` (inclusive)."""

    rule: str
    routes: tuple[str, ...]
    reason: str
    expires: date
    location: Location | None = field(default=None, compare=False, repr=False)

    def covers(self, rule: str, path: str, symbol: str) -> bool:
        """Whether a finding of `rule` at this place is waived while the waiver lasts."""
        return rule == self.rule and matches_route(self.routes, path, symbol)


@dataclass(frozen=True, slots=True)
class RuleSetting:
    """What the policy says of one rule; None leaves the rule's own choice."""

    rule: str
    severity: Severity | None = None
    waivable: bool | None = None
    location: Location | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class CustomRule:
    """An organisation's own rule: an expression over a route, and what to say where it holds."""

    id: str
    when: str
    severity: Severity
    message: str
    help: str = ""
    location: Location | None = field(default=None, compare=False, repr=False)
    when_location: Location | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Directives:
    """What inline directives must carry."""

    until_required: bool = False


@dataclass(frozen=True, slots=True, order=True)
class PolicyWarning:
    """Something in a policy that is no fault but does not do what it seems to."""

    path: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        """The warning on one line: `path:line:col: message`."""
        return f"{self.path}:{self.line}:{self.column}: {self.message}"


def first_pattern(patterns: Sequence[Pattern], text: str) -> Pattern | None:
    """The first pattern that matches the whole of a text."""
    found = first_match([each.text for each in patterns], text)
    return next((each for each in patterns if each.text == found), None)
