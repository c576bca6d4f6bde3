"""Regular expressions of a policy, matched in time proportional to expression times text.

A policy may come from an untrusted pull request, and Python's `re` takes exponential time on some expressions. This is the
part of the usual syntax that a set of states can follow: literals, `.`, classes, `\\d \\w \\s \\b` (ASCII), anchors, groups,
`|` and the repetitions, with `(?i)` in front. Look-around and back-references are refused.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

MOST_STATES = 500
DEEPEST_GROUPS = 20
# A tag value holds at most 256 characters; what is longer matches nothing.
LONGEST_TEXT = 1024

_SHORTHANDS: dict[str, tuple[tuple[str, str], ...]] = {
    "d": (("0", "9"),),
    "w": (("0", "9"), ("A", "Z"), ("_", "_"), ("a", "z")),
    "s": (("\t", "\r"), (" ", " ")),
}
_ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v"}


class RegexError(ValueError):
    """An expression that cannot be read; the message says what was expected."""


class _Set(NamedTuple):
    """One character out of ranges, or any but those."""

    ranges: tuple[tuple[str, str], ...]
    negated: bool = False

    def holds(self, character: str, ignore_case: bool) -> bool:
        forms = {character, character.lower(), character.upper()} if ignore_case else {character}
        return any(low <= form <= high for form in forms for low, high in self.ranges) is not self.negated


class _Assertion(NamedTuple):
    """A place without width: `^`, `$`, `b` (edge of a word) or `B` (no edge)."""

    kind: str

    def holds(self, text: str, index: int) -> bool:
        if self.kind == "^":
            return index == 0
        if self.kind == "$":
            return index == len(text)
        edge = _is_word(text, index - 1) is not _is_word(text, index)
        return edge is (self.kind == "b")


class _Sequence(NamedTuple):
    parts: tuple[_Tree, ...]


class _Either(NamedTuple):
    options: tuple[_Tree, ...]


class _Repeat(NamedTuple):
    part: _Tree
    least: int
    most: int | None


class _Split(NamedTuple):
    """A state that goes on in several others without reading."""

    targets: list[int]


_Tree = _Set | _Assertion | _Sequence | _Either | _Repeat
_State = _Set | _Assertion | _Split | None  # None: the expression has matched


def _is_word(text: str, index: int) -> bool:
    return 0 <= index < len(text) and (text[index] == "_" or (text[index].isascii() and text[index].isalnum()))


class _Parser:
    """Recursive descent over the expression, with a bound on the depth of groups."""

    def __init__(self, expression: str) -> None:
        self.text, self.at, self.depth = expression, 0, 0

    def peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def take(self) -> str:
        character = self.peek()
        self.at += 1
        return character

    def either(self) -> _Tree:
        options = [self.sequence()]
        while self.peek() == "|":
            self.at += 1
            options.append(self.sequence())
        return options[0] if len(options) == 1 else _Either(tuple(options))

    def sequence(self) -> _Tree:
        parts: list[_Tree] = []
        while self.peek() not in ("", "|", ")"):
            parts.append(self.repeated(self.atom()))
        return _Sequence(tuple(parts))

    def repeated(self, part: _Tree) -> _Tree:
        bounds = self.bounds()
        if bounds is None:
            return part
        if isinstance(part, _Assertion):
            raise RegexError("something to repeat before the repetition")
        if self.peek() == "?":  # a lazy repetition matches the same texts
            self.at += 1
        if self.peek() == "+" or self.bounds() is not None:
            raise RegexError("one repetition after another in a group of its own")
        return _Repeat(part, *bounds)

    def bounds(self) -> tuple[int, int | None] | None:
        match self.peek():
            case "*":
                self.at += 1
                return 0, None
            case "+":
                self.at += 1
                return 1, None
            case "?":
                self.at += 1
                return 0, 1
            case "{":
                return self.counted()
        return None

    def counted(self) -> tuple[int, int | None] | None:
        end = self.text.find("}", self.at)
        least, comma, most = self.text[self.at + 1 : end if end > 0 else self.at].partition(",")
        if not all(not each or (each.isascii() and each.isdigit() and len(each) < 5) for each in (least, most)):
            raise RegexError("a count such as {4} or {1,8}, or '\\{' for the character itself")
        if not (least or (comma and most)):
            raise RegexError("a count such as {4} or {1,8}, or '\\{' for the character itself")
        self.at = end + 1
        low = int(least or 0)
        high = (int(most) if most else None) if comma else low
        if high is not None and high < low:
            raise RegexError(f"a count from low to high instead of {{{least},{most}}}")
        return low, high

    def atom(self) -> _Tree:
        character = self.take()
        match character:
            case "(":
                return self.group()
            case "[":
                return self.charset()
            case ".":
                return _Set((("\n", "\n"),), negated=True)
            case "^" | "$":
                return _Assertion(character)
            case "\\":
                return self.escape()
            case "*" | "+" | "?" | "{":
                raise RegexError(f"something to repeat before '{character}', or '\\{character}' for the character itself")
        return _Set(((character, character),))

    def group(self) -> _Tree:
        self.depth += 1
        if self.depth > DEEPEST_GROUPS:
            raise RegexError(f"at most {DEEPEST_GROUPS} groups within one another")
        if self.peek() == "?":
            if self.text.startswith("?:", self.at):
                self.at += 2
            elif self.text.startswith("?P<", self.at) and (end := self.text.find(">", self.at)) > 0:
                self.at = end + 1
            else:
                raise RegexError("an expression without look-around and flags (groups are (...) and (?:...))")
        inner = self.either()
        if self.take() != ")":
            raise RegexError("a ')' for every '('")
        self.depth -= 1
        return inner

    def escape(self) -> _Tree:
        character = self.take()
        if character.lower() in _SHORTHANDS and character:
            return _Set(_SHORTHANDS[character.lower()], negated=character.isupper())
        if character in ("b", "B"):
            return _Assertion(character)
        literal = self.literal(character)
        return _Set(((literal, literal),))

    def literal(self, character: str) -> str:
        if not character:
            raise RegexError("a character after the last '\\'")
        if character.isalnum() and character not in _ESCAPES:
            raise RegexError(f"an expression without '\\{character}' (known are \\d \\w \\s \\b and their capitals)")
        return _ESCAPES.get(character, character)

    def charset(self) -> _Tree:
        negated = self.peek() == "^"
        self.at += negated
        ranges: list[tuple[str, str]] = []
        first = True
        while first or self.peek() != "]":
            first = False
            low = self.member()
            if isinstance(low, tuple):
                ranges.extend(low)
            elif self.peek() == "-" and self.text[self.at + 1 : self.at + 2] not in ("", "]"):
                self.at += 1
                high = self.member()
                if isinstance(high, tuple) or low > high:
                    raise RegexError("a range from low to high in '[...]'")
                ranges.append((low, high))
            else:
                ranges.append((low, low))
        self.at += 1
        return _Set(tuple(ranges), negated)

    def member(self) -> str | tuple[tuple[str, str], ...]:
        character = self.take()
        if not character:
            raise RegexError("a ']' for every '['")
        if character != "\\":
            return character
        character = self.take()
        if character in _SHORTHANDS:
            return _SHORTHANDS[character]
        return self.literal(character)


class _Program:
    """The states of an expression; a state's successor is the next one unless it splits."""

    def __init__(self) -> None:
        self.states: list[_State] = []

    def add(self, state: _State) -> int:
        if len(self.states) >= MOST_STATES:
            raise RegexError(f"at most {MOST_STATES} states, repetitions counted out")
        self.states.append(state)
        return len(self.states) - 1

    def emit(self, tree: _Tree) -> None:
        match tree:
            case _Sequence(parts):
                for part in parts:
                    self.emit(part)
            case _Either(options):
                split, ends = _Split([]), list[_Split]()
                self.add(split)
                for option in options:
                    split.targets.append(len(self.states))
                    self.emit(option)
                    ends.append(_Split([]))
                    self.add(ends[-1])
                for end in ends:
                    end.targets.append(len(self.states))
            case _Repeat(part, least, most):
                self.repeat(part, least, most)
            case _Set() | _Assertion():
                self.add(tree)

    def repeat(self, part: _Tree, least: int, most: int | None) -> None:
        if not _is_something(part):  # copies of nothing would never reach the bound on states
            return
        for _ in range(least):
            self.emit(part)
        if most is None:
            split = _Split([])
            start = self.add(split)
            self.emit(part)
            self.add(_Split([start]))
            split.targets.extend((start + 1, len(self.states)))
            return
        splits = []
        for _ in range(most - least):
            splits.append(_Split([]))
            splits[-1].targets.append(self.add(splits[-1]) + 1)
            self.emit(part)
        for split in splits:
            split.targets.append(len(self.states))


def _is_something(tree: _Tree) -> bool:
    match tree:
        case _Sequence(parts):
            return any(_is_something(part) for part in parts)
        case _Repeat(part, _, most):
            return most != 0 and _is_something(part)
    return True


class Regex(NamedTuple):
    """An expression ready to search a text."""

    states: tuple[_State, ...]
    ignore_case: bool

    def search(self, text: str) -> bool:
        """Whether the expression matches anywhere in the text; `^` and `$` are its ends. False for an overlong text."""
        if len(text) > LONGEST_TEXT:
            return False
        current: list[int] = []
        for index in range(len(text) + 1):
            current, matched = self._close([*current, 0], text, index)
            if matched:
                return True
            if index < len(text):
                current = [state + 1 for state in current if self._reads(state, text[index])]
        return False

    def _reads(self, state: int, character: str) -> bool:
        each = self.states[state]
        return isinstance(each, _Set) and each.holds(character, self.ignore_case)

    def _close(self, pending: list[int], text: str, index: int) -> tuple[list[int], bool]:
        """The reading states that can be reached without reading, and whether the end is among them."""
        seen: set[int] = set()
        reading: list[int] = []
        pending.reverse()
        while pending:
            state = pending.pop()
            if state in seen:
                continue
            seen.add(state)
            match self.states[state]:
                case None:
                    return [], True
                case _Split(targets):
                    pending.extend(targets)
                case _Assertion() as assertion:
                    if assertion.holds(text, index):
                        pending.append(state + 1)
                case _Set():
                    reading.append(state)
        return reading, False


@lru_cache(maxsize=256)
def compile_regex(expression: str) -> Regex:
    """The expression, ready to search.

    Raises:
        RegexError: it cannot be read, holds look-around or back-references, or has too many states; says what was expected.
    """
    ignore_case = expression.startswith("(?i)")
    parser = _Parser(expression[4:] if ignore_case else expression)
    tree = parser.either()
    if parser.at < len(parser.text):
        raise RegexError("a '(' for every ')'")
    program = _Program()
    program.emit(tree)
    program.add(None)
    return Regex(tuple(program.states), ignore_case)


def search(expression: str, text: str) -> bool:
    """Whether an expression of a policy, known to be readable, matches anywhere in a text."""
    return compile_regex(expression).search(text)
