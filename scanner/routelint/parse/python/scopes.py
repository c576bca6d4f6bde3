"""The shape of a Python module: its scopes, where each statement stands, what it stores, and which calls it makes."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from routelint.deferred import dataclass
from routelint.parse.python.children import walk

if TYPE_CHECKING:
    from routelint.parse.python.modules import Module

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
ScopeNode = ast.Module | ast.ClassDef | FunctionNode
Comprehension = ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp

# Methods that change the list or dict they are called on.
MUTATORS = frozenset({"update", "setdefault", "pop", "append", "extend", "insert", "clear"})


@dataclass(eq=False)
class Scope:
    """A module, class or function body; `names` are the names it binds, `shared` those it declares global or nonlocal.

    `assigned` are the plain names it gives a value to, those of comprehensions among them.
    """

    node: ScopeNode
    module: Module
    parent: Scope | None = None
    names: set[str] = field(default_factory=set)
    shared: set[str] = field(default_factory=set)
    statement: ast.stmt | None = None
    assigned: set[str] = field(default_factory=set)

    def __repr__(self) -> str:
        return f"{self.module.path}:{self.qualified_name}"

    @property
    def is_class(self) -> bool:
        """Whether this is a class body."""
        return isinstance(self.node, ast.ClassDef)

    @property
    def is_module(self) -> bool:
        """Whether this is the module itself."""
        return isinstance(self.node, ast.Module)

    @property
    def name(self) -> str:
        """The name in the source; empty for a module, `<lambda>` for a lambda."""
        match self.node:
            case ast.Module():
                return ""
            case ast.Lambda():
                return "<lambda>"
            case named:
                return named.name

    @property
    def qualified_name(self) -> str:
        """The names of the scopes down to this one, joined by dots; empty for a module."""
        parts: list[str] = []
        scope: Scope | None = self
        while scope is not None and not scope.is_module:
            parts.append(scope.name)
            scope = scope.parent
        return ".".join(reversed(parts))

    @property
    def block(self) -> list[ast.stmt]:
        """The statements of the body; none for a lambda."""
        return [] if isinstance(self.node, ast.Lambda) else self.node.body

    @cached_property
    def owner(self) -> Scope | None:
        """The class a method belongs to."""
        return self.parent if self.parent is not None and self.parent.is_class and not self.is_class else None

    @cached_property
    def stored(self) -> frozenset[str]:
        """Every dotted name stored to or changed anywhere in the body."""
        keys: set[str] = set()
        for statement in self.block:
            keys.update(self.module.stores(statement))
        return frozenset(keys)

    @cached_property
    def rebound(self) -> frozenset[str]:
        """Every plain name the body, or one inside it, gives a value to; not those of which only what they hold is changed."""
        return frozenset(self.assigned.union(*[inner.rebound for inner in self.module.inside.get(self, ())]))

    def sets_outside(self, key: str) -> bool:
        """Whether the body stores to a name of the code around it, or changes what such a name holds."""
        if "." in key:
            return False
        return key in self.stored and (key in self.shared or (key not in self.rebound and key not in self.parameters))

    @cached_property
    def tested(self) -> frozenset[str]:
        """Every dotted name a condition of the body speaks of."""
        keys: set[str] = set()
        work = [self.block]
        while work:
            for statement in work.pop():
                match statement:
                    case ast.If(test=test) | ast.While(test=test):
                        keys |= {dotted(node) or "" for node in walk(test) if isinstance(node, ast.Name | ast.Attribute)}
                    case ast.Match(subject=subject):
                        keys.add(dotted(subject) or "")
                work.extend(block for block, _ in blocks(statement))
        return frozenset(keys)

    @cached_property
    def parameters(self) -> dict[str, ast.arg]:
        """Parameter name -> its node, in order, with `*args` and `**kwargs`."""
        if isinstance(self.node, ast.Module | ast.ClassDef):
            return {}
        arguments = self.node.args
        nodes = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        nodes += [node for node in (arguments.vararg, arguments.kwarg) if node is not None]
        return {node.arg: node for node in nodes}

    @cached_property
    def defaults(self) -> dict[str, ast.expr]:
        """Parameter name -> the expression of its default."""
        if isinstance(self.node, ast.Module | ast.ClassDef):
            return {}
        arguments = self.node.args
        positional = [*arguments.posonlyargs, *arguments.args]
        found = {
            node.arg: default
            for node, default in zip(positional[len(positional) - len(arguments.defaults) :], arguments.defaults, strict=True)
        }
        found |= {
            node.arg: default
            for node, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
            if default is not None
        }
        return found

    @cached_property
    def decorators(self) -> tuple[str, ...]:
        """The dotted names of the decorators, without their arguments."""
        if isinstance(self.node, ast.Module | ast.Lambda):
            return ()
        names = []
        for decorator in self.node.decorator_list:
            target = decorator.func if isinstance(decorator, ast.Call) else decorator
            names.append(dotted(target) or "")
        return tuple(names)

    def decorated(self, *names: str) -> bool:
        """Whether a decorator's last name is one of `names`."""
        return any(each.rpartition(".")[2] in names for each in self.decorators)


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where a statement stands: its block, its index there, the statement around the block, and its scope."""

    block: list[ast.stmt]
    index: int
    owner: ast.stmt | ast.ExceptHandler | ast.match_case | None
    scope: Scope


@dataclass(frozen=True, slots=True, eq=False)
class CallPlace:
    """Where a call stands: its statement, scope, and the lambdas, comprehensions and conditions around it, outermost first."""

    call: ast.Call
    statement: ast.stmt
    scope: Scope
    around: tuple[tuple[ast.expr, str], ...] = ()


def dotted(node: ast.AST) -> str | None:
    """`a.b.c` for a chain of attributes on a name; None for anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    parts.append(node.id)
    return ".".join(reversed(parts))


def subscripted(node: ast.expr) -> tuple[ast.expr, list[ast.expr]]:
    """The base of a chain of subscripts and its indexes, outermost first: `d` and `a`, `b` for `d[a][b]`."""
    indexes: list[ast.expr] = []
    while isinstance(node, ast.Subscript):
        indexes.append(node.slice)
        node = node.value
    return node, indexes[::-1]


def last_name(node: ast.AST) -> str | None:
    """The last name of a callee: `converse` of `self.client.converse`."""
    match node:
        case ast.Name(name):
            return name
        case ast.Attribute(attr=name):
            return name
    return None


def argument_node(node: ast.Call, position: int | None, *names: str) -> ast.expr | None:
    """The expression passed by position or by one of the names."""
    for keyword in node.keywords:
        if keyword.arg in names:
            return keyword.value
    if position is None or position >= len(node.args):
        return None
    starred = any(isinstance(each, ast.Starred) for each in node.args[: position + 1])
    return None if starred else node.args[position]


def targets(node: ast.expr) -> Iterator[ast.expr]:
    """The single targets of an assignment target, tuples and stars taken apart."""
    work = [node]
    while work:
        target = work.pop()
        match target:
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                work.extend(reversed(parts))
            case ast.Starred(value=inner):
                work.append(inner)
            case _:
                yield target


# Nine statements of ten hold no others, and that is asked of each of them many times.
_COMPOUND = frozenset(
    (
        *(ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith),
        *(ast.Try, ast.TryStar, ast.Match),
    )
)
Block = tuple[list[ast.stmt], ast.stmt | ast.ExceptHandler | ast.match_case]


def is_compound(statement: ast.stmt) -> bool:
    """Whether a statement holds blocks that `blocks` gives."""
    return type(statement) in _COMPOUND


def blocks(statement: ast.stmt) -> Sequence[Block]:
    """The blocks inside a compound statement, each with the node it belongs to; not those of definitions."""
    if type(statement) not in _COMPOUND:
        return ()
    match statement:
        case ast.If() | ast.For() | ast.AsyncFor() | ast.While():
            return ((statement.body, statement), (statement.orelse, statement))
        case ast.Try() | ast.TryStar():
            handlers: list[Block] = [(handler.body, handler) for handler in statement.handlers]
            return [(statement.body, statement), *handlers, (statement.orelse, statement), (statement.finalbody, statement)]
        case ast.With() | ast.AsyncWith():
            return ((statement.body, statement),)
        case ast.Match():
            return [(case.body, case) for case in statement.cases]
    return ()


@lru_cache(maxsize=4096)
def shown(node: ast.AST) -> str:
    """An expression as a message shows it."""
    try:
        text = ast.unparse(node)
    except RecursionError:
        return "..."
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:57] + "..."
