"""Functions of lists, sets and maps: they pick, join and turn whole values, so that every value keeps its trail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import product

from routelint.model import Hop
from routelint.parse.terraform.compare import equal
from routelint.parse.terraform.functions.arguments import (
    Function,
    as_text,
    as_whole,
    first_trail,
    on_contents,
    on_possibilities,
    only,
    spread_out,
)
from routelint.parse.terraform.functions.texts import FUNCTIONS as TEXT_FUNCTIONS
from routelint.parse.terraform.values import Failure, entries, identity, inside, rest_of, set_of, skipped, united
from routelint.possible import (
    Content,
    Hole,
    Items,
    Possibility,
    Possible,
    Record,
    Template,
    combine,
    known,
    text_of,
)

MOST_ITEMS = 1024


def _items(possibility: Possibility) -> list[Possible]:
    return [value for _, value in entries(possibility)]


def _rest(*operands: Possibility) -> Hole | None:
    return next((rest for rest in (rest_of(operand.content) for operand in operands) if rest is not None), None)


def _list(items: Iterable[Possible], rest: Hole | None = None) -> Possible:
    kept = tuple(items)
    if len(kept) > MOST_ITEMS:
        return known(Items(kept[:MOST_ITEMS], Hole(f"more than {MOST_ITEMS} items")))
    return known(Items(kept, rest))


def _failed(*operands: Possibility) -> Possible | None:
    return next(((operand,) for operand in operands if isinstance(operand.content, Failure)), None)


def _merge(*maps: Possibility) -> Possible:
    pairs: dict[str, Possible] = {}
    rest: Hole | None = None
    for each in maps:
        if isinstance(each.content, Failure):
            return (each,)
        if each.content is None:
            continue
        open_end = rest_of(each.content)
        if open_end is not None:
            # What comes later may replace what is known; a tag is still present then.
            rest = open_end
        pairs.update({key: value for key, value in entries(each) if key is not None})
    return known(Record(pairs, rest))


def _concat(*lists: Possibility) -> Possible:
    return _failed(*lists) or _list((item for each in lists for item in _items(each)), _rest(*lists))


def _coalesce(values: Sequence[Possible]) -> Possible:
    """The first value that is neither null nor empty, and the trail of those passed over."""
    return _first_set(values, (None, ""))


def _coalescelist(values: Sequence[Possible]) -> Possible:
    return _first_set(values, (None, Items()))


def _first_set(values: Sequence[Possible], unset: tuple[Content, ...]) -> Possible:
    found: list[Possible] = []
    because: tuple[Hop, ...] = ()
    for value in values:
        usable = [each for each in value if not any(each.content == empty for empty in unset)]
        found.append(tuple(replace(each, trail=(*because, *each.trail)) for each in usable))
        if len(usable) == len(value):
            break
        for each in value:
            if each not in usable:
                because = (*because, *skipped(each.trail))
    return united(found) or known(Failure("none of the values is set"))


def _element(collection: Possibility, number: Possibility) -> Possible:
    items = _items(collection)
    rest = rest_of(collection.content)
    if isinstance(number.content, Hole | Template):
        return united([*items, known(rest)] if rest is not None else items) or known(Failure("the list is empty"))
    if rest is not None and not items:
        return inside(collection, known(Hole(rest.reason, rest.label)))
    if not items:
        return known(Failure("element is asked of an empty list"))
    try:
        return items[as_whole(number.content) % len(items)]
    except (TypeError, ValueError):
        return known(Failure("element takes a number"))


def _one(collection: Possibility) -> Possible:
    if collection.content is None:
        return known(None)
    items = _items(collection)
    rest = rest_of(collection.content)
    if items:
        return items[0] if len(items) == 1 else known(Failure("one is asked of several items"))
    return known(rest) if rest is not None else first_trail(collection, None)


def _flat(items: Iterable[Possible], depth: int = 0) -> Iterator[Possible]:
    for item in items:
        if len(item) == 1 and isinstance(item[0].content, Items) and depth < 20:
            yield from _flat(_items(item[0]), depth + 1)
            if item[0].content.rest is not None:
                yield known(item[0].content.rest)
        else:
            yield item


def _flatten(collection: Possibility) -> Possible:
    return _failed(collection) or _list(_flat(_items(collection)), _rest(collection))


def _compact(collection: Possibility) -> Possible:
    kept = (item for item in _items(collection) if not all(each.content in (None, "") for each in item))
    return _failed(collection) or _list(kept, _rest(collection))


def _distinct(collection: Possibility) -> Possible:
    return _failed(collection) or _list(_unique(_items(collection)), _rest(collection))


def _unique(items: Iterable[Possible]) -> list[Possible]:
    seen: dict[tuple[object, ...], Possible] = {}
    for item in items:
        seen.setdefault(identity(item), item)
    return list(seen.values())


def _sorted(collection: Possibility) -> Possible:
    texts = (_as_texts(item) for item in _items(collection))
    return _failed(collection) or _list(sorted(texts, key=_sort_key), _rest(collection))


def _as_texts(item: Possible) -> Possible:
    return tuple(
        replace(each, content=text_of(each.content)) if isinstance(each.content, bool | int | float) else each for each in item
    )


def _sort_key(item: Possible) -> str:
    content = only(item)
    return str(content) if isinstance(content, Items | Record | Hole | Template) else text_of(content)


def _reverse(collection: Possibility) -> Possible:
    return _failed(collection) or _list(reversed(_items(collection)), _rest(collection))


def _set(collection: Possibility) -> Possible:
    failed = _failed(collection)
    if failed is not None or collection.content is None:
        return failed or (collection,)
    if isinstance(collection.content, Hole):
        return (collection,)
    return _list(set_of(_alike(_items(collection))), _rest(collection))


def _alike(items: Sequence[Possible]) -> list[Possible]:
    """The items of a list, set or map as one type: where a text is among them, numbers and truth values are texts too."""
    if not any(isinstance(each.content, str | Template) for item in items for each in item):
        return list(items)
    return [_as_texts(item) for item in items]


def _tolist(collection: Possibility) -> Possible:
    if not isinstance(collection.content, Items):
        return (collection,)
    return _list(_alike(_items(collection)), collection.content.rest)


def _tomap(collection: Possibility) -> Possible:
    if not isinstance(collection.content, Record):
        return (collection,)
    pairs = collection.content.entries
    alike = _alike([inside(collection, value) for value in pairs.values()])
    return known(Record(dict(zip(pairs, alike, strict=True)), collection.content.rest))


def _keys(collection: Possibility) -> Possible:
    if isinstance(collection.content, Record):
        names = sorted(collection.content.entries)
        return _list((first_trail(collection, name) for name in names), collection.content.rest)
    return _failed(collection) or _list((), _rest(collection))


def _values(collection: Possibility) -> Possible:
    if isinstance(collection.content, Record):
        pairs = sorted(((key or "", value) for key, value in entries(collection)), key=lambda pair: pair[0])
        return _list((value for _, value in pairs), collection.content.rest)
    return _failed(collection) or _list((), _rest(collection))


def _length(content: Content) -> Content:
    match content:
        case str():
            return len(content)
        case Items(items, None):
            return len(items)
        case Record(pairs, None):
            return len(pairs)
        case Items(_, Hole(reason)) | Record(_, Hole(reason)) | Hole(reason):
            return Hole(reason)
        case Template():
            return Hole(content.reason)
    return Failure("length is asked of null or a number")


def _contains(collection: Content, wanted: Content) -> Content:
    if not isinstance(collection, Items):
        return Hole(collection.reason) if isinstance(collection, Hole) else Failure("contains takes a list")
    unsure: Hole | None = collection.rest
    for item in collection.items:
        answers = {equal(each.content, wanted) for each in item}
        if answers == {True}:
            return True
        if answers != {False}:
            unsure = unsure or Hole("the item cannot be told")
    return False if unsure is None else Hole(unsure.reason)


def _index_of(collection: Content, wanted: Content) -> Content:
    if not isinstance(collection, Items):
        return Hole(collection.reason) if isinstance(collection, Hole) else Failure("index takes a list")
    for number, item in enumerate(collection.items):
        if equal(only(item), wanted):
            return number
    return Failure("the list does not hold the item")


def _zipmap(keys: Possibility, values: Possibility) -> Possible:
    failed = _failed(keys, values)
    if failed is not None:
        return failed
    pairs: dict[str, Possible] = {}
    rest = _rest(keys, values)
    for key, value in zip(_items(keys), _items(values), strict=False):
        name = only(key)
        if isinstance(name, Hole | Template | Items | Record):
            rest = rest or Hole("a key cannot be told")
        else:
            pairs[text_of(name)] = value
    return known(Record(pairs, rest))


def _range(*numbers: Content) -> Content:
    if any(isinstance(number, Hole | Template) for number in numbers):
        return Hole("the range cannot be told")
    try:
        bounds = [as_whole(number) for number in numbers]
        start, stop, step = (
            (0, bounds[0], 1) if len(bounds) == 1 else (bounds[0], bounds[1], bounds[2] if len(bounds) > 2 else 1)
        )
        return Items(tuple(known(number) for number in range(start, stop, step)[:MOST_ITEMS]))
    except (TypeError, ValueError):
        return Failure("range takes numbers")


def _slice(collection: Possibility, start: Possibility, stop: Possibility) -> Possible:
    try:
        first, last = as_whole(start.content), as_whole(stop.content)
    except (TypeError, ValueError):
        return known(Hole("the bounds of the slice cannot be told"))
    return _failed(collection) or _list(_items(collection)[first:last], _rest(collection))


def _chunklist(collection: Possibility, size: Possibility) -> Possible:
    try:
        width = max(1, as_whole(size.content))
    except (TypeError, ValueError):
        return known(Hole("the chunk size cannot be told"))
    items = _items(collection)
    chunks = (known(Items(tuple(items[start : start + width]))) for start in range(0, len(items), width))
    return _failed(collection) or _list(chunks, _rest(collection))


def _union(*lists: Possibility) -> Possible:
    merged = set_of(item for each in lists for item in _items(each))
    return _failed(*lists) or _list(merged, _rest(*lists))


def _chosen_of(keep: bool) -> Function:
    """Set intersection (`keep`) and subtraction: both need every item to be known."""

    def apply(first: Possibility, *others: Possibility) -> Possible:
        failed = _failed(first, *others)
        if failed is not None:
            return failed
        rest = _rest(first, *others)
        if rest is not None:
            return known(Items((), rest))
        names = [{_sort_key(item) for item in _items(other)} for other in others]
        members = set_of(_items(first))
        if keep:
            return _list(item for item in members if all(_sort_key(item) in other for other in names))
        return _list(item for item in members if not any(_sort_key(item) in other for other in names))

    return on_possibilities(apply, 2)


def _setproduct(*lists: Possibility) -> Possible:
    rest = _rest(*lists)
    combinations: list[Possible] = []
    for combination in product(*(_items(each) for each in lists)):
        if len(combinations) >= MOST_ITEMS:
            break
        combinations.append(known(Items(tuple(combination))))
    return _failed(*lists) or _list(combinations, rest)


def _truths(every: bool) -> Function:
    def apply(content: Content) -> Content:
        if not isinstance(content, Items):
            return Hole(content.reason) if isinstance(content, Hole) else Failure("a list is expected")
        unsure = content.rest is not None
        for item in content.items:
            value = only(item)
            if isinstance(value, Hole):
                unsure = True
            elif (value in (True, "true")) is not every:
                return not every
        return Hole("an item cannot be told") if unsure else every

    return on_contents(apply, 1, 1)


def _sum(content: Content) -> Content:
    if not isinstance(content, Items) or content.rest is not None:
        return Hole("an item cannot be told")
    try:
        total = float(sum(float(as_text(only(item))) for item in content.items))
        return int(total) if total.is_integer() else total
    except (TypeError, ValueError, OverflowError):
        return Hole("an item is no number")


def _formatlist(values: Sequence[Possible]) -> Possible:
    """`format` once per item of the lists among the arguments."""

    def apply(contents: tuple[Content, ...]) -> Content:
        lists = [content for content in contents[1:] if isinstance(content, Items)]
        unsure = next((content for content in contents[1:] if isinstance(content, Hole)), None)
        if unsure is not None and not lists:
            return Items((), Hole(unsure.reason))
        rest = next((each.rest for each in lists if each.rest is not None), None)
        length = min((len(each.items) for each in lists), default=1)
        formatted = []
        for number in range(length):
            row = [content.items[number] if isinstance(content, Items) else known(content) for content in contents]
            formatted.append(TEXT_FUNCTIONS["format"](row))
        return Items(tuple(formatted), rest)

    return combine(values, apply)


def _transpose(collection: Possibility) -> Possible:
    pairs: dict[str, list[Possible]] = {}
    for key, value in entries(collection):
        for item in value:
            for member in _items(item):
                pairs.setdefault(_sort_key(member), []).append(known(key))
    return _failed(collection) or known(
        Record({key: known(Items(tuple(names))) for key, names in pairs.items()}, _rest(collection))
    )


def _matchkeys(values: Possibility, keys: Possibility, wanted: Possibility) -> Possible:
    names = {_sort_key(item) for item in _items(wanted)}
    if len(_items(values)) != len(_items(keys)) and _rest(values, keys) is None:
        return known(Failure("matchkeys takes as many values as keys"))
    pairs = zip(_items(values), _items(keys), strict=False)
    kept = (value for value, key in pairs if _sort_key(key) in names)
    return _failed(values, keys, wanted) or _list(kept, _rest(values, keys, wanted))


FUNCTIONS: dict[str, Function] = {
    "merge": on_possibilities(_merge, 0),
    "concat": on_possibilities(_concat, 0),
    "coalesce": _coalesce,
    "coalescelist": _coalescelist,
    "element": on_possibilities(_element, 2, 2),
    "one": on_possibilities(_one, 1, 1),
    "flatten": on_possibilities(_flatten, 1, 1),
    "compact": on_possibilities(_compact, 1, 1),
    "distinct": on_possibilities(_distinct, 1, 1),
    "sort": on_possibilities(_sorted, 1, 1),
    "reverse": on_possibilities(_reverse, 1, 1),
    "toset": on_possibilities(_set, 1, 1),
    "tolist": on_possibilities(_tolist, 1, 1),
    "tomap": on_possibilities(_tomap, 1, 1),
    "list": lambda values: known(Items(tuple(values))),
    "keys": on_possibilities(_keys, 1, 1),
    "values": on_possibilities(_values, 1, 1),
    "length": on_contents(_length, 1, 1),
    "contains": lambda values: on_contents(_contains, 2, 2)(spread_out(values)),
    "index": lambda values: on_contents(_index_of, 2, 2)(spread_out(values)),
    "zipmap": on_possibilities(_zipmap, 2, 2),
    "range": on_contents(_range, 1, 3),
    "slice": on_possibilities(_slice, 3, 3),
    "chunklist": on_possibilities(_chunklist, 2, 2),
    "setunion": on_possibilities(_union, 1),
    "setintersection": _chosen_of(True),
    "setsubtract": _chosen_of(False),
    "setproduct": on_possibilities(_setproduct, 1),
    "alltrue": _truths(True),
    "anytrue": _truths(False),
    "sum": on_contents(_sum, 1, 1),
    "formatlist": _formatlist,
    "transpose": on_possibilities(_transpose, 1, 1),
    "matchkeys": on_possibilities(_matchkeys, 3, 3),
}
