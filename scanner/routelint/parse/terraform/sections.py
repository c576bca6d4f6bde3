"""Finds what a resource says at a path such as `model_source.copy_from`: in blocks, dynamic blocks, objects and lists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from routelint.deferred import dataclass
from routelint.parse.terraform.functions.documents import decode
from routelint.parse.terraform.module import Scope
from routelint.parse.terraform.nodes import (
    Attribute,
    Block,
    Body,
    Call,
    Expression,
    ObjectNode,
    Place,
    Ready,
    TupleNode,
    Variable,
    fields,
    literal_text,
)
from routelint.parse.terraform.values import Failure, entries, inside, rest_of, united
from routelint.possible import Hole, Items, Possibility, Possible, Record, Template, known

if TYPE_CHECKING:
    from routelint.parse.terraform.evaluate import Evaluator

MOST_REPEATED = 64
MOST_DEPTH = 16
# Dynamic blocks inside dynamic blocks multiply.
MOST_HOLDERS = 1_000


@dataclass(frozen=True, eq=False)
class Leaf:
    """A value at a path: where its expression stands, in which scope, and what it may be."""

    place: Place
    scope: Scope
    value: Possible
    expression: Expression | None = None


def leaves(evaluator: Evaluator, body: Body, path: str, scope: Scope) -> Iterator[Leaf]:
    """The values at a dotted path below a body, in order."""
    *before, last = path.replace("[]", "").split(".")
    for holder in _holders(evaluator, body, before, scope):
        if isinstance(holder, Leaf):
            value = _each_attribute(evaluator, holder.value, last)
            kept = tuple(each for each in value if not isinstance(each.content, Failure))
            if kept:
                yield Leaf(holder.place, holder.scope, kept)
            continue
        inner, bound = holder
        attribute = inner.attributes.get(last)
        if attribute is not None:
            yield Leaf(attribute.expression.place, bound, evaluator.evaluate(attribute.expression, bound), attribute.expression)


def named(evaluator: Evaluator, body: Body, carrier: str, scope: Scope) -> Iterator[tuple[str, Leaf]]:
    """The named values at a carrier: the entries of a map (`a.b.*`), or of a list of names and values (`a[name=value]`)."""
    path, _, pair = carrier.removesuffix(".*").rstrip("]").partition("[")
    found: dict[str, Leaf] = {}
    if not pair:
        for holder in _holders(evaluator, body, path.split("."), scope):
            found.update(_map_entries(evaluator, holder))
    else:
        name_key, _, value_key = pair.partition("=")
        for holder in _holders(evaluator, body, path.split("."), scope):
            found.update(_list_entries(evaluator, holder, name_key, value_key))
    yield from found.items()


_Holder = tuple[Body, Scope] | Leaf


def _holders(evaluator: Evaluator, body: Body, steps: Sequence[str], scope: Scope) -> Iterator[_Holder]:
    """What holds the values at the end of a path: bodies where they are written out, else values."""
    holders: list[_Holder] = [(body, scope)]
    for step in steps:
        inner: list[_Holder] = []
        for holder in holders:
            if isinstance(holder, Leaf):
                inner.append(Leaf(holder.place, holder.scope, _each_attribute(evaluator, holder.value, step)))
                continue
            outer, bound = holder
            attribute = outer.attributes.get(step)
            if attribute is not None:
                inner.extend(_written_out(evaluator, attribute.expression, bound, 0))
            inner.extend(islice(blocks(evaluator, outer, step, bound), MOST_HOLDERS))
            if len(inner) >= MOST_HOLDERS:
                break
        holders = inner
    yield from holders


def _written_out(evaluator: Evaluator, expression: Expression, scope: Scope, depth: int) -> Iterator[_Holder]:
    """The objects an expression spells out, through lists, `jsonencode` and `merge`; any other expression as its value."""
    match expression:
        case ObjectNode() if all(literal_text(key) is not None for key, _ in expression.items):
            yield as_body(expression), scope
        case TupleNode(_, items) if depth < MOST_DEPTH:
            for item in items:
                yield from _written_out(evaluator, item, scope, depth + 1)
        case Call(_, "jsonencode" | "concat" | "merge" | "flatten" | "tolist" | "tomap", arguments, False) if (
            depth < MOST_DEPTH
        ):
            for argument in arguments:
                yield from _written_out(evaluator, argument, scope, depth + 1)
        case _:
            value = evaluator.evaluate(expression, scope)
            decoded = tuple(
                replace(each, content=decode(each.content)) if isinstance(each.content, str | Template) else each
                for each in value
            )
            yield Leaf(expression.place, scope, decoded, expression)


def _map_entries(evaluator: Evaluator, holder: _Holder) -> Iterator[tuple[str, Leaf]]:
    if isinstance(holder, Leaf):
        for possibility in holder.value:
            for key, value in entries(possibility):
                if key is not None:
                    yield key, Leaf(holder.place, holder.scope, value)
        return
    inner, bound = holder
    for name, attribute in inner.attributes.items():
        yield (
            name,
            Leaf(attribute.expression.place, bound, evaluator.evaluate(attribute.expression, bound), attribute.expression),
        )


def _list_entries(evaluator: Evaluator, holder: _Holder, name_key: str, value_key: str) -> Iterator[tuple[str, Leaf]]:
    if isinstance(holder, Leaf):
        for item in _members(holder.value):
            if isinstance(item.content, Record) and name_key in item.content.entries and value_key in item.content.entries:
                name = _one_text(item.content.entries[name_key])
                if name is not None:
                    yield name, Leaf(holder.place, holder.scope, inside(item, item.content.entries[value_key]))
        return
    inner, bound = holder
    if name_key in inner.attributes and value_key in inner.attributes:
        name = _one_text(evaluator.evaluate(inner.attributes[name_key].expression, bound))
        expression = inner.attributes[value_key].expression
        if name is not None:
            yield name, Leaf(expression.place, bound, evaluator.evaluate(expression, bound), expression)


def _members(value: Possible) -> Iterator[Possibility]:
    for possibility in value:
        if isinstance(possibility.content, Items):
            for _, item in entries(possibility):
                yield from item
        else:
            yield possibility


def _one_text(value: Possible) -> str | None:
    content = value[0].content
    return content if isinstance(content, str) and content else None


def _each_attribute(evaluator: Evaluator, value: Possible, name: str) -> Possible:
    """`.name` of an object, or of every object of a list."""
    found: list[Possible] = []
    for each in value:
        if isinstance(each.content, Items):
            found.extend(evaluator.attribute(item, name) for _, item in entries(each))
            if each.content.rest is not None:
                found.append(known(each.content.rest))
        else:
            found.append(evaluator.attribute((each,), name))
    return united(found)


def as_body(expression: ObjectNode) -> Body:
    """An object's literal keys as attributes, which is how the JSON syntax and nested attributes write blocks."""
    return Body({name: Attribute(name, value.place, Ready(value)) for name, value in fields(expression).items()})


def blocks(evaluator: Evaluator, body: Body, name: str, scope: Scope) -> Iterator[tuple[Body, Scope]]:
    """The blocks of a type below a body, dynamic ones once per element of their collection."""
    for block in body.blocks:
        if block.type == name:
            yield block.body, scope
        elif block.type == "dynamic" and block.labels[:1] == (name,):
            for bound in _repeated(evaluator, block, name, scope):
                for content in block.body.of_type("content"):
                    yield content.body, bound


def _repeated(evaluator: Evaluator, block: Block, name: str, scope: Scope) -> Iterator[Scope]:
    collection = block.body.attributes.get("for_each")
    iterator = block.body.attributes.get("iterator")
    bound = iterator.expression.name if iterator is not None and isinstance(iterator.expression, Variable) else name
    if collection is None:
        yield scope
        return
    reason: Hole | None = None
    found = False
    for possibility in evaluator.evaluate(collection.expression, scope):
        rest = rest_of(possibility.content)
        reason = rest if rest is not None else reason
        for number, (key, value) in enumerate(list(entries(possibility))[:MOST_REPEATED]):
            if not evaluator.spend():
                return
            found = True
            element = Record({"key": known(key if key is not None else number), "value": value})
            yield scope.with_names({bound: known(element)})
    if not found or reason is not None:
        # A block that is left out by default is still a place where somebody chose.
        hole = Hole(reason.reason if reason is not None else "the block is left out by default", f"${{{bound}.value}}")
        element = Record({"key": known(hole), "value": known(hole)})
        yield scope.with_names({bound: known(element)}, alive=reason is not None)


def value(evaluator: Evaluator, body: Body, name: str, scope: Scope) -> tuple[Place, Possible] | None:
    """What a body holds under a name, attribute or blocks, as other expressions see it; None where it holds nothing."""
    attribute = body.attributes.get(name)
    if attribute is not None:
        return attribute.expression.place, evaluator.evaluate(attribute.expression, scope)
    found = list(blocks(evaluator, body, name, scope))
    if not found:
        return None
    place = next(block.place for block in body.blocks if block.type == name or block.labels[:1] == (name,))
    return place, known(Items(tuple(known(_record(evaluator, inner, bound)) for inner, bound in found)))


def _record(evaluator: Evaluator, body: Body, scope: Scope) -> Record:
    pairs = {name: evaluator.evaluate(attribute.expression, scope) for name, attribute in body.attributes.items()}
    for name in dict.fromkeys(block.type for block in body.blocks if block.type != "dynamic"):
        inner = value(evaluator, body, name, scope)
        if inner is not None:
            pairs[name] = inner[1]
    return Record(pairs)
