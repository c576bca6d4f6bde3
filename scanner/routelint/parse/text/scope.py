"""Where expressions of code are evaluated: files read once each, their imports, and keys in brackets."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from routelint.parse import lexicon
from routelint.parse.lexicon import TokenKind
from routelint.parse.text.draft import File
from routelint.parse.text.groups import Code
from routelint.source import NotTextError, decode

# Structures of code kept at once; a file whose structure was dropped is read again.
MOST_FILES = 256
_DECLARED_CLASS = re.compile(r"\b(?:class|object|interface|enum|struct)\s+([A-Z]\w*)")
_SUFFIXES = ("", ".ts", ".tsx", ".js", ".mjs", ".cjs", ".mts", ".jsx", "/index.ts", "/index.js", "/index.mjs")


@dataclass
class Reader:
    """The code of a scan's files, and the strings that some route's value came from: path and offset.

    `programs` are the marked files, whose classes may be named from others. `steps` counts one evaluation's steps.
    """

    programs: Sequence[File] = ()
    used: set[tuple[str, int]] = field(default_factory=set)
    steps: int = 0
    _files: dict[str, tuple[File, Code]] = field(default_factory=dict)
    _classes: dict[str, list[File]] | None = None

    def code(self, file: File) -> Code:
        """The structure of a file."""
        cached = self._files.get(file.path)
        if cached is None:
            if len(self._files) >= MOST_FILES:
                self._files.clear()
            cached = (file, Code(file.source.text, lexicon.of_path(file.path)))
            self._files[file.path] = cached
        return cached[1]

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
        """The file that a relative import means; None where the scan does not hold it."""
        base = posixpath.normpath(posixpath.join(posixpath.dirname(file.path), target))
        if base.startswith(".."):
            return None
        stem = re.sub(r"\.(?:js|mjs|cjs)$", "", base)
        for path in dict.fromkeys(f"{start}{suffix}" for start in (base, stem) for suffix in _SUFFIXES):
            if posixpath.splitext(path)[1] == "":
                continue
            data = file.context.tree.read(path)
            if data is None:
                continue
            try:
                other = File(decode(path, data), file.context, file.language)
            except NotTextError:
                return None
            return self.scope(other)
        return None


@dataclass(frozen=True)
class Scope:
    """Where an expression is evaluated: its code, and for code inside a string the code around it and the string's index."""

    reader: Reader
    file: File
    code: Code
    outer: Scope | None = None
    at: int = 0


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
