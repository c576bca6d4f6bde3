"""Which functions and classes of the scan a call means."""

from __future__ import annotations

from routelint.parse.text.functions import Function
from routelint.parse.text.scope import Scope

_MOST_STEPS = 8
_MOST_FUNCTIONS = 8

Found = tuple[Scope, Function]
# The files that a search has been in, and the names it looked for there: where many ways lead to a file, one is gone.
Seen = set[tuple[str, str]]


def functions_of(scope: Scope, names: list[str], at: int, depth: int = 0) -> list[Found]:
    """The functions that a dotted name, called at a token, may mean; none where it means none of the scan."""
    if scope.outer is not None:
        return functions_of(scope.outer.within(scope.bound), names, scope.at, depth + 1) if depth < _MOST_STEPS else []
    functions = scope.reader.functions(scope.file)
    if len(names) == 1:
        own = [
            each for each in functions.by_name.get(names[0], ()) if not each.owner or scope.code.lexicon.name != "javascript"
        ]
        return [(scope, each) for each in own[:_MOST_FUNCTIONS]] or _imported(scope, names[0], names[0], depth, set())
    receiver, name = names[-2], names[-1]
    methods = functions.by_name.get(name, ())
    if receiver in ("this", "self", "super"):
        owner = next((each.owner for each in functions.around(at) if each.owner), 0)
        own = [each for each in methods if each.owner == owner] or list(methods)
        return [(scope, each) for each in own[:_MOST_FUNCTIONS]]
    where = instance_of(scope, receiver, depth)
    if where is not None:
        there = where[0].reader.functions(where[0].file).by_name.get(name, ())
        return [(where[0], each) for each in there if each.owner == where[1]][:_MOST_FUNCTIONS]
    for declaration in scope.code.declarations.get(receiver, ()):
        inside = [each for each in methods if declaration.start <= each.start < declaration.end]
        if inside:
            return [(scope, each) for each in inside[:_MOST_FUNCTIONS]]
    return _imported(scope, receiver, name, depth, set()) if len(names) == 2 else []


def _imported(scope: Scope, local: str, name: str, depth: int, seen: Seen) -> list[Found]:
    """The functions of another file that an import brings in: itself, or as a member of the module or object it names."""
    target = scope.code.imported.get(local)
    if target is None or depth > _MOST_STEPS:
        return []
    module, exported = target
    other = scope.reader.imported(scope.file, module)
    if other is None:
        return []
    wanted = exported if local == name and exported not in (None, "default") else name
    assert wanted is not None
    return _exported(other.within(scope.bound), wanted, depth, seen)


def _exported(scope: Scope, name: str, depth: int, seen: Seen) -> list[Found]:
    if (scope.file.path, name) in seen:
        return []
    seen.add((scope.file.path, name))
    own = scope.reader.functions(scope.file).by_name.get(name, ())
    if own:
        return [(scope, each) for each in own[:_MOST_FUNCTIONS]]
    if name in scope.code.imported:
        return _imported(scope, name, name, depth + 1, seen)
    for module in scope.code.passed_on:
        other = scope.reader.imported(scope.file, module)
        if other is not None and depth < _MOST_STEPS and (found := _exported(other.within(scope.bound), name, depth + 1, seen)):
            return found
    return []


def class_of(scope: Scope, name: str, depth: int = 0) -> tuple[Scope, int] | None:
    """The file of a class and the group of its body; None where the scan does not hold it."""
    return _class_of(scope, name, depth, set())


def _class_of(scope: Scope, name: str, depth: int, seen: Seen) -> tuple[Scope, int] | None:
    if depth > _MOST_STEPS or (scope.file.path, name) in seen:
        return None
    seen.add((scope.file.path, name))
    groups = scope.code.named_groups.get(name)
    if groups:
        return scope, groups[0]
    target = scope.code.imported.get(name)
    if target is not None:
        other = scope.reader.imported(scope.file, target[0])
        if other is None:
            return None
        exported = target[1] if target[1] not in (None, "default") else name
        assert exported is not None
        return _class_of(other.within(scope.bound), exported, depth + 1, seen)
    for module in scope.code.passed_on:
        other = scope.reader.imported(scope.file, module)
        if other is not None and (found := _class_of(other.within(scope.bound), name, depth + 1, seen)):
            return found
    if scope.code.lexicon.name == "javascript":
        return None
    declaring = scope.reader.declaring(name, scope.file)
    return None if declaring is None else _class_of(declaring, name, depth + 1, seen)


def instance_of(scope: Scope, name: str, depth: int = 0) -> tuple[Scope, int] | None:
    """The class that a name stands for, or of which it holds an object."""
    if name in scope.code.named_groups:
        return class_of(scope, name, depth)
    code = scope.code
    for declaration in code.declarations.get(name, ()):
        if code.is_name(declaration.start, "new") and code.is_name(declaration.start + 1):
            return class_of(scope, code.tokens[declaration.start + 1].text, depth)
    return class_of(scope, name, depth) if name[:1].isupper() else None
