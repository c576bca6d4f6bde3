"""Calls and constructions of program code that take a model, as the surfaces name them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from routelint.deferred import dataclass
from routelint.model import Kind, Resolution
from routelint.parse.lexicon import NAME
from routelint.parse.route import to_value
from routelint.parse.text import clients, frames
from routelint.parse.text.callees import class_of
from routelint.parse.text.callers import everywhere
from routelint.parse.text.draft import File, Place, kind_of
from routelint.parse.text.groups import Code
from routelint.parse.text.hits import first_model
from routelint.parse.text.objects import entries
from routelint.parse.text.scope import Key, Path, Reader, Scope, find_key
from routelint.parse.text.shape import shape
from routelint.possible import Hole, Possible, known, unknown
from routelint.surfaces import Surface, indexed

# A longer chain of calls is machine-made.
_MOST_CALLS = 64
# What constructs are put into: the first argument of each, and no properties.
_SCOPE = re.compile(r"_?(?:this|self|scope|stack|parent)", re.IGNORECASE)
_MOST_TOKENS_OF_TYPE = 24
_DECLARES = ("function", "class", "interface", "type", "def", "fun", "func", "fn", "import", "struct")


@indexed
def by_name(rows: Sequence[Surface]) -> dict[str, list[Surface]]:
    """The surfaces of program code by the last name of their symbol."""
    found: dict[str, list[Surface]] = {}
    for row in rows:
        if row.kind is not None and re.fullmatch(r"(?:[\w@./-]+:)?[\w.]+", row.symbol):
            found.setdefault(re.split(r"[.:]", row.symbol)[-1], []).append(row)
    return found


def making_clients(rows: Sequence[Surface], files: Sequence[File]) -> list[Surface]:
    """The surfaces of what a call makes, of which the scan has the call."""
    named = [(row, clients.maker(row.symbol)) for row in rows if row.kind is not None and clients.MADE in row.symbol]
    found = [name for name in sorted({name for _, name in named}) if any(name in file.source.text for file in files)]
    return [row for row, name in named if name in found]


def places(reader: Reader, file: File, rows: dict[str, list[Surface]]) -> Iterator[Place]:
    """Every place of a file that the surfaces name, whether or not the model can be told.

    Where several functions run the file and set the variable that is read, there is one for each, with the function as root.
    """
    wanted = _written_in(file, reader.words(file), rows)
    if wanted:
        scope = reader.scope(file)
        for index in scope.code.at(*wanted):
            token = scope.code.tokens[index]
            if token.kind is NAME:
                for row in wanted[token.text]:
                    yield from _of_owners(reader, scope, index, row)


def of_clients(reader: Reader, file: File, rows: Sequence[Surface]) -> Iterator[Place]:
    """Every place of a file where what a library made is called with a model, by whatever name the program gave it."""
    words = reader.words(file)
    for row in rows:
        if words.issuperset(clients.methods(row.symbol)):
            scope = reader.scope(file)
            for index in clients.calls(scope, row.symbol):
                yield from _of_owners(reader, scope, index, row)


def _of_owners(reader: Reader, scope: Scope, index: int, row: Surface) -> Iterator[Place]:
    """The place of one call, once per function that runs it with a value of its own."""
    reader.owner = None
    reader.owners.clear()
    place = _place(scope, index, row)
    owners = sorted(reader.owners) if place is not None else []
    if place is None or len(owners) < 2:
        if place is not None:
            yield place
        return
    for owner in owners:
        reader.owner = owner
        own = _place(scope, index, row)
        if own is not None:
            yield replace(own, root=owner)
    reader.owner = None


def _written_in(file: File, words: frozenset[str], rows: dict[str, list[Surface]]) -> dict[str, list[Surface]]:
    """The surfaces of which a file has every word."""
    found: dict[str, list[Surface]] = {}
    for name in sorted(rows.keys() & words):
        for row in rows[name]:
            module, _, symbol = row.symbol.rpartition(":")
            if words.issuperset(symbol.split(".")) and module in file.source.text:
                found.setdefault(name, []).append(row)
    return found


@dataclass(frozen=True, slots=True)
class _Given:
    """What a call is given as its model: the place in the call, and the value, which may be a key of what stands there."""

    start: int
    end: int
    value: Possible


def _place(scope: Scope, index: int, row: Surface) -> Place | None:
    code = scope.code
    module, _, symbol = row.symbol.rpartition(":")
    # What is called by a name of the program's own has been told already by what made it.
    if clients.MADE not in symbol and not (_is_symbol(code, index, symbol) and _is_imported(code, index, module)):
        return None
    group = _brackets(code, index)
    if group is None:
        return None
    carrier = row.carrier.removeprefix(".").split("|", 1)[0]
    sink = f"{symbol}.{carrier}" if carrier else symbol
    given = _given(scope, group, row)
    if given is None:
        return _implicit(scope, index, group, row, sink)
    possible = given.value
    model = first_model(possible)
    if to_value(possible, bedrock_only=row.bedrock_only) is None or (model is None and not row.bedrock_only):
        return None
    if all(isinstance(each.content, Hole) for each in possible) and _is_own(scope, index):
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
        settings=shape(scope, index, group, row),
    )


def _implicit(scope: Scope, index: int, group: int, row: Surface, sink: str) -> Place | None:
    """The default of a class that is made without a model."""
    code = scope.code
    if row.default is None or code.opener(group) != "(" or not code.is_name(code.chain(index)[0] - 1, "new"):
        return None
    if any(_may_hold(code, low, high) for low, high in code.entries(group)):
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


def _is_own(scope: Scope, index: int) -> bool:
    """Whether an object is made of a class that the scan declares under a library's name: what it does is said there."""
    code = scope.code
    if code.lexicon.name != "javascript" or not code.is_name(index - 1, "new"):
        return False
    return class_of(scope, code.tokens[index].text) is not None


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
        methods = tuple(row.carrier[1:].split("|"))
        value = _built(code, code.groups[group].open, methods) or _built_by_consumer(code, group, methods)
    elif not row.carrier:
        arguments = list(code.entries(group)) if code.opener(group) == "(" else []
        position = row.position or 0
        value = arguments[position] if len(arguments) > position else None
    else:
        return _keyed(scope, group, row)
    return _Given(*value, everywhere(scope, *value)) if value is not None and value[0] < value[1] else None


def _keyed(scope: Scope, group: int, row: Surface) -> _Given | None:
    """The value of the surface's key among the arguments, or in the object that an argument or a spread stands for.

    Where the object is built elsewhere the argument itself is the place.
    """
    code = scope.code
    paths = tuple(_path(each) for each in row.carrier.split("|"))
    if code.lexicon.name == "csharp":
        paths = tuple(tuple(key and key[0].upper() + key[1:] for key in path) for path in paths)
    for path in paths:
        written = _written(code, group, path)
        if written is not None:
            start, end, left = written
            value = everywhere(scope, start, end, left, default=() if left else None)
            return _Given(start, end, value) if value else None
    if code.opener(group) != "(":
        return None
    elsewhere: _Given | None = None
    for low, high in code.entries(group):
        for start, end in _objects(code, low, high):
            for path in paths:
                found = everywhere(scope, start, end, path, default=())
                given = _Given(start, end, found)
                if any(not isinstance(each.content, Hole) for each in found):
                    return given
                elsewhere = elsewhere or given
    if elsewhere is None or not row.bedrock_only:
        return None
    if elsewhere.value:
        return elsewhere
    # What nests deeper belongs to one kind of several: that it is not there is no fault.
    told = unknown(f"{row.carrier.split('|', 1)[0]} is not given here")
    return _Given(elsewhere.start, elsewhere.end, told) if any(len(path) == 1 for path in paths) else None


def _path(carrier: str) -> Path:
    """The keys of a carrier: `variants[].modelId` takes any of the variants."""
    found: list[Key] = []
    for part in carrier.split("."):
        found.append(part.removesuffix("[]"))
        if part.endswith("[]"):
            found.append(None)
    return tuple(found)


def _written(code: Code, group: int, path: Path) -> tuple[int, int, Path] | None:
    """The value that the arguments write out furthest down a path, and the keys that are left; None for not even the first."""
    assert path[0] is not None
    value = find_key(code, group, (path[0],))
    left = path[1:]
    while value is not None and left and left[0] is not None:
        inner = code.opened_at.get(value[0])
        deeper = find_key(code, inner, (left[0],)) if inner is not None and code.opener(inner) in ("{", "[") else None
        if deeper is None:
            break
        value, left = deeper, left[1:]
    return (*value, left) if value is not None else None


def _objects(code: Code, low: int, high: int) -> Iterator[tuple[int, int]]:
    """The expressions that may stand for an object: an argument, or what an object written there spreads, last first."""
    inner = code.opened_at.get(low)
    if inner is not None and code.opener(inner) == "{":
        yield from ((each.start, each.end) for each in reversed(list(entries(code, inner))) if each.key < 0)
    elif _may_hold(code, low, high):
        start = low + 1 if code.is_mark(low, "...") else low
        if start < high:
            yield start, high


def _may_hold(code: Code, low: int, high: int) -> bool:
    """Whether an argument may be an object that is built elsewhere: a name, a call, or an object that spreads another."""
    inner = code.opened_at.get(low)
    if inner is not None and code.opener(inner) == "{":
        return any(each.key < 0 for each in entries(code, inner))
    if code.is_mark(low, "..."):
        return True
    if not code.is_name(low) or code.is_name(low, "function", "async", "new", "true", "false", "null", "undefined"):
        return False
    return high - low > 1 or _SCOPE.fullmatch(code.tokens[low].text) is None


def _built_by_consumer(code: Code, group: int, methods: tuple[str, ...]) -> tuple[int, int] | None:
    """The same where the builder is handed to a function: `client.converse(request -> request.a(x).modelId(y))`."""
    for low, high in code.entries(group):
        if high - low > 2 and code.is_mark(low + 1, "->") and code.is_name(low + 2, code.tokens[low].text):
            return _built(code, low + 2, methods)
    return None


def _built(code: Code, index: int, methods: tuple[str, ...]) -> tuple[int, int] | None:
    """The argument of a method further down a chain of calls: `builder().a(x).modelId(y)`."""
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
