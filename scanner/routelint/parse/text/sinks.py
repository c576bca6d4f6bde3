"""Calls and constructions of program code that take a model, as the surfaces name them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from routelint.model import Hop, Kind, Resolution
from routelint.parse.lexicon import TokenKind
from routelint.parse.route import to_value
from routelint.parse.text import frames
from routelint.parse.text.draft import Place, kind_of
from routelint.parse.text.evaluate import evaluate
from routelint.parse.text.groups import Code
from routelint.parse.text.hits import first_model
from routelint.parse.text.scope import Scope, find_key
from routelint.possible import known
from routelint.surfaces import Surface

# A longer chain of calls is machine-made.
_MOST_CALLS = 64
_MOST_SPREADS = 8
_MOST_TOKENS_OF_TYPE = 24
_DECLARES = ("function", "class", "interface", "type", "def", "fun", "func", "fn", "import", "struct")


def by_name(rows: tuple[Surface, ...]) -> dict[str, list[Surface]]:
    """The surfaces of program code by the last name of their symbol."""
    found: dict[str, list[Surface]] = {}
    for row in rows:
        if row.kind is not None and re.fullmatch(r"(?:[\w@./-]+:)?[\w.]+", row.symbol):
            found.setdefault(re.split(r"[.:]", row.symbol)[-1], []).append(row)
    return found


def places(scope: Scope, rows: dict[str, list[Surface]]) -> Iterator[Place]:
    """Every place of a file that the surfaces name, whether or not the model can be told."""
    for index, token in enumerate(scope.code.tokens):
        if token.kind is TokenKind.NAME:
            for row in rows.get(token.text, ()):
                place = _place(scope, index, row)
                if place is not None:
                    yield place


@dataclass(frozen=True, slots=True)
class _Given:
    """What a call is given as its model: the place in the call, the value, and the step between them where they differ."""

    start: int
    end: int
    value: tuple[int, int] | None
    hop: Hop | None = None


def _place(scope: Scope, index: int, row: Surface) -> Place | None:
    code = scope.code
    module, _, symbol = row.symbol.rpartition(":")
    if not _is_symbol(code, index, symbol) or not _is_imported(code, index, module):
        return None
    group = _brackets(code, index)
    if group is None:
        return None
    carrier = row.carrier.removeprefix(".").split("|", 1)[0]
    sink = f"{symbol}.{carrier}" if carrier else symbol
    given = _given(scope, group, row)
    if given is None:
        return _implicit(scope, index, group, row, sink)
    possible = evaluate(scope, *(given.value or (given.start, given.end)))
    if given.hop is not None:
        possible = tuple(
            each.via(given.hop, Resolution.CONSTANT if each.resolution is Resolution.LITERAL else None) for each in possible
        )
    model = first_model(possible)
    if to_value(possible, bedrock_only=row.bedrock_only) is None or (model is None and not row.bedrock_only):
        return None
    return Place(
        code.tokens[given.start].start,
        code.tokens[given.end - 1].end,
        _statement(code, index, group),
        sink,
        f"{scope.file.name}:{frames.owner(code, index)}{sink}",
        kind_of(model, "", row.kind) if model is not None else row.kind or Kind.INVOKE,
        possible,
        bedrock_only=row.bedrock_only,
    )


def _implicit(scope: Scope, index: int, group: int, row: Surface, sink: str) -> Place | None:
    """The default of a class that is made without a model."""
    code = scope.code
    if row.default is None or code.opener(group) != "(" or not code.is_name(code.chain(index)[0] - 1, "new"):
        return None
    if any(_object_name(code, low, high) is not None for low, high in code.entries(group)):
        return None
    token = code.tokens[index]
    return Place(
        token.start,
        token.end,
        _statement(code, index, group),
        sink,
        f"{scope.file.name}:{frames.owner(code, index)}{sink}",
        Kind.IMPLICIT,
        known(row.default, Resolution.IMPLICIT),
    )


def _statement(code: Code, index: int, group: int) -> tuple[int, int]:
    return code.tokens[code.chain(index)[0]].start, code.tokens[min(code.limit(group), len(code.tokens) - 1)].end


def _is_symbol(code: Code, index: int, symbol: str) -> bool:
    """Whether the name at `index` is the surface's, with the names before it that belong to it."""
    wanted = tuple(symbol.split("."))
    if len(wanted) > 1:
        return code.chain(index)[1][-len(wanted) :] == wanted
    return not code.is_name(index - 1, *_DECLARES)


def _is_imported(code: Code, index: int, module: str) -> bool:
    """Whether a name comes from the module a surface asks for; one that asks for none takes it from anywhere."""
    if not module:
        return True
    first = code.tokens[code.chain(index)[0]].text
    source = code.imported.get(first)
    return source is not None and (source[0] == module or source[0].startswith(f"{module}/"))


def _brackets(code: Code, index: int) -> int | None:
    """The parentheses or braces that a name opens, behind generics."""
    following = code.after(index)
    if code.is_mark(following, "<"):
        depth = 0
        for _ in range(_MOST_TOKENS_OF_TYPE):
            depth += code.is_mark(following, "<") - code.is_mark(following, ">")
            following = code.after(following)
            if depth == 0 or following < 0:
                break
    group = code.opened_at.get(following)
    return group if group is not None and code.opener(group) in ("(", "{") else None


def _given(scope: Scope, group: int, row: Surface) -> _Given | None:
    """What the call is given at the surface's carrier; None where it is given nothing there."""
    code = scope.code
    if row.carrier.startswith("."):
        value = _built(code, group, tuple(row.carrier[1:].split("|")))
    elif not row.carrier:
        arguments = list(code.entries(group)) if code.opener(group) == "(" else []
        position = row.position or 0
        value = arguments[position] if len(arguments) > position else None
    else:
        return _keyed(scope, group, row)
    return _Given(*value, value) if value is not None and value[0] < value[1] else None


def _keyed(scope: Scope, group: int, row: Surface) -> _Given | None:
    """The value of the surface's key among the arguments, or in the object that an argument or a spread names.

    Where the object is built elsewhere the argument itself is the place: what it holds cannot be told.
    """
    code = scope.code
    keys = tuple(row.carrier.split("|"))
    value = find_key(code, group, keys)
    if value is not None:
        return _Given(*value, value)
    if code.opener(group) != "(":
        return None
    elsewhere: _Given | None = None
    for low, high in code.entries(group):
        name = _object_name(code, low, high)
        if name is None:
            continue
        found = _in_object(scope, code.tokens[name].text, keys, 0)
        if found is not None:
            return _Given(name, name + 1, *found)
        elsewhere = elsewhere or _Given(name, name + 1, None)
    return elsewhere if row.bedrock_only else None


def _in_object(scope: Scope, name: str, keys: tuple[str, ...], depth: int) -> tuple[tuple[int, int], Hop] | None:
    """The value of a key in the object a name stands for, or in one that this spreads."""
    code = scope.code
    if depth > _MOST_SPREADS:
        return None
    for declaration in code.declarations.get(name, ())[:8]:
        for index in code.level(declaration.start, declaration.end):
            table = code.opened_at.get(index)
            if table is None or code.opener(table) != "{":
                continue
            value = find_key(code, table, keys)
            if value is not None:
                start, end = code.tokens[value[0]].start, code.tokens[value[1] - 1].end
                return value, scope.file.hop(start, end, f"{keys[0]} of {name}")
            spreads = [
                at + 1 for at in code.level(index + 1, code.limit(table)) if code.is_mark(at, "...") and code.is_name(at + 1)
            ]
            for spread in reversed(spreads):
                found = _in_object(scope, code.tokens[spread].text, keys, depth + 1)
                if found is not None:
                    return found
    return None


def _object_name(code: Code, low: int, high: int) -> int | None:
    """The name of the object that an argument is, or that it spreads: `input`, `...input`, `{...input, a: 1}`."""
    parts = list(code.level(low, high))
    if len(parts) == 1 and code.is_name(parts[0]):
        return None if code.is_name(parts[0], "this", "self", "scope") else parts[0]
    inner = code.opened_at.get(low)
    if inner is not None and code.opener(inner) == "{":
        parts = list(code.level(low + 1, code.limit(inner)))
    spread = next((index for index in parts if code.is_mark(index, "...")), None)
    return spread + 1 if spread is not None and code.is_name(spread + 1) else None


def _built(code: Code, group: int, methods: tuple[str, ...]) -> tuple[int, int] | None:
    """The argument of a method further down a chain of calls: `builder().a(x).modelId(y)`."""
    index = code.groups[group].open
    for _ in range(_MOST_CALLS):
        dot = code.after(index)
        if not code.is_mark(dot, ".", "->", "?."):
            break
        name = code.after(dot)
        call = code.after(name) if name >= 0 else -1
        inner = code.opened_at.get(call)
        if inner is None:
            break
        if code.tokens[name].text in methods:
            return next(code.entries(inner), None)
        index = call
    return None
