"""Reports for the tests of printers: one that is rich, one that is hostile, an empty one, and strategies for any."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from routelint.inventory import Row, RowModel
from routelint.model import (
    START,
    Choice,
    Edit,
    Finding,
    Fix,
    Hop,
    Kind,
    Known,
    Location,
    ModelId,
    ModelReference,
    OneOf,
    Related,
    Report,
    Resolution,
    Resource,
    ScanError,
    Severity,
    Span,
    Suppressed,
    Tags,
    Unknown,
    Value,
)
from routelint.output.printing import Printing
from routelint.source import SourceText

PAGE = """\
# {id}

## What it does

Reports a route that takes a model it should not take, by the `models` of the policy. See
[the policy](docs/policy.md).

## Why it costs

* **Money**: a premium model costs several to a hundred times what the next tier costs for the same tokens, and nobody had to
  say why it is needed.
* Trust.

## Example

    foundation_model = "anthropic.claude-opus-5-5"

## Use instead

{instead}

```hcl
foundation_model = "amazon.nova-lite-v1:0"
```

## Policy keys

`models.allow`, `tiers`
"""


@dataclass(frozen=True)
class PlainRule:
    """A rule as printers see it."""

    id: str
    summary: str
    severity: Severity
    instead: str = "A model of a lower tier, or a justification in the policy."
    category: str = "route"
    waivable: bool = True
    tags: tuple[str, ...] = ("bedrock", "cost")

    @property
    def page(self) -> str:
        return PAGE.format(id=self.id, instead=self.instead)


RULES = (
    PlainRule("unjustified-premium-model", "A premium model without a valid justification", Severity.ERROR),
    PlainRule("model-above-environment-tier", "A model above the tier its environment allows", Severity.ERROR),
    PlainRule("costly-default-model", "A fallback that takes a premium model", Severity.WARNING),
    PlainRule(
        "missing-required-tag",
        "A taggable resource without a required tag",
        Severity.ERROR,
        instead="The tag on the resource, its module or the provider's `default_tags`.",
        category="attribution",
    ),
    PlainRule("unresolved-model", "A route whose model cannot be told", Severity.NOTE),
    PlainRule("hardcoded-model", "A literal in code where the policy wants routes to be configurable", Severity.OFF),
    PlainRule("unparsable-file", "A file that could not be read", Severity.WARNING, category="housekeeping", waivable=False),
)

OPUS = "us.anthropic.claude-opus-4-1-20250805-v1:0"
LITE = "amazon.nova-lite-v1:0"

MAIN_TF = """\
provider "aws" {}

resource "aws_bedrockagent_agent" "support" {
  agent_name              = "support"
  agent_resource_role_arn = aws_iam_role.support.arn
  instruction             = "answer"
  foundation_model        = var.model
}

module "triage" {
  source = "./modules/agent"
  model  = "amazon.nova-lite-v1:0"
}
"""
VARIABLES_TF = """\
variable "model" {
  type    = string
  default = "us.anthropic.claude-opus-4-1-20250805-v1:0"
}
"""
DEV_TFVARS = 'model = "us.anthropic.claude-opus-4-1-20250805-v1:0"\n'
APP_PY = (
    "import os\n"
    "\n"
    "client = make()\n"
    'MODEL = os.environ.get("MODEL_ID", "us.anthropic.claude-opus-4-1-20250805-v1:0")\n'
    "\n"
    "\n"
    "def classify(text):\n"
    "\treply = client.converse(\n"
    "\t\tmodelId=MODEL,\n"
    '\t\tmessages=[{"role": "user", "content": [{"text": text}]}],\n'
    "\t)\n"
    "\treturn reply\n"
)
# Wide characters stand before the value, the line is long, and lines end in CRLF.
WIDE_PY = (
    '説明 = "分類"; model = "us.anthropic.claude-opus-4-1-20250805-v1:0"  # ' + "十分に長い行 " * 30 + "\r\nprint(model)\r\n"
)
MINIFIED = "x" * 5_000 + '{"model":"' + OPUS + '"}' + "y" * 5_000
HOSTILE_PATH = "a\n::error file=x::owned/\x1b[31mred\u202e/caf\udce9 100%,#?:[x](y).py"
HOSTILE_LINE = '::error::\x1b]0;owned\x07 "\u202eknub\u202c" ##[error]x ##vso[task.setvariable variable=a]b \x9b31m \u200b\r'

FILES: Mapping[str, str] = {
    "infra/main.tf": MAIN_TF,
    "infra/variables.tf": VARIABLES_TF,
    "infra/dev.tfvars": DEV_TFVARS,
    "services/triage/app.py": APP_PY,
    "services/wide.py": WIDE_PY,
    "web/config.min.json": MINIFIED,
    HOSTILE_PATH: f"{HOSTILE_LINE}\n{HOSTILE_LINE}\n",
}


def source(path: str) -> SourceText | None:
    text = FILES.get(path)
    return None if text is None else SourceText(path, text)


def span_of(path: str, value: str, nth: int = 0) -> Span:
    """The span of the nth occurrence of a text in one of the files."""
    offset = -1
    for _ in range(nth + 1):
        offset = FILES[path].index(value, offset + 1)
    return SourceText(path, FILES[path]).span(offset, offset + len(value))


def place(path: str, value: str, symbol: str = "", nth: int = 0) -> Location:
    return Location(path, span_of(path, value, nth), symbol)


def statement(path: str, first: str, last: str) -> Span:
    start, end = span_of(path, first), span_of(path, last)
    return Span(start.start_line, start.start_column, end.end_line, end.end_column)


def printing(**changes: object) -> Printing:
    """A printing of the rules above, wide and without colour."""
    return Printing(**{"version": "0.1.0", "rules": RULES, "source": source, "width": 120, **changes})  # type: ignore[arg-type]


def hop(path: str, value: str, note: str) -> Hop:
    return Hop(place(path, value), note)


AGENT = place("infra/main.tf", "var.model", "aws_bedrockagent_agent.support.foundation_model")
AGENT_STATEMENT = statement("infra/main.tf", "resource", "var.model\n}")
DEFAULT_HOP = hop("infra/variables.tf", f'"{OPUS}"', "default of var.model")
DEV_HOP = hop("infra/dev.tfvars", f'"{OPUS}"', "dev.tfvars sets model")
CALL = Location("services/triage/app.py", Span(9, 11, 9, 16), "services.triage.app:classify/converse.modelId")
CALL_STATEMENT = statement("services/triage/app.py", "reply = client", "\t)")
CONSTANT_HOP = hop("services/triage/app.py", f'"{OPUS}"', "default of the environment variable MODEL_ID")

FINDINGS = (
    Finding(
        "model-above-environment-tier",
        Severity.ERROR,
        f"'{OPUS}' is a premium model, and dev allows economy at most; 'amazon.nova-lite-v1:0' is the next one down",
        AGENT,
        AGENT_STATEMENT,
        root="infra",
        roots=("infra",),
        model=OPUS,
        environments=("dev",),
        trail=(DEV_HOP,),
        related=(Related(Location("routelint.yaml", Span(14, 5, 14, 40)), "the policy allows economy here"),),
        notes=("it costs 250 times 'amazon.nova-lite-v1:0' per token ($15.00 against $0.06 per million input tokens)",),
        fingerprint="0a" * 16,
    ),
    Finding(
        "unjustified-premium-model",
        Severity.ERROR,
        f"'{OPUS}' is a premium model and no valid justification covers it; 'amazon.nova-lite-v1:0' costs 250 times less",
        AGENT,
        AGENT_STATEMENT,
        root="infra",
        roots=("infra", "live/prod", "live/staging"),
        model=OPUS,
        environments=("prod", "staging"),
        trail=(DEFAULT_HOP,),
        notes=("justification FIN-2291 names this model but expired on 2026-08-31",),
        fixes=(
            Fix("replace the model with 'amazon.nova-lite-v1:0'", (Edit("infra/main.tf", AGENT.span, f'"{LITE}"'),)),
            Fix(
                "change the default of var.model",
                (
                    Edit("infra/variables.tf", DEFAULT_HOP.location.span, f'"{LITE}"'),
                    Edit("infra/dev.tfvars", DEV_HOP.location.span, ""),
                ),
                safe=True,
            ),
        ),
        fingerprint="0b" * 16,
    ),
    Finding(
        "missing-required-tag",
        Severity.ERROR,
        "aws_bedrockagent_agent.support lacks the tag 'cost-center'",
        Location("infra/main.tf", AGENT_STATEMENT, "aws_bedrockagent_agent.support"),
        AGENT_STATEMENT,
        fingerprint="0c" * 16,
    ),
    Finding(
        "costly-default-model",
        Severity.WARNING,
        f"the fallback of MODEL_ID is the premium model '{OPUS}'; an unset variable must not pick the dearest one",
        CALL,
        CALL_STATEMENT,
        model=OPUS,
        trail=(CONSTANT_HOP,),
        fingerprint="0d" * 16,
    ),
    Finding(
        "unresolved-model",
        Severity.NOTE,
        "cannot tell which model the route takes: var.model has no default and no tfvars in the scanned files sets it",
        place("services/wide.py", f'"{OPUS}"', "services.wide:model"),
        span_of("services/wide.py", f'"{OPUS}"'),
        fingerprint="0d" * 16,
    ),
    Finding(
        "unparsable-file",
        Severity.WARNING,
        "cannot read this file: not UTF-8 text: byte 0xff on line 3",
        Location("legacy/latin.tf", START),
        START,
        fingerprint="0e" * 16,
    ),
    Finding(
        "unjustified-premium-model",
        Severity.ERROR,
        f"'{OPUS}' is a premium model and no valid justification covers it",
        place("web/config.min.json", OPUS, "model"),
        span_of("web/config.min.json", OPUS),
        model=OPUS,
        fingerprint="0f" * 16,
    ),
)

SUPPRESSED = (
    Suppressed(
        Finding(
            "unjustified-premium-model",
            Severity.ERROR,
            f"'{OPUS}' is a premium model and no valid justification covers it",
            place("infra/main.tf", '"amazon.nova-lite-v1:0"', "module.triage.model"),
            statement("infra/main.tf", "module", "}\n"),
            model=OPUS,
            fingerprint="0b" * 16,
        ),
        "waiver",
        "frozen until the March migration, OPS-77",
    ),
)


def reference(value: Value, location: Location = AGENT, kind: Kind = Kind.AGENT, tags: Tags | None = None) -> ModelReference:
    """A Terraform route at a place; `replace` changes the rest."""
    return ModelReference(
        location, "terraform", kind, "aws_bedrockagent_agent.foundation_model", value, location.span, tags=tags
    )


def model(text: str, scope: str | None = None) -> ModelId:
    return ModelId(text, text, text.removeprefix(f"{scope}."), scope=scope)


OPUS_CHOICE = Choice(model(OPUS, "us"), Resolution.TFVARS, ("dev",), (DEV_HOP,))
LITE_CHOICE = Choice(model(LITE), Resolution.VARIABLE_DEFAULT, ("prod", "staging"), (DEFAULT_HOP,))
UNSET = Unknown("var.model has no default and no tfvars in the scanned files sets it")

ROUTES = (
    reference(OneOf((OPUS_CHOICE, LITE_CHOICE)), tags=Tags({"team": "search", "owner": Unknown("var.owner is not set")})),
    replace(
        reference(
            OneOf((Choice(model(LITE)),), Unknown("the condition var.premium cannot be told")),
            place("infra/main.tf", '"amazon.nova-lite-v1:0"', "module.triage.model"),
            Kind.DEFAULT,
        ),
        root="infra",
    ),
    replace(
        reference(
            Known(Choice(model("arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abcdef123456"))),
            CALL,
            Kind.INVOKE,
        ),
        workload="ticket-triage",
        language="python",
        environments=("prod",),
    ),
    replace(
        reference(UNSET, place("services/wide.py", f'"{OPUS}"', "services.wide:model"), Kind.EMBED),
        language="python",
    ),
    reference(Known(Choice(model("*"))), place("infra/main.tf", "aws_iam_role.support.arn", "statement"), Kind.GRANT),
)

RESOURCES = (
    Resource(
        Location("infra/main.tf", AGENT_STATEMENT, "aws_bedrockagent_agent.support"),
        "terraform",
        "aws_bedrockagent_agent",
        "support",
        AGENT_STATEMENT,
        tags=Tags({"team": "search", "owner": Unknown("var.owner is not set")}),
    ),
    Resource(Location("infra/main.tf", Span(1, 1, 1, 18)), "terraform", "aws_budgets_budget", "all", Span(1, 1, 1, 18)),
)

ERRORS = (
    ScanError("legacy/latin.tf", "not UTF-8 text: byte 0xff on line 3", 3),
    ScanError("services/broken.py", "invalid syntax: '(' was never closed", 12, 7),
)

RICH = Report(
    FINDINGS,
    SUPPRESSED,
    ROUTES,
    RESOURCES,
    ERRORS,
    files=312,
    policy="routelint.yaml",
    notices=("the catalog's prices are of 2026-08-01, 115 days old",),
)
EMPTY = Report()

HOSTILE = Report(
    findings=tuple(
        Finding(
            "unjustified-premium-model",
            severity,
            f"'{HOSTILE_LINE}' [click](https://evil.example) <b>{{0}}</b>\n::error::second line, 100%",
            Location(HOSTILE_PATH, Span(1, 11, 1, 30), f"sym\x1b[2J{HOSTILE_LINE}"),
            Span(1, 1, 2, 1),
            root=HOSTILE_PATH,
            roots=(HOSTILE_PATH, "\ud800"),
            model=HOSTILE_LINE,
            environments=(HOSTILE_LINE, "\udfff"),
            trail=(Hop(Location(HOSTILE_PATH, Span(2, 1, 2, 9)), HOSTILE_LINE), Hop(Location("gone.tf", START), "\u2028")),
            related=(Related(Location("../outside.yaml", Span(1, 1, 1, 2)), HOSTILE_LINE),),
            notes=(HOSTILE_LINE, "\ud800 half a pair"),
            fixes=(Fix(HOSTILE_LINE, (Edit(HOSTILE_PATH, Span(1, 1, 1, 1), "\x00\ud800"), Edit("b.tf", START, ""))),),
        )
        for severity in (Severity.ERROR, Severity.WARNING, Severity.NOTE)
    ),
    suppressed=(
        Suppressed(Finding("custom\x1b-rule", Severity.NOTE, "", Location("x", START), START), HOSTILE_LINE, HOSTILE_LINE),
    ),
    references=(
        replace(
            reference(Unknown(HOSTILE_LINE), Location(HOSTILE_PATH, Span(1, 1, 1, 5), HOSTILE_LINE)), workload=HOSTILE_LINE
        ),
    ),
    errors=(ScanError(HOSTILE_PATH, HOSTILE_LINE), ScanError(".", "rule 'x' failed: KeyError: 'y'", internal=True)),
    policy=HOSTILE_PATH,
    notices=(HOSTILE_LINE,),
)

REPORTS = {"rich": RICH, "empty": EMPTY, "hostile": HOSTILE}


def rows(references: tuple[ModelReference, ...] = ROUTES) -> tuple[Row, ...]:
    """The rows of routes, with a tier and prices for the models named above."""
    facts = {OPUS: ("premium", 16.5, 82.50000000001), LITE: ("economy", 0.06, 0.24)}
    return tuple(
        Row(
            each,
            tuple(
                RowModel(choice, choice.model.base, *facts[choice.model.id]) if choice.model.id in facts else RowModel(choice)
                for choice in each.choices
            ),
        )
        for each in references
    )


# Any text at all: control characters, halves of pairs, commands and markup are as likely as letters.
TEXTS = st.one_of(
    st.text(st.characters(), max_size=20),
    st.lists(
        st.sampled_from(["::error::", "##[", "\x1b[", "\ud800", "\u202e", "[a](b)", "%0A", "\n", " ", "x", "|", "`"]),
        max_size=6,
    ).map("".join),
)
PATHS = st.one_of(st.sampled_from(sorted(FILES)), TEXTS)
SPANS = st.tuples(st.integers(1, 30), st.integers(1, 90), st.integers(0, 9), st.integers(1, 90)).map(
    lambda drawn: Span(drawn[0], drawn[1], drawn[0] + drawn[2], drawn[3] if drawn[2] else drawn[1] + drawn[3] - 1)
)
LOCATIONS = st.builds(Location, PATHS, SPANS, TEXTS)
HOPS = st.builds(Hop, LOCATIONS, TEXTS)
FIXES = st.builds(Fix, TEXTS, st.lists(st.builds(Edit, PATHS, SPANS, TEXTS), max_size=3).map(tuple), st.booleans())
ANY_FINDING = st.builds(
    Finding,
    st.one_of(st.sampled_from([rule.id for rule in RULES]), TEXTS),
    st.sampled_from(Severity),
    TEXTS,
    LOCATIONS,
    SPANS,
    PATHS,
    st.lists(PATHS, min_size=1, max_size=3).map(tuple),
    st.none() | TEXTS,
    st.lists(TEXTS, max_size=2).map(tuple),
    st.lists(HOPS, max_size=11).map(tuple),
    st.lists(st.builds(Related, LOCATIONS, TEXTS), max_size=2).map(tuple),
    st.lists(TEXTS, max_size=2).map(tuple),
    st.lists(FIXES, max_size=2).map(tuple),
    st.sampled_from(["", "a", "a:2", "b"]),
)
VALUES: st.SearchStrategy[Value] = st.one_of(
    st.builds(Unknown, TEXTS),
    st.builds(lambda text: Known(Choice(model(text))), TEXTS),
    st.builds(lambda text, reason: OneOf((OPUS_CHOICE, Choice(model(text))), Unknown(reason)), TEXTS, TEXTS),
)
TAGS = st.none() | st.builds(Tags, st.dictionaries(TEXTS, TEXTS | st.builds(Unknown, TEXTS), max_size=3))
REFERENCES = st.builds(
    lambda value, location, tags, workload, root: replace(reference(value, location, tags=tags), workload=workload, root=root),
    VALUES,
    LOCATIONS,
    TAGS,
    st.none() | TEXTS,
    PATHS,
)
ANY_REPORT = st.builds(
    Report,
    st.lists(ANY_FINDING, max_size=4).map(tuple),
    st.lists(st.builds(Suppressed, ANY_FINDING, TEXTS, TEXTS), max_size=2).map(tuple),
    st.lists(REFERENCES, max_size=3).map(tuple),
    st.just(RESOURCES),
    st.lists(st.builds(ScanError, PATHS, TEXTS, st.integers(1, 99), st.integers(1, 99), st.booleans()), max_size=2).map(tuple),
    st.integers(0, 9999),
    st.none() | PATHS,
    st.lists(TEXTS, max_size=2).map(tuple),
)
