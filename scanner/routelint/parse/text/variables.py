"""Environment variables that infrastructure written in a program (CDK, SST) sets."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from routelint.deferred import lazy_regex
from routelint.parse.handlers import SUFFIXES, files_in
from routelint.parse.lexicon import STRING
from routelint.parse.parsed import EnvironmentSetting
from routelint.parse.paths import Paths
from routelint.parse.text import frames, words
from routelint.parse.text.callers import everywhere
from routelint.parse.text.draft import File, Place, kind_of
from routelint.parse.text.groups import Code
from routelint.parse.text.hits import first_model
from routelint.parse.text.objects import entries
from routelint.parse.text.scope import Reader, Scope, find_key, value_of_entry
from routelint.possible import Possible

# Keys of a construct that name its code, and calls that name a folder of code.
_ENTRIES = ("entry", "handler", "path")
_ASSETS = frozenset(("asset", "fromAsset", "fromAssetImage", "fromDockerBuild", "fromImageAsset", "fromDockerImageAsset"))
_VARIABLES = ("environment", "environmentVariables", "env")
_TABLE = lazy_regex(r"\benv(?:ironment(?:Variables)?)?\s*:")
_ADDS = "addEnvironment"


def of_code(reader: Reader, file: File, paths: Paths) -> Iterator[EnvironmentSetting]:
    """The model variables that the constructs of a program set. `paths` are those of the scan."""
    if not _sets_variables(reader, file):
        return
    scope = reader.scope(file)
    code = scope.code
    for index in code.at(*_VARIABLES, _ADDS):
        if not code.is_name(index):
            continue
        if code.is_name(index, _ADDS):
            if code.is_mark(index - 1, ".", "?."):
                yield from _added(scope, index, paths)
        elif code.is_mark(index + 1, ":"):
            yield from _of_construct(scope, index, paths)


def _sets_variables(reader: Reader, file: File) -> bool:
    """Whether some word of a file says that something is given variables."""
    words = reader.words(file)
    return _ADDS in words or (not words.isdisjoint(_VARIABLES) and _TABLE.search(file.source.text) is not None)


def _of_construct(scope: Scope, index: int, paths: Paths) -> Iterator[EnvironmentSetting]:
    """`new Function(this, "Id", { code: ..., environment: { NAME: value } })`."""
    code = scope.code
    group = code.group_of[index]
    call = code.groups[group].parent
    if not code.is_object(group) or code.opener(call) != "(":
        return
    value = find_key(code, group, (code.tokens[index].text,))
    table = _table(scope, value) if value is not None else None
    if table is None:
        return
    entries_of = ((low, high, _may_hold_model(code, low, high)) for low, high in code.entries(table))
    wanted = [(low, high, value) for low, high, value in entries_of if value is not None]
    if not wanted:
        return
    owner = _construct_id(code, call)
    where = _code_of(scope, group, owner, paths)
    for low, high, value in wanted:
        token = code.tokens[low]
        location = scope.file.location(token.start, code.tokens[high - 1].end, f"{scope.file.name}:{owner}.{token.text}")
        yield EnvironmentSetting(token.text, _aside(scope, *value), f"{scope.file.name}:{owner}", location, where)


def places(reader: Reader, file: File) -> Iterator[Place]:
    """The variables of constructs whose model depends on the environment that is deployed; the others' literals speak."""
    if not _sets_variables(reader, file):
        return
    scope = reader.scope(file)
    code = scope.code
    for index in code.at(*_VARIABLES):
        if not code.is_name(index) or not code.is_mark(index + 1, ":") or not code.is_object(code.group_of[index]):
            continue
        value = find_key(code, code.group_of[index], (code.tokens[index].text,))
        table = _table(scope, value) if value is not None else None
        if table is None:
            continue
        for entry in entries(code, table):
            if entry.name is None or not words.says_model(entry.name):
                continue
            possible = _aside(scope, entry.start, entry.end)
            model = first_model(possible)
            if model is not None and any(each.environments for each in possible):
                everywhere(scope, entry.start, entry.end)
                yield Place(
                    code.tokens[entry.start].start,
                    code.tokens[entry.end - 1].end,
                    (code.tokens[entry.key].start, code.tokens[entry.end - 1].end),
                    entry.name,
                    f"{scope.file.name}:{frames.owner(code, entry.start)}{entry.name}",
                    kind_of(model, entry.name),
                    possible,
                )


def _aside(scope: Scope, low: int, high: int) -> Possible:
    """What an expression may be, without making its literals a part of some route: whether code reads it is not known."""
    used = set(scope.reader.used)
    possible = everywhere(scope, low, high)
    scope.reader.used.intersection_update(used)
    return possible


def _table(scope: Scope, value: tuple[int, int]) -> int | None:
    """The object that holds variables: written in place, or a name of the file."""
    code = scope.code
    group = code.opened_at.get(value[0])
    if group is not None and code.opener(group) == "{":
        return group
    if value[1] - value[0] == 1 and code.is_name(value[0]):
        for declaration in code.declarations.get(code.tokens[value[0]].text, ())[:4]:
            inner = code.opened_at.get(declaration.start)
            if inner is not None and code.opener(inner) == "{":
                return inner
    return None


def _may_hold_model(code: Code, low: int, high: int) -> tuple[int, int] | None:
    """The value of a variable that is called like a model, or holds what may be one under any name; None for any other."""
    name = code.tokens[low].text
    value = value_of_entry(code, low, high, (name,))
    return value if value is not None and (words.says_model(name) or _is_json(code, *value)) else None


def _is_json(code: Code, low: int, high: int) -> bool:
    """Whether a value is written as JSON, which may hold a model under any name."""
    return high - low > 3 and code.is_name(low, "JSON") and code.is_name(low + 2, "stringify")


def _added(scope: Scope, index: int, paths: Paths) -> Iterator[EnvironmentSetting]:
    """`fn.addEnvironment("NAME", value)`, where `fn` is a construct of the same file."""
    code = scope.code
    call = code.opened_at.get(index + 1)
    receiver = code.before(index - 1)
    if call is None or not code.is_name(receiver):
        return
    arguments = list(code.entries(call))
    if len(arguments) < 2 or code.tokens[arguments[0][0]].kind is not STRING:
        return
    name = code.tokens[arguments[0][0]].text
    if not words.says_model(name):
        return
    owner = code.tokens[receiver].text
    where: tuple[str, ...] = ()
    for declaration in code.declarations.get(code.tokens[receiver].text, ())[:1]:
        construct = next(
            (code.opened_at[at] for at in code.level(declaration.start, declaration.end) if code.is_mark(at, "(")), None
        )
        if construct is not None:
            owner = _construct_id(code, construct)
            props = next(
                (group for at in _firsts(code, construct) if (group := code.opened_at.get(at)) and code.opener(group) == "{"),
                None,
            )
            where = _code_of(scope, props, owner, paths) if props is not None else ()
    possible = _aside(scope, *arguments[1])
    location = scope.file.location(
        code.tokens[index].start, code.tokens[arguments[1][1] - 1].end, f"{scope.file.name}:{owner}.{name}"
    )
    yield EnvironmentSetting(name, possible, f"{scope.file.name}:{owner}", location, where)


def _firsts(code: Code, group: int) -> Iterator[int]:
    return (low for low, _ in code.entries(group))


def _construct_id(code: Code, call: int) -> str:
    """The id a construct is given, else the name of its class."""
    for low, high in code.entries(call):
        if high - low == 1 and code.tokens[low].kind is STRING:
            return code.tokens[low].text
    before = code.groups[call].open - 1
    return code.tokens[before].text if code.is_name(before) else "?"


def _code_of(scope: Scope, props: int, owner: str, paths: Paths) -> tuple[str, ...]:
    """The folder of code that a construct runs, and the file of its handler where that exists."""
    code = scope.code
    found: list[str] = []
    for low, high in code.entries(props):
        key = code.tokens[low].text
        for at in code.between(low, high, *_ASSETS):
            if code.is_name(at):
                call = code.opened_at.get(at + 1)
                first = next(code.entries(call), None) if call is not None else None
                if first is not None and (path := _path(scope, *first)) is not None:
                    found.append(path)
        if key in _ENTRIES and low + 2 < high and (path := _path(scope, low + 2, high)) is not None:
            found.append(path)
    handler = find_key(code, props, ("handler", "index"))
    if handler is not None and found and code.tokens[handler[0]].kind is STRING:
        named, folders = code.tokens[handler[0]].text, [path for path in found if paths.is_folder(path)]
        found += [path for folder in folders for path in files_in(folder, named, paths.files.__contains__)]
    if not found:
        # The default of the CDK's NodejsFunction: a file named after this one and the construct.
        stem = re.sub(r"\.[a-z]+$", "", scope.file.path)
        found = [f"{stem}.{owner}{suffix}" for suffix in SUFFIXES]
    return tuple(dict.fromkeys(path for path in found if path in paths))


def _path(scope: Scope, low: int, high: int) -> str | None:
    """A path of the scan: joined to the program's folder, or relative to the app's, where its `cdk.json` stands."""
    code = scope.code
    texts = [code.tokens[at] for at in range(low, high) if code.tokens[at].kind is STRING]
    if not texts or len(texts) > 8:
        return None
    relative = posixpath.join(*(token.text.replace("${__dirname}", ".").lstrip("/") or "." for token in texts))
    own = (
        any(code.is_name(at, "__dirname", "dirname") for at in range(low, high))
        or "__dirname" in code.text[texts[0].start : texts[0].end]
    )
    base = posixpath.dirname(scope.file.path) if own else _app_folder(scope.file)
    path = posixpath.normpath(posixpath.join(base, relative))
    return None if path.startswith("..") else path


def _app_folder(file: File) -> str:
    """The nearest folder upwards that holds a `cdk.json` or `sst.config.ts`; the program's own where there is none."""
    folder = posixpath.dirname(file.path)
    here = folder
    while True:
        for name in ("cdk.json", "sst.config.ts"):
            if file.context.tree.read(posixpath.join(here, name)) is not None:
                return here
        if not here:
            return folder
        here = posixpath.dirname(here)
