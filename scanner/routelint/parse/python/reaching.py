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
        self._touching: dict[str, Sequence[int]] = {}
        self._telling: dict[str, Sequence[int]] = {}

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
        names = self._module.changing_names
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

    @cached_property
    def changing(self) -> Mapping[tuple[str, bool], Sequence[int]]:
        """Dotted name -> statements that change an object through it; likewise with True, what the object holds."""
        found: defaultdict[tuple[str, bool], list[int]] = defaultdict(list)
        for position, statement in enumerate(self.block):
            for name, inside in _changed(statement, self._module):
                found[name, inside].append(position)
        return found

    def touching(self, key: str, scope: Scope) -> Sequence[int]:
        """Statements that may change what a name of the scope holds, the last one first."""
        found = self._touching.get(key)
        if found is None:
            found = self._touching[key] = tuple(sorted(self._touched(key, scope), reverse=True))
        return found

    def telling(self, key: str, scope: Scope) -> Sequence[int]:
        """The same, and those that tell by a test what it holds."""
        found = self._telling.get(key)
        if found is None:
            found = self.touching(key, scope)
            # Even a branch that stores nothing may leave the block, and then the other one tells what holds.
            tests = [position for position, test in self.guarding if conditions.mentions(test, key)]
            if tests:
                found = tuple(sorted({*found, *tests}, reverse=True))
            self._telling[key] = found
        return found

    def _touched(self, key: str, scope: Scope) -> set[int]:
        stores = self.stores
        found: set[int] = set()
        name = key
        while name:
            if name in stores:
                found.update(stores[name])
            name = name.rpartition(".")[0]
        for position in self.calling:
            if position not in found and any(True for _ in handed.calls(self._module, self.block[position], key, scope)):
                found.add(position)
        for name, relation in self._module.other_names(scope).get(key, {}).items():
            found.update(self.changing.get((name, True), ()))
            if relation is not aliases.Relation.AROUND:
                found.update(self.changing.get((name, False), ()))
        return found


class Reaching:
    """Answers which statements may change what a name holds."""

    def before(self, key: str, block: list[ast.stmt], index: int, scope: Scope) -> Sequence[int]:
        """Statements before `block[index]` that may change what a name holds, or tell it by a test; the last one first."""
        found = scope.module.index_of(block).telling(key, scope)
        return found if not found or found[0] < index else [position for position in found if position < index]

    def touched_in(self, key: str, block: list[ast.stmt], scope: Scope) -> bool:
        """Whether any statement of a block may change what a dotted name holds."""
        return bool(block) and bool(scope.module.index_of(block).touching(key, scope))

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
        around = scope.module.other_names(scope).get(key)
        if not around:
            return False
        return any(
            around.get(name) is not None and (inside or around[name] is not aliases.Relation.AROUND)
            for name, inside in _changed(statement, scope.module)
        )


def _changed(statement: ast.stmt, module: Module) -> set[tuple[str, bool]]:
    """The names through which a statement, or those inside it, change objects, and whether it is what these hold."""
    found: set[tuple[str, bool]] = set()
    work = [statement]
    while work:
        inner = work.pop()
        inside = blocks(inner)
        if inside:
            work += [each for block, _ in inside for each in block]
        else:
            found.update(aliases.changed(inner, module.calls_in(inner)))
    return found


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
