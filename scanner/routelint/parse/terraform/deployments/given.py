"""Values that scripts and pipelines give to variables of a root, and the ways of applying a root that they describe."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field

from routelint.deferred import dataclass
from routelint.model import Evidence
from routelint.parse.terraform import syntax
from routelint.parse.terraform.nodes import (
    Attribute,
    Block,
    Deferred,
    Expression,
    Invalid,
    Literal,
    Place,
    Ready,
    TextTemplate,
    Variable,
)

Part = str | Invalid

# Terraform takes the text of these as it is; of any other type it reads the text as an expression.
_TEXTS = frozenset({"string", "number", "bool"})


@dataclass(frozen=True, slots=True, eq=False)
class Given:
    """What a script or pipeline gives to a variable: its name, how it is spelled there (`TF_VAR_model`), where, and what."""

    name: str
    spelling: str
    place: Place
    parts: tuple[Part, ...]

    @property
    def text(self) -> str | None:
        """The text, None where a part of it is not written there."""
        return "".join(str(part) for part in self.parts) if all(isinstance(part, str) for part in self.parts) else None


@dataclass(eq=False)
class GivenAttribute(Attribute):
    """A given value as the argument of a root; `note` says in the trail how it came."""

    note: str = ""


@dataclass(frozen=True, eq=False)
class Deployment:
    """One way in which a script or pipeline applies a root.

    `folder` is the root, None where that is not said; `said` is the environment and why. `variables` come from the
    environment of the command, `options` from its command line: values and paths of variable files in order. `open_file` is
    true where a variable file is passed whose name is not written there.
    """

    path: str
    folder: str | None = None
    said: Evidence | None = None
    variables: Mapping[str, Given] = field(default_factory=dict)
    options: tuple[Given | str, ...] = ()
    open_file: bool = False

    @property
    def given(self) -> tuple[Given, ...]:
        """Every single value, in order of precedence."""
        return (*self.variables.values(), *(each for each in self.options if isinstance(each, Given)))


def argument(given: Given, declared: Block, *, certain: bool) -> GivenAttribute:
    """A given value as Terraform reads it for a variable; `certain` is false where the root it is meant for is not said."""
    deferred: Deferred = _Typed(given) if _is_expression(declared) and given.text is not None else Ready(_as_text(given))
    note = f"{given.spelling} in {given.place.file.path}"
    return GivenAttribute(given.name, given.place, deferred, note if certain else f"{note}, which does not say for which root")


def _is_expression(declared: Block) -> bool:
    constraint = declared.body.attributes.get("type")
    if constraint is None:
        return False
    expression = constraint.expression
    return not (isinstance(expression, Variable) and expression.name in _TEXTS) and not (
        isinstance(expression, Literal) and expression.value in _TEXTS
    )


def _as_text(given: Given) -> Expression:
    text = given.text
    if text is not None:
        return Literal(given.place, text)
    if len(given.parts) == 1 and isinstance(given.parts[0], Invalid):
        return given.parts[0]
    return TextTemplate(given.place, given.parts)


@dataclass(frozen=True, slots=True, eq=False)
class _Typed:
    """A text that is read as an expression, every part of which is said to stand where the text does."""

    given: Given

    def read(self) -> Expression:
        span = self.given.place.span
        # Padded, so that lines and columns are those of the file the text stands in.
        padding = "\n" * (span.start_line - 1) + " " * max(0, span.start_column - 5)
        body, errors = syntax.parse(self.given.place.file.path, f"{padding}v = {self.given.text}\n")
        attribute = body.attributes.get("v")
        if attribute is None or errors:
            return Invalid(self.given.place, f"{self.given.spelling} is no value of the type of var.{self.given.name}")
        return attribute.expression


def distinct(deployments: Iterable[Deployment]) -> list[Deployment]:
    """The deployments without those that say nothing more than another of the same file, root and environment.

    A pipeline plans and applies; both with the same values, or the plan alone with them.
    """
    kept: list[Deployment] = []
    for each in deployments:
        same = [other for other in kept if _whose(other) == _whose(each)]
        if any(_values(each) <= _values(other) for other in same):
            continue
        kept = [other for other in kept if not (_whose(other) == _whose(each) and _values(other) <= _values(each))]
        kept.append(each)
    return kept


def _whose(deployment: Deployment) -> tuple[str, str | None, str]:
    return deployment.path, deployment.folder, deployment.said.environment if deployment.said is not None else ""


def _values(deployment: Deployment) -> frozenset[tuple[str, str]]:
    values = {(each.name, each.text if each.text is not None else repr(each.place.span)) for each in deployment.given}
    return frozenset(values | {("", each) for each in deployment.options if isinstance(each, str)})
