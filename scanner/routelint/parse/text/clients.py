"""What a call of a library has made, and programs then call by a name of their own: `const bedrock = createAmazonBedrock()`."""

from __future__ import annotations

from collections.abc import Iterator

from routelint.parse.lexicon import NAME
from routelint.parse.text.callees import functions_of
from routelint.parse.text.groups import Code
from routelint.parse.text.scope import Scope

# Names and functions that one value is handed through.
_MOST_STEPS = 6
MADE = "()"
"""Behind the name of what makes a client, in the symbol of a surface."""


def maker(symbol: str) -> str:
    """The function or class that makes the client of a surface."""
    return symbol.partition(MADE)[0]


def methods(symbol: str) -> tuple[str, ...]:
    """The names behind the client, `messages.create`; none where it is called itself."""
    names = symbol.partition(MADE)[2].strip(".")
    return tuple(names.split(".")) if names else ()


def calls(scope: Scope, symbol: str) -> Iterator[int]:
    """The names that are called with a model: the client itself where `symbol` ends with its maker, else a method of it."""
    names, makes = methods(symbol), maker(symbol)
    code = scope.code
    if names:
        for index in code.at(names[-1]):
            start, chain = code.chain(index) if code.tokens[index].kind is NAME else (index, ())
            if chain[-len(names) :] == names and _is_client(scope, start, chain[: -len(names)], makes):
                yield index
        return
    for name in sorted(code.declarations.keys() | code.imported.keys()):
        called = [index for index in code.at(name) if _is_called(code, index)]
        if called and _holds(scope, name, makes, 0):
            yield from called


def _is_called(code: Code, index: int) -> bool:
    if code.tokens[index].kind is not NAME or not code.is_mark(code.after(index), "("):
        return False
    return not code.is_mark(index - 1, ".", "?.") and not code.is_name(index - 1, "function", "new")


def _is_client(scope: Scope, start: int, receiver: tuple[str, ...], maker: str) -> bool:
    """Whether what stands before a method is a client: a name that holds one, or the call of a function that gives one."""
    if receiver:
        return _holds(scope, receiver[-1], maker, 0)
    code = scope.code
    group = code.closed_at.get(start - 2) if code.is_mark(start - 1, ".", "?.") else None
    return group is not None and _called_makes(scope, code.groups[group].open - 1, maker, 0)


def _holds(scope: Scope, name: str, maker: str, depth: int) -> bool:
    """Whether a name, or an attribute of an object, holds what the maker makes."""
    code = scope.code
    if depth > _MOST_STEPS:
        return False
    for index in code.at(name):
        # `client: AnthropicBedrock`, also of a parameter or of what is given a value later.
        if code.is_mark(index + 1, ":") and code.is_name(index + 2, maker) and not code.is_mark(index + 3, "("):
            return True
    if any(_makes(scope, each.start, each.end, maker, depth) for each in code.declarations.get(name, ())):
        return True
    if name in code.imported:
        module, exported = code.imported[name]
        return _exported(scope, module, name if exported in (None, "default") else exported or name, maker, depth)
    return any(_exported(scope, module, name, maker, depth) for module in code.passed_on) if depth else False


def _exported(scope: Scope, module: str, name: str, maker: str, depth: int) -> bool:
    other = scope.reader.imported(scope.file, module)
    return other is not None and _holds(other, name, maker, depth + 1)


def _makes(scope: Scope, start: int, end: int, maker: str, depth: int) -> bool:
    code = scope.code
    if depth > _MOST_STEPS:
        return False
    for index in code.level(start, end):
        if code.is_name(index, maker) and code.is_mark(code.after(index), "("):
            return True
    first = start + 1 if code.is_name(start, "await", "new") else start
    if not code.is_name(first):
        return False
    if end - first == 1 or code.is_name(first + 1, "as") or code.is_mark(first + 1, "!"):
        return _holds(scope, code.tokens[first].text, maker, depth + 1)
    return code.is_mark(first + 1, "(") and _called_makes(scope, first, maker, depth + 1)


def _called_makes(scope: Scope, index: int, maker: str, depth: int) -> bool:
    """Whether the function called at a name gives back what the maker makes."""
    if depth > _MOST_STEPS or not scope.code.is_name(index):
        return False
    for where, function in functions_of(scope, list(scope.code.chain(index)[1]), index):
        returned = where.reader.functions(where.file).returned(function)
        if any(_makes(where, low, high, maker, depth + 1) for low, high in returned):
            return True
    return False
