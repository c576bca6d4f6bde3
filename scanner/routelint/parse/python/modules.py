"""Modules of the repository: read and parsed when first needed, indexed once, found by the names that import them."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import field
from functools import cached_property

from routelint.deferred import dataclass
from routelint.model import Location, Span
from routelint.parse.python import aliases, notebook
from routelint.parse.python.indexer import Indexer
from routelint.parse.python.reaching import BlockIndex
from routelint.parse.python.scopes import CallPlace, Place, Scope, ScopeNode, blocks, dotted, last_name


def is_test(path: str) -> bool:
    """Whether a file is a test or a part of one."""
    *folders, file = path.split("/")
    return (
        any(folder in ("test", "tests", "testing", "__tests__") for folder in folders)
        or file.startswith("test_")
        or file.endswith("_test.py")
        or file == "conftest.py"
    )


@dataclass(eq=False)
class Module:
    """One parsed file: its tree, where each statement stands, its calls, and how its positions read in the file."""

    path: str
    text: str
    tree: ast.Module
    places_in_file: notebook.CellLines | None = None
    scope: Scope = field(init=False)
    places: dict[ast.stmt, Place] = field(default_factory=dict)
    scopes: dict[ast.AST, Scope] = field(default_factory=dict)
    owners: dict[ast.AST, ast.stmt] = field(default_factory=dict)
    calls: list[CallPlace] = field(default_factory=list)
    # Statements with a text that has the looks of an identifier of a model.
    dotted_texts: set[ast.stmt] = field(default_factory=set)
    # Statements with a dict display, or with a text that may be one in JSON, as policies are written.
    braced: set[ast.stmt] = field(default_factory=set)
    # The dotted names a statement stores to or changes itself, without the blocks inside it; none are left out.
    own_stores: dict[ast.stmt, tuple[str, ...]] = field(default_factory=dict)
    _stores: dict[ast.stmt, Collection[str]] = field(default_factory=dict)
    _indexes: dict[ast.stmt, BlockIndex] = field(default_factory=dict)
    _calls_in: dict[ast.stmt, tuple[ast.Call, ...]] = field(default_factory=dict)
    _other_names: dict[Scope, aliases.Aliases] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.scope = Scope(self.tree, self)
        self.scopes[self.tree] = self.scope
        Indexer(self).run()

    @cached_property
    def _lines(self) -> list[str]:
        # The lines as the Python parser counts them, not as an editor does: a form feed ends none.
        return re.split(r"\r\n|\r|\n", self.text) if "\r" in self.text else self.text.split("\n")

    def source(self, node: ScopeNode) -> str:
        """The lines a class or function is written on; the whole text for the module."""
        if isinstance(node, ast.Module):
            return self.text
        return "\n".join(self._lines[node.lineno - 1 : node.end_lineno])

    @cached_property
    def name(self) -> str:
        """The dotted name its path spells."""
        stem, _, suffix = self.path.rpartition(".")
        stem = stem if suffix in ("py", "pyi", "ipynb") else self.path
        return stem.removesuffix("/__init__").replace("/", ".")

    @property
    def is_notebook(self) -> bool:
        """Whether the file is a notebook."""
        return self.places_in_file is not None

    @cached_property
    def is_test(self) -> bool:
        """Whether the file is a test or a part of one."""
        return is_test(self.path)

    def position(self, line: int, byte_offset: int) -> tuple[int, int]:
        """1-based line and code-point column in the file of a position that the Python parser gives."""
        text = self._lines[line - 1] if line <= len(self._lines) else ""
        column = byte_offset if text.isascii() else len(text.encode("utf-8")[:byte_offset].decode("utf-8", "ignore"))
        # What was parsed may be newer syntax rewritten, with longer lines than the file has.
        column = min(column, len(text))
        if self.places_in_file is not None:
            return self.places_in_file.position(line, column)
        return line, column + 1

    def span(self, node: ast.expr | ast.stmt | ast.keyword | ast.arg) -> Span:
        """Where a node stands in the file."""
        start = self.position(node.lineno, node.col_offset)
        end = self.position(node.end_lineno or node.lineno, node.end_col_offset or node.col_offset)
        return Span(*start, *end)

    def location(self, node: ast.expr | ast.stmt | ast.keyword | ast.arg) -> Location:
        """The file and span of a node."""
        return Location(self.path, self.span(node))

    def stores(self, statement: ast.stmt) -> Collection[str]:
        """The dotted names stored to or changed in a statement and the blocks inside it; not in nested definitions."""
        found = self._stores.get(statement)
        if found is None:
            found = self.own_stores.get(statement, ())
            work = [block for block, _ in blocks(statement)]
            if work:
                keys = set(found)
                while work:
                    for inner in work.pop():
                        known = self._stores.get(inner)
                        if known is not None:
                            keys.update(known)
                            continue
                        keys.update(self.own_stores.get(inner, ()))
                        work.extend(block for block, _ in blocks(inner))
                found = frozenset(keys)
            self._stores[statement] = found
        return found

    def index_of(self, block: list[ast.stmt]) -> BlockIndex:
        """What the statements of a block of the module do to names; not for a block without statements."""
        found = self._indexes.get(block[0])
        if found is None or found.block is not block:
            found = self._indexes[block[0]] = BlockIndex(block, self)
        return found

    def other_names(self, scope: Scope) -> aliases.Aliases:
        """The names of a scope of the module that share objects."""
        found = self._other_names.get(scope)
        if found is None:
            found = self._other_names[scope] = aliases.of(scope)
        return found

    @cached_property
    def calls_by_name(self) -> dict[str, list[CallPlace]]:
        """Last name of the callee -> calls."""
        found: dict[str, list[CallPlace]] = defaultdict(list)
        for place in self.calls:
            name = last_name(place.call.func)
            if name is not None:
                found[name].append(place)
        return found

    @cached_property
    def mentions(self) -> dict[str, list[CallPlace]]:
        """Last name of an argument -> calls that are given it: `Thread(target=work)`, `partial(work, 1)`."""
        found: dict[str, list[CallPlace]] = defaultdict(list)
        for place in self.calls:
            for argument in [*place.call.args, *(keyword.value for keyword in place.call.keywords)]:
                name = last_name(argument)
                if name is not None:
                    found[name].append(place)
        return found

    @cached_property
    def aliases(self) -> dict[str, set[str]]:
        """Name an import binds -> last names it may stand for, where they differ."""
        found: dict[str, set[str]] = defaultdict(set)
        for statement in self.places:
            if isinstance(statement, ast.Import | ast.ImportFrom):
                for alias in statement.names:
                    if alias.asname and alias.asname != alias.name:
                        found[alias.asname].add(alias.name.rpartition(".")[2])
        return found

    def calls_in(self, statement: ast.stmt) -> tuple[ast.Call, ...]:
        """The calls of a statement and the blocks inside it; not of nested definitions."""
        found = self._calls_in.get(statement)
        if found is None:
            found = self._calls_in[statement] = tuple(self._calls_of.get(statement, ())) + tuple(
                call for block, _ in blocks(statement) for inner in block for call in self.calls_in(inner)
            )
        return found

    @cached_property
    def _calls_of(self) -> dict[ast.stmt, list[ast.Call]]:
        found: dict[ast.stmt, list[ast.Call]] = defaultdict(list)
        for place in self.calls:
            if not place.around or not any(isinstance(node, ast.Lambda) for node, _ in place.around):
                found[place.statement].append(place.call)
        return found

    @cached_property
    def inside(self) -> Mapping[Scope, Sequence[Scope]]:
        """Scope -> those directly inside it."""
        found: dict[Scope, list[Scope]] = defaultdict(list)
        for scope in self.scopes.values():
            if scope.parent is not None:
                found[scope.parent].append(scope)
        return found

    @cached_property
    def setters(self) -> dict[str, frozenset[str]]:
        """Name of the code around -> functions that store to it or change what it holds."""
        found: dict[str, set[str]] = defaultdict(set)
        for scope in self.functions:
            if scope.is_class:
                continue
            for key in scope.stored:
                if scope.sets_outside(key):
                    found[key].add(scope.name)
        return {key: frozenset(names) for key, names in found.items()}

    @cached_property
    def changing_names(self) -> frozenset[str]:
        """Functions that set names of the code around, or change what they are handed."""
        return self.changers.union(*self.setters.values())

    @cached_property
    def set_properties(self) -> frozenset[str]:
        """Attributes that a class of the module sets by a property."""
        return frozenset(scope.name for scope in self.functions if any(each.endswith(".setter") for each in scope.decorators))

    @cached_property
    def changers(self) -> frozenset[str]:
        """Functions that change an object or collection they are handed."""
        return frozenset(
            scope.name
            for scope in self.functions
            if not scope.is_class
            and any(
                key.partition(".")[0] in scope.parameters and key.partition(".")[0] not in ("self", "cls")
                for key in scope.stored
            )
        )

    @cached_property
    def environment_stores(self) -> dict[str, list[tuple[ast.expr, ast.stmt, Scope]]]:
        """Environment variable -> expressions the module assigns to it, with their statement and scope."""
        found: dict[str, list[tuple[ast.expr, ast.stmt, Scope]]] = defaultdict(list)
        for statement, place in self.places.items():
            match statement:
                case ast.Assign(targets=[ast.Subscript(value=base, slice=ast.Constant(str(name)))], value=value):
                    if dotted(base) in ("os.environ", "environ"):
                        found[name].append((value, statement, place.scope))
        return found

    @cached_property
    def functions(self) -> list[Scope]:
        """Every function and class of the module, in order."""
        return [scope for node, scope in self.scopes.items() if not isinstance(node, ast.Module | ast.Lambda)]

    @cached_property
    def shared_stores(self) -> dict[str, list[ast.stmt]]:
        """Global name -> statements in functions that declare it global and store to it."""
        found: dict[str, list[ast.stmt]] = defaultdict(list)
        for statement, place in self.places.items():
            if place.scope.shared:
                for key in place.scope.shared.intersection(self.own_stores.get(statement, ())):
                    found[key].append(statement)
        return found
