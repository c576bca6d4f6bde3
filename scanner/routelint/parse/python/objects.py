"""Classes of the repository and their objects: attributes, fields, properties, enum members, inheritance."""

from __future__ import annotations

import ast
from dataclasses import replace
from typing import TYPE_CHECKING

from routelint.parse.python import changes, libraries, returns
from routelint.parse.python.arguments import given
from routelint.parse.python.scopes import Scope, dotted, last_name
from routelint.parse.python.values import NOTHING, Class, Frame, Function, Instance, Made, Site, Symbol, join
from routelint.possible import Possibility, Possible, known, unknown

if TYPE_CHECKING:
    from routelint.parse.python.evaluate import Evaluator

# Classes on the way up from a class.
MOST_BASES = 12
MOST_SUBCLASSES = 20
# Subclasses of a class, where some give an attribute of their own to what its methods read; more are a framework's plug-ins.
MOST_OVERRIDING = 8


class Objects:
    """Answers what attributes of classes and objects hold."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._bases: dict[Scope, tuple[tuple[Scope, ...], tuple[str, ...]]] = {}
        self._subclasses: dict[Scope, tuple[Scope, ...]] = {}
        self._made: dict[Scope, bool] = {}

    # Inheritance -------------------------------------------------------------------------------------------------

    def lineage(self, scope: Scope) -> tuple[Scope, ...]:
        """The class and its bases in the repository, nearest first."""
        return self._ancestry(scope)[0]

    def outside_bases(self, scope: Scope) -> tuple[str, ...]:
        """The dotted paths of the bases from outside, of the class and of those it inherits from."""
        return self._ancestry(scope)[1]

    def _ancestry(self, scope: Scope) -> tuple[tuple[Scope, ...], tuple[str, ...]]:
        if scope in self._bases:
            return self._bases[scope]
        self._bases[scope] = ((scope,), ())
        inside = [scope]
        outside: list[str] = []
        for index in range(MOST_BASES):
            if index >= len(inside):
                break
            node = inside[index].node
            assert isinstance(node, ast.ClassDef)
            site = self._definition_site(inside[index])
            for base in node.bases:
                base = base.value if isinstance(base, ast.Subscript) else base
                for each in self._evaluator.expression(base, site):
                    match each.content:
                        case Class(scope=found) if found is not None and found not in inside:
                            inside.append(found)
                        case Symbol(path=path):
                            outside.append(path)
        self._bases[scope] = (tuple(inside), tuple(outside))
        return self._bases[scope]

    def _definition_site(self, scope: Scope) -> Site:
        assert scope.statement is not None
        assert scope.parent is not None
        return self._evaluator.site(scope.statement, self._evaluator.frame(scope.parent))

    def subclasses(self, scope: Scope) -> tuple[Scope, ...]:
        """The classes of the repository that inherit from a class."""
        if scope not in self._subclasses:
            self._subclasses[scope] = ()
            found = []
            for module in self._evaluator.callers.modules_naming(scope, {scope.name: scope}):
                for inner in module.functions:
                    node = inner.node
                    named = isinstance(node, ast.ClassDef) and any(last_name(base) == scope.name for base in node.bases)
                    if named and scope in self.lineage(inner)[1:]:
                        found.append(inner)
            self._subclasses[scope] = tuple(found[:MOST_SUBCLASSES])
        return self._subclasses[scope]

    def inherits_init(self, scope: Scope, wanted: Scope) -> bool:
        """Whether making an object of `scope` runs the `__init__` of `wanted`."""
        for each in self.lineage(scope):
            if each is wanted:
                return True
            if self.function(each, "__init__") is not None:
                return False
        return False

    def kind(self, scope: Scope) -> str:
        """How objects of the class get their attributes: `enum`, `fields`, `settings`, `mapping` or `plain`."""
        for path in self.outside_bases(scope):
            kind = libraries.BASES.get(path.rpartition(".")[2])
            if kind is not None:
                return kind
        if any(each.decorated(*libraries.FIELD_DECORATORS) for each in self.lineage(scope)):
            return "fields"
        return "plain"

    # Classes -----------------------------------------------------------------------------------------------------

    def function(self, scope: Scope, name: str) -> Scope | None:
        """The function a class body itself defines under a name; None where it defines none."""
        for statement in reversed(scope.block):
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef) and statement.name == name:
                return scope.module.scopes[statement]
        return None

    def class_attribute(self, content: Class, name: str) -> Possible:
        """An attribute of a class itself."""
        assert content.scope is not None
        if name in ("__name__", "__qualname__"):
            return known(content.scope.name)
        for scope in self.lineage(content.scope):
            stored = self._stored_outside(scope, name) or self._stored_by_decorators(scope, name)
            if stored:
                return stored
            function = self.function(scope, name)
            if function is not None:
                bound = (Possibility(content),) if function.decorated("classmethod") else None
                return known(self._method_value(function, bound, scope))
            value = self._body_value(scope, name)
            if value is not None:
                return self._evaluator.enums.member(scope, name, value) if self.kind(content.scope) == "enum" else value
        return unknown(f"attribute {name} of class {content.scope.name} is not assigned in the scanned files")

    def _stored_outside(self, scope: Scope, name: str) -> Possible:
        """What the code around a class stores to an attribute of the class itself: `Config.model = ...`."""
        parent, key = scope.parent, f"{scope.name}.{name}"
        if parent is None or key not in parent.stored:
            return NOTHING
        frame = self._evaluator.frame(parent)
        return self._evaluator.once(("outside", key, scope), lambda: self._evaluator.flow.at_end(key, parent, frame)) or NOTHING

    def _stored_by_decorators(self, scope: Scope, name: str) -> Possible:
        """What a decorator of the class stores to an attribute of it."""
        assert isinstance(scope.node, ast.ClassDef)
        for node in reversed(scope.node.decorator_list):
            if isinstance(node, ast.Call):
                continue
            for each in self._evaluator.expression(node, self._definition_site(scope)):
                function = each.content.scope if isinstance(each.content, Function) else None
                key = f"{next(iter(function.parameters), '')}.{name}" if function is not None else ""
                if function is not None and key in function.stored:
                    frame = self._evaluator.frame(function)
                    return self._evaluator.flow.at_end(key, function, frame) or NOTHING
        return NOTHING

    def _body_value(self, scope: Scope, name: str) -> Possible | None:
        if name not in scope.names:
            return None
        return self._evaluator.flow.at_end(name, scope, self._evaluator.frame(scope))

    # Objects -----------------------------------------------------------------------------------------------------

    def made(self, content: Class, node: ast.Call, site: Site) -> Possible:
        """What calling a class makes."""
        scope = content.scope
        assert scope is not None
        kind = self.kind(scope)
        if kind == "enum":
            value = self._evaluator.expression(node.args[0], site) if node.args else unknown(f"a member of {scope.name}")
            return self._evaluator.enums.by_value(scope, value)
        if kind == "mapping":
            return changes.keywords(self._evaluator, node, site)
        return known(Instance(f"an object of {scope.name} stands where a text is expected", scope=scope, call=node, site=site))

    def method(self, instance: Instance, name: str) -> Function | None:
        """A method bound to an object."""
        assert instance.scope is not None
        for scope in self.lineage(instance.scope):
            function = self.function(scope, name)
            if function is not None:
                return self._method_value(function, known(instance), scope)
        return None

    def _method_value(self, function: Scope, bound: Possible | None, owner: Scope) -> Function:
        """A method, or the wrapper that its decorator made of it."""
        frame = self._evaluator.frame(owner)
        plain = _function_value(function, bound, frame)
        if not function.decorators or function.statement is None:
            return plain
        assert isinstance(function.statement, ast.FunctionDef | ast.AsyncFunctionDef)
        made = self._evaluator.definition(function.statement, self._evaluator.site(function.statement, frame))
        wrapper = next((each.content for each in made if isinstance(each.content, Function)), None)
        return plain if wrapper is None or wrapper.scope is function else replace(wrapper, instance=bound)

    def instance_attribute(self, instance: Instance, name: str) -> Possible:
        """An attribute of an object."""
        scope = instance.scope
        assert scope is not None
        key = ("attribute", scope, instance.call, instance.site and instance.site.frame, instance.handed, name)
        if instance.call is None:
            return self._evaluator.remembered(key, lambda: self._of_any(instance, scope, name))
        return self._evaluator.remembered(key, lambda: self._of_one(instance, scope, name))

    def _of_any(self, instance: Instance, scope: Scope, name: str) -> Possible:
        """An attribute of every object of a class, those of its subclasses among them."""
        overriding = [each for each in self.subclasses(scope) if self._gives(each, scope, name)]
        if not overriding or len(self.subclasses(scope)) > MOST_OVERRIDING:
            return self._instance_attribute(instance, scope, name)
        others = [self.instance_attribute(replace(instance, scope=each), name) for each in self.subclasses(scope)]
        if not self._is_made(scope):
            return join(others) or self._instance_attribute(instance, scope, name)
        return join([self._instance_attribute(instance, scope, name), *others])

    def _gives(self, scope: Scope, base: Scope, name: str) -> bool:
        """Whether a subclass has an attribute of its own under a name that the base class may read."""
        for each in self.lineage(scope):
            if each is base:
                return False
            if name in each.names:
                return True
            for statement in each.block:
                if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
                    method = each.module.scopes[statement]
                    if f"{next(iter(method.parameters), '')}.{name}" in method.stored:
                        return True
        return False

    def _is_made(self, scope: Scope) -> bool:
        """Whether any call in the scanned files makes an object of the class itself."""
        if scope not in self._made:
            self._made[scope] = True
            self._made[scope] = self._evaluator.callers.make(scope)
        return self._made[scope]

    def _of_one(self, instance: Instance, scope: Scope, name: str) -> Possible:
        """An attribute of one object: what the code that made it stores to it, else what its class says."""
        site, call = instance.site, instance.call
        statement = site.statement if site is not None else None
        if site is not None and isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is call:
            target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
            key = f"{dotted(target)}.{name}"
            if self._evaluator.flow.changes_in(key, site.scope, site.frame):
                mark = ("outside", key, statement, site.frame)
                stored = self._evaluator.once(mark, lambda: self._left(key, statement, site))
                if stored:
                    return stored
        return self._instance_attribute(instance, scope, name)

    def _left(self, key: str, statement: ast.stmt, site: Site) -> Possible | None:
        """What the code that makes an object leaves in an attribute; in one turn of a loop the next makes another object."""
        if not site.frame.turns:
            return self._evaluator.flow.at_end(key, site.scope, site.frame)
        block = site.scope.module.places[statement].block
        return self._evaluator.flow.upto(key, block, len(block), lambda: None, site.frame)

    def _instance_attribute(self, instance: Instance, scope: Scope, name: str) -> Possible:
        if name == "__class__":
            return known(Class(f"class {scope.name} stands where a text is expected", scope=scope))
        method = self.method(instance, name)
        if method is not None and method.scope is not None:
            if method.scope.decorated("property", "cached_property", "computed_field"):
                return self.property_value(method)
            return known(method)
        assigned = self.assigned(instance, name)
        kind = self.kind(scope)
        field = self._evaluator.fields.value(instance, name, kind) if kind in ("fields", "settings") else None
        if assigned:
            if field is not None and not any(each.content is not None for each in assigned):
                return field
            return assigned
        if field is not None:
            return field
        for each in self.lineage(scope):
            value = self._body_value(each, name)
            if value is not None:
                return value
        return unknown(f"attribute {name} of {scope.name} is not assigned in the scanned files")

    def property_value(self, method: Function) -> Possible:
        """What reading a property gives."""
        assert method.scope is not None
        scope = method.scope
        frame = Frame(method.scope, {}, True, method.instance, self._evaluator.frame(method.scope.parent or method.scope))
        key = ("property", method.scope, method.instance and _identity(method.instance))
        return self._evaluator.remembered(key, lambda: returns.returns(self._evaluator, scope, frame))

    def assigned(self, instance: Instance, name: str) -> Possible:
        """What methods assign to the attribute: first what making the object does, and whatever others may do later."""
        assert instance.scope is not None
        first: list[Possible] = []
        later: list[Possible] = []
        for scope in self.lineage(instance.scope):
            for statement in scope.block:
                if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
                    continue
                method = scope.module.scopes[statement]
                receiver = next(iter(method.parameters), None)
                if receiver is None or f"{receiver}.{name}" not in method.stored or method.decorated("staticmethod"):
                    continue
                makes = method.name in ("__init__", "__post_init__", "model_post_init", "__new__", "setup", "initialize")
                value = self._stored_in(method, f"{receiver}.{name}", instance, makes)
                (first if makes else later).append(value)
            if first:
                break
        real_first = join(first)
        real_later = tuple(each for each in join(later) if each.content is not None)
        if not real_later:
            return real_first
        # An attribute that starts as None is filled later.
        return join([tuple(each for each in real_first if each.content is not None), real_later])

    def _stored_in(self, method: Scope, key: str, instance: Instance, makes: bool) -> Possible:
        mark = ("stored", method, key, instance.scope, instance.call)
        found = [
            self._evaluator.once(mark, lambda frame=frame: self._evaluator.flow.at_end(key, method, frame))  # type: ignore[misc]
            for frame in (self._makings(method, instance) if makes else [self._unbound(method, instance)])
        ]
        return join([each for each in found if each])

    def _unbound(self, method: Scope, instance: Instance) -> Frame:
        return Frame(method, {}, False, known(instance), self._evaluator.frame(method.parent or method))

    def _makings(self, method: Scope, instance: Instance) -> list[Frame]:
        """The activations of a method that runs when the object is made: one, or one per call where any object is meant."""
        owner = method.owner
        assert owner is not None
        assert instance.scope is not None
        unbound = self._unbound(method, instance)
        if method.name not in ("__init__", "__new__"):
            return [unbound]
        function = _function_value(method, known(instance), self._evaluator.frame(owner))
        if self.inherits_init(instance.scope, owner):
            if instance.call is not None and instance.site is not None:
                return [self._evaluator.calls.frame(function, given(instance.call, instance.site))]
            if instance.scope is owner:
                return [unbound]
            # Other classes with the same base are made by other calls.
            calls = self._evaluator.callers.of(instance.scope)
            return [self._evaluator.calls.frame(function, each) for each in calls] or [self._never_made(method, instance)]
        # A subclass has its own `__init__`: follow its `super().__init__(...)`.
        for subclass in self.lineage(instance.scope):
            init = self.function(subclass, "__init__")
            if init is None:
                continue
            for place in subclass.module.calls_by_name.get("__init__", ()):
                if place.scope is init and isinstance(place.call.func, ast.Attribute):
                    inner = self._makings(init, instance)
                    sites = [self._evaluator.site(place.statement, each) for each in inner]
                    return [self._evaluator.calls.frame(function, given(place.call, site)) for site in sites]
            break
        return [unbound]

    def _never_made(self, method: Scope, instance: Instance) -> Frame:
        """The activation where nothing makes an object of the class, so that only defaults are told."""
        assert instance.scope is not None
        reason = f"of {instance.scope.name}() has no default and no call in the scanned files passes it"
        passed = {
            name: unknown(f"parameter {name} {reason}") for name in list(method.parameters)[1:] if name not in method.defaults
        }
        return Frame(method, passed, True, known(instance), self._evaluator.frame(method.parent or method))

    # Others ------------------------------------------------------------------------------------------------------

    def annotated(self, annotation: ast.expr, scope: Scope, handed: str = "") -> Possible | None:
        """An object of the class an annotation names; None where it is no class of the repository or a client's.

        `handed` is why code outside the repository may have made it.
        """
        node: ast.expr = annotation
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            return None
        while isinstance(node, ast.Subscript | ast.BinOp):
            if isinstance(node, ast.BinOp):
                node = node.left
            elif last_name(node.value) in ("Optional", "Annotated", "Final", "ClassVar"):
                node = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) else node.slice
            else:
                return None
        if dotted(node) is None or (isinstance(node, ast.Name) and node.id in ("str", "int", "dict", "list", "bool", "Any")):
            return None
        if scope.statement is None or scope.parent is None:
            return None
        for each in self._evaluator.expression(node, self._definition_site(scope)):
            match each.content:
                case Class(scope=found) if found is not None:
                    if self.kind(found) in ("enum", "mapping"):
                        return None
                    reason = f"an object of {found.name} stands where a text is expected"
                    return known(Instance(reason, scope=found, handed=handed))
                case Symbol(path=path):
                    return libraries.annotated(path)
        return None

    def entered(self, each: Possibility, site: Site) -> Possible:
        """What a `with` gets from an object."""
        match each.content:
            case Instance() as instance:
                for name in ("__enter__", "__aenter__"):
                    method = self.method(instance, name)
                    if method is not None:
                        frame = Frame(method.scope or site.scope, {}, True, known(instance), site.frame)
                        return returns.returns(self._evaluator, frame.scope, frame)
            case Made():
                return (each,)
        return (each,)


def _function_value(scope: Scope, instance: Possible | None, outer: Frame) -> Function:
    return Function(f"function {scope.name} stands where a text is expected", scope=scope, instance=instance, outer=outer)


def _identity(instance: Possible) -> tuple[object, ...]:
    """What tells one object from another."""
    return tuple(
        (each.content.scope, each.content.call, each.content.site and each.content.site.frame, each.content.handed)
        if isinstance(each.content, Instance)
        else (type(each.content), each.content)
        for each in instance
    )
