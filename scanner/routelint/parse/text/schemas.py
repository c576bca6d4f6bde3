"""Schemas that check the variables of an environment and give those their default that are not set: zod, t3-env, envalid."""

from __future__ import annotations

from routelint.model import Resolution
from routelint.parse.text.scope import Evaluate, Path, Scope, find_key
from routelint.possible import Possible, via

_PARSES = ("parse", "safeParse")
# Where the schemas of variables stand among what such a call is given.
_SECTIONS = ("server", "client", "shared")
_MOST_STEPS = 4

Found = tuple[Scope, int, int]


def default(
    evaluate: Evaluate,
    scope: Scope,
    name: str,
    receiver: tuple[int, int] | None,
    arguments: list[tuple[int, int]],
    key: str,
    depth: int,
) -> Possible:
    """The default that a schema gives a variable where it is not set; nothing where it gives none."""
    found: Found | None = None
    if name in _PARSES and receiver is not None:
        found = _of_object(scope, *receiver, key, 0)
    elif name == "createEnv" and arguments:
        found = next((each for each in (_in(scope, arguments[0], (section, key)) for section in _SECTIONS) if each), None)
    elif name == "cleanEnv" and len(arguments) > 1:
        found = _in(scope, arguments[1], (key,))
    value = _default_in(*found) if found is not None else None
    if value is None:
        return ()
    where, start, end = value
    code = where.code
    hop = where.file.hop(code.tokens[start].start, code.tokens[end - 1].end, f"default of {key}")
    return via(evaluate(where, start, end, (), depth + 1), hop, Resolution.ENV_DEFAULT)


def reads_environment(name: str) -> bool:
    """Whether a call gives back the variables that a schema beside them names."""
    return name in ("createEnv", "cleanEnv")


def _of_object(scope: Scope, start: int, end: int, key: str, depth: int) -> Found | None:
    """The schema of a key of `z.object({...})`, which may stand under a name or in another file."""
    code = scope.code
    for index in code.level(start, end):
        group = code.opened_at.get(index + 1)
        if code.is_name(index, "object", "strictObject") and group is not None:
            value = find_key(code, group, (key,))
            return None if value is None else (scope, *value)
    if end - start != 1 or depth > _MOST_STEPS:
        return None
    name = code.tokens[start].text
    for declaration in code.declarations.get(name, ()):
        return _of_object(scope, declaration.start, declaration.end, key, depth + 1)
    module, exported = code.imported.get(name, ("", None))
    other = scope.reader.imported(scope.file, module) if module else None
    for declaration in other.code.declarations.get(exported or name, ()) if other is not None else ():
        assert other is not None
        return _of_object(other, declaration.start, declaration.end, key, depth + 1)
    return None


def _in(scope: Scope, value: tuple[int, int], keys: Path) -> Found | None:
    """The value at keys of an object that is written out."""
    for key in keys:
        group = scope.code.opened_at.get(value[0])
        found = find_key(scope.code, group, (key,)) if group is not None and key is not None else None
        if found is None:
            return None
        value = found
    return (scope, *value)


def _default_in(scope: Scope, start: int, end: int) -> Found | None:
    """What a schema has as its default: `z.string().default("...")`, `str({ default: "..." })`."""
    code = scope.code
    for index in code.level(start, end):
        group = code.opened_at.get(index)
        if group is None or code.opener(group) != "(":
            continue
        first = next(code.entries(group), None)
        if first is not None and code.is_name(index - 1, "default") and code.is_mark(index - 2, "."):
            return scope, *first
        written = find_key(code, group, ("default",))
        if written is not None:
            return scope, *written
    return None
