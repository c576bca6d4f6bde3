"""Where expressions of code are evaluated: files read once each, their imports, what a call binds, and keys in brackets."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from routelint.deferred import dataclass, lazy_regex
from routelint.parse import lexicon
from routelint.parse.lexicon import NAME, STRING
from routelint.parse.text.draft import File
from routelint.parse.text.functions import Function, Functions
from routelint.parse.text.groups import Code
from routelint.parse.text.imports import Imports
from routelint.parse.text.nodes import Node
from routelint.possible import Possible
from routelint.source import NotTextError, decode

if TYPE_CHECKING:
    from routelint.parse.text.names import Meaning

# Structures of code kept at once; a file whose structure was dropped is read again.
MOST_FILES = 256
# Characters of all of them, beyond which one is kept alone: their tokens take thirty times as much memory.
MOST_CHARACTERS = 4_000_000
# Texts of files that are imported or import, kept at once.
MOST_OPEN = 1024
_WORD = lazy_regex(r"\w+")
# Every ASCII character that is of no word is a blank.
_BLANKS = bytes(code if chr(code).isalnum() or chr(code) == "_" else 32 for code in range(128)) + bytes(range(128, 256))
_CLASS = lazy_regex(r"[A-Z]\w*")

# A key of an object or list; None where any key is meant because it cannot be told. A path leads through several.
Key = str | None
Path = tuple[Key, ...]


class Evaluate(Protocol):
    """What an expression may be at a path of keys; nothing at all where it holds no such key."""

    def __call__(self, scope: Scope, start: int, end: int, path: Path = (), depth: int = 0) -> Possible:
        """The possibilities of the expression between two indexes of one level."""


class Structure:
    """What a program is made of, each part read when it is first asked for."""

    def __init__(self, file: File, cut: dict[str, None]) -> None:
        """Takes the file, and the paths of those that are read in part, to which it adds its own."""
        self._file = file
        self._cut = cut

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of the file wherever they stand: what it has no word of need not be looked for in its code."""
        text = self._file.source.text
        if text.isascii():
            # Five times as fast as a pattern.
            return frozenset(text.encode("ascii").translate(_BLANKS).decode("ascii").split())
        return frozenset(_WORD.findall(text))

    @cached_property
    def code(self) -> Code:
        """Its tokens and brackets."""
        code = Code(self._file.source.text, lexicon.of_path(self._file.path))
        if code.is_cut:
            self._cut[self._file.path] = None
        return code

    @cached_property
    def functions(self) -> Functions:
        """Its functions."""
        return Functions(self.code)


@dataclass
class Structures:
    """The structures of a scan's programs, of each read once. `cut` are those with more tokens than are read."""

    cut: dict[str, None] = field(default_factory=dict)
    _read: dict[str, Structure] = field(default_factory=dict)
    _characters: int = 0

    def of(self, file: File) -> Structure:
        """The structure of a file."""
        found = self._read.get(file.path)
        if found is None:
            characters = len(file.source.text)
            if len(self._read) >= MOST_FILES or self._characters + characters > MOST_CHARACTERS:
                self._read.clear()
                self._characters = 0
            self._characters += characters
            found = self._read[file.path] = Structure(file, self.cut)
        return found


@dataclass
class Reader:
    """The code of a scan's files, and the strings that some route's value came from: path and offset.

    `programs` are the marked files, whose classes may be named from others; `scripts` are all files of JavaScript and its
    relatives, which may call what those hold. `steps` counts one evaluation's steps, `spent` those of all by file. `unbound`
    holds the functions whose parameters it asked for without a call that gives them. Where several functions share code,
    `owner` is the one whose variables are meant (None: any), and `owners` are those that were asked for. `active` are the
    functions being followed. `documents` are the configuration files that programs read.
    """

    imports: Imports
    programs: Sequence[File] = ()
    used: set[tuple[str, int]] = field(default_factory=set)
    steps: int = 0
    spent: Counter[str] = field(default_factory=Counter)
    owner: str | None = None
    owners: dict[str, None] = field(default_factory=dict)
    active: list[tuple[str, int]] = field(default_factory=list)
    asked: set[tuple[str, int, int, int, Path, int]] = field(default_factory=set)
    exported: dict[tuple[str, str, str, Path], Meaning] = field(default_factory=dict)
    unbound: dict[tuple[str, int], tuple[Scope, Function]] = field(default_factory=dict)
    documents: dict[str, tuple[File, Node] | None] = field(default_factory=dict)
    structures: Structures = field(default_factory=Structures)
    _opened: dict[tuple[str, str], File | None] = field(default_factory=dict)
    _declaring: dict[str, list[File]] = field(default_factory=dict)

    def knowing(self, programs: Sequence[File]) -> Reader:
        """A reader of the same programs in another context, which has asked nothing yet but need not read them again."""
        return Reader(self.imports, programs, structures=self.structures)

    def words(self, file: File) -> frozenset[str]:
        """The words of a file, those of its texts and comments among them."""
        return self.structures.of(file).words

    def functions(self, file: File) -> Functions:
        """The functions of a file."""
        return self.structures.of(file).functions

    def scope(self, file: File) -> Scope:
        """Where the expressions of a file are evaluated."""
        return Scope(self, file, self.structures.of(file).code)

    def declaring(self, name: str, file: File) -> Scope | None:
        """The one other file of the same language that declares a class; None where there is none or more than one."""
        if name not in self._declaring:
            declared = re.compile(rf"\b(?:class|object|interface|enum|struct)\s+{re.escape(name)}(?!\w)")
            named = (each for each in self.programs if name in self.words(each)) if _CLASS.fullmatch(name) else ()
            self._declaring[name] = [each for each in named if declared.search(each.source.text)]
        others = [each for each in self._declaring[name] if each.path != file.path and each.language == file.language]
        return self.scope(others[0]) if len(others) == 1 else None

    def imported(self, file: File, target: str) -> Scope | None:
        """The file that an import means; None where the scan does not hold it, or it is no program."""
        path = self.imports.resolve(file.path, target)
        opened = None if path is None or path.endswith(".json") else self._open(path, file)
        return None if opened is None else self.scope(opened)

    def _open(self, path: str, like: File) -> File | None:
        """The file at a path, in the language of another; None where it is absent or no text."""
        key = (path, like.language)
        if key not in self._opened:
            if len(self._opened) >= MOST_OPEN:
                self._opened.clear()
            data = like.context.tree.read(path)
            try:
                self._opened[key] = None if data is None else File(decode(path, data), like.context, like.language)
            except NotTextError:
                self._opened[key] = None
        return self._opened[key]

    def importing(self, file: File, word: re.Pattern[str]) -> Iterator[Scope]:
        """The other programs that import a file and hold a word; a test only tells of tests."""
        for path in self.imports.importing(file.path):
            opened = self._open(path, file)
            if opened is not None and (file.is_test or not opened.is_test) and word.search(opened.source.text):
                yield self.scope(opened)


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
        value = value_of_entry(code, low, high, keys)
        if value is not None:
            return value
    for low, high in code.entries(group):
        # An object as argument, bare or behind a type: `{...}`, `['modelId' => x]`, `&bedrock.ConverseInput{...}`.
        for index in code.level(low, high):
            inner = code.opened_at.get(index)
            if inner is not None and code.tokens[index].text in ("{", "[") and code.opener(group) == "(":
                for low2, high2 in code.entries(inner):
                    value = value_of_entry(code, low2, high2, keys)
                    if value is not None:
                        return value
    return None


def value_of_entry(code: Code, low: int, high: int, keys: tuple[str, ...]) -> tuple[int, int] | None:
    """The value of an entry, where it has one of some keys: start and end index."""
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
