"""Texts put together behind a test of their parts: `if not model.startswith(prefix): model = prefix + model`.

Where the prefix may be one of several, each is held against the test by itself: the one that the model starts with already
is not put before it again.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from routelint.parse.python import conditions
from routelint.parse.python.scopes import dotted
from routelint.parse.python.values import Site, join
from routelint.possible import Possible

if TYPE_CHECKING:
    from routelint.parse.python.evaluate import Evaluator


def prefixed(evaluator: Evaluator, node: ast.expr, site: Site) -> Possible | None:
    """What the text is for each prefix by itself; None where no test asks whether it is there already."""
    if site.statement is None or isinstance(site.scope.node, ast.Lambda):
        return None
    place = site.scope.module.places.get(site.statement)
    if place is None or not isinstance(place.owner, ast.If):
        return None
    test = place.owner.test
    asked = test.operand if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) else test
    match asked:
        case ast.Call(func=ast.Attribute(value=ast.expr() as subject, attr="startswith"), args=[given]):
            key = dotted(subject)
        case _:
            return None
    used = conditions.names_in(node)
    shared = [name for name in sorted(conditions.names_in(given) & used) if name != key and name not in site.local]
    if key is None or key not in used or key in site.local or len(shared) != 1:
        return None
    alternatives = evaluator.names.read(shared[0], site)
    if len(alternatives) < 2:
        return None
    models = evaluator.names.read(key, site)
    texts = []
    for each in alternatives:
        turn = site.binding({shared[0]: (each,)})
        left = conditions.narrow(evaluator, test, key, models, place.block is place.owner.body, turn)
        if left:
            texts.append(evaluator.expression(node, turn.binding({key: left})))
    return join(texts)
