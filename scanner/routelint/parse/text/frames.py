"""What an expression of code stands in, from the inside out: keys, variables, calls, lists, comparisons."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum

from routelint.deferred import dataclass
from routelint.parse.lexicon import MARK, NAME, STRING
from routelint.parse.text.groups import Code

MOST_FRAMES = 24
_MOST_STEPS_BACK = 64
_MOST_TOKENS_OF_TYPE = 24

CONTROL = frozenset(
    ("and", "catch", "for", "foreach", "if", "in", "match", "of", "or", "return", "switch", "typeof", "when", "while", "with")
)
_ASSIGNS = ("=", ":=", "??=", "||=")
_FALLS_BACK = ("??", "||", "?:", "??=", "||=")
_COMPARES = ("===", "==", "!=", "!==")
# A line that ends with one of these goes on with the next.
_GOES_ON = ("=", "=>", ":", "??", "||", "?", "(", ".", "+", "&&")


class FrameKind(Enum):
    """What kind of thing an expression stands in."""

    ASSIGNED = "assigned"
    PAIR = "pair"
    ARGUMENT = "argument"
    ITEM = "item"
    RETURNED = "returned"
    COMPARED = "compared"
    TYPE = "type"


@dataclass(frozen=True, slots=True)
class Frame:
    """One thing an expression stands in.

    `name` is the variable, key, callee or function, and `index` its token. `falls_back` tells that the expression is the
    right side of `??` or of its relatives there.
    """

    kind: FrameKind
    name: str
    group: int
    index: int
    falls_back: bool = False


def frames(code: Code, start: int, last: int) -> Iterator[Frame]:
    """The frames around the expression from one token to another, inside first, up to the statement's end."""
    index = start
    for _ in range(MOST_FRAMES):
        frame = _frame(code, index, last)
        if frame is not None:
            yield frame
            if frame.kind is FrameKind.TYPE:
                return
        group = code.group_of[index]
        if not group:
            return
        opener = code.opener(group)
        if frame is not None and frame.kind is FrameKind.COMPARED and opener == "(":
            callee = _callee(code, group)
            if callee is not None:
                yield Frame(FrameKind.ARGUMENT, code.tokens[callee].text, group, callee)
        # A statement in a body: only what a function without a name gives back reaches further out.
        if (
            opener == "{"
            and not code.is_object(group)
            and not _is_value_body(code, group)
            and not _gives_back(code, group, frame)
        ):
            return
        last = code.limit(group)
        index = code.groups[group].open


def _frame(code: Code, index: int, last: int) -> Frame | None:
    """What stands right around the expression between two tokens of one level."""
    group = code.group_of[index]
    following = code.after(last) if last < len(code.tokens) and code.group_of[last] == group else last + 1
    if code.is_mark(following, *_COMPARES):
        return Frame(FrameKind.COMPARED, "", group, index)
    if code.is_mark(following, "|"):
        return Frame(FrameKind.TYPE, "", group, index)
    falls_back = False
    previous = code.before(index)
    for _ in range(_MOST_STEPS_BACK):
        if previous < 0 or code.is_mark(previous, ",", ";"):
            break
        token = code.tokens[previous]
        if token.kind is MARK:
            if token.text in _COMPARES:
                return Frame(FrameKind.COMPARED, "", group, previous)
            if token.text == "|":
                return Frame(FrameKind.TYPE, "", group, previous)
            falls_back = falls_back or token.text in _FALLS_BACK
            named = _named(code, group, previous, falls_back)
            if named is not None:
                return named
        elif token.kind is NAME:
            if token.text in ("case", "when", "instanceof", "typeof"):
                return Frame(FrameKind.COMPARED, "", group, previous)
            if (
                code.lexicon.name in ("baml", "sql")
                and previous == code.before(index)
                and not _is_newline_between(code, previous, index)
            ):
                # `model "..."`, `MODEL_ID '...'`: the name stands right before its value.
                return Frame(FrameKind.PAIR, token.text, group, previous)
            if token.text == "return":
                return Frame(FrameKind.RETURNED, function_name(code, previous), group, previous, falls_back)
            falls_back = falls_back or token.text == "or"
        step = code.before(previous)
        if step >= 0 and _starts_statement(code, group, step, previous):
            break
        previous = step
    return _enclosing(code, group, index, falls_back)


def _named(code: Code, group: int, mark: int, falls_back: bool) -> Frame | None:
    """The key or variable before an assigning mark; None where it is no such mark."""
    text = code.tokens[mark].text
    if text in _ASSIGNS:
        name = code.assigned(mark)
        if name is None:
            return None
        if code.lexicon.name == "javascript" and code.is_name(code.before(name), "type"):
            return Frame(FrameKind.TYPE, "", group, name)
        inside = code.opener(group) == "(" or (code.opener(group) == "{" and code.is_object(group))
        kind = FrameKind.PAIR if inside else FrameKind.ASSIGNED
        return Frame(kind, code.tokens[name].text, group, name, falls_back)
    if text not in (":", "=>"):
        return None
    key = code.before(mark)
    if key < 0:
        return None
    is_object = code.opener(group) in ("(", "[") or code.is_object(group)
    bracket = code.opened_at.get(key)
    if bracket is not None and code.opener(bracket) == "[" and is_object and _starts_entry(code, key):
        return Frame(FrameKind.PAIR, code.tokens[key + 1].text, group, key, falls_back)
    token = code.tokens[key]
    if token.kind not in (NAME, STRING) or not is_object or not _starts_entry(code, key):
        return None
    # `x => "..."` in brackets is a function, `'x' => "..."` a key.
    if text == "=>" and token.kind is NAME and code.lexicon.name != "ruby":
        return None
    return Frame(FrameKind.PAIR, token.text, group, key, falls_back)


def _is_newline_between(code: Code, first: int, second: int) -> bool:
    return "\n" in code.text[code.tokens[first].end : code.tokens[second].start]


def _starts_entry(code: Code, index: int) -> bool:
    """Whether a token starts an entry of its group, so that a colon behind it makes it a key."""
    previous = code.before(index)
    if previous < 0 or code.is_mark(previous, ",", ";"):
        return True
    return (
        not code.is_mark(previous, "?")
        and "\n" in code.text[code.tokens[last_of(code, previous)].end : code.tokens[index].start]
    )


def _starts_statement(code: Code, group: int, before: int, index: int) -> bool:
    """Whether a name starts a statement: in a body, on a new line that the last one does not go on with."""
    if code.opener(group) not in ("{", "") or code.is_object(group) or not code.is_name(index):
        return False
    last = last_of(code, before)
    return "\n" in code.text[code.tokens[last].end : code.tokens[index].start] and not code.is_mark(last, *_GOES_ON)


def _enclosing(code: Code, group: int, index: int, falls_back: bool) -> Frame | None:
    """The call, list or enumeration whose brackets are around the expression."""
    opener = code.opener(group)
    if opener == "(":
        callee = _callee(code, group)
        if callee is None:
            return None
        if code.tokens[callee].text in CONTROL:
            return Frame(FrameKind.COMPARED, "", group, callee)
        return Frame(FrameKind.ARGUMENT, code.tokens[callee].text, group, callee, falls_back)
    if opener == "[" or (opener == "{" and (code.is_object(group) or _is_value_body(code, group))):
        return Frame(FrameKind.ITEM, "", group, index, falls_back)
    return None


def _callee(code: Code, group: int) -> int | None:
    """The name that a pair of parentheses calls, behind generics; None where they only group."""
    index = code.groups[group].open - 1
    if code.is_mark(index, ">"):
        depth = 0
        for _ in range(_MOST_TOKENS_OF_TYPE):
            depth += code.is_mark(index, ">") - code.is_mark(index, "<")
            index -= 1
            if depth == 0:
                break
    return index if code.is_name(index) else None


def _is_value_body(code: Code, group: int) -> bool:
    """Whether braces hold values although no key starts them: an enumeration, a Go or C# literal, a Java array."""
    before = code.groups[group].open - 1
    if in_enumeration(code, group) or code.is_mark(before, "]"):
        return True
    if not code.is_name(before) or code.tokens[before].text in ("else", "try", "finally", "do"):
        return False
    # `Type{...}` and `new Type {...}` hold values, `class Type {...}` and `func f() T {...}` statements.
    introduced = code.before(before)
    while introduced >= 0 and code.is_mark(introduced, "."):
        introduced = code.before(code.before(introduced))
    if code.is_name(introduced, "new", "return") or code.is_mark(introduced, "=", ":=", "(", ",", "&", ":", "["):
        return True
    return introduced < 0 and code.group_of[before] != 0 and code.opener(code.group_of[before]) in ("(", "[")


def _gives_back(code: Code, group: int, frame: Frame | None) -> bool:
    """Whether what stands in a body is what a function without a name gives back."""
    returned = frame is not None and frame.kind in (FrameKind.RETURNED, FrameKind.COMPARED)
    return returned and code.is_mark(code.groups[group].open - 1, "=>", "->")


def in_enumeration(code: Code, group: int) -> bool:
    """Whether a group is the body of an enumeration."""
    index = code.groups[group].open
    return code.opener(group) == "{" and any(code.is_name(each, "enum") for each in range(max(0, index - 4), index))


def last_of(code: Code, index: int) -> int:
    """The last token of the token or group at `index`."""
    group = code.opened_at.get(index)
    return index if group is None else min(code.limit(group), len(code.tokens) - 1)


def function_name(code: Code, index: int) -> str:
    """The name of the innermost named function around a token; empty where there is none."""
    return next(_bodies(code, index), "")


def owner(code: Code, index: int) -> str:
    """The names of the functions and classes around a token, outermost first: `Handler.ask/`; empty at the top."""
    names = [name for name, _ in zip(_bodies(code, index), range(4), strict=False)]
    return ".".join(reversed(names)) + "/" if names else ""


def _bodies(code: Code, index: int) -> Iterator[str]:
    group = code.group_of[index]
    while group:
        if code.opener(group) == "{" and not code.is_object(group):
            name = _body_name(code, group)
            if name:
                yield name
        group = code.groups[group].parent


def _body_name(code: Code, group: int) -> str:
    """The name of the function or class whose body a group is; empty where it has none."""
    index = code.groups[group].open
    for _ in range(16):
        index = code.before(index)
        if index < 0 or code.is_mark(index, ";", "{"):
            return ""
        if code.is_mark(index, "="):
            name = code.assigned(index)
            return code.tokens[name].text if name is not None else ""
        parameters = code.opened_at.get(index)
        if parameters is not None and code.opener(parameters) == "(":
            before = code.before(index)
            if code.is_name(before):
                name_token = code.tokens[before].text
                return "" if name_token in CONTROL else name_token
        if code.is_name(index, "class", "object", "enum", "module", "impl", "namespace"):
            return code.tokens[index + 1].text if code.is_name(index + 1) else ""
    return ""
