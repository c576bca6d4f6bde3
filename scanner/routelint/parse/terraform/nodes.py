"""The syntax of HCL as small located nodes: what both the native and the JSON syntax are read into."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import cached_property
from typing import Protocol

from routelint.deferred import dataclass
from routelint.model import Location, Span
from routelint.possible import Scalar


class Positions(Protocol):
    """A file that can turn offsets of its own kind into spans."""

    @property
    def path(self) -> str:
        """Where the file lies, relative to the scanned root."""

    def span(self, start: int, end: int) -> Span:
        """The span between two offsets."""


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A stretch of a file by offsets; becomes a span only when somebody reports it."""

    file: Positions
    start: int
    end: int

    @property
    def span(self) -> Span:
        """Lines and columns of the place."""
        return self.file.span(self.start, self.end)

    def location(self, symbol: str = "") -> Location:
        """The place as it is reported."""
        return Location(self.file.path, self.span, symbol)


@dataclass(frozen=True, slots=True, eq=False)
class Literal:
    """A number, a truth value, null, or a text without interpolation."""

    place: Place
    value: Scalar


@dataclass(frozen=True, slots=True, eq=False)
class TextTemplate:
    """A quoted text or heredoc with interpolations: the parts in order."""

    place: Place
    parts: tuple[TemplatePart, ...]


@dataclass(frozen=True, slots=True, eq=False)
class TemplateIf:
    """`%{ if c }...%{ else }...%{ endif }` inside a text."""

    place: Place
    condition: Expression
    then: TextTemplate
    otherwise: TextTemplate


@dataclass(frozen=True, slots=True, eq=False)
class TemplateFor:
    """`%{ for k, v in c }...%{ endfor }` inside a text."""

    place: Place
    key: str | None
    value: str
    collection: Expression
    body: TextTemplate


@dataclass(frozen=True, slots=True, eq=False)
class Variable:
    """A bare name: the start of a reference, or a name that a `for` binds."""

    place: Place
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class GetAttr:
    """`target.name`."""

    place: Place
    target: Expression
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Index:
    """`target[key]`."""

    place: Place
    target: Expression
    key: Expression


@dataclass(frozen=True, slots=True, eq=False)
class Splat:
    """`target[*].a.b` or `target.*.a`: `item` is what each element, bound to `ELEMENT`, becomes."""

    place: Place
    target: Expression
    item: Expression


# The name a splat binds each element to; no identifier can spell it.
ELEMENT = "*"


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """`name(arguments)`; `spread` where the last argument is followed by `...`."""

    place: Place
    name: str
    arguments: tuple[Expression, ...]
    spread: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Conditional:
    """`condition ? then : otherwise`."""

    place: Place
    condition: Expression
    then: Expression
    otherwise: Expression


@dataclass(frozen=True, slots=True, eq=False)
class Binary:
    """`left operator right`."""

    place: Place
    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True, eq=False)
class Unary:
    """`!operand` or `-operand`."""

    place: Place
    operator: str
    operand: Expression


@dataclass(frozen=True, slots=True, eq=False)
class TupleNode:
    """`[a, b]`."""

    place: Place
    items: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, eq=False)
class ObjectNode:
    """`{ key = value }`: pairs of expressions in order; a bare key is a literal text."""

    place: Place
    items: tuple[tuple[Expression, Expression], ...]


@dataclass(frozen=True, slots=True, eq=False)
class For:
    """`[for k, v in c : value if condition]`; with `result_key`, `{for k, v in c : key => value}`; `grouped` with `...`."""

    place: Place
    key: str | None
    value: str
    collection: Expression
    result_key: Expression | None
    result: Expression
    condition: Expression | None
    grouped: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Invalid:
    """Syntax that could not be read, and why."""

    place: Place
    reason: str


Expression = (
    Literal
    | TextTemplate
    | Variable
    | GetAttr
    | Index
    | Splat
    | Call
    | Conditional
    | Binary
    | Unary
    | TupleNode
    | ObjectNode
    | For
    | Invalid
)
TemplatePart = str | TemplateIf | TemplateFor | Expression


class Deferred(Protocol):
    """An expression that is read only when it is asked for."""

    def read(self) -> Expression:
        """The expression."""


@dataclass(eq=False)
class Attribute:
    """`name = expression`; the expression is read on first use, for most attributes of a file never matter."""

    name: str
    place: Place
    deferred: Deferred

    @cached_property
    def expression(self) -> Expression:
        """What stands right of the equals sign."""
        return self.deferred.read()


@dataclass(eq=False)
class Body:
    """Attributes by name and blocks in order."""

    attributes: dict[str, Attribute] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)

    def of_type(self, name: str) -> Iterator[Block]:
        """The blocks of a type, in order."""
        return (block for block in self.blocks if block.type == name)


class DeferredBody(Protocol):
    """A body that is read only when it is asked for."""

    def read_body(self) -> Body:
        """The body."""


@dataclass(eq=False)
class Block:
    """`type "label" { ... }`; the body is read on first use. `address` is set where the labels do not make it up."""

    type: str
    labels: tuple[str, ...]
    place: Place
    deferred: DeferredBody
    header: Place
    address: str = ""

    @cached_property
    def body(self) -> Body:
        """What stands between the braces."""
        return self.deferred.read_body()


@dataclass(frozen=True, eq=False)
class ReadyBody:
    """A body that is already read."""

    body: Body

    def read_body(self) -> Body:
        """The body."""
        return self.body


@dataclass(frozen=True, eq=False)
class Ready:
    """An expression that is already read."""

    expression: Expression

    def read(self) -> Expression:
        """The expression."""
        return self.expression


def literal_text(expression: Expression) -> str | None:
    """The text of a literal; None for anything else."""
    if isinstance(expression, Literal) and isinstance(expression.value, str):
        return expression.value
    return None


def fields(expression: ObjectNode) -> Mapping[str, Expression]:
    """The values of an object's literal keys."""
    pairs: dict[str, Expression] = {}
    for key, value in expression.items:
        text = literal_text(key)
        if text is not None:
            pairs[text] = value
    return pairs


def inner_expressions(expression: Expression) -> Iterator[Expression]:
    """An expression and everything inside it that is an expression too."""
    pending: list[object] = [expression]
    while pending:
        node = pending.pop()
        if isinstance(node, tuple):
            pending.extend(reversed(node))
        elif isinstance(node, Expression):
            yield node
        if isinstance(node, Expression | TemplateIf | TemplateFor):
            pending.extend(getattr(node, name) for name in reversed(node.__slots__) if name != "place")
