"""The data routelint passes from parsers to rules to printers: frozen, standard library only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum

from routelint.deferred import dataclass


class Kind(StrEnum):
    """What a route does with the model it names."""

    INVOKE = "invoke"
    EMBED = "embed"
    AGENT = "agent"
    PROVISION = "provision"
    GRANT = "grant"
    DEFAULT = "default"
    IMPLICIT = "implicit"


class Severity(StrEnum):
    """How much a finding matters; `OFF` silences a rule in a policy."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"
    OFF = "off"

    @property
    def rank(self) -> int:
        """0 for an error, growing as the severity falls: sorts worst first."""
        return _RANKS[self]


_RANKS = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.NOTE: 2, Severity.OFF: 3}


class Resolution(StrEnum):
    """How a model was told: the step that supplied the identifier."""

    LITERAL = "literal"
    CONSTANT = "constant"
    CROSS_FILE = "cross-file"
    ENV_DEFAULT = "env-default"
    PARAMETER_DEFAULT = "parameter-default"
    VARIABLE_DEFAULT = "variable-default"
    TFVARS = "tfvars"
    MODULE_ARGUMENT = "module-argument"
    LOCAL = "local"
    DATA_SOURCE = "data-source"
    MAPPING = "mapping"
    SUBSTITUTION = "substitution"
    CONDITIONAL = "conditional"
    IMPLICIT = "implicit"
    LINKED = "linked"


class Form(StrEnum):
    """Which spelling of a Bedrock model identifier a text is."""

    BARE = "bare"
    SYSTEM_PROFILE = "inference-profile"
    APPLICATION_PROFILE = "application-inference-profile"
    PROVISIONED = "provisioned-model"
    CUSTOM = "custom-model"
    CUSTOM_DEPLOYMENT = "custom-model-deployment"
    IMPORTED = "imported-model"
    PROMPT_ROUTER = "prompt-router"
    PROMPT = "prompt"
    ENDPOINT = "endpoint"

    @property
    def opaque(self) -> bool:
        """Whether the model behind the identifier cannot be read from the text."""
        return self not in (Form.BARE, Form.SYSTEM_PROFILE, Form.CUSTOM)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of text: 1-based, end-exclusive, columns in Unicode code points (SARIF `unicodeCodePoints`)."""

    start_line: int
    start_column: int
    end_line: int
    end_column: int

    def contains(self, line: int) -> bool:
        """Whether `line` lies in the span."""
        return self.start_line <= line <= self.end_line


START = Span(1, 1, 1, 1)


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a file: POSIX path relative to the scanned root, span, and a symbolic name that survives edits.

    Symbols: `aws_bedrockagent_agent.support.foundation_model`, `app.triage:classify/converse.modelId`.
    """

    path: str
    span: Span = START
    symbol: str = ""

    @property
    def in_scan(self) -> bool:
        """Whether the place lies below the scanned root; a policy may lie above or beside it."""
        return not self.path.startswith(("../", "/"))


@dataclass(frozen=True, slots=True, order=True)
class Hop:
    """One step of how a value travelled: where, and what happened there."""

    location: Location
    note: str


@dataclass(frozen=True, slots=True)
class ModelId:
    """A model identifier taken apart; nothing here was looked up in the catalog.

    `id` is what reaches Bedrock without the ARN around it (`us.anthropic.claude-...`); `base` lacks the scope prefix
    and the context suffix, and is what the catalog is asked for. In a grant both may hold `*`.
    """

    text: str
    id: str
    base: str
    form: Form = Form.BARE
    scope: str | None = None
    provider: str | None = None
    context: str | None = None
    partition: str | None = None
    region: str | None = None
    account: str | None = None
    fault: str | None = None

    @property
    def is_pattern(self) -> bool:
        """Whether the identifier is a wildcard that may stand for several models."""
        return "*" in self.id or "?" in self.id


@dataclass(frozen=True, slots=True)
class Choice:
    """One model a route can take: environments it holds in (empty: not said) and how it came here, nearest hop first."""

    model: ModelId
    resolution: Resolution = Resolution.LITERAL
    environments: tuple[str, ...] = ()
    trail: tuple[Hop, ...] = ()


@dataclass(frozen=True, slots=True)
class Unknown:
    """A value that cannot be told, and what stopped the resolution; `one_of` are the texts it may be, where all are known."""

    reason: str
    trail: tuple[Hop, ...] = ()
    one_of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """A route that takes exactly one model."""

    choice: Choice


@dataclass(frozen=True, slots=True)
class OneOf:
    """A route that takes one of several models; `rest` says what else it may take that cannot be told."""

    choices: tuple[Choice, ...]
    rest: Unknown | None = None


Value = Known | OneOf | Unknown

# What a resource says under a name, as JSON would: a part that cannot be told stands in its text as `${name}`.
Stated = str | Unknown | tuple["Stated", ...] | Mapping[str, "Stated"]


@dataclass(frozen=True, slots=True)
class Tags:
    """The tags of a resource after every merge: key -> text, or `Unknown` where the value cannot be told.

    `rest` is set where further keys may exist that cannot be told: then no key is missing for sure.
    """

    entries: Mapping[str, str | Unknown] = field(default_factory=dict)
    rest: Unknown | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """An environment as some place spells it, and why it is believed."""

    environment: str
    reason: str
    location: Location | None = None


# What `ModelReference.settings` says of a thing that is known not to be given.
LEFT_OUT = "none"


@dataclass(frozen=True, slots=True)
class ModelReference:
    """A route: one place that decides which model is invoked, granted, provisioned or defaulted to.

    `statement` is the statement or block the place stands in (inline directives on or above it apply to it). `root` is the
    calling Terraform root, the function sharing the code, or ".". `tags` is None where the thing cannot be tagged.
    `settings` holds what else the call says: `max_output_tokens`, `temperature`, `service_tier`, `commitment` of dedicated
    capacity, `prompt` (the texts known of it), `answer` (the form it must have), `repeated` (the loop that makes it once per
    record); `LEFT_OUT` where a thing is known not to be given, no entry where it cannot be told.
    `evidence` is why `environments` are believed; `justification` is the id an inline directive names.
    """

    location: Location
    language: str
    kind: Kind
    sink: str
    value: Value
    statement: Span
    root: str = "."
    region: str | None = None
    tags: Tags | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    environments: tuple[str, ...] = ()
    workload: str | None = None
    justification: str | None = None

    @property
    def choices(self) -> tuple[Choice, ...]:
        """The models the route is known to take."""
        match self.value:
            case Known(choice):
                return (choice,)
            case OneOf(choices):
                return choices
            case Unknown():
                return ()

    @property
    def unknown(self) -> Unknown | None:
        """What about the route cannot be told, if anything."""
        match self.value:
            case Known():
                return None
            case OneOf(_, rest):
                return rest
            case Unknown() as unknown:
                return unknown


@dataclass(frozen=True, slots=True)
class Resource:
    """A piece of infrastructure that rules ask about beyond routes: profile, budget, alarm, logging, principal.

    `tags` is None where the type cannot be tagged. `attributes` is what it says, kept where rules ask for it: budgets, anomaly
    monitors, alarms.
    """

    location: Location
    language: str
    type: str
    name: str
    statement: Span
    root: str = "."
    tags: Tags | None = None
    evidence: tuple[Evidence, ...] = ()
    environments: tuple[str, ...] = ()
    attributes: Mapping[str, Stated] = field(default_factory=dict)


class Effect(StrEnum):
    """What a policy statement does with the requests it speaks of."""

    ALLOW = "allow"
    DENY = "deny"


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a policy statement: the operator, the key of the request, and what it is held against."""

    operator: str
    key: str
    values: tuple[str | Unknown, ...] = ()


@dataclass(frozen=True, slots=True)
class PolicyStatement:
    """A statement of an IAM policy that speaks of Bedrock, or of everything.

    `location` is the list of resources, or the statement where it has none. Texts keep their wildcards, and what cannot be
    told in them as `${name}`. `policy` is the place of the document: its statements hold together. `principals` are the places
    of the roles, users, groups and functions that get it, as far as they are told.
    """

    location: Location
    language: str
    statement: Span
    effect: Effect
    policy: Location
    actions: tuple[str | Unknown, ...] = ()
    not_actions: tuple[str | Unknown, ...] = ()
    resources: tuple[str | Unknown, ...] = ()
    not_resources: tuple[str | Unknown, ...] = ()
    conditions: tuple[Condition, ...] = ()
    principals: tuple[Location, ...] = ()
    root: str = "."
    evidence: tuple[Evidence, ...] = ()
    environments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Principal:
    """An identity that may invoke models: a role, user or group, a function whose role its framework makes, or a whole app.

    `code` are the files and folders that run as it, `acts_for` the places of the functions, containers and agents that do.
    `tags` is None where it cannot be tagged.
    """

    location: Location
    language: str
    type: str
    statement: Span
    root: str = "."
    tags: Tags | None = None
    code: tuple[str, ...] = ()
    acts_for: tuple[Location, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    environments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScanError:
    """A file, or a part of one, that could not be read; `internal` marks a fault of routelint itself."""

    path: str
    message: str
    line: int = 1
    column: int = 1
    internal: bool = False


@dataclass(frozen=True, slots=True)
class Directive:
    """An inline `routelint:` comment: `name` is ignore, justification, workload or environment; `span` is the comment.

    `fault` says what is wrong with it (unknown name, reason missing, date malformed); a faulty directive silences nothing.
    """

    path: str
    span: Span
    name: str
    arguments: tuple[str, ...] = ()
    until: str | None = None
    reason: str = ""
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Related:
    """A further place a finding speaks of, and what is there."""

    location: Location
    note: str


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace the text of a span of a file."""

    path: str
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A change that would end a finding; safe ones keep the program's behaviour."""

    description: str
    edits: tuple[Edit, ...]
    safe: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """One breach of the policy at one route for one model.

    `message` is one sentence without line numbers; `notes` are further facts (prices, dates), one sentence each; `fingerprint`
    holds no line, date or commit. `root` is the first of `roots`: a module called from several roots with the same outcome
    gives one finding that lists them.
    """

    rule: str
    severity: Severity
    message: str
    location: Location
    statement: Span
    root: str = "."
    roots: tuple[str, ...] = (".",)
    model: str | None = None
    environments: tuple[str, ...] = ()
    trail: tuple[Hop, ...] = ()
    related: tuple[Related, ...] = ()
    notes: tuple[str, ...] = ()
    fixes: tuple[Fix, ...] = ()
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A finding that a directive, waiver or baseline silenced, and by what."""

    finding: Finding
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many routes were found and how many of them resolved completely."""

    routes: int = 0
    resolved: int = 0

    @property
    def unresolved(self) -> int:
        """Routes of which something cannot be told."""
        return self.routes - self.resolved


@dataclass(frozen=True, slots=True, order=True)
class Accepted:
    """An entry of a baseline: `count` findings of a rule at a place that are known and accepted; `path` is the repository's."""

    path: str
    symbol: str
    rule: str
    model: str | None = None
    count: int = 1


@dataclass(frozen=True, slots=True)
class Diff:
    """What a report was compared with: the ref, the commit at which it and HEAD part, and what is not new.

    The findings of a report with a diff are the new ones. `fixed` are those of `base` that are gone, at their places there;
    `unchanged` counts those of both sides.
    """

    ref: str
    base: str
    fixed: tuple[Finding, ...] = ()
    unchanged: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """What one scan found; findings are sorted by path, span and rule.

    `files` counts the files looked at; `notices` are remarks about the run itself, each said once. `stale` are entries of the
    baseline that match nothing any more, with the number that is too high. `diff` is None where nothing was compared.
    """

    findings: tuple[Finding, ...] = ()
    suppressed: tuple[Suppressed, ...] = ()
    references: tuple[ModelReference, ...] = ()
    resources: tuple[Resource, ...] = ()
    errors: tuple[ScanError, ...] = ()
    files: int = 0
    policy: str | None = None
    notices: tuple[str, ...] = ()
    stale: tuple[Accepted, ...] = ()
    diff: Diff | None = None

    @property
    def coverage(self) -> Coverage:
        """Routes found and routes resolved."""
        return Coverage(len(self.references), sum(1 for reference in self.references if reference.unknown is None))
