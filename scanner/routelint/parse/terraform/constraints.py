"""Applies a variable's type constraint: conversions, and the defaults of `optional()` object attributes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from routelint.model import Hop, Resolution
from routelint.parse.terraform.nodes import Call, Expression, ObjectNode, TupleNode, Variable, literal_text
from routelint.parse.terraform.values import set_of, through
from routelint.possible import Content, Items, Possibility, Possible, Record, known, text_of

Default = Callable[[Expression], Possible]
MOST_DEPTH = 24


def convert(possible: Possible, constraint: Expression, default: Default, depth: int = 0) -> Possible:
    """`possible` as the constraint makes it; what does not fit stays as it is, for Terraform would have stopped."""
    if depth > MOST_DEPTH:
        return possible
    match constraint:
        case Variable(_, "string" | "number" | "bool" as name):
            return tuple(replace(each, content=convert_scalar(each.content, name)) for each in possible)
        case Call(_, "object", (ObjectNode() as attributes, *_)):
            return tuple(_object(each, attributes, default, depth) for each in possible)
        case Call(_, "map", (inner, *_)):
            return tuple(_map(each, inner, default, depth) for each in possible)
        case Call(_, "list", (inner, *_)):
            return tuple(_list(each, inner, default, depth) for each in possible)
        case Call(_, "set", (inner, *_)):
            return tuple(_set(_list(each, inner, default, depth)) for each in possible)
        case Call(_, "tuple", (TupleNode(_, inners), *_)):
            return tuple(_tuple(each, inners, default, depth) for each in possible)
        case Call(_, "optional", (inner, *_)):
            return convert(possible, inner, default, depth + 1)
    return possible


def convert_scalar(content: Content, name: str) -> Content:
    """A text, number or truth value as the type called `name`; what cannot be converted stays as it is."""
    if content is None or not isinstance(content, str | bool | int | float):
        return content
    if name == "string":
        return text_of(content)
    if name == "bool":
        return {"true": True, "false": False}.get(content, content) if isinstance(content, str) else content
    if isinstance(content, str):
        try:
            return int(content) if "." not in content else float(content)
        except ValueError:
            return content
    return content


def _object(possibility: Possibility, attributes: ObjectNode, default: Default, depth: int) -> Possibility:
    content = possibility.content
    if not isinstance(content, Record):
        return possibility
    pairs: dict[str, Possible] = {}
    for key, constraint in attributes.items:
        name = literal_text(key)
        if name is None:
            continue
        given = content.entries.get(name)
        fallback = constraint if isinstance(constraint, Call) and constraint.name == "optional" else None
        if (
            fallback is not None
            and len(fallback.arguments) > 1
            and (given is None or all(each.content is None for each in given))
        ):
            # With a default, null is as good as nothing.
            place = fallback.arguments[1].place
            given = through(
                default(fallback.arguments[1]),
                Hop(place.location(), f"default of attribute {name}"),
                Resolution.VARIABLE_DEFAULT,
            )
        if given is None:
            if fallback is None and content.rest is not None:
                given = known(content.rest)
            elif fallback is None:
                continue
            else:
                given = known(content.rest if content.rest is not None else None)
        pairs[name] = convert(given, constraint, default, depth + 1)
    return replace(possibility, content=Record(pairs))


def _map(possibility: Possibility, inner: Expression, default: Default, depth: int) -> Possibility:
    content = possibility.content
    if not isinstance(content, Record):
        return possibility
    pairs = {name: convert(value, inner, default, depth + 1) for name, value in content.entries.items()}
    return replace(possibility, content=Record(pairs, content.rest))


def _list(possibility: Possibility, inner: Expression, default: Default, depth: int) -> Possibility:
    content = possibility.content
    if not isinstance(content, Items):
        return possibility
    return replace(
        possibility, content=Items(tuple(convert(i, inner, default, depth + 1) for i in content.items), content.rest)
    )


def _set(possibility: Possibility) -> Possibility:
    content = possibility.content
    if not isinstance(content, Items):
        return possibility
    return replace(possibility, content=Items(set_of(content.items), content.rest))


def _tuple(possibility: Possibility, inners: tuple[Expression, ...], default: Default, depth: int) -> Possibility:
    content = possibility.content
    if not isinstance(content, Items) or len(content.items) != len(inners):
        return possibility
    pairs = zip(content.items, inners, strict=True)
    return replace(possibility, content=Items(tuple(convert(item, i, default, depth + 1) for item, i in pairs), content.rest))
