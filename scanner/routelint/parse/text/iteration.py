"""Names that go through the items of a list: of a loop, and of a function that is called once per item."""

from __future__ import annotations

from collections.abc import Iterator

from routelint.deferred import dataclass
from routelint.parse.text.functions import parameter
from routelint.parse.text.groups import Code
from routelint.parse.text.scope import Path, Scope

# Methods of a list that call a function with each of its items, and those that hand over items of it as they are.
PER_ITEM = frozenset(("every", "filter", "find", "flatMap", "forEach", "map", "some"))
SAME_ITEMS = frozenset(("concat", "filter", "flat", "reverse", "slice", "sort", "toReversed", "toSorted"))
_MOST_GROUPS_UP = 40


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a list: the tokens of the list, the keys that are taken of the item, and the token that binds the name."""

    start: int
    end: int
    path: Path
    bound: int


def item(code: Code, name: str, at: int) -> Item | None:
    """What a name used at a token goes through, by the innermost loop or function that binds it so; None where none does."""
    if code.lexicon.name != "javascript" or at >= len(code.group_of):
        return None
    group = code.group_of[at]
    for _ in range(_MOST_GROUPS_UP):
        if not group:
            return None
        found = _of_loop(code, group, name) if code.opener(group) == "{" else _of_callback(code, group, name, at)
        if found is not None:
            return found
        group = code.groups[group].parent
    return None


def results_of(scope: Scope, low: int, high: int) -> tuple[tuple[int, int], ...]:
    """The expressions that a function written between two tokens gives back; nothing where no function is written there."""
    code = scope.code
    while code.is_name(low, "async"):
        low += 1
    if code.is_name(low) and code.is_mark(low + 1, "=>") and not code.is_mark(low + 2, "{"):
        return ((low + 2, high),)
    functions = scope.reader.functions(scope.file) if scope.outer is None else None
    group = code.opened_at.get(low + 1 if code.is_name(low, "function") else low)
    made = next((each for each in functions.all if each.parameters == group), None) if functions and group else None
    return functions.returned(made) if functions is not None and made is not None else ()


def _of_loop(code: Code, body: int, name: str) -> Item | None:
    """`for (const name of LIST) { ... }`, also where the item is taken apart."""
    head = code.closed_at.get(code.groups[body].open - 1)
    if head is None or code.opener(head) != "(" or not _is_for(code, code.groups[head].open - 1):
        return None
    low, high = code.groups[head].open + 1, code.limit(head)
    of = next((index for index in code.level(low, high) if code.is_name(index, "of")), None)
    if of is None or of + 1 >= high:
        return None
    first = low + 1 if code.is_name(low, "const", "let", "var") else low
    path = _taken(code, first, of, name)
    return _made(code, of + 1, high, path, low) if path is not None else None


def _is_for(code: Code, index: int) -> bool:
    return code.is_name(index, "for") or (code.is_name(index, "await") and code.is_name(index - 1, "for"))


def _of_callback(code: Code, group: int, name: str, at: int) -> Item | None:
    """`LIST.map((name) => ...)`, `LIST.map(name => ...)`, `LIST.forEach(function (name) { ... })`."""
    opened = code.groups[group].open
    if code.opener(group) != "(" or not code.is_name(opened - 1, *PER_ITEM) or not code.is_mark(opened - 2, ".", "?."):
        return None
    entry = next(code.entries(group), None)
    if entry is None or not entry[0] <= at < entry[1]:
        return None
    low = entry[0]
    while code.is_name(low, "async", "function"):
        low += 1
    end = opened - 3
    if end < 0 or code.before(opened - 2) < 0:
        return None
    start = _start(code, end)
    inner = code.opened_at.get(low)
    if inner is None:
        return _made(code, start, end + 1, (), low) if code.is_name(low, name) and code.is_mark(low + 1, "=>") else None
    first = next(code.entries(inner), None) if code.opener(inner) == "(" else None
    if first is None:
        return None
    path = _taken(code, first[0], first[1], name)
    if path is None:
        found = parameter(code, inner, name)
        path = () if found is not None and found.position == 0 and found.key is None else None
    return _made(code, start, end + 1, path, low) if path is not None else None


def _taken(code: Code, low: int, high: int, name: str) -> Path | None:
    """The keys that a pattern takes for a name: none for the name itself; None where it does not bind it."""
    if code.is_name(low, name):
        return ()
    group = code.opened_at.get(low)
    if group is None or low >= high:
        return None
    for position, (inner, end) in enumerate(code.entries(group)):
        if code.opener(group) == "[":
            if code.is_name(inner, name):
                return (str(position),)
            continue
        renamed = inner + 2 if code.is_mark(inner + 1, ":") and inner + 2 < end else inner
        if code.is_name(renamed, name):
            return (code.tokens[inner].text,)
    return None


def _start(code: Code, last: int) -> int:
    """Where the expression starts that ends with a token: `a.b`, `a.b(c)`, `[x, y]`, `Object.values(a)`."""
    index = last
    while True:
        group = code.closed_at.get(index)
        if group is not None:
            index = code.groups[group].open
            before = index - 1
            if code.opener(group) == "[" and not code.is_name(before) and not code.is_mark(before, ")", "]"):
                return index
            if not code.is_name(before):
                return index
            index = before
        before = index - 1
        if not code.is_mark(before, ".", "?."):
            return before if code.is_name(before, "new") else index
        following = code.before(before)
        if following < 0:
            return index
        index = following


def _made(code: Code, start: int, end: int, path: Path, bound: int) -> Item:
    """The item of a list, or of what `Object.entries(X)` and its relatives list: the values of an object."""
    names = [code.tokens[index].text for index in _callee(code, start)]
    group = code.opened_at.get(start + 3)
    if names[:1] == ["Object"] and group is not None and code.limit(group) == end - 1:
        inner = (code.groups[group].open + 1, code.limit(group))
        if names[1] == "values":
            return Item(*inner, (None, *path), bound)
        if names[1] == "entries" and path[:1] == ("1",):
            return Item(*inner, (None, *path[1:]), bound)
    return Item(start, end, (None, *path), bound)


def _callee(code: Code, start: int) -> Iterator[int]:
    if code.is_name(start, "Object") and code.is_mark(start + 1, ".") and code.is_name(start + 2):
        yield from (start, start + 2)
