"""Where expressions of code are evaluated: files read once each, their imports, what a call binds, and keys in brackets."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from typing import Protocol

from routelint.deferred import dataclass, lazy_regex
from routelint.parse import lexicon
from routelint.parse.lexicon import NAME, STRING
from routelint.parse.text.draft import File
from routelint.parse.text.functions import Function, Functions
from routelint.parse.text.groups import Code
from routelint.possible import Possible
from routelint.source import NotTextError, SourceTree, decode

# Structures of code kept at once; a file whose structure was dropped is read again.
MOST_FILES = 256
# Programs of a scan that are looked through for imports of others, and their bytes.
MOST_IMPORTERS = 20_000
MOST_IMPORTER_BYTES = 64_000_000
_MOST_REEXPORTS = 64
_DECLARED_CLASS = lazy_regex(r"\b(?:class|object|interface|enum|struct)\s+([A-Z]\w*)")
_SUFFIXES = ("", ".ts", ".tsx", ".js", ".mjs", ".cjs", ".mts", ".jsx", ".json", "/index.ts", "/index.js", "/index.mjs")
_SCRIPTS = (".ts", ".tsx", ".js", ".mjs", ".cjs", ".mts", ".jsx")
_SPECIFIER = lazy_regex(
    rb"(?P<export>\bexport\b[^;'\"]{0,400}?)?\b(?:from|require\s*\(|import\s*\(?)\s*['\"](?P<target>[.@~][^'\"\n]{0,200})['\"]"
)

# A key of an object or list; None where any key is meant because it cannot be told. A path leads through several.
Key = str | None
Path = tuple[Key, ...]


class Evaluate(Protocol):
    """What an expression may be at a path of keys; nothing at all where it holds no such key."""

    def __call__(self, scope: Scope, start: int, end: int, path: Path = (), depth: int = 0) -> Possible:
        """The possibilities of the expression between two indexes of one level."""


@dataclass
class Reader:
    """The code of a scan's files, and the strings that some route's value came from: path and offset.

    `programs` are the marked files, whose classes may be named from others; `scripts` are all files of JavaScript and its
    relatives, which may call what those hold. `steps` counts one evaluation's steps, `unbound` holds the functions whose
    parameters it asked for without a call that gives them. Where several functions share code, `owner` is the one whose
    variables are meant (None: any), and `owners` are those that were asked for. `active` are the functions being followed.
    """

    programs: Sequence[File] = ()
    scripts: Sequence[str] = ()
    used: set[tuple[str, int]] = field(default_factory=set)
    steps: int = 0
    owner: str | None = None
    owners: dict[str, None] = field(default_factory=dict)
    active: list[tuple[str, int]] = field(default_factory=list)
    unbound: dict[tuple[str, int], tuple[Scope, Function]] = field(default_factory=dict)
    _files: dict[str, tuple[File, Code, Functions]] = field(default_factory=dict)
    _classes: dict[str, list[File]] | None = None
    _importers: dict[str, dict[str, bool]] | None = None

    def code(self, file: File) -> Code:
        """The structure of a file."""
        return self._read(file)[1]

    def functions(self, file: File) -> Functions:
        """The functions of a file."""
        return self._read(file)[2]

    def _read(self, file: File) -> tuple[File, Code, Functions]:
        cached = self._files.get(file.path)
        if cached is None:
            if len(self._files) >= MOST_FILES:
                self._files.clear()
            code = Code(file.source.text, lexicon.of_path(file.path))
            cached = self._files[file.path] = (file, code, Functions(code))
        return cached

    def scope(self, file: File) -> Scope:
        """Where the expressions of a file are evaluated."""
        return Scope(self, file, self.code(file))

    def declaring(self, name: str, file: File) -> Scope | None:
        """The one other file of the same language that declares a class; None where there is none or more than one."""
        if self._classes is None:
            self._classes = {}
            for each in self.programs:
                for found in dict.fromkeys(_DECLARED_CLASS.findall(each.source.text)):
                    self._classes.setdefault(found, []).append(each)
        others = [each for each in self._classes.get(name, ()) if each.path != file.path and each.language == file.language]
        return self.scope(others[0]) if len(others) == 1 else None

    def imported(self, file: File, target: str) -> Scope | None:
        """The file that an import means; None where the scan does not hold it, or it is no program."""
        path = resolve(file.context.tree, file.path, target)
        return None if path is None or path.endswith(".json") else self.opened(path, file)

    def opened(self, path: str, like: File) -> Scope | None:
        """The file at a path, in the language of another; None where it is absent or no text."""
        data = like.context.tree.read(path)
        if data is None:
            return None
        try:
            return self.scope(File(decode(path, data), like.context, like.language))
        except NotTextError:
            return None

    def importers(self, file: File) -> Iterator[Scope]:
        """The other programs that import a file, also through files that export it again; a test only tells of tests."""
        index = self._importers if self._importers is not None else self._index(file.context.tree)
        pending, seen = [file.path], {file.path}
        while pending and len(seen) < MOST_FILES:
            for path, exports in index.get(pending.pop(), {}).items():
                if path in seen:
                    continue
                seen.add(path)
                if exports and len(pending) < _MOST_REEXPORTS:
                    pending.append(path)
                scope = self.opened(path, file)
                if scope is not None and (file.is_test or not scope.file.is_test):
                    yield scope

    def _index(self, tree: SourceTree) -> dict[str, dict[str, bool]]:
        """Path of a program -> the programs that import it, and whether they export it again."""
        found: dict[str, dict[str, bool]] = {}
        read = 0
        for path in self.scripts[:MOST_IMPORTERS]:
            data = tree.read(path)
            if data is None or b"\0" in data[:8192]:
                continue
            read += len(data)
            if read > MOST_IMPORTER_BYTES:
                break
            for match in _SPECIFIER.finditer(data):
                target = resolve(tree, path, match["target"].decode("utf-8", "replace"))
                if target is not None:
                    users = found.setdefault(target, {})
                    users[path] = users.get(path, False) or match["export"] is not None
        self._importers = found
        return found


def resolve(tree: SourceTree, importer: str, target: str) -> str | None:
    """The path that an import of a program means: relative to it, or `@/...`, below a folder above it; None where absent."""
    folder = posixpath.dirname(importer)
    if target.startswith("."):
        return _existing(tree, posixpath.join(folder, target))
    alias = re.match(r"[@~]/(.+)", target)
    while alias is not None:
        for base in (folder, posixpath.join(folder, "src")):
            if (found := _existing(tree, posixpath.join(base, alias[1]))) is not None:
                return found
        if not folder:
            return None
        folder = posixpath.dirname(folder)
    return None


def _existing(tree: SourceTree, path: str) -> str | None:
    base = posixpath.normpath(path)
    if base.startswith(".."):
        return None
    stem = re.sub(r"\.(?:js|mjs|cjs)$", "", base)
    for each in dict.fromkeys(f"{start}{suffix}" for start in (base, stem) for suffix in _SUFFIXES):
        if posixpath.splitext(each)[1] in (*_SCRIPTS, ".json") and tree.read(each) is not None:
            return each
    return None


def is_script(path: str) -> bool:
    """Whether a file is written in JavaScript or a relative."""
    return path.endswith(_SCRIPTS)


@dataclass(frozen=True)
class Binding:
    """What one call gives to the parameters of the function it calls: the arguments, and where they are evaluated."""

    scope: Scope
    arguments: tuple[tuple[int, int], ...]
    environments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scope:
    """Where an expression is evaluated: its code, and for code inside a string the code around it and the string's index.

    `bound` are the calls that give values to the parameters of functions: path and group of the parameters -> binding.
    """

    reader: Reader
    file: File
    code: Code
    outer: Scope | None = None
    at: int = 0
    bound: Mapping[tuple[str, int], Binding] = field(default_factory=dict)

    def bind(self, function: Function, binding: Binding) -> Scope:
        """The same place, where a function of its file was called as given."""
        return replace(self, bound={**self.bound, (self.file.path, function.parameters): binding})

    def within(self, bound: Mapping[tuple[str, int], Binding]) -> Scope:
        """The same place, where further calls are known; what it knows itself is kept."""
        return replace(self, bound={**bound, **self.bound}) if bound else self


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
    if token.text not in keys or token.kind not in (NAME, STRING):
        return None
    following = code.after(low)
    if following < 0 or following >= high:
        # `{ modelId }` is short for `{ modelId: modelId }`.
        return (low, low + 1) if token.kind is NAME else None
    if code.is_mark(following, ":", "=", "=>", ":=") and following + 1 < high:
        end = min(high, code.end_of_expression(following + 1))
        return following + 1, end
    return None
