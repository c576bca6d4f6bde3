"""What an expression of code may be: strings, names of the file and of files it imports, environment variables, choices."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from routelint.model import Hop, Resolution
from routelint.parse.lexicon import TokenKind
from routelint.parse.text.groups import Code
from routelint.parse.text.names import MOST_STEPS, Target, Variable, declared, look_up
from routelint.parse.text.scope import Scope, find_key
from routelint.possible import Hole, Possibility, Possible, combine, concatenate, known, unite, unknown, via

# Steps of one evaluation: names that refer to each other twice would double them each time.
MOST_EVALUATIONS = 2000
_MOST_PIECES = 32

# Calls that hand over what they are given: wrappers of the SDKs, and conversions.
_WRAPPERS = frozenset(
    (
        "FoundationModelIdentifier",
        "Ok",
        "Ptr",
        "Some",
        "String",
        "Value",
        "as_str",
        "format_string",
        "fromId",
        "into",
        "literal",
        "of",
        "ofNullable",
        "str",
        "string",
        "stringValue",
        "toString",
        "to_owned",
        "to_string",
        "trim",
    )
)
# Calls that read an environment variable, by themselves or as methods of something that says so.
_ENVIRONMENT_CALLS = frozenset(
    ("GetEnvironmentVariable", "Getenv", "LookupEnv", "env", "env_var", "getEnv", "getenv", "requireEnv")
)
_ENVIRONMENT_METHODS = frozenset(("fetch", "get", "getOrDefault", "getProperty", "var"))
_ENVIRONMENTS = frozenset(("ENV", "Environment", "System", "env"))
_FALLBACK_CALLS = frozenset(("unwrap_or", "unwrap_or_else", "orElse", "getOrElse", "defaultIfBlank"))
# The classes of the CDK whose constants are models.
CDK_CLASSES = frozenset(("BedrockFoundationModel", "FoundationModelIdentifier"))


def evaluate(scope: Scope, start: int, end: int, depth: int = 0) -> Possible:
    """What the expression between two indexes of one level may be."""
    code = scope.code
    if start >= end or start >= len(code.tokens):
        return unknown("the expression is empty")
    scope.reader.steps = scope.reader.steps + 1 if depth else 0
    if depth > MOST_STEPS or scope.reader.steps > MOST_EVALUATIONS:
        return unknown("the expression goes through too many steps")
    parts = list(code.level(start, end))
    parts = _without_type(code, parts)
    if not parts:
        return unknown("the expression is empty")
    end = _end(code, parts[-1])
    for index in parts:
        if code.is_mark(index, "?") and (colon := _colon(code, parts, index)) is not None:
            return unite([evaluate(scope, index + 1, colon, depth + 1), evaluate(scope, colon + 1, end, depth + 1)])
    for index in parts:
        if code.is_mark(index, "??", "||", "?:") or (code.is_name(index, "or") and index != parts[0]):
            return _or(scope, start, index, end, depth)
    if (placeholder := _placeholder(code.text[code.tokens[start].start : code.tokens[end - 1].end])) is not None:
        return known(placeholder)
    plus = [index for index in parts if code.is_mark(index, "+") and index != parts[0]]
    if len(plus) >= _MOST_PIECES:
        return unknown(f"the text is put together from more than {_MOST_PIECES} pieces")
    if plus:
        bounds = [start, *(index + 1 for index in plus)]
        ends = [*plus, end]
        operands = [evaluate(scope, low, high, depth + 1) for low, high in zip(bounds, ends, strict=True)]
        return combine(operands, concatenate)
    return _primary(scope, parts, end, depth)


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
    return (index if group is None else code.groups[group].close) + 1


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


def _or(scope: Scope, start: int, operator: int, end: int, depth: int) -> Possible:
    """`left ?? right`: the right side where the left is an environment variable that nothing sets, else both."""
    left = evaluate(scope, start, operator, depth + 1)
    right = evaluate(scope, operator + 1, end, depth + 1)
    variable = _variable_of(scope, start, operator)
    told = tuple(each for each in left if not isinstance(each.content, Hole))
    if told:
        return told
    if variable is not None:
        note = scope.file.hop(scope.code.tokens[start].start, scope.code.tokens[operator - 1].end, f"default of {variable}")
        return via(right, note, Resolution.ENV_DEFAULT)
    return unite([tuple(replace(each, resolution=_defaulted(each.resolution)) for each in right), left])


def _defaulted(resolution: Resolution) -> Resolution:
    return Resolution.PARAMETER_DEFAULT if resolution is Resolution.LITERAL else resolution


def _variable_of(scope: Scope, start: int, end: int) -> str | None:
    """The environment variable that an expression reads, if it does nothing else."""
    code = scope.code
    parts = list(code.level(start, end))
    names = [code.tokens[index].text for index in parts if code.is_name(index)]
    if not names:
        return None
    group = code.opened_at.get(parts[-1])
    if group is None:
        is_member = len(parts) == 2 * len(names) - 1 and "env" in names[:-1]
        return names[-1] if is_member else None
    arguments = list(code.entries(group))
    if len(arguments) != 1 or code.tokens[arguments[0][0]].kind is not TokenKind.STRING:
        return None
    indexed = code.opener(group) == "[" and (names[-1] in ("env", "ENV"))
    called = code.opener(group) == "(" and reads_environment(names)
    return code.tokens[arguments[0][0]].text if indexed or called else None


def reads_environment(names: Sequence[str]) -> bool:
    """Whether a call with a dotted name reads an environment variable."""
    if names[-1] in _ENVIRONMENT_CALLS:
        return True
    return names[-1] in _ENVIRONMENT_METHODS and not _ENVIRONMENTS.isdisjoint(names[:-1])


def _primary(scope: Scope, parts: list[int], end: int, depth: int) -> Possible:
    code = scope.code
    first = parts[0]
    token = code.tokens[first]
    if token.kind is TokenKind.STRING and (len(parts) == 1 or _converts(code, parts)):
        return _string(scope, first, depth)
    # Rust and C# mark kinds of strings with a letter or sign that is a token of its own.
    if len(parts) == 2 and code.tokens[parts[1]].kind is TokenKind.STRING and len(token.text) <= 2:
        return _string(scope, parts[1], depth)
    if (variable := _variable_of(scope, first, end)) is not None:
        return environment(scope, variable)
    group = code.opened_at.get(first)
    if group is not None and len(parts) == 1:
        if token.text == "(":
            return evaluate(scope, first + 1, code.limit(group), depth + 1)
        return unknown("a list or map is built here")
    if code.is_name(first):
        return _named(scope, parts, depth)
    return unknown(f"'{_excerpt(code, first, end)}' is not followed")


def _converts(code: Code, parts: list[int]) -> bool:
    """Whether only a conversion follows a string: `"x".to_string()`."""
    return len(parts) == 4 and code.is_mark(parts[1], ".") and code.tokens[parts[2]].text in _WRAPPERS


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
    if depth > MOST_STEPS // 2 or end - start > 400:
        return unknown(f"'{label}' is not followed", label)
    if (placeholder := _placeholder(raw)) is not None:
        return known(placeholder)
    inner = Code(scope.code.text, scope.code.lexicon, start, end)
    possible = evaluate(Scope(scope.reader, scope.file, inner, scope, index), 0, len(inner.tokens), depth + 4)
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
_LAST_WORD = re.compile(r"(?:get)?([a-z_]+)(?:\(\))?\W*$", re.IGNORECASE)


def _placeholder(expression: str) -> str | None:
    """A region, account or partition: whatever it is, it does not choose the model."""
    if not re.fullmatch(r"[\w.()$ ]+", expression):
        return None
    last = _LAST_WORD.search(expression)
    return _PLACEHOLDERS.get(last[1].lower().replace("_", "").removeprefix("get")) if last is not None else None


def environment(scope: Scope, name: str) -> Possible:
    """What the infrastructure of the scan sets an environment variable to."""
    settings = scope.file.context.settings.lookup(scope.file.path, name)
    if not settings:
        return unknown(f"the environment variable {name} is not set in the scanned files")
    return unite(
        via(setting.value, Hop(setting.location, f"{setting.owner} sets {name}"), Resolution.LINKED) for setting in settings
    )


def _named(scope: Scope, parts: list[int], depth: int) -> Possible:
    """What a name, a member, a call or an index may be."""
    code = scope.code
    last = parts[-1]
    group = code.opened_at.get(last)
    if group is not None and code.tokens[last].text == "(":
        return _call(scope, parts[:-1], group, depth)
    if group is not None and code.tokens[last].text == "[":
        return _indexed(scope, parts[:-1], group, depth)
    names = [code.tokens[index].text for index in parts if code.is_name(index)]
    if group is not None or len(parts) != 2 * len(names) - 1:
        return unknown(f"'{_excerpt(code, parts[0], _end(code, last))}' is not followed")
    if len(names) > 1 and names[-2] in CDK_CLASSES and (constant := scope.file.context.cdk(names[-1])) is not None:
        scope.reader.used.add((scope.file.path, code.tokens[parts[0]].start))
        return known(constant, Resolution.CONSTANT)
    return _meaning(scope, names, parts[0], depth)


def _call(scope: Scope, callee: list[int], group: int, depth: int) -> Possible:
    code = scope.code
    names = [code.tokens[index].text for index in callee if code.is_name(index)]
    arguments = list(code.entries(group))
    name = names[-1] if names else ""
    shown = ".".join(names[-2:])
    receiver = callee[:-2] if len(callee) > 2 and code.is_mark(callee[-2], ".", "?.", "->") else []
    if name in _FALLBACK_CALLS and receiver and arguments:
        left = evaluate(scope, receiver[0], _end(code, receiver[-1]), depth + 1)
        told = tuple(each for each in left if not isinstance(each.content, Hole))
        right = evaluate(scope, *arguments[0], depth + 1)
        return told or tuple(replace(each, resolution=Resolution.ENV_DEFAULT) for each in right)
    if names and reads_environment(names) and arguments and code.tokens[arguments[0][0]].kind is TokenKind.STRING:
        variable = code.tokens[arguments[0][0]].text
        value = environment(scope, variable)
        if len(arguments) > 1 and all(isinstance(each.content, Hole) for each in value):
            default = evaluate(scope, *arguments[1], depth + 1)
            hop = scope.file.hop(code.tokens[callee[0]].start, code.tokens[code.limit(group)].end, f"default of {variable}")
            return via(default, hop, Resolution.ENV_DEFAULT)
        return value
    if name in _WRAPPERS:
        if arguments:
            return evaluate(scope, *arguments[-1 if name == "fromFoundationModelId" else 0], depth + 1)
        if receiver:
            return evaluate(scope, receiver[0], _end(code, receiver[-1]), depth + 1)
    if name == "fromConfig" and "CrossRegionInferenceProfile" in names:
        return _cross_region(scope, group, depth)
    if name.startswith("from") and name.endswith(("Id", "Arn")) and any("Model" in each or "Profile" in each for each in names):
        if not arguments:
            return unknown(f"{shown}() is given nothing")
        return evaluate(scope, *arguments[-1], depth + 1)
    return unknown(f"the result of {shown or 'a call'}() is not followed")


def _cross_region(scope: Scope, group: int, depth: int) -> Possible:
    """A CDK inference profile: the prefix of a geography before the model's id."""
    code = scope.code
    model = find_key(code, group, ("model",))
    region = find_key(code, group, ("geoRegion",))
    if model is None:
        return unknown("the inference profile names no model")
    prefix: Possible = unknown("the geography of the inference profile cannot be told", "${geoRegion}")
    if region is not None and code.is_name(region[1] - 1):
        prefix = known(code.tokens[region[1] - 1].text.lower().replace("_", "-"))
    return combine([prefix, known("."), evaluate(scope, *model, depth + 1)], concatenate)


def _indexed(scope: Scope, parts: list[int], group: int, depth: int) -> Possible:
    """`NAME["key"]`, or every value of a map whose key cannot be told."""
    code = scope.code
    inside = list(code.level(code.groups[group].open + 1, code.limit(group)))
    names = [code.tokens[index].text for index in parts if code.is_name(index)]
    if len(inside) == 1 and code.tokens[inside[0]].kind is TokenKind.STRING and parts:
        return _meaning(scope, [*names, code.tokens[inside[0]].text], parts[0], depth)
    if not names:
        return unknown("an item of a list is not followed")
    found = declared(code, names[0], parts[0])
    if len(names) == 1 and found is not None and len(found) == 1:
        table = code.opened_at.get(found[0].start)
        if table is not None and code.opener(table) == "{":
            values = [value for low, high in code.entries(table) if (value := _any_value(code, low, high)) is not None]
            options = unite(evaluate(scope, *value, depth + 1) for value in values[:32])
            if options:
                note = scope.file.hop(
                    code.tokens[found[0].name].start, code.tokens[found[0].end - 1].end, f"values of {names[0]}"
                )
                return via(options, note, Resolution.MAPPING)
    return unknown(f"the item taken from {names[-1]} cannot be told")


def _any_value(code: Code, low: int, high: int) -> tuple[int, int] | None:
    colon = next((index for index in code.level(low, high) if code.is_mark(index, ":", "=>")), None)
    return (colon + 1, high) if colon is not None and colon + 1 < high else None


def _meaning(scope: Scope, names: list[str], at: int, depth: int) -> Possible:
    """What the expressions that a name stands for may be."""
    return unite(_meant(scope, each, depth) for each in look_up(scope, names, at))


def _meant(scope: Scope, meaning: Target | Variable | Hole, depth: int) -> Possible:
    match meaning:
        case Target():
            return _follow(meaning, depth)
        case Variable(name):
            return environment(scope, name)
        case Hole():
            return (Possibility(meaning),)


def _follow(target: Target, depth: int) -> Possible:
    possible = evaluate(target.scope, target.start, target.end, depth + 1)
    followed = []
    for each in possible:
        own = each.resolution in (Resolution.LITERAL, Resolution.CONSTANT)
        resolution = Resolution.CROSS_FILE if target.crosses and own else target.resolution if own else None
        followed.append(each.via(target.hop, resolution))
    return tuple(followed)
