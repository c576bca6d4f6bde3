"""State machines in the Amazon States Language: the tasks of a definition that name a model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from routelint.deferred import dataclass, lazy_regex
from routelint.model import Hop, Kind
from routelint.parse.terraform import marked, sections
from routelint.parse.terraform.functions.documents import decode
from routelint.parse.terraform.module import Scope
from routelint.parse.terraform.nodes import (
    Call,
    Expression,
    GetAttr,
    Literal,
    ObjectNode,
    Place,
    TextTemplate,
    TupleNode,
    Variable,
)
from routelint.parse.terraform.values import entries
from routelint.possible import Hole, Items, Possibility, Possible, Record, Template
from routelint.surfaces import load

if TYPE_CHECKING:
    from routelint.parse.terraform.evaluate import Evaluator

_OPERATION = lazy_regex(r"arn:[^:]*:states:[^:]*:[^:]*:(?P<operation>[^.]+)(?:\..*)?")
MOST_DEPTH = 40


@dataclass(frozen=True, eq=False)
class Task:
    """A model that a state passes to an operation: where, under which state and operation, and what it may be."""

    place: Place
    scope: Scope
    state: str
    operation: str
    carrier: str
    kind: Kind
    value: Possible


def of_definition(evaluator: Evaluator, expression: Expression, scope: Scope) -> Iterator[Task]:
    """The models that the states of a definition choose."""
    written = expression
    while isinstance(written, GetAttr) and isinstance(written.target, Variable) and written.target.name == "local":
        local = scope.instance.folder.locals.get(written.name)
        if local is None or local.expression is written:
            break
        written, scope = local.expression, Scope(scope.instance, alive=scope.alive)
    if isinstance(written, Call) and written.name == "jsonencode" and written.arguments:
        yield from _written(evaluator, written.arguments[0], scope, "", 0)
        return
    texts: list[tuple[TextTemplate | Literal, Scope]] = []
    back: tuple[Hop, ...] = ()
    if isinstance(written, Call) and written.name in ("file", "templatefile") and written.arguments:
        back = (Hop(written.place.location(), "definition read here"),)
        texts.extend(marked.of_files(evaluator, written, scope))
    elif isinstance(written, TextTemplate | Literal):
        texts.append((written, scope))
    else:
        yield from _evaluated(evaluator, written, scope)
    for text, bound in texts:
        definition = marked.read(text)
        if definition is None:
            yield from _evaluated(evaluator, text, bound)
        else:
            yield from _marked(evaluator, Text(definition, bound, back), definition.document, "", 0)


def _evaluated(evaluator: Evaluator, written: Expression, scope: Scope) -> Iterator[Task]:
    for possibility in evaluator.evaluate(written, scope):
        if isinstance(possibility.content, str | Template):
            content = decode(possibility.content)
            decoded = Possibility(content, possibility.trail, possibility.environments, possibility.resolution)
            yield from _decoded(decoded, "", Found(written.place, scope), 0)


@dataclass(frozen=True, eq=False)
class Text:
    """A definition that is written as a text: what it says, what its interpolations mean, and the steps behind it."""

    definition: marked.Marked
    scope: Scope
    back: tuple[Hop, ...]


def _marked(evaluator: Evaluator, text: Text, node: object, state: str, depth: int) -> Iterator[Task]:
    """The models that a definition with marks for its interpolations names, each at its own letters."""
    if depth > MOST_DEPTH:
        return
    if isinstance(node, list):
        for item in node:
            yield from _marked(evaluator, text, item, state, depth + 1)
        return
    if not isinstance(node, dict):
        return
    resource = node.get("Resource")
    operations = evaluator.evaluate(text.definition.whole(resource), text.scope) if isinstance(resource, str) else ()
    for operation in _operations(operations):
        for carrier, kind in _carriers(operation):
            for outer in ("Parameters", "Arguments"):
                held = node.get(outer)
                written = held.get(carrier) if isinstance(held, dict) else None
                if isinstance(written, str):
                    found = text.definition.take(written)
                    value = evaluator.evaluate(found, text.scope)
                    value = tuple(replace(each, trail=(*each.trail, *text.back)) for each in value)
                    yield Task(found.place, text.scope, state, operation, carrier, kind, value)
    for key, value in node.items():
        if key == "States" and isinstance(value, dict):
            for name, each in value.items():
                yield from _marked(evaluator, text, each, str(name), depth + 1)
        else:
            yield from _marked(evaluator, text, value, state, depth + 1)


@dataclass(frozen=True, eq=False)
class Found:
    """Where a definition that is only known as a text stands."""

    place: Place
    scope: Scope


def _written(evaluator: Evaluator, expression: Expression, scope: Scope, state: str, depth: int) -> Iterator[Task]:
    if depth > MOST_DEPTH:
        return
    if isinstance(expression, TupleNode):
        for item in expression.items:
            yield from _written(evaluator, item, scope, state, depth + 1)
        return
    if not isinstance(expression, ObjectNode):
        return
    body = sections.as_body(expression)
    resource = body.attributes.get("Resource")
    operations = _operations(evaluator.evaluate(resource.expression, scope)) if resource is not None else []
    for operation in operations:
        for carrier, kind in _carriers(operation):
            for outer in ("Parameters", "Arguments"):
                for leaf in sections.leaves(evaluator, body, f"{outer}.{carrier}", scope):
                    yield Task(leaf.place, leaf.scope, state, operation, carrier, kind, leaf.value)
    for name, attribute in body.attributes.items():
        inner = state
        if name == "States" and isinstance(attribute.expression, ObjectNode):
            for key, each in sections.as_body(attribute.expression).attributes.items():
                yield from _written(evaluator, each.expression, scope, key, depth + 1)
            continue
        yield from _written(evaluator, attribute.expression, scope, inner, depth + 1)


def _decoded(possibility: Possibility, state: str, found: Found, depth: int) -> Iterator[Task]:
    if depth > MOST_DEPTH or not isinstance(possibility.content, Items | Record):
        return
    members = list(entries(possibility))
    names = {key: value for key, value in members if key is not None}
    for operation in _operations(names.get("Resource", ())):
        for carrier, kind in _carriers(operation):
            for outer in ("Parameters", "Arguments"):
                for arguments in names.get(outer, ()):
                    held = dict(entries(arguments)) if isinstance(arguments.content, Record) else {}
                    if carrier in held:
                        yield Task(found.place, found.scope, state, operation, carrier, kind, held[carrier])
    for key, value in members:
        for each in value:
            if key == "States":
                for name, inner in entries(each):
                    for one in inner:
                        yield from _decoded(one, name or "", found, depth + 1)
            else:
                yield from _decoded(each, state, found, depth + 1)


def _operations(value: Possible) -> list[str]:
    found = []
    for each in value:
        text = str(each.content) if isinstance(each.content, str | Template) and not isinstance(each.content, Hole) else ""
        match = _OPERATION.fullmatch(text)
        if match is not None:
            head, _, last = match["operation"].rpartition(":")
            found.append(f"{head}:{last[:1].lower()}{last[1:]}")
    return found


def _carriers(operation: str) -> list[tuple[str, Kind]]:
    """The arguments of an operation that hold a model, and what it does with it."""
    return [(row.carrier, row.kind) for row in load("asl") if row.symbol == operation and row.kind is not None]
