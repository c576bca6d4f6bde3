"""What one simple statement does to a name: gives it a value, changes what it holds, or neither."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from routelint.deferred import dataclass
from routelint.model import Hop, Resolution
from routelint.parse.python import changes, handed, holding
from routelint.parse.python.children import walk
from routelint.parse.python.scopes import Scope, dotted, shown, subscripted, targets
from routelint.parse.python.values import NOTHING, Class, Instance, Site, step
from routelint.possible import Possible, known, unknown

if TYPE_CHECKING:
    from routelint.parse.python.evaluate import Evaluator

Entry = Callable[[], Possible | None]


@dataclass(frozen=True, slots=True)
class Define:
    """The statement gives the name a new value; None where the name it belongs to was given one."""

    value: Callable[[], Possible | None]


@dataclass(frozen=True, slots=True)
class Update:
    """The statement changes the value from before it."""

    apply: Callable[[Entry], Possible | None]


Effect = Define | Update | None


class Assignments:
    """Reads statements for the flow."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator

    def effect(self, key: str, statement: ast.stmt, site: Site) -> Effect:
        """What a statement that holds no blocks does to a dotted name."""
        match statement:
            case ast.Assign(targets=written, value=value):
                for target in written:
                    effect = self._target(key, target, value, site)
                    if effect is not None:
                        return effect
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                effect = self._target(key, target, value, site)
                if effect is not None:
                    return effect
            case ast.AugAssign(target=target, op=operator, value=value):
                if dotted(target) == key:
                    return Update(lambda entry: changes.augmented(self._evaluator, entry() or NOTHING, operator, value, site))
                return self._subscript(key, target, value, site)
            case ast.FunctionDef() | ast.AsyncFunctionDef() if statement.name == key:
                return Define(lambda: self._evaluator.definition(statement, site))
            case ast.ClassDef() if statement.name == key:
                scope = site.scope.module.scopes[statement]
                return Define(lambda: known(Class(f"class {statement.name} stands where a text is expected", scope=scope)))
            case ast.Import() | ast.ImportFrom():
                return self._import(key, statement, site)
            case ast.Delete(targets=removed):
                for target in removed:
                    if isinstance(target, ast.Subscript) and dotted(target.value) == key:
                        index = target.slice
                        return Update(
                            lambda entry, index=index: changes.removed(self._evaluator, entry() or NOTHING, index, site)  # type: ignore[misc]
                        )
                return Define(lambda: None)
        return self._inside(key, statement, site)

    def _inside(self, key: str, statement: ast.stmt, site: Site) -> Effect:
        """What the expressions of a statement do: `(x := ...)`, `d.update(...)`."""
        for node in walk(statement):
            match node:
                case ast.NamedExpr(target=ast.Name(name), value=value) if name == key:
                    return Define(lambda value=value: self._evaluator.expression(value, site))  # type: ignore[misc]
                case ast.Call(func=ast.Name("setattr"), args=[base, ast.Constant(value=str(attribute)), value]) if (
                    key == f"{dotted(base)}.{attribute}"
                ):
                    return Define(lambda value=value: self._assigned(key, value, site))  # type: ignore[misc]
                case ast.Call(func=ast.Attribute(value=base)) if (
                    changes.is_change(node) and dotted(subscripted(base)[0]) == key
                ):
                    return Update(
                        lambda entry, node=node: changes.called(self._evaluator, entry(), node, site)  # type: ignore[misc]
                    )
        for call in handed.calls(site.scope.module, statement, key, site.scope):
            return Update(lambda entry, call=call: handed.after(self._evaluator, key, call, entry, site))  # type: ignore[misc]
        return Define(lambda: None) if self._rebinds(key, statement, site) else None

    def _rebinds(self, key: str, statement: ast.stmt, site: Site) -> bool:
        """Whether the statement gives a new value to the object that an attribute `key` belongs to."""
        prefix = key.rpartition(".")[0]
        while prefix:
            match statement:
                case ast.Assign(targets=written):
                    names = {dotted(each) for target in written for each in targets(target)}
                    if prefix in names:
                        return True
                case ast.AnnAssign(target=target) if dotted(target) == prefix:
                    return True
            prefix = prefix.rpartition(".")[0]
        return False

    def _target(self, key: str, target: ast.expr, value: ast.expr, site: Site) -> Effect:
        match target:
            case ast.Tuple(elts=parts) | ast.List(elts=parts):
                return self._unpacked(key, parts, value, site)
            case ast.Subscript():
                return self._subscript(key, target, value, site)
        name = dotted(target)
        if name == key:
            if isinstance(target, ast.Attribute) and target.attr in site.scope.module.set_properties:
                return Define(lambda: self._through_property(key, target, value, site))
            return Define(lambda: self._assigned(key, value, site))
        if name is not None and key.startswith(name + "."):
            return Define(lambda: None)
        return None

    def _assigned(self, key: str, value: ast.expr, site: Site) -> Possible:
        found = self._evaluator.expression(value, site)
        return self.named(key, value, found, site)

    def _through_property(self, key: str, target: ast.Attribute, value: ast.expr, site: Site) -> Possible:
        """What an attribute holds that may be set by a property of its object."""
        for each in self._evaluator.expression(target.value, site):
            if isinstance(each.content, Instance) and self._evaluator.objects.method(each.content, target.attr) is not None:
                return unknown(f"{key} is set by a property")
        return self._assigned(key, value, site)

    def named(self, key: str, value: ast.expr, found: Possible, site: Site) -> Possible:
        """A value with the hop that says which name it was given."""
        hop = Hop(site.scope.module.location(value), f"{_noun(key, site.scope)} {key}")
        return step(found, hop, Resolution.CONSTANT)

    def _subscript(self, key: str, target: ast.expr, value: ast.expr, site: Site) -> Effect:
        base, indexes = subscripted(target)
        if not indexes or dotted(base) != key:
            return None

        def store(entry: Entry) -> Possible:
            before = entry()
            return changes.stored(
                self._evaluator, self._evaluator.names.outer(key, site) if before is None else before, indexes, value, site
            )

        return Update(store)

    def _unpacked(self, key: str, parts: list[ast.expr], value: ast.expr, site: Site) -> Effect:
        if not any(dotted(each) == key for part in parts for each in targets(part)):
            return None
        starred = any(isinstance(each, ast.Starred) for each in [*parts, *getattr(value, "elts", ())])
        if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(parts) and not starred:
            for part, item in zip(parts, value.elts, strict=True):
                effect = self._target(key, part, item, site)
                if effect is not None:
                    return effect
        whole = ast.copy_location(ast.Tuple(parts, ast.Store()), value)
        path = next(path for path, target in holding.unpacking(whole) if dotted(target) == key)
        return Define(lambda: self._part(key, value, path, site))

    def _part(self, key: str, value: ast.expr, path: Sequence[holding.Part], site: Site) -> Possible:
        found = holding.down(self._evaluator.expression(value, site), path, shown(value))
        return self.named(key, value, found, site)

    def _import(self, key: str, statement: ast.Import | ast.ImportFrom, site: Site) -> Effect:
        for alias in statement.names:
            bound = alias.asname or (alias.name.partition(".")[0] if isinstance(statement, ast.Import) else alias.name)
            if bound == key:
                return Define(lambda alias=alias: self._evaluator.imports.value(statement, alias, site))  # type: ignore[misc]
        return Define(lambda: None)


def _noun(key: str, scope: Scope) -> str:
    if "." in key:
        return "attribute"
    if scope.is_class:
        return f"class attribute of {scope.name}:"
    return "constant" if key.isupper() else "variable"
