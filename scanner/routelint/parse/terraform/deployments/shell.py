"""Follows a script command by command, never running it: which roots it applies, with which variables, in which environment."""

from __future__ import annotations

import itertools
import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import field

from routelint.deferred import dataclass, lazy_regex
from routelint.model import Evidence
from routelint.parse.terraform.deployments.branches import Branches
from routelint.parse.terraform.deployments.given import Deployment, Given, Part
from routelint.parse.terraform.deployments.invocation import Invocation, Option, after, read
from routelint.parse.terraform.deployments.words import Command, Piece, Ref, Word, commands
from routelint.parse.terraform.nodes import Invalid, Place
from routelint.parse.terraform.project import joined
from routelint.parse.terraform.varfiles import ENVIRONMENT_VARIABLES, PREFIX, named_in
from routelint.source import SourceText

PROGRAMS = frozenset({"terraform", "tofu"})
_LEADING = lazy_regex(r"[@+-]+(?=\w)")
_ASSIGNMENT = lazy_regex(r"([A-Za-z_]\w*)\+?=")
_WRITTEN = lazy_regex(r"(?m)(?:^|(?<=[\s;&|(]))([A-Za-z_]\w*)=([^\s;]{0,200})")
_SETTING = frozenset({"export", "declare", "readonly", "local", "set", "typeset"})
_OWN_FOLDER = lazy_regex(r"dirname\b[^)]*?(?:\$\{?0|BASH_SOURCE|\$\(?PWD)[^)]*?\)?[\"']?(?P<rest>(?:/\.\.)*)")
_TOP_FOLDERS = frozenset({"GITHUB_WORKSPACE", "CODEBUILD_SRC_DIR", "CI_PROJECT_DIR", "BUILD_SOURCESDIRECTORY"})
_TOP_COMMAND = lazy_regex(r"git rev-parse --show-toplevel")
MOST_WAYS = 8
MOST_SOURCED = 16
LONGEST_PATH = 400
# Linux passes a program no longer one.
LONGEST_TEXT = 131_072
# What a part that cannot be told counts for.
LENGTH_OF_UNTOLD = 100


@dataclass
class Values:
    """What is set while a script runs: texts of shell variables, and what each Terraform variable may be given, by branch.

    `defaults` names the shell variables whose text only holds where nobody sets them: `${1:-dev}`.
    """

    texts: dict[str, tuple[Part, ...]] = field(default_factory=dict)
    given: dict[str, dict[str, Given]] = field(default_factory=dict)
    defaults: set[str] = field(default_factory=set)

    def copy(self) -> Values:
        """The same, to be changed apart."""
        return Values(dict(self.texts), {name: dict(ways) for name, ways in self.given.items()}, set(self.defaults))


@dataclass
class Files:
    """What a script may ask about the scan: which folders hold configuration, which files there are, and their text."""

    is_root: Callable[[str], bool]
    exists: Callable[[str], bool]
    text: Callable[[str], str | None]
    folders: Sequence[str] = ()
    sourced: dict[str, None] = field(default_factory=dict)
    _read: dict[str, tuple[Command, ...]] = field(default_factory=dict)

    def commands(self, source: SourceText) -> tuple[Command, ...]:
        """The commands of a whole script; one that many scripts source is read once."""
        if source.path not in self._read:
            self._read[source.path] = tuple(commands(source.text, 0, len(source.text)))
        return self._read[source.path]


class Shell:
    """A shell that is followed: `folders` are where it may stand, `said` the environment that what runs it names."""

    def __init__(
        self,
        source: SourceText,
        files: Files,
        folders: Sequence[str],
        values: Values | None = None,
        said: Evidence | None = None,
        expressions: Mapping[str, str] | None = None,
    ) -> None:
        self.source = source
        self.files = files
        self.folders: tuple[str, ...] = tuple(dict.fromkeys(folders))
        self.moved = False
        self.values = values if values is not None else Values()
        self.said = said
        self.expressions = expressions or {}
        self.found: list[Deployment] = []
        self._workspace: str | None = None
        self._branches = Branches()
        self._opened: list[tuple[tuple[str, ...], bool]] = []
        self._sourced = 0
        # Variable -> the texts that the source sets it to; None until it is asked.
        self._texts_of: dict[str, AbstractSet[str]] | None = None

    def run(self, start: int, end: int, *, make: bool = False) -> None:
        """Follows the commands between two offsets of the source."""
        self._follow(commands(self.source.text, start, end, make=make))

    def _follow(self, script: Iterable[Command]) -> None:
        for command in script:
            words, is_bracket = self._branches.steer(command)
            if words:
                self._command(words)
            if not is_bracket:
                continue
            if command.end == "(":
                self._opened.append((self.folders, self.moved))
            elif command.end == ")" and self._opened:
                self.folders, self.moved = self._opened.pop()

    # -- commands

    def _command(self, words: list[Word]) -> None:
        assigned = list(itertools.takewhile(lambda word: self._assigned(word) is not None, words))
        rest = words[len(assigned) :]
        if not rest:
            self._assign_all(assigned)
            return
        name = _LEADING.sub("", self._shown(rest[0]))
        if name in ("cd", "pushd"):
            self._enter(rest[1:])
        elif name in ("source", "."):
            self._source(rest[1:])
        elif name in _SETTING:
            self._assign_all(rest[1:])
        elif name in ("echo", "printf"):
            if any("GITHUB_ENV" in self._shown(each) for each in rest):
                self._assign_all(rest[1:])
        else:
            # What stands before a command holds for it alone.
            kept, self.values = self.values, self.values.copy()
            self._assign_all(assigned)
            self._program(name, rest)
            self.values = kept

    def _program(self, name: str, words: list[Word]) -> None:
        at = 0 if _is_program(name, words[0]) else None
        if at is None:
            wrapped = (number for number, each in enumerate(words) if number and (each.literal or "") in PROGRAMS)
            at = next((number for number in wrapped if name == "env" or words[number - 1].literal == "--"), None)
            self._assign_all(words[:at] if at is not None else ())
        if at is not None:
            self._terraform(read(words[at + 1 :]))

    def _assign_all(self, words: Iterable[Word]) -> None:
        for word in words:
            name = self._assigned(word)
            if name is not None:
                self._assign(word, name)

    def _assigned(self, word: Word) -> str | None:
        first = word.pieces[0] if word.pieces else ""
        match = _ASSIGNMENT.match(first) if isinstance(first, str) else None
        return match[1] if match is not None else None

    def _assign(self, word: Word, name: str) -> None:
        place = self._value_place(word, name)
        pieces = after(word.pieces, "=")
        folder = None if name.startswith(PREFIX) else self._folder_in(pieces)
        by_default = self._is_default(pieces)
        self.set(name, (folder,) if folder is not None else self.parts(pieces, place), place, by_default=by_default)

    def _is_default(self, pieces: Sequence[Piece]) -> bool:
        """Whether a value is told only by what holds where nobody sets the variables in it."""
        refs = [piece for piece in pieces if isinstance(piece, Ref) and piece.kind == "variable"]
        return any(ref.text in self.values.defaults or (ref.default and ref.text not in self.values.texts) for ref in refs)

    def _folder_in(self, pieces: Sequence[Piece]) -> str | None:
        """The path that a variable is set to, from the scanned root, where it starts with a folder known to every script."""
        if not any(isinstance(piece, Ref) and self._folder_of(piece) is not None for piece in pieces):
            return None
        text, _ = self.path(pieces)
        return text if text is not None and text.startswith("/") else None

    def set(self, name: str, parts: tuple[Part, ...], place: Place, *, by_default: bool = False) -> None:
        """Sets a variable of the shell from here on; one that stands in a branch leaves the earlier value possible.

        Where an environment is named only `by_default`, another may be meant as well: it is left to be told.
        """
        if by_default:
            self.values.defaults.add(name)
        else:
            self.values.defaults.discard(name)
        self.values.texts[name] = parts
        variable = name.removeprefix(PREFIX)
        if name.startswith(PREFIX) and variable and not (variable in ENVIRONMENT_VARIABLES and by_default):
            given = Given(variable, name, place, parts)
            way = self._branches.way
            ways = dict(self.values.given.get(variable, {})) if way else {}
            self.values.given[variable] = {**ways, way: given}

    def _value_place(self, word: Word, name: str) -> Place:
        written = self.source.text[word.start : word.end]
        at = written.find(f"{name}=")
        start = word.start + (at + len(name) + 1 if at >= 0 else 0)
        end = word.end
        # Without the quotes around it.
        while start < end - 1 and self.source.text[start] in "\"'" and self.source.text[end - 1] in "\"'":
            start, end = start + 1, end - 1
        if start < end - 1 and (quote := self.source.text[end - 1]) in "\"'" and quote not in self.source.text[start : end - 1]:
            end -= 1
        return Place(self.source, start, end)

    # -- what words stand for

    def parts(self, pieces: Sequence[Piece], place: Place) -> tuple[Part, ...]:
        """What pieces come to: texts, and what cannot be told with the reason."""
        parts: list[Part] = []
        size = 0
        for piece in pieces:
            found: Sequence[Part] = (piece,) if isinstance(piece, str) else self._referred(piece, place)
            size += sum(len(part) if isinstance(part, str) else LENGTH_OF_UNTOLD for part in found)
            if size > LONGEST_TEXT:
                return (Invalid(place, f"the text grows beyond {LONGEST_TEXT:,} characters"),)
            for part in found:
                if isinstance(part, str) and parts and isinstance(parts[-1], str):
                    parts[-1] += part
                elif part != "" or not parts:
                    parts.append(part)
        if len(parts) > 1 and parts[0] == "":
            del parts[0]
        return tuple(parts)

    def _referred(self, ref: Ref, place: Place) -> Sequence[Part]:
        file = posixpath.basename(self.source.path)
        match ref.kind:
            case "expression":
                if ref.text in self.expressions:
                    return (self.expressions[ref.text],)
                if (set_before := self.values.texts.get(ref.text.removeprefix("env."))) and ref.text.startswith("env."):
                    return set_before
                return (Invalid(place, f"'${{{{ {ref.text} }}}}' is filled in when {file} runs"),)
            case "variable":
                if ref.text in self.values.texts:
                    if self._varies(ref.text):
                        return (Invalid(place, f"{file} sets '${ref.text}' in several places"),)
                    return self.values.texts[ref.text]
                if ref.default is not None and "$" not in ref.default:
                    return (ref.default,)
                return (Invalid(place, f"'${ref.text}' is set where {file} runs"),)
            case "expansion":
                return (Invalid(place, f"'${{{ref.text}}}' is set where {file} runs"),)
        return (Invalid(place, f"a command of {file} prints it"),)

    def _varies(self, name: str) -> bool:
        """Whether the script sets a variable to several texts: functions and loops make the order of lines say little."""
        if self._texts_of is None:
            found: dict[str, AbstractSet[str]] = {}
            for match in _WRITTEN.finditer(self.source.text):
                found[match[1]] = {*found.get(match[1], ()), match[2].strip("\"'")}
            self._texts_of = found
        return len(self._texts_of.get(name, ())) > 1

    def _shown(self, word: Word) -> str:
        """The text of a word, what cannot be told left as it is written."""
        parts: list[str] = []
        size = 0
        for piece in word.pieces:
            if isinstance(piece, str):
                parts.append(piece)
                continue
            told = self._referred(piece, Place(self.source, word.start, word.end))
            parts.append("".join(part if isinstance(part, str) else f"${piece.text}" for part in told))
            size += len(parts[-1])
            if size > LONGEST_TEXT:
                break
        return "".join(parts)

    # -- folders

    def path(self, pieces: Sequence[Piece]) -> tuple[str | None, str]:
        """A path as far as it can be told: absolute from the scanned root or relative; None and its known end for others."""
        text: str | None = ""
        tail = ""
        for piece in pieces:
            if isinstance(piece, str):
                text = text + piece if text is not None else None
                tail += piece
                continue
            start = self._folder_of(piece)
            if start is not None and not text:
                text = start
                continue
            parts = self._referred(piece, Place(self.source, 0, 0))
            if len(tail) > LONGEST_TEXT:
                return None, ""
            if len(parts) == 1 and isinstance(parts[0], str):
                text = text + parts[0] if text is not None else None
                tail += parts[0]
            elif len(parts) > 1 and isinstance(parts[-1], str):
                text, tail = None, parts[-1]
            else:
                text, tail = None, ""
        return text, tail

    def _folder_of(self, ref: Ref) -> str | None:
        """The folder that something known to every script stands for: its own, the top of the repository."""
        own = "/" + posixpath.dirname(self.source.path)
        if ref.kind == "expression":
            return "/" if ref.text == "github.workspace" else None
        if ref.kind == "command":
            if _TOP_COMMAND.search(ref.text):
                return "/"
            match = _OWN_FOLDER.search(ref.text[:LONGEST_PATH])
            return posixpath.normpath(own + match["rest"]) if match is not None else None
        if ref.text in _TOP_FOLDERS:
            return "/"
        parts = self.values.texts.get(ref.text, ())
        text = "".join(part if isinstance(part, str) else "" for part in parts)
        return text if len(parts) == 1 and text.startswith("/") else None

    def enter(self, pieces: Sequence[Piece]) -> None:
        """Changes the folder."""
        self.folders, self.moved = self.at(pieces), True

    def _enter(self, words: Sequence[Word]) -> None:
        target = next((each for each in words if not (each.literal or "").startswith("-")), None)
        if target is not None:
            self.enter(target.pieces)

    def at(self, pieces: Sequence[Piece]) -> tuple[str, ...]:
        """The folders that a path may lead to from here; none where it cannot be told."""
        text, tail = self.path(pieces)
        if text is None:
            tail = tail.strip("/")
            ends = [folder for folder in self.files.folders if tail and (folder == tail or folder.endswith("/" + tail))]
            return tuple(ends) if len(ends) == 1 else ()
        starts = (".",) if text.startswith("/") else self.folders
        found = [path for each in starts if (path := joined(each, text.lstrip("/") or ".")) is not None]
        there = [path for path in found if path == "." or self.files.exists(path)]
        return tuple(dict.fromkeys(there or found))

    def _source(self, words: Sequence[Word]) -> None:
        if not words or self._sourced >= MOST_SOURCED:
            return
        for path in self.at(words[0].pieces):
            text = self.files.text(path) if self.files.exists(path) else None
            if text is None or path == self.source.path:
                continue
            self.files.sourced[path] = None
            kept = self.source
            self._texts_of = None
            self.source, self._sourced = SourceText(path, text), self._sourced + 1
            self._follow(self.files.commands(self.source))
            self.source = kept
            self._texts_of = None
            return

    # -- terraform

    def _terraform(self, invocation: Invocation) -> None:
        self._workspace = invocation.workspace or self._workspace
        if not invocation.gives_values:
            return
        kept = self.folders, self.moved
        options: list[Given | str] = []
        open_file = False
        for option in invocation.options:
            if option.name == "chdir":
                self.enter(option.pieces)
            elif option.name == "var":
                given = self._option(option)
                options.extend(() if given is None else (given,))
            else:
                path, _ = self.path(option.pieces)
                options.extend(() if path is None else (path,))
                open_file = open_file or path is None
        for way, variables in self.ways():
            said = self._said(way, variables, options)
            self.found.append(Deployment(self.source.path, self.root, said, variables, self._located(options), open_file))
        self.folders, self.moved = kept

    def _option(self, option: Option) -> Given | None:
        """What `-var name=value` gives; None where the name is not written there."""
        first = option.pieces[0] if option.pieces else ""
        match = _ASSIGNMENT.match(first.lstrip()) if isinstance(first, str) else None
        if match is None or (match[1] in ENVIRONMENT_VARIABLES and self._is_default(option.pieces)):
            return None
        place = self._value_place(option.word, match[1])
        return Given(match[1], f"-var {match[1]}", place, self.parts(after(option.pieces, "="), place))

    @property
    def root(self) -> str | None:
        """The root of the folder where the shell stands; None where that cannot be told."""
        return next((folder for folder in self.folders if self.files.is_root(folder)), None)

    def _located(self, options: Sequence[Given | str]) -> tuple[Given | str, ...]:
        """The options with the paths of variable files from the scanned root; those that are not there are left out."""
        located: list[Given | str] = []
        for each in options:
            if isinstance(each, Given):
                located.append(each)
                continue
            starts = (".",) if each.startswith("/") else self.folders
            paths = [path for start in starts if (path := joined(start, each.lstrip("/"))) and self.files.exists(path)]
            located.extend(paths[:1])
        return tuple(located)

    def ways(self) -> Iterator[tuple[str, dict[str, Given]]]:
        """Every way the Terraform variables are set where the shell stands, with the environment whose branch says so."""
        names = dict.fromkeys(way for ways in self.values.given.values() for way in ways if way)
        always = {name: ways[""] for name, ways in self.values.given.items() if "" in ways}
        here = self._branches.way
        possible = [way for way in names if here in ("", way) or here.startswith("#")][:MOST_WAYS]
        if len(always) == len(self.values.given) or not possible:
            yield "", always
        for way in possible:
            found = {name: given for name, ways in self.values.given.items() if (given := ways.get(way, ways.get("")))}
            yield "" if way.startswith("#") else way, found

    def _said(self, way: str, variables: Mapping[str, Given], options: Sequence[Given | str]) -> Evidence | None:
        """The environment that a way of applying is for: its branch, what runs it, what it sets, its workspace."""
        file = posixpath.basename(self.source.path)
        for name in (way, self._branches.way):
            if name and not name.startswith("#"):
                return Evidence(name, f"branch '{name}' of {file}")
        if self.said is not None:
            return self.said
        return said_by((*variables.values(), *(each for each in options if isinstance(each, Given)))) or (
            Evidence(self._workspace, f"workspace of {file}") if self._workspace else None
        )


def said_by(given: Sequence[Given]) -> Evidence | None:
    """The environment that a variable of that meaning is given."""
    for each in given:
        if each.name in ENVIRONMENT_VARIABLES and each.text:
            return Evidence(each.text, f"{each.spelling} in {posixpath.basename(each.place.file.path)}", each.place.location())
    return None


def said_by_name(path: str) -> Evidence | None:
    """The environment in the name of a file."""
    name = named_in(posixpath.basename(path))
    return Evidence(name, f"file name {posixpath.basename(path)}") if name is not None else None


def of_variables(shell: Shell, root: str | None) -> Iterator[Deployment]:
    """The deployments that the variables of a shell describe where no command is seen that takes them."""
    if shell.values.given:
        file = posixpath.basename(shell.source.path)
        for way, variables in shell.ways():
            said = Evidence(way, f"branch '{way}' of {file}") if way else shell.said
            yield Deployment(shell.source.path, root, said or said_by(tuple(variables.values())), variables)


def _is_program(name: str, word: Word) -> bool:
    """Whether a command is Terraform: by its name, or by the name of the variable that holds it."""
    if posixpath.basename(name) in PROGRAMS:
        return True
    ref = word.pieces[0] if len(word.pieces) == 1 else None
    return isinstance(ref, Ref) and ref.kind == "variable" and ref.text.lower() in (*PROGRAMS, "tf", "terraform_bin", "tf_bin")
