"""The one walk over a module that fills its indexes."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import TYPE_CHECKING

from routelint.parse.python.children import children, walk
from routelint.parse.python.scopes import CallPlace, Comprehension, Place, Scope, blocks, stored_by

if TYPE_CHECKING:
    from routelint.parse.python.modules import Module


class Indexer:
    """Fills the indexes of a module in one walk without recursion."""

    def __init__(self, module: Module) -> None:
        self.module = module
        # Looking at every statement for an assignment inside it costs a tenth of the whole walk.
        self._may_name = ":=" in module.text
        self.pending: list[tuple[list[ast.stmt], ast.stmt | ast.ExceptHandler | ast.match_case | None, Scope]] = []

    def run(self) -> None:
        """Fills the indexes."""
        module = self.module
        self.pending.append((module.tree.body, None, module.scope))
        while self.pending:
            block, owner, scope = self.pending.pop()
            for index, statement in enumerate(block):
                module.places[statement] = Place(block, index, owner, scope)
                self._statement(statement, scope)
        module.calls.sort(key=lambda place: (place.call.lineno, place.call.col_offset))

    def _statement(self, statement: ast.stmt, scope: Scope) -> None:
        scope.names |= {key for key in stored_by(statement) if "." not in key} if not self._only_changes(statement) else set()
        match statement:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._define(statement, scope, statement)
                arguments = statement.args
                outside = [*statement.decorator_list, *arguments.defaults, *filter(None, arguments.kw_defaults)]
                outside += [statement.returns] if statement.returns is not None else []
                outside += [a.annotation for a in walk(arguments) if isinstance(a, ast.arg) and a.annotation is not None]
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
                    child for child in children(statement) if not isinstance(child, ast.stmt | ast.ExceptHandler)
                ]
                if isinstance(statement, ast.Try | ast.TryStar):
                    inside += [handler.type for handler in statement.handlers if handler.type is not None]
                if isinstance(statement, ast.Match):
                    inside = [statement.subject, *(case.guard for case in statement.cases if case.guard is not None)]
                self._expressions(inside, statement, scope)

    def _only_changes(self, statement: ast.stmt) -> bool:
        """Whether a simple statement can change what names hold but binds none."""
        if not isinstance(statement, ast.Expr | ast.Return | ast.Raise | ast.Assert):
            return False
        return not self._may_name or not any(isinstance(node, ast.NamedExpr) for node in walk(statement))

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
                case ast.Constant():
                    if isinstance(node.value, str) and "." in node.value:
                        self.module.dotted_texts.add(statement)
                    continue
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
            work.extend([(child, around) for child in children(node)])

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
