"""Lists, dicts and comprehensions as they are written out, and the keyword arguments of a call as a dict."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from routelint.model import Hop
from routelint.parse.python import changes
from routelint.parse.python.scopes import dotted, shown
from routelint.parse.python.values import Site, step
from routelint.possible import Hole, Items, Possible, Record, known, unknown

if TYPE_CHECKING:
    from routelint.parse.python.evaluate import Evaluator


def items(evaluator: Evaluator, parts: list[ast.expr], site: Site) -> Possible:
    """A list, tuple or set that is written out."""
    items: list[Possible] = []
    rest: Hole | None = None
    for part in parts:
        if not isinstance(part, ast.Starred):
            items.append(_entry_at(evaluator, part, f"item {len(items)}", site))
            continue
        spread = evaluator.expression(part.value, site)
        content = spread[0].content if len(spread) == 1 else None
        if isinstance(content, Items):
            items.extend(content.items)
            rest = rest or content.rest
        else:
            rest = Hole(f"'{shown(part)}' adds items that cannot be told")
    return known(Items(tuple(items), rest))


def _entry_at(evaluator: Evaluator, node: ast.expr, note: str, site: Site) -> Possible:
    """A part of a literal collection; a text says which line of a long table it stands on."""
    value = evaluator.expression(node, site)
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return step(value, Hop(site.scope.module.location(node), note))
    return value


def record(evaluator: Evaluator, node: ast.Dict, site: Site) -> Possible:
    """A dict that is written out, later entries on top."""
    empty = result = known(Record({}))
    plain: dict[str, Possible] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        if isinstance(key, ast.Constant) and isinstance(key.value, str):
            plain[key.value] = _entry_at(evaluator, value, f"entry '{key.value}'", site)
            continue
        if plain:
            whole = known(Record(plain))
            result, plain = (whole if result is empty else changes.merged(result, whole)), {}
        if key is None:
            result = changes.merged(result, evaluator.expression(value, site))
        else:
            keys = evaluator.expression(key, site)
            result = changes.put(result, keys or unknown("a key"), evaluator.expression(value, site), shown(key))
    if not plain:
        return result
    return known(Record(plain)) if result is empty else changes.merged(result, known(Record(plain)))


def comprehension(evaluator: Evaluator, generators: list[ast.comprehension], element: ast.expr, site: Site) -> Possible:
    """A list built by a comprehension: item by item where what it loops over is known."""
    if len(generators) != 1:
        inside = turn(evaluator, generators, site)
        return known(Items((evaluator.expression(element, inside),), Hole("a comprehension over several lists")))
    generator = generators[0]
    source = evaluator.expression(generator.iter, site)
    content = source[0].content if len(source) == 1 else None
    if not isinstance(content, Items) or len(content.items) > 64 or not isinstance(generator.target, ast.Name):
        inside = turn(evaluator, generators, site)
        return known(Items((evaluator.expression(element, inside),), Hole(f"a loop over '{shown(generator.iter)}'")))
    items: list[Possible] = []
    rest = content.rest
    for item in content.items:
        inside = site.binding({generator.target.id: changes.carried(source[0], item)})
        verdicts = [evaluator.verdict(test, inside) for test in generator.ifs]
        if False in verdicts:
            continue
        items.append(evaluator.expression(element, inside))
    return known(Items(tuple(items), rest))


def dict_comprehension(evaluator: Evaluator, node: ast.DictComp, key: ast.expr, value: ast.expr, site: Site) -> Possible:
    """A dict built by a comprehension: entry by entry where what it loops over is known."""
    generator = node.generators[0]
    result: Possible = known(Record({}))
    if len(node.generators) == 1 and not generator.ifs:
        source = evaluator.expression(generator.iter, site)
        content = source[0].content if len(source) == 1 else None
        if isinstance(content, Items) and isinstance(generator.target, ast.Name) and len(content.items) <= 64:
            for item in content.items:
                inside = site.binding({generator.target.id: item})
                result = changes.put(result, evaluator.expression(key, inside), evaluator.expression(value, inside), shown(key))
            return result
    inside = turn(evaluator, node.generators, site)
    return changes.put(
        known(Record({}, Hole("a dict built in a loop"))),
        evaluator.expression(key, inside),
        evaluator.expression(value, inside),
        shown(key),
    )


def turn(evaluator: Evaluator, generators: list[ast.comprehension], site: Site) -> Site:
    """The place inside a comprehension: each variable is what any turn may give it."""
    for generator in generators:
        values = evaluator.answer_inside(lambda generator=generator, site=site: changes.each(evaluator, generator.iter, site))  # type: ignore[misc]
        bound = {}
        for path, target in changes.unpacking(generator.target):
            value = values
            for index in path:
                value = changes.item(value, index, shown(generator.iter))
            bound[dotted(target) or ""] = value
        site = site.binding(bound)
    return site
