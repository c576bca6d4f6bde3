"""What a decorator of the repository makes of a function: the function itself, or the wrapper that stands for it.

A wrapper that hands its arguments on and its result back as they are stands for nothing new: the function is kept, and with it
the trail that people know. A decorator from outside is taken for one of those.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from routelint.parse.python.arguments import Given
from routelint.parse.python.scopes import Scope, dotted
from routelint.parse.python.values import Function, Partial, Site
from routelint.possible import Possible

if TYPE_CHECKING:
    from routelint.parse.python.evaluate import Evaluator

# What a decorated function is called in the place where its decorator is called.
_DECORATED = "<decorated>"


def decorated(evaluator: Evaluator, scope: Scope, value: Possible, site: Site) -> Possible:
    """A function after its decorators; `site` is the place of its `def`."""
    assert isinstance(scope.node, ast.FunctionDef | ast.AsyncFunctionDef)
    for node in reversed(scope.node.decorator_list):
        for each in evaluator.expression(node, site):
            if isinstance(each.content, Function) and each.content.scope is not None:
                value = _made(evaluator, each.content, scope, node, value, site)
    return value


def _made(evaluator: Evaluator, decorator: Function, scope: Scope, node: ast.expr, value: Possible, site: Site) -> Possible:
    assert decorator.scope is not None
    if _hands_on(decorator.scope):
        return value
    name = ast.copy_location(ast.Name(_DECORATED, ast.Load()), node)
    call = ast.copy_location(ast.Call(node, [name], []), node)
    made = evaluator.calls.invoke(decorator, Given(call, site.binding({_DECORATED: value}), (name,), ()))
    wrappers = tuple(
        replace(each, content=replace(each.content, stands_for=scope)) if isinstance(each.content, Function) else each
        for each in made
        if isinstance(each.content, Function | Partial)
    )
    # A decorator that gives no function back has registered or replaced it in a way that is not followed.
    return wrappers or value


def _hands_on(decorator: Scope) -> bool:
    """Whether the wrapper that a decorator makes hands on what it is given and gives back what it gets."""
    if isinstance(decorator.node, ast.Module | ast.ClassDef | ast.Lambda):
        return False
    function = next(iter(decorator.parameters), None)
    returned = [each.value for each in decorator.block if isinstance(each, ast.Return)]
    name = dotted(returned[-1]) if returned and returned[-1] is not None else None
    wrapper = next(
        (each for each in decorator.block if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) and each.name == name),
        None,
    )
    if function is None or wrapper is None:
        return name is not None and name == function
    inside = decorator.module.scopes[wrapper]
    arguments = wrapper.args
    if arguments.vararg is None or arguments.kwarg is None or arguments.kwonlyargs:
        return False
    stored = {each.partition(".")[0] for each in inside.stored}
    if stored & set(inside.parameters):
        return False
    nodes = [node for statement in wrapper.body for node in ast.walk(statement)]
    calls = [node for node in nodes if isinstance(node, ast.Call) and dotted(node.func) == function]
    if not calls or not all(_passes_all(each, arguments) for each in calls):
        return False
    results = {id(each) for each in calls}
    results |= {id(node) for node in nodes if isinstance(node, ast.Await) and id(node.value) in results}
    kept = {
        target.id
        for node in nodes
        if isinstance(node, ast.Assign) and id(node.value) in results
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    others = {
        target.id
        for node in nodes
        if isinstance(node, ast.Assign) and id(node.value) not in results
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    back = [node.value for node in nodes if isinstance(node, ast.Return) and node.value is not None]
    return all(id(each) in results or (isinstance(each, ast.Name) and each.id in kept - others) for each in back)


def _passes_all(call: ast.Call, arguments: ast.arguments) -> bool:
    """Whether a call passes every parameter of the function around it, each in its place."""
    assert arguments.vararg is not None
    assert arguments.kwarg is not None
    *named, star = call.args or [ast.Constant(None)]
    wanted = [each.arg for each in (*arguments.posonlyargs, *arguments.args)]
    return (
        [dotted(each) for each in named] == wanted
        and isinstance(star, ast.Starred)
        and dotted(star.value) == arguments.vararg.arg
        and [(each.arg, dotted(each.value)) for each in call.keywords] == [(None, arguments.kwarg.arg)]
    )
