"""What an activation of a function returns: every `return` that can be reached, or what a generator yields."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import TYPE_CHECKING

from routelint.model import Hop, Resolution
from routelint.parse.python import patterns
from routelint.parse.python.scopes import Scope, blocks
from routelint.parse.python.values import Frame, Site, join, step
from routelint.possible import Items, Possible, known, unknown

if TYPE_CHECKING:
    from routelint.parse.python.evaluate import Evaluator


def returns(evaluator: Evaluator, scope: Scope, frame: Frame) -> Possible:
    """What an activation of a function returns; what it yields, for a context manager."""
    if isinstance(scope.node, ast.Lambda):
        return evaluator.expression(scope.node.body, Site(scope, None, frame))
    found = _returned(evaluator, scope, frame)
    # What ends without a variable that nothing in the scanned files sets is deployed with it.
    return found or evaluator.in_doubt(lambda: _returned(evaluator, scope, frame)) or unknown(f"{scope.name}() never returns")


def _returned(evaluator: Evaluator, scope: Scope, frame: Frame) -> Possible:
    assert isinstance(scope.node, ast.FunctionDef | ast.AsyncFunctionDef)
    results: list[Possible] = []
    yielded: list[Possible] = []
    ended = _walk(evaluator, scope.node.body, frame, results, yielded)
    if yielded:
        if scope.decorated("contextmanager", "asynccontextmanager", "fixture"):
            return join(yielded)
        return known(Items(tuple(yielded)))
    union = join(results)
    if not union and not ended:
        return known(None)
    if len(union) > 1 or not ended:
        union = step(union, None, Resolution.CONDITIONAL) if len(union) > 1 else union
    return union


def _walk(evaluator: Evaluator, block: list[ast.stmt], frame: Frame, results: list[Possible], yielded: list[Possible]) -> bool:
    """Collects what a block returns; whether its end is never reached."""
    module = frame.scope.module
    for statement in block:
        match statement:
            case ast.Return(value=value):
                if value is not None:
                    site = evaluator.site(statement, frame)
                    hop = Hop(module.location(value), f"returned by {frame.scope.name}()")
                    results.append(step(evaluator.expression(value, site), hop, Resolution.CONSTANT))
                else:
                    results.append(known(None))
                return True
            case ast.Raise():
                return True
            case ast.Expr(value=ast.Yield(value=ast.expr() as value)):
                yielded.append(evaluator.expression(value, evaluator.site(statement, frame)))
            case ast.If(test=test, body=body, orelse=orelse):
                verdict = evaluator.verdict(test, evaluator.site(statement, frame))
                ends = []
                if verdict is not False:
                    ends.append(_walk(evaluator, body, frame, results, yielded))
                if verdict is not True:
                    ends.append(_walk(evaluator, orelse, frame, results, yielded))
                if all(ends):
                    return True
            case ast.Match(subject=subject, cases=cases):
                if _walk_match(evaluator, subject, cases, evaluator.site(statement, frame), frame, results, yielded):
                    return True
            case ast.Try() | ast.TryStar():
                body_ends = _walk(evaluator, [*statement.body, *statement.orelse], frame, results, yielded)
                handler_ends = [_walk(evaluator, each.body, frame, results, yielded) for each in statement.handlers]
                if _walk(evaluator, statement.finalbody, frame, results, yielded) or (body_ends and all(handler_ends)):
                    return True
            case ast.With() | ast.AsyncWith():
                if _walk(evaluator, statement.body, frame, results, yielded):
                    return True
            case _:
                for inner, _ in blocks(statement):
                    _walk(evaluator, inner, frame, results, yielded)
    return False


def _walk_match(
    evaluator: Evaluator,
    subject: ast.expr,
    cases: Iterable[ast.match_case],
    site: Site,
    frame: Frame,
    results: list[Possible],
    yielded: list[Possible],
) -> bool:
    value = evaluator.expression(subject, site)
    ends = []
    for case in cases:
        verdict = patterns.verdict(evaluator, case, value, site)
        if verdict is not False:
            ends.append(_walk(evaluator, case.body, frame, results, yielded))
        if verdict is True:
            return all(ends)
    return False
