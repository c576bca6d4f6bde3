"""What the names of code stand for: declarations in reach, parameters, enumerations, imports, classes of other files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from routelint.model import Hop, Resolution
from routelint.parse.text.groups import Code, Declaration
from routelint.parse.text.scope import Scope, find_key
from routelint.possible import Hole

MOST_STEPS = 24
# What the CDK calls the identifier of a model or profile that a call made.
_OWN_ATTRIBUTES = frozenset(("inferenceProfileArn", "inferenceProfileId", "invokableArn", "modelArn", "modelId"))
# More declarations of one name than a reader could follow.
_MOST_DECLARATIONS = 16


@dataclass(frozen=True, slots=True)
class Target:
    """An expression that a name stands for: where it is, the step that leads there, and what kind of step that is."""

    scope: Scope
    start: int
    end: int
    hop: Hop
    resolution: Resolution
    crosses: bool = False


@dataclass(frozen=True, slots=True)
class Variable:
    """An environment variable that a name stands for."""

    name: str


Meaning = tuple[Target | Variable | Hole, ...]


def look_up(scope: Scope, names: list[str], at: int, depth: int = 0) -> Meaning:
    """What a dotted name, used at a token, may stand for."""
    own = names[0] in ("this", "self", "@") and len(names) > 1
    first, rest = (names[1], names[2:]) if own else (names[0], names[1:])
    if depth > MOST_STEPS:
        return (Hole(f"'{first}' goes through too many steps"),)
    found = _fields(scope.code, first) if own else declared(scope.code, first, at)
    if found:
        return tuple(meaning for each in found[:_MOST_DECLARATIONS] for meaning in _of_declaration(scope, each, rest, depth))
    if not own and (parameter := _parameter(scope, first, at, rest)) is not None:
        return parameter
    if not own and (taken := scope.code.destructured.get(first)) is not None:
        return _taken_apart(scope, *taken, rest, depth)
    if rest and (member := _member(scope, first, rest, depth)) is not None:
        return member
    if (imported := _imported(scope, first, rest, depth)) is not None:
        return imported
    if scope.outer is not None:
        return look_up(scope.outer, names, scope.at, depth + 1)
    if rest and (other := scope.reader.declaring(first, scope.file)) is not None:
        found_there = _member(other, first, rest, depth)
        if found_there is not None:
            return _crossing(found_there)
    return (Hole(f"'{'.'.join(names)}' has no value in this file"),)


def _fields(code: Code, name: str) -> list[Declaration]:
    """The values a field gets: assigned to the object itself, in the body of its class, or as a property of its constructor."""
    return [
        each
        for each in code.declarations.get(name, ())
        if code.is_mark(each.name - 1, ".", "@", "->")
        or code.is_name(each.name - 1, "private", "public", "protected", "readonly")
        or any(each.group in groups for groups in code.named_groups.values())
    ]


def _taken_apart(scope: Scope, key: str, start: int, end: int, rest: list[str], depth: int) -> Meaning:
    """What a name stands for that is taken out of an object: `const { MODEL_ID } = process.env`."""
    code = scope.code
    parts = [index for index in code.level(start, end) if not code.is_mark(index, ".", "?.", "!")]
    if not parts or not all(code.is_name(index) for index in parts):
        return (Hole(f"'{key}' is taken out of a value that is not followed"),)
    names = [code.tokens[index].text for index in parts]
    if names[-1] == "env" and not rest:
        return (Variable(key),)
    return look_up(scope, [*names, key, *rest], start, depth + 1)


def declared(code: Code, name: str, at: int) -> list[Declaration] | None:
    """The declarations of a name in the innermost group around a token that holds one."""
    found = code.declarations.get(name)
    if not found:
        return None
    group = code.group_of[at] if at < len(code.group_of) else 0
    while True:
        here = [each for each in found if each.group == group and not each.name <= at < each.end]
        if here:
            return here
        if group and code.opener(group) == "{" and _parameter_list(code, group, name) is not None:
            return None
        if not group:
            return None
        group = code.groups[group].parent


def _crossing(meaning: Meaning) -> Meaning:
    return tuple(replace(each, crosses=True) if isinstance(each, Target) else each for each in meaning)


def _target(scope: Scope, value: tuple[int, int], name: str) -> Target:
    code = scope.code
    hop = scope.file.hop(code.tokens[value[0]].start, code.tokens[value[1] - 1].end, f"constant {name}")
    return Target(scope, *value, hop, Resolution.CONSTANT)


def _member(scope: Scope, first: str, rest: list[str], depth: int) -> Meaning | None:
    """A member of an enumeration or class of the file; None where it has none such."""
    groups = scope.code.named_groups.get(first, ())
    for group in groups:
        if (value := find_key(scope.code, group, (rest[0],))) is not None:
            return (_target(scope, value, f"{first}.{rest[0]}"),)
    for each in scope.code.declarations.get(rest[0], ()) if groups else ():
        return _of_declaration(scope, each, rest[1:], depth)
    return None


def _of_declaration(scope: Scope, declaration: Declaration, rest: list[str], depth: int) -> Meaning:
    code = scope.code
    name = code.tokens[declaration.name].text
    inside = tuple(code.level(declaration.start, declaration.end))
    if rest and rest[-1].startswith("valueAs") and any(code.is_name(index, "CfnParameter") for index in inside):
        return _template_parameter(scope, declaration, inside)
    if not rest:
        hop = scope.file.hop(code.tokens[declaration.name].start, code.tokens[declaration.end - 1].end, f"constant {name}")
        return (Target(scope, declaration.start, declaration.end, hop, Resolution.CONSTANT),)
    if declaration.end - declaration.start == 1 and code.is_name(declaration.start):
        return look_up(scope, [code.tokens[declaration.start].text, *rest], declaration.start, depth + 1)
    if len(rest) == 1 and rest[0] in _OWN_ATTRIBUTES and any(code.is_mark(index, "(") for index in inside):
        hop = scope.file.hop(code.tokens[declaration.name].start, code.tokens[declaration.end - 1].end, f"constant {name}")
        return (Target(scope, declaration.start, declaration.end, hop, Resolution.CONSTANT),)
    group = next((code.opened_at[index] for index in inside if code.is_mark(index, "{")), None)
    value: tuple[int, int] | None = None
    for part in rest:
        value = find_key(code, group, (part,)) if group is not None else None
        if value is None:
            return (Hole(f"'{'.'.join((name, *rest))}' has no value in this file"),)
        group = code.opened_at.get(value[0])
    assert value is not None
    return (_target(scope, value, ".".join((name, *rest))),)


def _template_parameter(scope: Scope, declaration: Declaration, inside: tuple[int, ...]) -> Meaning:
    """The default of a template parameter that the CDK declares: `new CfnParameter(this, "X", {default: ...})`."""
    code = scope.code
    group = next((code.opened_at[index] for index in inside if code.is_mark(index, "(")), None)
    value = find_key(code, group, ("default", "Default")) if group is not None else None
    name = code.tokens[declaration.name].text
    if value is None:
        return (Hole(f"the parameter {name} has no default"),)
    hop = scope.file.hop(code.tokens[value[0]].start, code.tokens[value[1] - 1].end, f"parameter {name}, default")
    return (Target(scope, *value, hop, Resolution.PARAMETER_DEFAULT),)


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
            named = (each for each in inside if code.is_name(each, name))
            return parameters if any(code.is_mark(each + 1, ",", ")", ":", "=", "}", "?") for each in named) else None
    return None


def _parameter(scope: Scope, name: str, at: int, rest: list[str]) -> Meaning | None:
    """The default of a parameter, and that callers may pass another value; None where no function around has it."""
    code = scope.code
    group = code.group_of[at] if at < len(code.group_of) else 0
    while group:
        parameters = _parameter_list(code, group, name) if code.opener(group) == "{" else None
        if parameters is not None:
            low, high = code.groups[parameters].open, code.limit(parameters)
            passed = Hole(f"the parameter {name} is passed by callers that are not followed")
            default = next((each for each in code.declarations.get(name, ()) if low < each.name < high), None)
            if default is None or rest:
                return (passed,)
            hop = scope.file.hop(
                code.tokens[default.name].start, code.tokens[default.end - 1].end, f"parameter {name}, default"
            )
            return (Target(scope, default.start, default.end, hop, Resolution.PARAMETER_DEFAULT), passed)
        group = code.groups[group].parent
    return None


def _imported(scope: Scope, name: str, rest: list[str], depth: int) -> Meaning | None:
    """The value of a name that an import brings in; None where none does."""
    if scope.code.lexicon.name != "javascript" or scope.outer is not None:
        return None
    target = scope.code.imported.get(name)
    if target is None:
        return None
    path, exported = target
    if not path.startswith("."):
        return (Hole(f"'{name}' comes from the package '{path}'"),)
    other = scope.reader.imported(scope.file, path)
    if other is None:
        return (Hole(f"'{path}' is not among the scanned files"),)
    names = [exported, *rest] if exported is not None else rest
    if not names:
        return (Hole(f"'{name}' stands for a whole module"),)
    return _crossing(look_up(other, names, 0, depth + 2))


def targets(meaning: Meaning) -> Iterator[Target]:
    """The expressions among what a name may stand for."""
    return (each for each in meaning if isinstance(each, Target))
