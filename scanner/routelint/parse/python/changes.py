"""Lists and dicts as statements change them: item assignment, `update`, `pop`, `append`, `|=`, and what they hold."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from routelint.model import Hop, Resolution
from routelint.parse.python import holding
from routelint.parse.python.scopes import MUTATORS, dotted, shown, subscripted
from routelint.parse.python.values import NOTHING, Site, is_gap, join, step
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
    inner = holding.item(before, key, shown(index)) if key is not None and before else NOTHING
    return put(before, keys, nested(evaluator, inner, rest, change, site), shown(index))


def settled(before: Possible) -> Possible:
    """Dicts whose way here is told by their entries, so that what is put in later does not seem to have come the same way."""
    return tuple(
        Possibility(
            Record({name: holding.carried(each, value) for name, value in each.content.entries.items()}, each.content.rest),
            (),
            each.environments,
            each.resolution,
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
                changed.append(each.having(Record({**entries, key: value}, rest)))
            case Record(entries, _):
                # Any entry may be the one replaced.
                either = {name: join([old, value]) for name, old in entries.items()}
                changed.append(each.having(Record(either, Hole(f"an entry is set under the key {shown}"))))
            case Items(items, rest) if isinstance(keys[0].content, int) and 0 <= keys[0].content < len(items):
                place = keys[0].content
                changed.append(each.having(Items((*items[:place], value, *items[place + 1 :]), rest)))
            case Hole(reason) if key is not None and is_gap(each.content):
                changed.append(each.having(Record({key: value}, Hole(reason))))
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
        each.having(Record({k: v for k, v in each.content.entries.items() if k != key}, each.content.rest))
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
                each.having(Record() if isinstance(each.content, Record) else Items())
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
                changed.append(each.having(Items(tuple(moved))))
            case Items(items, rest):
                anywhere = tuple(join([item, value]) for item in items)
                changed.append(each.having(Items(anywhere, rest or Hole("an item is inserted"))))
            case _:
                changed.append(each)
    return tuple(changed)


def _extended(before: Possible, extra: Items) -> Possible:
    return tuple(
        each.having(Items((*each.content.items, *extra.items), each.content.rest or extra.rest))
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
            entries[key] = holding.carried(pair[0], content.items[1])
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
            changed.append(each.having(Record({**each.content.entries, key: given}, rest)))
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
