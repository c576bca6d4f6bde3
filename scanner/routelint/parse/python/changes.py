"""Lists and dicts as statements change them: item assignment, `update`, `pop`, `append`, `|=`, and what they hold."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from routelint.model import Hop, Resolution
from routelint.parse.python.scopes import MUTATORS, dotted, shown, subscripted
from routelint.parse.python.values import NOTHING, Raised, Site, is_gap, join, step
from routelint.possible import (
    Content,
    Hole,
    Items,
    Possibility,
    Possible,
    Record,
    Template,
    combine,
    concatenate,
    known,
    text_of,
    unknown,
)

if TYPE_CHECKING:
    from routelint.parse.python.evaluate import Evaluator


def is_change(node: ast.Call) -> bool:
    """Whether a call changes the list or dict it is a method of."""
    return isinstance(node.func, ast.Attribute) and node.func.attr in MUTATORS


def key_text(content: Content) -> str | None:
    """A dict key as the text it is stored under; None where it cannot be told."""
    if isinstance(content, Items) and content.rest is None:
        parts = [key_text(each[0].content) if len(each) == 1 else None for each in content.items]
        return None if None in parts else repr(tuple(parts))
    if isinstance(content, Hole | Template | Items | Record):
        return None
    return content if isinstance(content, str) else text_of(content)


def stored(evaluator: Evaluator, before: Possible | None, indexes: Sequence[ast.expr], value: ast.expr, site: Site) -> Possible:
    """The dict or list after `before[a][b] = value`."""
    hop = Hop(site.scope.module.location(value), f"entry {' '.join(shown(index) for index in indexes)} is set")
    given = step(evaluator.expression(value, site), hop, Resolution.CONSTANT)
    return nested(evaluator, before or NOTHING, indexes, lambda _: given, site)


def nested(
    evaluator: Evaluator, before: Possible, indexes: Sequence[ast.expr], change: Callable[[Possible], Possible], site: Site
) -> Possible:
    """A collection whose entry down a chain of indexes is changed."""
    if not indexes:
        return change(before)
    index, *rest = indexes
    keys = evaluator.expression(index, site) or unknown("a key")
    key = key_text(keys[0].content) if len(keys) == 1 else None
    inner = item(before, key, shown(index)) if key is not None and before else NOTHING
    return put(before, keys, nested(evaluator, inner, rest, change, site), shown(index))


def settled(before: Possible) -> Possible:
    """Dicts whose way here is told by their entries, so that what is put in later does not seem to have come the same way."""
    return tuple(
        replace(
            each,
            content=Record({name: carried(each, value) for name, value in each.content.entries.items()}, each.content.rest),
            trail=(),
        )
        if isinstance(each.content, Record) and each.trail
        else each
        for each in before
    )


def put(before: Possible, keys: Possible, value: Possible, shown: str) -> Possible:
    """Every dict of `before` with an entry set."""
    if not before:
        before = known(Record({}, Hole("what else the dict holds cannot be told")))
    before = settled(before)
    changed: list[Possibility] = []
    key = key_text(keys[0].content) if len(keys) == 1 else None
    for each in before:
        match each.content:
            case Record(entries, rest) if key is not None:
                changed.append(replace(each, content=Record({**entries, key: value}, rest)))
            case Record(entries, _):
                # Any entry may be the one replaced.
                either = {name: join([old, value]) for name, old in entries.items()}
                changed.append(replace(each, content=Record(either, Hole(f"an entry is set under the key {shown}"))))
            case Items(items, rest) if isinstance(keys[0].content, int) and 0 <= keys[0].content < len(items):
                place = keys[0].content
                changed.append(replace(each, content=Items((*items[:place], value, *items[place + 1 :]), rest)))
            case Hole(reason) if key is not None and is_gap(each.content):
                changed.append(replace(each, content=Record({key: value}, Hole(reason))))
            case _:
                changed.append(each)
    return tuple(changed)


def removed(evaluator: Evaluator, before: Possible, index: ast.expr, site: Site) -> Possible:
    """The dict after `del before[index]`."""
    return without(before, evaluator.expression(index, site))


def without(before: Possible, keys: Possible) -> Possible:
    """Every dict of `before` without an entry."""
    key = key_text(keys[0].content) if len(keys) == 1 else None
    if key is None:
        return before
    return tuple(
        replace(each, content=Record({k: v for k, v in each.content.entries.items() if k != key}, each.content.rest))
        if isinstance(each.content, Record)
        else each
        for each in before
    )


def called(evaluator: Evaluator, before: Possible | None, node: ast.Call, site: Site) -> Possible | None:
    """The list or dict after one of its methods was called."""
    assert isinstance(node.func, ast.Attribute)
    base, indexes = subscripted(node.func.value)
    if before is None:
        before = evaluator.names.outer(dotted(base) or "", site)
    return nested(evaluator, before, indexes, lambda inner: _called(evaluator, inner, node, site), site)


def _called(evaluator: Evaluator, before: Possible, node: ast.Call, site: Site) -> Possible:
    assert isinstance(node.func, ast.Attribute)
    first = evaluator.expression(node.args[0], site) if node.args and not isinstance(node.args[0], ast.Starred) else None
    match node.func.attr:
        case "update":
            current = before
            if first is not None:
                current = merged(current, first)
            if node.keywords:
                current = merged(current, keywords(evaluator, node, site))
            return current
        case "setdefault" if first is not None and len(node.args) > 1:
            hop = Hop(site.scope.module.location(node.args[1]), f"entry {shown(node.args[0])} is set where it is missing")
            return with_default(before, first, step(evaluator.expression(node.args[1], site), hop, Resolution.CONSTANT))
        case "pop" if first is not None:
            return without(before, first)
        case "append" if first is not None:
            return _extended(before, Items((first,)))
        case "extend" if first is not None:
            extra = first[0].content if len(first) == 1 else None
            return _extended(before, extra if isinstance(extra, Items) else Items((), Hole("more items are added")))
        case "clear":
            return tuple(
                replace(each, content=Record() if isinstance(each.content, Record) else Items())
                if isinstance(each.content, Record | Items)
                else each
                for each in before
            )
        case "insert" if len(node.args) == 2:
            return _inserted(before, first, evaluator.expression(node.args[1], site))
    return before


def _inserted(before: Possible, at: Possible | None, value: Possible) -> Possible:
    place = at[0].content if at is not None and len(at) == 1 else None
    changed = []
    for each in before:
        match each.content:
            case Items(items, None) if isinstance(place, int):
                moved = list(items)
                moved.insert(place, value)
                changed.append(replace(each, content=Items(tuple(moved))))
            case Items(items, rest):
                anywhere = tuple(join([item, value]) for item in items)
                changed.append(replace(each, content=Items(anywhere, rest or Hole("an item is inserted"))))
            case _:
                changed.append(each)
    return tuple(changed)


def _extended(before: Possible, extra: Items) -> Possible:
    return tuple(
        replace(each, content=Items((*each.content.items, *extra.items), each.content.rest or extra.rest))
        if isinstance(each.content, Items)
        else each
        for each in before
    )


def merged(before: Possible, after: Possible) -> Possible:
    """Every dict of `before` with the entries of every dict of `after` on top."""
    if not before:
        return after

    def apply(operands: tuple[Content, ...]) -> Content:
        match operands:
            case (Record(left, left_rest), Record(right, right_rest)):
                # What may also be on the right can replace anything on the left.
                if right_rest is not None:
                    left = {
                        name: value if name in right else join([value, (Possibility(right_rest),)])
                        for name, value in left.items()
                    }
                return Record({**left, **right}, right_rest or left_rest)
            case (Record(left, left_rest), Items(pairs, right_rest)):
                added = _of_pairs(pairs, right_rest)
                return apply((Record(left, left_rest), added))
            case (Record(left, left_rest), None):
                return Record(left, left_rest)
            case (Record() as left_record, Hole(reason) as hole):
                return apply((left_record, Record({}, Hole(reason, hole.label))))
            case (Hole(reason) as hole, Record() as right_record):
                return apply((Record({}, Hole(reason, hole.label)), right_record))
            case (left_content, _):
                return left_content
        return Hole("two values of different kinds are merged")

    return combine([settled(before), settled(after)], apply)


def keywords(evaluator: Evaluator, call: ast.Call, site: Site) -> Possible:
    """The keyword arguments of a call as a dict, `**` included, later ones on top."""
    result: Possible = known(Record({}))
    for keyword in call.keywords:
        value = evaluator.expression(keyword.value, site)
        extra = known(Record({keyword.arg: value})) if keyword.arg is not None else value
        result = merged(result, extra)
    return result


def _of_pairs(pairs: Sequence[Possible], rest: Hole | None) -> Record:
    """The dict of a list of key and value pairs."""
    entries: dict[str, Possible] = {}
    for pair in pairs:
        content = pair[0].content if len(pair) == 1 else None
        keys = content.items[0] if isinstance(content, Items) and content.rest is None and len(content.items) == 2 else NOTHING
        key = key_text(keys[0].content) if len(keys) == 1 else None
        if key is None or not isinstance(content, Items):
            rest = rest or Hole("an entry of a list of pairs cannot be told")
        else:
            entries[key] = carried(pair[0], content.items[1])
    return Record(entries, rest)


def with_default(before: Possible, keys: Possible, value: Possible) -> Possible:
    """The dict after `before.setdefault(key, value)`."""
    key = key_text(keys[0].content) if len(keys) == 1 else None
    if key is None:
        return before
    changed = []
    for each in settled(before):
        if isinstance(each.content, Record) and key not in each.content.entries:
            rest = each.content.rest
            given = value if rest is None else join([value, (Possibility(rest),)])
            changed.append(replace(each, content=Record({**each.content.entries, key: given}, rest)))
        else:
            changed.append(each)
    return tuple(changed)


def augmented(evaluator: Evaluator, before: Possible, operator: ast.operator, value: ast.expr, site: Site) -> Possible:
    """The value after `name += value` and its kin."""
    return binary(operator, before, evaluator.expression(value, site))


def binary(operator: ast.operator, left: Possible, right: Possible) -> Possible:
    """`left operator right` for texts, numbers, lists and dicts."""
    if isinstance(operator, ast.BitOr):
        return merged(left, right)
    if not isinstance(operator, ast.Add):
        return unknown("the result of an arithmetic expression is not followed")

    def add(operands: tuple[Content, ...]) -> Content:
        match operands:
            case (Items(left_items, left_rest), Items(right_items, right_rest)):
                return Items((*left_items, *right_items), left_rest or right_rest)
            case (Items(left_items, left_rest), Hole(reason)):
                return Items(left_items, left_rest or Hole(reason))
            case (Hole(reason), Items(right_items, _)):
                return Items(right_items, Hole(reason))
            case (bool() | int() | float() as one, bool() | int() | float() as other):
                return one + other
        if None in operands:
            # The program would end here: the way by which the value is None is not taken.
            return Hole("None is added to a text")
        return concatenate(operands)

    return combine([left, right], add)


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
                return (replace(each, content=rest),)
            return (replace(each, content=Raised(f"{shown} has no entry '{index}'")),)
        case Items(items, rest) if isinstance(index, int):
            if rest is None and -len(items) <= index < len(items):
                return carried(each, items[index])
            if rest is not None and 0 <= index < len(items):
                return carried(each, items[index])
            return (replace(each, content=rest or Raised(f"{shown} has no item {index}")),)
        case str(text) if isinstance(index, int) and -len(text) <= index < len(text):
            return (replace(each, content=text[index]),)
        case Hole():
            return (each,)
    return (replace(each, content=Hole(f"an item of {shown} cannot be told")),)


def carried(holder: Possibility, found: Possible) -> Possible:
    """The content of a collection with the way the collection itself came put before its own."""
    if not holder.trail and not holder.environments:
        return found if holder.resolution is Resolution.LITERAL else step(found, None, holder.resolution)
    moved = tuple(
        replace(
            each,
            # Down a nested collection the same way would be told again at every level.
            trail=each.trail if each.trail[: len(holder.trail)] == holder.trail else (*holder.trail, *each.trail),
            environments=each.environments or holder.environments,
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
                    alternatives.append((replace(each, content=rest or Hole(f"{shown} is empty")),))
            case Items(items, rest):
                alternatives.extend(carried(each, found) for found in items)
                if rest is not None or not items:
                    alternatives.append((replace(each, content=rest or Hole(f"{shown} is empty")),))
            case Hole():
                alternatives.append((each,))
            case _:
                alternatives.append((replace(each, content=Hole(f"an item of {shown} cannot be told")),))
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
            keys = [(replace(each_value, content=name),) for name in entries]
            return join([*keys, (replace(each_value, content=rest),)] if rest else keys)
        case str():
            return (replace(each_value, content=Hole(f"a character of {shown}")),)
    return every((each_value,), shown)


def turns(value: Possible) -> Items | None:
    """What a loop over a value gets turn by turn; None where that cannot be told."""
    match value[0].content if len(value) == 1 else None:
        case Items(items, rest):
            return Items(tuple(carried(value[0], item) for item in items), rest)
        case Record(entries, rest):
            return Items(tuple((replace(value[0], content=name),) for name in entries), rest)
    return None


def _pairs(value: Possible, shown: str) -> Possible:
    alternatives: list[Possible] = []
    for one in value:
        match one.content:
            case Record(entries, rest):
                alternatives.extend((replace(one, content=Items((known(name), found))),) for name, found in entries.items())
                if rest is not None:
                    alternatives.append((replace(one, content=rest),))
            case _:
                alternatives.append((replace(one, content=Hole(f"an entry of {shown} cannot be told")),))
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
                changed.append(replace(each, content=Items(items[part])))
            case Hole():
                changed.append(each)
            case _:
                changed.append(replace(each, content=Items((), Hole(f"a part of {shown} cannot be told"))))
    return tuple(changed)


def record(entries: Mapping[str, Possible]) -> Possible:
    """A dict that is known completely."""
    return known(Record(dict(entries)))
