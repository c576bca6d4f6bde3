"""Builtins and functions of the standard library, as far as values pass through them."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from routelint.parse.python import changes, formatting, holding
from routelint.parse.python.documents import Followed, loaded_file
from routelint.parse.python.scopes import argument_node, shown
from routelint.parse.python.values import NOTHING, Function, Made, Partial, Site, join, sole_text
from routelint.possible import Hole, Items, Possible, Record, known, unknown

if TYPE_CHECKING:
    from routelint.parse.python.evaluate import Evaluator


# Numbers of a `range` that are told one by one.
MOST_COUNTED = 64


def _as_text(evaluator: Evaluator, node: ast.Call, site: Site) -> Possible:
    return formatting.as_text(evaluator.expression(node.args[0], site)) if node.args else known("")


def _same(evaluator: Evaluator, node: ast.Call, site: Site) -> Possible:
    return evaluator.expression(node.args[0], site) if node.args else unknown(f"'{shown(node)}' is not followed")


def _second(evaluator: Evaluator, node: ast.Call, site: Site) -> Possible:
    return evaluator.expression(node.args[1], site) if len(node.args) > 1 else unknown(f"'{shown(node)}' is not followed")


def _dict(evaluator: Evaluator, node: ast.Call, site: Site) -> Possible:
    result: Possible = known(Record({}))
    if node.args:
        result = changes.merged(result, evaluator.expression(node.args[0], site))
    return changes.merged(result, changes.keywords(evaluator, node, site)) if node.keywords else result


def _sequence(evaluator: Evaluator, node: ast.Call, site: Site) -> Possible:
    if not node.args:
        return known(Items(()))
    results: list[Possible] = []
    for each in evaluator.enums.opened(evaluator.expression(node.args[0], site)):
        match each.content:
            case Items():
                results.append((each,))
            case Record(entries, rest):
                results.append((replace(each, content=Items(tuple(known(key) for key in entries), rest)),))
            case _:
                results.append((replace(each, content=Items((), Hole(f"the items of '{shown(node)}' cannot be told"))),))
    return join(results)


def _sorted(evaluator: Evaluator, node: ast.Call, site: Site) -> Possible | None:
    turns = holding.turns(evaluator.enums.opened(evaluator.expression(node.args[0], site))) if node.args else None
    if turns is None:
        return None
    texts = [each[0].content for each in turns.items if len(each) == 1]
    if (
        turns.rest is None
        and not node.keywords
        and len(texts) == len(turns.items)
        and all(isinstance(each, str) for each in texts)
    ):
        return known(Items(tuple(sorted(turns.items, key=lambda each: str(each[0].content)))))
    anyone = join(turns.items)
    return known(Items((anyone,) * len(turns.items), turns.rest))


def _zip(evaluator: Evaluator, node: ast.Call, site: Site) -> Possible | None:
    """`zip(a, b)` of what is known item by item."""
    if any(isinstance(each, ast.Starred) for each in node.args):
        return None
    columns = [holding.turns(evaluator.enums.opened(evaluator.expression(each, site))) for each in node.args]
    told = [each for each in columns if each is not None]
    if not told or len(told) < len(columns):
        return None
    rest = next((each.rest for each in told if each.rest is not None), None)
    rows = zip(*(each.items for each in told), strict=False)
    return known(Items(tuple(known(Items(tuple(row))) for row in rows), rest))


def _enumerate(evaluator: Evaluator, node: ast.Call, site: Site) -> Possible | None:
    turns = holding.turns(evaluator.enums.opened(evaluator.expression(node.args[0], site))) if node.args else None
    first = argument_node(node, 1, "start")
    start = evaluator.expression(first, site) if first is not None else known(0)
    number = start[0].content if len(start) == 1 else None
    if turns is None or not isinstance(number, int):
        return None
    rows = enumerate(turns.items, number)
    return known(Items(tuple(known(Items((known(index), each))) for index, each in rows), turns.rest))


def _reversed(evaluator: Evaluator, node: ast.Call, site: Site) -> Possible | None:
    turns = holding.turns(evaluator.enums.opened(evaluator.expression(node.args[0], site))) if node.args else None
    return known(Items(turns.items[::-1])) if turns is not None and turns.rest is None else None


def _map(evaluator: Evaluator, node: ast.Call, site: Site) -> Possible | None:
    """`map(function, items)`, item by item, of what is known."""
    if len(node.args) != 2:
        return None
    turns = holding.turns(evaluator.enums.opened(evaluator.expression(node.args[1], site)))
    if turns is None:
        return None
    name = ast.copy_location(ast.Name("<item>", ast.Load()), node.args[1])
    call = ast.copy_location(ast.Call(node.args[0], [name], []), node)
    found = tuple(evaluator.calls.call(call, site.binding({"<item>": each})) for each in turns.items)
    return known(Items(found, turns.rest))


def _range(evaluator: Evaluator, node: ast.Call, site: Site) -> Possible | None:
    bounds = [evaluator.expression(each, site) for each in node.args]
    numbers = [each[0].content for each in bounds if len(each) == 1]
    plain = [each for each in numbers if isinstance(each, int) and not isinstance(each, bool)]
    if not 1 <= len(plain) <= 3 or len(plain) < len(bounds) or (len(plain) == 3 and plain[2] == 0):
        return None
    counted = range(*plain)
    return known(Items(tuple(known(each) for each in counted))) if len(counted) <= MOST_COUNTED else None


def _length(evaluator: Evaluator, node: ast.Call, site: Site) -> Possible | None:
    value = evaluator.expression(node.args[0], site) if node.args else NOTHING
    match value[0].content if len(value) == 1 else None:
        case str(text):
            return known(len(text))
        case Items(items, None):
            return known(len(items))
        case Record(entries, None):
            return known(len(entries))
    return None


def _getattr(evaluator: Evaluator, node: ast.Call, site: Site) -> Possible:
    if len(node.args) < 2:
        return unknown(f"'{shown(node)}' is not followed")
    name = sole_text(evaluator.expression(node.args[1], site))
    value = evaluator.expression(node.args[0], site)
    if name is None:
        return unknown(f"the attribute that '{shown(node)}' reads cannot be told")
    found = evaluator.attribute(value, name, site)
    if len(node.args) > 2 and any(isinstance(each.content, Hole) for each in found):
        return join([found, evaluator.expression(node.args[2], site)])
    return found


def _next(evaluator: Evaluator, node: ast.Call, site: Site) -> Possible:
    """`next(items, default)`: the first item where that is known, else any."""
    source = evaluator.expression(node.args[0], site) if node.args else NOTHING
    match source[0].content if len(source) == 1 else None:
        case Items(items, _) if items:
            return holding.carried(source[0], items[0])
        case Items(rest=None) if len(node.args) > 1:
            return evaluator.expression(node.args[1], site)
    return _any(evaluator, node, site)


def _any(evaluator: Evaluator, node: ast.Call, site: Site) -> Possible:
    """Any item of what is passed, or the default."""
    items = holding.every(evaluator.expression(node.args[0], site), shown(node.args[0])) if node.args else NOTHING
    default = evaluator.expression(node.args[1], site) if len(node.args) > 1 else NOTHING
    return join([items, default])


def _open(evaluator: Evaluator, node: ast.Call, site: Site) -> Possible:
    return known(Made("an open file is not a text", path="builtins.open()", call=node, site=site))


def _partial(evaluator: Evaluator, node: ast.Call, site: Site) -> Possible:
    if not node.args:
        return unknown("a partial of nothing")
    callee = evaluator.expression(node.args[0], site)
    return known(Partial("a function with arguments given is not a text", callee=callee, call=node, site=site))


def _run(evaluator: Evaluator, node: ast.Call, site: Site) -> Possible | None:
    """`asyncio.to_thread(f, x)`: what f returns."""
    if not node.args:
        return None
    results = []
    for each in evaluator.expression(node.args[0], site):
        if not isinstance(each.content, Function):
            return None
        inner = ast.copy_location(ast.Call(node.args[0], node.args[1:], node.keywords), node)
        results.append(evaluator.calls.called(each.content, inner, site))
    return join(results)


def _injected(evaluator: Evaluator, node: ast.Call, site: Site) -> Possible | None:
    """`Depends(f)`: what f returns, or yields, for the handler of a request."""
    dependency = argument_node(node, 0, "dependency")
    if dependency is None:
        return None
    call = ast.copy_location(ast.Call(dependency, [], []), dependency)
    results: list[Possible] = []
    for each in evaluator.expression(dependency, site):
        if not isinstance(each.content, Function) or each.content.scope is None:
            return evaluator.calls.call(call, site)
        found = evaluator.calls.called(each.content, call, site)
        if any(isinstance(inner, ast.Yield) for inner in ast.walk(each.content.scope.node)):
            found = holding.every(found, shown(dependency))
        results.append(found)
    return join(results)


BUILTIN_CALLS: dict[str, Followed] = {
    "str": _as_text,
    "dict": _dict,
    "list": _sequence,
    "tuple": _sequence,
    "set": _sequence,
    "sorted": _sorted,
    "frozenset": _sequence,
    "iter": _same,
    "zip": _zip,
    "enumerate": _enumerate,
    "reversed": _reversed,
    "map": _map,
    "len": _length,
    "range": _range,
    "getattr": _getattr,
    "next": _next,
    "open": _open,
    "max": _any,
    "min": _any,
}

CALLS: dict[str, Followed] = {
    "json.load": loaded_file("json"),
    "json.loads": loaded_file("json"),
    "yaml.safe_load": loaded_file("yaml"),
    "yaml.load": loaded_file("yaml"),
    "yaml.full_load": loaded_file("yaml"),
    "tomllib.load": loaded_file("toml"),
    "tomllib.loads": loaded_file("toml"),
    "tomli.load": loaded_file("toml"),
    "toml.load": loaded_file("toml"),
    "copy.copy": _same,
    "copy.deepcopy": _same,
    "typing.cast": _second,
    "functools.partial": _partial,
    "asyncio.run": _same,
    "asyncio.to_thread": _run,
    "anyio.to_thread.run_sync": _run,
    "asgiref.sync.sync_to_async": _same,
    "random.choice": _any,
    "os.fspath": _as_text,
    "streamlit.cache_resource": _same,
    "fastapi.Depends": _injected,
    "fastapi.Security": _injected,
}
