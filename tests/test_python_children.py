"""`children` and `walk` tell what the standard library tells, without contexts, operators and what is no syntax."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from routelint.parse.python.children import children, walk

LEFT_OUT = (ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop, ast.type_ignore)
SOURCES = [Path(ast.__file__), *sorted((Path(__file__).parent.parent / "scanner" / "routelint" / "parse").rglob("*.py"))]
EVERYTHING = """
async def f(a, /, b: int = 1, *c, d=2, **e) -> None:
    global g
    async with a as b, c: pass
    async for x in [y async for y in z if y if w]: break
    else: continue
    try: raise A from B
    except* C as error: del a[1:2, ...], b.c
    match a:
        case {"k": 1, **rest} | [1, *others] | Point(x=0) as p if not q: return (yield)
        case _: await b
@decorated(*a, **b)
class K(Base, metaclass=M):
    "doc"
    x: int = lambda: f"{a!r:>{w}}"
    y = z = a if b else -c < d <= e and f or (n := g @ h)
    y += {**a, "k": {s for s in t}}
    from . import a as b
    import c.d
    assert a, b
    while True: pass
    nonlocal_ = {k: v for k, v in {}.items()}
"""


@pytest.mark.parametrize("text", [EVERYTHING, *(path.read_text("utf-8") for path in SOURCES)])
def test_children_are_those_of_the_standard_library(text: str) -> None:
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if not isinstance(node, LEFT_OUT):
            assert children(node) == [child for child in ast.iter_child_nodes(node) if not isinstance(child, LEFT_OUT)]
    assert list(walk(tree)) == [node for node in ast.walk(tree) if not isinstance(node, LEFT_OUT)]
