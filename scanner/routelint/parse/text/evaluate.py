"""What an expression of code may be: strings, names of the file and of files it imports, environment variables, choices."""

from __future__ import annotations

import re
from dataclasses import replace

from routelint.deferred import lazy_regex
from routelint.model import Resolution
from routelint.parse.lexicon import NUMBER, STRING
from routelint.parse.text import conditions, objects
from routelint.parse.text.calls import WRAPPERS, call, environment, reads_environment
from routelint.parse.text.files import Data, taken
from routelint.parse.text.groups import Code
from routelint.parse.text.names import MOST_STEPS, Target, Variable, look_up, variable_of
from routelint.parse.text.scope import Key, Path, Scope
from routelint.possible import (
    Hole,
    Possibility,
    Possible,
    combine,
    concatenate,
    in_environments,
    known,
    unite,
    unknown,
    via,
)

# Steps of one evaluation: names that refer to each other twice would double them each time.
MOST_EVALUATIONS = 4000
# Steps in one file for all that is asked; files that people write take up to 1,000. Beyond them each evaluation gets few.
MOST_EVALUATIONS_OF_A_FILE = 20_000
MOST_EVALUATIONS_LATE = 50
_MOST_PIECES = 32
# The classes of the CDK whose constants are models.
CDK_CLASSES = frozenset(("BedrockFoundationModel", "FoundationModelIdentifier"))
_NOTHING = ("undefined", "null", "nil", "None")
_DOUBTED = (Resolution.ENV_DEFAULT, Resolution.PARAMETER_DEFAULT)


def evaluate(scope: Scope, start: int, end: int, path: Path = (), depth: int = 0) -> Possible:
    """What the expression between two indexes of one level may be, or what it holds at a path of keys.

    Nothing at all where it surely holds no such key.
    """
    code = scope.code
    if start >= end or start >= len(code.tokens):
        return unknown("the expression is empty")
    reader = scope.reader
    reader.steps = reader.steps + 1 if depth else 0
    reader.spent[scope.file.path] += 1
    late = reader.spent[scope.file.path] > MOST_EVALUATIONS_OF_A_FILE
    if depth > MOST_STEPS or reader.steps > (MOST_EVALUATIONS_LATE if late else MOST_EVALUATIONS) or len(path) > MOST_STEPS:
        return unknown("the expression goes through too many steps")
    parts = _without_type(code, list(code.level(start, end)))
    if not parts:
        return unknown("the expression is empty")
    start, end = parts[0], _end(code, parts[-1])
    for index in parts:
        if code.is_mark(index, "?") and (colon := _colon(code, parts, index)) is not None:
            sides = [evaluate(scope, *side, path, depth + 1) for side in ((index + 1, colon), (colon + 1, end))]
            return conditions.choose(conditions.judge(evaluate, scope, start, index, depth + 1), *sides)
    for index in parts:
        if code.is_mark(index, "??", "||", "?:") or (code.is_name(index, "or") and index != parts[0]):
            return _or(scope, start, index, end, path, depth)
    conjunction = next((index for index in reversed(parts) if code.is_mark(index, "&&")), None)
    if conjunction is not None and conjunction != parts[0]:
        return evaluate(scope, conjunction + 1, end, path, depth + 1)
    if not path and (placeholder := _placeholder(code.text[code.tokens[start].start : code.tokens[end - 1].end])) is not None:
        return known(placeholder)
    plus = [index for index in parts if code.is_mark(index, "+") and index != parts[0]]
    if len(plus) >= _MOST_PIECES:
        return unknown(f"the text is put together from more than {_MOST_PIECES} pieces")
    if plus:
        bounds = [start, *(index + 1 for index in plus)]
        ends = [*plus, end]
        operands = [_told(evaluate(scope, low, high, (), depth + 1)) for low, high in zip(bounds, ends, strict=True)]
        return combine(operands, concatenate)
    return _primary(scope, parts, end, path, depth)


def _told(possible: Possible) -> Possible:
    return possible or unknown("no value is given here")


def _without_type(code: Code, parts: list[int]) -> list[int]:
    """The parts without `as const`, `satisfies X`, a trailing `!`, and leading keywords."""
    for at, index in enumerate(parts):
        if at and code.is_name(index, "as", "satisfies"):
            parts = parts[:at]
            break
    while parts and code.is_mark(parts[-1], "!", ";", ","):
        parts = parts[:-1]
    # A function that only gives a value back: `|_| "x"`, `() => "x"`.
    if parts and code.is_mark(parts[0], "|") and any(code.is_mark(index, "|") for index in parts[1:3]):
        parts = parts[next(at for at in (1, 2) if code.is_mark(parts[at], "|")) + 1 :]
    elif len(parts) > 2 and code.is_mark(parts[1], "=>", "->"):
        parts = parts[2:]
    while parts and (code.is_name(parts[0], "new", "await", "return", "const") or code.is_mark(parts[0], "&", "*", "@", "||")):
        parts = parts[1:]
    return parts


def _end(code: Code, index: int) -> int:
    group = code.opened_at.get(index)
    return min((index if group is None else code.groups[group].close) + 1, len(code.tokens))


def _colon(code: Code, parts: list[int], question: int) -> int | None:
    nested = 0
    for index in parts:
        if index <= question:
            continue
        if code.is_mark(index, "?"):
            nested += 1
        elif code.is_mark(index, ":"):
            if nested == 0:
                return index
            nested -= 1
    return None


def _or(scope: Scope, start: int, operator: int, end: int, path: Path, depth: int) -> Possible:
    """`left ?? right`: the right side where the left may have no value or one that cannot be told."""
    left = evaluate(scope, start, operator, path, depth + 1)
    told = tuple(each for each in left if not isinstance(each.content, Hole))
    rest = tuple(each for each in left if isinstance(each.content, Hole))
    # Also where it is dead, so that it is no choice of its own.
    right = evaluate(scope, operator + 1, end, path, depth + 1)
    if told and not rest:
        return told
    variable = _variable_of(scope, start, operator)
    if variable is not None:
        # One that is set to what cannot be told came by where it is set: it may be empty, but it is not missing.
        given = tuple(each for each in rest if each.trail)
        if given and scope.code.is_mark(operator, "??"):
            return unite([told, given])
        note = scope.file.hop(scope.code.tokens[start].start, scope.code.tokens[operator - 1].end, f"default of {variable}")
        return unite([told, via(right, note, Resolution.ENV_DEFAULT), given])
    defaulted = right if not left else tuple(replace(each, resolution=_defaulted(each.resolution)) for each in right)
    return unite([told, defaulted, rest])


def _defaulted(resolution: Resolution) -> Resolution:
    return Resolution.PARAMETER_DEFAULT if resolution is Resolution.LITERAL else resolution


def _variable_of(scope: Scope, start: int, end: int) -> str | None:
    """The environment variable that an expression reads, if it does nothing else."""
    code = scope.code
    parts = [index for index in code.level(start, end) if not code.is_mark(index, "!")]
    names = [code.tokens[index].text for index in parts if code.is_name(index)]
    if not names:
        return None
    group = code.opened_at.get(parts[-1])
    if group is None:
        if len(parts) != 2 * len(names) - 1:
            return None
        if len(names) == 2 and names[0] == "env" and names[1].isupper() and not _is_own(scope, "env"):
            return names[1]
        return variable_of(tuple(names))
    arguments = list(code.entries(group))
    if len(arguments) != 1 or code.tokens[arguments[0][0]].kind is not STRING:
        return None
    indexed = code.opener(group) == "[" and (names[-1] in ("env", "ENV"))
    called = code.opener(group) == "(" and reads_environment(names)
    return code.tokens[arguments[0][0]].text if indexed or called else None


def _is_own(scope: Scope, name: str) -> bool:
    """Whether a name is declared in the file, or in another of the scan that it comes from."""
    if name in scope.code.declarations:
        return True
    module = scope.code.imported.get(name, ("", None))[0]
    return bool(module) and scope.reader.imported(scope.file, module) is not None


def _primary(scope: Scope, parts: list[int], end: int, path: Path, depth: int) -> Possible:
    code = scope.code
    first = parts[0]
    token = code.tokens[first]
    group = code.opened_at.get(first)
    if group is not None and len(parts) == 1:
        if token.text == "(":
            return evaluate(scope, first + 1, code.limit(group), path, depth + 1)
        if not path:
            return unknown("a list or map is built here")
        at = objects.at_key if token.text == "{" else objects.at_index
        return at(evaluate, scope, group, path, depth)
    if path:
        if token.kind in (STRING, NUMBER) or (len(parts) == 1 and code.is_name(first, *_NOTHING)):
            return ()
        return _named(scope, parts, path, depth)
    if token.kind is STRING and (len(parts) == 1 or _converts(code, parts)):
        return _string(scope, first, depth)
    # Rust and C# mark kinds of strings with a letter or sign that is a token of its own.
    if len(parts) == 2 and code.tokens[parts[1]].kind is STRING and len(token.text) <= 2:
        return _string(scope, parts[1], depth)
    if (variable := _variable_of(scope, first, end)) is not None:
        return environment(scope, variable)
    if len(parts) == 1 and (token.kind is NUMBER or code.is_name(first, "true", "false")):
        return known(token.text)
    if len(parts) == 1 and code.is_name(first, *_NOTHING):
        return ()
    if code.is_name(first) or group is not None:
        return _named(scope, parts, path, depth)
    return unknown(f"'{_excerpt(code, first, end)}' is not followed")


def _converts(code: Code, parts: list[int]) -> bool:
    """Whether only a conversion follows a string: `"x".to_string()`."""
    return len(parts) == 4 and code.is_mark(parts[1], ".") and code.tokens[parts[2]].text in WRAPPERS


def _excerpt(code: Code, start: int, end: int) -> str:
    text = " ".join(code.text[code.tokens[start].start : code.tokens[end - 1].end].split())
    return text if len(text) <= 60 else text[:57] + "..."


def _string(scope: Scope, index: int, depth: int) -> Possible:
    token = scope.code.tokens[index]
    scope.reader.used.add((scope.file.path, token.start))
    if not token.code:
        return known(token.text)
    pieces: list[Possible] = []
    raw = scope.file.source.text
    position = token.start
    if len(token.code) > _MOST_PIECES:
        return unknown(f"the text is put together from more than {_MOST_PIECES} pieces")
    for number, (start, end) in enumerate(token.code):
        opener = raw.rfind("{", position, start) if "{" in raw[position:start] else start
        literal = raw[position:opener]
        if literal.endswith(("$", "#")):
            literal = literal[:-1]
        if number == 0:
            literal = literal.lstrip("$@`\"'")
        pieces.append(known(literal))
        pieces.append(_embedded(scope, index, start, end, depth))
        position = end + 1
    pieces.append(known(raw[position : token.end].rstrip("`\"'")))
    return combine(pieces, concatenate)


def _embedded(scope: Scope, index: int, start: int, end: int, depth: int) -> Possible:
    raw = scope.file.source.text[start:end]
    label = "${" + " ".join(raw.split())[:60].replace("{", "(").replace("}", ")").replace("$", "") + "}"
    if depth > MOST_STEPS - 8 or end - start > 400:
        return unknown(f"'{label}' is not followed", label)
    if (placeholder := _placeholder(raw)) is not None:
        return known(placeholder)
    inner = Code(scope.code.text, scope.code.lexicon, start, end)
    possible = _told(evaluate(Scope(scope.reader, scope.file, inner, scope, index), 0, len(inner.tokens), (), depth + 4))
    return tuple(
        replace(each, content=Hole(each.content.reason, label)) if isinstance(each.content, Hole) else each for each in possible
    )


_PLACEHOLDERS = {
    "region": "${AWS::Region}",
    "awsregion": "${AWS::Region}",
    "account": "${AWS::AccountId}",
    "accountid": "${AWS::AccountId}",
    "awsaccount": "${AWS::AccountId}",
    "awsaccountid": "${AWS::AccountId}",
    "partition": "${AWS::Partition}",
}
_LAST_WORD = lazy_regex(r"(?:get)?([a-z_]+)(?:\(\))?\W*$", re.IGNORECASE)


def _placeholder(expression: str) -> str | None:
    """A region, account or partition: whatever it is, it does not choose the model."""
    if not re.fullmatch(r"(?:[\w.()$ ]*\.)?\s*[\w$]+(?:\(\))?\s*", expression):
        return None
    last = _LAST_WORD.search(expression)
    return _PLACEHOLDERS.get(last[1].lower().replace("_", "").removeprefix("get")) if last is not None else None


def _named(scope: Scope, parts: list[int], path: Path, depth: int) -> Possible:
    """What a name, a member, a call or an index may be at a path."""
    code = scope.code
    last = parts[-1]
    group = code.opened_at.get(last)
    if group is not None and code.tokens[last].text == "(" and len(parts) > 1:
        return call(evaluate, scope, parts[:-1], group, path, depth)
    if group is not None and code.tokens[last].text == "[" and len(parts) > 1:
        return _indexed(scope, parts[:-1], group, path, depth)
    if group is not None and code.tokens[last].text == "{" and path:
        # `Type { Key = value }`, as C#, Go and Rust build objects.
        return objects.at_key(evaluate, scope, group, path, depth)
    names = [code.tokens[index].text for index in parts if code.is_name(index)]
    if group is None and len(parts) == 2 * len(names) - 1:
        if len(names) > 1 and names[-2] in CDK_CLASSES and (constant := scope.file.context.cdk(names[-1])) is not None:
            scope.reader.used.add((scope.file.path, code.tokens[parts[0]].start))
            return known(constant, Resolution.CONSTANT)
        return _meaning(scope, names, parts[0], path, depth)
    if len(parts) > 2 and code.is_name(last) and code.is_mark(parts[-2], ".", "?.", "->", "::"):
        receiver = [index for index in parts[:-2] if not code.is_mark(index, "!")]
        return evaluate(scope, receiver[0], _end(code, receiver[-1]), (code.tokens[last].text, *path), depth + 1)
    return unknown(f"'{_excerpt(code, parts[0], _end(code, last))}' is not followed")


def _indexed(scope: Scope, parts: list[int], group: int, path: Path, depth: int) -> Possible:
    """`NAME["key"]`, or every value of a map whose key cannot be told."""
    code = scope.code
    parts = [index for index in parts if not code.is_mark(index, "?.", "!")]
    low, high = code.groups[group].open + 1, code.limit(group)
    if not parts or low >= high:
        return unknown("an item of a list is not followed")
    keys = evaluate(scope, low, high, (), depth + 1)
    wanted: list[tuple[Key, tuple[str, ...]]] = []
    for each in keys:
        if isinstance(each.content, str) and each.resolution not in _DOUBTED:
            wanted.append((each.content, each.environments))
        elif not any(key is None for key, _ in wanted):
            wanted.append((None, ()))
    if any(key is None for key, _ in wanted) or not wanted:
        wanted = [(None, ())]
    found = [
        in_environments(evaluate(scope, parts[0], _end(code, parts[-1]), (key, *path), depth + 1), environments)
        for key, environments in wanted[:16]
    ]
    taken_out = unite(found)
    if taken_out and not all(isinstance(each.content, Hole) for each in taken_out):
        return taken_out
    shown = next((code.tokens[index].text for index in reversed(parts) if code.is_name(index)), "a list")
    return unknown(f"the item taken from {shown} cannot be told")


def _meaning(scope: Scope, names: list[str], at: int, path: Path, depth: int) -> Possible:
    """What the expressions that a name stands for may be; what holds otherwise counts where the others give nothing."""
    found: list[Possible] = []
    otherwise: list[Possible] = []
    for each in look_up(scope, names, at, path):
        value = _meant(scope, each, depth)
        (otherwise if isinstance(each, Target) and each.otherwise else found).append(value)
    told = unite(found)
    if otherwise and (not told or any(isinstance(each.content, Hole) for each in told)):
        return unite([*otherwise, told])
    return told


def _meant(scope: Scope, meaning: Target | Variable | Data | Hole, depth: int) -> Possible:
    match meaning:
        case Target():
            return _follow(meaning, depth)
        case Variable(name):
            return environment(scope, name)
        case Data():
            return taken(meaning)
        case Hole():
            return (Possibility(meaning),)


def _follow(target: Target, depth: int) -> Possible:
    scope = target.scope
    bound = id(scope.bound) if scope.bound else 0
    # Such an expression would be gone through until the steps are spent, on every way that leads back to it.
    asked = (scope.file.path, id(scope.code), target.start, target.end, target.path, bound)
    if asked in scope.reader.asked:
        return unknown("the value depends on itself")
    scope.reader.asked.add(asked)
    try:
        possible = evaluate(scope, target.start, target.end, target.path, depth + 1)
    finally:
        scope.reader.asked.remove(asked)
    followed = []
    for each in in_environments(possible, target.environments):
        own = each.resolution in (Resolution.LITERAL, Resolution.CONSTANT)
        resolution = Resolution.CROSS_FILE if target.crosses and own else target.resolution if own else None
        followed.append(each.via(target.hop, resolution))
    return tuple(followed)
