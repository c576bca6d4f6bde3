"""The functions of a file, the names of their parameters, what they give back, and where functions are called."""

from __future__ import annotations

import bisect
from collections.abc import Iterator
from functools import cached_property

from routelint.deferred import dataclass
from routelint.parse.lexicon import MARK
from routelint.parse.text.frames import CONTROL, last_of
from routelint.parse.text.groups import Code

_MOST_TOKENS_OF_TYPE = 24
_MOST_RETURNS = 32
# Functions that give back functions, `a => b => c`, nest no deeper in what people write.
_MOST_ARROWS = 8
_NO_NAMES = frozenset(("function", "async", "await", "return", "new"))
_MODIFIERS = frozenset(
    ("async", "final", "func", "fun", "function", "get", "internal", "override", "private", "protected", "public", "static")
)


@dataclass(frozen=True, slots=True)
class Function:
    """A function: its name and where that stands, the group of its parameters, and its body.

    The body is a group of braces (`block`), or an expression between two indexes. `owner` is the body of its class, 0 where it
    is in none.
    """

    name: str
    at: int
    parameters: int
    start: int
    end: int
    block: int = 0
    owner: int = 0


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter: its place, the key where it is taken out of an object that is passed, and its default's tokens."""

    position: int
    key: str | None = None
    default: tuple[int, int] | None = None
    is_field: bool = False


class Functions:
    """The functions of one file. Only what JavaScript and its relatives write with `=>` or a body in braces is seen."""

    def __init__(self, code: Code) -> None:
        """Takes the structure of the file; it is looked through when it is first asked."""
        self._code = code

    @cached_property
    def all(self) -> tuple[Function, ...]:
        """Every function with a list of parameters, in the order written."""
        found = [made for group in range(1, len(self._code.groups)) if (made := self._of_body(group)) is not None]
        arrows = (index for index in self._code.at("=>") if self._code.tokens[index].kind is MARK)
        found += [made for index in arrows if (made := self._of_arrow(index)) is not None]
        return tuple(sorted(found, key=lambda each: each.start))

    @cached_property
    def by_name(self) -> dict[str, list[Function]]:
        """Functions by name."""
        found: dict[str, list[Function]] = {}
        for each in self.all:
            if each.name:
                found.setdefault(each.name, []).append(each)
        return found

    @cached_property
    def by_body(self) -> dict[int, Function]:
        """The group of a body -> its function."""
        return {each.block: each for each in self.all if each.block}

    @cached_property
    def calls(self) -> dict[str, list[int]]:
        """The names that are called -> the groups of the calls' arguments."""
        declared = {each.parameters for each in self.all}
        found: dict[str, list[int]] = {}
        for index, group in self._code.opened_at.items():
            if self._code.opener(group) == "(" and group not in declared:
                name = callee(self._code, index)
                if name is not None and self._code.tokens[name].text not in CONTROL:
                    found.setdefault(self._code.tokens[name].text, []).append(group)
        return found

    def around(self, index: int) -> Iterator[Function]:
        """The functions around a token, innermost first."""
        code = self._code
        if index >= len(code.group_of):
            return
        position, group = index, code.group_of[index]
        while True:
            beside = self._expressions.get(group, ())
            at = bisect.bisect_right(beside, position, key=lambda each: each.start)
            for each in reversed(beside[max(0, at - _MOST_ARROWS) : at]):
                if position < each.end:
                    yield each
            body = self.by_body.get(group)
            if body is not None:
                yield body
            if not group:
                return
            position, group = self._outward[group]

    @cached_property
    def _outward(self) -> list[tuple[int, int]]:
        """For each group the next one around it that functions stand in, or the outermost, and the token that leads there.

        Most brackets are no function's: in deep nesting each name would climb through all of them.
        """
        code = self._code
        found = [(0, 0)]
        for group in code.groups[1:]:
            direct = not group.parent or group.parent in self.by_body or group.parent in self._expressions
            found.append((group.open, group.parent) if direct else found[group.parent])
        return found

    @cached_property
    def _expressions(self) -> dict[int, list[Function]]:
        """The group that a function without braces stands in -> the functions, in the order written."""
        found: dict[int, list[Function]] = {}
        for each in self.all:
            if not each.block:
                found.setdefault(self._code.group_of[each.start], []).append(each)
        return found

    def constructor(self, owner: int) -> Function | None:
        """The constructor of the class whose body is a group; None where it has none."""
        return next((each for each in self.by_name.get("constructor", ()) if each.owner == owner), None)

    def returned(self, function: Function) -> tuple[tuple[int, int], ...]:
        """The expressions that a function gives back."""
        code = self._code
        if not function.block:
            return ((function.start, function.end),)
        found = []
        for index in code.between(function.start, min(function.end, len(code.tokens)) - 1, "return"):
            if code.is_name(index) and self._is_inside(index, function.block):
                end = code.end_of_expression(index + 1)
                if end > index + 1 and "\n" not in code.text[code.tokens[index].end : code.tokens[index + 1].start]:
                    found.append((index + 1, end))
                if len(found) >= _MOST_RETURNS:
                    break
        return tuple(found)

    def _is_inside(self, index: int, body: int) -> bool:
        """Whether a token belongs to a body itself and not to a function inside it."""
        return next((each.block == body for each in self.around(index)), False)

    def _of_body(self, group: int) -> Function | None:
        code = self._code
        if code.opener(group) != "{":
            return None
        opened = code.groups[group].open
        is_arrow = code.is_mark(opened - 1, "=>")
        parameters = self._signature(code.before(opened - 1) if is_arrow else code.before(opened), is_arrow=is_arrow)
        if parameters is None:
            return None
        at = self._name(code.groups[parameters].open, is_arrow=is_arrow)
        if at is None and not is_arrow:
            return None
        name = code.tokens[at].text if at is not None else ""
        if name in CONTROL or name in ("else", "try", "do", "finally"):
            return None
        return Function(
            name, at if at is not None else opened, parameters, opened + 1, code.limit(group), group, self._owner(group)
        )

    def _of_arrow(self, arrow: int) -> Function | None:
        """`(a, b) => expression`."""
        code = self._code
        if code.is_mark(arrow + 1, "{") or arrow + 1 >= len(code.tokens) or code.lexicon.name != "javascript":
            return None
        before = code.before(arrow)
        parameters = self._signature(before, is_arrow=True)
        if parameters is None:
            return None
        end = min(code.end_of_expression(arrow + 1), code.limit(code.group_of[arrow]))
        at = self._name(code.groups[parameters].open, is_arrow=True)
        name = code.tokens[at].text if at is not None else ""
        return Function(name, at if at is not None else arrow, parameters, arrow + 1, end, 0, self._owner_of(arrow))

    def _signature(self, index: int, *, is_arrow: bool) -> int | None:
        """The group of parameters that ends before a body: straight before it, or before the type that is given back."""
        code = self._code
        for _ in range(_MOST_TOKENS_OF_TYPE):
            if index < 0:
                return None
            group = code.opened_at.get(index)
            if group is not None and code.opener(group) == "(":
                return group
            token = code.tokens[index]
            if group is not None and code.opener(group) == "{":
                # `(): { a: string } {` is rare; a body of braces before this one is far more often another statement.
                return None
            if token.kind is MARK and token.text not in (":", "<", ">", ".", "|", "[", "*", "&", ",", "->", "?"):
                return None
            if token.text in _NO_NAMES or token.text in (
                "class",
                "interface",
                "enum",
                "struct",
                "else",
                "try",
                "finally",
                "do",
            ):
                return None
            index = code.before(index)
        return None

    def _name(self, parameters: int, *, is_arrow: bool) -> int | None:
        """The token that names a function: before its parameters, or what a function without a name is assigned to."""
        code = self._code
        index = code.before(parameters)
        for _ in range(3):
            if code.is_name(index, "async", "function"):
                index = code.before(index)
                is_arrow = True
            elif code.is_mark(index, "*"):
                index = code.before(index)
        if code.is_mark(index, ">"):
            named = callee(code, parameters)
            if named is not None and not is_arrow:
                return named
            depth = 0
            for _ in range(_MOST_TOKENS_OF_TYPE):
                depth += code.is_mark(index, ">") - code.is_mark(index, "<")
                index = code.before(index)
                if depth == 0 or index < 0:
                    break
        if is_arrow:
            if code.is_mark(index, "="):
                return code.assigned(index)
            if code.is_mark(index, ":") and code.is_name(code.before(index)):
                return code.before(index)
            return None
        return index if code.is_name(index) else None

    def _owner(self, group: int) -> int:
        return self._owner_of(self._code.groups[group].open)

    def _owner_of(self, index: int) -> int:
        around = self._code.group_of[index]
        return around if around in self._classes else 0

    @cached_property
    def _classes(self) -> frozenset[int]:
        return frozenset(group for groups in self._code.named_groups.values() for group in groups)


def callee(code: Code, opened: int) -> int | None:
    """The name before a pair of parentheses, behind generics; None where the parentheses only group."""
    index = opened - 1
    if code.is_mark(index, ">"):
        depth = 0
        for _ in range(_MOST_TOKENS_OF_TYPE):
            depth += code.is_mark(index, ">") - code.is_mark(index, "<")
            index -= 1
            if depth == 0 or index < 0:
                break
    return index if index >= 0 and code.is_name(index) and code.tokens[index].text not in _NO_NAMES else None


def parameter(code: Code, parameters: int, name: str) -> Parameter | None:
    """The parameter of a name in a list of parameters; None where none has it."""
    for position, (low, high) in enumerate(_entries(code, parameters)):
        group = code.opened_at.get(low)
        if group is not None and code.opener(group) == "{":
            for inner, end in code.entries(group):
                renamed = inner + 2 if code.is_mark(inner + 1, ":") and inner + 2 < end else inner
                if code.is_name(renamed, name):
                    return Parameter(position, code.tokens[inner].text, _default(code, renamed, end))
            continue
        for index in code.level(low, high):
            if code.is_mark(index, ":", "="):
                break
            if code.is_name(index, name):
                modified = any(code.is_name(each, "private", "public", "protected", "readonly") for each in range(low, index))
                return Parameter(position, None, _default(code, index, high), modified)
    return None


def _entries(code: Code, group: int) -> Iterator[tuple[int, int]]:
    """The parameters of a list; a decorator before one stays with it, and generics may hold commas."""
    start: int | None = None
    depth = 0
    for index in code.level(code.groups[group].open + 1, code.limit(group)):
        start = index if start is None else start
        if code.is_mark(index, "<"):
            depth += 1
        elif code.is_mark(index, ">"):
            depth = max(0, depth - 1)
        elif code.is_mark(index, ",") and depth == 0:
            if index > start:
                yield start, index
            start = None
    if start is not None and start < code.limit(group):
        yield start, code.limit(group)


def _default(code: Code, at: int, end: int) -> tuple[int, int] | None:
    equals = next((index for index in code.level(at, end) if code.is_mark(index, "=")), None)
    return (equals + 1, end) if equals is not None and equals + 1 < end else None


def is_reassigned(code: Code, name: int) -> bool:
    """Whether a name that is given a value was declared before: no keyword and no type stands before it."""
    before = code.before(name)
    if before < 0:
        return True
    if code.is_name(before, "const", "let", "var", "val", *_MODIFIERS) or code.is_mark(before, ".", "?.", "->", "@", ",", "{"):
        return False
    last = last_of(code, before)
    return "\n" in code.text[code.tokens[last].end : code.tokens[name].start] or code.is_mark(last, ";", ")", "}")
