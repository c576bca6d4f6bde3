"""Lists, dicts and comprehensions as they are written out, and the keyword arguments of a call as a dict."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from routelint.deferred import dataclass
from routelint.model import Hop
from routelint.parse.python import changes, holding
from routelint.parse.python.scopes import dotted, shown
from routelint.parse.python.values import Site, join, step
from routelint.possible import Hole, Items, Possible, Record, known, unknown

if TYPE_CHECKING:
    from routelint.parse.python.evaluate import Evaluator

# Turns of a comprehension that are followed one by one; a longer one is a loop over any of them.
MOST_TURNS = 64


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
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return step(evaluator.expression(node, site), Hop(site.scope.module.location(node), note))
    return evaluator.entry_within(lambda: evaluator.expression(node, site))


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
    told = _turns(evaluator, generators, site)
    if told is None:
        inside = turn(evaluator, generators, site)
        return known(Items((evaluator.expression(element, inside),), Hole(f"a loop over '{shown(generators[0].iter)}'")))
    values = tuple(evaluator.expression(element, inside) for inside in told.sites)
    # Where any turn may be left out, so may the place of any other.
    return known(Items(values if told.certain else (join(values),) * len(values), told.rest))


def dict_comprehension(evaluator: Evaluator, node: ast.DictComp, key: ast.expr, value: ast.expr, site: Site) -> Possible:
    """A dict built by a comprehension: entry by entry where what it loops over is known."""
    told = _turns(evaluator, node.generators, site)
    if told is None:
        told = _Told([turn(evaluator, node.generators, site)], Hole("a dict built in a loop"))
    result = known(Record({}, told.rest))
    for inside in told.sites:
        result = changes.put(result, evaluator.expression(key, inside), evaluator.expression(value, inside), shown(key))
    return result


@dataclass(frozen=True)
class _Told:
    """The place inside a comprehension turn by turn, why there may be more, and whether none of them may be left out."""

    sites: list[Site]
    rest: Hole | None
    certain: bool = True


def _turns(evaluator: Evaluator, generators: list[ast.comprehension], site: Site) -> _Told | None:
    """The turns of a comprehension; None where they cannot be told."""
    sites = [site]
    rest: Hole | None = None
    certain = True
    for generator in generators:
        text = shown(generator.iter)
        inner: list[Site] = []
        for outer in sites:
            turns = holding.turns(evaluator.enums.opened(evaluator.expression(generator.iter, outer)))
            if turns is None or len(inner) + len(turns.items) > MOST_TURNS:
                return None
            rest = rest or turns.rest
            for each in turns.items:
                bound = {
                    dotted(target) or "": holding.down(each, path, text) for path, target in holding.unpacking(generator.target)
                }
                inside = outer.binding(bound)
                verdicts = [evaluator.verdict(test, inside) for test in generator.ifs]
                if False in verdicts:
                    continue
                for test, verdict in zip(generator.ifs, verdicts, strict=True):
                    if verdict is None:
                        certain = False
                        inside = evaluator.assuming(test, True, inside)
                inner.append(inside)
        sites = inner
    return _Told(sites, rest, certain)


def turn(evaluator: Evaluator, generators: list[ast.comprehension], site: Site) -> Site:
    """The place inside a comprehension: each variable is what any turn may give it."""
    for generator in generators:
        values = evaluator.answer_inside(lambda generator=generator, site=site: _any_turn(evaluator, generator, site))  # type: ignore[misc]
        bound = {}
        for path, target in holding.unpacking(generator.target):
            bound[dotted(target) or ""] = holding.down(values, path, shown(generator.iter))
        site = site.binding(bound)
    return site


def _any_turn(evaluator: Evaluator, generator: ast.comprehension, site: Site) -> Possible:
    """What any turn may give the target of one `for`, as far as its conditions let it through."""
    values = holding.each(evaluator, generator.iter, site)
    if not generator.ifs:
        return values
    kept = []
    for each in values:
        bound = {
            dotted(target) or "": holding.down((each,), path, shown(generator.iter))
            for path, target in holding.unpacking(generator.target)
        }
        inside = site.binding(bound)
        if all(evaluator.verdict(test, inside) is not False for test in generator.ifs):
            kept.append(each)
    return tuple(kept) or values
