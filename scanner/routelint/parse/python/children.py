"""The parts of a syntax node, told several times as fast as the standard library does, for walks over whole modules.

What no walk asks for is left out: contexts (`Load`, `Store`), operators, and what is no node. Half of all nodes are names and
constants, which then have no parts at all.
"""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Iterator

# Fields that hold a context, an operator, or a text or number in every class that has them.
_PLAIN = frozenset(
    (
        *("arg", "asname", "attr", "conversion", "ctx", "id", "is_async", "kind", "level", "op", "ops", "simple"),
        *("type_comment", "type_ignores"),
    )
)


# Fields that hold lists not of nodes alone: what is left out, or names.
_MIXED = frozenset(("keys", "kw_defaults", "kwd_attrs", "names"))


class _Fields(dict[type[ast.AST], tuple[tuple[str, bool], ...]]):
    """Class of node -> its fields that may hold nodes, and whether they are lists that hold something else too."""

    def __missing__(self, kind: type[ast.AST]) -> tuple[tuple[str, bool], ...]:
        names = () if kind is ast.Constant else tuple(name for name in kind._fields if name not in _PLAIN)
        self[kind] = fields = tuple((name, name in _MIXED) for name in names)
        return fields


_FIELDS = _Fields()


def children(node: ast.AST) -> list[ast.AST]:
    """The nodes directly inside a node, in the order of `ast.iter_child_nodes`."""
    found: list[ast.AST] = []
    for name, mixed in _FIELDS[type(node)]:
        value = getattr(node, name, None)
        if isinstance(value, list):
            found += [item for item in value if isinstance(item, ast.AST)] if mixed else value
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def walk(node: ast.AST) -> Iterator[ast.AST]:
    """A node and all nodes inside it, in the order of `ast.walk`."""
    pending = deque([node])
    while pending:
        current = pending.popleft()
        pending.extend(children(current))
        yield current
