"""What a call does to names beyond its result: globals the callee sets, and objects and collections that it is handed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING

from routelint.parse.python.arguments import given
from routelint.parse.python.scopes import Scope, dotted, last_name
from routelint.parse.python.values import Frame, Function, Site, join
from routelint.possible import Possible

if TYPE_CHECKING:
    from routelint.parse.python.assignments import Entry
    from routelint.parse.python.evaluate import Evaluator
    from routelint.parse.python.modules import Module


def calls(module: Module, statement: ast.stmt, key: str, scope: Scope) -> Iterator[ast.Call]:
    """The calls of a statement that may change what a dotted name holds, by their looks."""
    setters = module.setters.get(key, frozenset()) if "." not in key else frozenset()
    if not setters and not module.changers:
        return
    for call in module.calls_in(statement):
        name = last_name(call.func)
        sets = name in setters and (scope.is_module or key in scope.names)
        if sets or (name in module.changers and any(True for _ in _handed(call, key))):
            yield call


def _handed(call: ast.Call, key: str) -> Iterator[tuple[int | str, str]]:
    """The arguments that are the name or what it belongs to, by position or keyword, and the rest of the name."""
    arguments: list[tuple[int | str, ast.expr]] = list(enumerate(call.args))
    arguments += [(each.arg, each.value) for each in call.keywords if each.arg is not None]
    for place, node in arguments:
        name = dotted(node)
        if name is not None and (name == key or key.startswith(name + ".")):
            yield place, key[len(name) :]


def after(evaluator: Evaluator, key: str, call: ast.Call, entry: Entry, site: Site) -> Possible | None:
    """What a dotted name holds after a call that may change it."""
    results: list[Possible | None] = []
    for each in evaluator.expression(call.func, site):
        function = each.content
        if not isinstance(function, Function) or function.scope is None or isinstance(function.scope.node, ast.Lambda):
            continue
        inside = _inner_key(function, function.scope, key, call)
        if inside is None:
            continue
        frame = evaluator.calls.frame(function, given(call, site))
        results.append(_through(evaluator, inside, function.scope, frame, entry))
    real = [each for each in results if each]
    return join(real) if real else entry()


def _through(evaluator: Evaluator, key: str, scope: Scope, frame: Frame, entry: Entry) -> Possible | None:
    return evaluator.once(("handed", key, scope, frame), lambda: evaluator.flow.through(key, scope, frame, entry))


def _inner_key(function: Function, scope: Scope, key: str, call: ast.Call) -> str | None:
    """What the callee calls the name, where it changes it."""
    if scope.sets_outside(key):
        return key
    skip = 1 if function.instance is not None and scope.owner is not None else 0
    names = list(scope.parameters)
    for place, rest in _handed(call, key):
        name = place if isinstance(place, str) else names[place + skip] if place + skip < len(names) else None
        if name in scope.parameters and name not in scope.rebound and f"{name}{rest}" in scope.stored:
            return f"{name}{rest}"
    return None
