"""Terraform's functions on values that may be known in part; one that is not here gives an unknown with its name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from routelint.parse.terraform.constraints import convert_scalar
from routelint.parse.terraform.functions import collections, documents, encodings, texts
from routelint.parse.terraform.functions.arguments import Function
from routelint.parse.terraform.module import Scope
from routelint.parse.terraform.nodes import Call, Expression
from routelint.parse.terraform.values import Called, Failure, Thing, bind, entries, fails, inside, united
from routelint.possible import Content, Hole, Items, Possibility, Possible, Record, known, unknown

if TYPE_CHECKING:
    from routelint.parse.terraform.evaluate import Evaluator

FUNCTIONS: dict[str, Function] = {**texts.FUNCTIONS, **collections.FUNCTIONS, **documents.FUNCTIONS, **encodings.FUNCTIONS}
MOST_ARGUMENTS = 256

# Wrappers that change how a value is shown or typed, never the value.
TRANSPARENT = frozenset({"sensitive", "nonsensitive", "ephemeralasnull"})
CONVERSIONS = {"tostring": "string", "tonumber": "number", "tobool": "bool"}


def call(evaluator: Evaluator, expression: Call, scope: Scope) -> Possible:
    """What a function call may be."""
    name = expression.name.removeprefix("core::")
    arguments = expression.arguments
    match name:
        case "try":
            return _try(evaluator, arguments, scope)
        case "can":
            return _can(evaluator, arguments, scope)
    values = [evaluator.evaluate(argument, scope) for argument in arguments[:MOST_ARGUMENTS]]
    if expression.spread and values:
        return bind([values[-1]], lambda last: _spread(evaluator, name, values[:-1], last[0], scope))
    return _apply(evaluator, name, values, scope)


def _spread(evaluator: Evaluator, name: str, first: list[Possible], last: Possibility, scope: Scope) -> Possible:
    if isinstance(last.content, Items):
        spread = [value for _, value in entries(last)][:MOST_ARGUMENTS]
        found = _apply(evaluator, name, [*first, *spread], scope)
        if last.content.rest is None:
            return found
        return (
            united([found, known(last.content.rest)]) if name not in ("merge", "concat") else _opened(found, last.content.rest)
        )
    if isinstance(last.content, Hole):
        found = _apply(evaluator, name, first, scope) if name in ("merge", "concat") and first else ()
        return _opened(found, last.content) if found else (last,)
    return _apply(evaluator, name, [*first, (last,)], scope)


def _opened(possible: Possible, rest: Hole) -> Possible:
    """The collections with more items to follow that cannot be told."""
    opened: list[Possibility] = []
    for each in possible:
        match each.content:
            case Items(items):
                opened.extend(inside(each, known(Items(items, rest))))
            case Record(pairs):
                opened.extend(inside(each, known(Record(pairs, rest))))
            case _:
                opened.append(each)
    return tuple(opened)


def _apply(evaluator: Evaluator, name: str, values: Sequence[Possible], scope: Scope) -> Possible:
    if name in TRANSPARENT and values:
        return values[0]
    if name in CONVERSIONS and values:
        return tuple(replace(each, content=_converted(each.content, CONVERSIONS[name])) for each in values[0])
    values = [_settled(evaluator, value) for value in values]
    if name in ("file", "templatefile", "fileexists", "filebase64", "fileset"):
        return documents.from_file(evaluator, name, values, scope)
    if name == "templatestring":
        return documents.from_text(evaluator, values, scope)
    if name == "contains" and len(values) == 2:
        for each in values[1]:
            for listed in values[0]:
                evaluator.note_names(each.content, [one.content for _, item in entries(listed) for one in item])
    if name == "lookup" and len(values) >= 2:
        return _lookup(evaluator, values)
    if name in evaluator.functions:
        return evaluator.functions[name](values, scope)
    function = FUNCTIONS.get(name)
    if function is None:
        return unknown(f"the function {name} is not evaluated", f"${{{name}(...)}}")
    return function(values)


def _converted(content: Content, name: str) -> Content:
    if isinstance(content, Items | Record):
        return Failure(f"a list or map is no {name}")
    converted = convert_scalar(content, name)
    if isinstance(converted, str) and name != "string":
        return Failure(f"'{converted}' is no {name}")
    return converted


def _settled(evaluator: Evaluator, value: Possible) -> Possible:
    """Collections of instances as the lists or maps that functions ask for; everything else as it is."""
    if not any(isinstance(each.content, Thing | Called) for each in value):
        return value
    settled: list[Possible] = []
    for each in value:
        content = each.content
        if isinstance(content, Thing | Called):
            members = evaluator.references.collection(evaluator, content)
            settled.append(inside(each, known(members if members is not None else content)))
        else:
            settled.append((each,))
    return united(settled)


def _try(evaluator: Evaluator, arguments: Sequence[Expression], scope: Scope) -> Possible:
    found: list[Possible] = []
    pending: Possible = known(Failure("no argument of try can be evaluated"))
    for argument in arguments:
        value = evaluator.strictly(argument, scope)
        kept = tuple(each for each in value if not fails(each.content))
        failed = tuple(each for each in value if fails(each.content))
        if kept:
            found.append(kept)
        if not failed:
            return united(found)
        pending = failed
    return united([*found, pending])


def _can(evaluator: Evaluator, arguments: Sequence[Expression], scope: Scope) -> Possible:
    if len(arguments) != 1:
        return unknown("can takes one argument")

    def works(content: Content) -> Content:
        if fails(content):
            return False
        return Hole(content.reason, content.label) if isinstance(content, Hole) and not isinstance(content, Thing) else True

    return united(known(works(each.content)) for each in evaluator.strictly(arguments[0], scope))


def _lookup(evaluator: Evaluator, values: Sequence[Possible]) -> Possible:
    found = evaluator.index(values[0], values[1])
    if len(values) < 3:
        return found
    choices: list[Possible] = []
    for each in found:
        if isinstance(each.content, Failure):
            choices.append(values[2])
        elif isinstance(each.content, Hole) and not isinstance(each.content, Thing | Called):
            # The map may hold the key or not: both are possible.
            choices.append((each,))
            choices.append(values[2])
        else:
            choices.append((each,))
    return united(choices)
