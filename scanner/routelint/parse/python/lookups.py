"""What a list or dict gives for an index or key: `value[key]` and `value.get(key, default)`."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from routelint.model import Resolution
from routelint.parse.python import changes, formatting, holding, libraries
from routelint.parse.python.scopes import shown
from routelint.parse.python.values import Class, Made, Site, Symbol, is_gap, join, step
from routelint.possible import Content, Items, Possible, Record, unknown

if TYPE_CHECKING:
    from routelint.parse.python.evaluate import Evaluator

# Entries of a dict or list that may each be meant by a key that cannot be told; a longer one is a catalog to pick from, and
# to say "one of thirty" is to say nothing.
MOST_PICKED = 4


def subscript(evaluator: Evaluator, node: ast.Subscript, base: ast.expr, index: ast.expr, site: Site) -> Possible:
    """`base[index]`, or a slice."""
    value = evaluator.expression(base, site)
    if isinstance(index, ast.Slice):
        return formatting.sliced(evaluator, value, index, site)
    keys = evaluator.expression(index, site)
    return lookup(evaluator, value, keys, node, site)


def lookup(
    evaluator: Evaluator, value: Possible, keys: Possible, node: ast.expr, site: Site, default: Possible | None = None
) -> Possible:
    """`value[key]`, or `value.get(key, default)` where a default is given."""
    base = node.value if isinstance(node, ast.Subscript) else node
    alternatives: list[Possible] = []
    for each in value:
        if isinstance(each.content, Symbol | Made):
            alternatives.append(libraries.subscript(evaluator, each.content, keys, node, site, default))
            continue
        if isinstance(each.content, Class):
            alternatives.append(evaluator.enums.by_key(each.content, keys))
            continue
        alternatives.extend(_entry(each.content, (each,), key.content, shown(base), default) for key in keys)
    return join(alternatives)


def _entry(content: Content, value: Possible, key: Content, base: str, default: Possible | None) -> Possible:
    plain = changes.key_text(key)
    if isinstance(key, int) and not isinstance(key, bool) and isinstance(content, Items | str):
        return holding.item(value, key, base)
    if plain is not None:
        if isinstance(content, Record) and plain not in content.entries and default is not None:
            return default if content.rest is None else join([default, holding.item(value, plain, base)])
        if default is not None and is_gap(content):
            return join([value, step(default, None, Resolution.CONDITIONAL)])
        return holding.item(value, plain, base)
    if isinstance(content, Record | Items):
        size = len(content.entries) if isinstance(content, Record) else len(content.items)
        if size > MOST_PICKED:
            entries = unknown(f"one of the {size} entries of {base} is picked while the code runs")
        else:
            entries = step(holding.every(value, base), None, Resolution.MAPPING)
        return entries if default is None else join([entries, default])
    return value if default is None else join([value, default])
