"""Who calls a function of the repository, directly or by handing it on."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from routelint.parse.python import holding, notebook
from routelint.parse.python.arguments import Given, given
from routelint.parse.python.modules import is_test
from routelint.parse.python.scopes import CallPlace, Scope, dotted, last_name
from routelint.parse.python.values import NOTHING, Class, Function
from routelint.possible import Possible

if TYPE_CHECKING:
    from routelint.parse.python.evaluate import Evaluator
    from routelint.parse.python.modules import Module

# Calls of one function that are looked at for the values it is passed.
MOST_CALLERS = 40
# Decorators on top of each other.
MOST_WRAPPERS = 6


class Callers:
    """Finds callers for the evaluator; each function is looked for once."""

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._callers: dict[Scope, tuple[Given, ...]] = {}

    def of(self, scope: Scope) -> tuple[Given, ...]:
        """The calls of a function, or of a class for its `__init__`, in the repository; tests only call tests."""
        if scope not in self._callers:
            self._callers[scope] = ()
            self._callers[scope] = tuple(self._find_callers(scope))[:MOST_CALLERS]
        return self._callers[scope]

    def _find_callers(self, scope: Scope) -> Iterator[Given]:
        if isinstance(scope.node, ast.Lambda):
            yield from self._of_lambda(scope, scope.node)
            return
        wanted = scope
        if scope.name in ("__init__", "__new__", "__post_init__") and scope.owner is not None:
            wanted = scope.owner
        named = {wanted.name: wanted}
        if wanted.is_class:
            for each in self._evaluator.objects.subclasses(wanted):
                named.setdefault(each.name, each)
        for module in self.modules_naming(wanted, named):
            for name in named:
                yield from self._calls_in(module, name, wanted)
        if wanted.is_class:
            yield from self._from_subclasses(wanted)

    def _of_lambda(self, scope: Scope, node: ast.Lambda) -> Iterator[Given]:
        """The calls of a lambda: by the name it is assigned to, or where it is handed on."""
        match scope.statement:
            case ast.Assign(targets=[ast.Name(name)], value=value) if value is node:
                for module in self.modules_naming(scope, {name: scope}):
                    yield from self._calls_in(module, name, scope)
        for place in scope.module.calls:
            if place.statement is scope.statement and any(each is node for each in place.call.args):
                yield from self._handed_to(place, node)

    def make(self, scope: Scope) -> bool:
        """Whether any call in the repository makes an object of exactly this class."""
        for module in self.modules_naming(scope, {scope.name: scope}):
            aliases = [alias for alias, names in module.aliases.items() if scope.name in names]
            for name in (scope.name, *aliases):
                for place in module.calls_by_name.get(name, ()):
                    site, func = self._evaluator.place(place), place.call.func
                    callee = self._evaluator.once(
                        ("callee", place.call),
                        lambda func=func, site=site: self._evaluator.expression(func, site),  # type: ignore[misc]
                    )
                    if any(isinstance(each.content, Class) and each.content.scope is scope for each in callee or NOTHING):
                        return True
        return False

    def modules_naming(self, wanted: Scope, named: Mapping[str, Scope]) -> Iterator[Module]:
        """The modules that can call a function or class, by its name or that of what is called in its place.

        A nested function is called by its own module, what a module defines where it is imported, a method anywhere.
        """
        home = wanted.module
        nested = wanted.parent is not None and not wanted.parent.is_module and not wanted.parent.is_class
        # Nothing imports a notebook: its functions are called there, its objects at most by modules that it hands them to.
        if nested or (home.is_notebook and wanted.owner is None and not wanted.is_class):
            yield home
            return
        seen: set[str] = set()
        for name, scope in named.items():
            imported = scope.parent is None or scope.parent.is_module
            for path in self._evaluator.program.calling(name, scope.module.path, imported=imported):
                if path in seen or (home.is_notebook and path.endswith(notebook.SUFFIX) and path != home.path):
                    continue
                seen.add(path)
                if is_test(path) and not home.is_test:
                    continue
                module = self._evaluator.program.module(path)
                if module is not None:
                    yield module

    def _calls_in(self, module: Module, name: str, wanted: Scope) -> Iterator[Given]:
        aliases = [alias for alias, names in module.aliases.items() if name in names]
        for called in (name, *aliases):
            for place in module.calls_by_name.get(called, ()):
                yield from self._direct(place, wanted)
            for place in module.mentions.get(called, ()):
                yield from self._handed_on(place, called, wanted)
        if wanted.is_class:
            for place in module.calls_by_name.get("cls", ()):
                if place.scope.owner is wanted:
                    yield Given(place.call, self._evaluator.place(place), tuple(place.call.args), tuple(place.call.keywords))

    def _direct(self, place: CallPlace, wanted: Scope) -> Iterator[Given]:
        """The call at a place, where it reaches the wanted function: itself, or what the wrapper it reaches calls in turn."""
        wrapper = self._wrapper(place, wanted)
        site = self._evaluator.place(place)
        if wrapper is not None:
            yield from self._through(wrapper, given(place.call, site), wanted, 0)
            return
        target = self._target(place.call.func, place, wanted)
        if target is not None:
            yield Given(place.call, site, tuple(place.call.args), tuple(place.call.keywords), *target)

    def _wrapper(self, place: CallPlace, wanted: Scope) -> Function | None:
        """The wrapper that stands for the wanted function, where a call reaches that."""
        if not wanted.decorators:
            return None
        site = self._evaluator.place(place)
        func = place.call.func
        callee = self._evaluator.once(("callee", place.call), lambda: self._evaluator.expression(func, site)) or NOTHING
        for each in callee:
            if isinstance(each.content, Function) and each.content.stands_for is wanted:
                return each.content
        return None

    def _through(self, wrapper: Function, arguments: Given, wanted: Scope, depth: int) -> Iterator[Given]:
        """The calls of the wanted function that a wrapper makes when it is called itself."""
        scope = wrapper.scope
        assert scope is not None
        if isinstance(scope.node, ast.Lambda) or depth > MOST_WRAPPERS:
            return
        frame = self._evaluator.calls.frame(wrapper, arguments)
        for place in scope.module.calls:
            if place.scope is not scope:
                continue
            site = self._evaluator.site(place.statement, frame)
            for each in self._evaluator.expression(place.call.func, site):
                if not isinstance(each.content, Function):
                    continue
                if each.content.scope is wanted:
                    yield given(place.call, site)
                elif each.content.stands_for is wanted:
                    yield from self._through(each.content, given(place.call, site), wanted, depth + 1)

    def _target(self, func: ast.expr, place: CallPlace, wanted: Scope) -> tuple[int, Possible | None] | None:
        """How a callee reaches the wanted function: parameters filled before, and the object; None where it does not."""
        site = self._evaluator.place(place)
        callee = self._evaluator.once(("callee", place.call), lambda: self._evaluator.expression(func, site)) or NOTHING
        for each in callee:
            match each.content:
                case Function(scope=scope, instance=instance) if scope is wanted:
                    unbound = instance is None and wanted.owner is not None and not wanted.decorated("staticmethod")
                    return (-1 if unbound and isinstance(func, ast.Attribute) else 0), instance
                case Class(scope=scope) if scope is not None and (
                    scope is wanted or self._evaluator.objects.inherits_init(scope, wanted)
                ):
                    return 0, None
        return None

    def _handed_on(self, place: CallPlace, name: str, wanted: Scope) -> Iterator[Given]:
        """A function given to another call to be called there: a thread, an executor, a partial."""
        call = place.call
        for argument in call.args:
            if last_name(argument) == name and self._target(argument, place, wanted) is not None:
                yield from self._handed_to(place, argument)
        for keyword in call.keywords:
            if keyword.arg in ("target", "func", "function") and last_name(keyword.value) == name:
                if self._target(keyword.value, place, wanted) is None:
                    continue
                by_name = {each.arg: each.value for each in call.keywords}
                args, kwargs = by_name.get("args"), by_name.get("kwargs")
                positional = tuple(args.elts) if isinstance(args, ast.Tuple | ast.List) else ()
                if args is not None and not positional:
                    positional = (ast.copy_location(ast.Starred(args, ast.Load()), args),)
                keywords = (ast.keyword(None, kwargs),) if kwargs is not None else ()
                yield Given(call, self._evaluator.place(place), positional, keywords)

    def _handed_to(self, place: CallPlace, argument: ast.expr) -> Iterator[Given]:
        """What a call that is handed a function calls it with: the arguments after it, or the items of a `map`."""
        call = place.call
        index = next(index for index, each in enumerate(call.args) if each is argument)
        outer = last_name(call.func)
        if outer in ("partial", "submit", "to_thread", "run_in_executor", "run_sync", "apply_async", "Process"):
            yield Given(call, self._evaluator.place(place), tuple(call.args[index + 1 :]), tuple(call.keywords))
        elif outer == "map" and len(call.args) > index + 1:
            yield from self._mapped(place, call.args[index + 1 :])

    def _mapped(self, place: CallPlace, iterables: list[ast.expr]) -> Iterator[Given]:
        """One call per item is one call with any item."""
        site = self._evaluator.place(place)
        names = {}
        positional = []
        for index, iterable in enumerate(iterables):
            name = f"<item {index}>"
            names[name] = holding.each(self._evaluator, iterable, site)
            positional.append(ast.copy_location(ast.Name(name, ast.Load()), iterable))
        yield Given(place.call, site.binding(names), tuple(positional), ())

    def _from_subclasses(self, wanted: Scope) -> Iterator[Given]:
        """`super().__init__(...)` in subclasses that define their own."""
        for subclass in self._evaluator.objects.subclasses(wanted):
            if subclass.module.is_test and not wanted.module.is_test:
                continue
            for place in subclass.module.calls_by_name.get("__init__", ()):
                if place.scope.owner is subclass and _is_super(place.call.func):
                    shift = (
                        0 if isinstance(place.call.func, ast.Attribute) and isinstance(place.call.func.value, ast.Call) else -1
                    )
                    yield Given(
                        place.call, self._evaluator.place(place), tuple(place.call.args), tuple(place.call.keywords), shift
                    )


def _is_super(func: ast.expr) -> bool:
    match func:
        case ast.Attribute(value=ast.Call(func=ast.Name("super")), attr="__init__"):
            return True
        case ast.Attribute(attr="__init__"):
            return dotted(func) is not None
    return False
