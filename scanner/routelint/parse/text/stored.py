"""Parameters of the Systems Manager as programs of the CDK read them: what another construct of the scan stores there."""

from __future__ import annotations

from collections.abc import Iterator

from routelint.model import Resolution
from routelint.parse.text.scope import Evaluate, Scope, find_key
from routelint.possible import Possible, unite, unknown, via

# Calls that read a parameter, and the argument that names it.
_READS = {
    "valueForStringParameter": 1,
    "valueForTypedStringParameterV2": 1,
    "valueForTypedStringParameter": 1,
    "valueFromLookup": 1,
    "fromStringParameterName": 2,
    "fromStringParameterAttributes": 2,
}
_NAME, _VALUE = "parameterName", "stringValue"
_MOST_MADE = 16


def read(evaluate: Evaluate, scope: Scope, name: str, arguments: list[tuple[int, int]], depth: int) -> Possible | None:
    """What `StringParameter.valueForStringParameter(this, "/chat/model")` gives; None for other calls."""
    number = _READS.get(name)
    if number is None or len(arguments) <= number:
        return None
    keys = (_NAME,) if name == "fromStringParameterAttributes" else ()
    named = evaluate(scope, *arguments[number], keys, depth + 1)
    names = {each.content for each in named if isinstance(each.content, str)}
    if len(names) != 1:
        return unknown("the SSM parameter that is read at deployment cannot be told")
    (stored,) = names
    found = list(_made(evaluate, scope, str(stored), depth))
    return unite(found) if found else unknown(f"it is read from SSM parameter '{stored}' at deployment")


def _made(evaluate: Evaluate, scope: Scope, stored: str, depth: int) -> Iterator[Possible]:
    """What constructs of the scan store under a name."""
    left = _MOST_MADE
    for file in scope.reader.programs:
        if file.is_test or stored not in file.source.text or _VALUE not in scope.reader.words(file):
            continue
        other = scope if file.path == scope.file.path else scope.reader.scope(file)
        code = other.code
        for index in code.at(_NAME):
            group = code.group_of[index]
            named = find_key(code, group, (_NAME,)) if group else None
            value = find_key(code, group, (_VALUE,)) if group else None
            if named is None or value is None or left <= 0:
                continue
            left -= 1
            if any(each.content == stored for each in evaluate(other, *named, (), depth + 1)):
                hop = file.hop(code.tokens[value[0]].start, code.tokens[value[1] - 1].end, f"stored as '{stored}'")
                yield via(evaluate(other, *value, (), depth + 1), hop, Resolution.LINKED)
