"""Which statements of a block may change what a dotted name holds, told from what each stores to and calls.

A name is asked for at many places, and most statements have nothing to do with it: a block is gone through once, for all names.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from routelint.parse.python import aliases, conditions, handed
from routelint.parse.python.scopes import Scope, blocks, dotted, last_name

if TYPE_CHECKING:
    from routelint.parse.python.modules import Module


class BlockIndex:
    """What is known of a block whatever name is asked for; positions are those of its statements, in order."""

    def __init__(self, block: list[ast.stmt], module: Module) -> None:
        self.block = block
        self._module = module

    @cached_property
    def stores(self) -> Mapping[str, Sequence[int]]:
        """Dotted name -> statements that store to it or change it themselves or in the blocks inside them."""
        found: defaultdict[str, list[int]] = defaultdict(list)
        for position, statement in enumerate(self.block):
            for name in self._module.stores(statement):
                found[name].append(position)
        return found

    @cached_property
    def calling(self) -> Sequence[int]:
        """Statements that call a function of the module which changes more than it returns."""
        names = self._module.changers.union(*self._module.setters.values())
        if not names:
            return ()
        return [
            position
            for position, statement in enumerate(self.block)
            if any(last_name(call.func) in names for call in self._module.calls_in(statement))
        ]

    @cached_property
    def guarding(self) -> Sequence[tuple[int, ast.expr]]:
        """Statements `if` with a branch that leaves the block, and their tests."""
        return [
            (position, statement.test)
            for position, statement in enumerate(self.block)
            if isinstance(statement, ast.If) and (leaves(statement.body) or leaves(statement.orelse))
        ]

    @cached_property
    def leaves(self) -> bool:
        """Whether the end of the block is never reached."""
        return leaves(self.block)


class Reaching:
    """Answers which statements may change what a name holds."""

    def __init__(self) -> None:
        self._shared: dict[Scope, aliases.Aliases] = {}

    def before(self, key: str, block: list[ast.stmt], index: int, scope: Scope) -> list[int]:
        """Statements before `block[index]` that may change what a name holds, or tell it by a test; the last one first."""
        whole = scope.module.index_of(block)
        found = self._touching(key, whole, scope)
        # Even a branch that stores nothing may leave the block, and then the other one tells what holds.
        found.update([position for position, test in whole.guarding if conditions.mentions(test, key)])
        return sorted([position for position in found if position < index], reverse=True)

    def touched_in(self, key: str, block: list[ast.stmt], scope: Scope) -> bool:
        """Whether any statement of a block may change what a dotted name holds."""
        return bool(block) and bool(self._touching(key, scope.module.index_of(block), scope))

    def _touching(self, key: str, whole: BlockIndex, scope: Scope) -> set[int]:
        stores = whole.stores
        found: set[int] = set()
        name = key
        while name:
            if name in stores:
                found.update(stores[name])
            name = name.rpartition(".")[0]
        block, module = whole.block, scope.module
        for position in whole.calling:
            if position not in found and any(True for _ in handed.calls(module, block[position], key, scope)):
                found.add(position)
        around = self.other_names(scope).get(key)
        if around:
            rest = (position for position in range(len(block)) if position not in found)
            found.update([position for position in rest if _changed_as(block[position], around, module)])
        return found

    def touches(self, key: str, statement: ast.stmt, scope: Scope) -> bool:
        """Whether a statement, or one inside it, may change what a dotted name holds."""
        stores = scope.module.stores(statement)
        name = key
        while name:
            if name in stores:
                return True
            name = name.rpartition(".")[0]
        if any(True for _ in handed.calls(scope.module, statement, key, scope)):
            return True
        around = self.other_names(scope).get(key)
        return bool(around) and _changed_as(statement, around or {}, scope.module)

    def other_names(self, scope: Scope) -> aliases.Aliases:
        """The names of a scope that share objects."""
        if scope not in self._shared:
            self._shared[scope] = aliases.of(scope)
        return self._shared[scope]


def _changed_as(statement: ast.stmt, names: Mapping[str, aliases.Relation], module: Module) -> bool:
    """Whether a statement, or one inside it, changes an object under one of its other names."""
    inside = blocks(statement)
    if inside:
        return any(_changed_as(inner, names, module) for block, _ in inside for inner in block)
    calls = module.calls_in(statement)
    return any(aliases.changes(name, relation, statement, calls) for name, relation in names.items())


def leaves(block: list[ast.stmt]) -> bool:
    """Whether the end of a block is never reached."""
    for statement in block:
        match statement:
            case ast.Return() | ast.Raise() | ast.Continue() | ast.Break():
                return True
            case ast.Expr(value=ast.Call(func=callee)) if dotted(callee) in ("sys.exit", "exit", "quit", "os._exit"):
                return True
            case ast.If(body=body, orelse=orelse) if orelse and leaves(body) and leaves(orelse):
                return True
            case ast.With(body=body) | ast.AsyncWith(body=body) if leaves(body):
                return True
    return False
