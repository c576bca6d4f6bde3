"""Calls and constructions of program code that take a model, as the surfaces name them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from routelint.model import Kind
from routelint.parse.lexicon import TokenKind
from routelint.parse.route import to_value
from routelint.parse.text import frames
from routelint.parse.text.draft import Place, kind_of
from routelint.parse.text.evaluate import evaluate
from routelint.parse.text.groups import Code
from routelint.parse.text.hits import first_model
from routelint.parse.text.scope import Scope, find_key
from routelint.surfaces import Surface

# A longer chain of calls is machine-made.
_MOST_CALLS = 64
_MOST_TOKENS_OF_TYPE = 24
_DECLARES = ("function", "class", "interface", "type", "def", "fun", "func", "fn", "import", "struct")


def by_name(rows: tuple[Surface, ...]) -> dict[str, list[Surface]]:
    """The surfaces of program code by the last name of their symbol."""
    found: dict[str, list[Surface]] = {}
    for row in rows:
        if row.kind is not None and re.fullmatch(r"[\w.]+", row.symbol):
            found.setdefault(row.symbol.rsplit(".", 1)[-1], []).append(row)
    return found


def places(scope: Scope, rows: dict[str, list[Surface]]) -> Iterator[Place]:
    """Every place of a file that the surfaces name, whether or not the model can be told."""
    for index, token in enumerate(scope.code.tokens):
        if token.kind is TokenKind.NAME:
            for row in rows.get(token.text, ()):
                place = _place(scope, index, row)
                if place is not None:
                    yield place


def _place(scope: Scope, index: int, row: Surface) -> Place | None:
    code = scope.code
    if not _is_symbol(code, index, row.symbol):
        return None
    group = _brackets(code, index)
    if group is None:
        return None
    if row.carrier.startswith("."):
        value, carrier = _built(code, group, tuple(row.carrier[1:].split("|")))
    elif not row.carrier:
        arguments = list(code.entries(group)) if code.opener(group) == "(" else []
        position = row.position or 0
        value, carrier = (arguments[position] if len(arguments) > position else None), ""
    else:
        value, carrier = _keyed(code, group, row), row.carrier.split("|", 1)[0]
    if value is None or value[0] >= value[1]:
        return None
    possible = evaluate(scope, *value)
    if to_value(possible, bedrock_only=row.bedrock_only) is None:
        return None
    model = first_model(possible)
    sink = f"{row.symbol}.{carrier}" if carrier else row.symbol
    return Place(
        code.tokens[value[0]].start,
        code.tokens[value[1] - 1].end,
        (code.tokens[code.chain(index)[0]].start, code.tokens[min(code.limit(group), len(code.tokens) - 1)].end),
        sink,
        f"{scope.file.name}:{frames.owner(code, index)}{sink}",
        kind_of(model, "", row.kind) if model is not None else row.kind or Kind.INVOKE,
        possible,
        bedrock_only=row.bedrock_only,
    )


def _is_symbol(code: Code, index: int, symbol: str) -> bool:
    """Whether the name at `index` is the surface's, with the names before it that belong to it."""
    wanted = tuple(symbol.split("."))
    if len(wanted) > 1:
        return code.chain(index)[1][-len(wanted) :] == wanted
    return not code.is_name(index - 1, *_DECLARES)


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


def _keyed(code: Code, group: int, row: Surface) -> tuple[int, int] | None:
    """The value of the surface's key among the arguments, or in the object that an argument or a spread names.

    Where the object is built elsewhere the argument itself is the value: what it holds cannot be told.
    """
    keys = tuple(row.carrier.split("|"))
    value = find_key(code, group, keys)
    if value is not None or code.opener(group) != "(":
        return value
    built: tuple[int, int] | None = None
    for low, high in code.entries(group):
        name = _object_name(code, low, high)
        if name is None:
            continue
        built = built or (low, high)
        for declaration in code.declarations.get(code.tokens[name].text, ())[:8]:
            for index in code.level(declaration.start, declaration.end):
                table = code.opened_at.get(index)
                if table is not None and code.opener(table) == "{" and (value := find_key(code, table, keys)) is not None:
                    return value
    return built if row.bedrock_only else None


def _object_name(code: Code, low: int, high: int) -> int | None:
    """The name of the object that an argument is, or that it spreads: `input`, `...input`, `{...input, a: 1}`."""
    parts = list(code.level(low, high))
    if len(parts) == 1 and code.is_name(parts[0]):
        return parts[0]
    inner = code.opened_at.get(low)
    if inner is not None and code.opener(inner) == "{":
        parts = list(code.level(low + 1, code.limit(inner)))
    spread = next((index for index in parts if code.is_mark(index, "...")), None)
    return spread + 1 if spread is not None and code.is_name(spread + 1) else None


def _built(code: Code, group: int, methods: tuple[str, ...]) -> tuple[tuple[int, int] | None, str]:
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
            return next(code.entries(inner), None), code.tokens[name].text
        index = call
    return None, methods[0]
