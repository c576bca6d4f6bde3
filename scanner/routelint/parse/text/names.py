"""What the names of code stand for: declarations, fields, parameters, enumerations, imports, classes of other files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from routelint.deferred import dataclass
from routelint.model import Hop, Resolution
from routelint.parse.text import words
from routelint.parse.text.files import Data, of_module
from routelint.parse.text.functions import Function, Parameter, is_reassigned, parameter
from routelint.parse.text.groups import Code, Declaration
from routelint.parse.text.iteration import item
from routelint.parse.text.objects import entries
from routelint.parse.text.scope import Key, Path, Scope, find_key
from routelint.possible import Hole

MOST_STEPS = 40
# More declarations of one name than a reader could follow.
_MOST_DECLARATIONS = 16
_ENVIRONMENTS = frozenset(("process", "meta", "Bun", "Deno"))


@dataclass(frozen=True, slots=True)
class Target:
    """An expression that a name stands for: where it is, the step that leads there, what kind of step that is.

    `path` are the keys that are still to be taken of its value. `otherwise` marks what holds where the others give nothing.
    """

    scope: Scope
    start: int
    end: int
    hop: Hop
    resolution: Resolution
    crosses: bool = False
    path: Path = ()
    environments: tuple[str, ...] = ()
    otherwise: bool = False


@dataclass(frozen=True, slots=True)
class Variable:
    """An environment variable that a name stands for."""

    name: str


Meaning = tuple[Target | Variable | Data | Hole, ...]


def look_up(scope: Scope, names: list[str], at: int, path: Path = (), depth: int = 0) -> Meaning:
    """What a dotted name, used at a token, may stand for at a path of keys."""
    own = names[0] in ("this", "self", "@") and len(names) > 1
    first, path = (names[1], (*names[2:], *path)) if own else (names[0], (*names[1:], *path))
    if depth > MOST_STEPS:
        return (Hole(f"'{first}' goes through too many steps"),)
    if (variable := variable_of((first, *path))) is not None:
        return (Variable(variable),)
    if own:
        return _field(scope, first, at, path, depth)
    holder = _parameter_of(scope, first, at)
    found = None if _is_required(scope.code, first) else declared(scope, first, at)
    through = _through(scope, first, at, path)
    if through is not None and found and found[-1].name < through[0]:
        found = None
    if found and (holder is None or holder[0].start <= found[-1].name < holder[0].end):
        return tuple(each for one in found[:_MOST_DECLARATIONS] for each in _of_declaration(scope, one, path))
    if through is not None and (holder is None or scope.code.groups[holder[0].parameters].open <= through[0]):
        return (through[1],)
    if holder is not None:
        return passed(scope, *holder, first, path)
    if first not in scope.code.imported and (taken := scope.code.destructured.get(first)) is not None:
        key, start, end = taken
        hop = scope.file.hop(scope.code.tokens[start].start, scope.code.tokens[end - 1].end, f"{key} of what is taken apart")
        return (Target(scope, start, end, hop, Resolution.CONSTANT, path=(key, *path)),)
    if path and (member := _member(scope, first, path)) is not None:
        return member
    if (imported := _imported(scope, first, path, depth)) is not None:
        return imported
    if scope.outer is not None:
        return look_up(scope.outer.within(scope.bound), [first], scope.at, path, depth + 1)
    if path and (other := scope.reader.declaring(first, scope.file)) is not None:
        found_there = _member(other.within(scope.bound), first, path)
        if found_there is not None:
            return crossing(found_there)
    return (nowhere((first, *path)),)


def _through(scope: Scope, name: str, at: int, path: Path) -> tuple[int, Target] | None:
    """The list that a name goes through, item by item, and the token that binds it; None where it goes through none."""
    code = scope.code
    found = item(code, name, at) if scope.outer is None else None
    if found is None:
        return None
    hop = scope.file.hop(code.tokens[found.start].start, code.tokens[found.end - 1].end, f"each {name} of a list")
    return found.bound, Target(scope, found.start, found.end, hop, Resolution.CONSTANT, path=(*found.path, *path))


def _is_required(code: Code, name: str) -> bool:
    """Whether a name stands for a module: `const config = require("./config")`."""
    found = code.declarations.get(name, ())
    return name in code.imported and len(found) == 1 and code.is_name(found[0].start, "require")


def nowhere(names: Path) -> Hole:
    """Why a dotted name cannot be followed."""
    return Hole(f"'{'.'.join('[]' if name is None else name for name in names)}' has no value in this file")


def variable_of(names: Path) -> str | None:
    """The environment variable that a dotted name reads: `process.env.NAME`, `import.meta.env.NAME`."""
    if len(names) < 3 or names[-2] != "env" or names[-3] not in _ENVIRONMENTS:
        return None
    return names[-1]


def crossing(meaning: Meaning) -> Meaning:
    """What a name stands for, told from another file."""
    return tuple(replace(each, crosses=True) if isinstance(each, Target) else each for each in meaning)


def targets(meaning: Meaning) -> Iterator[Target]:
    """The expressions among what a name may stand for."""
    return (each for each in meaning if isinstance(each, Target))


def declared(scope: Scope, name: str, at: int) -> list[Declaration] | None:
    """The declarations of a name that reach a token: those of the innermost group around it that holds one.

    What is assigned in blocks inside that group may hold as well; what is assigned straight before replaces what was.
    """
    code = scope.code
    found = code.declarations.get(name)
    if not found:
        return None
    bare = code.without_value.get(name, [])
    group = code.group_of[at] if at < len(code.group_of) else 0
    while True:
        here = [each for each in found if each.group == group and not each.name <= at < each.end]
        if here or group in bare:
            low, high = code.groups[group].open, code.limit(group)
            inner = [
                each
                for each in found
                if each.group != group
                and low < each.name < high
                and not each.name <= at < each.end
                and is_reassigned(code, each.name)
            ]
            reaching = sorted((*_last(scope, here, at), *inner), key=lambda each: each.name)
            if reaching:
                return reaching
        if not group:
            return None
        group = code.groups[group].parent


def _last(scope: Scope, here: list[Declaration], at: int) -> list[Declaration]:
    """Of the assignments that follow each other, those that are not replaced before a token of the same function."""
    before = [each for each in here if each.name < at]
    if len(before) < 2 or scope.outer is not None:
        return here
    functions = scope.reader.functions(scope.file)
    if next(functions.around(at), None) != next(functions.around(before[-1].name), None):
        return here
    return [*before[-1:], *(each for each in here if each.name >= at)]


def _field(scope: Scope, name: str, at: int, path: Path, depth: int) -> Meaning:
    """What a field of the object itself may hold: what is assigned to it, or a property that its constructor declares."""
    if scope.outer is not None:
        return look_up(scope.outer.within(scope.bound), ["this", name], scope.at, path, depth + 1)
    classes = _classes_around(scope.code, at)
    found = fields(scope.code, name, classes[0] if classes else 0) or fields(scope.code, name, 0)
    if found:
        return tuple(each for one in found[:_MOST_DECLARATIONS] for each in _of_declaration(scope, one, path))
    for group in classes:
        if (meaning := of_property(scope, group, name, path)) is not None:
            return meaning
    return (nowhere(("this", name, *path)),)


def of_property(scope: Scope, group: int, name: str, path: Path) -> Meaning | None:
    """What a property of a class gives: one that is computed, or `constructor(private readonly modelId: string)`."""
    if computed := _computed(scope, group, name, path):
        return computed
    made = scope.reader.functions(scope.file).constructor(group)
    found = parameter(scope.code, made.parameters, name) if made is not None else None
    return passed(scope, made, found, name, path) if made is not None and found is not None and found.is_field else None


def _computed(scope: Scope, group: int, name: str, path: Path) -> Meaning:
    """What the getter of a class gives back: `get modelId() { return ... }`."""
    code, functions = scope.code, scope.reader.functions(scope.file)
    getters = [each for each in functions.by_name.get(name, ()) if each.owner == group and code.is_name(each.at - 1, "get")]
    return tuple(
        Target(
            scope,
            low,
            high,
            scope.file.hop(code.tokens[low].start, code.tokens[high - 1].end, f"result of {name}"),
            Resolution.CONSTANT,
            path=path,
        )
        for getter in getters
        for low, high in functions.returned(getter)
    )


def fields(code: Code, name: str, group: int) -> list[Declaration]:
    """The values a field gets: assigned to the object itself, or in the body of its class; of any class where `group` is 0."""
    classes = {group} if group else {each for groups in code.named_groups.values() for each in groups}
    low, high = (code.groups[group].open, code.limit(group)) if group else (-1, len(code.tokens))
    return [
        each
        for each in code.declarations.get(name, ())
        if low < each.name < high
        and (
            (code.is_mark(each.name - 1, ".", "@", "->") and (code.is_name(each.name - 2, "this", "self") or not group))
            or code.is_mark(each.name - 1, "@")
            or each.group in classes
        )
    ]


def _classes_around(code: Code, at: int) -> list[int]:
    """The bodies of the classes around a token, innermost first."""
    classes = {group for groups in code.named_groups.values() for group in groups}
    found = []
    group = code.group_of[at] if at < len(code.group_of) else 0
    while group:
        if group in classes:
            found.append(group)
        group = code.groups[group].parent
    return found


def _target(scope: Scope, value: tuple[int, int], name: str, path: Path = ()) -> Target:
    code = scope.code
    hop = scope.file.hop(code.tokens[value[0]].start, code.tokens[value[1] - 1].end, f"constant {name}")
    return Target(scope, *value, hop, Resolution.CONSTANT, path=path)


def _member(scope: Scope, first: str, path: Path) -> Meaning | None:
    """A member of an enumeration or class of the file; None where it has none such."""
    groups = scope.code.named_groups.get(first, ())
    name = path[0]
    if name is None:
        return None
    for group in groups:
        if (value := find_key(scope.code, group, (name,))) is not None:
            return (_target(scope, value, f"{first}.{name}", path[1:]),)
        if computed := _computed(scope, group, name, path[1:]):
            return computed
    members = [each for each in scope.code.declarations.get(name, ()) if each.group in groups]
    for one in members or (scope.code.declarations.get(name, []) if groups else []):
        return _of_declaration(scope, one, path[1:])
    return None


def _of_declaration(scope: Scope, declaration: Declaration, path: Path) -> Meaning:
    code = scope.code
    name = code.tokens[declaration.name].text
    inside = tuple(code.level(declaration.start, declaration.end))
    if path and (path[-1] or "").startswith("valueAs") and any(code.is_name(index, "CfnParameter") for index in inside):
        return _template_parameter(scope, declaration, inside)
    start, end, label, left = declaration.start, declaration.end, name, path
    group = code.opened_at.get(start) if len(inside) == 1 or code.is_name(_after(inside), "as", "satisfies") else None
    while left and left[0] is not None and group is not None and left[0].lower() not in words.ENVIRONMENTS:
        found = [each for each in entries(code, group) if each.key < 0 or each.computed is not None or each.name == left[0]]
        if not found or found[-1].name != left[0] or code.opener(group) != "{":
            break
        start, end, label, left = found[-1].start, found[-1].end, f"{label}.{left[0]}", left[1:]
        group = code.opened_at.get(start)
    if left is path or not path:
        hop = scope.file.hop(code.tokens[declaration.name].start, code.tokens[declaration.end - 1].end, f"constant {name}")
        meaning: Meaning = (Target(scope, start, end, hop, Resolution.CONSTANT, path=path),)
    else:
        meaning = (_target(scope, (start, end), label, left),)
    changes = tuple(
        each
        for change in _changes(code, declaration, path)[:_MOST_DECLARATIONS]
        for each in (_target(scope, (change.start, change.end), f"{name}.{path[0]}", path[1:]),)
    )
    return (*meaning, *changes, *_pushed(scope, declaration, path))


def _after(inside: tuple[int, ...]) -> int:
    return inside[1] if len(inside) > 1 else -1


def _changes(code: Code, declaration: Declaration, path: Path) -> list[Declaration]:
    """The assignments to a key of an object that a name stands for: `params.modelId = ...`."""
    if not path or path[0] is None:
        return []
    name = code.tokens[declaration.name].text
    low, high = code.groups[declaration.group].open, code.limit(declaration.group)
    return [
        each
        for each in code.declarations.get(path[0], ())
        if low < each.name < high
        and code.is_mark(each.name - 1, ".")
        and code.is_name(each.name - 2, name)
        and not code.is_mark(each.name - 3, ".", "?.")
    ]


def _pushed(scope: Scope, declaration: Declaration, path: Path) -> Iterator[Target]:
    """What is put into a list that a name stands for, where any of its items is meant: `arns.push(...)`."""
    code = scope.code
    if not path or path[0] is not None or not code.is_mark(declaration.start, "["):
        return
    name = code.tokens[declaration.name].text
    low, high = code.groups[declaration.group].open, code.limit(declaration.group)
    taken = 0
    for index in code.between(max(low, 0), high, "push"):
        group = code.opened_at.get(index + 1)
        if group is None or not (code.is_mark(index - 1, ".", "?.") and code.is_name(index - 2, name)):
            continue
        for start, end in code.entries(group):
            taken += 1
            if taken > _MOST_DECLARATIONS:
                return
            is_spread = code.is_mark(start, "...")
            own = (start + 1, end) if is_spread else (start, end)
            yield _target(scope, own, name, path if is_spread else path[1:])


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


def _parameter_of(scope: Scope, name: str, at: int) -> tuple[Function, Parameter] | None:
    """The innermost function around a token that has a parameter of a name."""
    if scope.outer is not None:
        return None
    for function in scope.reader.functions(scope.file).around(at):
        found = parameter(scope.code, function.parameters, name)
        if found is not None:
            return function, found
    return None


def passed(scope: Scope, function: Function, given: Parameter, name: str, path: Path) -> Meaning:
    """What a parameter holds: what the call that is followed passes, or its default and what callers may pass."""
    code = scope.code
    key = (scope.file.path, function.parameters)
    path = path if given.key is None else (given.key, *path)
    default: Meaning = ()
    if given.default is not None and (given.key is not None or not path):
        low, high = given.default
        hop = scope.file.hop(code.tokens[low].start, code.tokens[high - 1].end, f"parameter {name}, default")
        own: tuple[Key, ...] = path[1:] if given.key is not None else path
        default = (Target(scope, low, high, hop, Resolution.PARAMETER_DEFAULT, path=own, otherwise=True),)
    binding = scope.bound.get(key)
    if binding is None:
        scope.reader.unbound.setdefault(key, (scope, function))
        return (*default, Hole(f"the parameter {name} is passed by callers that are not followed"))
    if given.position >= len(binding.arguments):
        return default
    low, high = binding.arguments[given.position]
    caller = binding.scope.within(scope.bound)
    if any(caller.code.is_mark(start, "...") for start, _ in binding.arguments[: given.position + 1]):
        return (Hole(f"the parameter {name} is spread from a list that is not followed"),)
    hop = caller.file.hop(caller.code.tokens[low].start, caller.code.tokens[high - 1].end, f"passed as {name}")
    crosses = caller.file.path != scope.file.path
    target = Target(caller, low, high, hop, Resolution.CONSTANT, crosses, path, binding.environments)
    return (target, *default)


def _imported(scope: Scope, name: str, path: Path, depth: int) -> Meaning | None:
    """The value of a name that an import brings in; None where none does."""
    if scope.code.lexicon.name != "javascript" or scope.outer is not None:
        return None
    target = scope.code.imported.get(name)
    if target is None:
        return None
    module, exported = target
    if not module.startswith((".", "@/", "~/")):
        return (Hole(f"'{name}' comes from the package '{module}'"),)
    data = of_module(scope, module)
    if data is not None:
        return (replace(data, path=path),)
    other = scope.reader.imported(scope.file, module)
    if other is None:
        return (Hole(f"'{module}' is not among the scanned files"),)
    if exported is None:
        if not path or path[0] is None:
            return (Hole(f"'{name}' stands for a whole module"),)
        exported, path = path[0], path[1:]
    return crossing(exports(other.within(scope.bound), exported, name, path, depth + 2))


def exports(scope: Scope, name: str, local: str, path: Path, depth: int) -> Meaning:
    """What a file exports under a name; `local` is what the default is called where it is imported."""
    # Files that export each other, or themselves twice, would be gone through as often as there are ways around.
    found = scope.reader.exported
    key = (scope.file.path, name, local, path)
    if key in found:
        return found[key]
    is_first = not found
    found[key] = (nowhere((name,)),)
    try:
        found[key] = meaning = _exports(scope, name, local, path, depth)
        return meaning
    finally:
        if is_first:
            found.clear()


def _exports(scope: Scope, name: str, local: str, path: Path, depth: int) -> Meaning:
    code = scope.code
    is_default = name == "default"
    if is_default:
        if (start := _default_export(code)) is not None:
            hop = scope.file.hop(code.tokens[start].start, code.tokens[code.end_of_expression(start) - 1].end, "default export")
            return (Target(scope, start, code.end_of_expression(start), hop, Resolution.CONSTANT, path=path),)
        name = local
    meaning = look_up(scope, [name], 0, path, depth)
    if not all(isinstance(each, Hole) for each in meaning):
        return meaning
    for one in code.declarations.get("exports", ()):
        if code.is_name(one.name - 2, "module"):
            return _of_declaration(scope, one, path if is_default else (name, *path))
    for module in code.passed_on:
        other = scope.reader.imported(scope.file, module)
        if other is not None and depth < MOST_STEPS:
            found = exports(other.within(scope.bound), name, local, path, depth + 2)
            if not all(isinstance(each, Hole) for each in found):
                return found
    return meaning


def _default_export(code: Code) -> int | None:
    """The token after `export default`; None where nothing is exported so, or a function or class is."""
    for index in code.at("default"):
        if code.is_name(index - 1, "export") and index + 1 < len(code.tokens):
            return None if code.is_name(index + 1, "class", "function", "async", "abstract") else index + 1
    return None
