"""What an expression of code may be: strings, names of the file and of files it imports, environment variables, choices."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field, replace

from routelint.model import Hop, Resolution
from routelint.parse import lexicon
from routelint.parse.lexicon import TokenKind
from routelint.parse.text.draft import File
from routelint.parse.text.groups import Code, Declaration
from routelint.possible import Hole, Possible, combine, concatenate, known, unite, unknown, via
from routelint.source import NotTextError, decode

MOST_STEPS = 24
MOST_FILES = 256

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
_ENVIRONMENT_CALLS = frozenset(
    (
        "GetEnvironmentVariable",
        "Getenv",
        "LookupEnv",
        "env",
        "env_var",
        "fetch",
        "getEnv",
        "getOrDefault",
        "getProperty",
        "getenv",
        "requireEnv",
        "var",
    )
)
_FALLBACK_CALLS = frozenset(("unwrap_or", "unwrap_or_else", "orElse", "getOrElse", "defaultIfBlank"))
# The classes of the CDK whose constants are models.
CDK_CLASSES = frozenset(("BedrockFoundationModel", "FoundationModelIdentifier"))
_SUFFIXES = ("", ".ts", ".tsx", ".js", ".mjs", ".cjs", ".mts", ".jsx", "/index.ts", "/index.js", "/index.mjs")


@dataclass
class Reader:
    """The code of a scan's files, read once each, and the strings that some route's value came from."""

    files: dict[str, tuple[File, Code] | None] = field(default_factory=dict)
    used: set[tuple[str, int]] = field(default_factory=set)

    def code(self, file: File) -> Code:
        """The structure of a file."""
        cached = self.files.get(file.path)
        if cached is None:
            if len(self.files) >= MOST_FILES:
                self.files.clear()
            cached = (file, Code(file.source.text, lexicon.of_path(file.path)))
            self.files[file.path] = cached
        return cached[1]

    def scope(self, file: File) -> Scope:
        """Where the expressions of a file are evaluated."""
        return Scope(self, file, self.code(file))

    def imported(self, file: File, target: str) -> tuple[File, Code] | None:
        """The file that a relative import means; None where the scan does not hold it."""
        base = posixpath.normpath(posixpath.join(posixpath.dirname(file.path), target))
        if base.startswith(".."):
            return None
        stem = re.sub(r"\.(?:js|mjs|cjs)$", "", base)
        for path in dict.fromkeys(f"{start}{suffix}" for start in (base, stem) for suffix in _SUFFIXES):
            if path in self.files and self.files[path] is not None:
                return self.files[path]
            if posixpath.splitext(path)[1] == "":
                continue
            data = file.context.tree.read(path)
            if data is None:
                continue
            try:
                other = File(decode(path, data), file.context, file.language)
            except NotTextError:
                return None
            return other, self.code(other)
        return None


@dataclass(frozen=True)
class Scope:
    """Where an expression is evaluated: its code, and for code inside a string the code around it and the string's index."""

    reader: Reader
    file: File
    code: Code
    outer: Scope | None = None
    at: int = 0


def evaluate(scope: Scope, start: int, end: int, depth: int = 0) -> Possible:
    """What the expression between two indexes of one level may be."""
    code = scope.code
    if start >= end or start >= len(code.tokens):
        return unknown("the expression is empty")
    if depth > MOST_STEPS:
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
    if plus:
        bounds = [start, *(index + 1 for index in plus)]
        ends = [*plus, end]
        operands = [evaluate(scope, low, high, depth + 1) for low, high in zip(bounds, ends, strict=True)]
        return combine(operands[:16], concatenate)
    return _primary(scope, parts, end, depth)


def _without_type(code: Code, parts: list[int]) -> list[int]:
    """The parts without `as const`, `satisfies X`, a trailing `!`, and leading keywords."""
    for at, index in enumerate(parts):
        if at and code.is_name(index, "as", "satisfies"):
            parts = parts[:at]
            break
    while parts and code.is_mark(parts[-1], "!", ";", ","):
        parts = parts[:-1]
    while parts and (code.is_name(parts[0], "new", "await", "return", "const") or code.is_mark(parts[0], "&", "*", "@")):
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
    if not parts:
        return None
    names = [code.tokens[index].text for index in parts if code.is_name(index)]
    if "env" in names[:-1] or names[:1] == ["ENV"]:
        if code.is_name(parts[-1]) and names[-1] != "get":
            return names[-1]
        group = code.opened_at.get(parts[-1])
        if group is not None:
            inside = list(code.level(code.groups[group].open + 1, code.limit(group)))
            if len(inside) >= 1 and code.tokens[inside[0]].kind is TokenKind.STRING:
                return code.tokens[inside[0]].text
    return None


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
    return combine(pieces[:32], concatenate)


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
    return _look_up(scope, names, parts[0], depth)


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
    if name in _ENVIRONMENT_CALLS and arguments and code.tokens[arguments[0][0]].kind is TokenKind.STRING:
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
    if name.startswith("from") and name.endswith("Id") and "Model" in name and arguments:
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


def find_key(code: Code, group: int, keys: tuple[str, ...]) -> tuple[int, int] | None:
    """The value of a key in brackets, or in an object that is one of the arguments in them: start and end index."""
    for low, high in code.entries(group):
        value = _entry_value(code, low, high, keys)
        if value is not None:
            return value
    for low, high in code.entries(group):
        # An object as argument, bare or behind a type: `{...}`, `['modelId' => x]`, `&bedrock.ConverseInput{...}`.
        for index in code.level(low, high):
            inner = code.opened_at.get(index)
            if inner is not None and code.tokens[index].text in ("{", "[") and code.opener(group) == "(":
                for low2, high2 in code.entries(inner):
                    value = _entry_value(code, low2, high2, keys)
                    if value is not None:
                        return value
    return None


def _entry_value(code: Code, low: int, high: int, keys: tuple[str, ...]) -> tuple[int, int] | None:
    token = code.tokens[low]
    if token.text not in keys or token.kind not in (TokenKind.NAME, TokenKind.STRING):
        return None
    following = code.after(low)
    if following < 0 or following >= high:
        # `{ modelId }` is short for `{ modelId: modelId }`.
        return (low, low + 1) if token.kind is TokenKind.NAME else None
    if code.is_mark(following, ":", "=", "=>", ":=") and following + 1 < high:
        end = min(high, code.end_of_expression(following + 1))
        return following + 1, end
    return None


def _indexed(scope: Scope, parts: list[int], group: int, depth: int) -> Possible:
    """`NAME["key"]`, or every value of a map whose key cannot be told."""
    code = scope.code
    inside = list(code.level(code.groups[group].open + 1, code.limit(group)))
    names = [code.tokens[index].text for index in parts if code.is_name(index)]
    if len(inside) == 1 and code.tokens[inside[0]].kind is TokenKind.STRING and parts:
        return _look_up(scope, [*names, code.tokens[inside[0]].text], parts[0], depth)
    if not names:
        return unknown("an item of a list is not followed")
    found = _declared(scope, names[0], parts[0])
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


def _look_up(scope: Scope, names: list[str], at: int, depth: int) -> Possible:
    """What a dotted name stands for: a declaration in reach, a parameter, an enumeration, an import."""
    own = names[0] in ("this", "self", "@")
    first, rest = (names[1], names[2:]) if own and len(names) > 1 else (names[0], names[1:])
    if depth > MOST_STEPS:
        return unknown(f"'{first}' goes through too many steps")
    found = scope.code.declarations.get(first) if own else _declared(scope, first, at)
    if found:
        return unite(_of_declaration(scope, each, rest, depth) for each in found[:16])
    if not own and (parameter := _parameter(scope, first, at, rest, depth)) is not None:
        return parameter
    for group in scope.code.named_groups.get(first, ()):
        if rest and (value := find_key(scope.code, group, (rest[0],))) is not None:
            return _through(scope, value, f"{first}.{rest[0]}", depth)
    if rest and scope.code.named_groups.get(first):
        for each in scope.code.declarations.get(rest[0], ()):
            return _of_declaration(scope, each, rest[1:], depth)
    if (imported := _imported(scope, first, rest, depth)) is not None:
        return imported
    if scope.outer is not None:
        return _look_up(scope.outer, names, scope.at, depth + 1)
    return unknown(f"'{'.'.join(names)}' has no value in this file")


def _parameter_default(scope: Scope, declaration: Declaration, depth: int) -> Possible | None:
    """The default of a template parameter that the CDK declares: `new CfnParameter(this, "X", {default: ...})`."""
    code = scope.code
    if not any(code.is_name(index, "CfnParameter") for index in code.level(declaration.start, declaration.end)):
        return None
    group = next((code.opened_at[i] for i in code.level(declaration.start, declaration.end) if code.is_mark(i, "(")), None)
    value = find_key(code, group, ("default",)) if group is not None else None
    name = code.tokens[declaration.name].text
    if value is None:
        return unknown(f"the parameter {name} has no default")
    hop = scope.file.hop(code.tokens[value[0]].start, code.tokens[value[1] - 1].end, f"parameter {name}, default")
    return via(evaluate(scope, *value, depth + 1), hop, Resolution.PARAMETER_DEFAULT)


def _through(scope: Scope, value: tuple[int, int], name: str, depth: int) -> Possible:
    code = scope.code
    hop = scope.file.hop(code.tokens[value[0]].start, code.tokens[value[1] - 1].end, f"constant {name}")
    return via(evaluate(scope, *value, depth + 1), hop, Resolution.CONSTANT)


def _declared(scope: Scope, name: str, at: int) -> list[Declaration] | None:
    """The declarations of a name in the innermost group around `at` that holds one."""
    found = scope.code.declarations.get(name)
    if not found:
        return None
    code = scope.code
    group = code.group_of[at] if at < len(code.group_of) else 0
    while True:
        here = [each for each in found if each.group == group and not (each.name <= at < each.end)]
        if here:
            return here
        if group and code.opener(group) == "{" and _parameter_list(code, group, name) is not None:
            return None
        if not group:
            return None
        group = code.groups[group].parent


def _parameter_list(code: Code, group: int, name: str) -> int | None:
    """The group of parameters of the function whose body is `group`, where one of them has a name."""
    index = code.groups[group].open
    for _ in range(12):
        index = code.before(index)
        if index < 0 or code.is_mark(index, ";", "=", "{") or code.is_name(index, "return"):
            return None
        parameters = code.opened_at.get(index)
        if parameters is not None and code.opener(parameters) == "(":
            inside = range(code.groups[parameters].open + 1, code.limit(parameters))
            if any(code.is_name(each, name) and code.is_mark(each + 1, ",", ")", ":", "=", "}", "?") for each in inside):
                return parameters
            return None
    return None


def _parameter(scope: Scope, name: str, at: int, rest: list[str], depth: int) -> Possible | None:
    """The default of a parameter and that callers may pass another value; None where no function around has the parameter."""
    code = scope.code
    group = code.group_of[at] if at < len(code.group_of) else 0
    while group:
        parameters = _parameter_list(code, group, name) if code.opener(group) == "{" else None
        if parameters is not None:
            low, high = code.groups[parameters].open, code.limit(parameters)
            passed = unknown(f"the parameter {name} is passed by callers that are not followed")
            defaults = [each for each in code.declarations.get(name, ()) if low < each.name < high]
            if not defaults or rest:
                return passed
            each = defaults[0]
            hop = scope.file.hop(code.tokens[each.name].start, code.tokens[each.end - 1].end, f"parameter {name}, default")
            value = via(evaluate(scope, each.start, each.end, depth + 1), hop, Resolution.PARAMETER_DEFAULT)
            return unite([value, passed])
        group = code.groups[group].parent
    return None


def _of_declaration(scope: Scope, declaration: Declaration, rest: list[str], depth: int) -> Possible:
    code = scope.code
    name = code.tokens[declaration.name].text
    if rest and rest[-1].startswith("valueAs") and (default := _parameter_default(scope, declaration, depth)) is not None:
        return default
    if rest:
        group = next(
            (code.opened_at[index] for index in code.level(declaration.start, declaration.end) if code.is_mark(index, "{")),
            None,
        )
        value = find_key(code, group, (rest[0],)) if group is not None else None
        if value is None or len(rest) > 2:
            parts = [index for index in code.level(declaration.start, declaration.end) if code.is_name(index)]
            if len(parts) == 1 and declaration.end - declaration.start == 1:
                return _look_up(scope, [code.tokens[parts[0]].text, *rest], parts[0], depth + 1)
            return unknown(f"'{name}.{'.'.join(rest)}' has no value in this file")
        if len(rest) == 2:
            inner = code.opened_at.get(value[0])
            value = find_key(code, inner, (rest[1],)) if inner is not None else None
            if value is None:
                return unknown(f"'{name}.{'.'.join(rest)}' has no value in this file")
        return _through(scope, value, f"{name}.{'.'.join(rest)}", depth)
    hop = scope.file.hop(code.tokens[declaration.name].start, code.tokens[declaration.end - 1].end, f"constant {name}")
    value_of = evaluate(scope, declaration.start, declaration.end, depth + 1)
    return tuple(each.via(hop, Resolution.CONSTANT if each.resolution is Resolution.LITERAL else None) for each in value_of)


def _imported(scope: Scope, name: str, rest: list[str], depth: int) -> Possible | None:
    """The value of a name that an import from a relative path brings in."""
    if scope.code.lexicon.name != "javascript" or scope.outer is not None:
        return None
    target = imports(scope.code).get(name)
    if target is None:
        return None
    path, exported = target
    if not path.startswith("."):
        return unknown(f"'{name}' comes from the package '{path}'")
    other = scope.reader.imported(scope.file, path)
    if other is None:
        return unknown(f"'{path}' is not among the scanned files")
    file, code = other
    names = [exported, *rest] if exported is not None else rest
    if not names:
        return unknown(f"'{name}' stands for a whole module")
    inner = Scope(scope.reader, file, code)
    return tuple(
        replace(each, resolution=Resolution.CROSS_FILE)
        if each.resolution in (Resolution.LITERAL, Resolution.CONSTANT)
        else each
        for each in _look_up(inner, names, 0, depth + 2)
    )


def imports(code: Code) -> dict[str, tuple[str, str | None]]:
    """Local name -> module and the name exported there (None for the whole module)."""
    found: dict[str, tuple[str, str | None]] = {}
    for index, token in enumerate(code.tokens):
        if token.kind is TokenKind.STRING and code.is_name(index - 1, "from"):
            start = index - 2
            while start >= 0 and index - start < 400 and not code.is_name(start, "import", "export"):
                start -= 1
            _import_names(code, start + 1, index - 1, token.text, found)
        elif token.kind is TokenKind.NAME and token.text == "require" and code.is_mark(index + 1, "("):
            module = code.tokens[index + 2] if index + 2 < len(code.tokens) else None
            if module is not None and module.kind is TokenKind.STRING and code.is_mark(index - 1, "="):
                left = code.before(index - 1)
                if left >= 0 and code.is_name(left):
                    found[code.tokens[left].text] = (module.text, None)
                elif left >= 0:
                    _import_names(code, left, index - 1, module.text, found)
    return found


def _import_names(code: Code, start: int, end: int, module: str, found: dict[str, tuple[str, str | None]]) -> None:
    index = start
    while index < end:
        if code.is_mark(index, "*") and code.is_name(index + 1, "as") and code.is_name(index + 2):
            found[code.tokens[index + 2].text] = (module, None)
            index += 3
        elif code.is_name(index) and not code.is_name(index, "type"):
            name = code.tokens[index].text
            renamed = code.is_name(index + 1, "as") or code.is_mark(index + 1, ":")
            if renamed and code.is_name(index + 2):
                found[code.tokens[index + 2].text] = (module, name)
                index += 3
                continue
            found[name] = (module, name)
            index += 1
        else:
            index += 1
