"""The argument of a call that carries a model: by keyword, position or `**`, and down a path of dicts, lists and objects."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from routelint.deferred import dataclass
from routelint.parse.python import holding
from routelint.parse.python.values import NOTHING, Instance, Made, Site, is_gap, join
from routelint.possible import Hole, Items, Possibility, Possible, Record, unknown
from routelint.surfaces import Surface

if TYPE_CHECKING:
    from routelint.parse.python.evaluate import Evaluator


@dataclass(frozen=True, slots=True, eq=False)
class Carried:
    """What a carrier holds: the expression it is read from, its value, and whether the value ended before the carrier.

    Where it did, nothing says that the carrier is there at all.
    """

    node: ast.expr
    site: Site
    value: Possible
    early: bool = False


def steps(carrier: str) -> tuple[str, ...]:
    """`a.b[].c` as `a`, `b`, `[]`, `c`."""
    return tuple(re.findall(r"\[\]|[^.\[\]]+", carrier))


def carried(evaluator: Evaluator, surface: Surface, call: ast.Call, site: Site, shift: int = 0) -> list[Carried]:
    """Every place of a call that fills the carrier of a surface; none where it is left out.

    `shift` positional arguments stand before the callee's own.
    """
    first, *rest = steps(surface.carrier)
    for keyword in call.keywords:
        if keyword.arg == first:
            return list(_follow(evaluator, keyword.value, site, rest))
    position = surface.position + shift if surface.position is not None else None
    if position is not None and position < len(call.args):
        before = call.args[: position + 1]
        if not any(isinstance(each, ast.Starred) for each in before):
            return list(_follow(evaluator, call.args[position], site, rest))
        star = next(each for each in before if isinstance(each, ast.Starred))
        return [Carried(star.value, site, unknown("the arguments are unpacked from a list that cannot be told"), True)]
    return [
        found for keyword in call.keywords if keyword.arg is None for found in _spread(evaluator, keyword, site, first, rest)
    ]


def _spread(evaluator: Evaluator, keyword: ast.keyword, site: Site, first: str, rest: Sequence[str]) -> Iterator[Carried]:
    inner, early = _held(evaluator, keyword.value, site, (first, *rest))
    if inner:
        yield Carried(keyword.value, site, inner, early)


def _follow(evaluator: Evaluator, node: ast.expr, site: Site, rest: Sequence[str]) -> Iterator[Carried]:
    """Down the literal dicts, lists and constructor calls as far as they are written out, then down their values."""
    work: list[tuple[ast.expr, Sequence[str]]] = [(node, rest)]
    while work:
        current, path = work.pop()
        if not path:
            yield Carried(current, site, evaluator.ask(current, site))
            continue
        written = _written(current, path[0])
        if written is not None:
            work.extend((inner, path[1:]) for inner in reversed(written))
            continue
        value, early = _held(evaluator, current, site, path)
        if value:
            yield Carried(current, site, value, early)


def _written(node: ast.expr, name: str) -> list[ast.expr] | None:
    """The expressions a literal has under a key or as items; None where it is no literal that is written out."""
    match node:
        case ast.List(elts=parts) | ast.Tuple(elts=parts) if name == "[]":
            return None if any(isinstance(part, ast.Starred) for part in parts) else list(parts)
        case ast.Dict(keys=keys, values=values) if name != "[]":
            if not all(isinstance(key, ast.Constant) for key in keys):
                return None
            found = [value for key, value in zip(keys, values, strict=True) if _same(getattr(key, "value", None), name)]
            return found[-1:]
        case ast.Call(keywords=keywords, args=[]) if name != "[]" and keywords:
            found = [keyword.value for keyword in keywords if _same(keyword.arg, name)]
            return found if found else None
    return None


def _same(key: object, name: str) -> bool:
    """Whether a key is the name in the spelling of another language: `model_id` and `modelId`."""
    if not isinstance(key, str):
        return False
    return key == name or key == _camel(name) or _camel(key) == name


def _camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(part.capitalize() for part in tail)


def _held(evaluator: Evaluator, node: ast.expr, site: Site, path: Sequence[str]) -> tuple[Possible, bool]:
    """What an expression holds down a path. What stands there but has no value yet is asked for again as any value is."""
    value = evaluator.ask(node, site)
    inner, early = _inside(evaluator, value, path)
    if not inner and _is_unfilled(value, path):
        inner = evaluator.answer(lambda: _inside(evaluator, evaluator.expression(node, site), path)[0])
    return inner, early


def _is_unfilled(value: Possible, path: Sequence[str]) -> bool:
    """Whether the end of a path is there, and nothing is all that it may be: what fills it never runs by default."""
    name, rest = path[0], path[1:]
    for each in value:
        found: Sequence[Possible] = ()
        match each.content:
            case Record(entries) if name != "[]":
                found = [entry for key, entry in entries.items() if _same(key, name)]
            case Items(found) if name == "[]":
                pass
        if any(_is_unfilled(inner, rest) if inner and rest else not inner for inner in found):
            return True
    return False


def _inside(evaluator: Evaluator, value: Possible, path: Sequence[str]) -> tuple[Possible, bool]:
    """What values hold down a path, and whether all that is left is a gap from before its end."""
    early = True
    results: list[Possible] = []
    for each in value:
        inner, gap = evaluator_step(evaluator, each, path)
        results.append(inner)
        if inner and not gap:
            early = False
    return join(results), early


def evaluator_step(evaluator: Evaluator, each: Possibility, path: Sequence[str]) -> tuple[Possible, bool]:
    """One possibility followed down a path."""
    if not path:
        return (each,), False
    name, rest = path[0], path[1:]
    match each.content:
        case Record(entries, gap) if name != "[]":
            key = next((key for key in entries if _same(key, name)), None)
            if key is not None:
                return _inside_found(evaluator, holding.carried(each, entries[key]), rest)
            return ((Possibility(gap, each.trail),), True) if gap is not None else (NOTHING, False)
        case Items(items, gap) if name == "[]":
            found = join([holding.carried(each, item) for item in items])
            if gap is not None:
                found = join([found, (Possibility(gap, each.trail),)])
            return _inside_found(evaluator, found, rest)
        case Made(call=ast.Call() as call, site=Site() as site) if name != "[]":
            node = next((keyword.value for keyword in call.keywords if _same(keyword.arg, name)), None)
            if node is None:
                return NOTHING, False
            inner = evaluator.answer_inside(lambda: evaluator.expression(node, site))
            return _inside_found(evaluator, holding.carried(each, inner), rest)
        case Instance() as instance if name != "[]":
            return _inside_found(evaluator, evaluator.objects.instance_attribute(instance, name), rest)
        case Hole() as hole if is_gap(hole):
            return (each,), True
    return NOTHING, False


def _inside_found(evaluator: Evaluator, value: Possible, path: Sequence[str]) -> tuple[Possible, bool]:
    return _inside(evaluator, value, path) if path else (value, False)
