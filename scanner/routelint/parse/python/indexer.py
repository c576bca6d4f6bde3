"""The one walk over a module that fills its indexes."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from routelint.deferred import lazy_regex
from routelint.parse.python.children import children, walk
from routelint.parse.python.scopes import MUTATORS, CallPlace, Place, Scope, blocks, dotted, is_compound, subscripted

if TYPE_CHECKING:
    from routelint.parse.python.modules import Module

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_Around = tuple[tuple[ast.expr, str], ...]
# What identifiers of models have somewhere: asking the catalog costs more.
_MAY_BE_ID = lazy_regex(r"(?i)[a-z0-9]\.[a-z]")
# Statements that change what names hold, where they do anything to names, and bind none.
_BIND_NOTHING = (ast.Expr, ast.Return, ast.Raise, ast.Assert)


class Indexer:
    """Fills the indexes of a module in one walk without recursion."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.pending: list[tuple[list[ast.stmt], ast.stmt | ast.ExceptHandler | ast.match_case | None, Scope]] = []
        self._named = False
        self._of_kind: dict[type[ast.stmt], Callable[[ast.stmt, Scope], Iterable[str]]] = {
            ast.FunctionDef: self._function,
            ast.AsyncFunctionDef: self._function,
            ast.ClassDef: self._class,
            ast.Import: _imported,
            ast.ImportFrom: _imported,
            ast.Global: _shared,
            ast.Nonlocal: _shared,
            ast.Try: self._try,
            ast.TryStar: self._try,
            ast.Match: self._match,
        }

    def run(self) -> None:
        """Fills the indexes."""
        module, pending, of_kind = self.module, self.pending, self._of_kind
        places, own_stores = module.places, module.own_stores
        pending.append((module.tree.body, None, module.scope))
        while pending:
            block, owner, scope = pending.pop()
            for index, statement in enumerate(block):
                places[statement] = Place(block, index, owner, scope)
                self._named = False
                stored = of_kind.get(type(statement), self._plain)(statement, scope)
                if stored:
                    own_stores[statement] = keys = tuple(stored)
                    if self._named or not isinstance(statement, _BIND_NOTHING):
                        scope.names.update([key for key in keys if "." not in key])
        module.calls.sort(key=lambda place: (place.call.lineno, place.call.col_offset))

    # Statements: each gives the dotted names that it stores to or changes itself, without the blocks inside it ---------

    def _function(self, statement: ast.stmt, scope: Scope) -> Iterable[str]:
        assert isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef)
        self._define(statement, scope)
        arguments = statement.args
        outside: list[ast.AST] = [*statement.decorator_list, *arguments.defaults, *filter(None, arguments.kw_defaults)]
        if statement.returns is not None:
            outside.append(statement.returns)
        outside += [a.annotation for a in walk(arguments) if isinstance(a, ast.arg) and a.annotation is not None]
        self._expressions(outside, statement, scope)
        return (statement.name,)

    def _class(self, statement: ast.stmt, scope: Scope) -> Iterable[str]:
        assert isinstance(statement, ast.ClassDef)
        self._define(statement, scope)
        outside = [*statement.decorator_list, *statement.bases, *(k.value for k in statement.keywords)]
        self._expressions([*outside], statement, scope)
        return (statement.name,)

    def _define(self, statement: Definition, scope: Scope) -> None:
        inner = Scope(statement, self.module, scope, statement=statement)
        inner.names.update(inner.parameters)
        self.module.scopes[statement] = inner
        self.pending.append((statement.body, None, inner))

    def _try(self, statement: ast.stmt, scope: Scope) -> Iterable[str]:
        assert isinstance(statement, ast.Try | ast.TryStar)
        self._open(statement, scope)
        self._expressions([handler.type for handler in statement.handlers if handler.type is not None], statement, scope)
        return {handler.name for handler in statement.handlers if handler.name}

    def _match(self, statement: ast.stmt, scope: Scope) -> Iterable[str]:
        assert isinstance(statement, ast.Match)
        self._open(statement, scope)
        guards = [case.guard for case in statement.cases if case.guard is not None]
        self._expressions([statement.subject, *guards], statement, scope)
        patterns = (node for case in statement.cases for node in walk(case.pattern))
        return {node.name for node in patterns if isinstance(node, ast.MatchAs | ast.MatchStar) and node.name}

    def _plain(self, statement: ast.stmt, scope: Scope) -> Iterable[str]:
        inside = children(statement)
        if is_compound(statement):
            self._open(statement, scope)
            inside = [child for child in inside if not isinstance(child, ast.stmt)]
        return self._expressions(inside, statement, scope)

    def _open(self, statement: ast.stmt, scope: Scope) -> None:
        """Has the blocks of a statement walked later."""
        for block, owner in blocks(statement):
            self.pending.append((block, owner, scope))
            if not isinstance(owner, ast.stmt):
                self.module.owners[owner] = statement

    # Expressions -----------------------------------------------------------------------------------------------------

    def _expressions(self, nodes: list[ast.AST], statement: ast.stmt, scope: Scope) -> set[str]:
        """Notes what expressions of a statement hold, and gives the dotted names that they store to or change.

        This runs for every expression of every module: the kinds of which there are most are told apart first.
        """
        module = self.module
        stored: set[str] = set()
        # What stands in the same lambdas, comprehensions and conditions is walked together.
        groups: list[tuple[list[ast.AST], _Around, set[str]]] = [(nodes, (), stored)]
        while groups:
            work, around, keys = groups.pop()
            while work:
                node = work.pop()
                if isinstance(node, ast.Name):
                    if type(node.ctx) is not ast.Load:
                        keys.add(node.id)
                        if isinstance(node.ctx, ast.Store):
                            scope.assigned.add(node.id)
                elif isinstance(node, ast.Constant):
                    text = node.value
                    if isinstance(text, str):
                        if "." in text and may_be_id(text):
                            module.dotted_texts.add(statement)
                        if "{" in text and text.lstrip().startswith("{"):
                            module.braced.add(statement)
                elif isinstance(node, ast.Attribute):
                    if not isinstance(node.ctx, ast.Load):
                        keys.add(dotted(node) or "")
                    work.append(node.value)
                elif isinstance(node, ast.Call):
                    module.calls.append(CallPlace(node, statement, scope, around))
                    changed = _changed(node)
                    if changed:
                        keys.add(changed)
                    work.append(node.func)
                    work += node.args
                    if node.keywords:
                        work += [keyword.value for keyword in node.keywords]
                elif isinstance(node, ast.Subscript):
                    if not isinstance(node.ctx, ast.Load):
                        keys.add(dotted(subscripted(node)[0]) or "")
                    work += (node.value, node.slice)
                elif isinstance(node, ast.Lambda):
                    self._lambda(node, around, statement, scope, groups)
                elif isinstance(node, ast.IfExp):
                    work.append(node.test)
                    groups.append(([node.body], (*around, (node, "body")), keys))
                    groups.append(([node.orelse], (*around, (node, "orelse")), keys))
                elif isinstance(node, ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp):
                    work.append(node.generators[0].iter)
                    targets = _targets(node.generators)
                    keys.update(targets)
                    scope.assigned.update(targets)
                    groups.append((_repeated(node), (*around, (node, "element")), keys))
                else:
                    if isinstance(node, ast.Dict):
                        module.braced.add(statement)
                    elif isinstance(node, ast.NamedExpr):
                        self._named = True
                    work += children(node)
        stored.discard("")
        return stored

    def _lambda(
        self,
        node: ast.Lambda,
        around: _Around,
        statement: ast.stmt,
        scope: Scope,
        groups: list[tuple[list[ast.AST], _Around, set[str]]],
    ) -> None:
        inner = Scope(node, self.module, scope, statement=statement)
        inner.names.update(inner.parameters)
        self.module.scopes[node] = inner
        # What a lambda changes is changed when it is called, not here.
        groups.append(([node.body], (*around, (node, "body")), set()))
        groups.append(([default for default in (*node.args.defaults, *node.args.kw_defaults) if default], around, set()))


def may_be_id(text: str) -> bool:
    """Whether a text has the looks of an identifier of a model."""
    return 8 < len(text) < 300 and _MAY_BE_ID.search(text) is not None


def _repeated(node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> list[ast.AST]:
    """The parts of a comprehension that are evaluated for every element."""
    inside: list[ast.AST] = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
    inside += [generator.iter for generator in node.generators[1:]]
    return inside + [test for generator in node.generators for test in generator.ifs]


def _targets(generators: list[ast.comprehension]) -> set[str]:
    """The names that the turns of a comprehension are given to."""
    nodes = (node for generator in generators for node in walk(generator.target))
    return {node.id for node in nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}


def _changed(call: ast.Call) -> str | None:
    """The dotted name of what a call changes by its looks: `setattr(base, "name", value)`, `base.update(...)`."""
    func = call.func
    if isinstance(func, ast.Attribute):
        return dotted(subscripted(func.value)[0]) if func.attr in MUTATORS else None
    if isinstance(func, ast.Name) and func.id == "setattr" and len(call.args) == 3:
        base, name = dotted(call.args[0]), call.args[1]
        if base is not None and isinstance(name, ast.Constant) and isinstance(name.value, str):
            return f"{base}.{name.value}"
    return None


def _imported(statement: ast.stmt, _scope: Scope) -> Iterable[str]:
    assert isinstance(statement, ast.Import | ast.ImportFrom)
    if isinstance(statement, ast.Import):
        return {alias.asname or alias.name.partition(".")[0] for alias in statement.names}
    return {alias.asname or alias.name for alias in statement.names}


def _shared(statement: ast.stmt, scope: Scope) -> Iterable[str]:
    assert isinstance(statement, ast.Global | ast.Nonlocal)
    scope.shared.update(statement.names)
    return ()
