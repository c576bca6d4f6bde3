"""What the calls of a scan pass to the parameters that a value depends on, each call by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from routelint.parse.lexicon import STRING
from routelint.parse.text import words
from routelint.parse.text.callees import instance_of
from routelint.parse.text.evaluate import evaluate
from routelint.parse.text.functions import Function
from routelint.parse.text.objects import entries
from routelint.parse.text.scope import Binding, Path, Scope
from routelint.possible import Hole, Possibility, Possible, in_environments, unite, unknown

# Calls of one function that are followed, steps for one place, and functions that call each other above it.
MOST_CALLS = 32
MOST_STEPS = 8_000
# What a call costs beside the steps of the evaluation that it makes.
_STEPS_OF_CALL = 100
MOST_LEVELS = 6
_STAGE_KEYS = frozenset(("env", "envName", "env_name", "environment", "environmentName", "stage", "stageName"))


def everywhere(scope: Scope, start: int, end: int, path: Path = (), default: Possible | None = None) -> Possible:
    """What an expression may be, for every call of the functions that it stands in; `default` where that is nothing."""
    found = _everywhere(scope, (start, end), path, [MOST_STEPS], 0)
    if found or default is not None:
        return found or default or ()
    shown = " ".join(scope.code.text[scope.code.tokens[start].start : scope.code.tokens[end - 1].end].split())
    return unknown(f"'{shown if len(shown) <= 60 else shown[:57] + '...'}' has no value")


def _everywhere(scope: Scope, place: tuple[int, int], path: Path, left: list[int], level: int) -> Possible:
    """`left` counts down the steps that are still made."""
    reader = scope.reader
    reader.unbound.clear()
    possible = evaluate(scope, *place, path)
    asked = tuple(reader.unbound.values())
    left[0] -= reader.steps + _STEPS_OF_CALL
    if level >= MOST_LEVELS:
        return possible
    for at, function in asked:
        calls = tuple(_calls(at, function))
        if not calls:
            continue
        if len(calls) > MOST_CALLS or left[0] <= 0:
            return unite([possible, (Possibility(Hole("more callers pass a value than are followed")),)])
        found = []
        for call in calls:
            bound = {**scope.bound, (at.file.path, function.parameters): call}
            possible = _everywhere(replace(scope, bound=bound), place, path, left, level + 1)
            found.append(in_environments(possible, call.environments))
        return unite(found)
    return possible


def _calls(scope: Scope, function: Function) -> Iterator[Binding]:
    """The calls of a function in its file and in those that import it; in tests only where it is a part of one."""
    code = scope.code
    if function.name == "constructor" and function.owner:
        names = [name for name, groups in code.named_groups.items() if function.owner in groups]
    else:
        names = [function.name] if function.name else []
    for name in names:
        for other in _files(scope, name):
            functions = scope.reader.functions(other.file)
            local = _local_name(scope, other, name)
            for group in functions.calls.get(local, ()):
                if _means(other, group, function, scope):
                    yield _binding(other, group)
            if function.name == "constructor":
                for group in functions.calls.get("super", ()):
                    if _extends(other, group, local):
                        yield _binding(other, group)


def _files(scope: Scope, name: str) -> Iterator[Scope]:
    plain = replace(scope, bound={})
    yield plain
    if scope.code.lexicon.name == "javascript":
        word = re.compile(rf"\b{re.escape(name)}\b")
        yield from scope.reader.importing(scope.file, word)


def _local_name(scope: Scope, other: Scope, name: str) -> str:
    """What a file calls something that another exports."""
    if scope.file.path == other.file.path:
        return name
    return next((local for local, (_, exported) in other.code.imported.items() if exported == name), name)


def _means(scope: Scope, group: int, function: Function, declaring: Scope) -> bool:
    """Whether a call by the right name means the function: by import, as a constructor, or of an object of its class."""
    code = scope.code
    at = code.groups[group].open - 1
    while at > 0 and not code.is_name(at):
        at -= 1
    before = code.before(at)
    if function.name == "constructor":
        start = code.chain(at)[0]
        return code.is_name(code.before(start), "new") or code.is_name(start - 1, "new")
    if not code.is_mark(before, ".", "?."):
        return not function.owner and not code.is_name(at - 1, "new")
    receiver = code.before(before)
    if not code.is_name(receiver):
        return False
    name = code.tokens[receiver].text
    if name == "this":
        return bool(function.owner) and scope.file.path == declaring.file.path
    if function.owner:
        where = instance_of(scope, name)
        return where is not None and where[1] == function.owner and where[0].file.path == declaring.file.path
    return name in code.imported


def _extends(scope: Scope, group: int, name: str) -> bool:
    """Whether a call of `super` stands in a class that extends one of a name."""
    code = scope.code
    function = next((each for each in scope.reader.functions(scope.file).around(code.groups[group].open) if each.owner), None)
    if function is None:
        return False
    opened = code.groups[function.owner].open
    return any(code.is_name(index, "extends") and code.is_name(index + 1, name) for index in range(max(0, opened - 12), opened))


def _binding(scope: Scope, group: int) -> Binding:
    return Binding(scope, tuple(scope.code.entries(group)), _environments(scope, group))


def _environments(scope: Scope, group: int) -> tuple[str, ...]:
    """The environment that a construction is for: the stage it is given, else the id of the construct."""
    code = scope.code
    arguments = list(code.entries(group))
    for low, _ in arguments:
        table = code.opened_at.get(low)
        if table is None or code.opener(table) != "{":
            continue
        for entry in entries(code, table):
            if entry.name in _STAGE_KEYS:
                said = {
                    str(each.content).lower()
                    for each in evaluate(scope, entry.start, entry.end)
                    if isinstance(each.content, str)
                }
                if len(said) == 1 and (name := said.pop()) in words.ENVIRONMENTS:
                    return (name,)
    if len(arguments) > 1 and arguments[1][1] - arguments[1][0] == 1:
        token = code.tokens[arguments[1][0]]
        if token.kind is STRING and not token.code:
            # "stage" is what an environment is called as often as it is one.
            named = [word for word in words.split(token.text) if word in words.ENVIRONMENTS and word != "stage"]
            return (named[0],) if len(set(named)) == 1 else ()
    return ()
