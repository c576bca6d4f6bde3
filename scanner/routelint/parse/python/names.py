"""What a name holds at a place: in the scope itself, in the functions and the module around it, or from a builtin."""

from __future__ import annotations

import ast
import builtins
from typing import TYPE_CHECKING

from routelint.parse.python.modules import Module, is_test
from routelint.parse.python.scopes import Scope
from routelint.parse.python.values import NOTHING, ROOT, FilePath, Frame, Instance, ModuleValue, Site, join, symbol
from routelint.possible import Content, Items, Possible, Record, known, unknown

if TYPE_CHECKING:
    from routelint.parse.python.evaluate import Evaluator

BUILTINS = frozenset(dir(builtins))


class Names:
    """Reads names for the evaluator."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator

    def read(self, key: str, site: Site) -> Possible:
        """What a dotted name holds at a place."""
        if site.local:
            if key in site.local:
                return site.local[key]
            prefix, _, last = key.rpartition(".")
            if prefix and any(name == prefix or prefix.startswith(name + ".") for name in site.local):
                return self._evaluator.attribute(self.read(prefix, site), last, site)
            return self._read(key, site)
        return self._evaluator.remembered((key, site.scope, site.statement, site.frame), lambda: self._read(key, site))

    def _read(self, key: str, site: Site) -> Possible:
        scope = site.scope
        if isinstance(scope.node, ast.Lambda):
            return self.outer(key, site)
        if key in scope.tested or _any_prefix(key, scope.stored) or (key in scope.names and key in scope.module.setters):
            if site.statement is not None:
                found = self._evaluator.flow.before(key, site.statement, site.frame)
            else:
                found = self._evaluator.flow.at_end(key, scope, site.frame)
            if found is not None:
                return found
        return self.outer(key, site)

    def outer(self, key: str, site: Site) -> Possible:
        """What a dotted name holds that no assignment of the scope gives it on the way to a place."""
        prefix, _, last = key.rpartition(".")
        if prefix:
            stored = self._stored_around(key, site) or self._stored_by_methods(key, site)
            return stored or self._evaluator.attribute(self.read(prefix, site), last, site)
        return self._start(key, site)

    def _stored_by_methods(self, key: str, site: Site) -> Possible:
        """What the methods of an object store deeper in it than to its own attributes: `self.config.model = ...`."""
        receiver, _, path = key.partition(".")
        scope = site.scope
        if "." not in path or key in scope.stored or scope.owner is None or next(iter(scope.parameters), None) != receiver:
            return NOTHING
        objects = self._evaluator.objects
        return join(
            [objects.assigned(each.content, path) for each in self.read(receiver, site) if isinstance(each.content, Instance)]
        )

    def _stored_around(self, key: str, site: Site) -> Possible | None:
        """What the code around a scope stores to an attribute of a thing that the scope reads."""
        base, scope, frame = key.partition(".")[0], site.scope, site.frame
        while scope.parent is not None and base not in scope.names and base not in scope.parameters:
            parent = scope.parent
            held = frame.outer is not None and frame.outer.scope is parent
            scope, frame = parent, frame.outer if held and frame.outer is not None else self._evaluator.frame(parent)
            if not scope.is_class and not isinstance(scope.node, ast.Lambda) and key in scope.stored:
                return self._left_around(key, scope, frame)
        return None

    def _left_around(self, key: str, scope: Scope, frame: Frame) -> Possible | None:
        return self._evaluator.once(("around", key, scope, frame), lambda: self._evaluator.flow.at_end(key, scope, frame))

    def _start(self, name: str, site: Site) -> Possible:
        scope, frame = site.scope, site.frame
        while True:
            if name in scope.parameters:
                return self._evaluator.calls.parameter(scope, frame, name)
            if scope.is_module:
                return self.module_value(name, scope.module, site if scope is site.scope else None)
            parent = scope.parent
            assert parent is not None
            inside = scope
            frame = frame.outer or self._evaluator.frame(parent)
            if frame.scope is not parent:
                frame = self._evaluator.frame(parent)
            scope = parent
            if scope.is_module:
                return self.module_value(name, scope.module, None)
            # The body of a class is not a scope for its methods, but is for the class body itself.
            if scope.is_class and inside.parent is scope:
                continue
            if name in scope.names:
                found = self._enclosing(name, scope, frame, inside)
                if found is not None:
                    return found

    def _enclosing(self, name: str, scope: Scope, frame: Frame, inside: Scope) -> Possible | None:
        """The variable of a function as a function inside it sees it."""
        if isinstance(inside.node, ast.Lambda) and inside.statement is not None and not isinstance(scope.node, ast.Lambda):
            return self._evaluator.flow.before(name, inside.statement, frame)
        if isinstance(scope.node, ast.Lambda):
            return None
        return self._evaluator.flow.at_end(name, scope, frame)

    def module_value(self, name: str, module: Module, site: Site | None = None) -> Possible:
        """What a name of a module holds once the module has been imported."""
        return self._evaluator.remembered(("module", name, module), lambda: self._module_value(name, module, site))

    def _module_value(self, name: str, module: Module, site: Site | None) -> Possible:
        if name == "__file__":
            return known(FilePath("a path stands where a text is expected", text=f"{ROOT}/{module.path}"))
        frame = self._evaluator.frame(module.scope)
        found = self._evaluator.flow.at_end(name, module.scope, frame) if name in module.scope.names else None
        empty = tuple(each for each in found or () if _is_empty(each.content))
        if empty:
            others = tuple(each for each in found or () if each not in empty)
            found = join([others, self._filled(name, module, empty)]) or found
        shared = module.shared_stores.get(name, ())
        if shared:
            stored = []
            for statement in shared:
                inner = module.places[statement]
                block = inner.block
                after = block[inner.index + 1] if inner.index + 1 < len(block) else None
                inner_frame = self._evaluator.frame(inner.scope)
                value = (
                    self._evaluator.flow.before(name, after, inner_frame)
                    if after is not None
                    else self._evaluator.flow.at_end(name, inner.scope, inner_frame)
                )
                if value:
                    stored.append(value)
            others = tuple(each for each in found or () if each.content is not None)
            found = join([others, *stored]) or found
        if found is not None:
            afar = self._set_afar(name, module)
            return join([found, *afar]) if afar else found
        return self._undefined(name, module)

    def _filled(self, name: str, module: Module, empty: Possible) -> Possible:
        """What the functions of a module have put into a list or dict of it that begins empty, as caches and registries do."""
        filled = []
        for scope in module.functions:
            if not scope.is_class and name in scope.stored and name not in scope.shared and scope.sets_outside(name):
                value = self._filled_by(scope, name, empty)
                filled.append(tuple(each for each in value if not _is_empty(each.content)))
        return join(filled)

    def _filled_by(self, scope: Scope, name: str, empty: Possible) -> Possible:
        frame = self._evaluator.frame(scope)
        found = self._evaluator.once(
            ("filled", name, scope), lambda: self._evaluator.flow.through(name, scope, frame, lambda: empty)
        )
        return found or NOTHING

    def _set_afar(self, name: str, module: Module) -> list[Possible]:
        """What other files store to a name of a module: when they do cannot be told."""
        stored = []
        for path in self._evaluator.program.setting(name, module.path):
            if path == module.path or (is_test(path) and not module.is_test):
                continue
            other = self._evaluator.program.module(path)
            if other is None:
                continue
            for statement, place in other.places.items():
                for key in other.stores(statement):
                    prefix, _, last = key.rpartition(".")
                    if last != name or not prefix:
                        continue
                    site = self._evaluator.site(statement, self._evaluator.frame(place.scope))
                    holders = self._evaluator.names.read(prefix, site)
                    if any(isinstance(each.content, ModuleValue) and each.content.path == module.path for each in holders):
                        value = self._evaluator.flow.after(key, statement, site.frame)
                        if value:
                            stored.append(value)
        return stored

    def _undefined(self, name: str, module: Module) -> Possible:
        starred = self._evaluator.imports.starred(name, module)
        if starred is not None:
            return starred
        if name in BUILTINS:
            return symbol(f"builtins.{name}")
        return unknown(f"{name} is not defined in {module.path}")


def _is_empty(content: Content) -> bool:
    match content:
        case Items(items, rest):
            return not items and rest is None
        case Record(entries, rest):
            return not entries and rest is None
    return False


def _any_prefix(key: str, keys: frozenset[str]) -> bool:
    if key in keys:
        return True
    prefix = key.rpartition(".")[0]
    while prefix:
        if prefix in keys:
            return True
        prefix = prefix.rpartition(".")[0]
    return False
