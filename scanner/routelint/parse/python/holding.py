"""What collections hold: by index or key, any of it, turn by turn, and taken apart by unpacking."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from routelint.model import Resolution
from routelint.parse.python.scopes import shown
from routelint.parse.python.values import NOTHING, Raised, Site, join, step
from routelint.possible import (
    Hole,
    Items,
    Possibility,
    Possible,
    Record,
    known,
    text_of,
    unknown,
)

if TYPE_CHECKING:
    from routelint.parse.python.evaluate import Evaluator


def item(value: Possible, index: int | str, shown: str) -> Possible:
    """The item of a list or the entry of a dict, for every possibility."""
    return join([_item(each, index, shown) for each in value]) if value else NOTHING


def _item(each: Possibility, index: int | str, shown: str) -> Possible:
    match each.content:
        case Record(entries, rest):
            found = entries.get(index if isinstance(index, str) else text_of(index))
            if found is not None:
                return carried(each, found)
            if rest is not None:
                return (each.having(rest),)
            return (each.having(Raised(f"{shown} has no entry '{index}'")),)
        case Items(items, rest) if isinstance(index, int):
            if rest is None and -len(items) <= index < len(items):
                return carried(each, items[index])
            if rest is not None and 0 <= index < len(items):
                return carried(each, items[index])
            return (each.having(rest or Raised(f"{shown} has no item {index}")),)
        case str(text) if isinstance(index, int) and -len(text) <= index < len(text):
            return (each.having(text[index]),)
        case Hole():
            return (each,)
    return (each.having(Hole(f"an item of {shown} cannot be told")),)


def carried(holder: Possibility, found: Possible) -> Possible:
    """The content of a collection with the way the collection itself came put before its own."""
    if not holder.trail and not holder.environments:
        return found if holder.resolution is Resolution.LITERAL else step(found, None, holder.resolution)
    moved = tuple(
        Possibility(
            each.content,
            # Down a nested collection the same way would be told again at every level.
            each.trail if each.trail[: len(holder.trail)] == holder.trail else (*holder.trail, *each.trail),
            each.environments or holder.environments,
            each.resolution,
        )
        for each in found
    )
    return step(moved, None, holder.resolution)


def every(value: Possible, shown: str) -> Possible:
    """Everything a collection holds: all entries of a dict or all items of a list, for a key that cannot be told."""
    alternatives: list[Possible] = []
    for each in value:
        match each.content:
            case Record(entries, rest):
                alternatives.extend(carried(each, found) for found in entries.values())
                if rest is not None or not entries:
                    alternatives.append((each.having(rest or Hole(f"{shown} is empty")),))
            case Items(items, rest):
                alternatives.extend(carried(each, found) for found in items)
                if rest is not None or not items:
                    alternatives.append((each.having(rest or Hole(f"{shown} is empty")),))
            case Hole():
                alternatives.append((each,))
            case _:
                alternatives.append((each.having(Hole(f"an item of {shown} cannot be told")),))
    return join(alternatives)


def each(evaluator: Evaluator, iterable: ast.expr, site: Site) -> Possible:
    """What one turn of a loop over `iterable` may get."""
    text = shown(iterable)
    match iterable:
        case ast.Call(func=ast.Name("enumerate"), args=[inner, *_]):
            return known(Items((unknown("a counter"), each(evaluator, inner, site))))
        case ast.Call(func=ast.Name("zip"), args=inners) if not any(isinstance(one, ast.Starred) for one in inners):
            return known(Items(tuple(each(evaluator, inner, site) for inner in inners)))
        case ast.Call(func=ast.Name("sorted" | "list" | "set" | "reversed" | "tuple" | "iter"), args=[inner, *_]):
            return each(evaluator, inner, site)
        case ast.Call(func=ast.Attribute(value=inner, attr="items"), args=[]):
            return _pairs(evaluator.expression(inner, site), text)
        case ast.Call(func=ast.Attribute(value=inner, attr="values"), args=[]):
            return every(evaluator.expression(inner, site), text)
    value = evaluator.enums.opened(evaluator.expression(iterable, site))
    return join([_turn(one, text) for one in value])


def _turn(each_value: Possibility, shown: str) -> Possible:
    match each_value.content:
        case Record(entries, rest):
            keys = [(each_value.having(name),) for name in entries]
            return join([*keys, (each_value.having(rest),)] if rest else keys)
        case str():
            return (each_value.having(Hole(f"a character of {shown}")),)
    return every((each_value,), shown)


def turns(value: Possible) -> Items | None:
    """What a loop over a value gets turn by turn; None where that cannot be told."""
    match value[0].content if len(value) == 1 else None:
        case Items(items, rest):
            return Items(tuple(carried(value[0], item) for item in items), rest)
        case Record(entries, rest):
            return Items(tuple((value[0].having(name),) for name in entries), rest)
    return None


def _pairs(value: Possible, shown: str) -> Possible:
    alternatives: list[Possible] = []
    for one in value:
        match one.content:
            case Record(entries, rest):
                alternatives.extend((one.having(Items((known(name), found))),) for name, found in entries.items())
                if rest is not None:
                    alternatives.append((one.having(rest),))
            case _:
                alternatives.append((one.having(Hole(f"an entry of {shown} cannot be told")),))
    return join(alternatives)


Part = int | slice


def unpacking(target: ast.expr) -> Iterator[tuple[tuple[Part, ...], ast.expr]]:
    """The single targets of a nested target, each with the way of indexes to it; a star takes a slice."""
    work: list[tuple[tuple[Part, ...], ast.expr]] = [((), target)]
    while work:
        path, node = work.pop()
        if isinstance(node, ast.Tuple | ast.List):
            star = next((index for index, part in enumerate(node.elts) if isinstance(part, ast.Starred)), len(node.elts))
            for index, part in enumerate(node.elts):
                if isinstance(part, ast.Starred):
                    stop = index + 1 - len(node.elts)
                    work.append(((*path, slice(index, stop or None)), part.value))
                else:
                    work.append(((*path, index if index < star else index - len(node.elts)), part))
        else:
            yield path, node


def down(value: Possible, path: Sequence[Part], shown: str) -> Possible:
    """What unpacking a value gives down a way of indexes."""
    for part in path:
        value = _stretch(value, part, shown) if isinstance(part, slice) else item(value, part, shown)
    return value


def _stretch(value: Possible, part: slice, shown: str) -> Possible:
    changed = []
    for each in value:
        match each.content:
            case Items(items, None):
                changed.append(each.having(Items(items[part])))
            case Hole():
                changed.append(each)
            case _:
                changed.append(each.having(Items((), Hole(f"a part of {shown} cannot be told"))))
    return tuple(changed)
