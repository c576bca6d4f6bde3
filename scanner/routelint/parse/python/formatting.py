"""Texts built from parts: f-strings, `%`, `.format`, `+`, slices, the methods of `str`; what is not known stays a hole."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from routelint.deferred import lazy_regex
from routelint.parse.python import changes, holding, paths
from routelint.parse.python.scopes import shown
from routelint.parse.python.values import FilePath, Member, Site, is_gap, is_special, join
from routelint.possible import (
    Content,
    Hole,
    Items,
    Possibility,
    Possible,
    Record,
    Template,
    combine,
    concatenate,
    known,
    text_of,
    unknown,
)

if TYPE_CHECKING:
    from routelint.parse.python.evaluate import Evaluator

MOST_PARTS = 200
MOST_TEXT = 100_000


def joined(evaluator: Evaluator, node: ast.expr, site: Site) -> Possible:
    """An f-string."""
    parts = node.values if isinstance(node, ast.JoinedStr) else [node]
    if len(parts) > MOST_PARTS:
        return unknown("an f-string of too many parts")
    return combine([_part(evaluator, part, site) for part in parts], concatenate)


def _part(evaluator: Evaluator, node: ast.expr, site: Site) -> Possible:
    if isinstance(node, ast.Constant):
        return known(text_of(node.value) if isinstance(node.value, str) else str(node.value))
    inner = node.value if isinstance(node, ast.FormattedValue) else node
    return tuple(labelled(each, inner) for each in evaluator.expression(inner, site))


def labelled(each: Possibility, node: ast.expr) -> Possibility:
    """A value as a part of a text: a hole is shown by the expression that has it."""
    match each.content:
        case None:
            # The text would read `None`: no program means that, so the way here is one that is not taken.
            return replace(each, content=Hole("the value put into the text is None", "${" + shown(node)[:40] + "}"))
        case bool() as flag:
            return replace(each, content=str(flag))
        case Member() as member:
            return replace(each, content=member_text(member))
        case FilePath(text=text):
            return replace(each, content=text)
        case Hole(reason, label) if label == "${...}":
            return replace(each, content=Hole(reason, "${" + shown(node)[:40] + "}"))
    return each


def member_text(member: Member) -> str | Hole:
    """The text of an enum member itself."""
    if member.textual:
        return str.__str__(member)
    return Hole(f"the text of {member.scope.name}.{member.name} is not its value on every version of Python: '.value' is meant")


def binary(evaluator: Evaluator, node: ast.BinOp, site: Site) -> Possible:
    """`left op right`; a long chain of additions is taken apart without recursion."""
    chain: list[tuple[ast.operator, ast.expr]] = []
    left: ast.expr = node
    while isinstance(left, ast.BinOp) and type(left.op) is type(node.op):
        chain.append((left.op, left.right))
        left = left.left
    if len(chain) > MOST_PARTS:
        return unknown("an expression of too many parts")
    value = evaluator.expression(left, site)
    for operator, right in reversed(chain):
        if isinstance(operator, ast.Mod):
            value = _percent(evaluator, value, right, site)
            continue
        other = evaluator.expression(right, site)
        if isinstance(operator, ast.Div):
            value = paths.joined(value, other)
            continue
        if isinstance(operator, ast.Add):
            value = tuple(labelled(each, left) if is_gap(each.content) else each for each in value)
            other = tuple(labelled(each, right) if is_gap(each.content) else each for each in other)
        value = changes.binary(operator, value, other)
    return value


_PERCENT = lazy_regex(r"%(?:\((?P<key>[^)]*)\))?[#0\- +]*\d*(?:\.\d+)?(?P<kind>[sdrifx%])")


def _percent(evaluator: Evaluator, template: Possible, right: ast.expr, site: Site) -> Possible:
    arguments: list[Possible]
    nodes: list[ast.expr]
    nodes = list(right.elts) if isinstance(right, ast.Tuple) else [right]
    arguments = [tuple(labelled(one, node) for one in evaluator.expression(node, site)) for node in nodes]

    def apply(operands: tuple[Content, ...]) -> Content:
        text, *given = operands
        if not isinstance(text, str):
            return text if isinstance(text, Hole) else Hole("'%' on something that is not a text")
        parts: list[Content] = []
        position = used = 0
        for found in _PERCENT.finditer(text):
            parts.append(text[position : found.start()])
            position = found.end()
            if found["kind"] == "%":
                parts.append("%")
            elif found["key"] is not None:
                record = given[0] if given else None
                entry = record.entries.get(found["key"]) if isinstance(record, Record) else None
                parts.append(entry[0].content if entry and len(entry) == 1 else Hole(f"'{found['key']}' cannot be told"))
            else:
                parts.append(given[used] if used < len(given) else Hole("too few values for a format"))
                used += 1
        parts.append(text[position:])
        return concatenate(parts)

    return combine([template, *arguments], apply)


def formatted(evaluator: Evaluator, template: Possible, call: ast.Call, site: Site) -> Possible:
    """`template.format(...)`."""
    if any(isinstance(argument, ast.Starred) for argument in call.args):
        return unknown("a format is given arguments that cannot be counted")
    positional = [tuple(labelled(one, node) for one in evaluator.expression(node, site)) for node in call.args]
    named = {
        keyword.arg: tuple(labelled(one, keyword.value) for one in evaluator.expression(keyword.value, site))
        for keyword in call.keywords
        if keyword.arg is not None
    }
    if len(named) < len(call.keywords):
        spread = changes.keywords(evaluator, call, site)
        content = spread[0].content if len(spread) == 1 else None
        if isinstance(content, Record):
            named = {**content.entries, **named}

    def apply(operands: tuple[Content, ...]) -> Content:
        text, *given = operands
        if not isinstance(text, str) or len(text) > MOST_TEXT:
            return text if isinstance(text, Hole) else Hole("a format that is not a text")
        by_position, by_name = given[: len(positional)], dict(zip(named, given[len(positional) :], strict=True))
        parts: list[Content] = []
        automatic = 0
        try:
            pieces = list(string.Formatter().parse(text))
        except ValueError:
            return Hole("a format that is malformed")
        for literal, field, _, _ in pieces:
            parts.append(literal)
            if field is None:
                continue
            name = re.split(r"[.\[]", field)[0]
            way = _FIELD_STEP.findall(field[len(name) :])
            if name == "":
                name, automatic = str(automatic), automatic + 1
            missing = Hole(f"the format is not given '{name}'", "${" + name + "}")
            by_number = name.isdigit() and int(name) < len(by_position)
            value = by_position[int(name)] if by_number else by_name.get(name, missing)
            parts.append(_field(value, way, field) if way else value)
        return concatenate(parts)

    return combine([template, *positional, *named.values()], apply)


_FIELD_STEP = lazy_regex(r"\.(\w+)|\[([^\]]+)\]")


def _field(value: Content, way: Sequence[tuple[str, str]], field: str) -> Content:
    """What a field of a format takes of its argument: `{0[key]}`; attributes of objects are not followed."""
    found: Possible = (Possibility(value),)
    for attribute, key in way:
        if attribute:
            return Hole(f"'{field}' of a format is not followed", "${" + field + "}")
        found = holding.item(found, int(key) if key.isdigit() else key, field)
    if len(found) != 1:
        return Hole(f"'{field}' of a format has several values", "${" + field + "}")
    content = found[0].content
    return member_text(content) if isinstance(content, Member) else content


def sliced(evaluator: Evaluator, value: Possible, index: ast.Slice, site: Site) -> Possible:
    """`value[a:b]` of a text or list that is known."""
    bounds: list[int | None] = []
    for node in (index.lower, index.upper, index.step):
        if node is None:
            bounds.append(None)
            continue
        found = evaluator.expression(node, site)
        content = found[0].content if len(found) == 1 else None
        if not isinstance(content, int):
            return unknown("a part of a value whose bounds cannot be told")
        bounds.append(content)
    if bounds[2] == 0:
        return unknown("a slice with a step of zero")
    cut = slice(*bounds)
    changed = []
    for each in value:
        match each.content:
            case str(text):
                changed.append(replace(each, content=text[cut]))
            case Items(items, None):
                changed.append(replace(each, content=Items(items[cut])))
            case Hole():
                changed.append(each)
            case _:
                changed.append(replace(each, content=Hole("a part of a value that cannot be told")))
    return tuple(changed)


def method(evaluator: Evaluator, each: Possibility, name: str, call: ast.Call, site: Site) -> Possible | None:
    """A method call on a text; None where the method is not one that texts have or is not followed."""
    text = each.content
    if name == "format":
        return formatted(evaluator, (each,), call, site)
    arguments = [evaluator.expression(argument, site) for argument in call.args]
    if name == "join" and len(arguments) == 1:
        return _join(each, arguments[0])
    if isinstance(text, Template):
        return _template_method(each, text, name, arguments)
    assert isinstance(text, str)

    def apply(operands: tuple[Content, ...]) -> Content:
        return _method(text, name, operands)

    if name not in _METHODS:
        return None
    return combine([(replace(each, content=text),), *arguments], lambda operands: apply(operands[1:]))


def _join(separator: Possibility, items: Possible) -> Possible:
    results: list[Possible] = []
    for each in items:
        if not isinstance(each.content, Items) or each.content.rest is not None or len(each.content.items) > MOST_PARTS:
            results.append(unknown("a text joined from parts that cannot be told"))
            continue
        parts: list[Possible] = []
        for index, item in enumerate(each.content.items):
            if index:
                parts.append((separator,))
            parts.append(
                tuple(replace(one, content=Hole("None is joined into a text")) if one.content is None else one for one in item)
            )
        results.append(combine(parts, concatenate) if parts else known(""))
    return join(results)


_METHODS = frozenset(
    [
        "lower", "upper", "strip", "lstrip", "rstrip", "replace", "split", "rsplit", "startswith", "endswith", "removeprefix",
        "removesuffix", "title", "capitalize", "partition", "rpartition", "encode", "decode", "casefold", "find", "count",
        "splitlines", "isdigit",
    ]
)  # fmt: skip


def _method(text: str, name: str, operands: Sequence[Content]) -> Content:
    plain: list[str | int | tuple[str, ...] | None] = []
    for operand in operands:
        match operand:
            case Items(items, None) if all(len(one) == 1 and isinstance(one[0].content, str) for one in items):
                plain.append(tuple(str(one[0].content) for one in items))
            case str() | int() | None:
                plain.append(operand)
            case Hole():
                return Hole(f"'.{name}' with a value that cannot be told")
            case _:
                return Hole(f"'.{name}' with a value of another kind")
    if name in ("encode", "decode"):
        return text
    if len(text) > MOST_TEXT:
        return Hole("a text too long to follow")
    try:
        result = getattr(text, name)(*plain)
    except (TypeError, ValueError):
        return Hole(f"'.{name}' with arguments that do not fit")
    if isinstance(result, list | tuple):
        return Items(tuple(known(str(part)) for part in result[:MOST_PARTS]))
    if isinstance(result, str) and len(result) > MOST_TEXT:
        return Hole("a text too long to follow")
    return result if isinstance(result, str | bool | int) else Hole(f"'.{name}' is not followed")


def _template_method(each: Possibility, text: Template, name: str, arguments: list[Possible]) -> Possible | None:
    """What can be told of a text known in part."""
    first, last = text.parts[0], text.parts[-1]
    wanted = arguments[0][0].content if arguments and len(arguments[0]) == 1 else None
    match name:
        case "strip" | "lower" | "rstrip" | "lstrip" | "encode" | "decode" | "casefold":
            return (each,)
        case "startswith" if isinstance(first, str) and isinstance(wanted, str) and len(first) >= len(wanted):
            return known(first.startswith(wanted))
        case "endswith" if isinstance(last, str) and isinstance(wanted, str) and len(last) >= len(wanted):
            return known(last.endswith(wanted))
        case "split" | "rsplit" | "partition" | "rpartition" | "replace" | "removeprefix" | "removesuffix" | "upper":
            return unknown(text.reason)
        case "startswith" | "endswith":
            return unknown(text.reason)
    return None


def as_text(value: Possible) -> Possible:
    """`str(value)`."""
    changed = []
    for each in value:
        match each.content:
            case FilePath(text=text):
                changed.append(replace(each, content=text))
            case Member() as member:
                changed.append(replace(each, content=member_text(member)))
            case None:
                changed.append(replace(each, content="None"))
            case bool() | int() | float() as scalar:
                changed.append(replace(each, content=str(scalar)))
            case content if is_special(content) or isinstance(content, Items | Record):
                changed.append(replace(each, content=Hole("the text of an object")))
            case _:
                changed.append(each)
    return tuple(changed)
