"""Modules of the repository: read and parsed when first needed, indexed once, found by the names that import them."""

from __future__ import annotations

import ast
import contextlib
import re
import warnings
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from routelint.model import Location, ScanError, Span
from routelint.parse.python import notebook
from routelint.parse.python.newer_syntax import portable
from routelint.parse.python.scopes import (
    CallPlace,
    Comprehension,
    Place,
    Scope,
    blocks,
    dotted,
    last_name,
    stored_by,
)
from routelint.source import NotTextError, SourceTree, decode

# A module beyond this is data, not code that people wrote: reading it would cost seconds for nothing.
MOST_BYTES = 4_000_000
# Files looked through for the callers of one name, nearest first.
MOST_FILES_SEARCHED = 5_000
# Files parsed for the callers of one name.
MOST_FILES_PARSED = 60

_LINE_END = re.compile(r"\r\n|\r|\n|\f")


class ModuleError(Exception):
    """A file that is no Python module; `error` is what the report says of it."""

    def __init__(self, error: ScanError) -> None:
        super().__init__(error.message)
        self.error = error


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
    _stores: dict[ast.stmt, frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.scope = Scope(self.tree, self)
        self.scopes[self.tree] = self.scope
        _Indexer(self).run()

    @cached_property
    def _lines(self) -> list[str]:
        # The lines as the Python parser counts them, not as an editor does: a form feed ends none.
        return re.split(r"\r\n|\r|\n", self.text)

    @cached_property
    def name(self) -> str:
        """The dotted name its path spells."""
        stem = re.sub(r"\.(py|pyi|ipynb)$", "", self.path)
        return re.sub(r"/__init__$", "", stem).replace("/", ".")

    @cached_property
    def is_test(self) -> bool:
        """Whether the file is a test or a part of one."""
        *folders, file = self.path.split("/")
        return (
            any(folder in ("test", "tests", "testing", "__tests__") for folder in folders)
            or file.startswith("test_")
            or file.endswith("_test.py")
            or file == "conftest.py"
        )

    def position(self, line: int, byte_offset: int) -> tuple[int, int]:
        """1-based line and code-point column in the file of a position that the Python parser gives."""
        text = self._lines[line - 1] if line <= len(self._lines) else ""
        column = byte_offset if text.isascii() else len(text.encode("utf-8")[:byte_offset].decode("utf-8", "ignore"))
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

    def stores(self, statement: ast.stmt) -> frozenset[str]:
        """The dotted names stored to or changed in a statement and the blocks inside it; not in nested definitions."""
        found = self._stores.get(statement)
        if found is None:
            keys = stored_by(statement)
            work = [block for block, _ in blocks(statement)]
            while work:
                for inner in work.pop():
                    known = self._stores.get(inner)
                    if known is not None:
                        keys |= known
                        continue
                    keys |= stored_by(inner)
                    work.extend(block for block, _ in blocks(inner))
            found = self._stores[statement] = frozenset(keys)
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
                for key in stored_by(statement) & place.scope.shared:
                    found[key].append(statement)
        return found


class _Indexer:
    """Fills the indexes of a module in one walk without recursion."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.pending: list[tuple[list[ast.stmt], ast.stmt | ast.ExceptHandler | ast.match_case | None, Scope]] = []

    def run(self) -> None:
        module = self.module
        self.pending.append((module.tree.body, None, module.scope))
        while self.pending:
            block, owner, scope = self.pending.pop()
            for index, statement in enumerate(block):
                module.places[statement] = Place(block, index, owner, scope)
                self._statement(statement, scope)
        module.calls.sort(key=lambda place: (place.call.lineno, place.call.col_offset))

    def _statement(self, statement: ast.stmt, scope: Scope) -> None:
        scope.names |= {key for key in stored_by(statement) if "." not in key} if not _only_changes(statement) else set()
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._define(statement, scope, statement)
                arguments = statement.args
                outside = [*statement.decorator_list, *arguments.defaults, *filter(None, arguments.kw_defaults)]
                outside += [a.annotation for a in ast.walk(arguments) if isinstance(a, ast.arg) and a.annotation is not None]
                self._expressions(outside, statement, scope)
            case ast.ClassDef():
                self._define(statement, scope, statement)
                outside = [*statement.decorator_list, *statement.bases, *(k.value for k in statement.keywords)]
                self._expressions(outside, statement, scope)
            case ast.Global(names) | ast.Nonlocal(names):
                scope.shared.update(names)
            case _:
                for block, owner in blocks(statement):
                    self.pending.append((block, owner, scope))
                    if not isinstance(owner, ast.stmt):
                        self.module.owners[owner] = statement
                inside: list[ast.AST] = [
                    child for child in ast.iter_child_nodes(statement) if not isinstance(child, ast.stmt | ast.ExceptHandler)
                ]
                if isinstance(statement, ast.Match):
                    inside = [statement.subject, *(case.guard for case in statement.cases if case.guard is not None)]
                self._expressions(inside, statement, scope)

    def _define(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, scope: Scope, statement: ast.stmt) -> None:
        inner = Scope(node, self.module, scope, statement=statement)
        inner.names.update(inner.parameters)
        self.module.scopes[node] = inner
        self.pending.append((node.body, None, inner))

    def _expressions(self, nodes: Iterable[ast.AST], statement: ast.stmt, scope: Scope) -> None:
        work: list[tuple[ast.AST, tuple[tuple[ast.expr, str], ...]]] = [(node, ()) for node in nodes]
        while work:
            node, around = work.pop()
            match node:
                case ast.Call():
                    self.module.calls.append(CallPlace(node, statement, scope, around))
                case ast.Lambda():
                    inner = Scope(node, self.module, scope, statement=statement)
                    inner.names.update(inner.parameters)
                    self.module.scopes[node] = inner
                    work.append((node.body, (*around, (node, "body"))))
                    work.extend((default, around) for default in (*node.args.defaults, *node.args.kw_defaults) if default)
                    continue
                case ast.IfExp():
                    work.append((node.test, around))
                    work.append((node.body, (*around, (node, "body"))))
                    work.append((node.orelse, (*around, (node, "orelse"))))
                    continue
                case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                    self._comprehension(node, around, work)
                    continue
            work.extend((child, around) for child in ast.iter_child_nodes(node))

    def _comprehension(
        self,
        node: Comprehension,
        around: tuple[tuple[ast.expr, str], ...],
        work: list[tuple[ast.AST, tuple[tuple[ast.expr, str], ...]]],
    ) -> None:
        work.append((node.generators[0].iter, around))
        inside = (*around, (node, "element"))
        if isinstance(node, ast.DictComp):
            work.extend([(node.key, inside), (node.value, inside)])
        else:
            work.append((node.elt, inside))
        for index, generator in enumerate(node.generators):
            if index:
                work.append((generator.iter, inside))
            work.extend((test, inside) for test in generator.ifs)


def _only_changes(statement: ast.stmt) -> bool:
    """Whether a simple statement can change what names hold but binds none."""
    return isinstance(statement, ast.Expr | ast.Return | ast.Raise | ast.Assert) and not any(
        isinstance(node, ast.NamedExpr) for node in ast.walk(statement)
    )


def parse_text(path: str, text: str) -> ast.Module:
    """The tree of a module's text.

    Raises:
        ModuleError: the text is Python neither of the running version nor of a newer one, or is nested deeper than can be read.
    """
    try:
        return _parse(text)
    except SyntaxError as error:
        with contextlib.suppress(SyntaxError):
            older = portable(text)
            if older != text:
                return _parse(older)
        raise ModuleError(
            ScanError(path, f"not Python that can be read: {error.msg}", error.lineno or 1, max(error.offset or 1, 1))
        ) from error
    except (RecursionError, MemoryError) as error:
        raise ModuleError(ScanError(path, "expressions are nested too deeply to read")) from error
    except ValueError as error:
        raise ModuleError(ScanError(path, f"not Python that can be read: {error}")) from error


def _parse(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(text)


class Program:
    """Every Python file of the scan, parsed when first asked for."""

    def __init__(self, tree: SourceTree, paths: Sequence[str]) -> None:
        self.tree = tree
        self.paths = tuple(sorted(paths))
        self.errors: dict[str, tuple[ScanError, ...]] = {}
        self._modules: dict[str, Module | None] = {}
        self._bytes: dict[str, bytes] = {}
        self._searched: dict[str, tuple[str, ...]] = {}
        self._near: dict[str, tuple[str, ...]] = {}
        self._imported: dict[tuple[str, str], str | None] = {}

    @cached_property
    def path_set(self) -> frozenset[str]:
        """The paths, to ask whether one exists."""
        return frozenset(self.paths)

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        """Last component of a module's dotted name -> paths of modules and packages of that name."""
        found: dict[str, list[str]] = defaultdict(list)
        for path in self.paths:
            parent, _, file = path.rpartition("/")
            if file == "__init__.py":
                found[parent.rpartition("/")[2]].append(path)
            elif file.endswith(".py"):
                found[file[:-3]].append(path)
        return found

    def module(self, path: str) -> Module | None:
        """The parsed module; None where it cannot be read, and then `errors` says why."""
        if path not in self._modules:
            self._modules[path] = None
            try:
                self._modules[path] = self._load(path)
            except ModuleError as error:
                self.errors[path] = (error.error,)
            except NotTextError as error:
                self.errors[path] = (ScanError(path, str(error)),)
        return self._modules[path]

    def _load(self, path: str) -> Module | None:
        data = self.tree.read(path)
        if data is None:
            return None
        if len(data) > MOST_BYTES:
            raise ModuleError(ScanError(path, f"larger than {MOST_BYTES} bytes: not read as a Python module"))
        text = decode(path, data).text
        if path.endswith(".ipynb"):
            cells = notebook.read(path, text)
            if cells.errors:
                self.errors[path] = cells.errors
            return Module(path, cells.code, parse_text(path, cells.code), cells.lines)
        return Module(path, text, parse_text(path, text))

    def search(self, name: str, near: str) -> tuple[str, ...]:
        """The files that hold a word, nearest to a path first, up to the bound."""
        key = f"{name}\0{near.rpartition('/')[0]}"
        if key not in self._searched:
            word = name.encode()
            hits = []
            for path in self._nearest(near):
                if word in self._data(path):
                    hits.append(path)
                    if len(hits) >= MOST_FILES_PARSED:
                        break
            self._searched[key] = tuple(hits)
        return self._searched[key]

    def _data(self, path: str) -> bytes:
        if path not in self._bytes:
            data = self.tree.read(path) or b""
            self._bytes[path] = data if len(data) <= MOST_BYTES else b""
        return self._bytes[path]

    def _nearest(self, near: str) -> tuple[str, ...]:
        folder = near.rpartition("/")[0]
        if folder not in self._near:
            parts = folder.split("/") if folder else []
            ranked = sorted(self.paths, key=lambda path: (-_shared(parts, path.split("/")), path))
            self._near[folder] = tuple(ranked[:MOST_FILES_SEARCHED])
        return self._near[folder]

    def find_module(self, name: str, importer: str, level: int = 0) -> str | None:
        """The path of the module or package `name` as the file `importer` would import it; None for one from outside.

        A package without `__init__.py` has no path: its modules are found by their own names.
        """
        if level:
            return self._relative(name, importer, level)
        key = (name, importer.rpartition("/")[0])
        if key not in self._imported:
            self._imported[key] = self._absolute(name, importer)
        return self._imported[key]

    def _relative(self, name: str, importer: str, level: int) -> str | None:
        folder = importer.rpartition("/")[0]
        for _ in range(level - 1):
            folder = folder.rpartition("/")[0]
        stem = "/".join(part for part in (folder, name.replace(".", "/")) if part)
        return self._file(stem)

    def _file(self, stem: str) -> str | None:
        for path in (f"{stem}/__init__.py", f"{stem}.py") if stem else ("__init__.py",):
            if path in self.path_set:
                return path
        return None

    def _absolute(self, name: str, importer: str) -> str | None:
        inner = name.replace(".", "/")
        candidates = []
        for path in self._by_name.get(name.rpartition(".")[2], ()):
            stem = path.removesuffix("/__init__.py").removesuffix(".py")
            if stem == inner or stem.endswith("/" + inner):
                root = stem[: -len(inner)].rstrip("/")
                candidates.append((root, path))
        parts = importer.split("/")[:-1]
        reachable = [(root, path) for root, path in candidates if self._importable(root, parts, "." in name)]
        if not reachable:
            return None
        return min(reachable, key=lambda each: (-_shared(parts, each[0].split("/")), len(each[0]), each[1]))[1]

    def _importable(self, root: str, importer: Sequence[str], qualified: bool) -> bool:
        """Whether a folder is likely on the importer's module search path: above it, or a source root near it."""
        folder = root.split("/") if root else []
        if list(importer[: len(folder)]) == folder:
            return True
        if folder[-1] in ("src", "lib", "python", "app", "source", "layer", "layers", "shared", "common"):
            return True
        # A package path of two names or more that exists in the repository is not a coincidence.
        return qualified or _shared(importer, folder) >= max(1, len(folder) - 2)


def _shared(left: Sequence[str], right: Sequence[str]) -> int:
    """How many leading parts agree."""
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return count


__all__ = ["Module", "ModuleError", "Program", "dotted", "parse_text"]
