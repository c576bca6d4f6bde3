"""Objects and lists as code writes them: the value at a key, through spreads, computed keys and shorthands."""

from __future__ import annotations

from collections.abc import Iterator

from routelint.deferred import dataclass
from routelint.model import Resolution
from routelint.parse.lexicon import NAME, NUMBER, STRING
from routelint.parse.text import words
from routelint.parse.text.groups import Code
from routelint.parse.text.scope import Evaluate, Path, Scope
from routelint.possible import Hole, Possibility, Possible, in_environments, unite, via

# A longer table is a catalogue, not a choice.
MOST_ENTRIES = 64


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of an object: the token of its key (-1 for a spread), its name where that is written out, and its value.

    `computed` are the tokens of a key in brackets.
    """

    key: int
    name: str | None
    start: int
    end: int
    computed: tuple[int, int] | None = None


def entries(code: Code, group: int) -> Iterator[Entry]:
    """The entries of an object in the order written; methods and accessors are left out."""
    for low, high in code.entries(group):
        if code.is_mark(low, "..."):
            # While it is being written, a spread may have nothing to spread.
            if low + 1 < high:
                yield Entry(-1, None, low + 1, high)
            continue
        token = code.tokens[low]
        bracket = code.opened_at.get(low)
        following = code.after(low)
        if bracket is not None and code.opener(bracket) == "[" and code.is_mark(following, ":") and following + 1 < high:
            yield Entry(low, None, following + 1, high, (low + 1, code.limit(bracket)))
        elif token.kind in (NAME, STRING, NUMBER):
            if following < 0 or following >= high:
                if token.kind is NAME:
                    yield Entry(low, token.text, low, low + 1)
            elif code.is_mark(following, ":", "=", "=>", ":=") and following + 1 < high:
                yield Entry(low, token.text, following + 1, high)


def at_key(evaluate: Evaluate, scope: Scope, group: int, path: Path, depth: int) -> Possible:
    """What an object holds at a path; nothing where it surely has no such key."""
    code = scope.code
    table = list(entries(code, group))
    if path[0] is None:
        return _any(evaluate, scope, group, table, path, depth)
    found: list[Possible] = []
    for entry in reversed(table):
        if entry.key < 0:
            spread = evaluate(scope, entry.start, entry.end, path, depth + 1)
            found.append(spread)
            if spread and not is_optional(code, entry):
                break
            continue
        if path[0] not in _names(evaluate, scope, entry, depth):
            continue
        value = evaluate(scope, entry.start, entry.end, path[1:], depth + 1)
        found.append(_of_environment(scope, group, table, path[0], value))
        break
    return unite(reversed(found))


def _any(evaluate: Evaluate, scope: Scope, group: int, table: list[Entry], path: Path, depth: int) -> Possible:
    """Every value of an object whose key cannot be told; a key that names an environment says where its value holds."""
    code = scope.code
    if len(table) > MOST_ENTRIES:
        return (Possibility(Hole(f"one of more than {MOST_ENTRIES} values is taken")),)
    found = []
    for entry in table:
        value = evaluate(scope, entry.start, entry.end, path if entry.key < 0 else path[1:], depth + 1)
        for name in _names(evaluate, scope, entry, depth):
            value = _of_environment(scope, group, table, name, value)
        found.append(value)
    opened = code.groups[group].open
    at = code.assigned(opened - 1) if code.is_mark(opened - 1, "=") else None
    if at is None:
        return unite(found)
    hop = scope.file.hop(code.tokens[at].start, code.tokens[code.limit(group) - 1].end, f"values of {code.tokens[at].text}")
    return via(unite(found), hop, Resolution.MAPPING)


def _names(evaluate: Evaluate, scope: Scope, entry: Entry, depth: int) -> tuple[str, ...]:
    """The names that a key may have."""
    if entry.computed is None:
        return (entry.name,) if entry.name is not None else ()
    return tuple(str(each.content) for each in evaluate(scope, *entry.computed, (), depth + 1) if isinstance(each.content, str))


def _of_environment(scope: Scope, group: int, table: list[Entry], key: str | None, value: Possible) -> Possible:
    """The value narrowed to the environment that its key names."""
    if key is None or key.lower() not in words.ENVIRONMENTS:
        return value
    keys = tuple(entry.name or _last_name(scope.code, entry) for entry in table)
    if not words.names_environment(key, keys, outer_name(scope.code, group)):
        return value
    return in_environments(value, (key.lower(),))


def _last_name(code: Code, entry: Entry) -> str:
    return code.tokens[entry.computed[1] - 1].text if entry.computed is not None else ""


def outer_name(code: Code, group: int) -> str:
    """What an object is called: the variable or key it is given to; empty where there is none."""
    before = code.groups[group].open - 1
    if code.is_mark(before, "="):
        name = code.assigned(before)
        return code.tokens[name].text if name is not None else ""
    if code.is_mark(before, ":", "=>"):
        key = code.before(before)
        return code.tokens[key].text if key >= 0 else ""
    return ""


def is_optional(code: Code, entry: Entry) -> bool:
    """Whether a spread may add nothing: `...(big && { modelId })`, `...(big ? { modelId } : {})`."""
    return any(code.is_mark(index, "&&", "?", "??", "||") for index in range(entry.start, entry.end))


def at_index(evaluate: Evaluate, scope: Scope, group: int, path: Path, depth: int) -> Possible:
    """What a list holds at a path: the item of a number, or any of them."""
    items = list(scope.code.entries(group))
    key = path[0]
    if key is not None:
        if not key.isdecimal() or int(key) >= len(items):
            return ()
        return evaluate(scope, *items[int(key)], path[1:], depth + 1)
    if len(items) > MOST_ENTRIES:
        return (Possibility(Hole(f"one of more than {MOST_ENTRIES} items is taken")),)
    return unite(
        evaluate(scope, low + 1, high, path, depth + 1)
        if scope.code.is_mark(low, "...")
        else evaluate(scope, low, high, path[1:], depth + 1)
        for low, high in items
    )
